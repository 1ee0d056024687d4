//! The steps that are little more than one command.

use std::env;
use std::fs;
use std::iter;
use std::process::Command;

use super::Outcome;
use crate::failure::{Failure, Result};
use crate::lock;
use crate::packages;
use crate::process;
use crate::random;
use crate::setup::Options;
use crate::{bench, compare, cross, demo, examples, gallery, mutants, test, tools, windows};

pub(super) fn setup() -> Result<Outcome> {
    passed(crate::setup::run(Options { headers: true, ..Default::default() }))
}

pub(super) fn format() -> Result<Outcome> {
    cargo(&["fmt", "--all", "--check"], "run `cargo fmt --all`")
}

pub(super) fn clippy() -> Result<Outcome> {
    // Checking the benches builds what they measure beside `ffi`.
    tools::ensure()?;
    let features = "--features=xtask/generate,xtask/headers,xtask/parity,webgpu/vetted-shaders";
    let arguments = ["clippy", "--workspace", "--all-targets", features, "--", "-D", "warnings"];
    cargo(&arguments, "mend what clippy says above")
}

/// As the demo builds them, and as they build against the `wgpu` crate.
pub(super) fn clippy_headless() -> Result<Outcome> {
    for features in ["--features=engine", "--features="] {
        let arguments = ["clippy", "--package=examples", "--all-targets", "--no-default-features"];
        let mut command = process::cargo();
        command.args(arguments).args([features, "--", "-D", "warnings"]);
        process::run(&mut command, "mend what clippy says above")?;
    }
    Ok(Outcome::Passed)
}

/// The features of `ffi`, of which a crate that depends on it may choose any.
pub(super) fn features() -> Result<Outcome> {
    let manifest = process::workspace().join("ffi").join("Cargo.toml");
    let text = fs::read_to_string(&manifest)
        .map_err(|error| Failure::file("cannot read", &manifest, &error, "check the clone"))?;
    for feature in iter::once(String::new()).chain(default_features(&text)) {
        let mut command = process::cargo();
        command.args(["clippy", "--package=ffi", "--no-default-features", "--features", &feature]);
        process::run(command.args(["--", "-D", "warnings"]), "mend what clippy says above")?;
    }
    Ok(Outcome::Passed)
}

/// The features that a manifest has on by default.
fn default_features(manifest: &str) -> Vec<String> {
    let line = manifest.lines().find_map(|line| line.strip_prefix("default = "));
    let names = line.unwrap_or_default().split('"').skip(1).step_by(2);
    names.map(str::to_owned).collect()
}

pub(super) fn documentation() -> Result<Outcome> {
    let mut command = process::cargo();
    command.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    passed(process::run(&mut command, "mend what rustdoc says above"))
}

pub(super) fn fuzz() -> Result<Outcome> {
    all_but(crate::fuzz::all()?)
}

pub(super) fn tests() -> Result<Outcome> {
    tools::ensure()?;
    passed(test::run(&[]))
}

/// Random signatures that no run before has tried.
pub(super) fn random() -> Result<Outcome> {
    random_signatures(random::some)
}

pub(super) fn all_random() -> Result<Outcome> {
    random_signatures(random::many)
}

fn random_signatures(run: fn() -> Result) -> Result<Outcome> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(Outcome::NotChecked("random signatures need Linux on x86-64".into()));
    }
    passed(run())
}

/// All of its tests at once, each for a minute.
pub(super) fn stress() -> Result<Outcome> {
    let mut command = process::cargo();
    command.args([
        "test",
        "--release",
        "--package=ffi",
        "--test=stress",
        "--",
        "--test-threads=64",
    ]);
    command.env("FFI_STRESS_SECONDS", "60");
    passed(process::run(&mut command, "see the failing test above"))
}

/// The few headers that a change is checked with.
pub(super) fn headers() -> Result<Outcome> {
    read_headers(&["--few"])
}

