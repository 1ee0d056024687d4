//! Goes on behind a mistake: one declaration that cannot be read does not cost the others.

use std::sync::OnceLock;

use super::super::diagnostic::{Mistake, Places};
use super::super::keyword::Keyword;
use super::super::lexer::{Lexeme, Token};
use super::super::model::{Form, Meaning, Model, Named, TagKind};
use super::{Access, Parser};

/// So many mistakes are kept; behind them nothing is read.
const MAX_MISTAKES: usize = 10_000;

/// Reads all that can be read of a text. What cannot is noted in the model: the mistakes, and the names that were lost.
pub(in super::super) fn what_can_be_read(model: &mut Model, text: &str) {
    let mut places = Places::new(text);
    let mut parser = match Parser::new(Access::Write(model), text) {
        Ok(parser) => parser,
        Err(mistake) => return model.mistakes.push(places.error(mistake)),
    };
    let before = parser.model.mistakes.len();
    while parser.next_declaration() && parser.model.mistakes.len() - before < MAX_MISTAKES {
        if let Token::Mistake(index) = parser.peek() {
            // A pragma, or what is no C: the declaration behind it may be as good as any.
            let error = places.error(parser.lexer.mistakes[index].clone());
            let place = parser.advance();
            if let Ok(model) = parser.write(place) {
                model.mistakes.push(error);
            }
        } else if let Err(mistake) = parser.external_declaration() {
            parser.lose(mistake, &mut places);
        }
    }
}

/// What a name that was lost would have been.
#[derive(Clone, Copy, PartialEq)]
enum Lost {
    Type,
    Other,
}

impl<'text> Parser<'text, '_> {
    /// Notes a mistake and what is lost with it, and passes the rest of the declaration.
    fn lose(&mut self, mistake: Mistake, places: &mut Places<'text>) {
        let place = self.lexeme();
        let names = self.lost_names();
        let Ok(model) = self.write(place) else { return };
        let index = model.mistakes.len();
        model.mistakes.push(places.error(mistake));
        for (name, lost) in names {
            model.lose_name(name, lost, index);
        }
        let tags = std::mem::take(&mut self.lost_tags);
        let Ok(model) = self.write(place) else { return };
        for tag in tags {
            if model.tags[tag].definition.is_none() {
                model.lose(tag, index);
            }
        }
        self.nesting = 0;
        self.in_parameters = false;
    }

    /// Passes the declaration at hand from its beginning, and gathers the names it would have declared.
    fn lost_names(&mut self) -> Vec<(&'text str, Lost)> {
        let mut names = Vec::new();
        let mut kind = Lost::Other;
        let (mut depth, mut parentheses) = (std::mem::take(&mut self.open), 0_usize);
        // Of a struct's, union's or enumeration's braces: whether they may come, and of which.
        let mut braces_of: Option<TagKind> = None;
        let mut in_enumeration = None;
        let mut before: Option<Lexeme<'text>> = None;
        let stopped = self.at;
        self.at = 0;
        self.lexer.forget_brackets();
        loop {
            let lexeme = self.lexeme();
            match lexeme.token {
                Token::End => break,
                Token::Keyword(Keyword::Typedef) if depth == 0 => kind = Lost::Type,
                Token::Keyword(Keyword::Tag(tag)) if depth == 0 => braces_of = Some(tag),
                Token::Punct(bracket @ ("(" | "[" | "{")) => {
                    // A function's body ends its declaration; what it declares does not matter.
                    let body = bracket == "{" && depth == 0 && braces_of.is_none();
                    if body && self.pass_brackets().is_err() && self.peek() == Token::End {
                        break;
                    }
                    if body {
                        if self.is(";") {
                            self.advance();
                        }
                        break;
                    }
                    if bracket == "{" && depth == 0 && braces_of == Some(TagKind::Enum) {
                        in_enumeration = Some(depth + 1);
                    }
                    depth += 1;
                    parentheses += usize::from(bracket == "(");
                }
                Token::Punct(bracket @ (")" | "]" | "}")) => {
                    depth = depth.saturating_sub(1);
                    parentheses = parentheses.saturating_sub(usize::from(bracket == ")"));
                    if depth == 0 {
                        in_enumeration = None;
                        if std::mem::take(&mut self.in_body) {
                            self.advance();
                            break;
                        }
                    }
                }
                // Within parentheses alone a declaration cannot end: one of them is not closed.
                Token::Punct(";") if depth == 0 || depth == parentheses => {
                    self.advance();
                    break;
                }
                Token::Word(word) => {
                    let second = self.peek_second();
                    let names_something = match (in_enumeration, before.map(|before| before.token))
                    {
                        (Some(inside), Some(Token::Punct("{" | ","))) => depth == inside,
                        (Some(_), _) => false,
                        // `(*name)` and `name`, before what may stand behind a declared name.
                        (None, Some(Token::Keyword(Keyword::Tag(_)))) => false,
                        (None, _) => {
                            let pointer = matches!(
                                before.map(|before| before.token),
                                Some(Token::Punct("*"))
                            ) && depth == parentheses
                                && second == Token::Punct(")");
                            let direct = depth == 0
                                && matches!(
                                    second,
                                    Token::Punct(";" | "," | "(" | "[" | "=")
                                        | Token::Keyword(Keyword::Attribute | Keyword::Asm)
                                        | Token::End
                                );
                            pointer || direct
                        }
                    };
                    if names_something {
                        let lost = if in_enumeration.is_some() { Lost::Other } else { kind };
                        names.push((word, lost));
                    }
                    if second == Token::Punct("(") && depth == 0 {
                        braces_of = None;
                    }
                }
                _ => {}
            }
            before = Some(lexeme);
            self.advance();
        }
        // What was read before the mistake is passed in any case.
        self.at = self.at.max(stopped.min(1));
        self.fill();
        names
    }
}

impl Model {
    /// Notes that the declaration of a name was lost, unless there is one.
    fn lose_name(&mut self, name: &str, lost: Lost, mistake: usize) {
        let known = self.meanings.get(name).copied();
        let provided = matches!(known, Some(Meaning::Type(index)) if self.named[index].provided);
        if known.is_some() && !provided {
            return;
        }
        if lost == Lost::Other {
            self.mean(name.into(), Meaning::Lost(mistake));
            return;
        }
        // Pointers to what was lost are as good as others.
        let tag = self.announce(TagKind::Struct, "");
        self.lose(tag, mistake);
        let (ty, value) = (Form::Tag(tag).into(), OnceLock::new());
        let name = name.into();
        self.name_type(Named {
            name,
            ty,
            value,
            aligned: None,
            provided: false,
            depth: 0,
            chain: 0,
        });
    }
}
