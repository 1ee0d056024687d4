//! Integer constant expressions, for lengths, widths, enumerators and assertions (C11, 6.6).

use super::super::lexer::Token;
use super::super::model::{DeclaredType, Form, Meaning};
use super::{Parsed, Parser};
use crate::Type;

/// A value, and which of C's integer types it has: `int`, or wider, or unsigned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constant {
    pub(super) value: i128,
    wide: bool,
    unsigned: bool,
}

impl Constant {
    /// The value in its type: what does not fit wraps around.
    fn new(value: i128, wide: bool, unsigned: bool) -> Constant {
        let value = match (wide, unsigned) {
            (false, false) => i128::from(value as i32),
            (false, true) => i128::from(value as u32),
            (true, false) => i128::from(value as i64),
            (true, true) => i128::from(value as u64),
        };
        Constant { value, wide, unsigned }
    }

    fn truth(value: bool) -> Constant {
        Constant::new(value.into(), false, false)
    }

    /// A `size_t`.
    fn size(size: usize) -> Constant {
        Constant::new(size as i128, true, true)
    }

    /// The smallest of `int`, `long` and `unsigned long` that holds the value.
    fn holding(value: i128) -> Constant {
        let wide = i32::try_from(value).is_err();
        Constant::new(value, wide, value > i128::from(i64::MAX))
    }
}

/// The binary operators by precedence, the weakest first.
const OPERATORS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<", ">", "<=", ">="],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Parser<'_, '_> {
    /// A constant expression.
    pub(super) fn constant(&mut self) -> Parsed<Constant> {
        self.nested(|parser| {
            let condition = parser.binary(0)?;
            if !parser.accept("?") {
                return Ok(condition);
            }
            let yes = parser.constant()?;
            parser.expect(":")?;
            let no = parser.constant()?;
            let chosen = if condition.value != 0 { yes } else { no };
            Ok(Constant::new(chosen.value, yes.wide | no.wide, joined_sign(yes, no)))
        })
    }

    /// Operators of at least this precedence, with their operands.
    fn binary(&mut self, weakest: usize) -> Parsed<Constant> {
        let mut left = self.unary()?;
        loop {
            let place = self.lexeme();
            let Token::Punct(operator) = place.token else { return Ok(left) };
            let level = OPERATORS.iter().position(|operators| operators.contains(&operator));
            let Some(level) = level.filter(|level| *level >= weakest) else { return Ok(left) };
            self.advance();
            let right = self.binary(level + 1)?;
            let result = combine(operator, left, right);
            left = self.placed(place, result)?;
        }
    }

    fn unary(&mut self) -> Parsed<Constant> {
        self.nested(Self::unary_inside)
    }

    fn unary_inside(&mut self) -> Parsed<Constant> {
        let place = self.lexeme();
        match place.token {
            Token::Punct(operator @ ("+" | "-" | "~" | "!")) => {
                self.advance();
                let operand = self.unary()?;
                let Constant { value, wide, unsigned } = operand;
                Ok(match operator {
                    "-" => Constant::new(-value, wide, unsigned),
                    "~" => Constant::new(!value, wide, unsigned),
                    "!" => Constant::truth(value == 0),
                    _ => operand,
                })
            }
            Token::Punct("(") => {
                self.advance();
                if !self.at_type() {
                    let value = self.constant()?;
                    self.expect(")")?;
                    return Ok(value);
                }
                let ty = self.type_name()?;
                self.expect(")")?;
                let operand = self.unary()?;
                let cast = self.cast(operand, &ty);
                self.placed(place, cast)
            }
            Token::Integer(integer) => {
                self.advance();
                Ok(Constant::new(integer.value.into(), integer.wide, integer.unsigned))
            }
            Token::Float => self.mistake("a constant of integers is needed here"),
            Token::Word("sizeof") => {
                self.advance();
                self.size_of()
            }
            Token::Word("_Alignof" | "alignof" | "__alignof__" | "__alignof") => {
                self.advance();
                self.expect("(")?;
                let place = self.lexeme();
                let ty = self.type_name()?;
                self.expect(")")?;
                let alignment = self.model.alignment(&ty);
                Ok(Constant::size(self.placed(place, alignment)?))
            }
            Token::Word("__builtin_offsetof" | "offsetof") => {
                self.advance();
                self.offset_of()
            }
            Token::Word("__extension__") => {
                self.advance();
                self.unary()
            }
            Token::Word("_Generic") => self.mistake("`_Generic` needs a compiler"),
            Token::Word("true" | "false") => {
                self.advance();
                Ok(Constant::truth(place.token == Token::Word("true")))
            }
            Token::Word(word) => match self.model.meanings.get(word) {
                Some(Meaning::Constant(value)) => {
                    let value = Constant::holding(*value);
                    self.advance();
                    Ok(value)
                }
                _ => self.mistake(format!("`{word}` is no constant that was declared")),
            },
            _ => self.unexpected("a constant"),
        }
    }

    /// Behind `sizeof`: a type in parentheses, or an expression of constants.
    fn size_of(&mut self) -> Parsed<Constant> {
        if self.is("(") {
            let before = self.at;
            self.advance();
            if self.at_type() {
                let place = self.lexeme();
                let ty = self.type_name()?;
                self.expect(")")?;
                let size = self.model.value_type(&ty).map(|ty| ty.size());
                return Ok(Constant::size(self.placed(place, size)?));
            }
            self.at = before;
        }
        if let Token::Text(text) = self.peek() {
            if text.contains('\\') {
                return self.mistake("the size of a string with escapes is not computed");
            }
            self.advance();
            return Ok(Constant::size(text.len() + 1));
        }
        let operand = self.unary()?;
        Ok(Constant::size(if operand.wide { 8 } else { 4 }))
    }

    /// `(type, member.member[index])`.
    fn offset_of(&mut self) -> Parsed<Constant> {
        self.expect("(")?;
        let mut ty = self.type_name()?;
        self.expect(",")?;
        let mut offset = 0;
        loop {
            let name = self.advance();
            let Token::Word(word) = name.token else {
                return self.mistake_at(name, "expected the name of a member");
            };
            let found = self.model.member(&ty, word);
            let member = self.placed(name, found)?;
            (offset, ty) = (offset + member.offset, member.ty);
            while self.accept("[") {
                let place = self.lexeme();
                let index = self.constant()?.value;
                self.expect("]")?;
                let Form::Array(element, _) = &self.model.resolve(&ty).form else {
                    return self.mistake_at(place, "this member is no array");
                };
                let element = DeclaredType::clone(element);
                let size = self.model.value_type(&element).map(|ty| ty.size());
                let size = self.placed(place, size)?;
                let Some(within) = usize::try_from(index).ok().and_then(|i| i.checked_mul(size))
                else {
                    return self.mistake_at(place, format!("no element has the index {index}"));
                };
                offset = offset.saturating_add(within);
                ty = element;
            }
            if !self.accept(".") {
                self.expect(")")?;
                return Ok(Constant::size(offset));
            }
        }
    }

    /// A value cast to a type of integers or pointers.
    fn cast(&self, operand: Constant, ty: &DeclaredType) -> Result<Constant, String> {
        let value = operand.value;
        Ok(match self.model.value_type(ty)?.resolve() {
            Type::Bool => Constant::truth(value != 0),
            Type::I8 => Constant::new((value as i8).into(), false, false),
            Type::U8 => Constant::new((value as u8).into(), false, false),
            Type::I16 => Constant::new((value as i16).into(), false, false),
            Type::U16 => Constant::new((value as u16).into(), false, false),
            Type::I32 => Constant::new(value, false, false),
            Type::U32 => Constant::new(value, false, true),
            Type::I64 => Constant::new(value, true, false),
            Type::U64 | Type::Pointer => Constant::new(value, true, true),
            _ => return Err("a constant of integers is needed here".into()),
        })
    }

    /// `_Static_assert(…)`, if it comes next: checked.
    pub(super) fn static_assertion(&mut self) -> Parsed<bool> {
        if !self.accept_word(&["_Static_assert", "static_assert"]) {
            return Ok(false);
        }
        self.expect("(")?;
        let place = self.lexeme();
        let holds = self.constant()?.value != 0;
        let mut message = String::new();
        if self.accept(",") {
            while let Token::Text(text) = self.peek() {
                message.push_str(text);
                self.advance();
            }
        }
        self.expect(")")?;
        if !holds {
            return self.mistake_at(place, format!("this assertion does not hold: {message}"));
        }
        if self.peek() != Token::End {
            self.expect(";")?;
        }
        Ok(true)
    }
}

