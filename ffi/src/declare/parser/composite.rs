//! Structs and unions.

use std::collections::HashSet;

use super::super::diagnostic::cut;
use super::super::lexer::{Lexeme, Packing, Token};
use super::super::model::{DeclaredType, Definition, Form, MAX_DEPTH, TagKind};
use super::attributes::Attributes;
use super::specifiers::Specifiers;
use super::{Parsed, Parser};
use crate::types::{BitFieldLayout, CompositeBuilder, UnionType};
use crate::{Error, Field, StructType, Type};

/// A member as it was read: whether the whole is packed is only said behind all of them.
struct Member<'text> {
    place: Lexeme<'text>,
    /// Empty for an anonymous struct or union, and for padding bits.
    name: &'text str,
    ty: DeclaredType,
    width: Option<u32>,
    attributes: Attributes,
}

/// The members so far, and all their names: those of anonymous structs and unions too.
#[derive(Default)]
struct Members<'text> {
    list: Vec<Member<'text>>,
    names: HashSet<String>,
}

impl<'text> Parser<'text, '_> {
    /// `struct`, `union` or `enum`, announced or defined. `outside` are the attributes in front of it.
    pub(super) fn tag(&mut self, kind: TagKind, outside: &mut Attributes) -> Parsed<DeclaredType> {
        self.advance();
        let mut attributes = Attributes::default();
        let attributes_place = self.lexeme();
        self.attributes(&mut attributes)?;
        let place = self.lexeme();
        let name = match place.token {
            Token::Word(name) => {
                self.advance();
                name
            }
            _ => "",
        };
        let second = self.peek_second();
        let typed = kind == TagKind::Enum && self.is(":") && self.begins_type(second);
        if !typed && !self.is("{") {
            if name.is_empty() {
                return self.unexpected(&format!("a name or `{{` behind `{}`", kind.keyword()));
            }
            let index = self.find_tag(kind, name, place)?;
            // clang gives them to a type that is defined later, gcc to none.
            if self.model.tags[index].definition.is_none() && attributes.change_layout() {
                let message = "an attribute of a type that is not defined here";
                return self.mistake_at(attributes_place, message);
            }
            return Ok(Form::Tag(index).into());
        }
        let index = self.find_tag(kind, name, place)?;
        // Microsoft's alignment in front of a definition is that of the type.
        let front = outside.declspec_aligned.take();
        attributes.declspec_aligned = attributes.declspec_aligned.max(front);
        let around = std::mem::replace(&mut self.in_parameters, false);
        let defined = match kind {
            TagKind::Enum => self.enumeration(name, &mut attributes),
            TagKind::Struct | TagKind::Union => self.composite(kind, name, &mut attributes),
        };
        self.in_parameters = around;
        self.define(index, place, defined)?;
        Ok(Form::Tag(index).into())
    }

    /// The tag of a name, announced if it is new.
    fn find_tag(&mut self, kind: TagKind, name: &str, place: Lexeme<'text>) -> Parsed<usize> {
        let Some(&index) = self.model.tag_names.get(name) else {
            return Ok(self.write(place)?.announce(kind, name));
        };
        let before = self.model.tags[index].kind;
        if before != kind {
            let (before, name) = (before.keyword(), cut(name));
            let message = format!("`{name}` was declared before, as `{before} {name}`");
            return self.mistake_at(place, message);
        }
        Ok(index)
    }

    /// Enters a definition, which may be there already if it says the same (C23).
    fn define(
        &mut self,
        index: usize,
        place: Lexeme<'text>,
        defined: Parsed<Definition>,
    ) -> Parsed<()> {
        let definition = match defined {
            Ok(definition) => definition,
            Err(mistake) => {
                self.lost_tags.push(index);
                return Err(mistake);
            }
        };
        let tag = &self.model.tags[index];
        let Some(before) = &tag.definition else {
            self.write(place)?.define(index, definition);
            return Ok(());
        };
        if !self.model.definitions_agree(tag.kind, before, &definition) {
            let (keyword, name) = (tag.kind.keyword(), cut(&tag.name));
            let message = format!("`{keyword} {name}` was defined before, otherwise");
            return self.mistake_at(place, message);
        }
        Ok(())
    }

    /// `{ members }` and the attributes behind it.
    fn composite(
        &mut self,
        kind: TagKind,
        name: &str,
        attributes: &mut Attributes,
    ) -> Parsed<Definition> {
        let opening = self.lexeme();
        self.expect("{")?;
        let mut members = Members::default();
        while !self.is("}") {
            if !self.accept(";") && !self.static_assertion()? {
                self.members(&mut members)?;
            }
        }
        if self.lexeme().packing != opening.packing {
            // gcc takes the one at the end, clang that at the beginning.
            return self.mistake("`#pragma pack` in the middle of these members");
        }
        let limit = match opening.packing {
            Packing::Natural => None,
            Packing::Limit(limit) => Some(limit),
            Packing::Unknown => {
                return self.mistake_at(opening, "what `#pragma pack` says here is not known");
            }
        };
        self.advance();
        self.attributes(attributes)?;
        let mut fields = Vec::with_capacity(members.list.len());
        let mut types = Vec::with_capacity(members.list.len());
        let (mut depth, mut unpassable) = (0, None);
        let last = members.list.len().saturating_sub(1);
        for (index, member) in members.list.into_iter().enumerate() {
            let flexible = kind == TagKind::Union || index == last;
            let field = self.field(&member, attributes.packed, limit, flexible);
            fields.push(self.placed(member.place, field)?);
            depth = depth.max(self.model.depth(&member.ty));
            unpassable = unpassable.or_else(|| self.model.unpassable(&member.ty));
            if member.width != Some(0) {
                types.push(member.ty);
            }
        }
        if depth >= MAX_DEPTH {
            return self
                .mistake_at(opening, format!("structs nested deeper than {MAX_DEPTH} levels"));
        }
        let packed = limit.or(attributes.packed.then_some(1));
        let layout = self.model.data.bit_fields;
        let ty = lay_out(kind, name, fields, packed, attributes.alignment(), layout);
        let ty = self.placed(opening, ty.map_err(|error| error.to_string()))?;
        let definition = Definition {
            ty,
            members: types,
            enumerators: Vec::new(),
            depth: depth + 1,
            unpassable,
        };
        if attributes.transparent {
            let result = self.model.check_transparent(kind, &definition);
            self.placed(opening, result)?;
        }
        Ok(definition)
    }

    /// One declaration of members.
    fn members(&mut self, members: &mut Members<'text>) -> Parsed<()> {
        let place = self.lexeme();
        let specifiers = self.specifiers()?;
        if self.is(";") {
            self.member_without_declarator(specifiers, members, place)?;
            self.advance();
            return Ok(());
        }
        loop {
            let place = self.lexeme();
            let mut declarator = self.declarator(&specifiers)?;
            let name = declarator.name.map_or("", |name| self.spelling(name));
            let width = if self.accept(":") {
                let place = self.lexeme();
                let width = self.constant()?;
                self.attributes(&mut declarator.attributes)?;
                match u32::try_from(width) {
                    Ok(width) => Some(width),
                    Err(_) => {
                        return self.mistake_at(place, format!("a bit-field of {width} bits"));
                    }
                }
            } else if name.is_empty() {
                return self.mistake_at(place, "expected the name of a member");
            } else {
                None
            };
            self.name_member(members, place, name)?;
            let (ty, attributes) = (declarator.ty, declarator.attributes);
            members.list.push(Member { place, name, ty, width, attributes });
            if !self.accept(",") {
                return self.expect(";");
            }
        }
    }

    /// An anonymous struct or union is a member; another definition declares its tag alone.
    fn member_without_declarator(
        &mut self,
        specifiers: Specifiers<'text>,
        members: &mut Members<'text>,
        place: Lexeme<'text>,
    ) -> Parsed<()> {
        let Form::Tag(index) = self.model.resolve(&specifiers.ty).form else { return Ok(()) };
        let tag = &self.model.tags[index];
        if tag.kind == TagKind::Enum || tag.definition.is_none() {
            return Ok(());
        }
        if !tag.name.is_empty() || !matches!(specifiers.ty.form, Form::Tag(_)) {
            // C sees no member here, Microsoft's dialect an anonymous one.
            return self
                .mistake_at(place, "whether this is a member depends on the dialect: name it");
        }
        for member in self.placed(place, self.model.members(&specifiers.ty))? {
            self.name_member(members, place, member.name())?;
        }
        let (ty, attributes) = (specifiers.ty, specifiers.attributes);
        members.list.push(Member { place, name: "", ty, width: None, attributes });
        Ok(())
    }

    fn name_member(
        &self,
        members: &mut Members<'text>,
        place: Lexeme<'text>,
        name: &str,
    ) -> Parsed<()> {
        if !name.is_empty() && !members.names.insert(name.to_owned()) {
            return self.mistake_at(place, format!("a second member `{}`", cut(name)));
        }
        Ok(())
    }

    /// A member with what was said about its alignment. `flexible`: it may be an array without a length.
    fn field(
        &self,
        member: &Member<'_>,
        packed: bool,
        limit: Option<usize>,
        flexible: bool,
    ) -> Result<Field, String> {
        let Member { ty, attributes, .. } = member;
        let microsofts = self.model.data.bit_fields == BitFieldLayout::Microsoft;
        let name = member.name.to_owned();
        let mut field = match (member.width, &self.model.resolve(ty).form) {
            (Some(width), _) => Field::bits(name, self.model.value_type(ty)?, width),
            (None, Form::Array(element, None)) if flexible => {
                let none = Type::array(self.model.value_type(element)?, 0);
                Field::new(name, none.map_err(|error| error.to_string())?)
            }
            (None, Form::Array(_, None)) => {
                return Err(
                    "only the last member of a struct may be an array without a length".into()
                );
            }
            (None, _) => Field::new(name, self.model.value_type(ty)?),
        };
        let mut least = attributes.alignment();
        if member.width.is_some()
            && least.is_some_and(|least| microsofts || limit.is_some_and(|limit| limit < least))
        {
            // Behind a packing gcc and clang place it otherwise.
            return Err("where this aligned bit-field lies is not known here".into());
        }
        if attributes.packed || packed {
            field = field.packed();
        } else if let Some(requested) = self.model.requested_alignment(ty) {
            field = field.packed();
            least = least.max(Some(requested));
        }
        if let Some(alignment) = least {
            // Microsoft's compilers keep what was asked for under any packing.
            let limit = limit.filter(|_| !microsofts).unwrap_or(usize::MAX);
            field = field.aligned(alignment.min(limit));
        }
        Ok(field)
    }
}

fn lay_out(
    kind: TagKind,
    name: &str,
    fields: Vec<Field>,
    packed: Option<usize>,
    aligned: Option<usize>,
    bit_fields: BitFieldLayout,
) -> Result<Type, Error> {
    fn with<C>(
        builder: CompositeBuilder<C>,
        packed: Option<usize>,
        aligned: Option<usize>,
    ) -> CompositeBuilder<C> {
        let builder = packed.into_iter().fold(builder, CompositeBuilder::packed);
        aligned.into_iter().fold(builder, CompositeBuilder::aligned)
    }
    let name = name.to_owned();
    Ok(if kind == TagKind::Union {
        let builder = UnionType::builder(name).fields(fields).bit_field_layout(bit_fields);
        with(builder, packed, aligned).build()?.into()
    } else {
        let builder = StructType::builder(name).fields(fields).bit_field_layout(bit_fields);
        with(builder, packed, aligned).build()?.into()
    })
}
