//! Bytes of which nobody knows whether they are a value.

use crate::Type;

/// Whether bytes of the type's size are a value of it: all are but those of a `bool`, which is 0 or 1. A union has any.
pub(crate) fn is_value(ty: &Type, bytes: &[u8]) -> bool {
    match ty.resolve() {
        Type::Bool => bytes[0] <= 1,
        Type::Struct(composite) => composite.fields().iter().all(|field| {
            let start = field.offset();
            field.bits().is_some() || is_value(field.ty(), &bytes[start..start + field.ty().size()])
        }),
        Type::Array(array) => match array.element().resolve() {
            element @ (Type::Bool | Type::Struct(_) | Type::Array(_)) if element.size() > 0 => {
                bytes.chunks_exact(element.size()).all(|bytes| is_value(element, bytes))
            }
            _ => true,
        },
        _ => true,
    }
}
