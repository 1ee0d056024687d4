//! What operators, conversions and addresses make of operands (C11, 6.3 and 6.5).

use super::super::diagnostic::Mistake;
use super::super::lexer::Lexeme;
use super::super::model::{DeclaredType, Form};
use super::operand::{Constant, Known, Operand};
use super::{Parsed, Parser};
use crate::Type;
use crate::types::Float;

pub(super) const INTEGERS_ALONE: &str = "a constant of integers is needed here";

impl Parser<'_, '_> {
    pub(super) fn unknown(&self, place: Lexeme<'_>, message: impl Into<String>) -> Known {
        Known::Unknown(Mistake { start: place.start, end: place.end, message: message.into() })
    }

    /// A `size_t`.
    pub(super) fn size(&self, size: usize) -> Operand {
        let ty = DeclaredType::basic(self.model.data.size_t());
        Operand { ty, value: Known::Integer(size as i128) }
    }

    /// An integer operand as a constant of its type; none for another.
    pub(super) fn integer(&self, operand: &Operand) -> Option<Constant> {
        let Known::Integer(value) = operand.value else { return None };
        Constant::of_type(value, &self.model.value_type(&operand.ty).ok()?)
    }

    /// What kind of number a type is; none for what is no number.
    pub(super) fn float_type(&self, ty: &DeclaredType) -> Option<Type> {
        let ty = self.model.value_type(ty).ok()?.resolve().clone();
        let float = matches!(ty, Type::F16 | Type::F32 | Type::F64 | Type::F80 | Type::F128);
        (float || matches!(ty, Type::Complex(_))).then_some(ty)
    }

    /// An array as the pointer to its first element, a function as a pointer to it.
    pub(super) fn decayed(&self, place: Lexeme<'_>, operand: Operand) -> Operand {
        let Operand { ty, value } = operand;
        match &self.model.resolve(&ty).form {
            Form::Array(element, _) => {
                let value = match value {
                    Known::Place(address) => Known::Integer(address),
                    _ => self.unknown(place, "this address is not known here"),
                };
                Operand { ty: DeclaredType::pointer(DeclaredType::clone(element)), value }
            }
            Form::Function(_) => Operand { ty: DeclaredType::pointer(ty), value },
            _ => match value {
                Known::Place(_) => {
                    let value = self.unknown(place, "what lies at an address is not constant");
                    Operand { ty, value }
                }
                value => Operand { ty, value },
            },
        }
    }

    pub(super) fn pointed_to(&self, place: Lexeme<'_>, pointer: Operand) -> Parsed<Operand> {
        let ty = match &self.model.resolve(&pointer.ty).form {
            Form::Pointer(target) => DeclaredType::clone(target),
            _ => return self.mistake_at(place, "this is no pointer"),
        };
        let value = match pointer.value {
            Known::Integer(address) => Known::Place(address),
            unknown => unknown,
        };
        Ok(Operand { ty, value })
    }

    /// Whether an operand is not zero.
    pub(super) fn truth(&self, operand: &Operand) -> Result<bool, Mistake> {
        match &operand.value {
            Known::Integer(value) | Known::Place(value) => Ok(*value != 0),
            Known::Float(value) => Ok(*value != 0.0),
            Known::Text(_) => Ok(true),
            Known::Unknown(mistake) => Err(mistake.clone()),
        }
    }

    pub(super) fn truth_operand(&self, truth: Result<bool, Mistake>) -> Operand {
        let ty = Constant::int(0).ty(self.model.data);
        let value = match truth {
            Ok(truth) => Known::Integer(truth.into()),
            Err(mistake) => Known::Unknown(mistake),
        };
        Operand { ty, value }
    }

    pub(super) fn signed(
        &self,
        place: Lexeme<'_>,
        operator: &str,
        operand: Operand,
    ) -> Parsed<Operand> {
        if operator == "!" {
            let truth = self.truth(&operand);
            return Ok(self.truth_operand(truth.map(|truth| !truth)));
        }
        let operand = self.decayed(place, operand);
        if let Some(constant) = self.integer(&operand).and_then(|value| value.unary(operator)) {
            let ty = constant.ty(self.model.data);
            return Ok(Operand { ty, value: Known::Integer(constant.value) });
        }
        if self.float_type(&operand.ty).is_some() && operator != "~" {
            let value = match operand.value {
                Known::Float(value) if operator == "-" => Known::Float(-value),
                value => value,
            };
            return Ok(Operand { value, ..operand });
        }
        let Known::Unknown(_) = operand.value else {
            return self.mistake_at(place, INTEGERS_ALONE);
        };
        let ty = self.joined(place, &operand, &operand)?;
        Ok(Operand { ty, ..operand })
    }

