//! Names in expressions: constants, variables, functions, and the macros that stand for expressions.

use std::sync::Arc;

use super::super::diagnostic::cut;
use super::super::lexer::{Lexeme, Token};
use super::super::model::{DeclaredType, Meaning, Model};
use super::operand::{Content, Known, Operand};
use super::{Access, MAX_NESTING, Parsed, Parser};
use crate::Type;

/// Where a macro stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expansion {
    /// Alone: whatever it consists of.
    Whole,
    /// Beside operators, which could bind to a part of it: it has to be one operand.
    Operand,
}

/// Reads an expression: its type, and its value.
pub(in super::super) fn expression(model: &Model, text: &str) -> Parsed<(DeclaredType, Content)> {
    let mut parser = Parser::new(Access::Read(model), text)?;
    let place = parser.lexeme();
    let operand = parser.whole()?;
    let ty = operand.ty.clone();
    let content = parser.placed(place, operand.content())?;
    Ok((ty, content))
}

impl Parser<'_, '_> {
    /// An expression up to the end of the text.
    fn whole(&mut self) -> Parsed<Operand> {
        if let (Token::Word(word), Token::End) = (self.peek(), self.peek_second())
            && !self.model.meanings.contains_key(word)
            && let Some(operand) = self.expanded(self.lexeme(), word, Expansion::Whole)?
        {
            self.advance();
            return Ok(operand);
        }
        let operand = self.expression()?;
        self.end("the end of the expression")?;
        Ok(operand)
    }

    /// What a macro stands for; none for a name that is no macro.
    fn expanded(
        &mut self,
        place: Lexeme<'_>,
        word: &str,
        expansion: Expansion,
    ) -> Parsed<Option<Operand>> {
        let known = self.model.macros.get(word).filter(|known| *known.body != *word);
        let Some(body) = known.map(|known| Arc::clone(&known.body)) else { return Ok(None) };
        let name = cut(word);
        if self.nesting + 1 >= MAX_NESTING || self.macros_left == 0 {
            return self.mistake_at(place, format!("`{name}` is made of too many macros"));
        }
        let refused = |why: String| format!("`{name}` is a macro that is no constant: {why}");
        let mut inner = match Parser::new(Access::Read(&self.model), &body) {
            Ok(inner) => inner,
            Err(mistake) => return self.mistake_at(place, refused(mistake.message)),
        };
        (inner.nesting, inner.macros_left) = (self.nesting + 1, self.macros_left - 1);
        let operand = match expansion {
            Expansion::Whole => inner.whole(),
            Expansion::Operand => inner.unary(),
        };
        let (ended, left) = (inner.peek() == Token::End, inner.macros_left);
        self.macros_left = left;
        match operand {
            Ok(operand) if ended => Ok(Some(operand)),
            Ok(_) => self.mistake_at(
                place,
                format!("what the macro `{name}` means depends on the operators beside it"),
            ),
            Err(mistake) => self.mistake_at(place, refused(mistake.message)),
        }
    }

    /// What a name stands for.
    pub(super) fn named(&mut self, word: &str) -> Parsed<Operand> {
        let place = self.advance();
        let data = self.model.data;
        let (ty, value) = match (self.model.meanings.get(word).copied(), word) {
            (Some(Meaning::Constant(constant)), _) => {
                (constant.ty(data), Known::Integer(constant.value))
            }
            (Some(Meaning::Variable(index)), _) => {
                let variable = &self.model.variables[index];
                let value = match variable.value.clone() {
                    Some(content) => content.into(),
                    None => self.unknown(place, format!("`{}` is a variable", cut(word))),
                };
                (variable.ty.clone(), value)
            }
            (Some(Meaning::Function(index)), _) => {
                let ty = self.model.functions[index].ty.clone();
                (ty, self.unknown(place, format!("`{}` is a function", cut(word))))
            }
            (Some(Meaning::Lost(mistake)), _) => {
                return self.mistake_at(place, self.model.lost(word, mistake));
            }
            (None, "true" | "false") => {
                (DeclaredType::basic(Type::Bool), Known::Integer((word == "true").into()))
            }
            (None, "nullptr") => {
                (DeclaredType::pointer(DeclaredType::basic(Type::Void)), Known::Integer(0))
            }
            _ => {
                if let Some(operand) = self.expanded(place, word, Expansion::Operand)? {
                    return Ok(operand);
                }
                let word = cut(word);
                return self
                    .mistake_at(place, format!("`{word}` is no constant that was declared"));
            }
        };
        Ok(Operand { ty, value })
    }
}
