//! Versions of the engine library.

use crate::release::ENGINE_VERSION_CODE;
use std::fmt;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::ENGINE_VERSION;

    #[test]
    fn shown_as_four_numbers() {
        assert_eq!(EngineVersion::BOUND.to_string(), ENGINE_VERSION);
        assert_eq!(format!("{:?}", EngineVersion(0x1e01_02ff)), "EngineVersion(30.1.2.255)");
        assert_eq!(EngineVersion::BOUND.generation(), 29);
    }
}
