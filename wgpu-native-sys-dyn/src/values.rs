//! The few functions that the generated code calls.

use crate::{Function, WGPUBool};
use std::fmt;

/// The name of a value among those of an enumeration.
pub(crate) fn name_of(names: &[(u32, &'static str)], value: u32) -> Option<&'static str> {
    names.iter().find(|(named, _)| *named == value).map(|(_, name)| *name)
}

/// Writes the name of a value of an enumeration, or the value as a number: `RGBA8Unorm`, `WGPUTextureFormat(0xabcd)`.
pub(crate) fn write_enum(
    formatter: &mut fmt::Formatter<'_>,
    ty: &str,
    value: u32,
    name: Option<&str>,
) -> fmt::Result {
    match name {
        Some(name) => formatter.write_str(name),
        None => write!(formatter, "{ty}({value:#x})"),
    }
}

/// What `Debug` writes.
pub(crate) fn shown(value: &dyn fmt::Debug) -> String {
    format!("{value:?}")
}

/// Writes the names of the flags in `value`, and what has no name as a number: `CopyDst | MapRead | 0x8000`.
pub(crate) fn write_flags(
    formatter: &mut fmt::Formatter<'_>,
    value: u64,
    names: &[(u64, &str)],
) -> fmt::Result {
    if let Some((_, name)) = names.iter().find(|(named, _)| *named == value) {
        return formatter.write_str(name);
    }
    let mut rest = value;
    let mut separator = "";
    for (bit, name) in names.iter().filter(|(named, _)| named.is_power_of_two()) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        WGPUBufferUsage, WGPUColorWriteMask, WGPUFeatureName, WGPUInstanceBackend,
        WGPUNativeFeature, WGPUTextureDimension, WGPUTextureFormat,
    };

    #[test]
    fn enumerations_show_their_names() {
        let shown = |value: &dyn fmt::Debug| format!("{value:?}");
        assert_eq!(shown(&WGPUTextureFormat::RGBA8Unorm), "RGBA8Unorm");
        assert_eq!(shown(&WGPUTextureDimension::_2D), "_2D");
        assert_eq!(shown(&WGPUTextureFormat(0xabcd)), "WGPUTextureFormat(0xabcd)");
        assert_eq!(WGPUTextureFormat(0xabcd).name(), None);
    }

    #[test]
    fn values_of_wgpu_h_extend_those_of_webgpu_h() {
        let feature = WGPUFeatureName::from(WGPUNativeFeature::PolygonModeLine);
        assert_eq!(feature.0, WGPUNativeFeature::PolygonModeLine.0);
        assert_eq!(format!("{feature:?}"), "PolygonModeLine");
    }

    #[test]
    fn flags_show_their_names_and_what_has_none() {
        let shown = |value: &dyn fmt::Debug| format!("{value:?}");
        let usage = WGPUBufferUsage::MapRead | WGPUBufferUsage::CopyDst;
        assert_eq!(shown(&usage), "MapRead | CopyDst");
        assert_eq!(shown(&WGPUBufferUsage(usage.0 | 1 << 40)), "MapRead | CopyDst | 0x10000000000");
        assert_eq!(shown(&WGPUBufferUsage(0)), "None");
        assert_eq!(shown(&WGPUColorWriteMask(0xf)), "All");
        assert_eq!(shown(&WGPUInstanceBackend::Primary), "Primary");
        assert_eq!(shown(&WGPUBufferUsage(1 << 40)), "0x10000000000");
    }

    #[test]
    fn flags_are_sets() {
        let mut usage = WGPUBufferUsage::MapRead.union(WGPUBufferUsage::CopyDst);
        assert!(usage.contains(WGPUBufferUsage::CopyDst));
        assert!(!usage.contains(WGPUBufferUsage::CopyDst | WGPUBufferUsage::CopySrc));
        usage |= WGPUBufferUsage::CopySrc;
        assert_eq!(
            usage & !WGPUBufferUsage::MapRead,
            WGPUBufferUsage::CopySrc | WGPUBufferUsage::CopyDst
        );
        assert!((usage & WGPUBufferUsage::Vertex).is_empty());
    }
}
