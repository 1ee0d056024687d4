//! `cargo xtask test`: all tests on a real driver, and those that use the engine library once more through `ffi`.

use std::ffi::{OsStr, OsString};
use std::time::Instant;

use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::packages::Manager;
use crate::process;
use crate::progress::seconds;
use crate::setup;

const HELP: &str = "\
Sets up, then runs `cargo test` twice, with the engine library and the graphics driver that were found:
all packages, then those that use the engine library with WEBGPU_CALLS=engine: every call through the FFI engine.

usage: cargo xtask test [arguments for `cargo test`]

For example: cargo xtask test --no-fail-fast, cargo xtask test -- --nocapture";

/// The packages whose tests use the engine library.
const ON_THE_ENGINE: [&str; 2] = ["webgpu", "examples"];

/// What the tests call, with its package on Debian: compilers judge what `ffi` does and what the bindings say, and make
/// builds the libffi that the benches measure.
const TOOLS: [(&str, &str); 3] = [("cc", "gcc"), ("c++", "g++"), ("make", "make")];

/// The command line's way in: the arguments are cargo's, for both runs.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    match arguments.first() {
        Some(help) if help == "--help" || help == "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => run(&arguments),
    }
}

/// Runs all tests, passing `arguments` on to both runs of cargo.
pub(crate) fn run(arguments: &[OsString]) -> Result {
    let started = Instant::now();
    // The tests of the bindings read the headers.
    setup::run(setup::Options { headers: true, ..Default::default() })?;
    check_tools(&process::search_path())?;
    let graphics = Graphics::new()?;
    let next = "see the failing tests above; name a test after `cargo xtask test` to run it alone";

    eprintln!("\nall packages:");
    let mut direct = graphics.cargo();
    // A mode that the caller has set would make both runs the same.
    direct.env_remove("WEBGPU_CALLS").args(["test", "--workspace"]).args(arguments);
    process::run(&mut direct, next)?;

    eprintln!("\n{} with WEBGPU_CALLS=engine:", ON_THE_ENGINE.join(", "));
    let mut engine = graphics.cargo();
    engine.env("WEBGPU_CALLS", "engine").arg("test");
    engine.args(ON_THE_ENGINE.iter().flat_map(|package| ["--package", package])).args(arguments);
    process::run(&mut engine, next)?;

    eprintln!("\ntests passed in {}", seconds(started.elapsed()));
    eprintln!(
        "not among them: the tests of surfaces, which need a screen: `cargo xtask ci surface`"
    );
    Ok(())
}

/// Fails unless all of [`TOOLS`] are in `search_path`. On Windows, where they go by other names, the tests tell.
fn check_tools(search_path: &OsStr) -> Result {
    let is_missing = |(name, _): &&(&str, &str)| process::find_program(name, search_path).is_none();
    let missing: Vec<_> = TOOLS.iter().filter(is_missing).collect();
    if missing.is_empty() || cfg!(windows) {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    let next = match Manager::find(search_path) {
        Some(Manager::Apt) => format!("run {}", Manager::Apt.advice(&packages)),
        _ if cfg!(target_os = "macos") => "run `xcode-select --install`".into(),
        _ => format!("install {} with the system's package manager", packages.join(", ")),
    };
    Err(Failure::new(format!("the tests need {}, not found on the PATH", names.join(", ")), next))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn missing_tools_are_named_at_once() {
        let text = check_tools(OsStr::new("")).unwrap_err().to_string();
        assert!(text.contains("the tests need cc, c++, make"), "{text}");
    }
}
