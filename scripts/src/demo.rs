//! `cargo xtask demo`: from nothing to a compute result and a picture.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::process;
use crate::progress::seconds;
use crate::setup;

const HELP: &str = "\
Sets up, then runs the examples `compute`, which prints its result, and `triangle`, which draws into
target/demo/triangle.png. No window is opened, and nothing that only windows need is built.

usage: cargo xtask demo [--help]

The environment is passed on: WEBGPU_CALLS=engine makes every call through the FFI engine and prints their number.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    match arguments.first() {
        None => run(&[]),
        Some(help) if help == "--help" || help == "-h" => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(Failure::usage(
            format!("unexpected argument `{}`", other.to_string_lossy()),
            "demo",
        )),
    }
}

/// Runs the demo, its programs with these environment variables.
pub(crate) fn run(environment: &[(&str, &str)]) -> Result {
    let started = Instant::now();
    setup::run(setup::Options::default())?;
    let graphics = Graphics::new()?;
    let cargo = |command: &str, programs: &[&str]| {
        let mut cargo = graphics.cargo();
        cargo.args([
            command,
            "--package",
            "examples",
            "--no-default-features",
            "--features=engine",
        ]);
        cargo.args(programs.iter().flat_map(|program| ["--bin", program]));
        cargo.envs(environment.iter().copied());
        cargo
    };

    eprintln!("\nbuild:");
    process::run(
        &mut cargo("build", &["compute", "triangle"]),
        "see what the compiler says above",
    )?;

    let next = "see what the program says above; `cargo run -p examples --bin info` shows engine and adapters";
    eprintln!("\ncompute:");
    process::run(cargo("run", &["compute"]).arg("--quiet"), next)?;

    let picture = picture();
    let folder = picture.parent().unwrap_or(&picture);
    fs::create_dir_all(folder).map_err(|error| {
        Failure::file("cannot make the folder", folder, &error, "see that it can be written to")
    })?;
    eprintln!("\ntriangle:");
    process::run(
        cargo("run", &["triangle"]).arg("--quiet").args(["--", "--headless"]).arg(&picture),
        next,
    )?;

    println!("\nThe picture is {}", picture.display());
    eprintln!("demo done in {}", seconds(started.elapsed()));
    Ok(())
}

/// Where the picture goes, wherever cargo's own target folder is.
pub(crate) fn picture() -> PathBuf {
    process::workspace().join("target").join("demo").join("triangle.png")
}
