//! Numbers as text.

use super::Declarations;
use crate::Value;
use crate::value::Number;
use crate::{F16, Float, Type};

/// The value that a text stands for in a type: a number, a character in single quotes, an enumerator.
pub(super) fn number(text: &str, ty: &Type, declarations: &Declarations) -> Result<Value, String> {
    let text = text.trim();
    if let Some(integer) = integer(text) {
        return integer?.to(ty);
    }
    if let Some(constant) = declarations.constant(text) {
        return Number::Integer(constant).to(ty);
    }
    if let "true" | "false" = text {
        return Number::Integer((text == "true").into()).to(ty);
    }
    let Ok(float) = text.parse::<f64>() else {
        return Err("is no number".into());
    };
    let is_number = text.contains(|c: char| c.is_ascii_digit());
    match ty.resolve() {
        // Rounding twice could miss the nearest: the text is read again.
        Type::F32 | Type::Complex(Float::F32) => {
            let nearest = text.parse::<f32>().map_err(|error| error.to_string())?;
            if nearest.is_infinite() && is_number {
                return Err("does not fit float".into());
            }
            Number::Float(nearest.into()).to(ty)
        }
        Type::F16 | Type::Complex(Float::F16) => {
            let nearest = F16::from_f64(float).to_f32();
            if nearest.is_infinite() && is_number {
                return Err("does not fit _Float16".into());
            }
            // Right between two halves, what the double lacks of the text decides.
            let [below, above] = [float.next_down(), float.next_up()].map(F16::from_f64);
            if below != above && !float.is_nan() && !is_exact(text, float) {
                return Err("is too close to the middle between two _Float16".into());
            }
            Number::Float(nearest.into()).to(ty)
        }
        _ if float.is_infinite() && is_number => Err("does not fit double".into()),
        Type::F80 | Type::F128 | Type::Complex(Float::F80 | Float::F128)
            if !is_exact(text, float) =>
        {
            Err(format!("is not exact as double, through which numbers become {ty}"))
        }
        _ => Number::Float(float).to(ty),
    }
}

/// An integer in C's notation, or a character; none for another text.
fn integer(text: &str) -> Option<Result<Number, String>> {
    if let Some(inside) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(match super::lexer::character(inside) {
            Some(value) => Ok(Number::Integer(value.into())),
            None => Err("is not one character".into()),
        });
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let lower = digits.to_ascii_lowercase();
    let magnitude = if let Some(digits) = lower.strip_prefix("0x") {
        u128::from_str_radix(digits, 16)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        u128::from_str_radix(digits, 2)
    } else if lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|b| b.is_ascii_digit())
    {
        u128::from_str_radix(&lower, 8)
    } else {
        lower.parse()
    };
    let magnitude = match magnitude {
        Ok(magnitude) => magnitude,
        // A fraction or exponent, which decimal numbers alone have.
        Err(_) if !lower.starts_with("0x") && lower.contains(['.', 'e']) => return None,
        Err(_) => return Some(Err("is no number of at most 128 bits".into())),
    };
    Some(match (i128::try_from(magnitude), negative) {
        (Ok(0), true) => return None,
        (Ok(value), true) => Ok(Number::Integer(-value)),
        (Ok(value), false) => Ok(Number::Integer(value)),
        (Err(_), true) => Err("is no number of at most 128 bits".into()),
        (Err(_), false) => Ok(Number::Large(magnitude)),
    })
}

/// Whether decimal digits are exactly a double's value.
fn is_exact(text: &str, float: f64) -> bool {
    if !float.is_finite() {
        return true;
    }
    let plain = text.trim_start_matches(['+', '-']).trim_start_matches('0');
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let exact = format!("{:.1074}", float.abs());
    let (exact_whole, exact_fraction) = exact.split_once('.').unwrap_or((&exact, ""));
    whole == exact_whole.trim_start_matches('0')
        && fraction.trim_end_matches('0') == exact_fraction.trim_end_matches('0')
}
