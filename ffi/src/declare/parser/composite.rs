//! Structs, unions and enumerations.

use super::super::lexer::{Lexeme, Token};
use super::super::model::{DeclaredType, Definition, Form, MAX_DEPTH, Meaning, Tag, TagKind};
use super::attributes::Attributes;
use super::{Parsed, Parser};
use crate::{BitFieldLayout, Error, Field, StructType, Type, UnionType};

/// A member as it was read: whether the whole is packed is only said behind all of them.
struct Member<'text> {
    place: Lexeme<'text>,
    /// Empty for an anonymous struct or union, and for padding bits.
    name: String,
    ty: DeclaredType,
    width: Option<u32>,
    attributes: Attributes,
}

impl<'text> Parser<'text, '_> {
    /// `struct`, `union` or `enum`, announced or defined.
    pub(super) fn tag(&mut self, kind: TagKind) -> Parsed<DeclaredType> {
        self.advance();
        let mut attributes = Attributes::default();
        self.attributes(&mut attributes)?;
        let place = self.lexeme();
        let name = match place.token {
            Token::Word(name) => {
                self.advance();
                name
            }
            _ => "",
        };
        self.attributes(&mut attributes)?;
        let index = self.find_tag(kind, name, place)?;
        let mut underlying = None;
        if kind == TagKind::Enum && self.is(":") {
            self.advance();
            let place = self.lexeme();
            let ty = self.specifiers()?.ty;
            let ty = self.model.value_type(&ty);
            underlying = Some(self.placed(place, ty)?);
        }
        if self.is("{") {
            let opening = self.lexeme();
            let outside = std::mem::replace(&mut self.in_parameters, false);
            let defined = if kind == TagKind::Enum {
                self.enumeration(name, underlying, &mut attributes)
            } else {
                self.composite(kind, name, &mut attributes, opening)
            };
            self.in_parameters = outside;
            let definition = defined?;
            let tag = &mut self.model.tags[index];
            if tag.definition.is_some() {
                let message = format!("`{} {name}` was defined before", kind.keyword());
                return self.mistake_at(place, message);
            }
            tag.definition = Some(definition);
        } else if name.is_empty() {
            return self.unexpected(&format!("a name or `{{` behind `{}`", kind.keyword()));
        }
        Ok(Form::Tag(index).into())
    }

    /// The tag of a name, announced if it is new.
    fn find_tag(&mut self, kind: TagKind, name: &str, place: Lexeme<'text>) -> Parsed<usize> {
        if let Some(&index) = self.model.tag_names.get(name) {
            let before = self.model.tags[index].kind;
            if before != kind {
                let message =
                    format!("`{name}` was declared before, as `{} {name}`", before.keyword());
                return self.mistake_at(place, message);
            }
            return Ok(index);
        }
        let index = self.model.tags.len();
        self.model.tags.push(Tag { kind, name: name.to_owned(), definition: None });
        if !name.is_empty() {
            self.model.tag_names.insert(name.to_owned(), index);
        }
        Ok(index)
    }

    /// `{ members }` and the attributes behind it.
    fn composite(
        &mut self,
        kind: TagKind,
        name: &str,
        attributes: &mut Attributes,
        opening: Lexeme<'text>,
    ) -> Parsed<Definition> {
        self.expect("{")?;
        let mut members = Vec::new();
        while !self.accept("}") {
            if !self.accept(";") && !self.static_assertion()? {
                self.members(&mut members)?;
            }
        }
        self.attributes(attributes)?;
        let mut fields = Vec::with_capacity(members.len());
        let mut types = Vec::with_capacity(members.len());
        let (mut depth, mut unpassable) = (0, None);
        let last = members.len().saturating_sub(1);
        for (index, member) in members.into_iter().enumerate() {
            let flexible = kind == TagKind::Struct && index == last && index > 0;
            let field = self.field(&member, attributes.packed, opening.pack, flexible);
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
        let packed = if attributes.packed { Some(1) } else { opening.pack };
        let ty =
            lay_out(kind, name, fields, packed, attributes.aligned, self.model.data.bit_fields);
        let ty = self.placed(opening, ty.map_err(|error| error.to_string()))?;
        Ok(Definition { ty, members: types, depth: depth + 1, unpassable })
    }

    /// One declaration of members.
    fn members(&mut self, members: &mut Vec<Member<'text>>) -> Parsed<()> {
        let place = self.lexeme();
        let specifiers = self.specifiers()?;
        if self.is(";") {
            // Without a declarator only an anonymous struct or union is a member; another declares its tag.
            let anonymous = match specifiers.ty.form {
                Form::Tag(index) => {
                    let tag = &self.model.tags[index];
                    tag.kind != TagKind::Enum && tag.name.is_empty()
                }
                _ => false,
            };
            if anonymous {
                let (ty, attributes) = (specifiers.ty, specifiers.attributes);
                members.push(Member { place, name: String::new(), ty, width: None, attributes });
            }
            self.advance();
            return Ok(());
        }
        loop {
            let place = self.lexeme();
            let mut declarator = self.declarator(&specifiers)?;
            let name = match declarator.name.map(|name| name.token) {
                Some(Token::Word(name)) => name,
                _ => "",
            };
            let width = if self.accept(":") {
                let place = self.lexeme();
                let width = self.constant()?.value;
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
            if !name.is_empty() && members.iter().any(|member| member.name == name) {
                return self.mistake_at(place, format!("a second member `{name}`"));
            }
            let (name, ty, attributes) = (name.to_owned(), declarator.ty, declarator.attributes);
            members.push(Member { place, name, ty, width, attributes });
            if !self.accept(",") {
                return self.expect(";");
            }
        }
    }

    /// A member with what was said about its alignment.
    fn field(
        &self,
        member: &Member<'_>,
        packed: bool,
        pack: Option<usize>,
        flexible: bool,
    ) -> Result<Field, String> {
        let Member { ty, attributes, .. } = member;
        let name = member.name.clone();
        if let Some(width) = member.width {
            if attributes.aligned.is_some() || (attributes.packed && !packed) {
                return Err("a bit-field with an alignment of its own is not supported".into());
            }
            return Ok(Field::bits(name, self.model.value_type(ty)?, width));
        }
        let value = match &self.model.resolve(ty).form {
            Form::Array(element, None) if flexible => {
                Type::array(self.model.value_type(element)?, 0)
                    .map_err(|error| error.to_string())?
            }
            Form::Array(_, None) => {
                return Err(
                    "only the last member of a struct may be an array without a length".into()
                );
            }
            _ => self.model.value_type(ty)?,
        };
        let mut field = Field::new(name, value.clone());
        let limit = pack.unwrap_or(usize::MAX);
        let mut least = attributes.aligned;
        if attributes.packed {
            field = field.packed();
        } else if let Some(requested) = self.model.requested_alignment(ty)
            && !packed
        {
            field = field.packed();
            least = least.max(Some(requested));
        }
        if let Some(alignment) = least {
            field = field.aligned(alignment.min(limit));
        }
        Ok(field)
    }

    /// `{ enumerators }` and the attributes behind it.
    fn enumeration(
        &mut self,
        name: &str,
        underlying: Option<Type>,
        attributes: &mut Attributes,
    ) -> Parsed<Definition> {
        let opening = self.lexeme();
        self.expect("{")?;
        let (mut next, mut least, mut most) = (0_i128, 0_i128, 0_i128);
        while !self.accept("}") {
            let place = self.advance();
            let Token::Word(word) = place.token else {
                return self.mistake_at(place, "expected the name of an enumerator");
            };
            self.attributes(&mut Attributes::default())?;
            if self.accept("=") {
                next = self.constant()?.value;
            }
            match self.model.meanings.get(word) {
                None => {}
                Some(Meaning::Type(index)) if self.model.named[*index].provided => {}
                Some(Meaning::Constant(value)) if *value == next => {}
                Some(_) => {
                    return self
                        .mistake_at(place, format!("`{word}` was declared as something else"));
                }
            }
            self.model.meanings.insert(word.to_owned(), Meaning::Constant(next));
            (least, most) = (least.min(next), most.max(next));
            next += 1;
            if !self.is("}") {
                self.expect(",")?;
            }
        }
        self.attributes(attributes)?;
        let fits = |ty: &Type| {
            let (low, high) = match ty.resolve() {
                Type::I8 => (i8::MIN.into(), i8::MAX.into()),
                Type::U8 => (0, u8::MAX.into()),
                Type::I16 => (i16::MIN.into(), i16::MAX.into()),
                Type::U16 => (0, u16::MAX.into()),
                Type::I32 => (i32::MIN.into(), i32::MAX.into()),
                Type::U32 => (0, u32::MAX.into()),
                Type::I64 => (i64::MIN.into(), i64::MAX.into()),
                Type::U64 => (0, u64::MAX.into()),
                Type::Bool => (0, 1),
                _ => (0, -1),
            };
            low <= least && most <= high
        };
        // gcc's choice: unsigned int, int, unsigned long, long; the narrow ones too where the enumeration is packed.
        let narrow =
            [Type::U8, Type::I8, Type::U16, Type::I16].into_iter().filter(|_| attributes.packed);
        let chosen = underlying.or_else(|| {
            narrow.chain([Type::U32, Type::I32, Type::U64, Type::I64]).find(|ty| fits(ty))
        });
        match chosen.filter(fits) {
            Some(ty) => {
                let shown =
                    if name.is_empty() { "enum".to_owned() } else { format!("enum {name}") };
                let ty = Type::alias(shown, ty);
                Ok(Definition { ty, members: Vec::new(), depth: 0, unpassable: None })
            }
            None => self.mistake_at(opening, "no integer type holds all of these enumerators"),
        }
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
    let (name, aligned) = (name.to_owned(), aligned.unwrap_or(1));
    Ok(if kind == TagKind::Union {
        let mut builder = UnionType::builder(name).fields(fields).aligned(aligned);
        builder = builder.bit_field_layout(bit_fields);
        packed.into_iter().fold(builder, |builder, limit| builder.packed(limit)).build()?.into()
    } else {
        let mut builder = StructType::builder(name).fields(fields).aligned(aligned);
        builder = builder.bit_field_layout(bit_fields);
        packed.into_iter().fold(builder, |builder, limit| builder.packed(limit)).build()?.into()
    })
}
