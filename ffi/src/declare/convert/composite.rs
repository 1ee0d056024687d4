//! Arrays, structs and unions out of their parts.

use super::super::argument::Argument;
use super::super::model::{DeclaredType, Form};
use super::{Converter, describe, refused};
use crate::value::fields;
use crate::{Error, FieldLayout, Type, Value};

impl<'a> Converter<'_, 'a> {
    pub(super) fn array(
        &mut self,
        element: &DeclaredType,
        length: usize,
        argument: Argument<'a>,
        place: &str,
    ) -> Result<Vec<u8>, Error> {
        let ty = self.declarations.value_type(element)?;
        let size = length * ty.size();
        let mut bytes = match argument {
            Argument::Text(text) if matches!(ty.resolve(), Type::I8 | Type::U8) => {
                if text.len() >= length || text.contains('\0') {
                    return refused(
                        place,
                        format!("{text:?}"),
                        format!("does not fit char [{length}] with its NUL"),
                    );
                }
                text.into_owned().into_bytes()
            }
            Argument::List(elements) if elements.len() == length => {
                let mut bytes = Vec::with_capacity(size);
                for (index, argument) in elements.into_iter().enumerate() {
                    bytes.extend(self.bytes(element, argument, &format!("{place}[{index}]"))?);
                }
                bytes
            }
            Argument::List(elements) => {
                return refused(
                    place,
                    format!("a list of {}", elements.len()),
                    format!("is no array of {length} elements"),
                );
            }
            Argument::Value(Value::Bytes(value)) if value.as_slice().len() == size => {
                value.as_slice().to_vec()
            }
            other => {
                return refused(
                    place,
                    describe(&other),
                    format!("is no array of {length} elements"),
                );
            }
        };
        bytes.resize(size, 0);
        Ok(bytes)
    }

    pub(super) fn composite(
        &mut self,
        ty: &Type,
        members: &[DeclaredType],
        argument: Argument<'a>,
        place: &str,
    ) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; ty.size()];
        let layout = fields(ty);
        match argument {
            Argument::Value(Value::Bytes(value)) if ty.has_layout_of(value.ty()) => {
                Ok(value.as_slice().to_vec())
            }
            Argument::List(values) => {
                // Padding bits have no value; of a union, the first member is meant.
                let named = layout
                    .iter()
                    .zip(members)
                    .filter(|(field, _)| field.bits().is_none() || !field.name().is_empty());
                let count = if matches!(ty.resolve(), Type::Union(_)) { 1 } else { usize::MAX };
                let named: Vec<_> = named.take(count).collect();
                if named.len() != values.len() {
                    return refused(
                        place,
                        format!("a list of {}", values.len()),
                        format!("is no {ty}, which has {} members", named.len()),
                    );
                }
                for ((field, member), value) in named.into_iter().zip(values) {
                    self.member(field, 0, member, value, place, &mut bytes)?;
                }
                Ok(bytes)
            }
            Argument::Fields(values) => {
                for (name, value) in values {
                    let Some((field, base, member)) = self.find(ty, members, 0, &name) else {
                        return Err(Error::NoMember { ty: ty.clone(), member: name.into_owned() });
                    };
                    self.member(&field, base, &member, value, place, &mut bytes)?;
                }
                Ok(bytes)
            }
            other => refused(place, describe(&other), format!("is no {ty}")),
        }
    }

    /// A member by name, in anonymous members too, and the offset of what it is a member of.
    fn find(
        &self,
        ty: &Type,
        members: &[DeclaredType],
        base: usize,
        name: &str,
    ) -> Option<(FieldLayout, usize, DeclaredType)> {
        fields(ty).iter().zip(members).find_map(|(field, member)| {
            if field.name() == name {
                return Some((field.clone(), base, member.clone()));
            }
            let Form::Tag(index) = self.declarations.0.resolve(member).form else { return None };
            let definition = self.declarations.0.tags[index].definition.as_ref()?;
            let within = base + field.offset();
            let anonymous = field.name().is_empty() && field.bits().is_none();
            anonymous.then(|| self.find(&definition.ty, &definition.members, within, name))?
        })
    }

    /// Writes a member of a composite that lies at `base`.
    fn member(
        &mut self,
        field: &FieldLayout,
        base: usize,
        ty: &DeclaredType,
        value: Argument<'a>,
        place: &str,
        into: &mut [u8],
    ) -> Result<(), Error> {
        let place = format!("{place}.{}", field.name());
        let bytes = self.bytes(ty, value, &place)?;
        let start = base + field.offset();
        let Some(bits) = field.bits() else {
            into[start..start + bytes.len()].copy_from_slice(&bytes);
            return Ok(());
        };
        let mut word = [0_u8; 16];
        word[..bytes.len()].copy_from_slice(&bytes);
        let value = u128::from_le_bytes(word);
        let signed = matches!(field.ty().resolve(), Type::I8 | Type::I16 | Type::I32 | Type::I64);
        let unused = 128 - 8 * bytes.len() as u32;
        let number = if signed { (value << unused) as i128 >> unused } else { value as i128 };
        let (low, high) = if signed {
            (-(1_i128 << (bits.width - 1)), (1_i128 << (bits.width - 1)) - 1)
        } else {
            (0, (1_i128 << bits.width) - 1)
        };
        if number < low || number > high {
            return refused(
                &place,
                number.to_string(),
                format!("does not fit {} bits", bits.width),
            );
        }
        let mask = ((1_u128 << bits.width) - 1) << bits.first;
        let held = (bits.first + bits.width).div_ceil(8) as usize;
        let placed = (value << bits.first & mask).to_le_bytes();
        for (index, byte) in into[start..start + held].iter_mut().enumerate() {
            *byte = *byte & !mask.to_le_bytes()[index] | placed[index];
        }
        Ok(())
    }
}
