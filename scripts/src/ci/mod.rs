//! `cargo xtask ci`: everything that has to hold before a change is taken.
//!
//! A new step is one line in [`STEPS`].

mod check;
mod command;
mod parity;
mod sanitizer;
mod surface;
mod users;

pub(crate) use command::command;

use crate::failure::Result;

/// One step.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Outcome>,
}

/// How a step that did not fail ended.
#[derive(Debug)]
enum Outcome {
    /// All of it was checked.
    Passed,
    /// Something could not be checked here; says what, and what it would take.
    NotChecked(String),
}

/// All steps, quick ones first.
#[rustfmt::skip]
const STEPS: &[Step] = &[
    Step { name: "setup", about: "the engine library, its headers and a driver", run: check::setup },
    Step { name: "fmt", about: "the code is formatted", run: check::format },
    Step { name: "clippy", about: "no warnings in any target", run: check::clippy },
    Step { name: "headless", about: "no warnings in the examples without windows", run: check::clippy_headless },
    Step { name: "msrv", about: "compiles with the oldest supported Rust", run: check::msrv },
    Step { name: "targets", about: "compiles for the other platforms", run: check::targets },
    Step { name: "doc", about: "no warnings in the documentation", run: check::documentation },
    Step { name: "generate", about: "generating the bindings again changes nothing", run: check::generate },
    Step { name: "parity", about: "the API of `wgpu` is there, and the page that says so is up to date", run: parity::check },
    Step { name: "users", about: "libraries that were written for `wgpu` compile against `webgpu`", run: users::check },
    Step { name: "test", about: "all tests, directly and through the FFI engine", run: check::tests },
    Step { name: "compare", about: "tests and examples see the same on `webgpu` and on the `wgpu` crate", run: check::compare },
    Step { name: "bench", about: "the benchmark beside the `wgpu` crate compiles, and each of its rows runs", run: check::bench },
    Step { name: "gallery", about: "the examples draw the same on the `wgpu` crate, and as examples/README.md shows", run: check::gallery },
    Step { name: "sanitizer", about: "address and leak sanitizers find nothing in `webgpu` and `ffi`", run: sanitizer::check },
    Step { name: "cross", about: "other platforms: tests in emulators, libraries built", run: check::cross },
    Step { name: "python", about: "a Python program on the drop-in library", run: check::python },
    Step { name: "dawn", about: "another engine through the same function table", run: check::dawn },
    Step { name: "demo", about: "the demo, directly and through the FFI engine, with the same pixels", run: check::demo },
    Step { name: "surface", about: "the tests of surfaces, which need a screen", run: surface::check },
    Step { name: "windows", about: "the examples in windows of X11 and Wayland show their pictures, and go on when resized", run: check::windows },
];
