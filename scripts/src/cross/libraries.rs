//! The libraries, built for platforms that cannot be run here: their assembly is assembled, nothing is linked.

use super::ensure_target;
use crate::failure::Result;
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
    process::run(&mut command, NEXT)
}
