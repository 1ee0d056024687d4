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
    Eightbytes {
        classes: [Class; MAX_EIGHTBYTES],
        count: usize,
    },
}

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
        clean_up(&mut classes, count)
    }
}

/// The post-merger step.
fn clean_up(classes: &mut [Class; MAX_EIGHTBYTES], count: usize) -> Classes {
    let used = &mut classes[..count];
    if used.contains(&Class::Memory) {
        return Classes::Memory;
    }
    for index in 0..count {
        let below = if index == 0 {
            Class::None
        } else {
            used[index - 1]
        };
        match used[index] {
            Class::X87Up if below != Class::X87 => return Classes::Memory,
            Class::SseUp if below != Class::Sse && below != Class::SseUp => {
                used[index] = Class::Sse
            }
            _ => {}
        }
    }
    let one_vector =
        || used[0] == Class::Sse && used[1..].iter().all(|class| *class == Class::SseUp);
    if count > 2 && !one_vector() {
        return Classes::Memory;
    }
    Classes::Eightbytes {
        classes: *classes,
        count,
    }
}

/// Merges the parts of a value of type `ty` at `offset`; false when it has an unaligned field and travels in memory.
fn merge_type(classes: &mut [Class; MAX_EIGHTBYTES], ty: &Type, offset: usize) -> bool {
    let ty = ty.resolve();
    if !ty.is_aggregate() && !offset.is_multiple_of(ty.alignment()) {
        return false;
    }
    let (low, high) = match ty {
        Type::Void => (Class::None, Class::None),
        Type::F32 | Type::F64 => (Class::Sse, Class::None),
        Type::F128 => (Class::Sse, Class::SseUp),
        Type::F80 => (Class::X87, Class::X87Up),
        Type::Complex(part) => {
            let imaginary = offset + part.size();
            let part = Type::from(*part);
            return merge_type(classes, &part, offset) && merge_type(classes, &part, imaginary);
        }
        Type::I128 | Type::U128 => (Class::Integer, Class::Integer),
        Type::Vector(vector) => {
            merge(classes, offset, Class::Sse);
            for upper in (8..vector.size()).step_by(8) {
                merge(classes, offset + upper, Class::SseUp);
            }
            return true;
        }
        Type::Array(array) => {
            let size = array.element().size();
            return (0..array.length()).all(|index| {
                size == 0 || merge_type(classes, array.element(), offset + index * size)
            });
        }
        Type::Struct(composite) => return merge_fields(classes, composite.fields(), offset),
        Type::Union(composite) => return merge_fields(classes, composite.fields(), offset),
        _ => (Class::Integer, Class::None),
    };
    merge(classes, offset, low);
    if high != Class::None {
        merge(classes, offset + 8, high);
    }
    true
}

fn merge_fields(
    classes: &mut [Class; MAX_EIGHTBYTES],
    fields: &[FieldLayout],
    offset: usize,
) -> bool {
    fields.iter().all(|field| {
        let offset = offset + field.offset();
        match field.bits() {
            None => merge_type(classes, field.ty(), offset),
            // An unnamed bit-field is padding.
            Some(_) if field.name().is_empty() => true,
            Some(bits) => {
                let last = offset + ((bits.first + bits.width - 1) / 8) as usize;
                merge(classes, offset, Class::Integer);
                merge(classes, last, Class::Integer);
                true
            }
        }
    })
}

/// Merges a class into the eightbyte that holds the byte at `offset`.
fn merge(classes: &mut [Class; MAX_EIGHTBYTES], offset: usize, class: Class) {
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
