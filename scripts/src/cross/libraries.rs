//! The libraries, built for platforms that cannot be run here: their assembly is assembled, nothing is linked. And files
//! of macOS, whose symbols `ffi` lists on every system.

use crate::failure::Result;
use crate::packages::{self, Need};
use crate::process;
use crate::rustup;

const TARGETS: [&str; 6] = [
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "aarch64-pc-windows-msvc",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-freebsd",
];

/// A processor for which `ffi` has no stubs: there it says so when a call is prepared.
const WITHOUT_STUBS: &str = "riscv64gc-unknown-linux-gnu";

const NEXT: &str = "mend what the compiler says above";

/// What makes libraries for macOS and shows what is in them: programs, and Debian's packages of them.
const MACOS: [Need; 3] = [("clang", "clang"), ("lld", "lld"), ("llvm-objdump", "llvm")];

/// Installs what [`build`] needs.
pub(super) fn prepare() -> Result {
    TARGETS.iter().try_for_each(|target| rustup::ensure_target(target))?;
    rustup::ensure_target(WITHOUT_STUBS)?;
    match judges() {
        true => packages::ensure(&MACOS, "what makes libraries for macOS is missing"),
        false => Ok(()),
    }
}

/// Whether the symbols of libraries for macOS are judged here.
fn judges() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64"))
}

pub(super) fn build() -> Result {
    let mut command = process::cargo();
    command.args(["build", "--package=ffi", "--package=wgpu-native-sys-dyn", "--package=webgpu"]);
    command.args(TARGETS.iter().flat_map(|target| ["--target", target]));
    process::run(&mut command, NEXT)?;
    let mut command = process::cargo();
    command.args(["check", "--package=ffi", "--target", WITHOUT_STUBS]);
    process::run(&mut command, NEXT)?;
    if judges() { symbols() } else { Ok(()) }
}

/// Has clang and lld make libraries for macOS, and LLVM judge what is read of them.
fn symbols() -> Result {
    let mut test = process::cargo_with("test --package=ffi --test=symbols -- --ignored");
    process::run(&mut test, "see what the test says above")
}
