//! Strings of C's characters: `char`, `wchar_t`, `char16_t`, `char32_t`.

use super::model::{DeclaredType, Form, Model};
use super::pointer::PointerTo;
use super::show_value::{decode, unit};
use crate::{Error, Type, Value};

impl Model {
    /// The size of a character of which strings consist: 1 for bytes; 2 or 4 for `wchar_t`, `char16_t` and `char32_t`, by
    /// whatever name for these. None for another type.
    pub(super) fn text_unit(&self, ty: &DeclaredType) -> Option<usize> {
        let mut ty = ty;
        while let Form::Named(index) = ty.form {
            let named = &self.named[index];
            if matches!(&*named.name, "wchar_t" | "char16_t" | "char32_t") {
                return self.size(ty).ok().filter(|size| matches!(size, 2 | 4));
            }
            ty = &named.ty;
        }
        match &ty.form {
            Form::Basic(basic) => matches!(basic.resolve(), Type::I8 | Type::U8).then_some(1),
            _ => None,
        }
    }
}

/// A text in units of a size, each of which is then written as so many bytes.
pub(super) fn encode(text: &str, width: usize) -> Vec<u8> {
    match width {
        2 => text.encode_utf16().flat_map(u16::to_ne_bytes).collect(),
        4 => text.chars().flat_map(|character| u32::from(character).to_ne_bytes()).collect(),
        _ => text.as_bytes().to_vec(),
    }
}

impl Value {
    /// The text that a pointer leads to, up to its NUL; none where it is null. A pointer that is declared as one to `wchar_t`,
    /// `char16_t` or `char32_t` leads to these, every other to UTF-8.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// let strerror = ffi::Library::this()?.declare("char *strerror(int number)")?;
    /// // SAFETY: it takes any number.
    /// let text = unsafe { strerror.call((2,)) }?;
    /// // SAFETY: it returns a string, which stays until it is called again.
    /// assert_eq!(unsafe { text.text(100) }?.as_deref(), Some("No such file or directory"));
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Conversion`] for a value that is no pointer, for a string without an end within `limit` characters, and for one
    /// that is no Unicode: [`Value::c_string`] takes any bytes.
    ///
    /// # Safety
    /// Where the pointer is not null, characters can be read there up to a NUL, or `limit` of them.
    pub unsafe fn text(&self, limit: usize) -> Result<Option<String>, Error> {
        let refused = |why: String| Error::Conversion {
            place: "the value".into(),
            value: self.to_string(),
            why,
        };
        let Some(address) = self.address() else { return Err(refused("is no pointer".into())) };
        if address.is_null() {
            return Ok(None);
        }
        let width = match self {
            Value::TypedPointer(typed) => {
                PointerTo::of(typed).map_or(1, |pointer| pointer.unit.max(1))
            }
            _ => 1,
        };
        let (start, mut units) = (address.cast::<u8>(), Vec::new());
        let ended = (0..limit).any(|index| {
            let mut bytes = [0; 4];
            // SAFETY: by the contract of this function: no character before this one was NUL.
            unsafe {
                start.wrapping_add(index * width).copy_to_nonoverlapping(bytes.as_mut_ptr(), width);
            }
            let unit = unit(&bytes[..width]);
            units.extend((unit != 0).then_some(unit));
            unit == 0
        });
        if !ended {
            return Err(refused(format!(
                "points to no string that ends within {limit} characters"
            )));
        }
        let text = match width {
            1 => String::from_utf8(units.iter().map(|unit| *unit as u8).collect()).ok(),
            _ => decode(&units, width),
        };
        text.map(Some).ok_or_else(|| refused("points to a string that is no Unicode".into()))
    }
}
