//! Parameters of functions.

use super::super::diagnostic::cut;
use super::super::keyword::Keyword;
use super::super::lexer::Token;
use super::super::model::{DeclaredParameter, DeclaredType, Form};
use super::{Parsed, Parser};
use crate::signature::MAX_PARAMETERS;

/// What stands in the parentheses behind a function's name.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pub(super) list: Vec<DeclaredParameter>,
    pub(super) variadic: bool,
    /// Whether it says what may be passed: not `()`, nor names alone.
    pub(super) prototyped: bool,
    /// Names alone, whose types stand before the function's body.
    pub(super) old_style: bool,
}

impl Parser<'_, '_> {
    /// `(…)` behind a function's name.
    pub(super) fn parameters(&mut self) -> Parsed<Parameters> {
        self.expect("(")?;
        let mut parameters = Parameters::default();
        if self.accept(")") {
            return Ok(parameters);
        }
        if self.names_alone()? {
            return Ok(Parameters { old_style: true, ..parameters });
        }
        parameters.prototyped = true;
        loop {
            if self.accept("...") {
                parameters.variadic = true;
                break;
            }
            let place = self.lexeme();
            let specifiers = self.specifiers()?;
            let declarator = self.declarator(&specifiers)?;
            let name = declarator.name.map_or("", |name| self.spelling(name)).to_owned();
            let (ty, length) = self.adjusted(declarator.ty);
            if let Form::Basic(basic) = &self.model.resolve(&ty).form
                && basic.is_void()
            {
                if parameters.list.is_empty() && name.is_empty() && self.is(")") {
                    break;
                }
                return self.mistake_at(place, "a parameter cannot be void");
            }
            if parameters.list.len() == MAX_PARAMETERS {
                return self.mistake_at(place, format!("more than {MAX_PARAMETERS} parameters"));
            }
            parameters.list.push(DeclaredParameter { name, ty, length });
            if !self.accept(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(parameters)
    }

    /// Names without types, as definitions had them before C89: passed, if that is what comes next.
    fn names_alone(&mut self) -> Parsed<bool> {
        let (place, first) = (self.lexeme(), self.at);
        loop {
            match self.peek() {
                Token::Word(_) if !self.at_type() => self.advance(),
                _ => break,
            };
            if self.accept(",") {
                continue;
            }
            if !self.accept(")") {
                break;
            }
            let storage = self.peek() == Token::Keyword(Keyword::Storage);
            if !self.is("{") && !self.at_type() && !storage {
                let word = cut(self.spelling(place));
                let message = format!("`{word}` is not a type that was declared");
                return self.mistake_at(place, message);
            }
            return Ok(true);
        }
        self.at = first;
        Ok(false)
    }

    /// A parameter's type: arrays and functions become pointers (C11, 6.7.6.3). And the length that an array had, but for that
    /// of one element, which every pointer has: `va_list` and the like are written so.
    fn adjusted(&self, ty: DeclaredType) -> (DeclaredType, Option<usize>) {
        match &self.model.resolve(&ty).form {
            Form::Array(element, length) => {
                let target = DeclaredType {
                    constant: element.constant || ty.constant,
                    ..DeclaredType::clone(element)
                };
                (DeclaredType::pointer(target), length.filter(|length| *length > 1))
            }
            Form::Function(_) => (DeclaredType::pointer(ty), None),
            _ => (ty, None),
        }
    }
}
