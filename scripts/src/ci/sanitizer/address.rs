//! The tests of `webgpu` and `ffi` under AddressSanitizer and LeakSanitizer.
//!
//! Rust code is instrumented; of the engine library and the driver, whatever goes through the C library's functions is
//! watched: their memory comes from the sanitizer too. Leaks of the driver alone are not looked at.

use std::env;
use std::path::Path;
use std::process::Command;

use super::{TARGET, finds};
use crate::failure::Result;
use crate::files;
use crate::process;
use crate::scratch::Scratch;
use crate::setup::Options;

/// Leaks that are not ours: Mesa's software drivers lose small objects of their own.
const SUPPRESSIONS: &str = "leak:libvulkan_lvp.so\nleak:libEGL_mesa.so\nleak:swrast_dri.so\n";

/// Reads memory that was given back: what the sanitizer has to find, if it works.
const MISTAKE: &str = "
fn main() {
    let freed = Box::into_raw(Box::new(1));
    unsafe { drop(Box::from_raw(freed)) };
    println!(\"{}\", unsafe { freed.read_volatile() });
}";

pub(in crate::ci) fn check() -> Result {
    crate::setup::run(Options::default())?;
    let folder = Scratch::temporary()?;
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.arg("-Zsanitizer=address");
    finds(MISTAKE, "heap-use-after-free", rustc, folder.path())?;
    let suppressions = folder.path().join("suppressions");
    files::write(&suppressions, SUPPRESSIONS)?;
    let sanitized = |command| sanitized(command, &suppressions);
    let next = "see above what was found; its first frames say where";
    // Through the engine of `ffi`: that is all of the code of a direct call, and more.
    eprintln!("\nwebgpu with WEBGPU_CALLS=engine:");
    let mut webgpu = sanitized(process::cargo());
    webgpu.args(["--package", "webgpu", "--lib", "--tests"]).env("WEBGPU_CALLS", "engine");
    process::run(&mut webgpu, next)?;
    eprintln!("\nffi:");
    let mut ffi = sanitized(process::cargo());
    ffi.args(["--package", "ffi", "--lib"]);
    for (test, _) in files::targets(&process::workspace().join("ffi").join("tests"))? {
        ffi.args(["--test", &test]);
    }
    process::run(&mut ffi, next)
}

/// `cargo test` with instrumented code, in a folder of its own: it has nothing in common with other builds.
fn sanitized(mut command: Command, suppressions: &Path) -> Command {
    let folder = process::workspace().join("target").join("sanitizer");
    command.args(["test", "--no-fail-fast", "--target", TARGET, "--target-dir"]).arg(folder);
    // Needed for the flag; the toolchain stays the stable one.
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address");
    command.env("ASAN_OPTIONS", "detect_leaks=1");
    let suppressions = suppressions.display();
    command.env("LSAN_OPTIONS", format!("suppressions={suppressions}:print_suppressions=0"));
    // Instrumented programs are large, and what is kept to build them faster is larger.
    command.env("CARGO_INCREMENTAL", "0");
    command
}
