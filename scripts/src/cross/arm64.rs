//! Linux on arm64, in qemu: the tests of `ffi`, among them those of the conventions of macOS and Windows on arm64.

use std::path::Path;
use std::process::Command;

use crate::failure::Result;
use crate::files;
use crate::packages::{self, Need};
use crate::process;
use crate::rustup;

/// Programs of this platform load libraries; a thread that they start can hang in qemu 7.
const DYNAMIC: &str = "aarch64-unknown-linux-gnu";
/// Programs of this platform are static, and may start threads.
const STATIC: &str = "aarch64-unknown-linux-musl";

const GCC: &str = "aarch64-linux-gnu-gcc";
const GXX: &str = "aarch64-linux-gnu-g++";
const EMULATOR: &str = "qemu-aarch64";
/// Where Debian has the libraries of arm64.
const LIBRARIES: &str = "/usr/aarch64-linux-gnu";

/// What runs them, what links them, and the compilers that judge: a program in qemu starts those of this machine.
const NEEDS: [Need; 6] = [
    (EMULATOR, "qemu-user"),
    (GCC, "gcc-aarch64-linux-gnu"),
    (GXX, "g++-aarch64-linux-gnu"),
    ("clang", "clang"),
    ("timeout", "coreutils"),
    ("/usr/aarch64-linux-gnu/lib/libc.so.6", "libc6-dev-arm64-cross"),
];

/// What one test program may take, in seconds.
const LIMIT: u32 = 400;

/// The tests that load libraries, among them those that hold `ffi` against the C and C++ compilers.
const LOADING: [&str; 14] = [
    "against_c",
    "allocations",
    "bound",
    "declare_call",
    "declare_constants",
    "declare_pointers",
    "declare_quick",
    "errors",
    "fatal",
    "half",
    "panics",
    "typed",
    "unwind",
    "worker",
];

/// The tests that judge by the headers, the tools and the speed of this machine, which have nothing to say on another.
const OF_THIS_MACHINE: [&str; 6] = [
    "declare_attributes",
    "declare_bit_fields",
    "declare_dialects",
    "declare_headers",
    "declare_large",
    "symbols",
];

const NEXT: &str = "see the failing tests above; they ran in qemu";

/// How programs of this platform are built and run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Emulated {
    target: &'static str,
    linker: &'static str,
    emulator: &'static [&'static str],
}

const LOADER: Emulated =
    Emulated { target: DYNAMIC, linker: GCC, emulator: &[EMULATOR, "-L", LIBRARIES] };
const ALONE: Emulated = Emulated { target: STATIC, linker: "rust-lld", emulator: &[EMULATOR] };

/// What [`judge`] needs.
pub(super) fn prepare_judge() -> Result {
    LOADER.ensure()
}

/// What [`others`] needs.
pub(super) fn prepare_others() -> Result {
    ALONE.ensure()
}

/// Runs the tests that load libraries, and those of the documentation.
pub(super) fn judge() -> Result {
    let mut lint = process::cargo();
    lint.args(["clippy", "--package=ffi", "--all-targets", "--target", DYNAMIC]);
    process::run(lint.args(["--", "-D", "warnings"]), "mend what clippy says above")?;
    let mut tests = LOADER.cargo_test();
    tests.arg("--package=ffi").args(LOADING.iter().flat_map(|test| ["--test", test]));
    // One at a time, tests run on the main thread.
    process::run(tests.args(["--", "--test-threads=1"]), NEXT)?;
    let mut documentation = LOADER.cargo_test();
    documentation.args(["--package=ffi", "--doc", "--", "--test-threads=1"]);
    process::run(&mut documentation, NEXT)
}

/// Runs all tests that can do without loading libraries.
pub(super) fn others() -> Result {
    let mut tests = ALONE.cargo_test();
    tests.args(["--package=ffi", "--lib"]);
    tests.args(static_tests()?.iter().flat_map(|name| ["--test", name]));
    process::run(&mut tests, NEXT)
}

/// The tests that static programs run: all but those that do nothing else than load libraries or ask this machine.
pub(super) fn static_tests() -> Result<Vec<String>> {
    let mut names = test_names()?;
    names.retain(|name| name != LOADING[0] && !OF_THIS_MACHINE.contains(&name.as_str()));
    Ok(names)
}

impl Emulated {
    /// For a test of `ffi`.
    pub(crate) fn of(test: &str) -> Emulated {
        if LOADING.contains(&test) { LOADER } else { ALONE }
    }

    /// Installs what is missing, if this user may.
    pub(crate) fn ensure(&self) -> Result {
        packages::ensure(&NEEDS, "what makes and runs arm64 programs is missing")?;
        rustup::ensure_target(self.target)
    }

    /// `cargo test`, the programs run by the emulator for [`LIMIT`] at most.
    pub(crate) fn cargo_test(&self) -> Command {
        self.cargo_test_run_by(&format!("timeout --foreground {LIMIT} "))
    }

    /// [`Emulated::cargo_test`] without a limit.
    pub(crate) fn long_cargo_test(&self) -> Command {
        self.cargo_test_run_by("")
    }

    fn cargo_test_run_by(&self, before: &str) -> Command {
        let mut command = process::cargo();
        command.args(["test", "--target", self.target]);
        let variable = format!("CARGO_TARGET_{}", self.target.to_uppercase().replace('-', "_"));
        command.env(format!("{variable}_LINKER"), self.linker);
        let runner = format!("{before}{}", self.emulator.join(" "));
        command.env(format!("{variable}_RUNNER"), runner);
        self.set(&mut command);
        command
    }

    /// A program in the emulator.
    pub(crate) fn run(&self, program: &Path) -> Command {
        let mut command = Command::new(self.emulator[0]);
        command.args(&self.emulator[1..]).arg(program);
        self.set(&mut command);
        command
    }

    /// The C compiler for this platform.
    pub(crate) fn compiler(&self) -> &'static str {
        GCC
    }

    /// For the tests that start themselves again, and those that ask a compiler.
    fn set(&self, command: &mut Command) {
        command.env("FFI_TEST_RUNNER", self.emulator.join(" ")).env("CC", GCC).env("CXX", GXX);
    }
}

/// The names of the integration tests.
fn test_names() -> Result<Vec<String>> {
    let tests = files::targets(&process::workspace().join("ffi").join("tests"))?;
    Ok(tests.into_iter().map(|(name, _)| name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_that_static_programs_lack_is_named() {
        let folder = process::workspace().join("ffi").join("tests");
        let names = test_names().unwrap();
        let mut found = Vec::new();
        for name in names.iter().filter(|name| !OF_THIS_MACHINE.contains(&name.as_str())) {
            let Ok(text) = files::text(&folder.join(format!("{name}.rs"))) else { continue };
            if text.contains("target_env") {
                found.push(name.as_str());
            }
        }
        assert_eq!(found, LOADING);
        assert!(OF_THIS_MACHINE.iter().all(|name| names.iter().any(|found| found == name)));
    }
}
