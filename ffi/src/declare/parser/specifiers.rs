//! Declaration specifiers: storage, qualifiers, and the type that all declarators of a declaration start from.

use super::super::lexer::{Lexeme, Token};
use super::super::model::{DeclaredType, Form, Meaning, TagKind};
use super::attributes::Attributes;
use super::{Parsed, Parser, opaque};
use crate::{Float, Type};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    Typedef,
    /// `extern`, `static`, `register` and the like: nothing that matters here.
    Other,
}

/// What stands before the declarators.
#[derive(Debug)]
pub(super) struct Specifiers<'text> {
    pub(super) storage: Option<Storage>,
    pub(super) ty: DeclaredType,
    /// Those that belong to every declarator.
    pub(super) attributes: Attributes,
    /// Where they begin.
    pub(super) place: Lexeme<'text>,
}

/// The words of a number's type, counted.
#[derive(Debug, Default)]
pub(super) struct Words {
    signed: u8,
    unsigned: u8,
    short: u8,
    long: u8,
    pub(super) complex: u8,
    /// `char`, `int`, `double` and the like.
    pub(super) base: Option<&'static str>,
}

const QUALIFIERS: [&str; 12] = [
    "volatile",
    "__volatile",
    "__volatile__",
    "restrict",
    "__restrict",
    "__restrict__",
    "_Atomic",
    "_Nonnull",
    "_Nullable",
    "_Null_unspecified",
    "__ptr32",
    "__ptr64",
];
const CONST: [&str; 3] = ["const", "__const", "__const__"];
const STORAGE: [&str; 13] = [
    "extern",
    "static",
    "register",
    "auto",
    "inline",
    "__inline",
    "__inline__",
    "__forceinline",
    "_Noreturn",
    "_Thread_local",
    "__thread",
    "thread_local",
    "constexpr",
];
/// Words of types, apart from those of [`BASES`].
const NUMBER_WORDS: [&str; 9] = [
    "signed",
    "__signed",
    "__signed__",
    "unsigned",
    "short",
    "long",
    "_Complex",
    "__complex__",
    "__complex",
];
const BASES: [&str; 23] = [
    "void",
    "char",
    "int",
    "float",
    "double",
    "_Bool",
    "__int128",
    "_Float32",
    "_Float64",
    "_Float32x",
    "_Float64x",
    "_Float128",
    "__float128",
    "__float80",
    "__int64",
    "__int32",
    "__int16",
    "__int8",
    "_Float16",
    "__bf16",
    "_Decimal32",
    "_Decimal64",
    "_Decimal128",
];
const REFUSED: [(&str, &str); 6] = [
    ("typeof", "`typeof` needs a compiler: write the type itself"),
    ("__typeof", "`typeof` needs a compiler: write the type itself"),
    ("__typeof__", "`typeof` needs a compiler: write the type itself"),
    ("typeof_unqual", "`typeof` needs a compiler: write the type itself"),
    ("__auto_type", "`__auto_type` needs a compiler: write the type itself"),
    ("_BitInt", "`_BitInt` is not supported"),
];

