//! Whether an engine of another version is let pass.

use crate::LoadError;
use std::env;

/// Environment variable that lets an engine of any version pass: set to `1`.
///
/// Types and functions of this crate are those of one generation of the headers. In another one structs may have other
/// fields: **calls then read and write the wrong memory**, and a warning on stderr says so. This is for trying out a version that is known to fit.
pub const ALLOW_VERSION_VARIABLE: &str = "WGPU_NATIVE_ALLOW_VERSION";

/// Whether the environment lets any version pass.
pub(super) fn any_version_allowed() -> Result<bool, LoadError> {
    let Some(value) = env::var_os(ALLOW_VERSION_VARIABLE) else {
        return Ok(false);
    };
    match value.to_str() {
        Some("" | "0") => Ok(false),
        Some("1") => Ok(true),
        _ => Err(LoadError::BadVariable {
            variable: ALLOW_VERSION_VARIABLE,
            value,
            allowed: &["0", "1"],
        }),
    }
}
