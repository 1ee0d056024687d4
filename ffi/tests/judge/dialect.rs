//! The C that speaks a convention: which compiler, which types, which layout.

use std::path::Path;
use std::process::{Command, Output};

use ffi::{Abi, BitFieldLayout, Float, Type};

use super::spec::Spec;
use super::{Case, assembly};

/// Numbers of integer and of vector registers for arguments.
pub(crate) fn registers(abi: Abi) -> (usize, usize) {
    match abi {
        Abi::SysV64 => (6, 8),
        Abi::Win64 => (4, 4),
        _ => (8, 8),
    }
}

/// The layout of bit-fields by the compiler that is asked: gcc's `ms_abi` on Linux changes calls, not types.
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
    let vectors = [(F32, 2), (F32, 4), (I64, 2), (I8, 16)];
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

impl Spec {
    fn is_empty(&self) -> bool {
        match self {
            Spec::Struct(composite) | Spec::Union(composite) => composite.members.is_empty(),
            _ => false,
        }
    }

    /// Whether this or a part of it has the property.
    pub(crate) fn any(&self, property: &dyn Fn(&Spec) -> bool) -> bool {
        property(self)
            || match self {
                Spec::Void | Spec::Scalar(_) => false,
                Spec::Array(element, _) => element.any(property),
                Spec::Struct(composite) | Spec::Union(composite) => {
                    composite.members.iter().any(|member| member.spec.any(property))
                }
            }
    }
}

impl Case {
    fn any(&self, property: impl Fn(&Spec) -> bool) -> bool {
        self.parameters.iter().chain([&self.returns]).any(|spec| spec.any(&property))
    }

    /// Whether some type has no meaning under the convention, or not where it stands.
    pub(crate) fn lacks_meaning(&self, abi: Abi) -> bool {
        self.any(|spec| matches!(spec, Spec::Scalar(ty) if !has_meaning(abi, ty)))
            || self.promotes_half(abi)
    }

    /// Whether a variadic argument is a half, which clang passes as a double for Apple.
    pub(crate) fn promotes_half(&self, abi: Abi) -> bool {
        let unnamed = self.fixed.map_or(&[][..], |fixed| &self.parameters[fixed..]);
        abi == Abi::AppleArm64 && unnamed.contains(&Spec::Scalar(Type::F16))
    }
}

impl Case {
    /// Whether the C compilers at hand have no answer, or no sound one.
    pub(crate) fn is_unjudged(&self, abi: Abi) -> bool {
        let layout = bit_fields(abi);
        let Some(fixed) = self.fixed else {
            // Microsoft's C has no empty structs.
            return abi == Abi::WindowsArm64 && self.any(Spec::is_empty);
        };
        let (named, unnamed) = self.parameters.split_at(fixed);
        let mut unnamed = unnamed.iter().map(|spec| spec.ty(layout));
        match abi {
            // For `ms_abi` on Linux gcc's va_arg takes values for what its own calls pass by reference.
            Abi::Win64 => unnamed.any(|ty| !matches!(ty.size(), 1 | 2 | 4 | 8)),
            // By Microsoft's document a composite can lie half in x7, half on the stack, one aligned to 16 bytes skips a
            // word, and no vector register is used. clang's va_arg does not skip, and its declared parameters are not
            // divided, and look for vectors in vector registers.
            Abi::WindowsArm64 => {
                let vector = |spec: &Spec| matches!(spec, Spec::Scalar(Type::Vector(_)));
                let divided = |spec: &Spec| matches!(spec.ty(layout).size(), 9..=16);
                self.any(Spec::is_empty)
                    || named.iter().any(|spec| vector(spec) || divided(spec))
                    || unnamed.any(|ty| ty.alignment() >= 16 && ty.size() <= 16)
            }
            _ => false,
        }
    }

