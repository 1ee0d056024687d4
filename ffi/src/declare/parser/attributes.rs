//! `__attribute__((…))`, `_Alignas`, `__declspec`, `__asm__` labels: those that change layout, call or symbol count.

use super::super::lexer::Token;
use super::{Parsed, Parser};
use crate::{Abi, Float, Type};

/// What attributes ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    pub(super) packed: bool,
    pub(super) aligned: Option<usize>,
    pub(super) vector_size: Option<usize>,
    pub(super) mode: Option<String>,
    pub(super) abi: Option<Abi>,
}

impl Attributes {
    /// Adds those of another place.
    pub(super) fn merge(&mut self, other: Attributes) {
        self.packed |= other.packed;
        self.aligned = self.aligned.max(other.aligned);
        self.vector_size = other.vector_size.or(self.vector_size);
        self.mode = other.mode.or(self.mode.take());
        self.abi = other.abi.or(self.abi);
    }
}

impl Parser<'_, '_> {
    /// All attributes that come next.
    pub(super) fn attributes(&mut self, into: &mut Attributes) -> Parsed<()> {
        loop {
            if self.accept_word(&["__extension__"]) {
            } else if self.accept_word(&["__attribute__", "__attribute"]) {
                self.expect("(")?;
                self.expect("(")?;
                while !self.accept(")") {
                    if !self.accept(",") {
                        self.attribute(into)?;
                    }
                }
                self.expect(")")?;
            } else if self.accept_word(&["_Alignas", "alignas"]) {
                let alignment = self.nested(Self::alignas)?;
                into.aligned = into.aligned.max(alignment);
            } else if self.accept_word(&["__declspec"]) {
                if !self.is("(") {
                    return self.unexpected("`(`");
                }
                self.skip_brackets()?;
            } else if !self.accept_word(&["__cdecl", "__stdcall", "__fastcall"]) {
                return Ok(());
            }
        }
    }

    fn attribute(&mut self, into: &mut Attributes) -> Parsed<()> {
        let lexeme = self.advance();
        let Token::Word(word) = lexeme.token else {
            return self.mistake_at(lexeme, "expected the name of an attribute");
        };
        let bare = word.strip_prefix("__").and_then(|word| word.strip_suffix("__"));
        match bare.unwrap_or(word) {
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
            "vector_size" => {
                self.expect("(")?;
                let place = self.lexeme();
                let size = self.constant()?.value;
                self.expect(")")?;
                let Ok(size) = usize::try_from(size) else {
                    return self.mistake_at(place, "a vector has a positive number of bytes");
                };
                into.vector_size = Some(size);
            }
            "mode" => {
                self.expect("(")?;
                let lexeme = self.advance();
                let Token::Word(mode) = lexeme.token else {
                    return self.mistake_at(lexeme, "expected a machine mode");
                };
                into.mode = Some(mode.trim_matches('_').to_owned());
                self.expect(")")?;
            }
            "ms_abi" => into.abi = Some(Abi::Win64),
            "sysv_abi" => into.abi = Some(Abi::SysV64),
            "ms_struct" | "gcc_struct" | "scalar_storage_order" => {
                return self
                    .mistake_at(lexeme, format!("the layout of `{word}` is not known here"));
            }
            // Everything else is for compilers' checks and optimisers.
            _ if self.is("(") => self.skip_brackets()?,
            _ => {}
        }
        Ok(())
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
        let value = self.constant()?.value;
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
        if !self.accept_word(&["asm", "__asm", "__asm__"]) {
            return Ok(None);
        }
        self.expect("(")?;
        let mut symbol = String::new();
        while let Token::Text(text) = self.peek() {
            symbol.push_str(text);
            self.advance();
        }
        if symbol.is_empty() {
            return self.unexpected("the symbol in quotes");
        }
        self.expect(")")?;
        Ok(Some(symbol))
    }

    /// The type that `mode` makes of another, in words if it cannot be.
    pub(super) fn with_mode(ty: Type, mode: &str) -> Result<Type, String> {
        use Type::{Bool, U8, U16, U32, U64, U128};
        let unsigned = matches!(ty.resolve(), U8 | U16 | U32 | U64 | U128 | Bool);
        Ok(match (mode, unsigned) {
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
            _ => return Err(format!("the machine mode `{mode}` is not known here")),
        })
    }
}
