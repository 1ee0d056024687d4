//! Floating-point constants and strings in expressions, and what constant variables begin with.

use super::super::lexer::{self, Lexeme, Text, Token};
use super::super::model::{DeclaredType, Form};
use super::operand::{Content, Known, Operand};
use super::{Parsed, Parser};
use crate::Type;
use crate::value::digits::nearest;
use crate::value::number::Number;

impl<'text> Parser<'text, '_> {
    /// A floating-point constant; its value is known where a double keeps it.
    pub(super) fn float(&self, place: Lexeme<'text>, text: &str) -> Operand {
        let lower = text.to_ascii_lowercase().replace('\'', "");
        let hexadecimal = lower.starts_with("0x");
        let digits = lower.trim_end_matches(|c: char| match c {
            'f' => !hexadecimal || lower.contains('p'),
            _ => c.is_ascii_alphabetic(),
        });
        let long_double = self.model.data.long_double();
        let ty = match &lower[digits.len()..] {
            "" | "f64" | "f32x" => Type::F64,
            "f" | "f32" => Type::F32,
            "l" => Type::alias("long double", long_double),
            "f128" | "q" => Type::F128,
            "f16" => Type::F16,
            _ => Type::Void,
        };
        // The value as a double, where that keeps it.
        let value = nearest(digits, &ty).ok().and_then(|value| match Number::of(&value) {
            Some(Number::Float(value)) => Some(value),
            _ => None,
        });
        let value = match value {
            Some(value) => Known::Float(value),
            None => self.unknown(place, "the value of this number is not computed here"),
        };
        Operand { ty: DeclaredType::basic(ty), value }
    }

    /// Strings one after the other, which are one.
    pub(super) fn string(&mut self) -> Parsed<Operand> {
        let data = self.model.data;
        let (mut units, mut prefix) = (Vec::new(), "");
        while let Token::Text(text) = self.peek() {
            let Some(more) = lexer::string(text, data) else {
                return self.mistake("an escape that C does not have");
            };
            units.extend(more);
            if prefix.is_empty() {
                prefix = Text::of(text).prefix;
            }
            self.advance();
        }
        let unit_type = match prefix {
            "L" => data.wchar_t(),
            "u" => Type::U16,
            "U" => Type::U32,
            _ => Type::alias("char", data.char()),
        };
        units.push(0);
        let width = unit_type.size();
        let bytes = units.iter().flat_map(|unit| unit.to_le_bytes().into_iter().take(width));
        let value = Known::Text(bytes.collect());
        let array = Form::Array(DeclaredType::basic(unit_type).into(), Some(units.len()));
        Ok(Operand { ty: array.into(), value })
    }

    /// What a constant variable of a type holds that begins with a value.
    pub(super) fn content_of(&self, value: Operand, ty: &DeclaredType) -> Option<Content> {
        let element = match &self.model.resolve(ty).form {
            Form::Array(element, length) => Some((element, *length)),
            _ => None,
        };
        let Some((element, length)) = element else {
            return match value.value {
                Known::Text(units) => Some(Content::Text(units)),
                _ => self.cast(self.lexeme(), value, ty).ok()?.content().ok(),
            };
        };
        let (Known::Text(units), Form::Array(unit, _)) = (value.value, &value.ty.form) else {
            return None;
        };
        let width = self.model.size(unit).ok()?;
        if self.model.size(element).ok()? != width {
            return None;
        }
        // Without its NUL, where that has no room; what follows the string is zero in C, and not kept here.
        let room = length.map_or(units.len(), |length| length.saturating_mul(width));
        Some(Content::Text(units[..room.min(units.len())].into()))
    }
}
