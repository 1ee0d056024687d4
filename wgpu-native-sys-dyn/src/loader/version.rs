//! Which engine it is, and whether this crate binds it.

use crate::{ENGINE_VERSION_CODE, LoadError};
use std::env;
use std::fmt;

/// Environment variable that lets an engine of any version pass: set to `1`.
///
/// Types and functions of this crate are those of one generation of the headers. In another one structs may have other
/// fields: **calls then read and write the wrong memory**, and a warning on stderr says so. This is for trying out a version that is known to fit.
pub const ALLOW_VERSION_VARIABLE: &str = "WGPU_NATIVE_ALLOW_VERSION";

/// A version of the engine library as `wgpuGetVersion` gives it: four numbers of a byte each, such as 29.0.1.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EngineVersion(pub u32);

impl EngineVersion {
    /// The version that the generated part of this crate was made from.
    pub const BOUND: Self = Self(ENGINE_VERSION_CODE);

    /// The first number: libraries of one generation share their types and functions.
    pub const fn generation(self) -> u8 {
        self.0.to_be_bytes()[0]
    }
}

impl fmt::Display for EngineVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, fourth] = self.0.to_be_bytes();
        write!(formatter, "{first}.{second}.{third}.{fourth}")
    }
}

impl fmt::Debug for EngineVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EngineVersion({self})")
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ENGINE_VERSION;

    #[test]
    fn shown_as_four_numbers() {
        assert_eq!(EngineVersion::BOUND.to_string(), ENGINE_VERSION);
        assert_eq!(format!("{:?}", EngineVersion(0x1e01_02ff)), "EngineVersion(30.1.2.255)");
        assert_eq!(EngineVersion::BOUND.generation(), 29);
    }
}
