//! `cargo xtask bench`: what calls of `webgpu` cost, and what building it costs, beside the `wgpu` crate.

mod build;

use std::ffi::OsString;
use std::process::Command;

use crate::failure::Result;
use crate::graphics::Graphics;
use crate::process;
use crate::{peer, setup};

const HELP: &str = "\
Measures calls of the `wgpu` crate, of `webgpu`, and of `webgpu` with WEBGPU_CALLS=engine, in turns, and prints what each
takes and the ratios to the first. The `wgpu` crate is built for it, once.

`build` instead builds each of the two crates from nothing, for release, with its default features, and prints the CPU
seconds that takes, the number of packages and the ratio.

usage: cargo xtask bench [PART OF A ROW'S NAME]
       cargo xtask bench build

For example: cargo xtask bench draw";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    match arguments.first() {
        Some(help) if help == "--help" || help == "-h" => {
            println!("{HELP}");
            Ok(())
        }
        Some(build) if build == "build" => build::run(),
        _ => {
            setup::run(setup::Options::default())?;
            let graphics = Graphics::new()?;
            let mut bench = cargo(&graphics, "bench");
            // Else glibc gives memory back and asks for it again all the time, which costs more than what is measured.
            let kept =
                [("TRIM_THRESHOLD_", "1000000000"), ("TOP_PAD_", "16000000"), ("ARENA_MAX", "1")];
            bench.envs(kept.map(|(name, value)| (format!("MALLOC_{name}"), value)));
            process::run(bench.arg("--").args(arguments), "see what it says above")
        }
    }
}

/// Checks the sources, which no other workspace has, and runs each row once: as a test, without optimisation, on what
/// `cargo xtask compare` has built.
pub(crate) fn try_out() -> Result {
    setup::run(setup::Options::default())?;
    let mut format = process::cargo();
    format.args(["fmt", "--check", "--manifest-path", MANIFEST]);
    process::run(&mut format, &format!("run `cargo fmt --manifest-path {MANIFEST}`"))?;
    let graphics = Graphics::new()?;
    let mut clippy = cargo(&graphics, "clippy");
    process::run(clippy.args(["--", "-D", "warnings"]), "mend what clippy says above")?;
    process::run(&mut cargo(&graphics, "test"), "see what it says above")
}

/// A cargo `command` on the benchmark.
fn cargo(graphics: &Graphics, command: &str) -> Command {
    let mut cargo = peer::cargo(graphics, command);
    cargo.args(["--package", PACKAGE, "--bench", "layer"]);
    cargo
}

/// The benchmark: a member of the workspace that `webgpu/peer` is.
const PACKAGE: &str = "webgpu-beside-wgpu";
const MANIFEST: &str = "webgpu/peer/bench/Cargo.toml";
