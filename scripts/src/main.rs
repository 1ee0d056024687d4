//! The workspace's automation: `cargo xtask <command>`.
//!
//! Everything here runs on Linux, macOS and Windows alike and needs nothing but cargo and, to fetch the engine library,
//! Python with pip.

#[macro_use]
mod output;

mod arguments;
mod bench;
mod ci;
mod compare;
mod cross;
mod demo;
mod examples;
mod failure;
mod files;
mod fuzz;
mod gallery;
#[cfg(feature = "generate")]
mod generate;
mod graphics;
#[cfg(feature = "headers")]
mod headers;
mod lock;
mod mutants;
mod outside;
mod packages;
#[cfg(feature = "parity")]
mod parity;
mod peer;
mod picture;
mod process;
mod progress;
mod random;
mod rustup;
mod scratch;
mod setup;
mod sides;
mod signals;
mod test;
mod tools;
mod windows;
mod with_feature;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use failure::{Failure, Result};

#[cfg(not(feature = "generate"))]
use with_feature::generate;
#[cfg(not(feature = "headers"))]
use with_feature::headers;
#[cfg(not(feature = "parity"))]
use with_feature::parity;

/// One command.
struct Command {
    name: &'static str,
    about: &'static str,
    /// The text that `--help` prints; without one, the command prints it itself.
    help: Option<&'static str>,
    run: fn(Vec<OsString>) -> Result,
}

#[rustfmt::skip]
const COMMANDS: &[Command] = &[
    Command { name: "setup", about: "find or fetch the engine library and a graphics driver", help: Some(setup::HELP), run: setup::command },
    Command { name: "demo", about: "set up, compute something and draw a triangle into a file", help: Some(demo::HELP), run: demo::command },
    Command { name: "test", about: "set up and run all tests, directly and through the FFI engine", help: Some(test::HELP), run: test::command },
    Command { name: "compare", about: "run the same tests and examples on `webgpu` and on the `wgpu` crate", help: Some(compare::HELP), run: compare::command },
    Command { name: "fuzz", about: "make random calls, frames and shaders, which must not end the process", help: Some(fuzz::HELP), run: fuzz::command },
    Command { name: "bench", about: "measure calls of `webgpu`, and its build, beside the `wgpu` crate", help: None, run: bench::command },
    Command { name: "gallery", about: "draw the pictures of all examples, on `webgpu` and on the `wgpu` crate", help: Some(gallery::HELP), run: gallery::command },
    Command { name: "windows", about: "open all examples in windows on screens without a monitor, and look at them", help: Some(windows::HELP), run: windows::command },
    Command { name: "cross", about: "test for other platforms in emulators, or build for them", help: Some(cross::HELP), run: cross::command },
    Command { name: "mutants", about: "seed faults into `ffi` and see that its tests notice them", help: Some(mutants::HELP), run: mutants::command },
    Command { name: "random", about: "hold random signatures against the C compilers, in large numbers", help: Some(random::HELP), run: random::command },
    Command { name: "ci", about: "run all checks of continuous integration, or some", help: Some(ci::HELP), run: ci::command },
    Command { name: "generate", about: "write the bindings again from the headers", help: generate::HELP, run: generate::command },
    Command { name: "headers", about: "compare how `ffi` and C compilers read headers of Debian's packages", help: headers::HELP, run: headers::command },
    Command { name: "parity", about: "compare the API of `webgpu` with the one of `wgpu`", help: parity::HELP, run: parity::command },
];

fn main() -> ExitCode {
    let outcome = run(env::args_os().skip(1).collect());
    if let Err(failure) = &outcome {
        eprintln!("{failure}");
    }
    signals::pass_on();
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(mut words: Vec<OsString>) -> Result {
    let is_help = |word: &OsString| word == "--help" || word == "-h";
    if words.is_empty() || is_help(&words[0]) || words[0] == "help" {
        println!("{}", help());
        return Ok(());
    }
    let name = words.remove(0);
    let Some(command) = COMMANDS.iter().find(|command| name == command.name) else {
        let what = format!("there is no command `{}`", name.to_string_lossy());
        return Err(Failure::usage(what, ""));
    };
    // What follows `--` belongs to another program.
    let mut own = words.iter().take_while(|word| *word != "--");
    match command.help.filter(|_| own.any(is_help)) {
        Some(help) => println!("{help}"),
        None => return (command.run)(words),
    }
    Ok(())
}

fn help() -> String {
    let mut text = String::from("usage: cargo xtask <command> [options]\n\n");
    for command in COMMANDS {
        text += &format!("  {:<9} {}\n", command.name, command.about);
    }
    text + "\n`cargo xtask <command> --help` says more."
}
