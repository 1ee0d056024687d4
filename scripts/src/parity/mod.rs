//! `cargo xtask parity`: how much of the API of `wgpu` the crate `webgpu` has, measured.
//!
//! What a crate offers is read out of the JSON that rustdoc writes of it. The result is a page of the documentation.

mod comparison;
mod documents;
mod reachable;
mod reasons;
mod report;
mod scope;
mod signature;
mod surface;
#[cfg(test)]
mod trial;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use crate::failure::{Failure, Result};
use crate::process;
use comparison::Comparison;
use surface::Surface;

const HELP: &str = "\
Compares every public path and signature of `wgpu` with those of `webgpu` and writes docs/parity.md.

usage: cargo xtask parity [--check]

  --check  write nothing; fail if the page would change, or if less than 98 % of what applies are the same

The API of `wgpu` is the one that a native program sees: its default features, with SPIR-V, GLSL and
modules of naga.";

/// What the share of equal signatures must not fall below, in per cent.
const LEAST_SHARE: f64 = 98.0;

/// Runs the command with the arguments that follow its name.
///
/// # Errors
/// Bad arguments, a crate that cannot be documented, a stale row in the table of reasons, and, with `--check`, a page that
/// is out of date or a share that is too low.
pub(crate) fn run(arguments: Vec<OsString>) -> Result {
    let Some(check) = parse(arguments)? else {
        println!("{HELP}");
        return Ok(());
    };
    let documents = documents::write()?;
    let types = documents.read("wgpu_types")?;
    let surface = |name| Surface::new(&documents.read(name)?, &types);
    let comparison = Comparison::new(&surface("wgpu")?, &surface("webgpu")?)?;
    print!("{}", report::summary(&comparison));

    let (page, path) = (report::page(&comparison), page_path());
    if !check {
        let next = "see that the folder is there and that this user may write to it";
        fs::write(&path, page)
            .map_err(|error| Failure::file("cannot write", &path, &error, next))?;
        println!("wrote {}", path.display());
        return Ok(());
    }
    // A checkout on Windows may have changed the line ends.
    let committed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if committed != page {
        let what = format!("{} is not what this command writes", path.display());
        return Err(Failure::new(what, "run `cargo xtask parity` and commit the result"));
    }
    if comparison.total().share() < LEAST_SHARE {
        let what = format!("the share of equal signatures fell below {LEAST_SHARE} %");
        return Err(Failure::new(what, "see docs/parity.md for what differs and what is missing"));
    }
    Ok(())
}

/// Whether the page is only to be checked; `None` where help is asked for.
fn parse(arguments: Vec<OsString>) -> Result<Option<bool>> {
    let mut check = false;
    for argument in arguments {
        match argument.to_str() {
            Some("--check") => check = true,
            Some("--help" | "-h") => return Ok(None),
            _ => return Err(Failure::usage(format!("unknown argument {argument:?}"), "parity")),
        }
    }
    Ok(Some(check))
}

/// The page that is written.
fn page_path() -> PathBuf {
    process::workspace().join("docs").join("parity.md")
}
