//! The few functions that the generated code calls.

use crate::{Function, WGPUBool};
use std::fmt;

/// Writes the names of the flags in `value`, and what has no name as a number: `CopyDst | MapRead | 0x8000`.
pub(crate) fn write_flags(
    formatter: &mut fmt::Formatter<'_>,
    value: u64,
    names: impl Iterator<Item = (u64, &'static str)> + Clone,
) -> fmt::Result {
    if let Some((_, name)) = names.clone().find(|(named, _)| *named == value) {
        return formatter.write_str(name);
    }
    let mut rest = value;
    let mut separator = "";
    for (bit, name) in names.filter(|(named, _)| named.is_power_of_two()) {
        if rest & bit != 0 {
            write!(formatter, "{separator}{name}")?;
            rest &= !bit;
            separator = " | ";
        }
    }
    if rest != 0 || value == 0 {
        write!(formatter, "{separator}{rest:#x}")?;
    }
    Ok(())
}

/// The result of a function that is declared with a `WGPUBool` and returns one byte: the others are left to chance.
#[inline]
pub(crate) fn low_byte(result: WGPUBool) -> WGPUBool {
    result & 0xff
}

/// Ends the call of a function that the library lacks.
#[cold]
#[track_caller]
pub(crate) fn missing(function: Function) -> ! {
    panic!("the engine library has no function {function}");
}
