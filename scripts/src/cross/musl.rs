//! Linux on x86-64 in static programs: there is no loader that could be asked for anything.

use super::arm64::static_tests;
use crate::failure::Result;
use crate::process;
use crate::rustup;

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Installs what [`run`] needs.
pub(super) fn prepare() -> Result {
    rustup::ensure_target(TARGET)
}

/// Runs all tests that can do without loading libraries.
pub(super) fn run() -> Result {
    let mut tests = process::cargo_with("test --package=ffi --lib --target");
    tests.arg(TARGET);
    tests.args(static_tests()?.iter().flat_map(|name| ["--test", name]));
    tests.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld");
    // No test uses the libffi that the benches measure, but it is built with them.
    tests.env("CC_x86_64_unknown_linux_musl", "cc");
    process::run(&mut tests, "see the failing tests above")
}