    /// Whether the compiler calls a variadic function otherwise than its own functions expect: these alone judge then.
    pub(crate) fn has_unsound_caller(&self, abi: Abi) -> bool {
        let Some(fixed) = self.fixed else { return false };
        let (named, unnamed) = self.parameters.split_at(fixed);
        let is_vector = |spec: &Spec| matches!(spec, Spec::Scalar(Type::Vector(_)));
        match abi {
            // On the stack, clang's calls give a declared number of 1 or 2 bytes a place of 4, and do not align a composite
            // of vectors; its functions look at places of 1 or 2 bytes, and at the next multiple of 16.
            Abi::AppleArm64 => {
                let small = |spec: &Spec| matches!(spec, Spec::Scalar(ty) if ty.size() < 4);
                named.iter().any(small)
                    || unnamed.iter().any(|spec| !is_vector(spec) && spec.any(&is_vector))
            }
            // Where one integer register is left, clang's calls pass what takes two on the stack whole, and they pass vectors
            // in vector registers; its va_arg looks for the first half in x7, and for vectors in integer registers, as
            // Microsoft's document says. On a call with a `_Float16` clang 14 gives up.
            Abi::WindowsArm64 => {
                let divided = |spec: &Spec| matches!(spec.ty(bit_fields(abi)).size(), 9..=16);
                unnamed.iter().any(|spec| is_vector(spec) || divided(spec))
                    || self.parameters.contains(&Spec::Scalar(Type::F16))
            }
            _ => false,
        }
    }
}

/// The C compiler of this system: what the environment variable `CC` names, or the first that starts.
fn compiler() -> String {
    if let Ok(named) = std::env::var("CC") {
        return named;
    }
    let names: &[&str] = match cfg!(target_arch = "aarch64") {
        // In an emulator `cc` is another processor's.
        true => &["aarch64-linux-gnu-gcc", "cc"],
        false => &["cc"],
    };
    let starts = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
    let found = names.iter().find(starts);
    (*found.unwrap_or_else(|| panic!("these tests need a C compiler: install gcc"))).to_owned()
}

/// Compiles C text of the convention, and the text shared by all, into a shared library.
pub(crate) fn compile(abi: Abi, source: &Path, shared: &Path, library: &Path) {
    let source = match abi {
        Abi::AppleArm64 => {
            translated(source, &["--target=arm64-apple-macos11"], assembly::from_apple)
        }
        Abi::WindowsArm64 => {
            translated(source, &["--target=aarch64-pc-windows-msvc"], assembly::from_windows)
        }
        _ => source.to_owned(),
    };
    let mut command = Command::new(compiler());
    command.args(["-O1", "-fPIC", "-shared", "-w", "-o"]).args([library, &source, shared]);
    if cfg!(target_arch = "x86_64") {
        command.arg("-mavx");
    }
    run(&mut command);
}

/// Compiles with clang for another system, and translates its assembly to that of Linux.
fn translated(source: &Path, target: &[&str], translate: fn(&str) -> String) -> std::path::PathBuf {
    let clang = std::env::var("CLANG").unwrap_or_else(|_| "clang".into());
    let (foreign, own) = (source.with_extension("foreign.s"), source.with_extension("s"));
    let mut command = Command::new(clang);
    command.args(target).args(["-O1", "-w", "-S", "-ffreestanding", "-fno-stack-protector"]);
    command.args(["-fno-unwind-tables", "-fno-asynchronous-unwind-tables"]);
    command.args(["-mllvm", "-aarch64-neon-syntax=generic"]);
    command.arg("-o").args([&foreign, source]);
    run(&mut command);
    let text = std::fs::read_to_string(&foreign).unwrap();
    std::fs::write(&own, translate(&text)).unwrap();
    own
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| {
        let program = command.get_program();
        panic!("these tests need gcc, and clang for arm64; {program:?} does not start ({error})")
    });
    let errors = String::from_utf8_lossy(&output.stderr);
    let start: String = errors.chars().take(2000).collect();
    assert!(output.status.success(), "{command:?}\n{start}");
    output
}
