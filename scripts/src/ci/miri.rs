//! The tests of `ffi` that need no assembly, in Miri, which watches every access to memory: made-up values, types,
//! layouts, plans, conversions, declarations.
//!
//! To Miri, the crate is one for a processor without stubs: nothing is called, and what needs a call is tested elsewhere,
//! under the sanitizers too.

use std::path::Path;
use std::process::Command;

use super::Outcome;
use crate::failure::{Failure, Result};
use crate::files;
use crate::process;
use crate::rustup;
use crate::scratch::Scratch;

/// In them, what needs calls or takes Miri too long is left out by
/// `cfg(miri)`.
const TESTS: [&str; 5] = ["sound", "layout_rules", "errors", "declare", "golden"];

/// Pointers come from pointers alone, and references keep to the rules of tree borrows.
const FLAGS: &str = "-Zmiri-strict-provenance -Zmiri-tree-borrows";

/// Reads the padding of a struct: what Miri has to find, if it works.
const MISTAKE: &str = "
fn main() {
    let padded = (1_u8, 2_u16);
    let bytes = (&raw const padded).cast::<[u8; 4]>();
    println!(\"{:?}\", unsafe { bytes.read() });
}";

pub(super) fn check() -> Outcome {
    // The standard library is built from its sources for Miri.
    for component in ["miri", "rust-src"] {
        if let Err(why) = rustup::program("nightly", component, "cargo") {
            return Ok(vec![why]);
        }
    }
    finds_mistakes()?;
    let mut command = miri("test", &process::workspace().join("target").join("miri"))?;
    command.args(["--package", "ffi"]).args(TESTS.iter().flat_map(|test| ["--test", test]));
    process::run(&mut command, "see above what Miri found; its first frames say where")?;
    Ok(Vec::new())
}

/// `cargo miri`, which builds in `target`: it has nothing in common with other builds.
fn miri(what: &str, target: &Path) -> Result<Command> {
    let missing = |why| Failure::new(why, "install Rust's nightly toolchain with Miri");
    let mut command = rustup::program("nightly", "miri", "cargo").map_err(missing)?;
    command.args(["miri", what, "--target-dir"]).arg(target);
    // A backtrace takes Miri longer than the test that it belongs to.
    command.env("MIRIFLAGS", FLAGS).env("RUST_BACKTRACE", "0");
    Ok(command)
}

/// Makes sure that Miri finds something.
fn finds_mistakes() -> Result {
    let folder = Scratch::temporary()?;
    let manifest = folder.path().join("Cargo.toml");
    files::write(&manifest, "[package]\nname = \"mistake\"\nedition = \"2024\"\n[workspace]\n")?;
    files::write(&folder.path().join("src").join("main.rs"), MISTAKE)?;
    // What Miri builds is to be run in the folder that it was built in.
    let target = folder.path().join("target");
    let mut run = miri("run", &target)?;
    let report = process::capture(run.arg("--manifest-path").arg(manifest))?;
    match report.stderr.contains("Undefined Behavior") {
        true => Ok(()),
        false => Err(Failure::new(
            "Miri does not find padding that is read",
            format!("see what it said instead:\n{}", report.tail(5)),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is named wrongly would end the step; what is renamed should end it at once.
    #[test]
    fn the_tests_are_there() {
        let folder = process::workspace().join("ffi").join("tests");
        for test in TESTS {
            assert!(folder.join(test).with_extension("rs").is_file(), "{test}");
        }
    }
}
