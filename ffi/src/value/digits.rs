//! Floating-point numbers as text, rounded once: decimal and hexadecimal digits to the nearest number of any format, and
//! the fewest decimal digits that no other number of the format is nearest to.

use std::cmp::Ordering;

use super::large::Large;
use super::{Bytes, Value};
use crate::Type;
use crate::c_type::F16;

/// A binary floating-point format (IEEE 754-2019, 3.3).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Format {
    /// Bits of the significand, the leading one with them.
    precision: u32,
    /// The largest exponent.
    emax: i32,
}

impl Format {
    fn of(ty: &Type) -> Option<Format> {
        let (precision, emax) = match ty.resolve() {
            Type::F16 => (11, 15),
            Type::F32 => (24, 127),
            Type::F64 => (53, 1023),
            Type::F80 => (64, 16383),
            Type::F128 => (113, 16383),
            _ => return None,
        };
        Some(Format { precision, emax })
    }

    /// The exponent of the last bit of the smallest numbers.
    fn least(self) -> i32 {
        2 - self.emax - self.precision as i32
    }
}

/// A number `significand × 2^exponent`, of a format.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Binary {
    significand: u128,
    exponent: i32,
}

/// No format has numbers that are so large, or so small, in powers of ten.
const MOST_TENS: i64 = 6000;

/// Digits beyond these decide nothing that anybody writes.
const MOST_DIGITS: usize = 5000;

