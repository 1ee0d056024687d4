//! `__attribute__((…))`, `[[…]]`, `_Alignas`, `__declspec`, `__asm__` labels: those that change layout, call or symbol count.
//!
//! One that is not known may change them too: it is a mistake, and costs its declaration.

use super::super::diagnostic::cut;
use super::super::keyword::Keyword;
use super::super::lexer::{Lexeme, Text, Token};
use super::attribute_names::{is_harmless, is_harmless_declspec, plain};
use super::{Parsed, Parser};
use crate::types::{BitFieldLayout, Float};
use crate::{Abi, Type};

/// What attributes ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Attributes {
    pub(super) packed: bool,
    pub(super) aligned: Option<usize>,
    /// Microsoft's alignment, which in front of a struct's definition is the struct's.
    pub(super) declspec_aligned: Option<usize>,
    pub(super) vector: Option<Vector>,
    pub(super) mode: Option<String>,
    pub(super) abi: Option<Abi>,
    /// The symbol behind a weak reference.
    pub(super) symbol: Option<String>,
    /// A union that is passed as its first member.
    pub(super) transparent: bool,
    /// clang's functions of one name, which have other symbols.
    pub(super) overloadable: bool,
}

/// How large a vector is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Vector {
    Bytes(usize),
    /// The lanes of clang's vectors: their bytes are rounded up to a power of two.
    Lanes(usize),
}

impl Attributes {
    /// Adds those of another place.
    pub(super) fn merge(&mut self, other: Attributes) {
        self.packed |= other.packed;
        self.aligned = self.aligned.max(other.aligned);
        self.declspec_aligned = self.declspec_aligned.max(other.declspec_aligned);
        self.vector = other.vector.or(self.vector);
        self.mode = other.mode.or(self.mode.take());
        self.abi = other.abi.or(self.abi);
        self.symbol = other.symbol.or(self.symbol.take());
        self.transparent |= other.transparent;
        self.overloadable |= other.overloadable;
    }

    /// The alignment of what is declared, by whatever attribute.
    pub(super) fn alignment(&self) -> Option<usize> {
        self.aligned.max(self.declspec_aligned)
    }

    /// Whether a layout depends on them.
    pub(super) fn change_layout(&self) -> bool {
        let others = Attributes { abi: None, symbol: None, overloadable: false, ..self.clone() };
        others != Attributes::default()
    }
}

