//! The pools, callbacks and tracers of `ffi` under ThreadSanitizer.
//!
//! It has to see the standard library's locks, too: that is compiled with it, which takes the nightly toolchain and the
//! library's sources. The engine's assembly is not seen; it reads nothing but what one thread owns and the slots of callbacks,
//! which are atomic.

use super::{TARGET, finds};
use crate::ci::Outcome;
use crate::process;
use crate::rustup;
use crate::scratch::Scratch;

/// Adds to one number on two threads: what the sanitizer has to find, if it works.
const MISTAKE: &str = "
static mut NUMBER: u32 = 0;
fn add() {
    let number = &raw mut NUMBER;
    for _ in 0..1000 {
        unsafe { number.write_volatile(number.read_volatile() + 1) };
    }
}
fn main() {
    let other = std::thread::spawn(add);
    add();
    other.join().unwrap();
}";

/// Tests in which threads meet, but none that measures time. Each of the stress test's goes on for so many seconds.
const TESTS: [&str; 4] = ["stress", "worker_faults", "closures", "callbacks"];
const SECONDS: &str = "20";

pub(in crate::ci) fn check() -> Outcome {
    let program = |name| rustup::program("nightly", "rust-src", name);
    let (mut rustc, mut cargo) = match (program("rustc"), program("cargo")) {
        (Ok(rustc), Ok(cargo)) => (rustc, cargo),
        (Err(why), _) | (_, Err(why)) => return Ok(vec![why]),
    };
    let folder = Scratch::temporary()?;
    rustc.args(["-Zsanitizer=thread", "-Cunsafe-allow-abi-mismatch=sanitizer"]);
    finds(MISTAKE, "data race", rustc, folder.path())?;
    // A folder of its own: it has nothing in common with other builds.
    let target = process::workspace().join("target").join("thread-sanitizer");
    cargo.args(["test", "--release", "-Zbuild-std", "--target", TARGET, "--target-dir"]);
    cargo.arg(target).args(["--package", "ffi"]);
    cargo.args(TESTS.iter().flat_map(|test| ["--test", test]));
    cargo.args(["--", "--test-threads=64"]);
    cargo.env("RUSTFLAGS", "-Zsanitizer=thread").env("FFI_STRESS_SECONDS", SECONDS);
    cargo.env("TSAN_OPTIONS", "halt_on_error=1:second_deadlock_stack=1");
    process::run(&mut cargo, "see above what was found; its first frames say where")?;
    Ok(Vec::new())
}
