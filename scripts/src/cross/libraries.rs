//! The libraries, built for platforms that cannot be run here: their assembly is assembled, nothing is linked. And files
//! of macOS, whose symbols `ffi` lists on every system.

use super::ensure_target;
use crate::failure::Result;
use crate::packages;
use crate::process;

const TARGETS: [&str; 5] = [
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "aarch64-pc-windows-msvc",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-freebsd",
];

/// A processor for which `ffi` has no stubs: there it says so when a call is prepared.
const WITHOUT_STUBS: &str = "riscv64gc-unknown-linux-gnu";

const NEXT: &str = "mend what the compiler says above";

pub(super) fn build() -> Result {
    for target in TARGETS {
        ensure_target(target)?;
    }
    let mut command = process::cargo();
    command.args(["build", "--package=ffi", "--package=wgpu-native-sys-dyn", "--package=webgpu"]);
    command.args(TARGETS.iter().flat_map(|target| ["--target", target]));
    process::run(&mut command, NEXT)?;
    ensure_target(WITHOUT_STUBS)?;
    let mut command = process::cargo();
    command.args(["check", "--package=ffi", "--target", WITHOUT_STUBS]);
    process::run(&mut command, NEXT)?;
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) { symbols() } else { Ok(()) }
}

/// Has clang and lld make libraries for macOS, and LLVM judge what is read of them.
fn symbols() -> Result {
    let needed = [("clang", "clang"), ("lld", "lld"), ("llvm-objdump", "llvm")];
    let search_path = process::search_path();
    let is_there = |program: &str| process::find_program(program, &search_path).is_some();
    let missing = needed.into_iter().filter(|(program, _)| !is_there(program));
    let missing: Vec<&str> = missing.map(|(_, package)| package).collect();
    if !missing.is_empty() {
        packages::install_on_debian(&missing, "what makes libraries for macOS is missing")?;
    }
    let mut command = process::cargo();
    command.args(["test", "--package=ffi", "--test=symbols", "--", "--ignored"]);
    process::run(&mut command, "see what the test says above")
}