impl<'text> Parser<'text, '_> {
    /// All attributes that come next.
    pub(super) fn attributes(&mut self, into: &mut Attributes) -> Parsed<()> {
        loop {
            match self.peek() {
                Token::Keyword(Keyword::Extension | Keyword::Convention) => {
                    self.advance();
                }
                Token::Keyword(Keyword::UnknownConvention) => {
                    let convention = self.shown();
                    return self.mistake(format!("the convention {convention} is not known here"));
                }
                Token::Keyword(Keyword::Attribute) => {
                    self.advance();
                    self.expect("(")?;
                    self.expect("(")?;
                    while !self.accept(")") {
                        if !self.accept(",") {
                            self.attribute(into)?;
                        }
                    }
                    self.expect(")")?;
                }
                Token::Keyword(Keyword::Alignas) => {
                    self.advance();
                    let alignment = self.nested(Self::alignas)?;
                    into.aligned = into.aligned.max(alignment);
                }
                Token::Keyword(Keyword::Declspec) => {
                    self.advance();
                    self.expect("(")?;
                    while !self.accept(")") {
                        if !self.accept(",") {
                            self.declspec(into)?;
                        }
                    }
                }
                Token::Punct("[") if self.peek_second() == Token::Punct("[") => {
                    self.advance();
                    self.advance();
                    while !self.accept("]") {
                        if !self.accept(",") {
                            self.standard_attribute(into)?;
                        }
                    }
                    self.expect("]")?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// The name of an attribute, which may be that of a keyword.
    fn attribute_name(&mut self) -> Parsed<(Lexeme<'text>, &'text str)> {
        let lexeme = self.advance();
        match lexeme.token {
            Token::Word(_) | Token::Keyword(_) => Ok((lexeme, self.spelling(lexeme))),
            _ => self.mistake_at(lexeme, "expected the name of an attribute"),
        }
    }

    /// C23's: of compilers behind their prefix, else the standard's own.
    fn standard_attribute(&mut self, into: &mut Attributes) -> Parsed<()> {
        if self.peek_second() != Token::Punct("::") {
            return self.attribute(into);
        }
        let (prefix, name) = self.attribute_name()?;
        if !matches!(plain(name), "gnu" | "clang" | "msvc") {
            let name = cut(name);
            return self.mistake_at(prefix, format!("attributes of `{name}` are not known here"));
        }
        self.expect("::")?;
        self.attribute(into)
    }

    fn attribute(&mut self, into: &mut Attributes) -> Parsed<()> {
        let (lexeme, name) = self.attribute_name()?;
        match plain(name) {
            "packed" => into.packed = true,
            "aligned" => {
                let alignment = if self.accept("(") {
                    let alignment = self.alignment()?;
                    self.expect(")")?;
                    alignment
                } else {
                    Some(16)
                };
                into.aligned = into.aligned.max(alignment);
            }
            "vector_size" => into.vector = Some(Vector::Bytes(self.count("bytes")?)),
            "ext_vector_type" | "neon_vector_type" | "neon_polyvector_type" => {
                into.vector = Some(Vector::Lanes(self.count("lanes")?));
            }
            "mode" => {
                self.expect("(")?;
                let mode = self.advance();
                if !matches!(mode.token, Token::Word(_)) {
                    return self.mistake_at(mode, "expected a machine mode");
                }
                into.mode = Some(self.spelling(mode).trim_matches('_').to_owned());
                self.expect(")")?;
            }
            "ms_abi" => into.abi = Some(Abi::Win64),
            "sysv_abi" => into.abi = Some(Abi::SysV64),
            "transparent_union" => into.transparent = true,
            "overloadable" => into.overloadable = true,
            "weakref" => {
                if self.accept("(") {
                    into.symbol = Some(self.symbol()?);
                    self.expect(")")?;
                }
            }
            "gcc_struct" if self.model.data.bit_fields != BitFieldLayout::Microsoft => {}
            "ms_struct" if self.model.data.bit_fields == BitFieldLayout::Microsoft => {}
            name if is_harmless(name) => {
                if self.is("(") {
                    self.skip_brackets()?;
                }
            }
            _ => {
                let name = cut(name);
                let message = format!(
                    "the attribute `{name}` is not known here: it may change the layout or the call"
                );
                return self.mistake_at(lexeme, message);
            }
        }
        Ok(())
    }

    fn declspec(&mut self, into: &mut Attributes) -> Parsed<()> {
        let (lexeme, name) = self.attribute_name()?;
        match plain(name) {
            "align" => {
                self.expect("(")?;
                let alignment = self.alignment()?;
                self.expect(")")?;
                into.declspec_aligned = into.declspec_aligned.max(alignment);
            }
            name if is_harmless_declspec(name) => {
                if self.is("(") {
                    self.skip_brackets()?;
                }
            }
            _ => {
                let name = cut(name);
                let message = format!(
                    "`__declspec({name})` is not known here: it may change the layout or the call"
                );
                return self.mistake_at(lexeme, message);
            }
        }
        Ok(())
    }

    /// `(constant)` that counts something.
    fn count(&mut self, what: &str) -> Parsed<usize> {
        self.expect("(")?;
        let place = self.lexeme();
        let count = self.constant()?;
        self.expect(")")?;
        match usize::try_from(count) {
            Ok(count) if count > 0 => Ok(count),
            _ => self.mistake_at(place, format!("a vector has a positive number of {what}")),
        }
    }

    /// `(constant)` or `(type)`.
    fn alignas(&mut self) -> Parsed<Option<usize>> {
        self.expect("(")?;
        let alignment = if self.at_type() {
            let place = self.lexeme();
            let ty = self.type_name()?;
            let alignment = self.model.alignment(&ty);
            Some(self.placed(place, alignment)?)
        } else {
            self.alignment()?
        };
        self.expect(")")?;
        Ok(alignment)
    }

    /// A constant that is an alignment; 0 asks for nothing.
    fn alignment(&mut self) -> Parsed<Option<usize>> {
        let place = self.lexeme();
        let value = self.constant()?;
        match usize::try_from(value) {
            Ok(0) => Ok(None),
            Ok(alignment) if alignment.is_power_of_two() && alignment <= 1 << 28 => {
                Ok(Some(alignment))
            }
            _ => self.mistake_at(
                place,
                format!("{value} is no alignment: use a power of two up to 2^28"),
            ),
        }
    }

    /// An `__asm__("symbol")` label.
    pub(super) fn label(&mut self) -> Parsed<Option<String>> {
        if !self.accept_keyword(Keyword::Asm) {
            return Ok(None);
        }
        self.expect("(")?;
        let symbol = self.symbol()?;
        self.expect(")")?;
        Ok(Some(symbol))
    }

    /// A symbol in quotes, in several strings perhaps.
    fn symbol(&mut self) -> Parsed<String> {
        let mut symbol = String::new();
        while let Token::Text(text) = self.peek() {
            symbol.push_str(Text::of(text).inside);
            self.advance();
        }
        if symbol.is_empty() {
            return self.unexpected("the symbol in quotes");
        }
        Ok(symbol)
    }

    /// The type that `mode` makes of another, in words if it cannot be.
    pub(super) fn with_mode(ty: Type, mode: &str) -> Result<Type, String> {
        use Type::{Bool, U8, U16, U32, U64, U128};
        let is_float =
            |ty: &Type| matches!(ty, Type::F16 | Type::F32 | Type::F64 | Type::F80 | Type::F128);
        let is_complex = |ty: &Type| matches!(ty, Type::Complex(_));
        let before = ty.resolve();
        let unsigned = matches!(before, U8 | U16 | U32 | U64 | U128 | Bool);
        let with = match (mode, unsigned) {
            ("QI" | "byte", false) => Type::I8,
            ("QI" | "byte", true) => Type::U8,
            ("HI", false) => Type::I16,
            ("HI", true) => Type::U16,
            ("SI", false) => Type::I32,
            ("SI", true) => Type::U32,
            ("DI" | "word" | "pointer" | "unwind_word", false) => Type::I64,
            ("DI" | "word" | "pointer" | "unwind_word", true) => Type::U64,
            ("TI", false) => Type::I128,
            ("TI", true) => Type::U128,
            ("HF", _) => Type::F16,
            ("SF", _) => Type::F32,
            ("DF", _) => Type::F64,
            ("XF", _) => Type::F80,
            ("TF", _) => Type::F128,
            ("HC", _) => Type::Complex(Float::F16),
            ("SC", _) => Type::Complex(Float::F32),
            ("DC", _) => Type::Complex(Float::F64),
            ("XC", _) => Type::Complex(Float::F80),
            ("TC" | "KC", _) => Type::Complex(Float::F128),
            _ => return Err(format!("the machine mode `{}` is not known here", cut(mode))),
        };
        if (is_float(before), is_complex(before)) != (is_float(&with), is_complex(&with)) {
            return Err(format!("the machine mode `{mode}` is none of {ty}"));
        }
        Ok(with)
    }
}
