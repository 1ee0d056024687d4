//! Eightbytes and their classes: System V psABI, AMD64 supplement, 3.2.3 "Parameter Passing".

use crate::types::{FieldLayout, Type};

/// The class of an eightbyte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Padding only.
    None,
    Integer,
    Sse,
    /// The upper part of the vector register that the eightbyte below began.
    SseUp,
    X87,
    /// The exponent of the number that the eightbyte below began.
    X87Up,
    Memory,
}

/// The largest value that can travel in registers: one vector of 64 bytes.
const MAX_EIGHTBYTES: usize = 8;

/// The classes of a value's eightbytes, or that it travels in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Classes {
    Memory,
    Eightbytes { classes: [Class; MAX_EIGHTBYTES], count: usize },
}

type EightbyteClasses = [Class; MAX_EIGHTBYTES];

impl Classes {
    /// The classes of a value of any type but `void`.
    pub(super) fn of(ty: &Type) -> Classes {
        let count = ty.size().div_ceil(8);
        if count > MAX_EIGHTBYTES {
            return Classes::Memory;
        }
        let mut classes = [Class::None; MAX_EIGHTBYTES];
        if !merge_type(&mut classes, ty, 0) {
            return Classes::Memory;
        }
        Classes::Eightbytes { classes, count }
    }
}

/// Merges a value of type `ty` at `offset`; false when it makes the whole travel in memory: for an unaligned field, or by
/// the classes themselves.
fn merge_type(classes: &mut EightbyteClasses, ty: &Type, offset: usize) -> bool {
    let ty = ty.resolve();
    if !ty.is_aggregate() && !offset.is_multiple_of(ty.alignment()) {
        return false;
    }
    let (low, high) = match ty {
        Type::Void => (Class::None, Class::None),
        Type::F16 | Type::F32 | Type::F64 => (Class::Sse, Class::None),
        Type::F128 => (Class::Sse, Class::SseUp),
        Type::F80 => (Class::X87, Class::X87Up),
        Type::I128 | Type::U128 => (Class::Integer, Class::Integer),
        Type::Complex(part) => {
            let (part, size) = (Type::from(*part), part.size());
            return merge_aggregate(classes, offset, ty.size(), |classes, start| {
                merge_type(classes, &part, start) && merge_type(classes, &part, start + size)
            });
        }
        Type::Vector(vector) => {
            merge(classes, offset, Class::Sse);
            for upper in (8..vector.size()).step_by(8) {
                merge(classes, offset + upper, Class::SseUp);
            }
            return true;
        }
        Type::Array(array) => {
            let (element, size) = (array.element(), array.element().size());
            return merge_aggregate(classes, offset, ty.size(), |classes, start| {
                size == 0
                    || (0..array.length())
                        .all(|index| merge_type(classes, element, start + index * size))
            });
        }
        Type::Struct(composite) => {
            return merge_aggregate(classes, offset, ty.size(), |classes, start| {
                composite.fields().iter().all(|field| merge_field(classes, field, start))
            });
        }
        Type::Union(composite) => {
            return merge_aggregate(classes, offset, ty.size(), |classes, start| {
                composite.fields().iter().all(|field| merge_union_member(classes, field, start))
            });
        }
        _ => (Class::Integer, Class::None),
    };
    merge(classes, offset, low);
    if high != Class::None {
        merge(classes, offset + 8, high);
    }
    true
}

/// Merges an aggregate: its parts are classified and cleaned up by themselves first, as gcc and clang do. A union of a
/// number with an x87 number goes to memory even where another member would have made it INTEGER.
fn merge_aggregate(
    classes: &mut EightbyteClasses,
    offset: usize,
    size: usize,
    merge_parts: impl FnOnce(&mut EightbyteClasses, usize) -> bool,
) -> bool {
    let start = offset % 8;
    let mut own = [Class::None; MAX_EIGHTBYTES];
    let Some(used) = own.get_mut(..(start + size).div_ceil(8)) else {
        return false;
    };
    let count = used.len();
    if !merge_parts(&mut own, start) || !clean_up(&mut own[..count]) {
        return false;
    }
    for (index, class) in own[..count].iter().enumerate() {
        merge(classes, offset + 8 * index, *class);
    }
    true
}

/// The post-merger step; false when the aggregate travels in memory.
fn clean_up(classes: &mut [Class]) -> bool {
    for index in 0..classes.len() {
        let below = if index == 0 { Class::None } else { classes[index - 1] };
        match classes[index] {
            Class::Memory => return false,
            Class::X87Up if below != Class::X87 => return false,
            Class::SseUp if below != Class::Sse && below != Class::SseUp => {
                classes[index] = Class::Sse
            }
            _ => {}
        }
    }
    let one_vector =
        || classes[0] == Class::Sse && classes[1..].iter().all(|class| *class == Class::SseUp);
    classes.len() <= 2 || one_vector()
}

/// Merges a member of a struct that begins at `start`.
fn merge_field(classes: &mut EightbyteClasses, field: &FieldLayout, start: usize) -> bool {
    let offset = start + field.offset();
    let Some(bits) = field.bits() else {
        return merge_type(classes, field.ty(), offset);
    };
    if is_padding(field) {
        return true;
    }
    // One that lies as a number of its width would is that number, for gcc.
    let number = integer(bits.width);
    let is_number = bits.width as usize == 8 * number.size()
        && bits.first == 0
        && field.offset().is_multiple_of(number.alignment());
    if is_number && !field.is_packed() {
        return merge_type(classes, &number, offset);
    }
    let last = offset + ((bits.first + bits.width - 1) / 8) as usize;
    merge(classes, offset, Class::Integer);
    merge(classes, last, Class::Integer);
    true
}

/// Merges a member of a union that begins at `start`. A bit-field counts as the smallest integer that holds it.
fn merge_union_member(classes: &mut EightbyteClasses, field: &FieldLayout, start: usize) -> bool {
    match field.bits() {
        None => merge_type(classes, field.ty(), start),
        Some(_) if is_padding(field) => true,
        Some(bits) => merge_type(classes, &integer(bits.width), start),
    }
}

/// Whether a bit-field has no name, and so no class: C has it for padding (C17 6.7.2.1), as clang does. gcc takes it for an
/// integer.
fn is_padding(field: &FieldLayout) -> bool {
    field.name().is_empty()
}

/// The smallest integer of so many bits. Inside packed types it can be unaligned, which moves the whole to memory: gcc's
/// reading of "unaligned fields". (clang's is that a bit-field has no alignment, but a struct of one does.)
fn integer(width: u32) -> Type {
    match width {
        1..=8 => Type::U8,
        9..=16 => Type::U16,
        17..=32 => Type::U32,
        33..=64 => Type::U64,
        _ => Type::U128,
    }
}

/// Merges a class into the eightbyte that holds the byte at `offset`.
fn merge(classes: &mut EightbyteClasses, offset: usize, class: Class) {
    let Some(slot) = classes.get_mut(offset / 8) else {
        return;
    };
    *slot = match (*slot, class) {
        (old, new) if old == new => old,
        (Class::None, class) | (class, Class::None) => class,
        (Class::Memory, _) | (_, Class::Memory) => Class::Memory,
        (Class::Integer, _) | (_, Class::Integer) => Class::Integer,
        (Class::X87 | Class::X87Up, _) | (_, Class::X87 | Class::X87Up) => Class::Memory,
        _ => Class::Sse,
    };
}
