//! Enumerations: the values of their enumerators, and the integer type that holds them.

use std::sync::Arc;

use super::super::diagnostic::cut;
use super::super::lexer::Token;
use super::super::model::{Definition, Meaning};
use super::attributes::Attributes;
use super::operand::Constant;
use super::{Parsed, Parser};
use crate::Type;

impl Parser<'_, '_> {
    /// `: type`, `{ enumerators }` and the attributes behind it.
    pub(super) fn enumeration(
        &mut self,
        name: &str,
        attributes: &mut Attributes,
    ) -> Parsed<Definition> {
        let place = self.lexeme();
        let mut underlying = None;
        if self.accept(":") {
            let place = self.lexeme();
            let ty = self.specifiers()?.ty;
            let ty = self.placed(place, self.model.value_type(&ty))?;
            if Constant::of_type(0, &ty).is_none() {
                return self.mistake_at(place, format!("`{ty}` is no type of enumerators"));
            }
            underlying = Some(ty);
        }
        let mut enumerators = Vec::new();
        if self.is("{") || underlying.is_none() {
            self.expect("{")?;
            self.enumerators(underlying.as_ref(), &mut enumerators)?;
            self.attributes(attributes)?;
        }
        let values = || enumerators.iter().map(|(_, value): &(_, Constant)| value.value);
        let least = values().fold(0, i128::min);
        let most = values().fold(0, i128::max);
        let fits = |ty: &Type| {
            Constant::of_type(least, ty).is_some_and(|constant| constant.value == least)
                && Constant::of_type(most, ty).is_some_and(|constant| constant.value == most)
        };
        let chosen = match (&underlying, &attributes.mode) {
            (Some(ty), None) => Some(ty.clone()),
            (Some(_), Some(_)) => {
                return self.mistake_at(place, "`mode` changes no type that is given");
            }
            (None, Some(mode)) => {
                let signed = least < 0;
                let ty = if signed { Type::I32 } else { Type::U32 };
                Some(self.placed(place, Parser::with_mode(ty, mode))?)
            }
            // gcc's choice: unsigned int, int, unsigned long, long; the narrow ones too where the enumeration is packed.
            (None, None) => {
                let narrow = [Type::U8, Type::I8, Type::U16, Type::I16].into_iter();
                let narrow = narrow.filter(|_| attributes.packed);
                narrow.chain([Type::U32, Type::I32, Type::U64, Type::I64]).find(|ty| fits(ty))
            }
        };
        let Some(ty) = chosen.filter(fits) else {
            return self.mistake_at(place, "no integer type holds all of these enumerators");
        };
        // What does not fit an int has the enumeration's type (as gcc and clang have it), and all where that is given.
        for (name, value) in &enumerators {
            let settled = Constant::of_type(value.value, &Type::I32)
                .filter(|int| underlying.is_none() && int.value == value.value)
                .or_else(|| Constant::of_type(value.value, &ty));
            if let Some(settled) = settled.filter(|settled| settled != value) {
                self.write(place)?.mean(Arc::clone(name), Meaning::Constant(settled));
            }
        }
        let shown = if name.is_empty() { "enum".to_owned() } else { format!("enum {name}") };
        let ty = Type::alias(shown, ty);
        let enumerators =
            enumerators.into_iter().map(|(name, constant)| (name, constant.value)).collect();
        Ok(Definition { ty, members: Vec::new(), enumerators, depth: 0, unpassable: None })
    }

    /// `name = value, …}`.
    fn enumerators(
        &mut self,
        underlying: Option<&Type>,
        enumerators: &mut Vec<(Arc<str>, Constant)>,
    ) -> Parsed<()> {
        let mut next = Constant::int(0);
        while !self.accept("}") {
            let place = self.advance();
            let Token::Word(word) = place.token else {
                return self.mistake_at(place, "expected the name of an enumerator");
            };
            self.attributes(&mut Attributes::default())?;
            if self.accept("=") {
                next = self.constant_number()?;
            }
            if let Some(underlying) = underlying {
                let converted = Constant::of_type(next.value, underlying);
                let Some(value) = converted.filter(|value| value.value == next.value) else {
                    let value = next.value;
                    return self.mistake_at(place, format!("{value} does not fit `{underlying}`"));
                };
                next = value;
            } else {
                next = next.least_int();
            }
            self.declare_enumerator(word, place, next)?;
            enumerators.push((word.into(), next));
            next = next.successor();
            if !self.is("}") {
                self.expect(",")?;
            }
        }
        Ok(())
    }

    fn declare_enumerator(
        &mut self,
        word: &str,
        place: super::Lexeme<'_>,
        value: Constant,
    ) -> Parsed<()> {
        match self.model.meanings.get(word) {
            None | Some(Meaning::Lost(_)) => {}
            Some(Meaning::Type(index)) if self.model.named[*index].provided => {}
            Some(Meaning::Constant(before)) if before.value == value.value => return Ok(()),
            Some(_) => {
                let word = cut(word);
                return self.mistake_at(place, format!("`{word}` was declared as something else"));
            }
        }
        self.write(place)?.mean(word.into(), Meaning::Constant(value));
        Ok(())
    }
}
