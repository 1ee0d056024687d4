//! Declarations outside of functions, and the names they give.

use std::sync::{Arc, OnceLock};

use super::super::diagnostic::cut;
use super::super::keyword::Keyword;
use super::super::lexer::{Lexeme, Token};
use super::super::model::{DeclaredType, Entity, Form, MAX_CHAIN, Meaning, Named};
use super::attributes::Attributes;
use super::declarator::Declarator;
use super::operand::Content;
use super::specifiers::Specifiers;
use super::{Parsed, Parser};

impl<'text> Parser<'text, '_> {
    pub(super) fn external_declaration(&mut self) -> Parsed<()> {
        if self.accept(";") || self.static_assertion()? {
            return Ok(());
        }
        if self.attributes_alone()? {
            return Ok(());
        }
        if self.peek() == Token::Keyword(Keyword::Asm) {
            return self.assembly();
        }
        if self.spelling(self.lexeme()) == "extern"
            && let Token::Text(_) = self.peek_second()
        {
            return self.mistake("this is C++: give the text that the C compiler sees");
        }
        let specifiers = self.specifiers()?;
        if self.is(";") || self.peek() == Token::End {
            return self.end_of_declaration();
        }
        loop {
            let place = self.lexeme();
            let declarator = self.declarator(&specifiers)?;
            let Some(name) = declarator.name else {
                return self.mistake_at(place, "expected a name");
            };
            let old_style = declarator.old_style;
            let value = self.initialiser(&specifiers, &declarator.ty)?;
            let is_function = self.declare(&specifiers, declarator, name, value)?;
            if old_style {
                self.old_parameters()?;
            }
            if is_function && self.is("{") {
                self.in_body = true;
                self.pass_brackets()?;
                self.in_body = false;
                return Ok(());
            }
            if !self.accept(",") {
                return self.end_of_declaration();
            }
        }
    }

    /// The types of parameters between a definition's head and its body. No call needs them: it promotes its arguments.
    fn old_parameters(&mut self) -> Parsed<()> {
        while !self.is("{") {
            let specifiers = self.specifiers()?;
            loop {
                self.declarator(&specifiers)?;
                if !self.accept(",") {
                    break;
                }
            }
            self.expect(";")?;
        }
        Ok(())
    }

    /// `[[…]];`, which belongs to nothing.
    fn attributes_alone(&mut self) -> Parsed<bool> {
        let before = self.at;
        if self.is("[") {
            self.attributes(&mut Attributes::default())?;
        }
        if self.at > before && self.accept(";") {
            return Ok(true);
        }
        self.at = before;
        Ok(false)
    }

    /// `asm("…")` outside of functions.
    fn assembly(&mut self) -> Parsed<()> {
        self.advance();
        while let Token::Keyword(Keyword::Qualifier | Keyword::Storage) = self.peek() {
            self.advance();
        }
        if !self.is("(") {
            return self.unexpected("`(`");
        }
        self.pass_brackets()?;
        self.end_of_declaration()
    }

    /// `;`, which the end of the text may stand for.
    fn end_of_declaration(&mut self) -> Parsed<()> {
        if self.accept(";") || self.peek() == Token::End {
            return Ok(());
        }
        self.unexpected("`;`")
    }

    /// Passes `= value`; returns that of a constant number or string.
    fn initialiser(
        &mut self,
        specifiers: &Specifiers<'text>,
        ty: &DeclaredType,
    ) -> Parsed<Option<Content>> {
        if !self.accept("=") {
            return Ok(None);
        }
        let resolved = self.model.resolve(ty);
        let constant = specifiers.constexpr
            || self.model.is_constant(ty)
            || matches!(&resolved.form, Form::Array(element, _) if self.model.is_constant(element));
        if constant {
            let before = self.at;
            let value = self.conditional();
            if let Ok(value) = value
                && (self.is(",") || self.is(";") || self.peek() == Token::End)
            {
                return Ok(self.content_of(value, ty));
            }
            self.at = before;
        }
        loop {
            match self.peek() {
                Token::Punct("(" | "[" | "{") => self.pass_brackets()?,
                Token::Punct("," | ";") | Token::End => return Ok(None),
                Token::Mistake(_) => return self.mistake(""),
                _ => {
                    self.advance();
                }
            }
        }
    }

    /// Enters a declared name into the model; says whether it is that of a function.
    fn declare(
        &mut self,
        specifiers: &Specifiers<'text>,
        declarator: Declarator<'text>,
        name: Lexeme<'text>,
        value: Option<Content>,
    ) -> Parsed<bool> {
        let Token::Word(word) = name.token else { return self.mistake_at(name, "expected a name") };
        let Declarator { ty, attributes, symbol, .. } = declarator;
        if self.model.chain(&ty) > MAX_CHAIN {
            return self.mistake_at(name, format!("a type of more than {MAX_CHAIN} parts"));
        }
        let known = self.model.meanings.get(word).copied();
        let known = known.filter(|meaning| match meaning {
            Meaning::Type(index) => !self.model.named[*index].provided,
            Meaning::Lost(_) => false,
            _ => true,
        });
        if specifiers.typedef {
            self.declare_type(name, word, ty, &attributes, known)?;
            return Ok(false);
        }
        let is_function = matches!(self.model.resolve(&ty).form, Form::Function(_));
        if is_function && attributes.overloadable {
            // Which symbol it has depends on its parameters: it is no function of this name.
            return Ok(true);
        }
        let mut entity = Entity { name: word.into(), symbol, ty, value };
        let index = match known {
            None => {
                self.write(name)?.add_entity(is_function, entity);
                return Ok(is_function);
            }
            Some(Meaning::Function(index)) if is_function => index,
            Some(Meaning::Variable(index)) if !is_function => index,
            Some(_) => return self.declared_otherwise(name),
        };
        let entities = if is_function { &self.model.functions } else { &self.model.variables };
        let before = &entities[index];
        if !self.model.same(&before.ty, &entity.ty) {
            return self.declared_before(name, &before.ty);
        }
        // A later declaration may say more than the one before, and says no less.
        let knows_more = self.knows_more(&entity.ty, &before.ty);
        if !knows_more {
            entity.ty = before.ty.clone();
        }
        entity.value = entity.value.or_else(|| before.value.clone());
        let says_more = entity.symbol.is_some() || entity.value != before.value || knows_more;
        entity.symbol = entity.symbol.or_else(|| before.symbol.clone());
        if says_more {
            self.write(name)?.replace_entity(is_function, index, entity);
        }
        Ok(is_function)
    }

    /// Whether a type has parameters or a length where the one before had none.
    fn knows_more(&self, ty: &DeclaredType, before: &DeclaredType) -> bool {
        match (&self.model.resolve(ty).form, &self.model.resolve(before).form) {
            (Form::Function(ty), Form::Function(before)) => ty.prototyped && !before.prototyped,
            (Form::Array(_, length), Form::Array(_, None)) => length.is_some(),
            _ => false,
        }
    }

    fn declared_otherwise<T>(&self, name: Lexeme<'text>) -> Parsed<T> {
        let word = cut(self.spelling(name));
        self.mistake_at(name, format!("`{word}` was declared as something else"))
    }

    fn declared_before<T>(&self, name: Lexeme<'text>, before: &DeclaredType) -> Parsed<T> {
        let word = self.spelling(name);
        let before = self.model.show(before, word);
        let (word, before) = (cut(word), cut(&before));
        self.mistake_at(name, format!("`{word}` was declared before, as `{before}`"))
    }

    fn declare_type(
        &mut self,
        name: Lexeme<'text>,
        word: &'text str,
        ty: DeclaredType,
        attributes: &Attributes,
        known: Option<Meaning>,
    ) -> Parsed<()> {
        match known {
            Some(Meaning::Type(index)) => {
                let before = &self.model.named[index];
                if self.model.same(&before.ty, &ty) && before.aligned == attributes.alignment() {
                    return Ok(());
                }
                return self.declared_before(name, &before.ty);
            }
            Some(_) => return self.declared_otherwise(name),
            None => {}
        }
        if attributes.transparent {
            self.placed(name, self.model.check_transparent_type(&ty))?;
        }
        let (depth, chain) = (self.model.depth(&ty), self.model.chain(&ty));
        let (aligned, value, word) = (attributes.alignment(), OnceLock::new(), Arc::from(word));
        let named = Named { name: word, ty, value, aligned, provided: false, depth, chain };
        self.write(name)?.name_type(named);
        Ok(())
    }
}