/// The value of type `ty`, a floating-point type, that is nearest to a number as C writes it, without a sign and a suffix.
///
/// # Errors
/// In words, for what is no such number, and for one that is too large.
pub(crate) fn nearest(text: &str, ty: &Type) -> Result<Value, String> {
    let format = Format::of(ty).ok_or_else(|| format!("is a number, and {ty} is none"))?;
    let no_number = || "is no number".to_owned();
    let text = text.replace('\'', "").to_ascii_lowercase();
    let (hexadecimal, digits) = match text.strip_prefix("0x") {
        Some(digits) => (true, digits),
        None => (false, text.as_str()),
    };
    let (digits, exponent) = match digits.split_once(if hexadecimal { 'p' } else { 'e' }) {
        Some((digits, exponent)) => (digits, exponent.parse::<i64>().map_err(|_| no_number())?),
        None if hexadecimal => return Err(no_number()),
        None => (digits, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(no_number());
    }
    if whole.len() + fraction.len() > MOST_DIGITS {
        return Err(format!("has more than {MOST_DIGITS} digits"));
    }
    let radix = if hexadecimal { 16 } else { 10 };
    let mut number = Large::default();
    for digit in whole.chars().chain(fraction.chars()) {
        number.multiply_add(radix, digit.to_digit(radix).ok_or_else(no_number)?);
    }
    let per_digit = if hexadecimal { 4 } else { 1 };
    let exponent = exponent.saturating_sub(per_digit * fraction.len() as i64);
    let digits = (whole.len() + fraction.len()) as i64;
    let size = exponent.saturating_add(digits * per_digit);
    let most = if hexadecimal { 4 * MOST_TENS } else { MOST_TENS };
    let binary = if number.is_zero() || size < -most {
        Binary { significand: 0, exponent: 0 }
    } else if exponent.saturating_add(if hexadecimal { number.bits() as i64 } else { 1 }) > most {
        return Err(format!("does not fit {ty}"));
    } else {
        let mut divisor = Large::from(1);
        let scaled = if exponent < 0 { &mut divisor } else { &mut number };
        match hexadecimal {
            true => scaled.shift_left(exponent.unsigned_abs() as u32),
            false => scaled.multiply_by_power_of_ten(exponent.unsigned_abs() as u32),
        }
        round(number, divisor, format).ok_or_else(|| format!("does not fit {ty}"))?
    };
    Ok(encode(binary, format, ty))
}

/// The number of a format that is nearest to a fraction, ties to even; none where it is too large.
fn round(mut number: Large, mut divisor: Large, format: Format) -> Option<Binary> {
    let precision = format.precision as i32;
    let mut exponent =
        (number.bits() as i32 - divisor.bits() as i32 - precision).max(format.least());
    match exponent < 0 {
        true => number.shift_left(exponent.unsigned_abs()),
        false => divisor.shift_left(exponent.unsigned_abs()),
    }
    let (mut significand, mut rest) = number.clone().divide(&divisor, format.precision + 1);
    if significand >> format.precision != 0 {
        divisor.shift_left(1);
        (significand, rest) = number.divide(&divisor, format.precision + 1);
        exponent += 1;
    }
    significand += u128::from(rounds_up(significand, &mut rest, &divisor));
    if significand >> format.precision != 0 {
        (significand, exponent) = (significand >> 1, exponent + 1);
    }
    let leading = exponent + (128 - significand.leading_zeros()) as i32 - 1;
    (leading <= format.emax).then_some(Binary { significand, exponent })
}

/// Whether what a division leaves makes its quotient one more.
fn rounds_up(quotient: u128, rest: &mut Large, divisor: &Large) -> bool {
    rest.shift_left(1);
    match (*rest).cmp(divisor) {
        Ordering::Less => false,
        Ordering::Equal => quotient & 1 == 1,
        Ordering::Greater => true,
    }
}

/// The bits of a number: exponent and fraction.
fn encode(number: Binary, format: Format, ty: &Type) -> Value {
    let Binary { significand, exponent } = number;
    let fraction_bits = format.precision - 1;
    let normal = significand >> fraction_bits != 0;
    let biased = match normal {
        true => (exponent + fraction_bits as i32 + format.emax) as u128,
        false => 0,
    };
    let fraction = significand & ((1 << fraction_bits) - 1);
    match ty.resolve() {
        Type::F16 => Value::F16(F16((biased << fraction_bits | fraction) as u16)),
        Type::F32 => Value::F32(f32::from_bits((biased << fraction_bits | fraction) as u32)),
        Type::F64 => Value::F64(f64::from_bits((biased << fraction_bits | fraction) as u64)),
        // Its leading bit is stored.
        Type::F80 => extended(ty, biased << 64 | significand),
        _ => extended(ty, biased << fraction_bits | fraction),
    }
}

fn extended(ty: &Type, word: u128) -> Value {
    Value::Bytes(Bytes { ty: ty.clone(), bytes: word.to_le_bytes().as_slice().into() })
}

/// An extended number in decimal digits, as few as tell it from every other; none for other types.
pub(super) fn shortest(bytes: &Bytes) -> Option<String> {
    let ty = bytes.ty.resolve();
    let format = Format::of(ty)?;
    let word = u128::from_le_bytes((*bytes.bytes).try_into().ok()?);
    let (sign, biased, fraction) = match ty {
        Type::F80 => (word >> 79 & 1, word >> 64 & 0x7fff, word & u128::from(u64::MAX)),
        Type::F128 => (word >> 127, word >> 112 & 0x7fff, word & ((1 << 112) - 1)),
        _ => return None,
    };
    let sign = if sign == 1 { "-" } else { "" };
    let fraction_bits = format.precision - 1;
    if biased == 0x7fff {
        let infinite = fraction << (128 - fraction_bits) == 0;
        return Some(if infinite { format!("{sign}inf") } else { "NaN".to_owned() });
    }
    let hidden = u128::from(matches!(ty, Type::F128) && biased != 0) << fraction_bits;
    let significand = fraction | hidden;
    let exponent = (biased as i32).max(1) - format.emax - fraction_bits as i32;
    if significand == 0 {
        return Some(format!("{sign}0"));
    }
    // Right above a power of two the numbers lie twice as far apart as right below it.
    let uneven = significand == 1 << fraction_bits && biased > 1;
    let (digits, tens) = fewest_digits(Binary { significand, exponent }, uneven);
    Some(sign.to_owned() + &in_digits(&digits, tens))
}

/// The fewest decimal digits that are nearer to a number than to its neighbours, and the power of ten of the first (Steele
/// and White's way). `uneven`: the neighbour below is half as far away as the one above.
fn fewest_digits(number: Binary, uneven: bool) -> (String, i32) {
    let Binary { significand, exponent } = number;
    // The number is rest / unit; to the middle between it and its neighbours, it is `above` and `below` in this unit.
    let (up, down) = (exponent.max(0) as u32, (-exponent).max(0) as u32);
    let [mut rest, mut unit, mut above, mut below] = [significand, 1, 1, 1].map(Large::from);
    rest.shift_left(up + 1 + u32::from(uneven));
    unit.shift_left(down + 1 + u32::from(uneven));
    above.shift_left(up + u32::from(uneven));
    below.shift_left(up);
    // What lies in the middle becomes the number whose last bit is zero.
    let even = significand & 1 == 0;
    let reaches = |rest: &Large, above: &Large, unit: &Large| match rest.sum(above).cmp(unit) {
        Ordering::Less => false,
        Ordering::Equal => even,
        Ordering::Greater => true,
    };
    let bits = f64::from(rest.bits() as i32 - unit.bits() as i32);
    let mut tens = (bits * std::f64::consts::LOG10_2).floor() as i32 - 1;
    if tens >= 0 {
        unit.multiply_by_power_of_ten(tens.unsigned_abs());
    } else {
        for part in [&mut rest, &mut above, &mut below] {
            part.multiply_by_power_of_ten(tens.unsigned_abs());
        }
    }
    loop {
        let mut next = unit.clone();
        next.multiply_by_power_of_ten(1);
        if !reaches(&rest, &above, &next) {
            break;
        }
        (unit, tens) = (next, tens + 1);
    }
    let mut digits = String::new();
    loop {
        let mut digit = 0;
        while rest >= unit {
            rest.subtract(&unit);
            digit += 1;
        }
        let is_low = if even { rest <= below } else { rest < below };
        let is_high = reaches(&rest, &above, &unit);
        if is_low || is_high {
            let upper_half = rest.sum(&rest) >= unit;
            digits.push(char::from(b'0' + digit + u8::from(is_high && (!is_low || upper_half))));
            return (digits, tens);
        }
        digits.push(char::from(b'0' + digit));
        for part in [&mut rest, &mut above, &mut below] {
            part.multiply_by_power_of_ten(1);
        }
    }
}

/// Digits with a point in their place, or with an exponent where that is far from them.
fn in_digits(digits: &str, tens: i32) -> String {
    let digits = digits.trim_end_matches('0');
    let count = digits.len() as i32;
    match tens {
        -7..0 => format!("0.{}{digits}", "0".repeat((-1 - tens) as usize)),
        0..24 if count <= tens + 1 => {
            format!("{digits}{}", "0".repeat((tens + 1 - count) as usize))
        }
        0..24 => {
            let (whole, fraction) = digits.split_at(tens as usize + 1);
            format!("{whole}.{fraction}")
        }
        _ if count == 1 => format!("{digits}e{tens}"),
        _ => format!("{}.{}e{tens}", &digits[..1], &digits[1..]),
    }
}
