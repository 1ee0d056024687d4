//! `cargo xtask demo`: from nothing to a compute result and a picture.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use crate::arguments::Arguments;
use crate::failure::Result;
use crate::progress::seconds;
use crate::{files, process, setup};

pub(crate) const HELP: &str = "\
Sets up, then runs the examples `compute`, which prints its result, and `triangle`, which draws into
target/demo/triangle.png. No window is opened, and nothing that only windows need is built.

usage: cargo xtask demo [--help]

The environment is passed on: WEBGPU_CALLS=engine makes every call through the FFI engine and prints their number.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    Arguments::of("demo", arguments).end()?;
    run(&[])
}

/// Runs the demo, its programs with these environment variables.
pub(crate) fn run(environment: &[(&str, &str)]) -> Result {
    let started = Instant::now();
    setup::run(setup::Options::default())?;
    let cargo = |command: &str, programs: &[&str]| {
        let mut cargo = process::cargo();
        cargo.args([command, "--package=examples", "--no-default-features", "--features=engine"]);
        cargo.args(programs.iter().flat_map(|program| ["--bin", program]));
        cargo.envs(environment.iter().copied());
        cargo
    };

    eprintln!("\nbuild:");
    let mut build = cargo("build", &["compute", "triangle"]);
    process::run(&mut build, "see what the compiler says above")?;

    let next = "see what the program says above; `cargo run -p examples --bin info` shows engine and adapters";
    eprintln!("\ncompute:");
    process::run(cargo("run", &["compute"]).arg("--quiet"), next)?;

    let picture = picture();
    picture.parent().map_or(Ok(()), files::make_folder)?;
    eprintln!("\ntriangle:");
    let mut triangle = cargo("run", &["triangle"]);
    process::run(triangle.args(["--quiet", "--", "--headless"]).arg(&picture), next)?;

    println!("\nThe picture is {}", picture.display());
    eprintln!("demo done in {}", seconds(started.elapsed()));
    Ok(())
}

/// Where the picture goes, wherever cargo's own target folder is.
pub(crate) fn picture() -> PathBuf {
    process::workspace().join("target").join("demo").join("triangle.png")
}
