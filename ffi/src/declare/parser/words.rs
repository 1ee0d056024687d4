//! The words of a number's type: `unsigned long long`, `_Complex float`.

use super::super::keyword::Keyword;
use crate::Type;
use crate::types::{DataModel, Float, LongDouble};

/// The words, counted.
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

impl Words {
    /// Whether signs and lengths stand among them.
    pub(super) fn has_prefixes(&self) -> bool {
        self.signed + self.unsigned + self.short + self.long > 0
    }

    pub(super) fn any(&self) -> bool {
        self.base.is_some() || self.complex > 0 || self.has_prefixes()
    }

    /// Adds a word; says whether it is one of numbers.
    pub(super) fn add(&mut self, keyword: Keyword) -> Result<bool, String> {
        let (count, most, word) = match keyword {
            Keyword::Signed => (&mut self.signed, 1, "signed"),
            Keyword::Unsigned => (&mut self.unsigned, 1, "unsigned"),
            Keyword::Short => (&mut self.short, 1, "short"),
            Keyword::Long => (&mut self.long, 2, "long"),
            Keyword::Complex => (&mut self.complex, 1, "_Complex"),
            Keyword::Base(base) => {
                if self.base.is_some() {
                    return Err("a second type".into());
                }
                self.base = Some(base);
                return Ok(true);
            }
            _ => return Ok(false),
        };
        *count += 1;
        if *count > most {
            return Err(format!("`{word}` once too often"));
        }
        Ok(true)
    }

    /// The type these words name.
    pub(super) fn ty(&self, data: DataModel) -> Result<Type, String> {
        let Words { signed, unsigned, short, long, complex, base } = *self;
        let sign = signed + unsigned;
        if complex > 0 {
            let part = match (base, sign + short, long) {
                (Some("double") | None, 0, 0) => Float::F64,
                (Some("_Float16"), 0, 0) => Float::F16,
                (Some("float"), 0, 0) => Float::F32,
                (Some("double"), 0, 1) => return Ok(data.complex_long_double()),
                (Some("_Float128" | "__float128"), 0, 0) => Float::F128,
                (Some("__float80"), 0, 0) => Float::F80,
                (Some("_Float32"), 0, 0) => Float::F32,
                (Some("_Float64" | "_Float32x"), 0, 0) => Float::F64,
                (Some("_Float64x"), 0, 0) => float64x(data),
                _ => return Err("these words together are no complex number".into()),
            };
            return Ok(Type::Complex(part));
        }
        let integer = |signed: &'static str, signed_type: Type, name: &'static str, ty: Type| {
            if unsigned > 0 { Type::alias(name, ty) } else { Type::alias(signed, signed_type) }
        };
        Ok(match (base, sign, short, long) {
            (Some("void"), 0, 0, 0) => Type::Void,
            (Some("_Bool"), 0, 0, 0) => Type::Bool,
            (Some("char"), 0, 0, 0) => Type::alias("char", data.char()),
            (Some("char" | "__int8"), 0 | 1, 0, 0) => {
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
            (Some("_Float16" | "__fp16"), 0, 0, 0) => Type::F16,
            (Some("float" | "_Float32"), 0, 0, 0) => Type::F32,
            (Some("double" | "_Float64" | "_Float32x"), 0, 0, 0) => Type::F64,
            (Some("double"), 0, 0, 1) => Type::alias("long double", data.long_double()),
            (Some("_Float64x"), 0, 0, 0) => float64x(data).into(),
            (Some("_Float128" | "__float128"), 0, 0, 0) => Type::F128,
            (Some("__float80"), 0, 0, 0) => Type::F80,
            _ => return Err("these words together are no type".into()),
        })
    }

    /// The integer whose complex number these words name, as gcc has it.
    pub(super) fn complex_integer(&self, data: DataModel) -> Option<Type> {
        let integer = Words { complex: 0, ..*self };
        if self.complex == 0 || !integer.any() {
            return None;
        }
        let ty = integer.ty(data).ok()?;
        let is_integer = matches!(
            ty.resolve(),
            Type::I8
                | Type::U8
                | Type::I16
                | Type::U16
                | Type::I32
                | Type::U32
                | Type::I64
                | Type::U64
                | Type::I128
                | Type::U128
        );
        is_integer.then_some(ty)
    }
}

/// `_Float64x`: the extended format where there is one, or else the quadruple one.
fn float64x(data: DataModel) -> Float {
    match data.long_double {
        LongDouble::F80 => Float::F80,
        LongDouble::F64 | LongDouble::F128 => Float::F128,
    }
}
