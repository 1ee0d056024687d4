//! Constant expressions, for lengths, widths, enumerators and assertions (C11, 6.6), and the types of others.

use super::super::diagnostic::cut;
use super::super::keyword::Keyword;
use super::super::lexer::{self, Token};
use super::super::model::{DeclaredType, Form};
use super::evaluate::INTEGERS_ALONE;
use super::operand::{Constant, Known, Operand};
use super::{Parsed, Parser};
use crate::types::MAX_SIZE;

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
    /// The value of a constant expression of integers.
    pub(super) fn constant(&mut self) -> Parsed<i128> {
        Ok(self.constant_number()?.value)
    }

    /// A constant expression of integers, in its type.
    pub(super) fn constant_number(&mut self) -> Parsed<Constant> {
        let place = self.lexeme();
        let operand = self.conditional()?;
        let ty = self.placed(place, self.model.value_type(&operand.ty))?;
        match operand.value {
            Known::Integer(value) => match Constant::of_type(value, &ty) {
                Some(constant) => Ok(constant),
                None => self.mistake_at(place, INTEGERS_ALONE),
            },
            Known::Unknown(mistake) => Err(mistake),
            Known::Float(_) | Known::Text(_) | Known::Place(_) => {
                self.mistake_at(place, INTEGERS_ALONE)
            }
        }
    }

    /// The type of any expression.
    pub(super) fn expression_type(&mut self) -> Parsed<DeclaredType> {
        Ok(self.expression()?.ty)
    }

    /// Expressions with commas between them: the last one counts.
    pub(super) fn expression(&mut self) -> Parsed<Operand> {
        let mut last = self.conditional()?;
        while self.accept(",") {
            last = self.conditional()?;
        }
        Ok(last)
    }

    pub(super) fn conditional(&mut self) -> Parsed<Operand> {
        self.nested(|parser| {
            let place = parser.lexeme();
            let condition = parser.binary(0)?;
            if !parser.accept("?") {
                return Ok(condition);
            }
            // gcc's `a ?: b` is `a ? a : b`.
            let yes = if parser.is(":") { condition.clone() } else { parser.expression()? };
            parser.expect(":")?;
            let no = parser.conditional()?;
            let truth = parser.truth(&condition);
            let ty = parser.joined(place, &yes, &no)?;
            let value = match truth {
                Ok(true) => yes,
                Ok(false) => no,
                Err(mistake) => return Ok(Operand { ty, value: Known::Unknown(mistake) }),
            };
            parser.cast(place, value, &ty)
        })
    }

    /// Operators of at least this precedence, with their operands.
    fn binary(&mut self, weakest: usize) -> Parsed<Operand> {
        let mut left = self.unary()?;
        loop {
            let place = self.lexeme();
            let Token::Punct(operator) = place.token else { return Ok(left) };
            let level = OPERATORS.iter().position(|operators| operators.contains(&operator));
            let Some(level) = level.filter(|level| *level >= weakest) else { return Ok(left) };
            self.advance();
            let right = self.binary(level + 1)?;
            left = self.combine(place, operator, left, right)?;
        }
    }

    pub(super) fn unary(&mut self) -> Parsed<Operand> {
        self.nested(Self::unary_inside)
    }

    fn unary_inside(&mut self) -> Parsed<Operand> {
        let place = self.lexeme();
        match place.token {
            Token::Punct(operator @ ("+" | "-" | "~" | "!")) => {
                self.advance();
                let operand = self.unary()?;
                self.signed(place, operator, operand)
            }
            Token::Punct("&") => {
                self.advance();
                let operand = self.unary()?;
                let value = match operand.value {
                    Known::Place(address) => Known::Integer(address),
                    _ => self.unknown(place, "this address is not known here"),
                };
                Ok(Operand { ty: DeclaredType::pointer(operand.ty), value })
            }
            Token::Punct("*") => {
                self.advance();
                let operand = self.unary()?;
                let pointer = self.decayed(place, operand);
                self.pointed_to(place, pointer)
            }
            Token::Keyword(Keyword::Sizeof) => {
                self.advance();
                self.size_of()
            }
            Token::Keyword(Keyword::Alignof) => {
                self.advance();
                let place = self.lexeme();
                let ty = self.operand_type()?;
                let alignment = self.placed(place, self.model.alignment(&ty))?;
                Ok(self.size(alignment))
            }
            Token::Keyword(Keyword::Extension) => {
                self.advance();
                self.unary()
            }
            _ => {
                let primary = self.primary()?;
                self.postfix(primary)
            }
        }
    }

    fn primary(&mut self) -> Parsed<Operand> {
        let place = self.lexeme();
        let data = self.model.data;
        match place.token {
            Token::Punct("(") => self.parenthesised(),
            Token::Integer(text) => {
                let Some(integer) = lexer::integer(text, data) else {
                    let text = cut(text);
                    return self.mistake(format!("`{text}` is not a number of at most 64 bits"));
                };
                self.advance();
                let ty = DeclaredType::basic(integer.ty(data));
                Ok(Operand { ty, value: Known::Integer(integer.value.into()) })
            }
            Token::Character(text) => {
                let Some((value, ty)) = lexer::character_constant(text, data) else {
                    return self.mistake("this is not one character");
                };
                self.advance();
                Ok(Operand { ty: DeclaredType::basic(ty), value: Known::Integer(value.into()) })
            }
            Token::Float(text) => {
                self.advance();
                Ok(self.float(place, text))
            }
            Token::Text(_) => self.string(),
            Token::Keyword(Keyword::Offsetof) => {
                self.advance();
                self.expect("(")?;
                let ty = self.type_name()?;
                self.expect(",")?;
                let (offset, _) = self.members_offset(ty)?;
                self.expect(")")?;
                Ok(self.size(offset))
            }
            Token::Keyword(Keyword::ChooseExpression) => {
                self.advance();
                self.expect("(")?;
                let choice = self.constant()?;
                self.expect(",")?;
                let yes = self.conditional()?;
                self.expect(",")?;
                let no = self.conditional()?;
                self.expect(")")?;
                Ok(if choice != 0 { yes } else { no })
            }
            Token::Keyword(Keyword::Generic) => self.mistake("`_Generic` needs a compiler"),
            Token::Word(word) => self.named(word),
            _ => self.unexpected("a constant"),
        }
    }

    /// `(expression)`, `(type) operand` or `(type) { initialiser }`.
    fn parenthesised(&mut self) -> Parsed<Operand> {
        let place = self.advance();
        while self.accept_keyword(Keyword::Extension) {}
        if !self.at_type() {
            let operand = self.expression()?;
            self.expect(")")?;
            return Ok(operand);
        }
        let ty = self.type_name()?;
        self.expect(")")?;
        if self.is("{") {
            self.skip_brackets()?;
            return Ok(Operand { ty, value: self.unknown(place, "this is no constant") });
        }
        let operand = self.unary()?;
        self.cast(place, operand, &ty)
    }

    /// Subscripts, members and calls behind an operand.
    fn postfix(&mut self, mut operand: Operand) -> Parsed<Operand> {
        loop {
            let place = self.lexeme();
            match place.token {
                Token::Punct("[") => {
                    self.advance();
                    let index = self.expression()?;
                    self.expect("]")?;
                    let element = self.combine(place, "+", operand, index)?;
                    operand = self.pointed_to(place, element)?;
                }
                Token::Punct(operator @ ("." | "->")) => {
                    self.advance();
                    let name = self.advance();
                    let Token::Word(word) = name.token else {
                        return self.mistake_at(name, "expected the name of a member");
                    };
                    if operator == "->" {
                        let pointer = self.decayed(place, operand);
                        operand = self.pointed_to(place, pointer)?;
                    }
                    let member = self.placed(name, self.model.member(&operand.ty, word))?;
                    let value = match operand.value {
                        Known::Place(address) => Known::Place(address + member.offset as i128),
                        _ => self.unknown(name, "the value of a member is not constant"),
                    };
                    operand = Operand { ty: member.ty, value };
                }
                Token::Punct("(") => {
                    self.skip_brackets()?;
                    let Some(function) = self.model.function_of(&operand.ty) else {
                        return self.mistake_at(place, "this is no function");
                    };
                    let ty = function.returns.clone();
                    operand = Operand { ty, value: self.unknown(place, "a call is no constant") };
                }
                _ => return Ok(operand),
            }
        }
    }

    /// Behind `sizeof`: a type in parentheses, or an expression.
    fn size_of(&mut self) -> Parsed<Operand> {
        let place = self.lexeme();
        let ty = self.operand_type()?;
        // gcc lets void and functions have one byte.
        let size = match &self.model.resolve(&ty).form {
            Form::Function(_) => 1,
            Form::Basic(basic) if basic.is_void() => 1,
            _ => self.placed(place, self.model.size(&ty))?,
        };
        Ok(self.size(size))
    }

    /// A type in parentheses, or that of an expression.
    fn operand_type(&mut self) -> Parsed<DeclaredType> {
        let before = self.at;
        if self.accept("(") {
            while self.accept_keyword(Keyword::Extension) {}
            if self.at_type() {
                let ty = self.type_name()?;
                self.expect(")")?;
                if self.is("{") {
                    self.skip_brackets()?;
                }
                return Ok(ty);
            }
            self.at = before;
        }
        Ok(self.unary()?.ty)
    }

    /// `member.member[index]`: its offset and type.
    pub(super) fn members_offset(&mut self, ty: DeclaredType) -> Parsed<(usize, DeclaredType)> {
        let (mut ty, mut offset) = (ty, 0_i128);
        loop {
            let name = self.advance();
            let Token::Word(word) = name.token else {
                return self.mistake_at(name, "expected the name of a member");
            };
            let member = self.placed(name, self.model.member(&ty, word))?;
            if member.bits.is_some() {
                return self.mistake_at(name, "a bit-field has no offset in bytes");
            }
            (offset, ty) = (offset + member.offset as i128, member.ty);
            while self.accept("[") {
                let place = self.lexeme();
                let index = self.constant()?;
                self.expect("]")?;
                let Form::Array(element, _) = &self.model.resolve(&ty).form else {
                    return self.mistake_at(place, "this member is no array");
                };
                let element = DeclaredType::clone(element);
                let size = self.placed(place, self.model.size(&element))? as i128;
                let end = index.checked_mul(size).and_then(|within| within.checked_add(offset));
                let in_range = |end: &i128| index >= 0 && *end <= MAX_SIZE as i128;
                let Some(end) = end.filter(in_range) else {
                    return self.mistake_at(place, format!("no element has the index {index}"));
                };
                (offset, ty) = (end, element);
            }
            if !self.accept(".") {
                return Ok((offset as usize, ty));
            }
        }
    }
}