/// Whether the common type of two values is unsigned (C11, 6.3.1.8).
fn joined_sign(a: Constant, b: Constant) -> bool {
    match (a.wide, b.wide) {
        (true, false) => a.unsigned,
        (false, true) => b.unsigned,
        _ => a.unsigned || b.unsigned,
    }
}

fn combine(operator: &str, a: Constant, b: Constant) -> Result<Constant, String> {
    let (wide, unsigned) = (a.wide | b.wide, joined_sign(a, b));
    if let "<<" | ">>" = operator {
        let bits = if a.wide { 64 } else { 32 };
        let Some(shift) = u32::try_from(b.value).ok().filter(|shift| *shift < bits) else {
            return Err(format!("a shift by {} bits", b.value));
        };
        let value = if operator == "<<" { a.value << shift } else { a.value >> shift };
        return Ok(Constant::new(value, a.wide, a.unsigned));
    }
    let (x, y) = (
        Constant::new(a.value, wide, unsigned).value,
        Constant::new(b.value, wide, unsigned).value,
    );
    if matches!(operator, "/" | "%") && y == 0 {
        return Err("a division by zero".into());
    }
    Ok(match operator {
        "||" => Constant::truth(a.value != 0 || b.value != 0),
        "&&" => Constant::truth(a.value != 0 && b.value != 0),
        "==" => Constant::truth(x == y),
        "!=" => Constant::truth(x != y),
        "<" => Constant::truth(x < y),
        ">" => Constant::truth(x > y),
        "<=" => Constant::truth(x <= y),
        ">=" => Constant::truth(x >= y),
        "|" => Constant::new(x | y, wide, unsigned),
        "^" => Constant::new(x ^ y, wide, unsigned),
        "&" => Constant::new(x & y, wide, unsigned),
        "+" => Constant::new(x + y, wide, unsigned),
        "-" => Constant::new(x - y, wide, unsigned),
        // Both factors have at most 64 bits: their product has 128, and wraps as C's does.
        "*" => Constant::new(x.wrapping_mul(y), wide, unsigned),
        "/" => Constant::new(x / y, wide, unsigned),
        _ => Constant::new(x % y, wide, unsigned),
    })
}
