//! Preprocessed C text as tokens. Comments and line markers vanish; `#pragma pack` marks the tokens behind it.

use super::diagnostic::Mistake;

/// A token, without its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'text> {
    /// An identifier or keyword.
    Word(&'text str),
    /// An integer constant.
    Integer(Integer),
    /// A floating-point constant: nothing in a declaration needs its value.
    Float,
    /// A string between its quotes, escapes as they stand.
    Text(&'text str),
    /// An operator or bracket.
    Punct(&'static str),
    /// Behind the last token.
    End,
}

/// An integer or character constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Integer {
    pub(super) value: u64,
    pub(super) unsigned: bool,
    /// Whether it has 8 bytes: by its suffix, or because it does not fit into 4.
    pub(super) wide: bool,
}

/// A token in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexeme<'text> {
    pub(super) token: Token<'text>,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The limit that `#pragma pack` sets here.
    pub(super) pack: Option<usize>,
}

/// The operators, the longer ones first.
const PUNCTUATION: [&str; 47] = [
    "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=",
    "/=", "%=", "+=", "-=", "&=", "^=", "|=", "::", "[", "]", "(", ")", "{", "}", ".", "&", "*",
    "+", "-", "~", "!", "/", "%", "<", ">", "^", "|", "?", ":", ";", "=", ",",
];

struct Lexer<'text> {
    text: &'text str,
    at: usize,
    line_start: bool,
    pack: Option<usize>,
    pack_stack: Vec<Option<usize>>,
}

/// All tokens of a text, the last one [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Lexeme<'_>>, Mistake> {
    let mut lexer = Lexer { text, at: 0, line_start: true, pack: None, pack_stack: Vec::new() };
    let mut lexemes = Vec::new();
    loop {
        let lexeme = lexer.next()?;
        lexemes.push(lexeme);
        if lexeme.token == Token::End {
            return Ok(lexemes);
        }
    }
}