    /// The common type of two operands (C11, 6.3.1.8 and 6.5.15).
    pub(super) fn joined(
        &self,
        place: Lexeme<'_>,
        a: &Operand,
        b: &Operand,
    ) -> Parsed<DeclaredType> {
        let floats = (self.float_type(&a.ty), self.float_type(&b.ty));
        let float = |ty: Type| -> Parsed<DeclaredType> { Ok(DeclaredType::basic(ty)) };
        match floats {
            (Some(a), Some(b)) => return float(wider(a, b)),
            (Some(one), None) | (None, Some(one)) => return float(one),
            (None, None) => {}
        }
        let number = |operand: &Operand| {
            let ty = self.model.value_type(&operand.ty).ok()?;
            Constant::of_type(0, &ty)
        };
        if let (Some(a), Some(b)) = (number(a), number(b)) {
            return Ok(a.common(b).0.ty(self.model.data));
        }
        let [a, b] = [a, b].map(|operand| self.decayed(place, operand.clone()));
        let is_pointer =
            |operand: &Operand| matches!(self.model.resolve(&operand.ty).form, Form::Pointer(_));
        Ok(if is_pointer(&a) || !is_pointer(&b) { a.ty } else { b.ty })
    }

    /// What a binary operator makes of two operands. What C gives no value is no mistake yet.
    pub(super) fn combine(
        &self,
        place: Lexeme<'_>,
        operator: &str,
        left: Operand,
        right: Operand,
    ) -> Parsed<Operand> {
        if let "&&" | "||" = operator {
            let decisive = operator == "||";
            return Ok(self.truth_operand(match self.truth(&left) {
                Ok(truth) if truth == decisive => Ok(decisive),
                Ok(_) => self.truth(&right),
                unknown => unknown,
            }));
        }
        let (left, right) = (self.decayed(place, left), self.decayed(place, right));
        let comparison = matches!(operator, "==" | "!=" | "<" | ">" | "<=" | ">=");
        let pointer = |operand: &Operand| match &self.model.resolve(&operand.ty).form {
            Form::Pointer(target) => Some(DeclaredType::clone(target)),
            _ => None,
        };
        let pointers = (pointer(&left), pointer(&right));
        if pointers != (None, None) && !comparison {
            return self.move_pointer(place, operator, left, right, pointers);
        }
        let ty = match operator {
            _ if comparison => Constant::int(0).ty(self.model.data),
            "<<" | ">>" => self.joined(place, &left, &left)?,
            _ => self.joined(place, &left, &right)?,
        };
        let float = self.float_type(&left.ty).or(self.float_type(&right.ty));
        let value = match (left.value, right.value) {
            (unknown @ Known::Unknown(_), _) | (_, unknown @ Known::Unknown(_)) => unknown,
            (a, b) if float.is_some() => match (a.to_f64(), b.to_f64()) {
                (Some(a), Some(b)) => self.float_result(place, operator, a, b, &ty),
                _ => self.unknown(place, INTEGERS_ALONE),
            },
            (Known::Integer(a), Known::Integer(b)) => {
                let number = |value, ty: &DeclaredType| {
                    let ty = self.model.value_type(ty).unwrap_or(Type::U64);
                    Constant::of_type(value, &ty)
                        .or_else(|| Constant::of_type(value, &self.model.data.size_t()))
                };
                let (a, b) = (number(a, &left.ty), number(b, &right.ty));
                let result = match (a, b) {
                    (Some(a), Some(b)) => a.combine(operator, b),
                    _ => Err(INTEGERS_ALONE.into()),
                };
                match result {
                    Ok(constant) => Known::Integer(constant.value),
                    Err(message) => self.unknown(place, message),
                }
            }
            _ => self.unknown(place, INTEGERS_ALONE),
        };
        Ok(Operand { ty, value })
    }

    /// What an operator makes of two floating-point numbers of at most double precision.
    fn float_result(
        &self,
        place: Lexeme<'_>,
        operator: &str,
        a: f64,
        b: f64,
        ty: &DeclaredType,
    ) -> Known {
        let truth = match operator {
            "==" => Some(a == b),
            "!=" => Some(a != b),
            "<" => Some(a < b),
            ">" => Some(a > b),
            "<=" => Some(a <= b),
            ">=" => Some(a >= b),
            _ => None,
        };
        if let Some(truth) = truth {
            return Known::Integer(truth.into());
        }
        let value = match operator {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            _ => return self.unknown(place, INTEGERS_ALONE),
        };
        match self.float_type(ty) {
            Some(Type::F64) => Known::Float(value),
            // A double has more than twice the digits of a float: rounding twice changes nothing.
            Some(Type::F32) => Known::Float((value as f32).into()),
            _ => self.unknown(place, "what numbers of this type make is not computed here"),
        }
    }

