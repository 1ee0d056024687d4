//! Packages that are made for a check, outside of the workspace: `wgpu` must not get into its lock file.

use std::path::PathBuf;

use crate::failure::Result;
use crate::{files, process};

/// The release of `wgpu` whose API `webgpu` has.
pub(crate) const WGPU_VERSION: &str = "29.0.4";

/// The crate `webgpu`, for a manifest.
pub(crate) fn webgpu() -> String {
    format!("{:?}", process::workspace().join("webgpu").display().to_string())
}

/// Writes the files of a package, by their names, below the target folder, and returns the folder of the package.
pub(crate) fn package(name: &str, files: &[(&str, &str)]) -> Result<PathBuf> {
    let folder = process::workspace().join("target").join(name);
    for (name, text) in files {
        files::write(&folder.join(name), text)?;
    }
    Ok(folder)
}
