//! Reads C declarations: recursive descent over the tokens of the whole text.

mod attributes;
mod composite;
mod constant;
mod declarator;
mod opaque;
mod specifiers;

use super::diagnostic::Mistake;
use super::lexer::{self, Lexeme, Token};
use super::model::{DeclaredType, Entity, Form, MAX_CHAIN, Meaning, Model, Named};
use attributes::Attributes;
use declarator::Declarator;
use specifiers::{Specifiers, Storage};

/// Brackets, types and expressions may stand in each other so deep.
const MAX_NESTING: usize = 64;

pub(super) struct Parser<'text, 'model> {
    lexemes: Vec<Lexeme<'text>>,
    at: usize,
    nesting: usize,
    /// Whether parameters are being read: their outermost dimension need not be constant.
    in_parameters: bool,
    model: &'model mut Model,
}

type Parsed<T> = Result<T, Mistake>;

/// Reads a text of declarations into the model. What stood before a mistake stays declared.
pub(super) fn declarations(model: &mut Model, text: &str) -> Parsed<()> {
    let mut parser = Parser::new(model, text)?;
    while parser.peek() != Token::End {
        parser.external_declaration()?;
    }
    Ok(())
}

/// Reads the name of a type, such as `struct tm *` or `int (*)(double)`.
pub(super) fn type_name(model: &mut Model, text: &str) -> Parsed<DeclaredType> {
    let mut parser = Parser::new(model, text)?;
    let ty = parser.type_name()?;
    match parser.peek() {
        Token::End => Ok(ty),
        _ => parser.unexpected("the end of the type"),
    }
}

impl<'text, 'model> Parser<'text, 'model> {
    fn new(model: &'model mut Model, text: &'text str) -> Parsed<Parser<'text, 'model>> {
        Ok(Parser { lexemes: lexer::tokens(text)?, at: 0, nesting: 0, in_parameters: false, model })
    }

