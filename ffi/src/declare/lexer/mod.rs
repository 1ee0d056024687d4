//! Preprocessed C text as tokens, one after the other. Comments and line markers vanish; `#pragma pack` marks the tokens
//! behind it.

mod directive;
mod literal;
mod pragma;

use super::diagnostic::{Mistake, cut};
use super::keyword::Keyword;
pub(super) use directive::Definition;
pub(super) use literal::{Text, character_constant, integer, string};
pub(super) use pragma::Packing;

/// A text has at most so many bytes.
pub(super) const MAX_TEXT: usize = 64 << 20;
/// Brackets stand in each other so deep at most, in function bodies too.
const MAX_BRACKETS: usize = 256;
/// A name has at most so many bytes.
const MAX_NAME: usize = 4096;

/// A token, without its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'text> {
    Keyword(Keyword),
    /// An identifier.
    Word(&'text str),
    /// An integer constant, as it stands.
    Integer(&'text str),
    /// A floating-point constant, as it stands.
    Float(&'text str),
    /// A character constant, prefix and quotes with it.
    Character(&'text str),
    /// A string, prefix and quotes with it.
    Text(&'text str),
    /// An operator or bracket.
    Punct(&'static str),
    /// What is no token: an index of the lexer's mistakes.
    Mistake(usize),
    /// Behind the last token.
    End,
}

/// A token in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexeme<'text> {
    pub(super) token: Token<'text>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) packing: Packing,
}

/// The operators, the longer ones first. (`::` stands in C23's attributes.)
const PUNCTUATION: [&str; 47] = [
    "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=",
    "/=", "%=", "+=", "-=", "&=", "^=", "|=", "::", "[", "]", "(", ")", "{", "}", ".", "&", "*",
    "+", "-", "~", "!", "/", "%", "<", ">", "^", "|", "?", ":", ";", "=", ",",
];

/// Reads tokens where the last one ended.
#[derive(Debug)]
pub(super) struct Lexer<'text> {
    text: &'text str,
    at: usize,
    line_start: bool,
    brackets: usize,
    pragmas: pragma::Pragmas<'text>,
    /// Macros that were defined or undefined, until somebody takes them.
    pub(super) definitions: Vec<Definition<'text>>,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'text> Lexer<'text> {
    pub(super) fn new(text: &'text str) -> Lexer<'text> {
        let pragmas = pragma::Pragmas::default();
        let mut lexer = Lexer {
            text,
            at: 0,
            line_start: true,
            brackets: 0,
            pragmas,
            definitions: Vec::new(),
            mistakes: Vec::new(),
        };
        if text.len() > MAX_TEXT {
            let length = text.len();
            let message = format!("a text of {length} bytes: at most {MAX_TEXT} are read");
            lexer.mistakes.push(Mistake { start: 0, end: 0, message });
            lexer.at = text.len();
        }
        lexer
    }

    /// Whether the text is too long to be read at all.
    pub(super) fn is_refused(&self) -> bool {
        self.text.len() > MAX_TEXT
    }

    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn mistake<T>(&self, start: usize, message: impl Into<String>) -> Result<T, Mistake> {
        let end = self.at.max(start + 1);
        Err(Mistake { start, end, message: message.into() })
    }

    /// The next token; a mistake is one too, so that another reader than the first may meet it.
    pub(super) fn next(&mut self) -> Lexeme<'text> {
        let start = self.at;
        match self.try_next() {
            Ok(lexeme) => lexeme,
            Err(mistake) => {
                // Whatever is wrong with a text, it ends.
                self.at = self.at.max(start + 1).min(self.text.len());
                while !self.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
                let (start, end, packing) = (mistake.start, mistake.end, self.pragmas.packing());
                self.mistakes.push(mistake);
                let token = Token::Mistake(self.mistakes.len() - 1);
                Lexeme { token, start, end, packing }
            }
        }
    }

    fn try_next(&mut self) -> Result<Lexeme<'text>, Mistake> {
        loop {
            self.skip_blanks()?;
            let start = self.at;
            let token = self.token()?;
            self.line_start = false;
            if token == Token::Keyword(Keyword::Pragma) {
                self.pragma_operator(start)?;
                continue;
            }
            if let Token::Punct(bracket) = token {
                self.count_brackets(start, bracket)?;
            }
            let packing = self.pragmas.packing();
            return Ok(Lexeme { token, start, end: self.at, packing });
        }
    }

    fn count_brackets(&mut self, start: usize, bracket: &str) -> Result<(), Mistake> {
        match bracket {
            "(" | "[" | "{" => self.brackets += 1,
            ")" | "]" | "}" => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        if self.brackets > MAX_BRACKETS {
            let mistake =
                self.mistake(start, format!("brackets nested deeper than {MAX_BRACKETS} levels"));
            // What is behind makes no sense without this bracket.
            self.at = self.text.len();
            return mistake;
        }
        Ok(())
    }

    /// Starts to count brackets again: a declaration was given up.
    pub(super) fn forget_brackets(&mut self) {
        self.brackets = 0;
    }

    /// Passes blanks, comments, spliced lines and directives.
    fn skip_blanks(&mut self) -> Result<(), Mistake> {
        loop {
            let start = self.at;
            match (self.byte(0), self.byte(1)) {
                (b'\n', _) => {
                    self.line_start = true;
                    self.at += 1;
                }
                (b' ' | b'\t' | b'\r' | 0x0b | 0x0c, _) => self.at += 1,
                (b'/', b'*') => {
                    let Some(length) = self.text[start + 2..].find("*/") else {
                        self.at = self.text.len();
                        return self
                            .mistake(start, "this comment does not end")
                            .map_err(|mistake| Mistake { end: start + 2, ..mistake });
                    };
                    self.at += length + 4;
                }
                (b'/', b'/') => self.at += self.line_length(),
                (b'\\', b'\n') => self.at += 2,
                (b'\\', b'\r') if self.byte(2) == b'\n' => self.at += 3,
                (b'#', _) if self.line_start => {
                    self.at += self.directive_length();
                    let line = &self.text[start + 1..self.at];
                    self.directive(start, line.trim())?;
                }
                (first, _) if !first.is_ascii() => {
                    let blank = self.rest().chars().next().filter(|c| c.is_whitespace());
                    let Some(blank) = blank else { return Ok(()) };
                    self.at += blank.len_utf8();
                }
                _ => return Ok(()),
            }
        }
    }

    /// Bytes up to the end of the line.
    fn line_length(&self) -> usize {
        let rest = self.rest();
        rest.find('\n').unwrap_or(rest.len())
    }

    fn token(&mut self) -> Result<Token<'text>, Mistake> {
        let rest = self.rest();
        let start = self.at;
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        if is_word(first) && !first.is_ascii_digit() {
            let mut characters = rest.char_indices();
            let end = characters.find(|(at, c)| !is_word(*c) || *at > MAX_NAME);
            let length = end.map_or(rest.len(), |(at, _)| at);
            if length > MAX_NAME {
                self.at = self.text.len();
                return self.mistake(start, format!("a name of more than {MAX_NAME} bytes"));
            }
            self.at += length;
            let word = &rest[..length];
            return match (word, self.byte(0)) {
                ("L" | "u" | "U" | "u8", quote @ (b'\'' | b'"')) => self.quoted(start, quote),
                _ => Ok(Keyword::of(word).map_or(Token::Word(word), Token::Keyword)),
            };
        }
        if first.is_ascii_digit() || (first == '.' && self.byte(1).is_ascii_digit()) {
            return self.number();
        }
        if let quote @ (b'\'' | b'"') = self.byte(0) {
            return self.quoted(start, quote);
        }
        let first_byte = self.byte(0);
        let begins = |punctuation: &&&str| {
            punctuation.as_bytes()[0] == first_byte && rest.starts_with(**punctuation)
        };
        match PUNCTUATION.iter().find(begins) {
            Some(punctuation) => {
                self.at += punctuation.len();
                Ok(Token::Punct(punctuation))
            }
            None => {
                self.at += first.len_utf8();
                self.mistake(start, format!("`{}` has no meaning in C", first.escape_default()))
            }
        }
    }

    /// A preprocessing number (C11, 6.4.8), with the digit separators of C23.
    fn number(&mut self) -> Result<Token<'text>, Mistake> {
        let start = self.at;
        let bytes = self.rest().as_bytes();
        let hexadecimal = bytes.len() > 1 && bytes[0] == b'0' && bytes[1] | 0x20 == b'x';
        let mut length = 1;
        while let Some(&byte) = bytes.get(length) {
            let exponent = if hexadecimal { b'p' } else { b'e' };
            let sign = matches!(byte, b'+' | b'-') && bytes[length - 1] | 0x20 == exponent;
            let separator = byte == b'\''
                && bytes.get(length + 1).is_some_and(|next| next.is_ascii_alphanumeric());
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || sign || separator) {
                break;
            }
            length += 1;
        }
        let number = &self.rest()[..length];
        self.at = start + length;
        let floats = |c: char| c == '.' || (if hexadecimal { "pP" } else { "eE" }).contains(c);
        // `0xe` has no exponent, `0b1e` no meaning.
        Ok(if number.contains(floats) { Token::Float(number) } else { Token::Integer(number) })
    }

    /// A string or character constant whose quote comes next.
    fn quoted(&mut self, start: usize, quote: u8) -> Result<Token<'text>, Mistake> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        loop {
            match bytes.get(at) {
                Some(b'\\') => at += 2,
                Some(byte) if *byte == quote => break,
                None | Some(b'\n') => {
                    self.at = at.min(self.text.len());
                    let message = format!("the closing {} is missing", char::from(quote));
                    return self.mistake(start, message);
                }
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        // Behind an escape the end may lie within a character: `get` checks.
        match self.text.get(start..self.at) {
            Some(text) if quote == b'"' => Ok(Token::Text(text)),
            Some(text) => Ok(Token::Character(text)),
            None => self.mistake(start, "an escape that C does not have"),
        }
    }
}

fn is_word(character: char) -> bool {
    character == '_' || character == '$' || character.is_alphanumeric()
}

/// A token as messages name it.
pub(super) fn shown(token: Token<'_>, text: &str) -> String {
    match token {
        Token::Word(_) | Token::Keyword(_) | Token::Punct(_) => format!("`{}`", cut(text)),
        Token::Integer(_) | Token::Float(_) | Token::Character(_) => "a number".into(),
        Token::Text(_) => "a string".into(),
        Token::Mistake(_) | Token::End => "the end of the text".into(),
    }
}
