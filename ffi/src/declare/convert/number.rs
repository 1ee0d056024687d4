//! Numbers, and what consists of a few: `_Complex`, vectors.

use super::super::argument::Argument;
use super::super::literal;
use super::place::{Place, refused};
use super::{Converter, describe};
use crate::c_type::Kind;
use crate::value::number::Number;
use crate::{Error, Type, Value};

/// A number as the low bytes of a word, where it fits a kind of numbers of at most 8 bytes and that is soon seen.
#[inline(always)]
pub(in super::super) fn word(value: &Value, kind: Kind) -> Option<u64> {
    // Numbers of C's own types, and literals of Rust, are most.
    match (value, kind) {
        (Value::I32(number), Kind::I32) => Some(u64::from(*number as u32).to_le()),
        (Value::F64(number), Kind::F64) => Some(number.to_bits()),
        _ => other_word(value, kind),
    }
}

#[inline(never)]
fn other_word(value: &Value, kind: Kind) -> Option<u64> {
    let number: i64 = match value {
        Value::I32(value) => (*value).into(),
        Value::F64(value) => return (kind == Kind::F64).then(|| value.to_bits()),
        Value::F32(value) => return (kind == Kind::F32).then(|| value.to_bits().into()),
        Value::I64(value) => *value,
        Value::U64(value) => i64::try_from(*value).ok()?,
        Value::U32(value) => (*value).into(),
        Value::I16(value) => (*value).into(),
        Value::U16(value) => (*value).into(),
        Value::I8(value) => (*value).into(),
        Value::U8(value) => (*value).into(),
        Value::Bool(value) => (*value).into(),
        _ => return None,
    };
    let fits = match kind {
        Kind::I32 => i32::try_from(number).is_ok(),
        Kind::I64 => true,
        Kind::U64 => number >= 0,
        Kind::U32 => u32::try_from(number).is_ok(),
        Kind::I16 => i16::try_from(number).is_ok(),
        Kind::U16 => u16::try_from(number).is_ok(),
        Kind::I8 => i8::try_from(number).is_ok(),
        Kind::U8 => u8::try_from(number).is_ok(),
        Kind::Bool => number == 0 || number == 1,
        Kind::F32 | Kind::F64 | Kind::Pointer | Kind::Void | Kind::Composite => false,
    };
    // The word is read at the width of the kind, from its start.
    fits.then_some((number as u64).to_le())
}

/// A number as C promotes it: the low bytes of a word, and the type. None for numbers that are soon no word.
#[inline]
pub(in super::super) fn promoted_word(value: &Value) -> Option<(u64, Type)> {
    let (kind, ty) = match value {
        Value::I32(_)
        | Value::Bool(_)
        | Value::I8(_)
        | Value::I16(_)
        | Value::U8(_)
        | Value::U16(_) => (Kind::I32, Type::I32),
        Value::I64(_) => (Kind::I64, Type::I64),
        Value::U32(_) => (Kind::U32, Type::U32),
        Value::U64(_) => (Kind::U64, Type::U64),
        Value::F64(_) => (Kind::F64, Type::F64),
        Value::F32(number) => return Some((f64::from(*number).to_bits(), Type::F64)),
        _ => return None,
    };
    Some((word(value, kind)?, ty))
}

impl<'a> Converter<'_, '_, '_, 'a> {
    /// Writes a number of a type.
    pub(super) fn number(
        &mut self,
        ty: &Type,
        argument: &mut Argument<'a>,
        place: Place<'_>,
        into: &mut [u8],
    ) -> Result<(), Error> {
        match argument {
            Argument::Value(value) => {
                if ty.has_layout_of(&value.ty()) {
                    value.with_bytes(|bytes| into.copy_from_slice(bytes));
                    return Ok(());
                }
                let Some(number) = Number::of(value) else {
                    return refused(place, value, format!("is no {ty}"));
                };
                match number.to(ty) {
                    Ok(value) => value.with_bytes(|bytes| into.copy_from_slice(bytes)),
                    Err(why) => return refused(place, number, why),
                }
            }
            Argument::Literal(text) => match literal::number(text, ty, self.declarations) {
                Ok(value) => value.with_bytes(|bytes| into.copy_from_slice(bytes)),
                Err(why) => return refused(place, text, why),
            },
            Argument::List(parts) => {
                let (element, count) = match ty.resolve() {
                    Type::Complex(part) => (Type::from(*part), 2),
                    Type::Vector(vector) => (vector.element().clone(), vector.lanes()),
                    _ => return refused(place, "a list", format!("is no {ty}")),
                };
                if parts.len() != count {
                    let list = format!("a list of {}", parts.len());
                    return refused(place, list, format!("is no {ty}, which has {count} parts"));
                }
                let chunks = into.chunks_exact_mut(element.size());
                for (index, (part, into)) in parts.iter_mut().zip(chunks).enumerate() {
                    self.number(&element, part, Place::Element(&place, index), into)?;
                }
            }
            other => return refused(place, describe(other), format!("is no {ty}")),
        }
        Ok(())
    }
}
