//! Declarators: the name, and what stands around it: pointers, arrays, functions.

use std::sync::Arc;

use super::super::lexer::{Lexeme, Token};
use super::super::model::{DeclaredType, Form, FunctionType};
use super::attributes::Attributes;
use super::specifiers::Specifiers;
use super::{Parsed, Parser};
use crate::{MAX_PARAMETERS, Type};

/// What one declarator declares.
#[derive(Debug)]
pub(super) struct Declarator<'text> {
    pub(super) name: Option<Lexeme<'text>>,
    pub(super) ty: DeclaredType,
    pub(super) attributes: Attributes,
    pub(super) symbol: Option<String>,
}

/// One step from the specifiers' type towards the name's.
enum Step {
    Pointer { constant: bool },
    Array(Option<usize>),
    Function { parameters: Vec<(String, DeclaredType)>, variadic: bool },
}

/// What is collected on the way to the name: the steps, in the order in which they apply.
struct Steps<'text> {
    list: Vec<(Step, Lexeme<'text>)>,
    name: Option<Lexeme<'text>>,
    attributes: Attributes,
}

/// One declarator may take so many steps.
const MAX_STEPS: usize = 64;

impl<'text> Parser<'text, '_> {
    /// A declarator, with a name or without.
    pub(super) fn declarator(
        &mut self,
        specifiers: &Specifiers<'text>,
    ) -> Parsed<Declarator<'text>> {
        let mut steps =
            Steps { list: Vec::new(), name: None, attributes: specifiers.attributes.clone() };
        self.steps(&mut steps)?;
        self.attributes(&mut steps.attributes)?;
        let symbol = self.label()?;
        self.attributes(&mut steps.attributes)?;
        let Steps { mut list, name, mut attributes } = steps;
        let mut ty = specifiers.ty.clone();
        if list.is_empty() || attributes.mode.is_some() || attributes.vector_size.is_some() {
            self.reshape(&mut ty, &mut attributes, specifiers.place)?;
        }
        // The convention belongs to the function type next to the name.
        let with_abi = list.iter().rposition(|(step, _)| matches!(step, Step::Function { .. }));
        for (index, (step, place)) in list.drain(..).enumerate() {
            let abi = attributes.abi.filter(|_| Some(index) == with_abi);
            let applied = self.apply(ty, step, abi);
            ty = self.placed(place, applied)?;
        }
        Ok(Declarator { name, ty, attributes, symbol })
    }

    fn apply(
        &self,
        ty: DeclaredType,
        step: Step,
        abi: Option<crate::Abi>,
    ) -> Result<DeclaredType, String> {
        Ok(match step {
            Step::Pointer { constant } => DeclaredType { constant, ..DeclaredType::pointer(ty) },
            Step::Array(length) => {
                match &self.model.resolve(&ty).form {
                    Form::Function(_) => return Err("an array cannot hold functions".into()),
                    Form::Array(_, None) => {
                        return Err("only the first dimension may be without a length".into());
                    }
                    _ => {}
                }
                let element = self.model.value_type(&ty)?;
                Type::array(element, length.unwrap_or(0)).map_err(|error| error.to_string())?;
                if self.model.depth(&ty) >= super::super::model::MAX_DEPTH {
                    return Err("arrays nested too deep".into());
                }
                Form::Array(Arc::new(ty), length).into()
            }
            Step::Function { parameters, variadic } => {
                match &self.model.resolve(&ty).form {
                    Form::Function(_) => return Err("a function cannot return a function".into()),
                    Form::Array(..) => return Err("a function cannot return an array".into()),
                    _ => {}
                }
                let returns = DeclaredType { constant: false, ..ty };
                Form::Function(Arc::new(FunctionType { returns, parameters, variadic, abi })).into()
            }
        })
    }

    /// Pointers, then the name or what stands in parentheses, then arrays and parameters.
    fn steps(&mut self, steps: &mut Steps<'text>) -> Parsed<()> {
        let mut own = Vec::new();
        loop {
            self.attributes(&mut steps.attributes)?;
            let star = self.lexeme();
            if !self.accept("*") {
                break;
            }
            let mut constant = false;
            loop {
                self.attributes(&mut steps.attributes)?;
                if self.accept_word(&["const", "__const", "__const__"]) {
                    constant = true;
                } else if !self.accept_word(&[
                    "volatile",
                    "__volatile",
                    "__volatile__",
                    "restrict",
                    "__restrict",
                    "__restrict__",
                    "_Atomic",
                    "_Nonnull",
                    "_Nullable",
                    "__ptr64",
                ]) {
                    break;
                }
            }
            own.push((Step::Pointer { constant }, star));
            self.check_steps(own.len() + steps.list.len())?;
        }
        let inner = if self.is("(") && self.is_nested_declarator() {
            self.advance();
            let mut inner =
                Steps { list: Vec::new(), name: None, attributes: Attributes::default() };
            self.nested(|parser| parser.steps(&mut inner))?;
            self.expect(")")?;
            steps.attributes.merge(inner.attributes);
            steps.name = inner.name;
            inner.list
        } else {
            if let Token::Word(word) = self.peek()
                && !matches!(word, "asm" | "__asm" | "__asm__" | "__attribute__")
            {
                steps.name = Some(self.advance());
            }
            Vec::new()
        };
        let first_suffix = own.len();
        loop {
            self.attributes(&mut steps.attributes)?;
            let place = self.lexeme();
            if self.is("[") {
                let length = self.nested(Self::array_length)?;
                own.push((Step::Array(length), place));
            } else if self.is("(") {
                let outside = std::mem::replace(&mut self.in_parameters, true);
                let parameters = self.nested(Self::parameters);
                self.in_parameters = outside;
                let (parameters, variadic) = parameters?;
                own.push((Step::Function { parameters, variadic }, place));
            } else {
                break;
            }
            self.check_steps(own.len() + steps.list.len())?;
        }
        own[first_suffix..].reverse();
        steps.list.extend(own);
        steps.list.extend(inner);
        self.check_steps(steps.list.len())
    }

    fn check_steps(&self, count: usize) -> Parsed<()> {
        if count > MAX_STEPS {
            return self.mistake(format!("a declarator of more than {MAX_STEPS} parts"));
        }
        Ok(())
    }

    /// Whether the parenthesis at hand opens a declarator rather than parameters.
    fn is_nested_declarator(&self) -> bool {
        match self.peek_second() {
            Token::Punct("*" | "(" | "[") => true,
            Token::Word(
                "__attribute__" | "__attribute" | "__cdecl" | "__stdcall" | "__fastcall",
            ) => true,
            Token::Word(word) => word != "register" && !self.word_is_type(word),
            _ => false,
        }
    }

    /// `[…]`: a constant length or none. `static`, qualifiers and lengths of parameters are passed over: the outermost
    /// dimension of a parameter is a pointer.
    fn array_length(&mut self) -> Parsed<Option<usize>> {
        let opening = self.at;
        self.expect("[")?;
        while self.accept_word(&[
            "static",
            "const",
            "restrict",
            "__restrict",
            "__restrict__",
            "volatile",
        ]) {}
        if self.accept("]") {
            return Ok(None);
        }
        if self.is("*") && matches!(self.peek_second(), Token::Punct("]")) {
            self.advance();
            self.advance();
            return Ok(None);
        }
        let place = self.lexeme();
        match self.constant() {
            Ok(constant) => {
                self.expect("]")?;
                match usize::try_from(constant.value) {
                    Ok(length) => Ok(Some(length)),
                    Err(_) => self.mistake_at(
                        place,
                        format!("an array cannot have {} elements", constant.value),
                    ),
                }
            }
            // The length may be another parameter.
            Err(_) if self.in_parameters => {
                self.at = opening;
                self.skip_brackets()?;
                Ok(None)
            }
            Err(mistake) => Err(mistake),
        }
    }

    /// `(…)` behind a function's name.
    fn parameters(&mut self) -> Parsed<(Vec<(String, DeclaredType)>, bool)> {
        self.expect("(")?;
        let mut parameters = Vec::new();
        if self.accept(")") {
            return Ok((parameters, false));
        }
        loop {
            if self.accept("...") {
                self.expect(")")?;
                return Ok((parameters, true));
            }
            let place = self.lexeme();
            let specifiers = self.specifiers()?;
            let declarator = self.declarator(&specifiers)?;
            let name = match declarator.name.map(|name| name.token) {
                Some(Token::Word(name)) => name.to_owned(),
                _ => String::new(),
            };
            let ty = self.adjusted(declarator.ty);
            if let Form::Basic(basic) = &self.model.resolve(&ty).form
                && basic.is_void()
            {
                if parameters.is_empty() && name.is_empty() && self.accept(")") {
                    return Ok((parameters, false));
                }
                return self.mistake_at(place, "a parameter cannot be void");
            }
            if parameters.len() == MAX_PARAMETERS {
                return self.mistake_at(place, format!("more than {MAX_PARAMETERS} parameters"));
            }
            parameters.push((name, ty));
            if !self.accept(",") {
                self.expect(")")?;
                return Ok((parameters, false));
            }
        }
    }

    /// A parameter's type: arrays and functions become pointers (C11, 6.7.6.3).
    fn adjusted(&self, ty: DeclaredType) -> DeclaredType {
        match &self.model.resolve(&ty).form {
            Form::Array(element, _) => {
                let target = DeclaredType {
                    constant: element.constant || ty.constant,
                    ..DeclaredType::clone(element)
                };
                DeclaredType::pointer(target)
            }
            Form::Function(_) => DeclaredType::pointer(ty),
            _ => ty,
        }
    }
}
