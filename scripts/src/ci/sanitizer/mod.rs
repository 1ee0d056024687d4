//! The tests with code that notices what it must not do: AddressSanitizer, LeakSanitizer and ThreadSanitizer.

pub(super) mod address;
pub(super) mod thread;

use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::files;
use crate::process;

/// The platform that is checked: the sanitizers of Rust's toolchains come for it.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Makes sure that a sanitizer is there and finds something: `compile`, told to compile the program `mistake` in `folder`,
/// makes one that it says `report` of.
fn finds(mistake: &str, report: &str, mut compile: Command, folder: &Path) -> Result {
    let (source, program) = (folder.join("mistake.rs"), folder.join("mistake"));
    files::write(&source, mistake)?;
    compile.env("RUSTC_BOOTSTRAP", "1").args(["--target", TARGET, "-o"]);
    process::run(compile.arg(&program).arg(&source), "use a toolchain that has the sanitizer")?;
    let found = process::capture(&mut Command::new(&program))?;
    match found.stderr.contains(report) {
        true => Ok(()),
        false => Err(Failure::new(
            format!("the sanitizer does not find this mistake, {report}:\n{mistake}"),
            format!("see what it said instead:\n{}", found.tail(5)),
        )),
    }
}
