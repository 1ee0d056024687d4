//! The C that speaks a convention: which compilers, which types, which layout.

use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ffi::types::{BitFieldLayout, Float};
use ffi::{Abi, Library, Type};

use super::spec::Spec;
use super::{Case, assembly, buffers};

/// Numbers of integer and of vector registers for arguments.
pub(crate) fn registers(abi: Abi) -> (usize, usize) {
    match abi {
        Abi::SysV64 => (6, 8),
        Abi::Win64 => (4, 4),
        _ => (8, 8),
    }
}

/// The layout of bit-fields by the compiler that is asked: `ms_abi` on Linux changes calls, not types.
pub(crate) fn bit_fields(abi: Abi) -> BitFieldLayout {
    match abi {
        Abi::Aapcs64 => BitFieldLayout::Aapcs64,
        Abi::WindowsArm64 => BitFieldLayout::Microsoft,
        _ => BitFieldLayout::Packed,
    }
}

/// Every number, pointer and vector of the convention's C.
pub(crate) fn scalars(abi: Abi) -> Vec<Type> {
    use Type::*;
    let vectors = [(F32, 2), (F32, 4), (I64, 2), (I8, 16), (F32, 8), (I64, 4)];
    let vectors = vectors.map(|(lane, count)| Type::vector(lane, count).unwrap());
    let mut all = vec![Bool, I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, Pointer, I128, U128];
    all.extend([Complex(Float::F32), Complex(Float::F64)]);
    all.extend([F80, F128, Complex(Float::F80), Complex(Float::F128)]);
    all.extend(vectors);
    all.extend([F16, Complex(Float::F16)]);
    all.retain(|ty| has_meaning(abi, ty));
    all
}

/// Whether the convention's C has the number: `long double` is x87's on x86-64, quadruple on arm64 Linux, and `double` on
/// the others.
fn has_meaning(abi: Abi, ty: &Type) -> bool {
    match ty {
        Type::F80 | Type::Complex(Float::F80) => matches!(abi, Abi::SysV64 | Abi::Win64),
        Type::F128 | Type::Complex(Float::F128) => {
            !matches!(abi, Abi::AppleArm64 | Abi::WindowsArm64)
        }
        _ => true,
    }
}

impl Case {
    /// Whether some type has no meaning under the convention, or not where it stands.
    pub(crate) fn lacks_meaning(&self, abi: Abi) -> bool {
        self.any(|spec| matches!(spec, Spec::Scalar(ty) if !has_meaning(abi, ty)))
            || self.promotes_half(abi)
    }

    /// Whether a variadic argument is a half, which clang passes as a double for Apple.
    pub(crate) fn promotes_half(&self, abi: Abi) -> bool {
        abi == Abi::AppleArm64 && self.unnamed().contains(&Spec::Scalar(Type::F16))
    }
}

/// A compiler of C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compiler {
    Gcc,
    Clang,
}

/// A compiler, what it is asked about, and how much it optimises.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge {
    pub(crate) compiler: Compiler,
    pub(crate) abi: Abi,
    /// Optimised code relies on what its caller promises; code that is not is made quickly.
    pub(crate) optimises: bool,
}

impl Display for Judge {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.abi, self.compiler.name())
    }
}

impl Compiler {
    /// Those that know a convention.
    pub(crate) fn of(abi: Abi) -> &'static [Compiler] {
        match abi {
            Abi::AppleArm64 | Abi::WindowsArm64 => &[Compiler::Clang],
            Abi::Aapcs64 => &[Compiler::Gcc],
            _ => &[Compiler::Gcc, Compiler::Clang],
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Compiler::Gcc => "gcc",
            Compiler::Clang => "clang",
        }
    }

    /// The program: what an environment variable names, or the first that starts.
    fn program(self) -> String {
        let (variable, names): (_, &[&str]) = match self {
            // In an emulator `cc` is another processor's.
            Compiler::Gcc if cfg!(target_arch = "aarch64") => {
                ("CC", &["aarch64-linux-gnu-gcc", "cc"])
            }
            Compiler::Gcc => ("CC", &["cc"]),
            // The first with `_Float16` on x86-64 is 15.
            Compiler::Clang if cfg!(target_arch = "x86_64") => ("CLANG", &["clang-19", "clang"]),
            Compiler::Clang => ("CLANG", &["clang"]),
        };
        if let Ok(named) = std::env::var(variable) {
            return named;
        }
        let starts = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
        let found = names.iter().find(starts);
        (*found.unwrap_or_else(|| panic!("these tests need {}: install it", self.name())))
            .to_owned()
    }
}

