//! Parts of structs, unions and arrays, by their paths.

use std::mem::MaybeUninit;

use super::number::Number;
use super::parts::fields;
use super::path::{Step, steps};
use super::small::{Small, returned_or_stored};
use super::{Bytes, Value, bits};
use crate::c_type::Kind;
use crate::types::{BitRange, FieldLayout};
use crate::{Error, Type};

impl Value {
    /// A part of a struct, union or array by its path: `"member"`, `"in.list[2]"`, `"[0]"`. Members of anonymous members
    /// are found too.
    ///
    /// # Errors
    /// [`Error::NoMember`] for a part that is not there.
    #[inline]
    pub fn field(&self, path: &str) -> Result<Value, Error> {
        // SAFETY: what has no common value is stored.
        unsafe { returned_or_stored(|stored| self.field_or_stored(path, stored)) }
    }

    /// As [`Value::field`]: what has no common value is stored.
    fn field_or_stored(&self, path: &str, stored: &mut MaybeUninit<Result<Value, Error>>) -> Small {
        // A number by its name alone is the usual part.
        if let Value::Bytes(bytes) = self
            && let Some(number) = bytes.number(path)
        {
            return number;
        }
        stored.write(self.part(path));
        Small::ELSEWHERE
    }

    fn part(&self, path: &str) -> Result<Value, Error> {
        let Value::Bytes(bytes) = self else {
            return match steps(path).next() {
                None => Ok(self.clone()),
                Some(step) => Err(Error::NoMember { ty: self.ty(), member: step.to_string() }),
            };
        };
        Ok(bytes.part(&Part::find(&bytes.ty, path)?))
    }

    /// Sets a part of a struct, union or array to a value, which has to be of its type, or a number that fits. The path is as
    /// for [`Value::field`].
    ///
    /// ```
    /// let c = ffi::Declarations::parse("struct point { float at[2]; unsigned visible : 1; };")?;
    /// let mut point = c.value("struct point", ffi::Argument::fields([("visible", 1)]))?;
    /// point.set_field("at[1]", 2.5)?;
    /// point.set_field("visible", 0)?;
    /// assert_eq!(point.to_string(), "{at: [0, 2.5], visible: 0}");
    /// assert!(point.set_field("visible", 2).is_err());
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoMember`] for a part that is not there, [`Error::Conversion`] for a value that it cannot hold.
    pub fn set_field(&mut self, path: &str, value: impl Into<Value>) -> Result<(), Error> {
        let value = value.into();
        let Value::Bytes(bytes) = self else {
            let ty = self.ty();
            return match steps(path).next() {
                None => {
                    *self = converted(value, &ty, path)?;
                    Ok(())
                }
                Some(step) => Err(Error::NoMember { ty, member: step.to_string() }),
            };
        };
        let Part { ty, start, bits } = Part::find(&bytes.ty, path)?;
        let value = converted(value, ty, path)?;
        let stored = value.with_bytes(|value| match bits {
            None => {
                bytes.bytes[start..start + value.len()].copy_from_slice(value);
                Ok(())
            }
            Some((field, bits)) => bits::store(field, bits, value, &mut bytes.bytes[start..]),
        });
        stored.map_err(|number| Error::Conversion {
            place: path.to_owned(),
            value: number.to_string(),
            why: format!("does not fit {} bits", bits.map_or(0, |(_, bits)| bits.width)),
        })
    }
}

/// A value as one of a type: a number that fits, or a value of that type.
fn converted(value: Value, ty: &Type, place: &str) -> Result<Value, Error> {
    if ty.has_layout_of(&value.ty()) {
        return Ok(value);
    }
    let why = match Number::of(&value) {
        Some(number) => match number.to(ty) {
            Ok(value) => return Ok(value),
            Err(why) => why,
        },
        None => format!("is no {ty}"),
    };
    Err(Error::Conversion { place: place.to_owned(), value: value.to_string(), why })
}

/// Where a part of a value lies.
struct Part<'t> {
    ty: &'t Type,
    start: usize,
    bits: Option<(&'t FieldLayout, BitRange)>,
}

impl<'t> Part<'t> {
    /// The part of a type that a path leads to.
    fn find(ty: &'t Type, path: &str) -> Result<Part<'t>, Error> {
        // The name of a member alone is the usual path.
        if let Some((field, base)) = find_member(ty, path) {
            return Ok(Part::of(field, base));
        }
        let mut part = Part { ty, start: 0, bits: None };
        for step in steps(path) {
            let ty = part.ty;
            let missing = || Error::NoMember { ty: ty.clone(), member: step.to_string() };
            match step {
                Step::Member(name) => {
                    let (field, base) = find_member(ty, name).ok_or_else(missing)?;
                    part = Part::of(field, part.start + base);
                }
                Step::Element(_) => {
                    let (element, count) = match ty.resolve() {
                        Type::Array(array) => (array.element(), array.length()),
                        Type::Vector(vector) => (vector.element(), vector.lanes()),
                        _ => return Err(missing()),
                    };
                    let index = step.index().filter(|index| *index < count);
                    let start = part.start + index.ok_or_else(missing)? * element.size();
                    part = Part { ty: element, start, bits: None };
                }
            }
        }
        Ok(part)
    }

    fn of(field: &'t FieldLayout, base: usize) -> Part<'t> {
        let bits = field.bits().map(|bits| (field, bits));
        Part { ty: field.ty(), start: base + field.offset(), bits }
    }
}

impl Bytes {
    /// A member of its own by its name, where that is a number of common kinds.
    #[inline(always)]
    fn number(&self, name: &str) -> Option<Small> {
        // Names are short: comparing their bytes here takes less than to call somebody who compares many at once.
        let same =
            |a: &str, b: &str| a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| a == b);
        // An anonymous member may have the name within.
        let is_it = |field: &&FieldLayout| field.name().is_empty() || same(field.name(), name);
        let field = fields(&self.ty).iter().find(is_it)?;
        if field.name().is_empty() || field.bits().is_some() {
            return None;
        }
        let (kind, part) = (Kind::of(field.ty()), self.bytes.get(field.offset()..)?);
        let word = match kind {
            Kind::I32 => u32::from_ne_bytes(*part.first_chunk()?).into(),
            Kind::I64 | Kind::U64 | Kind::F64 => u64::from_ne_bytes(*part.first_chunk()?),
            _ => return None,
        };
        Some(Small::new(kind, word))
    }

    fn part(&self, part: &Part<'_>) -> Value {
        match part.bits {
            Some((field, bits)) => bits::load(field, bits, &self.bytes[part.start..]),
            None => {
                let bytes = &self.bytes[part.start..part.start + part.ty.size()];
                // SAFETY: they are the bytes of a part of this type.
                unsafe { Value::from_bytes(part.ty, bytes) }
            }
        }
    }

    /// The value of a member of a composite that lies at `base`.
    pub(super) fn member(&self, field: &FieldLayout, base: usize) -> Value {
        self.part(&Part::of(field, base))
    }
}

/// The member `name` of a type, or of an anonymous member of it, and the offset of what it is a member of.
fn find_member<'t>(ty: &'t Type, name: &str) -> Option<(&'t FieldLayout, usize)> {
    fields(ty).iter().find_map(|field| {
        if field.name() == name && !name.is_empty() {
            return Some((field, 0));
        }
        let anonymous = field.name().is_empty() && field.bits().is_none();
        let (found, base) = anonymous.then(|| find_member(field.ty(), name))??;
        Some((found, base + field.offset()))
    })
}
