//! What clang 19 moves of an eightbyte of class SSE: as much as the numbers of floating point take that it sees there. Of a
//! union it sees one member.

use ffi::abi::{Place, Plan};
use ffi::types::UnionType;
use ffi::{Abi, Signature, Type};

use super::values;

/// Whether clang loses some bytes of a value, or takes it for another.
pub(super) fn are_lost(ty: &Type) -> bool {
    let signature = Signature::new([ty.clone()], Type::Void).unwrap();
    let plan = Plan::new(Abi::SysV64, &signature).unwrap();
    let mask = values::mask(ty);
    let is_used =
        |from: usize, to: usize| mask[from.min(mask.len())..to.min(mask.len())].contains(&0xff);
    plan.moves.iter().any(|step| {
        let (piece, start) = (step.piece, step.piece.offset as usize);
        let in_vector = matches!(piece.place, Place::Vector(_)) && piece.size <= 8;
        in_vector
            && match moved(ty, start) {
                // A quadruple number for half of one.
                16 => true,
                // Beside as few bytes in the second eightbyte, two halves count as an integer.
                4 if start == 0
                    && sees(ty, 0) == Some(Type::F16)
                    && !is_used(12, 16)
                    && is_used(8, 12) =>
                {
                    true
                }
                bytes => is_used(start + bytes, start + 8),
            }
    })
}

/// How many bytes clang moves of the eightbyte at `start`.
fn moved(ty: &Type, start: usize) -> usize {
    let behind =
        |offset: usize| (start + offset < ty.size()).then(|| sees(ty, start + offset)).flatten();
    match sees(ty, start) {
        Some(Type::F16) => match (behind(2), behind(4)) {
            (None, None) => 2,
            (Some(Type::F16), None) => 4,
            _ => 8,
        },
        Some(Type::F32) if behind(4).is_none() => 4,
        Some(Type::F128) => 16,
        _ => 8,
    }
}

/// The number of floating point that clang sees at an offset.
fn sees(ty: &Type, offset: usize) -> Option<Type> {
    let ty = ty.resolve();
    match ty {
        Type::F16 | Type::F32 | Type::F64 | Type::F80 | Type::F128 => {
            (offset == 0).then(|| ty.clone())
        }
        Type::Complex(part) => sees(&Type::from(*part), offset % part.size()),
        Type::Array(array) => match array.element().size() {
            0 => None,
            size => sees(array.element(), offset % size),
        },
        Type::Struct(composite) => {
            let mut fields = composite.fields().iter().filter(|field| field.bits().is_none());
            let field = fields.find(|field| {
                (field.offset()..field.offset() + field.ty().size()).contains(&offset)
            })?;
            sees(field.ty(), offset - field.offset())
        }
        Type::Union(composite) => {
            let member = seen_member(composite)?;
            (offset < member.size()).then(|| sees(&member, offset)).flatten()
        }
        _ => None,
    }
}

/// The most aligned member of a union, of several the largest, of several the first.
fn seen_member(composite: &UnionType) -> Option<Type> {
    let members = composite.fields().iter().filter(|field| field.bits().is_none());
    members.map(|field| field.ty()).rev().max_by_key(|ty| (alignment(ty), ty.size())).cloned()
}

/// The alignment that clang's intermediate code gives a type: packing counts where that cannot do without.
fn alignment(ty: &Type) -> usize {
    let ty = ty.resolve();
    let (alignment, size) = match ty {
        Type::Array(array) => return alignment(array.element()),
        Type::Struct(composite) => {
            let members = || composite.fields().iter().filter(|field| field.bits().is_none());
            if members().any(|field| !field.offset().is_multiple_of(alignment(field.ty()))) {
                return 1;
            }
            (members().map(|field| alignment(field.ty())).max(), composite.size())
        }
        Type::Union(composite) => {
            (seen_member(composite).map(|ty| alignment(&ty)), composite.size())
        }
        _ => return ty.alignment(),
    };
    let alignment = alignment.unwrap_or(1);
    if size.is_multiple_of(alignment) { alignment } else { 1 }
}