/// All headers.
pub(super) fn all_headers() -> Result<Outcome> {
    read_headers(&[])
}

/// In another process: the command has a build of its own.
fn read_headers(arguments: &[&str]) -> Result<Outcome> {
    if env::consts::OS != "linux" || env::consts::ARCH != "x86_64" {
        return Ok(Outcome::NotChecked("the headers are Debian's for x86-64".into()));
    }
    let mut command = process::cargo();
    command.args(["xtask", "headers"]).args(arguments);
    passed(process::run(&mut command, "see above what differs"))
}

/// The `wgpu` crate is built for it, once.
pub(super) fn compare() -> Result<Outcome> {
    passed(compare::run(&[]))
}

/// Whether the tests notice the faults whose tests run here.
pub(super) fn mutants() -> Result<Outcome> {
    passed(mutants::quick())
}

/// Whether the tests notice all faults.
pub(super) fn all_mutants() -> Result<Outcome> {
    passed(mutants::all())
}

/// The benchmark on both crates, of which the other steps see nothing.
pub(super) fn bench() -> Result<Outcome> {
    passed(bench::try_out())
}

/// The pictures of the examples.
pub(super) fn gallery() -> Result<Outcome> {
    all_but(gallery::run(examples::that_draw()?, gallery::Document::Check)?)
}

/// The examples in windows.
pub(super) fn windows() -> Result<Outcome> {
    all_but(windows::run(&examples::that_draw()?)?)
}

/// Other platforms.
pub(super) fn cross() -> Result<Outcome> {
    all_but(cross::all()?)
}

/// Runs a Python program on the drop-in library. The package it uses is installed in the target folder.
pub(super) fn python() -> Result<Outcome> {
    if env::consts::OS != "linux" {
        return Ok(Outcome::NotChecked(
            "the drop-in library is run from Python on Linux only".into(),
        ));
    }
    let modules = process::capture(Command::new("python3").args(["-c", "import ensurepip, venv"]));
    if !modules.is_ok_and(|modules| modules.status.success()) {
        packages::install_on_debian(&["python3-venv"], "Python's module venv is missing")?;
    }
    crate::setup::run(Options::default())?;
    let mut command = process::cargo();
    command.args([
        "test",
        "--package",
        "wgpu-native-drop-in",
        "--test",
        "python",
        "--",
        "--ignored",
    ]);
    passed(process::run(&mut command, "see what the test says above"))
}

/// Loads a second engine, Dawn out of a package of npm's, through the same function table.
pub(super) fn dawn() -> Result<Outcome> {
    if env::consts::OS != "linux" || env::consts::ARCH != "x86_64" {
        return Ok(Outcome::NotChecked("Dawn is at hand for Linux on x86-64 only".into()));
    }
    packages::ensure(&[("npm", "npm")], "npm, which fetches Dawn, is missing")?;
    let mut command = process::cargo();
    command.args(["test", "--package", "wgpu-native-sys-dyn", "--test", "dawn", "--", "--ignored"]);
    passed(process::run(&mut command, "see what the test says above"))
}

/// Generates the bindings again and compares.
pub(super) fn generate() -> Result<Outcome> {
    // Another process: where the generator has to be built first, a failure there ends the one that asked for it.
    passed(process::run(
        process::cargo().args(["xtask", "generate", "--check"]),
        "see what the generator says above",
    ))
}

