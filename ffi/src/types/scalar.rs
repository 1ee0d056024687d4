//! The floating-point formats, as parts of `_Complex` numbers.

use super::Type;

/// A floating-point format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Float {
    /// `_Float16`, 2 bytes.
    F16,
    /// `float`, 4 bytes.
    F32,
    /// `double`, 8 bytes.
    F64,
    /// The x87 extended format, 16 bytes with its padding.
    F80,
    /// IEEE quadruple precision, 16 bytes.
    F128,
}

impl Float {
    /// The size of one number in bytes, which is its alignment too.
    pub fn size(self) -> usize {
        Type::from(self).size()
    }
}

impl From<Float> for Type {
    fn from(float: Float) -> Type {
        match float {
            Float::F16 => Type::F16,
            Float::F32 => Type::F32,
            Float::F64 => Type::F64,
            Float::F80 => Type::F80,
            Float::F128 => Type::F128,
        }
    }
}
