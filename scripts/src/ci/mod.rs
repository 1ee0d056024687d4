//! `cargo xtask ci`: everything that has to hold before a change is taken.
//!
//! A new step is one line in [`STEPS`], or in [`LONG_STEPS`] if it takes more time than a change can wait for.

mod check;
mod command;
mod lanes;
mod layers;
mod miri;
mod nightly;
mod parity;
mod row;
mod sanitizer;
mod surface;
mod users;

pub(crate) use command::{HELP, command};

use crate::failure::Result;

/// One step.
struct Step {
    name: &'static str,
    about: &'static str,
    /// Whether it builds in a target folder of its own, so that it can run beside the others.
    apart: bool,
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
    Step { name: "setup", about: "the engine library, its headers and a driver", apart: false, run: check::setup },
    Step { name: "fmt", about: "the code is formatted", apart: false, run: check::format },
    Step { name: "layers", about: "the rooms of the crates import each other as docs/architecture.md has it", apart: false, run: layers::check },
    Step { name: "clippy", about: "no warnings in any target", apart: false, run: check::clippy },
    Step { name: "headless", about: "no warnings in the examples without windows", apart: false, run: check::clippy_headless },
    Step { name: "features", about: "no warnings in `ffi` with each of its features alone, and with none", apart: false, run: check::features },
    Step { name: "msrv", about: "compiles with the oldest supported Rust", apart: true, run: check::msrv },
    Step { name: "targets", about: "compiles for macOS and Windows", apart: false, run: check::targets },
    Step { name: "doc", about: "no warnings in the documentation", apart: false, run: check::documentation },
    Step { name: "generate", about: "generating the bindings again changes nothing", apart: false, run: check::generate },
    Step { name: "parity", about: "the API of `wgpu` is there, and the page that says so is up to date", apart: false, run: parity::check },
    Step { name: "users", about: "libraries that were written for `wgpu` compile against `webgpu`", apart: true, run: users::check },
    Step { name: "test", about: "all tests, directly and through the FFI engine", apart: false, run: check::tests },
    Step { name: "headers", about: "a dozen headers, as `ffi` and as the C compilers understand them", apart: false, run: check::headers },
    Step { name: "mutants", about: "faults that are seeded into `ffi` are noticed by its tests", apart: true, run: check::mutants },
    Step { name: "random", about: "new random signatures, held against gcc and clang", apart: false, run: check::random },
    Step { name: "compare", about: "tests and examples see the same on `webgpu` and on the `wgpu` crate", apart: false, run: check::compare },
    Step { name: "bench", about: "the benchmark beside the `wgpu` crate compiles, and each of its rows runs", apart: false, run: check::bench },
    Step { name: "gallery", about: "the examples draw the same on the `wgpu` crate, and as examples/README.md shows", apart: false, run: check::gallery },
    Step { name: "sanitizer", about: "address and leak sanitizers find nothing in `webgpu` and `ffi`", apart: true, run: sanitizer::address::check },
    Step { name: "stress", about: "pools, callbacks and tracers of `ffi` under load for a minute", apart: false, run: check::stress },
    Step { name: "threads", about: "the same under ThreadSanitizer", apart: true, run: sanitizer::thread::check },
    Step { name: "miri", about: "Miri finds nothing in what `ffi` does without assembly", apart: true, run: miri::check },
    Step { name: "fuzz", about: "random calls, surfaces and shaders, for a minute each", apart: false, run: check::fuzz },
    Step { name: "cross", about: "other platforms: tests in emulators, libraries built", apart: true, run: check::cross },
    Step { name: "python", about: "a Python program on the drop-in library", apart: false, run: check::python },
    Step { name: "dawn", about: "another engine through the same function table", apart: false, run: check::dawn },
    Step { name: "demo", about: "the demo, directly and through the FFI engine, with the same pixels", apart: false, run: check::demo },
    Step { name: "surface", about: "the tests of surfaces, which need a screen", apart: false, run: surface::check },
    Step { name: "windows", about: "the examples in windows of X11 and Wayland show their pictures, and go on when resized", apart: false, run: check::windows },
];

/// What `--all` runs besides: the same checks at full length.
#[rustfmt::skip]
const LONG_STEPS: &[Step] = &[
    Step { name: "all-headers", about: "headers of Debian's packages and of the kernel, as `ffi` and as the C compilers understand them", apart: false, run: check::all_headers },
    Step { name: "all-mutants", about: "all seeded faults, those in code for arm64 too", apart: true, run: check::all_mutants },
    Step { name: "all-random", about: "a million new random signatures, and those of arm64 in an emulator", apart: false, run: check::all_random },
];

/// Every step there is.
fn every_step() -> impl Iterator<Item = &'static Step> {
    STEPS.iter().chain(LONG_STEPS)
}
