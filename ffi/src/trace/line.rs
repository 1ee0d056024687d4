//! Writing one line of a trace.

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter, Write};

use super::operand::Operand;
use super::tracer::{Decoder, surviving};
use crate::c_type::F16;
use crate::types::{BitRange, Type};

/// How much of a value is shown before the rest becomes `…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Levels of structs, arrays and pointers inside each other.
    pub depth: usize,
    /// Elements of an array.
    pub elements: usize,
    /// Bytes of a text.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { depth: 8, elements: 8, text: 80 }
    }
}

/// A line of a trace while it is written.
pub struct Line<'tracer> {
    text: String,
    decoder: &'tracer dyn Decoder,
    limits: Limits,
    depth: usize,
}

impl<'tracer> Line<'tracer> {
    pub(super) fn new(decoder: &'tracer dyn Decoder, limits: Limits) -> Line<'tracer> {
        Line { text: String::new(), decoder, limits, depth: 0 }
    }

    pub(super) fn into_text(self) -> String {
        // Names may hold anything; a line stays one line.
        if self.text.contains(['\n', '\r']) {
            return self.text.replace(['\n', '\r'], " ");
        }
        self.text
    }

    /// Writes text as it is.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes a text of the traced program in quotation marks, up to the limit, with what is no UTF-8 as U+FFFD.
    pub fn quote(&mut self, text: &[u8]) {
        let shown = &text[..text.len().min(self.limits.text)];
        let _ = write!(self, "{:?}", String::from_utf8_lossy(shown));
        if shown.len() < text.len() {
            self.push("…");
        }
    }

    /// Writes a value: as the [`Decoder`] has it, or else as its type says.
    ///
    /// Numbers are written in decimal, pointers in hexadecimal and `NULL`, structs as `{field=value, …}`, arrays as
    /// `[value, …]`, and unions and other types as their bytes.
    pub fn value(&mut self, value: &Operand<'_>) {
        let (decoder, length, depth) = (self.decoder, self.text.len(), self.depth);
        let decoded = surviving(|| decoder.decode(value, self)).unwrap_or_else(|| {
            self.text.truncate(length);
            self.depth = depth;
            false
        });
        if !decoded {
            self.plain(value);
        }
    }

    /// Writes what a pointer points to behind a `&`, or `NULL`.
    ///
    /// # Safety
    /// A pointer that is not null points to a value of type `ty`, which is not changed while the line is written.
    pub unsafe fn pointee(&mut self, pointer: &Operand<'_>, ty: &Type) {
        // SAFETY: the caller's contract.
        match unsafe { pointer.pointee(ty, 0) } {
            None => self.plain(pointer),
            Some(value) => {
                self.push("&");
                self.nested(|line| line.value(&value));
            }
        }
    }

    /// Writes the `count` values that a pointer points to as `[value, …]`, up to the limit, or `NULL`.
    ///
    /// # Safety
    /// A pointer that is not null points to `count` values of type `ty`, which are not changed while the line is written.
    pub unsafe fn pointees(&mut self, pointer: &Operand<'_>, ty: &Type, count: usize) {
        if pointer.read::<*mut c_void>().is_none_or(|start| start.is_null()) {
            return self.plain(pointer);
        }
        self.list(count, |index| {
            // SAFETY: the caller's contract.
            unsafe { pointer.pointee(ty, index) }
        });
    }

    /// Writes what `write` does one level further inside, or `…` past the limit.
    fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        if self.depth == self.limits.depth {
            return self.push("…");
        }
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    fn list<'a>(&mut self, count: usize, element: impl Fn(usize) -> Option<Operand<'a>>) {
        self.push("[");
        self.nested(|line| {
            for index in 0..count.min(line.limits.elements) {
                line.push(if index > 0 { ", " } else { "" });
                if let Some(value) = element(index) {
                    line.value(&value);
                }
            }
            if count > line.limits.elements {
                let _ = write!(line, ", … {count} in all");
            }
        });
        self.push("]");
    }

    fn plain(&mut self, value: &Operand<'_>) {
        if let Some(bits) = value.bits() {
            return self.bit_field(value, bits);
        }
        macro_rules! write_as {
            ($ty:ty, $format:literal) => {
                match value.read::<$ty>() {
                    Some(number) => drop(write!(self, $format, number)),
                    None => self.bytes(value),
                }
            };
        }
        match value.ty().resolve() {
            Type::Void => self.push("void"),
            // The bytes of a `bool` may be anything here: it is not read as Rust's.
            Type::Bool => self.push(if value.bytes()[0] == 0 { "false" } else { "true" }),
            Type::I8 => write_as!(i8, "{}"),
            Type::I16 => write_as!(i16, "{}"),
            Type::I32 => write_as!(i32, "{}"),
            Type::I64 => write_as!(i64, "{}"),
            Type::U8 => write_as!(u8, "{}"),
            Type::U16 => write_as!(u16, "{}"),
            Type::U32 => write_as!(u32, "{}"),
            Type::U64 => write_as!(u64, "{}"),
            Type::F16 => write_as!(F16, "{:?}"),
            Type::F32 => write_as!(f32, "{:?}"),
            Type::F64 => write_as!(f64, "{:?}"),
            Type::Pointer => match value.read::<*mut c_void>() {
                Some(address) if !address.is_null() => drop(write!(self, "{address:p}")),
                _ => self.push("NULL"),
            },
            Type::Struct(_) => {
                self.push("{");
                self.nested(|line| {
                    for (index, field) in value.fields().enumerate() {
                        line.push(if index > 0 { ", " } else { "" });
                        line.label(field.name());
                        match field.bits() {
                            Some(_) => line.plain(&field),
                            None => line.value(&field),
                        }
                    }
                });
                self.push("}");
            }
            Type::Array(array) => {
                self.list(array.length(), |index| Some(value.element(array.element(), index)))
            }
            Type::Vector(vector) => {
                self.list(vector.lanes(), |index| Some(value.element(vector.element(), index)));
            }
            _ => self.bytes(value),
        }
    }

    /// `name=`, or nothing for a value without a name.
    pub(super) fn label(&mut self, name: &str) {
        if !name.is_empty() {
            self.push(name);
            self.push("=");
        }
    }

    fn bit_field(&mut self, field: &Operand<'_>, bits: BitRange) {
        let mut word = 0_u128;
        for index in 0..(bits.first + bits.width).div_ceil(8) {
            let byte = field.address().cast::<u8>().wrapping_add(index as usize);
            // SAFETY: the byte holds some of the field's bits.
            word |= u128::from(unsafe { byte.read() }) << (8 * index);
        }
        let (unused, shift) = (128 - bits.width, 128 - bits.width - bits.first);
        let signed = matches!(field.ty().resolve(), Type::I8 | Type::I16 | Type::I32 | Type::I64);
        let word = word << shift;
        let _ = match signed {
            true => write!(self, "{}", word as i128 >> unused),
            false => write!(self, "{}", word >> unused),
        };
    }

    fn bytes(&mut self, value: &Operand<'_>) {
        self.push("<");
        let bytes = value.bytes();
        for (index, byte) in bytes.iter().take(self.limits.text).enumerate() {
            let gap = if index > 0 { " " } else { "" };
            let _ = write!(self, "{gap}{byte:02x}");
        }
        self.push(if bytes.len() > self.limits.text { " …>" } else { ">" });
    }
}

impl Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

impl Debug for Line<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Line").field(&self.text).finish()
    }
}
