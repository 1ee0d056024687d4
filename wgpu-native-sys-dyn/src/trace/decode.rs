//! What the headers say of values, beyond their types: names of enumerators and flags, texts, and what pointers point to.

use crate::generated::{ENUMS, FLAGS};
use crate::{Struct, WGPUChainedStruct, WGPUSType, WGPUStatus, WGPUStringView};
use ffi::trace::{Decoder, Line, Operand};
use ffi::{Signature, Type};
use std::collections::HashMap;
use std::ffi::c_void;

/// The decoder of everything that the two headers declare.
pub(super) struct Headers {
    kinds: HashMap<&'static str, Kind>,
    unsigned: Type,
}

/// What a type of the headers is, by its C name.
#[derive(Clone, Copy)]
enum Kind {
    Enum(fn(u32) -> String),
    Flags(fn(u64) -> String),
    Struct(&'static Type),
}

impl Headers {
    pub(super) fn new() -> Headers {
        let enums = ENUMS.iter().map(|(name, shown)| (*name, Kind::Enum(*shown)));
        let flags = FLAGS.iter().map(|(name, shown)| (*name, Kind::Flags(*shown)));
        let structs = Struct::ALL.iter().map(|item| (item.name(), Kind::Struct(item.descriptor())));
        Headers {
            kinds: enums.chain(flags).chain(structs).collect(),
            unsigned: Type::alias("uint32_t", Type::U32),
        }
    }

    /// Writes what a pointer of the C type `name` points to, where that can be known.
    fn follow(&self, pointer: &Operand<'_>, name: &str, line: &mut Line<'_>) -> bool {
        let Some((target, is_const)) = target(name) else { return false };
        if !is_const && !is_filled(pointer) {
            return false;
        }
        if target == "WGPUChainedStruct" {
            return follow_chain(pointer, line);
        }
        let kind = self.kinds.get(target);
        let count = count(pointer);
        let ty = match kind {
            Some(Kind::Struct(descriptor)) => (*descriptor).clone(),
            // What is not const and no struct is to be written by the function, in a number that nothing tells.
            _ if !is_const => return false,
            Some(Kind::Enum(_)) => Type::alias(target.to_owned(), Type::U32),
            _ if target == "WGPUSubmissionIndex" => Type::U64,
            _ if target == "uint32_t" && count.is_some() => self.unsigned.clone(),
            // A handle: the name of its type has no part in `void const *`, `char const *`, `uint8_t const *`.
            _ if target.starts_with("WGPU") => Type::alias(target.to_owned(), Type::Pointer),
            _ => return false,
        };
        match count {
            // SAFETY: the program passes as many values as it says to the function, or the function to a callback.
            Some(count) => unsafe { line.pointees(pointer, &ty, count) },
            // SAFETY: pointers of the headers that come without a number point to one value, or are null.
            None => unsafe { line.pointee(pointer, &ty) },
        }
        true
    }
}

impl Decoder for Headers {
    fn decode(&self, value: &Operand<'_>, line: &mut Line<'_>) -> bool {
        let Some(name) = value.type_name() else { return false };
        if name == "WGPUStringView" {
            quote(value, line);
            return true;
        }
        match (self.kinds.get(name), value.read_unsigned()) {
            (Some(Kind::Enum(shown)), Some(number)) => {
                // A name that begins with a digit has a `_` in front in Rust alone.
                line.push(shown(number as u32).trim_start_matches('_'));
            }
            (Some(Kind::Flags(shown)), Some(number)) => line.push(&shown(number)),
            (_, Some(0)) if name == "WGPUBool" => line.push("false"),
            (_, Some(1)) if name == "WGPUBool" => line.push("true"),
            (_, Some(number)) => match (name, number) {
                ("uint32_t", 0xffff_ffff) => line.push("UINT32_MAX"),
                ("uint64_t", u64::MAX) => line.push("UINT64_MAX"),
                ("size_t", u64::MAX) => line.push("SIZE_MAX"),
                _ => return false,
            },
            (None, None) => return self.follow(value, name, line),
            _ => return false,
        }
        true
    }

    fn is_output(&self, signature: &Signature, index: usize) -> bool {
        let Type::Alias(alias) = signature.parameters()[index].ty() else { return false };
        let is_struct = |name| matches!(self.kinds.get(name), Some(Kind::Struct(_)));
        target(alias.name()).is_some_and(|(target, is_const)| !is_const && is_struct(target))
    }
}

/// The C type that a pointer of the C type `name` points to, and whether it is const.
fn target(name: &str) -> Option<(&str, bool)> {
    match name.strip_suffix(" const *") {
        Some(target) => Some((target, true)),
        None => Some((name.strip_suffix(" *")?, false)),
    }
}

/// The number of values that a pointer points to: what stands beside `entries` as `entryCount`.
fn count(pointer: &Operand<'_>) -> Option<usize> {
    let plural = pointer.name();
    let singular = match plural.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => plural.strip_suffix('s')?.to_owned(),
    };
    let count = pointer.sibling(&format!("{singular}Count"))?.read_unsigned()?;
    usize::try_from(count).ok()
}

