//! Members of declared structs and unions, by name.

use super::model::{DeclaredType, Form, Model};
use crate::Type;
use crate::types::{BitRange, FieldLayout};
use crate::value::parts::fields;

/// A member in its place within a declared struct or union.
#[derive(Clone, Debug)]
pub struct Member {
    pub(super) name: String,
    pub(super) offset: usize,
    pub(super) bits: Option<BitRange>,
    pub(super) ty: DeclaredType,
}

impl Member {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes from the start of the struct or union; for a bit-field those before the byte that holds its first bit.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The bits of a bit-field.
    pub fn bits(&self) -> Option<BitRange> {
        self.bits
    }

    /// The type; for a bit-field its declared type.
    pub fn ty(&self) -> &DeclaredType {
        &self.ty
    }
}

impl Model {
    /// The members of a struct or union, those of anonymous ones within it included.
    ///
    /// # Errors
    /// In words, for another type.
    pub(super) fn members(&self, ty: &DeclaredType) -> Result<Vec<Member>, String> {
        let mut members = Vec::new();
        self.collect_members(ty, 0, &mut members)?;
        Ok(members)
    }

    fn collect_members(
        &self,
        ty: &DeclaredType,
        base: usize,
        into: &mut Vec<Member>,
    ) -> Result<(), String> {
        let Form::Tag(index) = self.resolve(ty).form else {
            return Err(format!("`{}` has no members", self.show(ty, "")));
        };
        let value = self.value_type(ty)?;
        let definition = self.tags[index].definition.as_ref();
        let types = definition.map_or(&[][..], |definition| &definition.members);
        for (field, ty) in fields(&value).iter().zip(types) {
            let offset = base + field.offset();
            if !field.name().is_empty() {
                let (name, bits, ty) = (field.name().to_owned(), field.bits(), ty.clone());
                into.push(Member { name, offset, bits, ty });
            } else if field.bits().is_none() {
                self.collect_members(ty, offset, into)?;
            }
        }
        Ok(())
    }

    /// A member by name among those of a type, in anonymous members too, and the offset of what it is a member of.
    pub(super) fn find_member<'t>(
        &'t self,
        ty: &'t Type,
        members: &'t [DeclaredType],
        name: &str,
    ) -> Option<(&'t FieldLayout, usize, &'t DeclaredType)> {
        fields(ty).iter().zip(members).find_map(|(field, member)| {
            if field.name() == name && !name.is_empty() {
                return Some((field, 0, member));
            }
            let Form::Tag(index) = self.resolve(member).form else { return None };
            let definition = self.tags[index].definition.as_ref()?;
            if !field.name().is_empty() || field.bits().is_some() {
                return None;
            }
            let found = self.find_member(field.ty(), &definition.members, name);
            found.map(|(found, base, member)| (found, base + field.offset(), member))
        })
    }

    /// A member by its name.
    pub(super) fn member(&self, ty: &DeclaredType, name: &str) -> Result<Member, String> {
        let mut members = self.members(ty)?.into_iter();
        members
            .find(|member| member.name == name)
            .ok_or_else(|| format!("`{}` has no member `{name}`", self.show(ty, "")))
    }
}