impl<'text> Parser<'text, '_> {
    /// Whether a type begins here.
    pub(super) fn at_type(&self) -> bool {
        matches!(self.peek(), Token::Word(word) if self.word_is_type(word))
    }

    /// Whether a type may begin with this word.
    pub(super) fn word_is_type(&self, word: &str) -> bool {
        matches!(self.model.meanings.get(word), Some(Meaning::Type(_)))
            || matches!(
                word,
                "struct" | "union" | "enum" | "__extension__" | "__attribute__" | "_Alignas"
            )
            || BASES.contains(&word)
            || NUMBER_WORDS.contains(&word)
            || CONST.contains(&word)
            || QUALIFIERS.contains(&word)
            || REFUSED.iter().any(|(refused, _)| *refused == word)
    }

    /// Storage, qualifiers and type, in any order, as C has them.
    pub(super) fn specifiers(&mut self) -> Parsed<Specifiers<'text>> {
        let place = self.lexeme();
        let (mut storage, mut constant) = (None, false);
        let mut attributes = Attributes::default();
        let mut words = Words::default();
        let mut found: Option<DeclaredType> = None;
        loop {
            self.attributes(&mut attributes)?;
            let lexeme = self.lexeme();
            let Token::Word(word) = lexeme.token else { break };
            let typed = found.is_some() || words.any();
            if word == "_Atomic" && matches!(self.peek_second(), Token::Punct("(")) && !typed {
                self.advance();
                self.advance();
                found = Some(self.nested(Self::type_name)?);
                self.expect(")")?;
            } else if CONST.contains(&word) {
                constant = true;
                self.advance();
            } else if QUALIFIERS.contains(&word) {
                self.advance();
            } else if word == "typedef" {
                storage = Some(Storage::Typedef);
                self.advance();
            } else if STORAGE.contains(&word) {
                storage = storage.or(Some(Storage::Other));
                self.advance();
            } else if let Some(kind) = tag_kind(word) {
                if typed {
                    return self.mistake("a second type");
                }
                found = Some(self.nested(|parser| parser.tag(kind))?);
            } else if BASES.contains(&word) || NUMBER_WORDS.contains(&word) {
                if found.is_some() {
                    return self.mistake("a second type");
                }
                words.add(word).or_else(|message| self.mistake(message))?;
                self.advance();
            } else if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == word) {
                return self.mistake(*why);
            } else if typed {
                break;
            } else if let Some(Meaning::Type(index)) = self.model.meanings.get(word) {
                found = Some(Form::Named(*index).into());
                self.advance();
            } else {
                return self.mistake(format!("`{word}` is not a type that was declared"));
            }
        }
        let mut ty = match found {
            Some(ty) => ty,
            None if words.base.is_some_and(opaque::is_number) => {
                let named = self.opaque_number(&words);
                self.placed(place, named)?
            }
            None if words.any() => {
                let named = words.name(self.model.data);
                DeclaredType::basic(self.placed(place, named)?)
            }
            None => return self.unexpected("a type"),
        };
        self.reshape(&mut ty, &mut attributes, place)?;
        ty.constant |= constant;
        Ok(Specifiers { storage, ty, attributes, place })
    }

    /// Applies `mode` and `vector_size`, which change a number's type.
    pub(super) fn reshape(
        &mut self,
        ty: &mut DeclaredType,
        attributes: &mut Attributes,
        place: Lexeme<'text>,
    ) -> Parsed<()> {
        if attributes.mode.is_none() && attributes.vector_size.is_none() {
            return Ok(());
        }
        if let (Form::Tag(index), Some(size)) =
            (&self.model.resolve(ty).form, attributes.vector_size)
            && attributes.mode.is_none()
            && self.model.tags[*index].is_opaque()
        {
            attributes.vector_size = None;
            let vector = self.vector_of_opaque(*index, size);
            let vector = self.placed(place, vector)?;
            *ty = DeclaredType { constant: ty.constant, ..vector };
            return Ok(());
        }
        let value = match &self.model.resolve(ty).form {
            Form::Basic(_) => self.model.value_type(ty),
            Form::Tag(index) if self.model.tags[*index].kind == TagKind::Enum => {
                self.model.value_type(ty)
            }
            _ => Err("`mode` and `vector_size` change types of numbers alone".into()),
        };
        let mut value = self.placed(place, value)?;
        if let Some(mode) = attributes.mode.take() {
            let with_mode = Parser::with_mode(value, &mode);
            value = self.placed(place, with_mode)?;
        }
        let reshaped = match attributes.vector_size.take() {
            None => DeclaredType::basic(value),
            Some(size) => {
                let vector = self.vector(&value, size);
                self.placed(place, vector)?
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

fn tag_kind(word: &str) -> Option<TagKind> {
    match word {
        "struct" => Some(TagKind::Struct),
        "union" => Some(TagKind::Union),
        "enum" => Some(TagKind::Enum),
        _ => None,
    }
}

impl Words {
    /// Whether signs and lengths stand among them.
    pub(super) fn has_prefixes(&self) -> bool {
        self.signed + self.unsigned + self.short + self.long > 0
    }

    fn any(&self) -> bool {
        self.base.is_some() || self.complex > 0 || self.has_prefixes()
    }

    fn add(&mut self, word: &str) -> Result<(), String> {
        let count = match word {
            "signed" | "__signed" | "__signed__" => &mut self.signed,
            "unsigned" => &mut self.unsigned,
            "short" => &mut self.short,
            "long" => &mut self.long,
            "_Complex" | "__complex__" | "__complex" => &mut self.complex,
            _ => {
                if self.base.is_some() {
                    return Err("a second type".into());
                }
                self.base = BASES.iter().copied().find(|base| *base == word);
                return Ok(());
            }
        };
        *count += 1;
        if *count > if word == "long" { 2 } else { 1 } {
            return Err(format!("`{word}` once too often"));
        }
        Ok(())
    }

    /// The type these words name.
    fn name(&self, data: crate::DataModel) -> Result<Type, String> {
        let Words { signed, unsigned, short, long, complex, base } = *self;
        let sign = signed + unsigned;
        if complex > 0 {
            return match (base, sign + short, long) {
                (Some("double") | None, 0, 0) => Ok(Type::Complex(Float::F64)),
                (Some("_Float16"), 0, 0) => Ok(Type::Complex(Float::F16)),
                (Some("float"), 0, 0) => Ok(Type::Complex(Float::F32)),
                (Some("double"), 0, 1) => Ok(data.complex_long_double()),
                (Some("_Float128" | "__float128"), 0, 0) => Ok(Type::Complex(Float::F128)),
                (Some("_Float32"), 0, 0) => Ok(Type::Complex(Float::F32)),
                (Some("_Float64" | "_Float32x"), 0, 0) => Ok(Type::Complex(Float::F64)),
                (Some("_Float64x"), 0, 0) => Ok(Type::Complex(float64x(data))),
                _ => Err("a complex number is one of float, double or long double".into()),
            };
        }
        let integer = |signed: &'static str, signed_type: Type, name: &'static str, ty: Type| {
            if unsigned > 0 { Type::alias(name, ty) } else { Type::alias(signed, signed_type) }
        };
        Ok(match (base, sign, short, long) {
            (Some("void"), 0, 0, 0) => Type::Void,
            (Some("_Bool"), 0, 0, 0) => Type::Bool,
            (Some("char"), 0, 0, 0) => Type::alias("char", data.char()),
            (Some("char"), 1, 0, 0) => integer("signed char", Type::I8, "unsigned char", Type::U8),
            (Some("__int8"), 0 | 1, 0, 0) => {
                integer("signed char", Type::I8, "unsigned char", Type::U8)
            }
            (Some("int") | None, 0 | 1, 1, 0) | (Some("__int16"), 0 | 1, 0, 0) => {
                integer("short", Type::I16, "unsigned short", Type::U16)
            }
            (Some("int" | "__int32") | None, 0 | 1, 0, 0) => {
                integer("int", data.int(), "unsigned int", data.unsigned_int())
            }
            (Some("int") | None, 0 | 1, 0, 1) => {
                integer("long", data.long(), "unsigned long", data.unsigned_long())
            }
            (Some("int") | None, 0 | 1, 0, 2) | (Some("__int64"), 0 | 1, 0, 0) => {
                integer("long long", Type::I64, "unsigned long long", Type::U64)
            }
            (Some("__int128"), 0 | 1, 0, 0) => {
                if unsigned > 0 {
                    Type::U128
                } else {
                    Type::I128
                }
            }
            (Some("_Float16"), 0, 0, 0) => Type::F16,
            (Some("float" | "_Float32"), 0, 0, 0) => Type::F32,
            (Some("double" | "_Float64" | "_Float32x"), 0, 0, 0) => Type::F64,
            (Some("double"), 0, 0, 1) => Type::alias("long double", data.long_double()),
            (Some("_Float64x"), 0, 0, 0) => float64x(data).into(),
            (Some("_Float128" | "__float128"), 0, 0, 0) => Type::F128,
            (Some("__float80"), 0, 0, 0) => Type::F80,
            _ => return Err("these words together are no type".into()),
        })
    }
}

/// `_Float64x`: the extended format where there is one, or else the quadruple one.
fn float64x(data: crate::DataModel) -> Float {
    match data.long_double {
        crate::LongDouble::F80 => Float::F80,
        crate::LongDouble::F64 | crate::LongDouble::F128 => Float::F128,
    }
}
