//! `cargo xtask generate`, with or without the generator compiled in.
//!
//! The generator needs bindgen, which takes longer to compile than all other commands together: it is behind a feature,
//! and the command without it runs cargo again with it.

#[cfg(feature = "generate")]
pub(crate) use crate::generate::run;

/// Runs `cargo xtask generate` with the arguments that follow its name, in a build that has the generator.
///
/// # Errors
/// Where cargo cannot be started, or ends without success: the other process has told the reason.
#[cfg(not(feature = "generate"))]
pub(crate) fn run(arguments: impl IntoIterator<Item = String>) -> Result<(), String> {
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
        .map_err(|error| format!("cannot start {}: {error}", cargo.display()))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`cargo xtask generate` failed ({status})"))
}
