//! Homogeneous aggregates: AAPCS64, "Homogeneous Aggregates". One to four members of one floating-point or one vector type,
//! however nested, travel in as many vector registers.

use crate::types::{FieldLayout, Type};

/// The most members of a homogeneous aggregate.
const MAX_MEMBERS: usize = 4;

/// A homogeneous floating-point aggregate (HFA) or short-vector aggregate (HVA).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Homogeneous {
    /// The number of members, one to four.
    pub(super) members: u32,
    /// Bytes of each.
    pub(super) member_size: u32,
}

/// The type of all members. Vectors of one size are one type, whatever their lanes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Float(usize),
    Vector(usize),
}

impl Homogeneous {
    /// The members of a homogeneous aggregate; none for any other type.
    pub(super) fn of(ty: &Type) -> Option<Homogeneous> {
        let mut base = None;
        let members = match ty {
            Type::Struct(_) | Type::Union(_) | Type::Complex(_) => count(ty, &mut base)?,
            _ => return None,
        };
        let (Base::Float(size) | Base::Vector(size)) = base?;
        (members <= MAX_MEMBERS)
            .then_some(Homogeneous { members: members as u32, member_size: size as u32 })
    }
}

/// How many members of type `base`, which the first one settles, `ty` consists of; none if of anything else, or of padding.
fn count(ty: &Type, base: &mut Option<Base>) -> Option<usize> {
    let (members, member) = match ty.resolve() {
        Type::F16 | Type::F32 | Type::F64 | Type::F128 => (1, Base::Float(ty.size())),
        Type::Complex(part) => (2, Base::Float(part.size())),
        Type::Vector(vector) if vector.size() <= 16 => (1, Base::Vector(vector.size())),
        Type::Array(array) if array.length() > 0 => {
            let members = count(array.element(), base)?;
            return members.checked_mul(array.length());
        }
        Type::Struct(composite) => {
            let mut members = 0_usize;
            for field in composite.fields() {
                members = members.checked_add(count_field(field, base)?)?;
            }
            return without_padding(members, *base, composite.size());
        }
        Type::Union(composite) => {
            let mut members = 0;
            for field in composite.fields() {
                members = count_field(field, base)?.max(members);
            }
            return without_padding(members, *base, composite.size());
        }
        _ => return None,
    };
    (*base.get_or_insert(member) == member).then_some(members)
}

/// A bit-field is an integer, one without a name too.
fn count_field(field: &FieldLayout, base: &mut Option<Base>) -> Option<usize> {
    if field.bits().is_some() { None } else { count(field.ty(), base) }
}

/// Alignment asked for by `aligned` can leave padding: the test is made on the layout.
fn without_padding(members: usize, base: Option<Base>, size: usize) -> Option<usize> {
    let member_size = match base {
        Some(Base::Float(size) | Base::Vector(size)) => size,
        None => 0,
    };
    (members.checked_mul(member_size) == Some(size)).then_some(members)
}