/// Whether a struct that is not const has its values: as a field always, as an argument when the call did not fail.
fn is_filled(pointer: &Operand<'_>) -> bool {
    match pointer.call_result() {
        Some(status) if status.type_name() == Some("WGPUStatus") => {
            status.read::<u32>() == Some(WGPUStatus::Success.0)
        }
        _ => true,
    }
}

/// Writes a struct of a chain as what its `sType` says it is.
fn follow_chain(pointer: &Operand<'_>, line: &mut Line<'_>) -> bool {
    let chain = Struct::WGPUChainedStruct.descriptor();
    // SAFETY: the pointers of chains point to structs that begin with this one, or are null.
    let Some(head) = (unsafe { pointer.pointee(chain, 0) }) else { return false };
    // SAFETY: as above.
    let head = unsafe { head.address().cast::<WGPUChainedStruct>().read_unaligned() };
    // SAFETY: the `sType` tells which struct it is; of one that is not known only the beginning is read.
    unsafe { line.pointee(pointer, chained(head.sType).unwrap_or(chain)) };
    true
}

/// The struct that has this `sType`.
fn chained(tag: WGPUSType) -> Option<&'static Type> {
    let descriptor = Struct::from_name(&format!("WGPU{}", tag.name()?))?.descriptor();
    let Type::Struct(composite) = descriptor else { return None };
    (composite.fields().first()?.name() == "chain").then_some(descriptor)
}

fn quote(view: &Operand<'_>, line: &mut Line<'_>) {
    let field = |name| view.field(name).map(|field| field.address());
    let (Some(data), Some(length)) = (field("data"), field("length")) else { return };
    // SAFETY: the field is a pointer.
    let data = unsafe { data.cast::<*const c_void>().read_unaligned() }.cast();
    // SAFETY: the field is a size.
    let length = unsafe { length.cast::<usize>().read_unaligned() };
    // SAFETY: texts of the headers have this length, or end in a NUL.
    match unsafe { WGPUStringView { data, length }.bytes() } {
        Some(text) => line.quote(text),
        None => line.push("NULL"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Callback, Function};

    /// Every pointer of functions, callbacks and structs: name, C type, and the names beside it.
    fn pointers() -> Vec<(String, String, Vec<String>)> {
        let signatures = Function::ALL.iter().map(|item| item.signature());
        let signatures = signatures.chain(Callback::ALL.iter().map(|item| item.signature()));
        let mut lists: Vec<Vec<(String, Type)>> = signatures
            .map(|item| {
                item.parameters().iter().map(|p| (p.name().into(), p.ty().clone())).collect()
            })
            .collect();
        for item in Struct::ALL {
            if let Type::Struct(composite) = item.descriptor() {
                let fields = composite.fields().iter();
                lists.push(fields.map(|f| (f.name().into(), f.ty().clone())).collect());
            }
        }
        let mut pointers = Vec::new();
        for list in &lists {
            let names: Vec<String> = list.iter().map(|(name, _)| name.clone()).collect();
            for (name, ty) in list {
                if let Type::Alias(alias) = ty
                    && alias.name().ends_with('*')
                {
                    pointers.push((name.clone(), alias.name().to_owned(), names.clone()));
                }
            }
        }
        pointers
    }

    #[test]
    fn a_plural_that_points_to_constants_has_a_count_beside_it() {
        let mut found = 0;
        for (name, ty, beside) in pointers() {
            // What is no plural but one struct or one number.
            let single = ["limits", "options", "timestampWrites", "requiredLimits"];
            if !ty.contains(" const")
                || ty == "uint8_t const *"
                || !name.ends_with('s')
                || single.contains(&name.as_str())
            {
                continue;
            }
            let stem = name.strip_suffix("ies").map(|stem| format!("{stem}y"));
            let stem = stem.unwrap_or_else(|| name.trim_end_matches('s').to_owned());
            let count = format!("{stem}Count");
            assert!(beside.contains(&count), "{name} ({ty}) has no {count} beside it: {beside:?}");
            found += 1;
        }
        assert!(found > 25, "only {found} arrays were found");
    }

    #[test]
    fn every_tag_has_its_struct() {
        let lacking: Vec<&str> = WGPUSType::NAMES
            .iter()
            .filter(|(tag, _)| chained(*tag).is_none())
            .map(|(_, name)| *name)
            .collect();
        assert_eq!(lacking, ["Force32"]);
    }

    #[test]
    fn every_kind_of_the_headers_is_known() {
        let headers = Headers::new();
        let is_known = |name| headers.kinds.contains_key(name);
        for name in ["WGPUTextureFormat", "WGPUNativeFeature", "WGPUBufferUsage", "WGPULimits"] {
            assert!(is_known(name), "{name}");
        }
        assert!(!is_known("WGPUBuffer") && !is_known("WGPUBool"));
    }
}
