//! Commands in a build of their own.
//!
//! What a few commands need takes longer to compile than all others together: each is behind a feature that is called
//! as it is, and the command without it runs cargo again with it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use crate::failure::{Failure, Result};

/// Stands for a command that is not in this build.
macro_rules! built_apart {
    ($($feature:literal $name:ident),*) => {$(
        #[cfg(not(feature = $feature))]
        pub(crate) mod $name {
            pub(crate) const HELP: Option<&str> = None;

            pub(crate) fn command(arguments: Vec<std::ffi::OsString>) -> crate::failure::Result {
                super::run($feature, arguments)
            }
        }
    )*};
}

built_apart!("generate" generate, "headers" headers, "parity" parity);

/// Runs `cargo xtask <name>` with the arguments that follow its name, in a build that has the command. Where that build or
/// that run fails it has told the reason: this process ends with the same exit code.
#[allow(dead_code, reason = "a build may have all commands")]
fn run(name: &str, arguments: Vec<OsString>) -> Result {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command.args(["run", "--quiet", "--release", "--features", name]);
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    command.arg("--manifest-path").arg(manifest);
    // A folder of its own: this program, which runs from the other one, is not built anew under its own feet, and need
    // not be built again afterwards.
    if let Some(folder) = build_folder() {
        command.arg("--target-dir").arg(folder.join(name));
    }
    let status = command.args(["--", name]).args(arguments).status();
    let status = status.map_err(|error| {
        let what = format!("cannot start {}: {error}", cargo.display());
        Failure::new(what, format!("run this command through cargo: `cargo xtask {name}`"))
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
