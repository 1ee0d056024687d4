//! Reads C declarations: recursive descent over the tokens of one declaration after the other.

mod assertion;
mod attribute_names;
mod attributes;
mod composite;
mod declarator;
mod enumeration;
mod evaluate;
mod expression;
mod external;
mod literals;
mod macros;
mod opaque;
mod operand;
mod parameters;
mod recovery;
mod specifiers;
mod words;

use super::diagnostic::Mistake;
use super::keyword::Keyword;
use super::lexer::{self, Definition, Lexeme, Lexer, Token};
use super::model::{DeclaredType, Model};
pub(super) use macros::expression;
pub(super) use operand::{Constant, Content};
pub(super) use recovery::what_can_be_read;

/// Brackets, types and expressions may stand in each other so deep.
const MAX_NESTING: usize = 64;

/// So many macros are looked into for one text.
const MAX_MACROS: usize = 100_000;

pub(super) struct Parser<'text, 'model> {
    text: &'text str,
    lexer: Lexer<'text>,
    /// The tokens of the declaration at hand, as far as they have been looked at.
    window: Vec<Lexeme<'text>>,
    at: usize,
    nesting: usize,
    /// Brackets that were opened and of which no token is kept.
    open: usize,
    /// Whether they are those of a function's body.
    in_body: bool,
    /// Whether parameters are being read: their dimensions need not be constant.
    in_parameters: bool,
    /// So many macros may still be looked into: they can be made of each other.
    macros_left: usize,
    /// Structs, unions and enumerations whose definition could not be read.
    lost_tags: Vec<usize>,
    model: Access<'model>,
}

type Parsed<T> = Result<T, Mistake>;

/// The model to read, and to write where declarations are read rather than one type's name.
enum Access<'model> {
    Read(&'model Model),
    Write(&'model mut Model),
}

impl std::ops::Deref for Access<'_> {
    type Target = Model;

    fn deref(&self) -> &Model {
        match self {
            Access::Read(model) => model,
            Access::Write(model) => model,
        }
    }
}

/// Reads a text of declarations into the model, up to the first mistake. What stood before it stays declared.
pub(super) fn declarations(model: &mut Model, text: &str) -> Parsed<()> {
    let mut parser = Parser::new(Access::Write(model), text)?;
    while parser.next_declaration() {
        parser.external_declaration()?;
    }
    Ok(())
}

/// Reads the name of a type, such as `struct tm *` or `int (*)(double)`.
pub(super) fn type_name(model: &Model, text: &str) -> Parsed<DeclaredType> {
    let mut parser = Parser::new(Access::Read(model), text)?;
    let ty = parser.type_name()?;
    parser.end("the end of the type")?;
    Ok(ty)
}

/// Reads `member.member[index]`: the offset in the type.
pub(super) fn member_offset(model: &Model, ty: &DeclaredType, text: &str) -> Parsed<usize> {
    let mut parser = Parser::new(Access::Read(model), text)?;
    let (offset, _) = parser.members_offset(ty.clone())?;
    parser.end("the end of the member's name")?;
    Ok(offset)
}

impl<'text, 'model> Parser<'text, 'model> {
    fn new(model: Access<'model>, text: &'text str) -> Parsed<Parser<'text, 'model>> {
        let mut lexer = Lexer::new(text);
        if lexer.is_refused()
            && let Some(mistake) = lexer.mistakes.pop()
        {
            return Err(mistake);
        }
        let mut parser = Parser {
            text,
            lexer,
            window: Vec::new(),
            at: 0,
            nesting: 0,
            open: 0,
            in_body: false,
            in_parameters: false,
            macros_left: MAX_MACROS,
            lost_tags: Vec::new(),
            model,
        };
        parser.fill();
        Ok(parser)
    }

    /// The model to declare something in, for what stands at a place.
    fn write(&mut self, place: Lexeme<'_>) -> Parsed<&mut Model> {
        match &mut self.model {
            Access::Write(model) => Ok(model),
            Access::Read(_) => {
                let (Lexeme { start, end, .. }, message) =
                    (place, "a type that was not declared before".to_owned());
                Err(Mistake { start, end, message })
            }
        }
    }