    /// Sums and differences with pointers.
    pub(super) fn move_pointer(
        &self,
        place: Lexeme<'_>,
        operator: &str,
        left: Operand,
        right: Operand,
        pointers: (Option<DeclaredType>, Option<DeclaredType>),
    ) -> Parsed<Operand> {
        let step = |target: &DeclaredType| match &self.model.resolve(target).form {
            Form::Basic(basic) if basic.is_void() => Ok(1),
            Form::Function(_) => Ok(1),
            _ => self.placed(place, self.model.size(target)).map(|size| size as i128),
        };
        let (ty, step, difference) = match (operator, &pointers) {
            ("-", (Some(target), Some(_))) => {
                (DeclaredType::basic(self.model.data.ptrdiff_t()), step(target)?, true)
            }
            ("+" | "-", (Some(target), None)) => (left.ty.clone(), step(target)?, false),
            ("+", (None, Some(target))) => (right.ty.clone(), step(target)?, false),
            _ => return self.mistake_at(place, INTEGERS_ALONE),
        };
        let (Known::Integer(a), Known::Integer(b)) = (&left.value, &right.value) else {
            let value = self.unknown(place, "this address is not known here");
            return Ok(Operand { ty, value });
        };
        let scaled = |value: i128, by: bool| if by { value.checked_mul(step) } else { Some(value) };
        let moved = match (operator, difference) {
            (_, true) => a.checked_sub(*b).and_then(|bytes| bytes.checked_div(step)),
            ("+", _) => {
                let (a, b) = (scaled(*a, pointers.0.is_none()), scaled(*b, pointers.1.is_none()));
                a.zip(b).and_then(|(a, b)| a.checked_add(b))
            }
            _ => scaled(*b, true).and_then(|b| a.checked_sub(b)),
        };
        let value = match moved.filter(|value| i64::try_from(*value).is_ok()) {
            Some(value) => Known::Integer(value),
            None => self.unknown(place, "an address past the end of memory"),
        };
        Ok(Operand { ty, value })
    }

    /// A value converted to a type.
    pub(super) fn cast(
        &self,
        place: Lexeme<'_>,
        operand: Operand,
        ty: &DeclaredType,
    ) -> Parsed<Operand> {
        let operand = self.decayed(place, operand);
        let ty = ty.clone();
        let Ok(target) = self.model.value_type(&ty) else {
            return Ok(Operand { ty, value: self.unknown(place, INTEGERS_ALONE) });
        };
        let whole = match operand.value {
            Known::Integer(value) => Some(value),
            Known::Float(value) if value.abs() < 1e18 => Some(value as i128),
            _ => None,
        };
        let value = match (operand.value, target.resolve()) {
            (Known::Float(value), Type::Bool) => Known::Integer((value != 0.0).into()),
            (Known::Float(value), Type::F64) => Known::Float(value),
            (Known::Float(value), Type::F32) => Known::Float((value as f32).into()),
            (Known::Integer(value), Type::F64) => Known::Float(value as f64),
            (Known::Integer(value), Type::F32) => Known::Float((value as f32).into()),
            (Known::Integer(value), Type::Pointer) => Known::Integer((value as u64).into()),
            (unknown @ Known::Unknown(_), _) => unknown,
            (_, target) => match whole.and_then(|whole| Constant::of_type(whole, target)) {
                Some(constant) => Known::Integer(constant.value),
                None => self.unknown(place, INTEGERS_ALONE),
            },
        };
        Ok(Operand { ty, value })
    }
}

/// The wider of two floating-point types; complex if one of them is.
fn wider(a: Type, b: Type) -> Type {
    let part = |ty: &Type| match ty {
        Type::Complex(part) => *part,
        Type::F16 => Float::F16,
        Type::F32 => Float::F32,
        Type::F80 => Float::F80,
        Type::F128 => Float::F128,
        _ => Float::F64,
    };
    let rank = |float: Float| {
        [Float::F16, Float::F32, Float::F64, Float::F80, Float::F128]
            .iter()
            .position(|f| *f == float)
    };
    let (one, other) = (part(&a), part(&b));
    let widest = if rank(one) >= rank(other) { one } else { other };
    let complex = [&a, &b].into_iter().any(|ty| matches!(ty, Type::Complex(_)));
    if complex { Type::Complex(widest) } else { widest.into() }
}
