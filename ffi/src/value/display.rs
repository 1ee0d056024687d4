//! Values for eyes: `{x: 3, y: 6}`, `[1, 2]`, `"text"`.

use std::fmt::{self, Display, Formatter};

use super::number::{complex_parts, extended_to_f64};
use super::parts::fields;
use super::{Bytes, Value};
use crate::Type;

/// Numbers as C's constants, structs with the names of their members, arrays in brackets, arrays of `char` as strings.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Void => f.write_str("void"),
            Value::Bool(value) => value.fmt(f),
            Value::I8(value) => value.fmt(f),
            Value::I16(value) => value.fmt(f),
            Value::I32(value) => value.fmt(f),
            Value::I64(value) => value.fmt(f),
            Value::I128(value) => value.fmt(f),
            Value::U8(value) => value.fmt(f),
            Value::U16(value) => value.fmt(f),
            Value::U32(value) => value.fmt(f),
            Value::U64(value) => value.fmt(f),
            Value::U128(value) => value.fmt(f),
            Value::F16(value) => value.fmt(f),
            Value::F32(value) => value.fmt(f),
            Value::F64(value) => value.fmt(f),
            Value::Pointer(address) if address.is_null() => f.write_str("null"),
            Value::Pointer(address) => write!(f, "{:#x}", address.addr()),
            Value::Bytes(bytes) => bytes.fmt(f),
        }
    }
}

impl Display for Bytes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.ty.resolve() {
            Type::Struct(_) | Type::Union(_) => {
                f.write_str("{")?;
                self.members(f, &self.ty, 0, &mut true)?;
                f.write_str("}")
            }
            Type::Array(array) if is_char(array.element()) => self.text(f),
            Type::Complex(part) => {
                let (real, imaginary) = complex_parts(self, *part);
                let imaginary = imaginary.to_string();
                let sign = if imaginary.starts_with('-') { "" } else { "+" };
                write!(f, "{real}{sign}{imaginary}i")
            }
            Type::F80 | Type::F128 => match extended_to_f64(self) {
                Some((value, true)) => value.fmt(f),
                // The digits that agree, and a sign that more follow.
                Some((value, false)) => write!(f, "{value}…"),
                None => f.write_str("?"),
            },
            _ => {
                f.write_str("[")?;
                let elements = Value::Bytes(self.clone()).elements().unwrap_or_default();
                for (index, element) in elements.iter().enumerate() {
                    let gap = if index > 0 { ", " } else { "" };
                    write!(f, "{gap}{element}")?;
                }
                f.write_str("]")
            }
        }
    }
}

impl Bytes {
    fn members(
        &self,
        f: &mut Formatter<'_>,
        ty: &Type,
        base: usize,
        first: &mut bool,
    ) -> fmt::Result {
        for field in fields(ty) {
            if field.name().is_empty() {
                if field.bits().is_none() {
                    self.members(f, field.ty(), base + field.offset(), first)?;
                }
                continue;
            }
            let gap = if *first { "" } else { ", " };
            *first = false;
            write!(f, "{gap}{}: {}", field.name(), self.member(field, base))?;
        }
        Ok(())
    }

    /// An array of `char`, up to its NUL.
    fn text(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let end = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(self.bytes.len());
        write!(f, "{:?}", String::from_utf8_lossy(&self.bytes[..end]))
    }
}

fn is_char(ty: &Type) -> bool {
    matches!(ty, Type::Alias(alias) if alias.name() == "char")
}