    /// Lets the tokens go that have been read; says whether there are more.
    fn next_declaration(&mut self) -> bool {
        self.window.drain(..self.at);
        self.at = 0;
        self.fill();
        self.peek() != Token::End
    }

    /// Makes the next token one of the window.
    fn fill(&mut self) {
        while self.window.len() <= self.at {
            self.read_token();
        }
    }

    fn read_token(&mut self) {
        let lexeme = self.lexer.next();
        self.window.push(lexeme);
        if !self.lexer.definitions.is_empty() {
            self.take_macros();
        }
    }

    /// Enters the macros into the model that stood before the last token.
    #[cold]
    fn take_macros(&mut self) {
        let definitions = std::mem::take(&mut self.lexer.definitions);
        if let Access::Write(model) = &mut self.model {
            for Definition { name, body } in definitions {
                model.define_macro(name, body);
            }
        }
    }

    fn lexeme(&self) -> Lexeme<'text> {
        self.window[self.at]
    }

    fn peek(&self) -> Token<'text> {
        self.lexeme().token
    }

    fn peek_second(&mut self) -> Token<'text> {
        if self.peek() == Token::End {
            return Token::End;
        }
        if self.window.len() == self.at + 1 {
            self.read_token();
        }
        self.window[self.at + 1].token
    }

    fn advance(&mut self) -> Lexeme<'text> {
        let lexeme = self.lexeme();
        if lexeme.token != Token::End {
            self.at += 1;
            self.fill();
        }
        lexeme
    }

    fn is(&self, punctuation: &str) -> bool {
        matches!(self.peek(), Token::Punct(found) if found == punctuation)
    }

    fn accept(&mut self, punctuation: &str) -> bool {
        let found = self.is(punctuation);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, punctuation: &str) -> Parsed<()> {
        if self.accept(punctuation) {
            return Ok(());
        }
        self.unexpected(&format!("`{punctuation}`"))
    }

    fn accept_keyword(&mut self, keyword: Keyword) -> bool {
        let found = self.peek() == Token::Keyword(keyword);
        if found {
            self.advance();
        }
        found
    }

    fn end(&self, wanted: &str) -> Parsed<()> {
        if self.peek() == Token::End { Ok(()) } else { self.unexpected(wanted) }
    }

    /// A token as it stands in the text.
    fn spelling(&self, lexeme: Lexeme<'_>) -> &'text str {
        self.text.get(lexeme.start..lexeme.end).unwrap_or("")
    }

    /// The token at hand as messages name it.
    fn shown(&self) -> String {
        lexer::shown(self.peek(), self.spelling(self.lexeme()))
    }

    /// A mistake at the next token.
    fn mistake<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.mistake_at(self.lexeme(), message)
    }

    fn mistake_at<T>(&self, lexeme: Lexeme<'_>, message: impl Into<String>) -> Parsed<T> {
        // What is no token was a mistake before anything else could be.
        if let Token::Mistake(index) = lexeme.token {
            return Err(self.lexer.mistakes[index].clone());
        }
        Err(Mistake { start: lexeme.start, end: lexeme.end, message: message.into() })
    }

    fn unexpected<T>(&self, wanted: &str) -> Parsed<T> {
        self.mistake(format!("expected {wanted}, found {}", self.shown()))
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
                Token::Punct(")" | "]" | "}") => depth = depth.saturating_sub(1),
                Token::Mistake(_) => return self.mistake(""),
                Token::End => return self.mistake_at(opening, "this bracket is not closed"),
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Passes brackets that nothing looks back into: no token of a function's body or an initialiser is kept.
    fn pass_brackets(&mut self) -> Parsed<()> {
        let opening = self.lexeme();
        loop {
            match self.peek() {
                Token::Punct("(" | "[" | "{") => self.open += 1,
                Token::Punct(")" | "]" | "}") => self.open = self.open.saturating_sub(1),
                Token::Mistake(_) => return self.mistake(""),
                Token::End => return self.mistake_at(opening, "this bracket is not closed"),
                _ => {}
            }
            self.window.remove(self.at);
            self.fill();
            if self.open == 0 {
                return Ok(());
            }
        }
    }
}
