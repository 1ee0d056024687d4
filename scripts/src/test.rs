//! `cargo xtask test`: all tests on a real driver, those that use the engine library once more through `ffi`, and those of
//! a feature.

use std::ffi::OsString;
use std::time::Instant;

use crate::failure::Result;
use crate::progress::seconds;
use crate::{process, setup, tools};

pub(crate) const HELP: &str = "\
Sets up, then runs `cargo test` four times, with the engine library and the graphics driver that were found:
all packages, then those that use the engine library with WEBGPU_CALLS=engine: every call through the FFI engine, then
what the features `naga-ir` and `vetted-shaders` of `webgpu` bring.

usage: cargo xtask test [arguments for `cargo test`]

For example: cargo xtask test --no-fail-fast, cargo xtask test -- --nocapture";

/// The tests of the packages on the engine library that say nothing of how it is called.
const NOT_ON_THE_ENGINE: [&str; 2] = ["--skip=doctor_faults", "--skip=ffi_call"];

/// The tests of `webgpu` that make shaders of all kinds, and that of the feature itself.
const VETTED: [&str; 7] = [
    "--package=webgpu",
    "--features=vetted-shaders",
    "--test=vetted",
    "--test=naga_ir",
    "--test=nesting",
    "--test=wgsl",
    "--test=compute",
];

/// The command line's way in: the arguments are cargo's, for all runs.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    run(&arguments)
}

/// Runs all tests, passing `arguments` on to all runs of cargo.
pub(crate) fn run(arguments: &[OsString]) -> Result {
    let started = Instant::now();
    // The tests of the bindings read the headers.
    setup::run(setup::Options { headers: true, ..Default::default() })?;
    tools::ensure()?;
    let test = |what: &str, own: &[&str], calls: Option<&str>, last: &[&str]| {
        eprintln!("\n{what}:");
        let mut cargo = process::cargo();
        // A mode that the caller has set would make two runs the same.
        cargo.env_remove("WEBGPU_CALLS").env_remove("WEBGPU_TRACE");
        cargo.envs(calls.map(|calls| ("WEBGPU_CALLS", calls)));
        cargo.arg("test").args(own).args(arguments);
        // What follows `--` goes to the tests.
        let has_dashes = last.is_empty() || arguments.iter().any(|argument| argument == "--");
        cargo.args((!has_dashes).then_some("--")).args(last);
        let next =
            "see the failing tests above; name a test after `cargo xtask test` to run it alone";
        process::run(&mut cargo, next)
    };
    test("all packages", &["--workspace"], None, &[])?;
    let engine = "webgpu, examples with WEBGPU_CALLS=engine";
    test(engine, &["--package=webgpu", "--package=examples"], Some("engine"), &NOT_ON_THE_ENGINE)?;
    let naga = ["--package=webgpu", "--features=naga-ir", "--lib", "--test=naga_ir"];
    test("webgpu with the feature `naga-ir`", &naga, None, &[])?;
    test("webgpu with the feature `vetted-shaders`", &VETTED, None, &[])?;

    eprintln!("\ntests passed in {}", seconds(started.elapsed()));
    eprintln!(
        "not among them: the tests of surfaces, which need a screen: `cargo xtask ci surface`"
    );
    Ok(())
}
