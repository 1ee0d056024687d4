//! `cargo xtask test`: all tests on a real driver, those that use the engine library once more through `ffi`, and those of
//! a feature.

use std::ffi::OsString;
use std::time::Instant;

use crate::failure::Result;
use crate::graphics::Graphics;
use crate::process;
use crate::progress::seconds;
use crate::setup;
use crate::tools;

const HELP: &str = "\
Sets up, then runs `cargo test` three times, with the engine library and the graphics driver that were found:
all packages, then those that use the engine library with WEBGPU_CALLS=engine: every call through the FFI engine, then
what the feature `naga-ir` of `webgpu` brings.

usage: cargo xtask test [arguments for `cargo test`]

For example: cargo xtask test --no-fail-fast, cargo xtask test -- --nocapture";

/// The packages whose tests use the engine library.
const ON_THE_ENGINE: [&str; 2] = ["webgpu", "examples"];

/// The command line's way in: the arguments are cargo's, for all runs.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    match arguments.first() {
        Some(help) if help == "--help" || help == "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => run(&arguments),
    }
}

/// Runs all tests, passing `arguments` on to all runs of cargo.
pub(crate) fn run(arguments: &[OsString]) -> Result {
    let started = Instant::now();
    // The tests of the bindings read the headers.
    setup::run(setup::Options { headers: true, ..Default::default() })?;
    tools::ensure()?;
    let graphics = Graphics::new()?;
    let next = "see the failing tests above; name a test after `cargo xtask test` to run it alone";

    eprintln!("\nall packages:");
    let mut direct = graphics.cargo();
    // A mode that the caller has set would make two runs the same.
    direct
        .env_remove("WEBGPU_CALLS")
        .env_remove("WEBGPU_TRACE")
        .args(["test", "--workspace"])
        .args(arguments);
    process::run(&mut direct, next)?;

    eprintln!("\n{} with WEBGPU_CALLS=engine:", ON_THE_ENGINE.join(", "));
    let mut engine = graphics.cargo();
    engine.env("WEBGPU_CALLS", "engine").arg("test");
    engine.args(ON_THE_ENGINE.iter().flat_map(|package| ["--package", package])).args(arguments);
    process::run(&mut engine, next)?;

    eprintln!("\nwebgpu with the feature `naga-ir`:");
    let mut naga = graphics.cargo();
    naga.env_remove("WEBGPU_CALLS").env_remove("WEBGPU_TRACE");
    naga.args(["test", "--package=webgpu", "--features=naga-ir", "--lib", "--test=naga_ir"]);
    process::run(naga.args(arguments), next)?;

    eprintln!("\ntests passed in {}", seconds(started.elapsed()));
    eprintln!(
        "not among them: the tests of surfaces, which need a screen: `cargo xtask ci surface`"
    );
    Ok(())
}
