//! `cargo xtask generate` in a build that does not have the generator.
//!
//! The generator needs bindgen, which takes longer to compile than all other commands together: it is behind a feature,
//! and the command without it runs cargo again with it.

use crate::failure::{Failure, Result};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

/// Runs `cargo xtask generate` with the arguments that follow its name, in a build that has the generator.
///
/// Where that build or that run fails it has told the reason: this process ends with the same exit code.
///
/// # Errors
/// Where cargo cannot be started.
pub(crate) fn run(arguments: Vec<OsString>) -> Result {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command.args(["run", "--quiet", "--features", "generate"]);
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    command.arg("--manifest-path").arg(manifest);
    // A folder of its own: this program, which runs from the other one, is not built anew under its own feet, and need
    // not be built again afterwards.
    if let Some(folder) = build_folder() {
        command.arg("--target-dir").arg(folder.join("generate"));
    }
    let status = command.args(["--", "generate"]).args(arguments).status();
    let status = status.map_err(|error| {
        let what = format!("cannot start {}: {error}", cargo.display());
        Failure::new(what, "run this command through cargo: `cargo xtask generate`")
    })?;
    if status.success() {
        return Ok(());
    }
    process::exit(status.code().unwrap_or(1))
}

/// Cargo's target folder: this program lies in `debug` or `release` inside of it.
fn build_folder() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    Some(program.parent()?.parent()?.to_path_buf())
}