/// From another system's assembly to that of Linux.
type Translate = fn(&str) -> String;

impl Judge {
    fn command(self, compiler: Compiler) -> Command {
        let mut command = Command::new(compiler.program());
        command.args(["-w", "-Wno-psabi", "-ffreestanding", "-fno-strict-aliasing"]);
        command.args(["-fno-stack-protector", "-fno-asynchronous-unwind-tables"]);
        command.arg(if self.optimises { "-O1" } else { "-O0" });
        if cfg!(target_arch = "x86_64") {
            command.arg("-mavx");
        }
        command
    }

    /// Compiles to assembly for another system, and translates it to that of Linux.
    fn foreign(self) -> Option<(&'static str, Translate)> {
        match self.abi {
            Abi::AppleArm64 => Some(("arm64-apple-macos11", assembly::from_apple)),
            Abi::WindowsArm64 => Some(("aarch64-pc-windows-msvc", assembly::from_windows)),
            _ => None,
        }
    }
}

/// A library that is being compiled.
pub(crate) struct Build {
    judge: Judge,
    /// Its files' path, without their ends.
    path: PathBuf,
    compiler: Command,
    compiling: Child,
}

/// Begins to compile C text of the convention; `path` is that of the files, without their ends.
pub(crate) fn build(judge: Judge, path: &Path, text: &str) -> Build {
    let source = end(path, ".c");
    std::fs::write(&source, text).unwrap();
    let mut compiler = judge.command(judge.compiler);
    match judge.foreign() {
        Some((target, _)) => {
            compiler.arg(format!("--target={target}")).args(["-S", "-fno-unwind-tables"]);
            compiler.args(["-mllvm", "-aarch64-neon-syntax=generic"]);
            compiler.arg("-o").arg(end(path, ".foreign.s"));
        }
        None => {
            compiler.args(["-fPIC", "-c", "-o"]).arg(end(path, ".o"));
        }
    }
    compiler.arg(&source).stderr(Stdio::piped());
    let compiling = compiler.spawn().unwrap_or_else(|error| not_started(&compiler, &error));
    Build { judge, path: path.to_owned(), compiler, compiling }
}

impl Build {
    /// Waits, links and opens the library.
    pub(crate) fn finish(self, open: impl FnOnce(&Path) -> Library) -> Library {
        let Build { judge, path, compiler, compiling } = self;
        check(&compiler, compiling);
        let compiled = match judge.foreign() {
            None => end(&path, ".o"),
            Some((_, translate)) => {
                let (foreign, own) = (end(&path, ".foreign.s"), end(&path, ".s"));
                let text = std::fs::read_to_string(foreign).unwrap();
                std::fs::write(&own, translate(&text)).unwrap();
                own
            }
        };
        let (shared, library) = (end(&path, "-shared.c"), end(&path, ".so"));
        std::fs::write(&shared, buffers::text(judge.abi)).unwrap();
        let mut linker = judge.command(Compiler::Gcc);
        linker
            .args(["-fPIC", "-shared", "-o"])
            .args([&library, &compiled, &shared])
            .stderr(Stdio::piped());
        let linking = linker.spawn().unwrap_or_else(|error| not_started(&linker, &error));
        check(&linker, linking);
        let opened = open(&library);
        // It stays while it is open.
        for file in [".c", ".o", ".s", ".foreign.s", "-shared.c", ".so"] {
            let _ = std::fs::remove_file(end(&path, file));
        }
        opened
    }
}

fn end(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    path.into()
}

fn not_started(command: &Command, error: &std::io::Error) -> ! {
    let program = command.get_program();
    panic!("these tests need gcc and clang; {program:?} does not start ({error})")
}

fn check(command: &Command, running: Child) {
    let output = running.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let start: String = errors.chars().take(2000).collect();
    assert!(output.status.success(), "{command:?}\n{start}");
}
