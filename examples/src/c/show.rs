//! Values as they are printed.

use std::fmt::Write as _;

use ffi::call::ErrorNumbers;
use ffi::declare::{DeclaredType, View};
use ffi::value::Bytes;
use ffi::{Argument, Declarations, Library, Type, Value};

use super::outcome::{self, Outcome};

/// The longest string that is printed.
const LONGEST: usize = 1 << 16;

/// A value as it is printed: what a pointer to characters leads to as a string.
pub fn value(declarations: &Declarations, ty: &DeclaredType, value: &Value) -> String {
    let target = declarations.pointee(ty);
    let string = match target {
        Some(target) if declarations.is_char(target) => narrow(value),
        Some(target) if declarations.is_wide_char(target) => wide(declarations, target, value),
        _ => None,
    };
    string.unwrap_or_else(|| declarations.show_value(ty, value))
}

/// What a place holds, as it is printed.
pub fn view(view: &View<'_>) -> String {
    match view.get("") {
        Ok(held) if view.declarations().pointee(view.ty()).is_some() => {
            value(view.declarations(), view.ty(), &held)
        }
        _ => view.to_string(),
    }
}

fn narrow(value: &Value) -> Option<String> {
    // SAFETY: the declaration says that it points to a string, and whoever wrote it vouches for that.
    let text = unsafe { value.c_string(LONGEST) }.ok()??;
    Some(quoted(text.as_bytes()))
}

fn wide(declarations: &Declarations, target: &DeclaredType, value: &Value) -> Option<String> {
    // SAFETY: as for narrow strings.
    let text = unsafe { value.text(LONGEST) }.ok()??;
    let prefix = match declarations.value_type(target).ok()?.size() {
        2 => "u",
        _ if declarations.show(target).contains("wchar_t") => "L",
        _ => "U",
    };
    Some(prefix.to_owned() + &quoted(text.as_bytes()))
}

/// Bytes as an array of `char` shows them.
fn quoted(bytes: &[u8]) -> String {
    let array = Type::array(Type::alias("char", Type::I8), bytes.len());
    let shown = array.and_then(|array| Bytes::new(array, bytes)).map(Value::from);
    shown.map_or_else(|_| "\"\"".to_owned(), |value| value.to_string())
}

/// One line: a name, and what it stands for.
pub fn line(printed: &mut String, name: &str, shown: &str) {
    let _ = writeln!(printed, "{name} = {shown}");
}

/// Writes out what C has printed, so that it comes before the result.
///
/// # Errors
/// Where that cannot be written.
pub fn flush() -> Outcome {
    let Ok(fflush) =
        Library::this().and_then(|program| program.declare("int fflush(void *stream)"))
    else {
        return Ok(());
    };
    let mut call = fflush.prepare((Argument::Null,))?;
    let mut numbers = ErrorNumbers::default();
    // SAFETY: null stands for all streams.
    match unsafe { call.call_with_errno(&mut numbers) } {
        Value::I32(0) => Ok(()),
        _ => outcome::written(Err(std::io::Error::from_raw_os_error(numbers.errno))),
    }
}
