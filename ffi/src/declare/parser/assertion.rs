//! Assertions at compile time.

use super::super::diagnostic::cut;
use super::super::keyword::Keyword;
use super::super::lexer::{Text, Token};
use super::{Parsed, Parser};

impl Parser<'_, '_> {
    /// `_Static_assert(…)`, if it comes next: it holds, or cannot be computed here.
    pub(super) fn static_assertion(&mut self) -> Parsed<bool> {
        let before = self.at;
        while self.accept_keyword(Keyword::Extension) {}
        if !self.accept_keyword(Keyword::StaticAssert) {
            self.at = before;
            return Ok(false);
        }
        let opening = self.at;
        self.expect("(")?;
        let place = self.lexeme();
        if let Ok(0) = self.constant() {
            let mut message = String::new();
            if self.accept(",") {
                while let Token::Text(text) = self.peek() {
                    message.push_str(Text::of(text).inside);
                    self.advance();
                }
            }
            let message = format!("this assertion does not hold: {}", cut(&message));
            return self.mistake_at(place, message);
        }
        self.at = opening;
        self.skip_brackets()?;
        if self.peek() != Token::End {
            self.expect(";")?;
        }
        Ok(true)
    }
}
