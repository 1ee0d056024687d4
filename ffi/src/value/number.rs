//! Numbers between types: a conversion either keeps the value or is refused.

use std::fmt::{self, Display, Formatter};

use super::digits::nearest;
use super::{Bytes, Value};
use crate::c_type::F16;
use crate::types::Float;
use crate::{Error, Type};

/// A number on its way from one type to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(i128),
    /// Above all signed integers.
    Large(u128),
    Float(f64),
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Number::Integer(value) => value.fmt(f),
            Number::Large(value) => value.fmt(f),
            Number::Float(value) => write!(f, "{value:?}"),
        }
    }
}

impl Number {
    /// The number that a value is; none for other values, and for extended numbers that no `f64` is equal to.
    pub(crate) fn of(value: &Value) -> Option<Number> {
        Some(match value {
            Value::Bool(value) => Number::Integer((*value).into()),
            Value::I8(value) => Number::Integer((*value).into()),
            Value::I16(value) => Number::Integer((*value).into()),
            Value::I32(value) => Number::Integer((*value).into()),
            Value::I64(value) => Number::Integer((*value).into()),
            Value::I128(value) => Number::Integer(*value),
            Value::U8(value) => Number::Integer((*value).into()),
            Value::U16(value) => Number::Integer((*value).into()),
            Value::U32(value) => Number::Integer((*value).into()),
            Value::U64(value) => Number::Integer((*value).into()),
            Value::U128(value) => match i128::try_from(*value) {
                Ok(value) => Number::Integer(value),
                Err(_) => Number::Large(*value),
            },
            Value::F16(value) => Number::Float(value.to_f32().into()),
            Value::F32(value) => Number::Float((*value).into()),
            Value::F64(value) => Number::Float(*value),
            Value::Bytes(bytes) => {
                let (value, exact) = extended_to_f64(bytes)?;
                return exact.then_some(Number::Float(value));
            }
            Value::Void | Value::Pointer(_) | Value::TypedPointer(_) => return None,
        })
    }

    /// The number as a value of an arithmetic type, in words if it does not fit.
    pub(crate) fn to(self, ty: &Type) -> Result<Value, String> {
        let integer = |name: &dyn Display| match self {
            Number::Integer(value) => Ok(value),
            Number::Large(_) => Err(format!("does not fit {name}")),
            Number::Float(_) => Err(format!("is no integer, as {name} needs")),
        };
        macro_rules! fit {
            ($variant:ident) => {
                integer(ty)?
                    .try_into()
                    .map(Value::$variant)
                    .map_err(|_| format!("does not fit {ty}"))?
            };
        }
        Ok(match ty.resolve() {
            Type::Bool => match self {
                Number::Integer(0) => Value::Bool(false),
                Number::Integer(1) => Value::Bool(true),
                _ => return Err("is neither 0 nor 1".into()),
            },
            Type::I8 => fit!(I8),
            Type::I16 => fit!(I16),
            Type::I32 => fit!(I32),
            Type::I64 => fit!(I64),
            Type::I128 => Value::I128(integer(&"__int128")?),
            Type::U8 => fit!(U8),
            Type::U16 => fit!(U16),
            Type::U32 => fit!(U32),
            Type::U64 => fit!(U64),
            Type::U128 => match self {
                Number::Large(value) => Value::U128(value),
                _ => fit!(U128),
            },
            Type::F16 => {
                let value = self.to_f64()?;
                let narrow = F16::from_f64(value);
                if f64::from(narrow.to_f32()) != value && !value.is_nan() {
                    return Err("is not exact as _Float16".into());
                }
                Value::F16(narrow)
            }
            Type::F32 => {
                let value = self.to_f64()?;
                let narrow = value as f32;
                if f64::from(narrow) != value && !value.is_nan() {
                    return Err("is not exact as float".into());
                }
                Value::F32(narrow)
            }
            Type::F64 => Value::F64(self.to_f64()?),
            Type::F80 | Type::F128 => self.to_extended(ty)?,
            Type::Complex(part) => self.to(&Type::from(*part))?.as_complex(ty),
            _ => return Err(format!("is a number, and {ty} is none")),
        })
    }

    /// The number as an extended one that is equal to it.
    fn to_extended(self, ty: &Type) -> Result<Value, String> {
        let (precision, explicit) =
            if matches!(ty.resolve(), Type::F80) { (64, true) } else { (113, false) };
        let (negative, magnitude) = match self {
            Number::Integer(value) => (value < 0, value.unsigned_abs()),
            Number::Large(value) => (false, value),
            Number::Float(value) => return Ok(extended(ty, value, precision - 1, explicit)),
        };
        let bits = 128 - magnitude.leading_zeros() - magnitude.trailing_zeros() % 128;
        if bits > precision {
            return Err("is not exact as a floating-point number".into());
        }
        let value = nearest(&magnitude.to_string(), ty)?;
        Ok(if negative { value.negated() } else { value })
    }

    fn to_f64(self) -> Result<f64, String> {
        let (float, same) = match self {
            Number::Float(value) => return Ok(value),
            Number::Integer(value) => {
                let float = value as f64;
                (float, float < 1.7e38 && float as i128 == value)
            }
            Number::Large(value) => {
                let float = value as f64;
                (float, float < 3.4e38 && float as u128 == value)
            }
        };
        if same { Ok(float) } else { Err("is not exact as a floating-point number".into()) }
    }
}

