//! Values of constant expressions and what C's operators make of them (C11, 6.3.1 and 6.5).

use std::sync::Arc;

use super::super::diagnostic::Mistake;
use super::super::model::DeclaredType;
use crate::Type;
use crate::types::DataModel;

/// An integer in its type, promoted or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Constant {
    pub(in super::super) value: i128,
    bytes: u8,
    unsigned: bool,
}

/// What an expression is: its type, and its value if that is known.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub(super) ty: DeclaredType,
    pub(super) value: Known,
}

/// The value of a constant, without its type.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Content {
    /// An integer, or the address that a pointer holds.
    Integer(i128),
    Float(f64),
    /// A string with its NUL, as bytes.
    Text(Arc<[u8]>),
}

impl Content {
    pub(in super::super) fn integer(&self) -> Option<i128> {
        match self {
            Content::Integer(value) => Some(*value),
            Content::Float(_) | Content::Text(_) => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Known {
    /// An integer, or the address that a pointer holds.
    Integer(i128),
    Float(f64),
    /// The units of a string with its NUL, as bytes.
    Text(Arc<[u8]>),
    /// What lies at an address that was made up: `((struct s *)0)->member`.
    Place(i128),
    /// No constant, for this reason: a mistake only where the value is asked for.
    Unknown(Mistake),
}

impl Known {
    /// A number as a `double`, unless it would lose something.
    pub(super) fn to_f64(&self) -> Option<f64> {
        match self {
            Known::Float(value) => Some(*value),
            Known::Integer(value) => {
                let float = *value as f64;
                (float as i128 == *value).then_some(float)
            }
            Known::Text(_) | Known::Place(_) | Known::Unknown(_) => None,
        }
    }
}

impl From<Content> for Known {
    fn from(content: Content) -> Known {
        match content {
            Content::Integer(value) => Known::Integer(value),
            Content::Float(value) => Known::Float(value),
            Content::Text(units) => Known::Text(units),
        }
    }
}

impl Operand {
    /// The value.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn content(self) -> Result<Content, String> {
        match self.value {
            Known::Integer(value) => Ok(Content::Integer(value)),
            Known::Float(value) => Ok(Content::Float(value)),
            Known::Text(units) => Ok(Content::Text(units)),
            Known::Unknown(mistake) => Err(mistake.message),
            Known::Place(_) => Err("what lies at an address is not constant".into()),
        }
    }
}

impl Constant {
    /// An `int`.
    pub(super) fn int(value: i32) -> Constant {
        Constant { value: value.into(), bytes: 4, unsigned: false }
    }

    pub(super) fn truth(value: bool) -> Constant {
        Constant::int(value.into())
    }

    /// A value converted to an integer type: what does not fit wraps around. None for another type.
    pub(super) fn of_type(value: i128, ty: &Type) -> Option<Constant> {
        let (bytes, unsigned) = match ty.resolve() {
            Type::Bool => {
                return Some(Constant { value: (value != 0).into(), bytes: 1, unsigned: true });
            }
            Type::I8 => (1, false),
            Type::U8 => (1, true),
            Type::I16 => (2, false),
            Type::U16 => (2, true),
            Type::I32 => (4, false),
            Type::U32 => (4, true),
            Type::I64 => (8, false),
            Type::U64 => (8, true),
            Type::I128 => (16, false),
            Type::U128 => (16, true),
            _ => return None,
        };
        Some(Constant::wrapped(value, bytes, unsigned))
    }

    fn wrapped(value: i128, bytes: u8, unsigned: bool) -> Constant {
        let above = 128 - 8 * u32::from(bytes);
        let value = match unsigned {
            true => ((value as u128) << above >> above) as i128,
            false => value << above >> above,
        };
        Constant { value, bytes, unsigned }
    }

    /// The integer promotions.
    pub(super) fn promoted(self) -> Constant {
        if self.bytes < 4 { Constant { bytes: 4, unsigned: false, ..self } } else { self }
    }

    /// An enumerator while its enumeration is read: an int if it fits, else at least as wide.
    pub(super) fn least_int(self) -> Constant {
        match i32::try_from(self.value) {
            Ok(value) => Constant::int(value),
            Err(_) => self.promoted(),
        }
    }

    /// One more, in the first type that holds it.
    pub(super) fn successor(self) -> Constant {
        let Some(value) = self.value.checked_add(1) else { return self };
        let next = |bytes, unsigned| Constant::wrapped(value, bytes, unsigned);
        let types = [next(self.bytes, self.unsigned), next(4, true), next(8, false), next(8, true)];
        let fitting = types.into_iter().find(|constant| constant.value == value);
        fitting.unwrap_or(next(16, false))
    }

    /// Its type, by the name that C has for it.
    pub(super) fn ty(self, data: DataModel) -> DeclaredType {
        let long = data.long_size == 8;
        let name = match (self.bytes, self.unsigned) {
            (1, true) | (16, _) => return DeclaredType::basic(self.value_type()),
            (8, false) if long => "long",
            (8, false) => "long long",
            (8, true) if long => "unsigned long",
            (8, true) => "unsigned long long",
            (_, true) => "unsigned int",
            (_, false) => "int",
        };
        DeclaredType::basic(Type::alias(name, self.value_type()))
    }

    /// Its type, without a name.
    pub(in super::super) fn value_type(self) -> Type {
        match (self.bytes, self.unsigned) {
            (1, true) => Type::Bool,
            (16, false) => Type::I128,
            (16, true) => Type::U128,
            (8, false) => Type::I64,
            (8, true) => Type::U64,
            (_, true) => Type::U32,
            (_, false) => Type::I32,
        }
    }

    /// What a sign or `~` makes of it; none for another operator.
    pub(super) fn unary(self, operator: &str) -> Option<Constant> {
        let Constant { value, bytes, unsigned } = self.promoted();
        Some(match operator {
            "+" => self.promoted(),
            "-" => Constant::wrapped(value.wrapping_neg(), bytes, unsigned),
            "~" => Constant::wrapped(!value, bytes, unsigned),
            "!" => Constant::truth(value == 0),
            _ => return None,
        })
    }

    /// The two in their common type (C11, 6.3.1.8).
    pub(super) fn common(self, other: Constant) -> (Constant, Constant) {
        let (a, b) = (self.promoted(), other.promoted());
        let bytes = a.bytes.max(b.bytes);
        let unsigned = [a, b].into_iter().any(|c| c.unsigned && c.bytes == bytes);
        (Constant::wrapped(a.value, bytes, unsigned), Constant::wrapped(b.value, bytes, unsigned))
    }

    /// What a binary operator makes of two.
    ///
    /// # Errors
    /// In words, where C gives it no value.
    pub(super) fn combine(self, operator: &str, other: Constant) -> Result<Constant, String> {
        let (left, (x, y)) = (self.promoted(), self.common(other));
        let Constant { bytes, unsigned, .. } = x;
        if let "<<" | ">>" = operator {
            let bits = 8 * i128::from(left.bytes);
            let Some(shift) = u32::try_from(other.value).ok().filter(|s| i128::from(*s) < bits)
            else {
                return Err(format!("a shift by {} bits", other.value));
            };
            let value = match (operator, left.unsigned) {
                ("<<", _) => left.value << shift,
                (_, true) => (left.value as u128 >> shift) as i128,
                (_, false) => left.value >> shift,
            };
            return Ok(Constant::wrapped(value, left.bytes, left.unsigned));
        }
        let (a, b) = (x.value, y.value);
        if matches!(operator, "/" | "%") && b == 0 {
            return Err("a division by zero".into());
        }
        let less = if unsigned { (a as u128) < b as u128 } else { a < b };
        let value = match operator {
            "||" => return Ok(Constant::truth(a != 0 || b != 0)),
            "&&" => return Ok(Constant::truth(a != 0 && b != 0)),
            "==" => return Ok(Constant::truth(a == b)),
            "!=" => return Ok(Constant::truth(a != b)),
            "<" => return Ok(Constant::truth(less)),
            ">" => return Ok(Constant::truth(!less && a != b)),
            "<=" => return Ok(Constant::truth(less || a == b)),
            ">=" => return Ok(Constant::truth(!less)),
            "|" => a | b,
            "^" => a ^ b,
            "&" => a & b,
            "+" => a.wrapping_add(b),
            "-" => a.wrapping_sub(b),
            "*" => a.wrapping_mul(b),
            "/" if unsigned => (a as u128 / b as u128) as i128,
            "/" => a.wrapping_div(b),
            "%" if unsigned => (a as u128 % b as u128) as i128,
            "%" => a.wrapping_rem(b),
            _ => return Err(format!("`{operator}` has no constant value")),
        };
        Ok(Constant::wrapped(value, bytes, unsigned))
    }
}
