//! `cargo xtask generate`, with or without the generator compiled in.
//!
//! The generator needs bindgen, which takes longer to compile than all other commands together: it is behind a feature,
//! and the command without it runs cargo again with it.

#[cfg(not(feature = "generate"))]
use crate::failure::{Failure, Result};
#[cfg(not(feature = "generate"))]
use std::ffi::OsString;

#[cfg(feature = "generate")]
pub(crate) use crate::generate::run;

/// Runs `cargo xtask generate` with the arguments that follow its name, in a build that has the generator.
///
/// # Errors
/// Where cargo cannot be started, or ends without success: the other process has told the reason.
#[cfg(not(feature = "generate"))]
pub(crate) fn run(arguments: Vec<OsString>) -> Result {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let status = std::process::Command::new(&cargo)
        .args([
            "run",
            "--quiet",
            "--features",
            "generate",
            "--manifest-path",
        ])
        .arg(manifest)
        .args(["--", "generate"])
        .args(arguments)
        .status()
        .map_err(|error| {
            let what = format!("cannot start {}: {error}", cargo.display());
            Failure::new(
                what,
                "run this command through cargo: `cargo xtask generate`",
            )
        })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(
        format!("the build with the generator ended with {status}"),
        "see what it says above",
    ))
}
