//! Packages that are made for a check, outside of the workspace: `wgpu` must not get into its lock file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::process;

/// The release of `wgpu` whose API `webgpu` has.
pub(crate) const WGPU_VERSION: &str = "29.0.4";

/// The crate `webgpu`, for a manifest.
pub(crate) fn webgpu() -> String {
    format!("{:?}", process::workspace().join("webgpu").display().to_string())
}

/// Writes the files of a package, by their names, below the target folder, and returns the folder of the package.
///
/// # Errors
/// Where that is not possible.
pub(crate) fn package(name: &str, files: &[(&str, &str)]) -> Result<PathBuf> {
    let folder = process::workspace().join("target").join(name);
    for (name, text) in files {
        write(&folder.join(name), text.as_bytes())?;
    }
    Ok(folder)
}

/// Writes a file that cargo reads, unless it is there as it should be: a newer one would be compiled anew.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result {
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    let written =
        path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| {
        Failure::file("cannot write", path, &error, "see that this user may write to it")
    })
}
