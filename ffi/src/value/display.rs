//! Values for eyes: `{x: 3, y: 6}`, `[1, 2]`, `"text"`.

use std::fmt::{self, Display, Formatter};

use super::digits::shortest;
use super::number::complex_parts;
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
            Value::TypedPointer(pointer) => pointer.fmt(f),
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
            Type::F80 | Type::F128 => f.write_str(&shortest(self).unwrap_or_default()),
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

    /// An array of `char`: without the zeros at its end, which fill it. Bytes that are no text show as `\\xff`.
    fn text(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let end = self.bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        f.write_str(&quoted(&self.bytes[..end]))
    }
}

/// A string as C writes it, with all of its bytes: those that are no text in octal, which ends by itself.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let mut shown = String::from('"');
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\t' | '\n' | '\r' | '"' | '\\' => shown.extend(character.escape_default()),
                '\0'..' ' | '\x7f' => push_octal(&mut shown, character as u8),
                _ => shown.push(character),
            }
        }
        chunk.invalid().iter().for_each(|byte| push_octal(&mut shown, *byte));
    }
    shown.push('"');
    shown
}

fn push_octal(shown: &mut String, byte: u8) {
    shown.push('\\');
    shown.extend([byte >> 6, byte >> 3 & 7, byte & 7].map(|digit| char::from(b'0' + digit)));
}

fn is_char(ty: &Type) -> bool {
    matches!(ty, Type::Alias(alias) if alias.name() == "char")
}
