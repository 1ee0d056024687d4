//! Arrays, structs and unions out of their parts.

use super::super::argument::Argument;
use super::super::model::DeclaredType;
use super::super::text::encode;
use super::place::{Place, refused};
use super::{Converter, describe};
use crate::types::FieldLayout;
use crate::value::bits;
use crate::value::parts::fields;
use crate::{Error, Type, Value};

impl<'d, 'a> Converter<'d, '_, '_, 'a> {
    /// Writes an array as which C has `ty`.
    pub(super) fn array(
        &mut self,
        element: &DeclaredType,
        ty: &Type,
        argument: &mut Argument<'a>,
        place: Place<'_>,
        into: &mut [u8],
    ) -> Result<(), Error> {
        let Type::Array(array) = ty.resolve() else { return Ok(()) };
        let (value, length) = (array.element(), array.length());
        let no_array = || format!("is no array of {length} elements");
        match argument {
            Argument::Text(text) if self.declarations.0.text_unit(element).is_some() => {
                let units = encode(text, value.size());
                if units.len() >= into.len() || text.as_bytes().contains(&0) {
                    let why = format!("does not fit {value} [{length}] with its NUL");
                    return refused(place, format_args!("{text:?}"), why);
                }
                into[..units.len()].copy_from_slice(&units);
                Ok(())
            }
            Argument::List(elements) if elements.len() == length => {
                let size = value.size();
                for (index, argument) in elements.iter_mut().enumerate() {
                    let into = &mut into[index * size..][..size];
                    self.write(element, value, argument, Place::Element(&place, index), into)?;
                }
                Ok(())
            }
            Argument::List(elements) => {
                refused(place, format_args!("a list of {}", elements.len()), no_array())
            }
            Argument::Value(Value::Bytes(value)) if value.as_slice().len() == into.len() => {
                into.copy_from_slice(value.as_slice());
                Ok(())
            }
            other => refused(place, describe(other), no_array()),
        }
    }

    /// Writes a struct or union with members of these declared types.
    pub(super) fn composite(
        &mut self,
        ty: &Type,
        members: &'d [DeclaredType],
        argument: &mut Argument<'a>,
        place: Place<'_>,
        into: &mut [u8],
    ) -> Result<(), Error> {
        match argument {
            Argument::Value(Value::Bytes(value)) if ty.has_layout_of(value.ty()) => {
                into.copy_from_slice(value.as_slice());
            }
            Argument::List(values) => {
                // Padding bits have no value; of a union, the first member is meant.
                let named = fields(ty)
                    .iter()
                    .zip(members)
                    .filter(|(field, _)| field.bits().is_none() || !field.name().is_empty());
                let most = if matches!(ty.resolve(), Type::Union(_)) { 1 } else { usize::MAX };
                let named = named.take(most);
                let count = named.clone().count();
                if count != values.len() {
                    let list = format!("a list of {}", values.len());
                    return refused(place, list, format!("is no {ty}, which has {count} members"));
                }
                for ((field, member), value) in named.zip(values) {
                    self.member(field, 0, member, value, place, into)?;
                }
            }
            Argument::Fields(values) => {
                for (name, value) in values {
                    let found = self.declarations.0.find_member(ty, members, name);
                    let Some((field, base, member)) = found else {
                        let member = name.as_ref().to_owned();
                        return Err(Error::NoMember { ty: ty.clone(), member });
                    };
                    self.member(field, base, member, value, place, into)?;
                }
            }
            other => return refused(place, describe(other), format!("is no {ty}")),
        }
        Ok(())
    }

    /// Writes a member of a composite that lies at `base`.
    fn member(
        &mut self,
        field: &FieldLayout,
        base: usize,
        ty: &DeclaredType,
        value: &mut Argument<'a>,
        place: Place<'_>,
        into: &mut [u8],
    ) -> Result<(), Error> {
        let place = Place::Member(&place, field.name());
        let (start, size) = (base + field.offset(), field.ty().size());
        let Some(bits) = field.bits() else {
            return self.write(ty, field.ty(), value, place, &mut into[start..start + size]);
        };
        let mut word = [0_u8; 16];
        self.write(ty, field.ty(), value, place, &mut word[..size])?;
        bits::store(field, bits, &word[..size], &mut into[start..])
            .or_else(|number| refused(place, number, format!("does not fit {} bits", bits.width)))
    }
}
