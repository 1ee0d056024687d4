//! `cargo xtask ci`: everything that has to hold before a change is taken.
//!
//! A new step is one line in [`STEPS`], or in [`LONG_STEPS`] if it takes more time than a change can wait for.

mod check;
mod command;
mod lanes;
mod layers;
mod miri;
mod row;
mod sanitizer;
mod users;

pub(crate) use command::{HELP, command};

use crate::failure::Result;
use crate::{bench, compare, examples, fuzz, gallery, mutants, random, setup, windows};
use check::{cargo, passed};

/// One step.
struct Step {
    name: &'static str,
    about: &'static str,
    system: System,
    /// Whether it builds in a target folder of its own, so that it can run beside the others.
    apart: bool,
    run: fn() -> Outcome,
}

/// What could not be checked, each with what it would take; nothing where all of it was.
type Outcome = Result<Vec<String>>;

/// Where a step can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Any,
    Linux,
    LinuxX64,
}
use System::{Any, Linux, LinuxX64};

impl System {
    /// Why a step cannot be run here.
    fn lacks(self) -> Option<&'static str> {
        let is_linux = cfg!(target_os = "linux");
        match self {
            Linux if !is_linux => Some("it is run on Linux only"),
            LinuxX64 if !is_linux || !cfg!(target_arch = "x86_64") => {
                Some("it is run on Linux on x86-64 only")
            }
            _ => None,
        }
    }
}

const CLIPPY: &str = "clippy --workspace --all-targets \
    --features=xtask/generate,xtask/headers,xtask/parity,webgpu/vetted-shaders -- -D warnings";

/// All of its tests at once, each for a minute.
const STRESS: &str = "test --release --package=ffi --test=stress -- --test-threads=64";

/// All steps, quick ones first.
#[rustfmt::skip]
const STEPS: &[Step] = &[
    Step { name: "setup", about: "the engine library, its headers and a driver", system: Any, apart: false,
           run: || passed(setup::run(setup::Options { headers: true, ..Default::default() })) },
    Step { name: "fmt", about: "the code is formatted", system: Any, apart: false,
           run: || cargo("fmt --all --check", "run `cargo fmt --all`") },
    Step { name: "layers", about: "the rooms of the crates import each other as docs/architecture.md has it", system: Any, apart: false,
           run: || passed(layers::check()) },
    Step { name: "clippy", about: "no warnings in any target", system: Any, apart: false,
           run: || check::with_tools(|| cargo(CLIPPY, "mend what clippy says above")) },
    Step { name: "headless", about: "no warnings in the examples without windows", system: Any, apart: false, run: check::clippy_headless },
    Step { name: "features", about: "no warnings in `ffi` with each of its features alone, and with none", system: Any, apart: false, run: check::features },
    Step { name: "msrv", about: "compiles with the oldest supported Rust", system: Any, apart: true, run: check::msrv },
    Step { name: "targets", about: "compiles for macOS and Windows", system: Any, apart: false, run: check::targets },
    Step { name: "doc", about: "no warnings in the documentation", system: Any, apart: false, run: check::documentation },
    Step { name: "generate", about: "generating the bindings again changes nothing", system: Any, apart: false,
           run: || cargo("xtask generate --check", "see what the generator says above") },
    Step { name: "parity", about: "the API of `wgpu` is there, and the page that says so is up to date", system: Linux, apart: false, run: check::parity },
    Step { name: "users", about: "libraries that were written for `wgpu` compile against `webgpu`", system: Any, apart: true,
           run: || passed(users::check()) },
    Step { name: "test", about: "all tests, directly and through the FFI engine", system: Any, apart: false,
           run: || passed(crate::test::run(&[])) },
    Step { name: "headers", about: "a dozen headers, as `ffi` and as the C compilers understand them", system: LinuxX64, apart: false,
           run: || cargo("xtask headers --few", "see above what differs") },
    Step { name: "mutants", about: "faults that are seeded into `ffi` are noticed by its tests", system: LinuxX64, apart: true,
           run: || passed(mutants::quick()) },
    Step { name: "random", about: "new random signatures, held against gcc and clang", system: LinuxX64, apart: false,
           run: || passed(random::some()) },
    Step { name: "compare", about: "tests and examples see the same on `webgpu` and on the `wgpu` crate", system: Any, apart: false,
           run: || passed(compare::run(&[])) },
    Step { name: "bench", about: "the benchmark beside the `wgpu` crate compiles, and each of its rows runs", system: Any, apart: false,
           run: || passed(bench::try_out()) },
    Step { name: "gallery", about: "the examples draw the same on the `wgpu` crate, and as examples/README.md shows", system: Any, apart: false,
           run: || gallery::run(examples::that_draw()?, gallery::Document::Check) },
    Step { name: "sanitizer", about: "address and leak sanitizers find nothing in `webgpu` and `ffi`", system: LinuxX64, apart: true,
           run: || passed(sanitizer::address::check()) },
    Step { name: "stress", about: "pools, callbacks and tracers of `ffi` under load for a minute", system: Any, apart: false,
           run: || passed(check::run_with("FFI_STRESS_SECONDS", "60", STRESS)) },
    Step { name: "threads", about: "the same under ThreadSanitizer", system: LinuxX64, apart: true, run: sanitizer::thread::check },
    Step { name: "miri", about: "Miri finds nothing in what `ffi` does without assembly", system: Any, apart: true, run: miri::check },
    Step { name: "fuzz", about: "random calls, surfaces and shaders, for a minute each", system: Any, apart: false, run: fuzz::all },
    Step { name: "cross", about: "other platforms: tests in emulators, libraries built", system: Any, apart: true, run: crate::cross::all },
    Step { name: "python", about: "a Python program on the drop-in library", system: Linux, apart: false, run: check::python },
    Step { name: "dawn", about: "another engine through the same function table", system: LinuxX64, apart: false, run: check::dawn },
    Step { name: "demo", about: "the demo, directly and through the FFI engine, with the same pixels", system: Any, apart: false,
           run: || passed(check::demo()) },
    Step { name: "surface", about: "the tests of surfaces, which need a screen", system: Linux, apart: false, run: check::surface },
    Step { name: "windows", about: "the examples in windows of X11 and Wayland show their pictures, and go on when resized", system: Linux, apart: false,
           run: || windows::run(&examples::that_draw()?) },
];

/// What `--all` runs besides: the same checks at full length.
#[rustfmt::skip]
const LONG_STEPS: &[Step] = &[
    Step { name: "all-headers", about: "headers of Debian's packages and of the kernel, as `ffi` and as the C compilers understand them", system: LinuxX64, apart: false,
           run: || cargo("xtask headers", "see above what differs") },
    Step { name: "all-mutants", about: "all seeded faults, those in code for arm64 too", system: LinuxX64, apart: true,
           run: || passed(mutants::all()) },
    Step { name: "all-random", about: "a million new random signatures, and those of arm64 in an emulator", system: LinuxX64, apart: false,
           run: || passed(random::many()) },
];

/// Every step there is.
fn every_step() -> impl Iterator<Item = &'static Step> {
    STEPS.iter().chain(LONG_STEPS)
}
