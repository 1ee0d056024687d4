//! The API, measured against the one of `wgpu`.

use std::env;
use std::process::Command;

use super::Outcome;
use crate::failure::Result;
use crate::process;

/// The Rust release whose rustdoc writes the format that `cargo xtask parity` reads.
const RUST: &str = "1.95";

pub(super) fn check() -> Result<Outcome> {
    if env::consts::OS != "linux" {
        return Ok(Outcome::NotChecked("the page is about the API of `wgpu` on Linux".into()));
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = process::capture(Command::new(rustc).arg("--version"))?.stdout;
    if !version.starts_with(&format!("rustc {RUST}.")) {
        return Ok(Outcome::NotChecked(format!(
            "the JSON of rustdoc is read in the format of Rust {RUST}; this is {}",
            version.trim()
        )));
    }
    let next = "see what is said above";
    // In the folder where the command is built too: both use the same dependencies.
    let mut tests = process::cargo();
    tests.args(["test", "--package", "xtask", "--features", "parity", "--target-dir"]);
    tests.arg(process::workspace().join("target").join("parity")).arg("parity::");
    process::run(&mut tests, next)?;
    process::run(process::cargo().args(["xtask", "parity", "--check"]), next)?;
    Ok(Outcome::Passed)
}
