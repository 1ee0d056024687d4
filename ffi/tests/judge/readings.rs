//! How a type can be read: what of it is unaligned, which classes its numbers have, and where a value of it travels.

use ffi::abi::{Place, Plan, ResultPlan};
use ffi::types::FieldLayout;
use ffi::{Abi, Signature, Type};

use super::values;

/// What lies where its own type would not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unaligned {
    Aggregate,
    Number,
}

/// What is looked at for what is unaligned.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// So many elements of each array.
    elements: usize,
    /// Bit-fields, too, as if they were numbers.
    bits: bool,
}

pub(super) const BYTES: Look = Look { elements: usize::MAX, bits: false };
pub(super) const BITS: Look = Look { bits: true, ..BYTES };
pub(super) const FIRST_ELEMENTS: Look = Look { elements: 1, ..BITS };

/// The most that is unaligned in a value that begins `start` bytes behind an aligned one.
pub(super) fn unaligned(ty: &Type, start: usize, look: Look) -> Option<Unaligned> {
    let off = !start.is_multiple_of(ty.alignment());
    let inside = |fields: &[FieldLayout]| {
        let all = fields.iter().map(|field| {
            let start = start + field.offset();
            match field.bits() {
                None => unaligned(field.ty(), start, look),
                Some(bits) => {
                    let size = bits.width.div_ceil(8).next_power_of_two() as usize;
                    (look.bits && !start.is_multiple_of(size)).then_some(Unaligned::Number)
                }
            }
        });
        all.max().flatten()
    };
    let found = match ty {
        Type::Struct(composite) => inside(composite.fields()),
        Type::Union(composite) => inside(composite.fields()),
        Type::Array(array) => {
            let (element, size) = (array.element(), array.element().size());
            let all = (0..array.length().min(look.elements)).map(|index| start + index * size);
            all.map(|start| unaligned(element, start, look)).max().flatten()
        }
        _ => return off.then_some(Unaligned::Number),
    };
    found.max(off.then_some(Unaligned::Aggregate))
}

/// Whether an array of elements without bytes begins within an eightbyte, in a value that begins `start` bytes behind one.
pub(super) fn has_empty_array(ty: &Type, start: usize) -> bool {
    let inside = |fields: &[FieldLayout]| {
        fields.iter().any(|field| has_empty_array(field.ty(), start + field.offset()))
    };
    match ty {
        Type::Struct(composite) => inside(composite.fields()),
        Type::Union(composite) => inside(composite.fields()),
        Type::Array(array) => match array.element().size() {
            0 => !start.is_multiple_of(8),
            size => (0..array.length())
                .any(|index| has_empty_array(array.element(), start + index * size)),
        },
        _ => false,
    }
}

/// Whether an eightbyte can begin within an element of an array that has numbers of several classes, or padding.
pub(super) fn has_mixed_array(ty: &Type) -> bool {
    let inside = |fields: &[FieldLayout]| fields.iter().any(|field| has_mixed_array(field.ty()));
    match ty {
        Type::Struct(composite) => inside(composite.fields()),
        Type::Union(composite) => inside(composite.fields()),
        Type::Array(array) => {
            let element = array.element();
            has_mixed_array(element)
                || array.length() > 1
                    && !element.size().is_multiple_of(8)
                    && (has_class(element, true) && has_class(element, false)
                        || values::mask(element).contains(&0))
        }
        _ => false,
    }
}

/// Whether a part of it is a number of floating point, or of another kind.
fn has_class(ty: &Type, floating: bool) -> bool {
    let inside =
        |fields: &[FieldLayout]| fields.iter().any(|field| has_class(field.ty(), floating));
    match ty {
        Type::Struct(composite) => inside(composite.fields()),
        Type::Union(composite) => inside(composite.fields()),
        Type::Array(array) => has_class(array.element(), floating),
        Type::F16
        | Type::F32
        | Type::F64
        | Type::F80
        | Type::F128
        | Type::Complex(_)
        | Type::Vector(_) => floating,
        _ => !floating,
    }
}

/// Whether a value of the type is returned in vector registers.
pub(super) fn is_in_vectors(ty: &Type, abi: Abi) -> bool {
    let signature = Signature::new(Vec::<Type>::new(), ty.clone()).unwrap();
    match Plan::new(abi, &signature).unwrap().result {
        ResultPlan::Registers(pieces) => {
            pieces.iter().any(|piece| matches!(piece.place, Place::Vector(_)))
        }
        _ => false,
    }
}

/// Whether a value of the type is returned in memory.
pub(super) fn is_in_memory(ty: &Type, abi: Abi) -> bool {
    let signature = Signature::new(Vec::<Type>::new(), ty.clone()).unwrap();
    matches!(Plan::new(abi, &signature).unwrap().result, ResultPlan::Memory { .. })
}