    fn lexeme(&self) -> Lexeme<'text> {
        self.lexemes[self.at]
    }

    fn peek(&self) -> Token<'text> {
        self.lexeme().token
    }

    fn peek_second(&self) -> Token<'text> {
        self.lexemes.get(self.at + 1).map_or(Token::End, |lexeme| lexeme.token)
    }

    fn advance(&mut self) -> Lexeme<'text> {
        let lexeme = self.lexeme();
        if lexeme.token != Token::End {
            self.at += 1;
        }
        lexeme
    }

    fn is(&self, punctuation: &str) -> bool {
        matches!(self.peek(), Token::Punct(found) if found == punctuation)
    }

    fn accept(&mut self, punctuation: &str) -> bool {
        let found = self.is(punctuation);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, punctuation: &str) -> Parsed<()> {
        if self.accept(punctuation) {
            return Ok(());
        }
        self.unexpected(&format!("`{punctuation}`"))
    }

    fn accept_word(&mut self, words: &[&str]) -> bool {
        let found = matches!(self.peek(), Token::Word(word) if words.contains(&word));
        self.at += usize::from(found);
        found
    }

    /// A mistake at the next token.
    fn mistake<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.mistake_at(self.lexeme(), message)
    }

    fn mistake_at<T>(&self, lexeme: Lexeme<'_>, message: impl Into<String>) -> Parsed<T> {
        Err(Mistake { start: lexeme.start, end: lexeme.end, message: message.into() })
    }

    fn unexpected<T>(&self, wanted: &str) -> Parsed<T> {
        let found = match self.peek() {
            Token::Word(word) => format!("`{word}`"),
            Token::Punct(punctuation) => format!("`{punctuation}`"),
            Token::Integer(_) | Token::Float => "a number".into(),
            Token::Text(_) => "a string".into(),
            Token::End => "the end of the text".into(),
        };
        self.mistake(format!("expected {wanted}, found {found}"))
    }

    /// Puts the place of a token to words about it.
    fn placed<T>(&self, lexeme: Lexeme<'_>, result: Result<T, String>) -> Parsed<T> {
        result.or_else(|message| self.mistake_at(lexeme, message))
    }

    /// Runs a step one level deeper, and refuses what is nested so deep that the stack might not hold it.
    fn nested<T>(&mut self, step: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting == MAX_NESTING {
            return self.mistake(format!("nested deeper than {MAX_NESTING} levels"));
        }
        self.nesting += 1;
        let result = step(self);
        self.nesting -= 1;
        result
    }

    /// Passes everything up to the bracket that closes the one at hand.
    fn skip_brackets(&mut self) -> Parsed<()> {
        let opening = self.lexeme();
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Token::Punct("(" | "[" | "{") => depth += 1,
                Token::Punct(")" | "]" | "}") => depth -= 1,
                Token::End => return self.mistake_at(opening, "this bracket is not closed"),
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn external_declaration(&mut self) -> Parsed<()> {
        if self.accept(";") || self.static_assertion()? {
            return Ok(());
        }
        if matches!(self.peek(), Token::Word("asm" | "__asm" | "__asm__"))
            && matches!(self.peek_second(), Token::Punct("("))
        {
            self.advance();
            self.skip_brackets()?;
            return self.end_of_declaration();
        }
        if let (Token::Word("extern"), Token::Text(_)) = (self.peek(), self.peek_second()) {
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
            let is_function = self.declare(&specifiers, declarator, name)?;
            if is_function && self.is("{") {
                return self.skip_brackets();
            }
            if self.accept("=") {
                self.skip_initialiser()?;
            }
            if !self.accept(",") {
                return self.end_of_declaration();
            }
        }
    }

    /// `;`, which the end of the text may stand for.
    fn end_of_declaration(&mut self) -> Parsed<()> {
        if self.accept(";") || self.peek() == Token::End {
            return Ok(());
        }
        self.unexpected("`;`")
    }

    fn skip_initialiser(&mut self) -> Parsed<()> {
        loop {
            match self.peek() {
                Token::Punct("(" | "[" | "{") => self.skip_brackets()?,
                Token::Punct("," | ";") | Token::End => return Ok(()),
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
    ) -> Parsed<bool> {
        let Token::Word(word) = name.token else { return self.mistake_at(name, "expected a name") };
        let Declarator { ty, attributes, symbol, .. } = declarator;
        if self.model.chain(&ty) > MAX_CHAIN {
            return self.mistake_at(name, format!("a type of more than {MAX_CHAIN} parts"));
        }
        let known = self.model.meanings.get(word).copied();
        if specifiers.storage == Some(Storage::Typedef) {
            self.declare_type(name, word, ty, &attributes, known)?;
            return Ok(false);
        }
        let function = matches!(self.model.resolve(&ty).form, Form::Function(_));
        let entity = Entity { name: word.to_owned(), symbol, ty };
        let list = |model: &'_ Model, meaning| -> Option<DeclaredType> {
            match meaning {
                Meaning::Function(index) if function => Some(model.functions[index].ty.clone()),
                Meaning::Variable(index) if !function => Some(model.variables[index].ty.clone()),
                _ => None,
            }
        };
        let provided =
            matches!(known, Some(Meaning::Type(index)) if self.model.named[index].provided);
        if let Some(meaning) = known.filter(|_| !provided) {
            let Some(before) = list(self.model, meaning) else {
                return self.mistake_at(name, format!("`{word}` was declared as something else"));
            };
            if !self.model.same(&before, &entity.ty) {
                let before = self.model.show(&before, word);
                return self
                    .mistake_at(name, format!("`{word}` was declared before, as `{before}`"));
            }
            if let (Meaning::Function(index), Some(_)) = (meaning, &entity.symbol) {
                self.model.functions[index].symbol = entity.symbol;
            }
            return Ok(function);
        }
        let entities = if function { &mut self.model.functions } else { &mut self.model.variables };
        let index = entities.len();
        entities.push(entity);
        let meaning = if function { Meaning::Function(index) } else { Meaning::Variable(index) };
        self.model.meanings.insert(word.to_owned(), meaning);
        Ok(function)
    }

    fn declare_type(
        &mut self,
        name: Lexeme<'text>,
        word: &str,
        ty: DeclaredType,
        attributes: &Attributes,
        known: Option<Meaning>,
    ) -> Parsed<()> {
        match known {
            Some(Meaning::Type(index)) if self.model.named[index].provided => {}
            Some(Meaning::Type(index)) => {
                let before = &self.model.named[index].ty;
                if self.model.same(before, &ty) {
                    return Ok(());
                }
                let before = self.model.show(before, word);
                return self
                    .mistake_at(name, format!("`{word}` was declared before, as `{before}`"));
            }
            Some(_) => {
                return self.mistake_at(name, format!("`{word}` was declared as something else"));
            }
            None => {}
        }
        let (depth, chain) = (self.model.depth(&ty), self.model.chain(&ty));
        let index = self.model.named.len();
        self.model.named.push(Named {
            name: word.to_owned(),
            ty,
            aligned: attributes.aligned,
            provided: false,
            depth,
            chain,
        });
        self.model.meanings.insert(word.to_owned(), Meaning::Type(index));
        Ok(())
    }
}
