//! Constants as text, in the type that they are needed in.

use super::Declarations;
use super::parser::Content;
use crate::value::digits::nearest;
use crate::value::number::Number;
use crate::{Type, Value};

/// The value that a text stands for in a type: a number, a character, an enumerator, an expression of them. A decimal number
/// without a suffix takes the type it is needed in: `0.1` is the nearest `float`, and the nearest `long double`.
pub(super) fn number(text: &str, ty: &Type, declarations: &Declarations) -> Result<Value, String> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(value) = float(negative, digits, ty) {
        return value;
    }
    if let Some(magnitude) = decimal(digits) {
        return match (i128::try_from(magnitude), negative) {
            // A zero with a sign is a floating-point number.
            (Ok(0), true) => Number::Float(-0.0).to(ty).or_else(|_| Number::Integer(0).to(ty)),
            (Ok(value), true) => Number::Integer(-value).to(ty),
            (Ok(value), false) => Number::Integer(value).to(ty),
            (Err(_), true) => Err("is no number of at most 128 bits".into()),
            (Err(_), false) => Number::Large(magnitude).to(ty),
        };
    }
    match declarations.content(text) {
        Ok((_, Content::Integer(value))) => Number::Integer(value).to(ty),
        Ok((_, Content::Float(value))) => Number::Float(value).to(ty),
        Ok((_, Content::Text(_))) => Err("is no number".into()),
        // A word or a number alone has no inside for a mistake to be in.
        Err(_) if !text.contains(|c: char| !(c.is_alphanumeric() || "_.\'".contains(c))) => {
            Err("is no number".into())
        }
        Err(mistake) => Err(format!("is no number: {}", mistake.message)),
    }
}

/// A decimal integer without a suffix, which may have more bits than those of expressions.
fn decimal(digits: &str) -> Option<u128> {
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
    let octal = digits.len() > 1 && digits.starts_with('0');
    if !is_decimal || octal { None } else { digits.parse().ok() }
}

/// A floating-point number without a suffix, an infinity or a NaN, where a floating-point type is needed.
fn float(negative: bool, digits: &str, ty: &Type) -> Option<Result<Value, String>> {
    let part = match ty.resolve() {
        Type::Complex(part) => Type::from(*part),
        Type::F16 | Type::F32 | Type::F64 | Type::F80 | Type::F128 => ty.clone(),
        _ => return None,
    };
    let special = match digits.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => Some(f64::INFINITY),
        "nan" => Some(f64::NAN),
        _ => None,
    };
    if let Some(value) = special {
        return Some(Number::Float(if negative { -value } else { value }).to(ty));
    }
    let hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
    let exponents = if hexadecimal { "pP" } else { "eE" };
    // Anything else beside digits is an expression, or a suffix, and has a type of its own.
    let mut before = '\0';
    let is_plain = digits.chars().all(|c| {
        let sign = "+-".contains(c) && exponents.contains(before);
        before = c;
        c.is_ascii_hexdigit() || ".'xXpP".contains(c) || sign
    });
    let is_float = is_plain
        && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.ends_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c == '.' || exponents.contains(c));
    if !is_float {
        return None;
    }
    let value = nearest(digits, &part).map(|value| if negative { value.negated() } else { value });
    Some(value.map(|value| match ty.resolve() {
        Type::Complex(_) => value.as_complex(ty),
        _ => value,
    }))
}
