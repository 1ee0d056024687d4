//! Declarators: the name, and what stands around it: pointers, arrays, functions.

use std::sync::Arc;

use super::super::keyword::Keyword;
use super::super::lexer::{Lexeme, Token};
use super::super::model::{DeclaredType, Form, FunctionType, MAX_DEPTH};
use super::attributes::Attributes;
use super::parameters::Parameters;
use super::specifiers::Specifiers;
use super::{Parsed, Parser};
use crate::{Abi, Type};

/// What one declarator declares.
#[derive(Debug)]
pub(super) struct Declarator<'text> {
    pub(super) name: Option<Lexeme<'text>>,
    pub(super) ty: DeclaredType,
    pub(super) attributes: Attributes,
    pub(super) symbol: Option<String>,
    /// Whether it is the beginning of a definition whose parameters' types stand behind it.
    pub(super) old_style: bool,
}

/// One step from the specifiers' type towards the name's.
enum Step {
    Pointer { constant: bool },
    Array(Length),
    Function(Parameters),
}

/// How many elements an array has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Length {
    Known(usize),
    /// `[]`.
    Unknown,
    /// What only a call knows: `[n]` among parameters.
    Variable,
}

/// What is collected on the way to the name: the steps, in the order in which they apply.
#[derive(Default)]
struct Steps<'text> {
    list: Vec<(Step, Lexeme<'text>)>,
    name: Option<Lexeme<'text>>,
    attributes: Attributes,
}

/// One declarator may take so many steps.
const MAX_STEPS: usize = 64;

const NO_MEANING: &str = "an attribute in this place has no meaning here";

