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

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::{files, process};
use comparison::Comparison;
use surface::Surface;

pub(crate) const HELP: Option<&str> = Some(
    "\
Compares every public path and signature of `wgpu` with those of `webgpu` and writes docs/parity.md.

usage: cargo xtask parity [--check]

  --check  write nothing; fail if the page would change, or if less than 98 % of what applies are the same

The API of `wgpu` is the one that a native program sees: its default features, with SPIR-V, GLSL and
modules of naga.",
);

/// What the share of equal signatures must not fall below, in per cent.
const LEAST_SHARE: f64 = 98.0;

/// Runs the command with the arguments that follow its name.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("parity", arguments);
    let check = arguments.flag("--check");
    arguments.end()?;
    let documents = documents::write()?;
    let types = documents.read("wgpu_types")?;
    let surface = |name| Surface::new(&documents.read(name)?, &types);
    let comparison = Comparison::new(&surface("wgpu")?, &surface("webgpu")?)?;
    print!("{}", report::summary(&comparison));

    let page = report::page(&comparison);
    let path = process::workspace().join("docs").join("parity.md");
    if !check {
        files::write(&path, page)?;
        println!("wrote {}", path.display());
        return Ok(());
    }
    if files::text(&path)? != page {
        let what = format!("{} is not what this command writes", path.display());
        return Err(Failure::new(what, "run `cargo xtask parity` and commit the result"));
    }
    if comparison.total().share() < LEAST_SHARE {
        let what = format!("the share of equal signatures fell below {LEAST_SHARE} %");
        return Err(Failure::new(what, "see docs/parity.md for what differs and what is missing"));
    }
    Ok(())
}
