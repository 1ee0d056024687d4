//! Values of constants as they are written: integers, characters, strings (C11, 6.4.4 and 6.4.5).

use crate::Type;
use crate::types::DataModel;

/// Which of C's integer types a constant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    Int,
    Long,
    LongLong,
}

/// An integer constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Integer {
    pub(in super::super) value: u64,
    unsigned: bool,
    size: Size,
}

impl Integer {
    /// Its type.
    pub(in super::super) fn ty(self, data: DataModel) -> Type {
        match (self.size, self.unsigned) {
            (Size::Int, false) => Type::alias("int", data.int()),
            (Size::Int, true) => Type::alias("unsigned int", data.unsigned_int()),
            (Size::Long, false) => Type::alias("long", data.long()),
            (Size::Long, true) => Type::alias("unsigned long", data.unsigned_long()),
            (Size::LongLong, false) => Type::alias("long long", Type::I64),
            (Size::LongLong, true) => Type::alias("unsigned long long", Type::U64),
        }
    }
}

/// The value and type of an integer constant; none where it is no number of at most 64 bits.
pub(in super::super) fn integer(text: &str, data: DataModel) -> Option<Integer> {
    let lower = text.to_ascii_lowercase().replace('\'', "");
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let suffix = digits.trim_start_matches(|c: char| c.is_digit(radix));
    let digits = &digits[..digits.len() - suffix.len()];
    // A lone zero in front of a suffix is the number itself.
    let digits = if digits.is_empty() && radix == 8 { "0" } else { digits };
    let value = u64::from_str_radix(digits, radix).ok()?;
    let (unsigned, least) = match suffix {
        "" => (false, Size::Int),
        "u" => (true, Size::Int),
        "l" => (false, Size::Long),
        "ul" | "lu" => (true, Size::Long),
        "ll" => (false, Size::LongLong),
        "ull" | "llu" => (true, Size::LongLong),
        _ => return None,
    };
    // C11, 6.4.4.1: the first type that holds the value; decimal constants stay signed where they can.
    for size in [Size::Int, Size::Long, Size::LongLong].into_iter().filter(|size| *size >= least) {
        let bits = match size {
            Size::Int => 32,
            Size::Long => 8 * data.long_size,
            Size::LongLong => 64,
        };
        if !unsigned && value >> (bits - 1) == 0 {
            return Some(Integer { value, unsigned, size });
        }
        if (unsigned || radix != 10) && (bits == 64 || value >> bits == 0) {
            return Some(Integer { value, unsigned: true, size });
        }
    }
    Some(Integer { value, unsigned: true, size: Size::LongLong })
}

/// What stands between quotes, and the prefix before them.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Text<'text> {
    pub(in super::super) prefix: &'text str,
    pub(in super::super) inside: &'text str,
}

impl<'text> Text<'text> {
    /// Takes a token with its quotes apart.
    pub(in super::super) fn of(token: &'text str) -> Text<'text> {
        let opening = token.find(['"', '\'']).unwrap_or(0);
        let inside = token.get(opening + 1..token.len().saturating_sub(1)).unwrap_or("");
        Text { prefix: &token[..opening], inside }
    }
}

/// The value and type of a character constant.
pub(in super::super) fn character_constant(token: &str, data: DataModel) -> Option<(i64, Type)> {
    let Text { prefix, inside } = Text::of(token);
    let units = string(token, data)?;
    let ty = match prefix {
        "L" => data.wchar_t(),
        "u" => Type::U16,
        "U" => Type::U32,
        "u8" => Type::U8,
        _ => Type::alias("int", data.int()),
    };
    let value = match (units.as_slice(), &ty) {
        ([_], _) if prefix.is_empty() => character(inside, data.char_signed)?.into(),
        // gcc and clang put several characters after each other into an int.
        (_, _) if prefix.is_empty() => {
            let named = inside.contains("\\u") || inside.contains("\\U") || !inside.is_ascii();
            let several = (2..=4).contains(&units.len()) && !named;
            let bytes = several.then(|| units.iter().map(|unit| i64::from(*unit)))?;
            (bytes.fold(0, |value, byte| value << 8 | byte) as i32).into()
        }
        ([unit], Type::I16) => (*unit as i16).into(),
        ([unit], Type::I32) => (*unit as i32).into(),
        ([unit], _) => (*unit).into(),
        _ => return None,
    };
    Some((value, ty))
}

/// The units of a string in the width its prefix gives them; none where an escape does not fit, or C has no such one.
pub(in super::super) fn string(token: &str, data: DataModel) -> Option<Vec<u32>> {
    let Text { prefix, inside } = Text::of(token);
    let width = match prefix {
        "L" => data.wchar_size,
        "u" => 2,
        "U" => 4,
        _ => 1,
    };
    let most = u32::MAX >> (32 - 8 * width as u32);
    let mut units = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(first) = rest.chars().next() {
        if first != '\\' {
            encode(first, width, &mut units);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (unit, length) = escape(&rest[1..])?;
        match unit {
            Escape::Unit(unit) if unit <= most => units.push(unit),
            Escape::Unit(_) => return None,
            Escape::Character(character) => encode(character, width, &mut units),
        }
        rest = &rest[1 + length..];
    }
    Some(units)
}

enum Escape {
    Unit(u32),
    /// `\u` and `\U` name a character, of as many units as it takes.
    Character(char),
}

/// What stands behind a backslash, and its length.
fn escape(rest: &str) -> Option<(Escape, usize)> {
    let escape = rest.chars().next()?;
    let unit = match escape {
        'n' => 10,
        't' => 9,
        'r' => 13,
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'v' => 11,
        'e' | 'E' => 27,
        '\\' | '\'' | '"' | '?' => escape as u32,
        'x' => {
            let length = rest[1..].bytes().take_while(u8::is_ascii_hexdigit).count();
            let value = u32::from_str_radix(&rest[1..1 + length], 16).ok()?;
            return Some((Escape::Unit(value), 1 + length));
        }
        '0'..='7' => {
            let octal = |byte: &u8| matches!(byte, b'0'..=b'7');
            let length = rest.bytes().take(3).take_while(octal).count();
            let value = u32::from_str_radix(&rest[..length], 8).ok()?;
            return Some((Escape::Unit(value), length));
        }
        'u' | 'U' => {
            let length = if escape == 'u' { 4 } else { 8 };
            let value = u32::from_str_radix(rest.get(1..1 + length)?, 16).ok()?;
            return Some((Escape::Character(char::from_u32(value)?), 1 + length));
        }
        _ => return None,
    };
    Some((Escape::Unit(unit), 1))
}

fn encode(character: char, width: usize, units: &mut Vec<u32>) {
    match width {
        1 => {
            let mut room = [0; 4];
            units.extend(character.encode_utf8(&mut room).bytes().map(u32::from));
        }
        2 => {
            let mut room = [0; 2];
            units.extend(character.encode_utf16(&mut room).iter().map(|unit| u32::from(*unit)));
        }
        _ => units.push(character.into()),
    }
}

/// The value of one character, or of one escape, between single quotes; above 127 that of a `char`, of this sign.
pub(in super::super) fn character(inside: &str, char_signed: bool) -> Option<i32> {
    let mut characters = inside.chars();
    let first = characters.next()?;
    if first != '\\' {
        return characters.next().is_none().then_some(first as i32);
    }
    match escape(characters.as_str())? {
        (Escape::Unit(unit), length) if 1 + length == inside.len() => {
            let unit = u8::try_from(unit).ok()?;
            Some(if char_signed { (unit as i8).into() } else { unit.into() })
        }
        _ => None,
    }
}
