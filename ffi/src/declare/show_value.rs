//! Values for eyes, as they were declared: enumerators by their names, pointers with their types.

use std::fmt::{self, Display, Formatter, Write};
use std::ptr::NonNull;

use super::model::{DeclaredType, Form, TagKind};
use super::{Declarations, View};
use crate::value::display::quoted;
use crate::{Error, Value};

impl Declarations {
    /// A value of a declared type in C's notation, as far as there is one: enumerators by their names, pointers with their
    /// types, strings in quotes.
    ///
    /// ```
    /// let c = ffi::Declarations::parse("
    ///     enum colour { RED, GREEN = 5 };
    ///     struct car { enum colour colour; char name[8]; struct car *next; };
    /// ")?;
    /// let car = c.value("struct car", ffi::Argument::fields([("colour", "GREEN"), ("name", "beetle")]))?;
    /// assert_eq!(c.show_value(&c.type_named("struct car")?, &car), r#"{colour: GREEN, name: "beetle", next: null}"#);
    /// # Ok::<(), ffi::Error>(())
    /// ```
    pub fn show_value(&self, ty: &DeclaredType, value: &Value) -> String {
        struct Shown<'a>(&'a Declarations, &'a DeclaredType, &'a Value);
        impl Display for Shown<'_> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                write_value(f, self.0, self.1, self.2)
            }
        }
        Shown(self, ty, value).to_string()
    }
}

/// Writes a value as it was declared.
fn write_value(
    f: &mut Formatter<'_>,
    declarations: &Declarations,
    ty: &DeclaredType,
    value: &Value,
) -> fmt::Result {
    let size = declarations.size(ty).ok();
    value.with_bytes(|bytes| {
        // A value of another type has no parts of this one.
        if size != Some(bytes.len()) {
            return number(f, declarations, ty, Ok(value.clone()));
        }
        let start = NonNull::from(bytes).cast();
        // SAFETY: the bytes stay there and as they are while they are viewed, and a constant view writes none.
        let view = unsafe { View::new(declarations, ty.clone(), start, bytes.len(), true, None) };
        write(f, &view)
    })
}

/// Writes what is viewed as it was declared.
pub(super) fn write(f: &mut Formatter<'_>, view: &View<'_>) -> fmt::Result {
    let (declarations, ty) = (view.declarations(), view.ty());
    let model = &declarations.0;
    match &model.resolve(ty).form {
        Form::Array(element, _) => {
            if let Some(text) = text_of(declarations, element, &view.array_bytes()) {
                return f.write_str(&text);
            }
            let elements = view.elements().into_iter().flatten();
            list(f, '[', ']', elements, |f, element| write(f, &element))
        }
        Form::Tag(index) if model.tags[*index].kind != TagKind::Enum => {
            let members = model.members(ty).unwrap_or_default();
            list(f, '{', '}', members, |f, member| {
                write!(f, "{}: ", member.name())?;
                match view.at(member.name()) {
                    Ok(part) => write(f, &part),
                    Err(_) => number(f, declarations, member.ty(), view.get(member.name())),
                }
            })
        }
        _ => number(f, declarations, ty, view.get("")),
    }
}

/// Writes a number or an address; the name of an enumerator, where it has one.
fn number(
    f: &mut Formatter<'_>,
    declarations: &Declarations,
    ty: &DeclaredType,
    value: Result<Value, Error>,
) -> fmt::Result {
    match value {
        Ok(value) => match declarations.enumerator(ty, &value) {
            Some(name) => f.write_str(name),
            None => value.fmt(f),
        },
        // What is only announced has no value.
        Err(_) => f.write_str("…"),
    }
}

/// An array of characters as a string.
fn text_of(declarations: &Declarations, element: &DeclaredType, bytes: &[u8]) -> Option<String> {
    let width = declarations.0.text_unit(element)?;
    if width == 1 {
        let is_text = declarations.is_char(element);
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        return is_text.then(|| quoted(&bytes[..end]));
    }
    let mut units: Vec<u32> = bytes.chunks_exact(width).map(unit).collect();
    while units.last() == Some(&0) {
        units.pop();
    }
    let prefix = if width == 2 { 'u' } else { 'U' };
    Some(format!("{prefix}{}", quoted(decode(&units, width)?.as_bytes())))
}

/// A character of 1, 2 or 4 bytes.
pub(super) fn unit(bytes: &[u8]) -> u32 {
    let mut unit = [0; 4];
    unit[..bytes.len()].copy_from_slice(bytes);
    u32::from_le_bytes(unit)
}

/// The text that units of UTF-16 or UTF-32 are; none where they are none.
pub(super) fn decode(units: &[u32], width: usize) -> Option<String> {
    match width {
        2 => String::from_utf16(&units.iter().map(|unit| *unit as u16).collect::<Vec<_>>()).ok(),
        _ => units.iter().map(|unit| char::from_u32(*unit)).collect(),
    }
}

/// Elements in brackets, with commas between them.
fn list<T>(
    f: &mut Formatter<'_>,
    opening: char,
    closing: char,
    elements: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    f.write_char(opening)?;
    for (index, element) in elements.into_iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write(f, element)?;
    }
    f.write_char(closing)
}