impl<'text> Lexer<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    fn mistake<T>(&self, start: usize, message: impl Into<String>) -> Result<T, Mistake> {
        let end = self.at.max(start + 1);
        Err(Mistake { start, end, message: message.into() })
    }

    fn next(&mut self) -> Result<Lexeme<'text>, Mistake> {
        self.skip_blanks()?;
        let start = self.at;
        let token = self.token()?;
        self.line_start = false;
        Ok(Lexeme { token, start, end: self.at, pack: self.pack })
    }

    /// Passes blanks, comments, spliced lines and directives.
    fn skip_blanks(&mut self) -> Result<(), Mistake> {
        loop {
            let rest = self.rest();
            let start = self.at;
            if let Some(comment) = rest.strip_prefix("/*") {
                let Some(length) = comment.find("*/") else {
                    self.at = self.text.len();
                    return self
                        .mistake(start, "this comment does not end")
                        .map_err(|mistake| Mistake { end: start + 2, ..mistake });
                };
                self.at += length + 4;
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("\\\n") {
                self.at += 2;
            } else if rest.starts_with("\\\r\n") {
                self.at += 3;
            } else if rest.starts_with('#') && self.line_start {
                self.at += rest.find('\n').unwrap_or(rest.len());
                let line = &self.text[start + 1..self.at];
                self.directive(start, line.trim())?;
            } else if let Some(blank) = rest.chars().next().filter(|c| c.is_whitespace()) {
                self.line_start |= blank == '\n';
                self.at += blank.len_utf8();
            } else {
                return Ok(());
            }
        }
    }

    /// A line marker or `#pragma`; other directives are the preprocessor's work.
    fn directive(&mut self, start: usize, line: &str) -> Result<(), Mistake> {
        let marker = line.strip_prefix("line").map_or(line, str::trim_start);
        if line.is_empty() || marker.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(());
        }
        let Some(pragma) = line.strip_prefix("pragma") else {
            if line.starts_with("ident") {
                return Ok(());
            }
            return self.mistake(
                start,
                "a directive of the preprocessor: give the text that `cc -E` makes of this file",
            );
        };
        let Some(arguments) = pragma.trim().strip_prefix("pack") else { return Ok(()) };
        let arguments = arguments.trim().strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let Some((arguments, _)) = arguments else {
            return self.mistake(start, "`#pragma pack` takes its arguments in parentheses");
        };
        for argument in arguments.split(',').map(str::trim) {
            match argument {
                "push" => self.pack_stack.push(self.pack),
                "pop" => self.pack = self.pack_stack.pop().flatten(),
                "" => self.pack = None,
                number => match number.parse::<usize>() {
                    Ok(limit) if limit.is_power_of_two() && limit <= 16 => self.pack = Some(limit),
                    _ => {
                        return self.mistake(
                            start,
                            format!(
                                "`#pragma pack` knows push, pop, 1, 2, 4, 8 and 16, not `{number}`"
                            ),
                        );
                    }
                },
            }
        }
        Ok(())
    }

    fn token(&mut self) -> Result<Token<'text>, Mistake> {
        let rest = self.rest();
        let start = self.at;
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        if is_word(first) && !first.is_ascii_digit() {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let word = &rest[..length];
            self.at += length;
            let quoted = self.rest().chars().next().filter(|c| matches!(c, '\'' | '"'));
            return match (word, quoted) {
                ("L" | "u" | "U" | "u8", Some(quote)) => self.quoted(start, quote),
                _ => Ok(Token::Word(word)),
            };
        }
        if first.is_ascii_digit()
            || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            return self.number();
        }
        if matches!(first, '\'' | '"') {
            return self.quoted(start, first);
        }
        match PUNCTUATION.iter().find(|punctuation| rest.starts_with(**punctuation)) {
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

    fn number(&mut self) -> Result<Token<'text>, Mistake> {
        let start = self.at;
        let bytes = self.rest().as_bytes();
        let hexadecimal = bytes.len() > 1 && bytes[0] == b'0' && matches!(bytes[1], b'x' | b'X');
        let mut length = 1;
        while let Some(&byte) = bytes.get(length) {
            let exponent = if hexadecimal { b'p' } else { b'e' };
            let sign = matches!(byte, b'+' | b'-') && bytes[length - 1] | 0x20 == exponent;
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'\'') || sign) {
                break;
            }
            length += 1;
        }
        let number = &self.rest()[..length];
        self.at += length;
        let floats = |c: char| c == '.' || (if hexadecimal { "pP" } else { "eE" }).contains(c);
        if number.contains(floats) {
            return Ok(Token::Float);
        }
        let lower = number.to_ascii_lowercase();
        let suffix = lower.trim_start_matches(|c: char| c == 'x' || c.is_ascii_hexdigit());
        let digits = &lower[..lower.len() - suffix.len()];
        let parsed = if let Some(digits) = digits.strip_prefix("0x") {
            u64::from_str_radix(digits, 16)
        } else if let Some(digits) = digits.strip_prefix("0b") {
            u64::from_str_radix(digits, 2)
        } else if digits.len() > 1 && digits.starts_with('0') {
            u64::from_str_radix(digits, 8)
        } else {
            digits.parse()
        };
        let suffixes = ["", "u", "l", "ul", "lu", "ll", "ull", "llu"];
        let Some(value) = parsed.ok().filter(|_| suffixes.contains(&suffix)) else {
            return self.mistake(start, format!("`{number}` is not a number of at most 64 bits"));
        };
        // C11, 6.4.4.1: the first type that holds the value; decimal constants stay signed where they can.
        let decimal = !digits.starts_with('0');
        let unsigned = suffix.contains('u')
            || value > i64::MAX as u64
            || (!decimal && !suffix.contains('l') && (0x8000_0000..=0xffff_ffff).contains(&value));
        let limit = if unsigned { u64::from(u32::MAX) } else { i32::MAX as u64 };
        let wide = suffix.contains('l') || value > limit;
        Ok(Token::Integer(Integer { value, unsigned, wide }))
    }

    /// A string or character constant whose quote comes next.
    fn quoted(&mut self, start: usize, quote: char) -> Result<Token<'text>, Mistake> {
        let content = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = content;
        loop {
            match bytes.get(at) {
                Some(b'\\') => at += 2,
                Some(byte) if *byte == quote as u8 => break,
                None | Some(b'\n') => {
                    self.at = at.min(self.text.len());
                    return self.mistake(start, format!("the closing {quote} is missing"));
                }
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        // Behind an escape the end may lie within a character: `get` checks.
        let Some(inside) = self.text.get(content..at) else {
            return self.mistake(start, "an escape that C does not have");
        };
        if quote == '"' {
            return Ok(Token::Text(inside));
        }
        match character(inside) {
            Some(value) => {
                let value = i64::from(value) as u64;
                Ok(Token::Integer(Integer { value, unsigned: false, wide: false }))
            }
            None => self.mistake(start, "this is not one character"),
        }
    }
}

fn is_word(character: char) -> bool {
    character == '_' || character == '$' || character.is_alphanumeric()
}

/// The value of what stands between single quotes.
pub(super) fn character(inside: &str) -> Option<i32> {
    let mut characters = inside.chars();
    let first = characters.next()?;
    if first != '\\' {
        return characters.next().is_none().then_some(first as i32);
    }
    let escape = characters.next()?;
    let rest = characters.as_str();
    let simple = |value: i32| rest.is_empty().then_some(value);
    match escape {
        'n' => simple(10),
        't' => simple(9),
        'r' => simple(13),
        'a' => simple(7),
        'b' => simple(8),
        'f' => simple(12),
        'v' => simple(11),
        'e' => simple(27),
        '\\' | '\'' | '"' | '?' => simple(escape as i32),
        'x' => u8::from_str_radix(rest, 16).ok().map(|value| i32::from(value as i8)),
        '0'..='7' => u8::from_str_radix(&inside[1..], 8).ok().map(|value| i32::from(value as i8)),
        _ => None,
    }
}