impl<'text> Parser<'text, '_> {
    /// A declarator, with a name or without.
    pub(super) fn declarator(
        &mut self,
        specifiers: &Specifiers<'text>,
    ) -> Parsed<Declarator<'text>> {
        let attributes = specifiers.attributes.clone();
        let mut steps = Steps { attributes, ..Steps::default() };
        self.steps(&mut steps)?;
        self.attributes(&mut steps.attributes)?;
        let symbol = self.label()?;
        self.attributes(&mut steps.attributes)?;
        let Steps { mut list, name, mut attributes } = steps;
        let mut ty = specifiers.ty.clone();
        self.reshape(&mut ty, &mut attributes, specifiers.place)?;
        // The convention belongs to the function type next to the name.
        let is_function = |(step, _): &(Step, _)| matches!(step, Step::Function(_));
        let with_abi = list.iter().rposition(is_function);
        if with_abi.is_none() && attributes.abi.is_some() && self.model.is_function_type(&ty) {
            let message = "a convention belongs to the function's own declaration";
            return self.mistake_at(specifiers.place, message);
        }
        let mut old_style = false;
        for (index, (step, place)) in list.drain(..).enumerate() {
            let abi = attributes.abi.filter(|_| Some(index) == with_abi);
            old_style = matches!(&step, Step::Function(Parameters { old_style: true, .. }));
            let applied = self.apply(ty, step, abi);
            ty = self.placed(place, applied)?;
        }
        let symbol = symbol.or_else(|| attributes.symbol.take());
        Ok(Declarator { name, ty, attributes, symbol, old_style })
    }

    fn apply(
        &self,
        ty: DeclaredType,
        step: Step,
        abi: Option<Abi>,
    ) -> Result<DeclaredType, String> {
        Ok(match step {
            Step::Pointer { constant } => DeclaredType { constant, ..DeclaredType::pointer(ty) },
            Step::Array(length) => {
                self.check_element(&ty, length)?;
                let length = match length {
                    Length::Known(length) => Some(length),
                    Length::Unknown | Length::Variable => None,
                };
                Form::Array(Arc::new(ty), length).into()
            }
            Step::Function(Parameters { list: parameters, variadic, prototyped, .. }) => {
                match &self.model.resolve(&ty).form {
                    Form::Function(_) => return Err("a function cannot return a function".into()),
                    Form::Array(..) => return Err("a function cannot return an array".into()),
                    _ => {}
                }
                let returns = DeclaredType { constant: false, ..ty };
                let function = FunctionType { returns, parameters, variadic, prototyped, abi };
                Form::Function(Arc::new(function)).into()
            }
        })
    }

    /// Whether an array can hold elements of a type.
    fn check_element(&self, ty: &DeclaredType, length: Length) -> Result<(), String> {
        if self.model.depth(ty) >= MAX_DEPTH {
            return Err("arrays nested too deep".into());
        }
        match &self.model.resolve(ty).form {
            Form::Function(_) => return Err("an array cannot hold functions".into()),
            // The length of a parameter's rows may be known to a call alone.
            Form::Array(..) if self.in_parameters && self.model.size(ty).is_err() => return Ok(()),
            Form::Array(_, None) => {
                return Err("only the first dimension may be without a length".into());
            }
            _ => {}
        }
        let element = self.model.value_type(ty)?;
        if let Some(alignment) = self.model.requested_alignment(ty)
            && !element.size().is_multiple_of(alignment)
        {
            let shown = self.model.show(ty, "");
            return Err(format!(
                "elements of `{shown}` cannot all be aligned to {alignment} bytes"
            ));
        }
        if let Length::Known(length) = length {
            Type::array(element, length).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Pointers, then the name or what stands in parentheses, then arrays and parameters.
    fn steps(&mut self, steps: &mut Steps<'text>) -> Parsed<()> {
        let mut own = Vec::new();
        let aligned = self.pointers(steps, &mut own)?;
        let inner = if self.is("(") && self.is_nested_declarator() {
            self.advance();
            let mut inner = Steps::default();
            self.nested(|parser| parser.steps(&mut inner))?;
            self.expect(")")?;
            let is_function = |(step, _): &(Step, _)| matches!(step, Step::Function(_));
            if inner.attributes.abi.is_some() && inner.list.iter().any(is_function) {
                let message = "which function this convention belongs to is not known here";
                return self.mistake(message);
            }
            steps.attributes.merge(inner.attributes);
            steps.name = inner.name;
            inner.list
        } else {
            if let Token::Word(_) = self.peek() {
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
                own.push((Step::Function(parameters?), place));
            } else {
                break;
            }
            self.check_steps(own.len() + steps.list.len())?;
        }
        if let Some((place, attributes)) = aligned {
            // gcc gives it to this pointer, clang to what is declared: let both be the same.
            if own.len() > first_suffix || !inner.is_empty() {
                return self.mistake_at(place, NO_MEANING);
            }
            steps.attributes.merge(attributes);
        }
        own[first_suffix..].reverse();
        steps.list.extend(own);
        steps.list.extend(inner);
        self.check_steps(steps.list.len())
    }

    /// All `*` that come next, with what qualifies them; the alignment that was asked for with the last one.
    fn pointers(
        &mut self,
        steps: &mut Steps<'text>,
        own: &mut Vec<(Step, Lexeme<'text>)>,
    ) -> Parsed<Option<(Lexeme<'text>, Attributes)>> {
        let mut place = self.lexeme();
        let mut attributes = Attributes::default();
        self.attributes(&mut attributes)?;
        loop {
            let star = self.lexeme();
            if !self.accept("*") {
                break;
            }
            if attributes.change_layout() {
                return self.mistake_at(place, NO_MEANING);
            }
            steps.attributes.merge(std::mem::take(&mut attributes));
            place = self.lexeme();
            let mut constant = false;
            loop {
                self.attributes(&mut attributes)?;
                match self.peek() {
                    Token::Keyword(Keyword::Const) => constant = true,
                    Token::Keyword(Keyword::Qualifier | Keyword::Atomic) => {}
                    Token::Keyword(Keyword::Refused(why)) => return self.mistake(why),
                    _ => break,
                }
                self.advance();
            }
            own.push((Step::Pointer { constant }, star));
            self.check_steps(own.len() + steps.list.len())?;
        }
        let alone = Attributes { aligned: None, ..attributes.clone() };
        if !own.is_empty() && alone.change_layout() {
            return self.mistake_at(place, NO_MEANING);
        }
        if own.is_empty() || attributes.aligned.is_none() {
            steps.attributes.merge(attributes);
            return Ok(None);
        }
        Ok(Some((place, attributes)))
    }

    fn check_steps(&self, count: usize) -> Parsed<()> {
        if count > MAX_STEPS {
            return self.mistake(format!("a declarator of more than {MAX_STEPS} parts"));
        }
        Ok(())
    }

    /// Whether the parenthesis at hand opens a declarator rather than parameters.
    fn is_nested_declarator(&mut self) -> bool {
        match self.peek_second() {
            Token::Punct("*" | "(" | "[") => true,
            Token::Keyword(
                Keyword::Attribute
                | Keyword::Declspec
                | Keyword::Convention
                | Keyword::UnknownConvention,
            ) => true,
            second @ Token::Word(_) => !self.begins_type(second),
            _ => false,
        }
    }

    /// `[…]`: a constant length or none. `static`, qualifiers and lengths of parameters are passed over: the outermost
    /// dimension of a parameter is a pointer.
    fn array_length(&mut self) -> Parsed<Length> {
        let opening = self.at;
        self.expect("[")?;
        while let Token::Keyword(Keyword::Storage | Keyword::Qualifier | Keyword::Const) =
            self.peek()
        {
            self.advance();
        }
        if self.accept("]") {
            return Ok(Length::Unknown);
        }
        if self.is("*") && self.peek_second() == Token::Punct("]") {
            self.advance();
            self.advance();
            return Ok(Length::Variable);
        }
        let place = self.lexeme();
        let length = self.constant().and_then(|length| {
            self.expect("]")?;
            Ok(length)
        });
        match length {
            Ok(length) => match usize::try_from(length) {
                Ok(length) => Ok(Length::Known(length)),
                Err(_) => self.mistake_at(place, format!("an array cannot have {length} elements")),
            },
            // The length may be another parameter.
            Err(_) if self.in_parameters => {
                self.at = opening;
                self.skip_brackets()?;
                Ok(Length::Variable)
            }
            Err(mistake) => Err(mistake),
        }
    }
}
