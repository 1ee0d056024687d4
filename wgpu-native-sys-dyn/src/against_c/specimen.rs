//! What Rust makes of a struct.

use crate::Struct;
use ffi::Type;
use ffi::types::FieldLayout;
use std::mem::{align_of, size_of};
use std::ptr;

/// Size, alignment, fields and initial value of a struct.
#[derive(Debug)]
pub(crate) struct Specimen {
    pub(super) name: &'static str,
    pub(super) size: usize,
    pub(super) alignment: usize,
    /// Name, offset and size of each.
    pub(super) fields: Vec<(&'static str, usize, usize)>,
    /// The bytes of the initial value; `None` for padding.
    pub(super) initial: Vec<Option<u8>>,
}

impl Specimen {
    pub(crate) fn new<T: Copy>(
        name: &'static str,
        fields: &[(&'static str, usize, usize)],
        initial: T,
    ) -> Self {
        let id = Struct::from_name(name).expect("the struct has a descriptor");
        let mut bytes = vec![None; size_of::<T>()];
        for at in value_bytes(id.descriptor(), 0) {
            let address = ptr::from_ref(&initial).cast::<u8>().wrapping_add(at);
            // SAFETY: The byte lies in `initial` and belongs to a value, which is initialised.
            bytes[at] = Some(unsafe { address.read() });
        }
        let plain = |name: &'static str| name.trim_start_matches("r#");
        Specimen {
            name,
            size: size_of::<T>(),
            alignment: align_of::<T>(),
            fields: fields
                .iter()
                .map(|(name, offset, size)| (plain(name), *offset, *size))
                .collect(),
            initial: bytes,
        }
    }
}

/// The fields of a struct or union; `None` for other types.
pub(super) fn fields(ty: &Type) -> Option<&[FieldLayout]> {
    match ty.resolve() {
        Type::Struct(composite) => Some(composite.fields()),
        Type::Union(composite) => Some(composite.fields()),
        _ => None,
    }
}

/// The bytes of a type at `offset` that belong to values: all but the padding.
fn value_bytes(ty: &Type, offset: usize) -> Vec<usize> {
    match fields(ty) {
        None => (offset..offset + ty.size()).collect(),
        Some(fields) => {
            let inner = fields.iter().map(|field| value_bytes(field.ty(), offset + field.offset()));
            inner.flatten().collect()
        }
    }
}
