//! The workspace's automation: `cargo xtask <command>`.
//!
//! Everything here runs on Linux, macOS and Windows alike and needs nothing but cargo and, to fetch the engine library,
//! Python with pip.

#[macro_use]
mod output;

mod bench;
mod ci;
mod compare;
mod cross;
mod demo;
mod examples;
mod failure;
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
mod scratch;
mod setup;
mod signals;
mod test;
mod tools;
mod windows;
#[cfg(not(all(feature = "generate", feature = "headers", feature = "parity")))]
mod with_feature;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use failure::{Failure, Result};

#[cfg(not(feature = "generate"))]
mod generate {
    pub(crate) fn run(arguments: Vec<std::ffi::OsString>) -> crate::failure::Result {
        crate::with_feature::run("generate", arguments)
    }
}

#[cfg(not(feature = "headers"))]
mod headers {
    pub(crate) fn run(arguments: Vec<std::ffi::OsString>) -> crate::failure::Result {
        crate::with_feature::run("headers", arguments)
    }
}

#[cfg(not(feature = "parity"))]
mod parity {
    pub(crate) fn run(arguments: Vec<std::ffi::OsString>) -> crate::failure::Result {
        crate::with_feature::run("parity", arguments)
    }
}

/// One command.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(Vec<OsString>) -> Result,
}

#[rustfmt::skip]
const COMMANDS: &[Command] = &[
    Command { name: "setup", about: "find or fetch the engine library and a graphics driver", run: setup::command },
    Command { name: "demo", about: "set up, compute something and draw a triangle into a file", run: demo::command },
    Command { name: "test", about: "set up and run all tests, directly and through the FFI engine", run: test::command },
    Command { name: "compare", about: "run the same tests and examples on `webgpu` and on the `wgpu` crate", run: compare::command },
    Command { name: "fuzz", about: "make random calls, frames and shaders, which must not end the process", run: fuzz::command },
    Command { name: "bench", about: "measure calls of `webgpu` beside those of the `wgpu` crate", run: bench::command },
    Command { name: "gallery", about: "draw the pictures of all examples, on `webgpu` and on the `wgpu` crate", run: gallery::command },
    Command { name: "windows", about: "open all examples in windows on screens without a monitor, and look at them", run: windows::command },
    Command { name: "cross", about: "test for other platforms in emulators, or build for them", run: cross::command },
    Command { name: "mutants", about: "seed faults into `ffi` and see that its tests notice them", run: mutants::command },
    Command { name: "random", about: "hold random signatures against the C compilers, in large numbers", run: random::command },
    Command { name: "ci", about: "run all checks of continuous integration, or some", run: ci::command },
    Command { name: "generate", about: "write the bindings again from the headers", run: generate::run },
    Command { name: "headers", about: "compare how `ffi` and C compilers read headers of Debian's packages", run: headers::run },
    Command { name: "parity", about: "compare the API of `webgpu` with the one of `wgpu`", run: parity::run },
];

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let outcome = match arguments.next() {
        None => {
            println!("{}", help());
            Ok(())
        }
        Some(name) if name == "--help" || name == "-h" || name == "help" => {
            println!("{}", help());
            Ok(())
        }
        Some(name) => match COMMANDS.iter().find(|command| name == command.name) {
            Some(command) => (command.run)(arguments.collect()),
            None => {
                Err(Failure::usage(format!("there is no command `{}`", name.to_string_lossy()), ""))
            }
        },
    };
    let code = match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    };
    signals::pass_on();
    code
}

fn help() -> String {
    let mut text = String::from("usage: cargo xtask <command> [options]\n\n");
    for command in COMMANDS {
        text += &format!("  {:<9} {}\n", command.name, command.about);
    }
    text + "\n`cargo xtask <command> --help` says more."
}