/// Checks the code with the oldest supported toolchain, which rustup installs where it can.
pub(super) fn msrv() -> Result<Outcome> {
    let version = env!("CARGO_PKG_RUST_VERSION");
    let toolchain = match installed(version) {
        Some(toolchain) => toolchain,
        None => {
            let _turn = lock::turn_to_install();
            let mut rustup = Command::new("rustup");
            rustup.args(["toolchain", "install", version, "--profile", "minimal"]);
            let said = process::capture(&mut rustup);
            let Some(toolchain) = installed(version) else {
                let said = said.map_or_else(|failure| failure.to_string(), |said| said.tail(3));
                return Ok(Outcome::NotChecked(format!(
                    "Rust {version} is not installed, and cannot be: {said}\n\
                     (clippy has still refused what the standard library of {version} lacks)"
                )));
            };
            toolchain
        }
    };
    // Through rustup: the cargo that runs this program belongs to another toolchain.
    let mut command = Command::new("rustup");
    command.current_dir(process::workspace());
    command.args([
        "run",
        &toolchain,
        "cargo",
        "check",
        "--workspace",
        "--all-targets",
        "--target-dir",
    ]);
    command.arg(process::workspace().join("target").join("msrv"));
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    passed(process::run(&mut command, &format!("use nothing newer than Rust {version}")))
}

/// Platforms with another window system, which everything has to compile for. The libraries alone are built for more of them
/// by `cargo xtask cross libraries`.
const TARGETS: [&str; 2] = ["aarch64-apple-darwin", "x86_64-pc-windows-msvc"];

/// Checks the code for the other platforms.
pub(super) fn targets() -> Result<Outcome> {
    TARGETS.iter().try_for_each(|target| cross::ensure_target(target))?;
    let mut command = process::cargo();
    command.args(["check", "--workspace"]);
    command.args(TARGETS.iter().flat_map(|target| ["--target", target]));
    passed(process::run(&mut command, "mend what the compiler says above"))
}

/// The toolchain of a version, if rustup has it.
fn installed(version: &str) -> Option<String> {
    let list = process::capture(Command::new("rustup").args(["toolchain", "list"])).ok()?;
    let mut names = list.stdout.lines().filter_map(|line| line.split_whitespace().next());
    names.find(|name| is_version(name, version)).map(str::to_owned)
}

/// Whether the toolchain `name` ("1.88.0-x86_64-…") is one of `version` ("1.88").
fn is_version(name: &str, version: &str) -> bool {
    name.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

/// The demo, directly and through the FFI engine: the picture has to be the same.
pub(super) fn demo() -> Result<Outcome> {
    let picture = demo::picture();
    let read = || {
        let next = "run `cargo xtask demo` to see why it was not written";
        fs::read(&picture).map_err(|error| Failure::file("cannot read", &picture, &error, next))
    };
    demo::run(&[("WEBGPU_CALLS", "direct")])?;
    let direct = read()?;
    demo::run(&[("WEBGPU_CALLS", "engine")])?;
    if read()? == direct {
        return Ok(Outcome::Passed);
    }
    Err(Failure::new(
        format!("{} differs between direct calls and calls through the engine", picture.display()),
        "compare what `cargo xtask demo` draws with and without WEBGPU_CALLS=engine",
    ))
}

fn cargo(arguments: &[&str], next: &str) -> Result<Outcome> {
    passed(process::run(process::cargo().args(arguments), next))
}

/// What came of a step that knows what it could not check.
fn all_but(unchecked: Vec<String>) -> Result<Outcome> {
    Ok(match unchecked.is_empty() {
        true => Outcome::Passed,
        false => Outcome::NotChecked(unchecked.join("\n")),
    })
}

fn passed(result: Result) -> Result<Outcome> {
    result.map(|()| Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_listed() {
        let manifest = "[features]\ndefault = [\"a\", \"b\"]\na = [\"b\"]\nb = []\n";
        assert_eq!(default_features(manifest), ["a", "b"]);
    }

    #[test]
    fn toolchains_are_told_by_their_version() {
        assert!(is_version("1.88.0-x86_64-unknown-linux-gnu", "1.88"));
        assert!(is_version("1.88-x86_64-pc-windows-msvc", "1.88"));
        assert!(is_version("1.88", "1.88"));
        assert!(!is_version("1.880.0-x86_64", "1.88") && !is_version("stable-x86_64", "1.88"));
    }
}