impl Value {
    /// A floating-point number with the other sign.
    pub(crate) fn negated(self) -> Value {
        match self {
            Value::F16(F16(bits)) => Value::F16(F16(bits ^ 1 << 15)),
            Value::F32(value) => Value::F32(-value),
            Value::F64(value) => Value::F64(-value),
            Value::Bytes(bytes) => {
                let mut turned = bytes.bytes.to_vec();
                let sign = if matches!(bytes.ty.resolve(), Type::F80) { 9 } else { 15 };
                turned[sign] ^= 0x80;
                Value::Bytes(Bytes { ty: bytes.ty, bytes: turned.as_slice().into() })
            }
            other => other,
        }
    }

    /// A floating-point number as a `_Complex` one of its type.
    pub(crate) fn as_complex(&self, ty: &Type) -> Value {
        let mut bytes = self.to_bytes();
        bytes.resize(ty.size(), 0);
        Value::Bytes(Bytes { ty: ty.clone(), bytes: bytes.as_slice().into() })
    }
}

/// A number of 15 bits of exponent. `fraction` is the count of bits behind the leading one, which `explicit` formats store.
fn extended(ty: &Type, value: f64, fraction: u32, explicit: bool) -> Value {
    let bits = value.to_bits();
    let sign = u128::from(bits >> 63);
    let (exponent, mantissa) = ((bits >> 52) & 0x7ff, u128::from(bits & ((1 << 52) - 1)));
    let (exponent, leading, mantissa) = match (exponent, mantissa) {
        (0, 0) => (0, 0, 0),
        (0, _) => {
            // A subnormal double is a normal number here.
            let shift = mantissa.leading_zeros() - (127 - 52);
            (16383 - 1022 - u128::from(shift), 1, (mantissa << shift) & ((1 << 52) - 1))
        }
        (0x7ff, _) => (0x7fff, 1, mantissa),
        (exponent, _) => (u128::from(exponent) + 16383 - 1023, 1, mantissa),
    };
    let mantissa = mantissa << (fraction - 52);
    let word = if explicit {
        sign << 79 | exponent << 64 | leading << 63 | mantissa
    } else {
        sign << 127 | exponent << 112 | mantissa
    };
    Value::Bytes(Bytes { ty: ty.clone(), bytes: word.to_le_bytes().as_slice().into() })
}

/// An extended number as the nearest `f64` below it in size, and whether they are equal. None for other types.
pub(super) fn extended_to_f64(bytes: &Bytes) -> Option<(f64, bool)> {
    let word = u128::from_le_bytes((*bytes.bytes).try_into().ok()?);
    let (sign, exponent, fraction) = match bytes.ty.resolve() {
        Type::F80 => (word >> 79 & 1, word >> 64 & 0x7fff, (word & ((1 << 63) - 1)) << 49),
        Type::F128 => (word >> 127, word >> 112 & 0x7fff, word & ((1 << 112) - 1)),
        _ => return None,
    };
    let (kept, lost) = ((fraction >> 60) as u64, fraction & ((1 << 60) - 1) != 0);
    let exponent = exponent as i32 - 16383;
    let (bits, exact) = match exponent {
        -16383 => (0, fraction == 0),
        16384 => (0x7ff << 52 | kept | u64::from(lost), true),
        1024.. => (f64::MAX.to_bits(), false),
        -1022.. => (((exponent + 1023) as u64) << 52 | kept, !lost),
        -1074.. => {
            let shift = (-1022 - exponent) as u32;
            let whole = 1 << 52 | kept;
            (whole >> shift, !lost && whole.trailing_zeros() >= shift)
        }
        _ => (0, false),
    };
    Some((f64::from_bits((sign as u64) << 63 | bits), exact))
}

/// The parts of a `_Complex` number.
pub(super) fn complex_parts(bytes: &Bytes, part: Float) -> (Value, Value) {
    let (real, imaginary) = bytes.bytes.split_at(part.size());
    let ty = Type::from(part);
    // SAFETY: any bytes are a floating-point number.
    let (real, imaginary) =
        unsafe { (Value::from_bytes(&ty, real), Value::from_bytes(&ty, imaginary)) };
    (real, imaginary)
}

macro_rules! conversions {
    ($($rust:ty => $variant:ident,)*) => {$(
        impl From<$rust> for Value {
            fn from(value: $rust) -> Value {
                Value::$variant(value)
            }
        }

        /// Succeeds where the value is kept.
        impl TryFrom<Value> for $rust {
            type Error = Error;

            fn try_from(value: Value) -> Result<$rust, Error> {
                let converted = match Number::of(&value) {
                    Some(number) => number.to(&Type::$variant),
                    None => Err(format!("is no number that fits {}", Type::$variant)),
                };
                match converted {
                    Ok(Value::$variant(value)) => Ok(value),
                    Ok(_) => unreachable!("the conversion yields the variant of its type"),
                    Err(why) => Err(Error::Conversion { place: "the value".into(), value: value.to_string(), why }),
                }
            }
        }
    )*};
}

conversions! {
    bool => Bool,
    i8 => I8, i16 => I16, i32 => I32, i64 => I64, i128 => I128,
    u8 => U8, u16 => U16, u32 => U32, u64 => U64, u128 => U128,
    F16 => F16, f32 => F32, f64 => F64,
}
