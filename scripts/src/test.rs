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
Sets up, then runs `cargo test` four times, with the engine library and the graphics driver that were found:
all packages, then those that use the engine library with WEBGPU_CALLS=engine: every call through the FFI engine, then
what the features `naga-ir` and `vetted-shaders` of `webgpu` bring.

usage: cargo xtask test [arguments for `cargo test`]

For example: cargo xtask test --no-fail-fast, cargo xtask test -- --nocapture";

/// The packages whose tests use the engine library, and those of their tests that say nothing of how it is called.
const ON_THE_ENGINE: [&str; 2] = ["webgpu", "examples"];
const NOT_ON_THE_ENGINE: [&str; 2] = ["--skip=doctor_faults", "--skip=ffi_call"];

/// The tests of `webgpu` that make shaders of all kinds, and that of the feature itself.
const VETTED: [&str; 5] = ["vetted", "naga_ir", "nesting", "wgsl", "compute"];

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
    // What follows `--` goes to the tests.
    engine.args((!arguments.iter().any(|argument| argument == "--")).then_some("--"));
    engine.args(NOT_ON_THE_ENGINE);
    process::run(&mut engine, next)?;

    eprintln!("\nwebgpu with the feature `naga-ir`:");
    let mut naga = graphics.cargo();
    naga.env_remove("WEBGPU_CALLS").env_remove("WEBGPU_TRACE");
    naga.args(["test", "--package=webgpu", "--features=naga-ir", "--lib", "--test=naga_ir"]);
    process::run(naga.args(arguments), next)?;

    eprintln!("\nwebgpu with the feature `vetted-shaders`:");
    let mut vetted = graphics.cargo();
    vetted.env_remove("WEBGPU_CALLS").env_remove("WEBGPU_TRACE");
    vetted.args(["test", "--package=webgpu", "--features=vetted-shaders"]);
    vetted.args(VETTED.map(|test| format!("--test={test}")));
    process::run(vetted.args(arguments), next)?;

    eprintln!("\ntests passed in {}", seconds(started.elapsed()));
    eprintln!(
        "not among them: the tests of surfaces, which need a screen: `cargo xtask ci surface`"
    );
    Ok(())
}
