//! The steps that are a few commands.

use std::env;
use std::iter;
use std::process::Command;

use super::Outcome;
use crate::failure::{Failure, Result};
use crate::setup::{self, Options};
use crate::windows::{NO_SCREEN, Screen};
use crate::{demo as demonstration, files, packages, process, rustup, tools};

/// The outcome of a step that checks all or fails.
pub(super) fn passed(result: Result) -> Outcome {
    result.map(|()| Vec::new())
}

/// Runs cargo with the words of this line.
pub(super) fn cargo(line: &str, next: &str) -> Outcome {
    passed(process::run(&mut process::cargo_with(line), next))
}

/// Runs cargo with a variable in its environment.
pub(super) fn run_with(variable: &str, value: &str, line: &str) -> Result {
    process::run(process::cargo_with(line).env(variable, value), "see what is said above")
}

/// Runs a step that needs what the tests need.
pub(super) fn with_tools(step: fn() -> Outcome) -> Outcome {
    tools::ensure()?;
    step()
}

/// As the demo builds them, and as they build against the `wgpu` crate.
pub(super) fn clippy_headless() -> Outcome {
    for features in ["engine", ""] {
        let line = "clippy --package=examples --all-targets --no-default-features";
        cargo(
            &format!("{line} --features={features} -- -D warnings"),
            "mend what clippy says above",
        )?;
    }
    Ok(Vec::new())
}

/// The features of `ffi`, of which a crate that depends on it may choose any.
pub(super) fn features() -> Outcome {
    let manifest = files::text(&process::workspace().join("ffi").join("Cargo.toml"))?;
    for feature in iter::once(String::new()).chain(default_features(&manifest)) {
        let line = "clippy --package=ffi --no-default-features --features";
        cargo(&format!("{line}={feature} -- -D warnings"), "mend what clippy says above")?;
    }
    Ok(Vec::new())
}

/// The features that a manifest has on by default.
fn default_features(manifest: &str) -> Vec<String> {
    let line = manifest.lines().find_map(|line| line.strip_prefix("default = "));
    let names = line.unwrap_or_default().split('"').skip(1).step_by(2);
    names.map(str::to_owned).collect()
}

pub(super) fn documentation() -> Outcome {
    passed(run_with("RUSTDOCFLAGS", "-D warnings", "doc --workspace --no-deps"))
}

/// The Rust release whose rustdoc writes the format that `cargo xtask parity` reads.
const RUST: &str = "1.95";

/// The API, measured against the one of `wgpu`.
pub(super) fn parity() -> Outcome {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = process::capture(Command::new(rustc).arg("--version"))?.stdout;
    if !version.starts_with(&format!("rustc {RUST}.")) {
        let version = version.trim();
        let format = format!("the JSON of rustdoc is read in the format of Rust {RUST}");
        return Ok(vec![format!("{format}; this is {version}")]);
    }
    // In the folder where the command is built too: both use the same dependencies.
    let tests = "test --package=xtask --features=parity --target-dir=target/parity parity::";
    cargo(tests, "see what is said above")?;
    cargo("xtask parity --check", "see what is said above")
}

/// Runs a Python program on the drop-in library. The package it uses is installed in the target folder.
pub(super) fn python() -> Outcome {
    let modules = process::capture(Command::new("python3").args(["-c", "import ensurepip, venv"]));
    if !modules.is_ok_and(|modules| modules.status.success()) {
        packages::install_on_debian(&["python3-venv"], "Python's module venv is missing")?;
    }
    setup::run(Options::default())?;
    let test = "test --package=wgpu-native-drop-in --test=python -- --ignored";
    cargo(test, "see what the test says above")
}

/// Loads a second engine, Dawn out of a package of npm's, through the same function table.
pub(super) fn dawn() -> Outcome {
    packages::ensure(&[("npm", "npm")], "npm, which fetches Dawn, is missing")?;
    let test = "test --package=wgpu-native-sys-dyn --test=dawn -- --ignored";
    cargo(test, "see what the test says above")
}

/// Checks the code with the oldest supported toolchain, which rustup installs where it can.
pub(super) fn msrv() -> Outcome {
    let version = env!("CARGO_PKG_RUST_VERSION");
    let mut cargo = match rustup::program(version, "rustc", "cargo") {
        Ok(cargo) => cargo,
        Err(why) => {
            let still = "clippy has still refused what the standard library of it lacks";
            return Ok(vec![format!("{why}\n({still})")]);
        }
    };
    cargo.args(["check", "--workspace", "--all-targets", "--target-dir=target/msrv"]);
    passed(process::run(&mut cargo, &format!("use nothing newer than Rust {version}")))
}

/// Platforms with another window system, which everything has to compile for. The libraries alone are built for more of them
/// by `cargo xtask cross libraries`.
const TARGETS: [&str; 2] = ["aarch64-apple-darwin", "x86_64-pc-windows-msvc"];

/// Checks the code for the other platforms.
pub(super) fn targets() -> Outcome {
    TARGETS.iter().try_for_each(|target| rustup::ensure_target(target))?;
    let targets = TARGETS.map(|target| format!("--target={target}")).join(" ");
    cargo(&format!("check --workspace {targets}"), "mend what the compiler says above")
}

/// The demo, directly and through the FFI engine: the picture has to be the same.
pub(super) fn demo() -> Result {
    let picture = demonstration::picture();
    demonstration::run(&[("WEBGPU_CALLS", "direct")])?;
    let direct = files::read(&picture)?;
    demonstration::run(&[("WEBGPU_CALLS", "engine")])?;
    if files::read(&picture)? == direct {
        return Ok(());
    }
    Err(Failure::new(
        format!("{} differs between direct calls and calls through the engine", picture.display()),
        "compare what `cargo xtask demo` draws with and without WEBGPU_CALLS=engine",
    ))
}

/// The tests of surfaces, with direct calls and through the FFI engine.
pub(super) fn surface() -> Outcome {
    let Some(screen) = Screen::start()? else {
        return Ok(vec![NO_SCREEN.into()]);
    };
    setup::run(Options::default())?;
    for calls in ["direct", "engine"] {
        eprintln!("\nWEBGPU_CALLS={calls}:");
        let mut tests = process::cargo_with("test --package=webgpu --test=surface -- --ignored");
        screen.show_on(tests.env("WEBGPU_CALLS", calls));
        process::run(&mut tests, "see the failing tests above")?;
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_listed() {
        let manifest = "[features]\ndefault = [\"a\", \"b\"]\na = [\"b\"]\nb = []\n";
        assert_eq!(default_features(manifest), ["a", "b"]);
    }
}
