//! Declaration specifiers: storage, qualifiers, and the type that all declarators of a declaration start from.

use super::super::diagnostic::cut;
use super::super::keyword::{self, Keyword};
use super::super::lexer::{Lexeme, Token};
use super::super::model::{DeclaredType, Form, Meaning, TagKind};
use super::attributes::{Attributes, Vector};
use super::words::Words;
use super::{Parsed, Parser, opaque};

/// What stands before the declarators.
#[derive(Debug)]
pub(super) struct Specifiers<'text> {
    pub(super) typedef: bool,
    pub(super) constexpr: bool,
    pub(super) ty: DeclaredType,
    /// Those that belong to every declarator.
    pub(super) attributes: Attributes,
    /// Where they begin.
    pub(super) place: Lexeme<'text>,
}

impl<'text> Parser<'text, '_> {
    /// Whether a type begins here.
    pub(super) fn at_type(&self) -> bool {
        self.begins_type(self.peek())
    }

    /// Whether a type may begin with this token.
    pub(super) fn begins_type(&self, token: Token<'_>) -> bool {
        match token {
            Token::Keyword(keyword) => keyword.begins_type(),
            Token::Word(word) => match self.model.meanings.get(word) {
                Some(meaning) => matches!(meaning, Meaning::Type(_)),
                None => keyword::number(word).is_some(),
            },
            _ => false,
        }
    }

    /// Storage, qualifiers and type, in any order, as C has them.
    pub(super) fn specifiers(&mut self) -> Parsed<Specifiers<'text>> {
        let place = self.lexeme();
        let (mut typedef, mut constexpr) = (false, false);
        let (mut constant, mut atomic) = (false, false);
        let mut attributes = Attributes::default();
        let mut words = Words::default();
        let mut found: Option<DeclaredType> = None;
        loop {
            let typed = found.is_some() || words.any();
            self.specifiers_attributes(&mut attributes, typed)?;
            let (token, second) = (self.peek(), self.peek_second());
            match token {
                Token::Keyword(Keyword::Atomic) if second == Token::Punct("(") && !typed => {
                    self.advance();
                    self.advance();
                    found = Some(self.nested(Self::type_name)?);
                    atomic = true;
                    self.expect(")")?;
                    continue;
                }
                Token::Keyword(Keyword::Const) => constant = true,
                Token::Keyword(Keyword::Atomic) => atomic = true,
                Token::Keyword(Keyword::Typedef) => typedef = true,
                Token::Keyword(Keyword::Constexpr) => (constexpr, constant) = (true, true),
                Token::Keyword(Keyword::Qualifier | Keyword::Storage) => {}
                Token::Keyword(Keyword::Refused(why)) => return self.mistake(why),
                Token::Keyword(Keyword::Tag(_) | Keyword::Typeof { .. }) if typed => {
                    return self.mistake("a second type");
                }
                Token::Keyword(Keyword::Tag(kind)) => {
                    found = Some(self.nested(|parser| parser.tag(kind, &mut attributes))?);
                    continue;
                }
                Token::Keyword(Keyword::Typeof { unqualified }) => {
                    let ty = self.nested(Self::typeof_operand)?;
                    found = Some(DeclaredType { constant: ty.constant && !unqualified, ..ty });
                    continue;
                }
                Token::Keyword(keyword) => {
                    let added = words.add(keyword);
                    let added = added.or_else(|message| self.mistake(message))?;
                    if added && found.is_some() {
                        return self.mistake("a second type");
                    }
                    if !added {
                        break;
                    }
                }
                // Behind a type a word is a name, unless it says of what number something is complex.
                Token::Word(word) => {
                    let complex = words.complex > 0 && words.base.is_none();
                    match (self.model.meanings.get(word), keyword::number(word)) {
                        (None, Some(number)) if !typed || complex => {
                            let added = words.add(Keyword::Base(number));
                            added.or_else(|message| self.mistake(message))?;
                        }
                        _ if typed => break,
                        (Some(Meaning::Type(index)), _) => found = Some(Form::Named(*index).into()),
                        _ => {
                            let word = cut(word);
                            return self
                                .mistake(format!("`{word}` is not a type that was declared"));
                        }
                    }
                }
                _ => break,
            }
            self.advance();
        }
        let mut ty = match found {
            Some(ty) => ty,
            None if !words.any() => return self.unexpected("a type"),
            None => self.number(&words, place)?,
        };
        self.reshape(&mut ty, &mut attributes, place)?;
        if atomic {
            self.check_atomic(&ty, place)?;
        }
        ty.constant |= constant;
        Ok(Specifiers { typedef, constexpr, ty, attributes, place })
    }

    /// Attributes among specifiers. Behind a type those of C23 would be the type's alone.
    fn specifiers_attributes(&mut self, attributes: &mut Attributes, typed: bool) -> Parsed<()> {
        let place = self.lexeme();
        if !typed || !self.is("[") {
            return self.attributes(attributes);
        }
        let mut of_type = Attributes::default();
        self.attributes(&mut of_type)?;
        if of_type.change_layout() {
            return self.mistake_at(place, "an attribute in this place has no meaning here");
        }
        attributes.merge(of_type);
        Ok(())
    }

    /// The type that words of numbers name.
    fn number(&mut self, words: &Words, place: Lexeme<'text>) -> Parsed<DeclaredType> {
        let data = self.model.data;
        if words.base.is_some_and(opaque::is_number) {
            return self.opaque_number(words, place);
        }
        if let Some(integer) = words.complex_integer(data) {
            let name = format!("_Complex {integer}");
            return self.opaque(&name, &integer, 2, integer.alignment(), place);
        }
        Ok(DeclaredType::basic(self.placed(place, words.ty(data))?))
    }

    /// Refuses an atomic type whose size or alignment compilers raise, not all of them alike.
    fn check_atomic(&self, ty: &DeclaredType, place: Lexeme<'text>) -> Parsed<()> {
        let size = self.placed(place, self.model.size(ty))?;
        let alignment = self.placed(place, self.model.alignment(ty))?;
        if size > 16 || size == alignment {
            return Ok(());
        }
        let shown = self.model.show(ty, "");
        self.mistake_at(place, format!("the layout of an atomic `{shown}` is not known here"))
    }

    /// `(type)` or `(expression)` behind `typeof`.
    fn typeof_operand(&mut self) -> Parsed<DeclaredType> {
        self.advance();
        self.expect("(")?;
        let ty = if self.at_type() { self.type_name()? } else { self.expression_type()? };
        self.expect(")")?;
        Ok(ty)
    }

    /// Applies `mode` and vector attributes, which change a number's type.
    pub(super) fn reshape(
        &mut self,
        ty: &mut DeclaredType,
        attributes: &mut Attributes,
        place: Lexeme<'text>,
    ) -> Parsed<()> {
        let (mode, vector) = (attributes.mode.take(), attributes.vector.take());
        if mode.is_none() && vector.is_none() {
            return Ok(());
        }
        let tag = match &self.model.resolve(ty).form {
            Form::Basic(_) => None,
            Form::Tag(index) => Some(*index),
            _ => return self.mistake_at(place, opaque::NUMBERS_ALONE),
        };
        let reshaped = match (tag, vector) {
            (Some(tag), Some(vector)) if mode.is_none() && self.model.tags[tag].is_opaque() => {
                self.vector_of_opaque(tag, vector, place)?
            }
            (Some(tag), _) if self.model.tags[tag].kind != TagKind::Enum => {
                return self.mistake_at(place, opaque::NUMBERS_ALONE);
            }
            _ => {
                let mut value = self.placed(place, self.model.value_type(ty))?;
                if let Some(mode) = mode {
                    value = self.placed(place, Parser::with_mode(value, &mode))?;
                }
                match vector {
                    None => DeclaredType::basic(value),
                    Some(vector) => self.vector(&value, vector, place)?,
                }
            }
        };
        *ty = DeclaredType { constant: ty.constant, ..reshaped };
        Ok(())
    }

    /// A type without a name declared.
    pub(super) fn type_name(&mut self) -> Parsed<DeclaredType> {
        let specifiers = self.specifiers()?;
        let place = self.lexeme();
        let declarator = self.declarator(&specifiers)?;
        match declarator.name {
            None => Ok(declarator.ty),
            Some(_) => self.mistake_at(place, "a type alone has no name here"),
        }
    }
}

impl Vector {
    /// The bytes of a vector of elements of a size.
    pub(super) fn size(self, element: usize) -> Option<usize> {
        match self {
            Vector::Bytes(bytes) => Some(bytes),
            Vector::Lanes(lanes) => element.checked_mul(lanes)?.checked_next_power_of_two(),
        }
    }
}
