//! Arguments as the user writes them.

use super::outcome::Failure;

/// An argument as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// A number, a character, an enumerator, or what operators make of these.
    Literal(String),
    /// A string: its prefix, and its bytes.
    Text(&'static str, Vec<u8>),
    /// One of the values that the [`Builder`](super::Builder) has.
    Held(usize),
    /// `{…}`.
    List(Vec<Given>),
    /// `[…]`.
    Array(Vec<Given>),
    /// `{.name = value, …}`.
    Fields(Vec<(String, Given)>),
    /// `&value`.
    Reference(Box<Given>),
    /// A place for so many values, or for one.
    Out(Option<usize>),
    /// `(type) value`.
    Cast(String, Box<Given>),
    /// A function that prints its calls and returns this, or zero.
    Print(Option<Box<Given>>),
    /// No address.
    Null,
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
    is_type: &'a dyn Fn(&str) -> bool,
}

type Read<T> = Result<T, String>;

/// Values may stand in each other so deep.
const MAX_DEPTH: usize = 64;

/// Reads the argument with an index. Parentheses around a type are a cast.
///
/// # Errors
/// What cannot be read of it.
pub fn parse(index: usize, text: &str, is_type: &dyn Fn(&str) -> bool) -> Result<Given, Failure> {
    let mut reader = Reader { rest: text.trim(), depth: 0, is_type };
    let given = reader.value().and_then(|given| match reader.rest {
        "" => Ok(given),
        rest => Err(format!("`{rest}` is too much")),
    });
    given.map_err(|why| Failure::argument(format!("argument {index}, `{text}`: {why}")))
}

impl Reader<'_> {
    fn accept(&mut self, character: char) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(character);
        self.rest = found.unwrap_or(rest).trim_start();
        found.is_some()
    }

    fn value(&mut self) -> Read<Given> {
        if self.depth == MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        self.depth += 1;
        let value = self.value_inside();
        self.depth -= 1;
        value
    }

    fn value_inside(&mut self) -> Read<Given> {
        if self.accept('{') {
            if self.rest.starts_with('.') {
                return self.fields();
            }
            return Ok(Given::List(self.elements('}')?));
        }
        if self.accept('[') {
            return Ok(Given::Array(self.elements(']')?));
        }
        if self.accept('&') {
            return Ok(Given::Reference(Box::new(self.value()?)));
        }
        if let Some(cast) = self.cast()? {
            return Ok(cast);
        }
        for prefix in ["", "L", "u8", "u", "U"] {
            let behind = self.rest.strip_prefix(prefix);
            if behind.is_some_and(|rest| rest.starts_with('"')) {
                return self.text(prefix);
            }
        }
        self.word()
    }

    /// Elements up to a closing bracket.
    fn elements(&mut self, closing: char) -> Read<Vec<Given>> {
        let mut elements = Vec::new();
        if self.accept(closing) {
            return Ok(elements);
        }
        loop {
            elements.push(self.value()?);
            if self.accept(closing) {
                return Ok(elements);
            }
            if !self.accept(',') {
                return Err(format!("expected `,` or `{closing}`"));
            }
        }
    }

    /// `.name = value` up to the closing bracket.
    fn fields(&mut self) -> Read<Given> {
        let mut fields = Vec::new();
        loop {
            if !self.accept('.') {
                return Err("every member needs its name, as in `.x = 1`".into());
            }
            let end = self.rest.find('=').ok_or("expected `=` behind the name of a member")?;
            let name = self.rest[..end].trim().to_owned();
            self.rest = self.rest[end + 1..].trim_start();
            fields.push((name, self.value()?));
            if self.accept('}') {
                return Ok(Given::Fields(fields));
            }
            if !self.accept(',') {
                return Err("expected `,` or `}`".into());
            }
        }
    }

    /// `(type) value`; none for parentheses around a part of an expression.
    fn cast(&mut self) -> Read<Option<Given>> {
        let Some(inside) = self.rest.strip_prefix('(') else { return Ok(None) };
        let end = closing(inside, ')').ok_or("the closing `)` is missing")?;
        let (ty, behind) = (inside[..end].trim(), inside[end + 1..].trim_start());
        let value_follows =
            behind.starts_with(|c: char| c.is_alphanumeric() || "_\"'{[(".contains(c));
        if !(value_follows || (self.is_type)(ty)) {
            return Ok(None);
        }
        let ty = ty.to_owned();
        self.rest = behind;
        Ok(Some(Given::Cast(ty, Box::new(self.value()?))))
    }

    /// Strings one after the other, which are one.
    fn text(&mut self, prefix: &'static str) -> Read<Given> {
        let mut text = Vec::new();
        let mut room = [0; 4];
        while let Some(quoted) =
            self.rest.strip_prefix(prefix).unwrap_or(self.rest).strip_prefix('"')
        {
            let mut rest = quoted;
            loop {
                let mut characters = rest.chars();
                match characters.next().ok_or("the closing \" is missing")? {
                    '"' => break,
                    '\\' => {
                        let (escape, length) = escape(characters.as_str())?;
                        match (escape, prefix) {
                            (Escape::Unit(unit @ ..=0xff), "" | "u8") => text.push(unit as u8),
                            (Escape::Unit(unit), "L" | "u" | "U") => {
                                let character = char::from_u32(unit);
                                let character =
                                    character.ok_or("an escape that is no character")?;
                                text.extend(character.encode_utf8(&mut room).bytes());
                            }
                            (Escape::Unit(unit), _) => {
                                return Err(format!("the escape {unit:#x} does not fit a char"));
                            }
                            (Escape::Character(character), _) => {
                                text.extend(character.encode_utf8(&mut room).bytes());
                            }
                        }
                        rest = &characters.as_str()[length..];
                    }
                    character => {
                        text.extend(character.encode_utf8(&mut room).bytes());
                        rest = characters.as_str();
                    }
                }
            }
            self.rest = rest[1..].trim_start();
        }
        Ok(Given::Text(prefix, text))
    }

    /// Everything else: up to the next comma or bracket that closes what is around it.
    fn word(&mut self) -> Read<Given> {
        let word = &self.rest[..word_length(self.rest)];
        self.rest = self.rest[word.len()..].trim_start();
        let word = word.trim();
        let inside = |keyword: &str, opening: char, closing: char| {
            let behind = word.strip_prefix(keyword)?.trim_start();
            Some(behind.strip_prefix(opening)?.strip_suffix(closing)?.trim())
        };
        if let Some(length) = inside("out", '[', ']') {
            let length = length.parse();
            return match length {
                Ok(length) => Ok(Given::Out(Some(length))),
                Err(_) => Err(format!("`{word}` says no number of elements")),
            };
        }
        if let Some(result) = inside("print", '(', ')') {
            let mut reader = Reader { rest: result, ..*self };
            let given = reader.value()?;
            return match reader.rest {
                "" => Ok(Given::Print(Some(Box::new(given)))),
                rest => Err(format!("`{rest}` is too much")),
            };
        }
        Ok(match word {
            "" => return Err("a value is missing".into()),
            "null" | "NULL" | "nullptr" => Given::Null,
            "out" => Given::Out(None),
            "print" => Given::Print(None),
            _ => Given::Literal(word.to_owned()),
        })
    }
}

/// The length of what stands before the next comma or closing bracket, other than those within quotes and brackets.
fn word_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match first {
            '\'' | '"' => {
                // A quote that is not closed, as in a number with separators, is a character like others.
                let end = closing_quote(&rest[1..], first).unwrap_or(0);
                rest = &rest[end..];
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ',' | ')' | ']' | '}' if depth == 0 => break,
            _ => {}
        }
        rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
    }
    text.len() - rest.len()
}

/// Where a quote ends, counted so that the quote itself is the next character.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, character)| {
        let ends = character == quote && !escaped;
        escaped = character == '\\' && !escaped;
        ends.then_some(at + 1)
    })
}

enum Escape {
    Unit(u32),
    Character(char),
}

/// What stands behind a backslash, and its length.
fn escape(text: &str) -> Read<(Escape, usize)> {
    let first = text.chars().next().ok_or("the closing \" is missing")?;
    let digits = |from: usize, most: usize, radix: u32| -> Read<(u32, usize)> {
        let is_digit = |c: &char| c.is_digit(radix);
        let length = text[from..].chars().take(most).take_while(is_digit).count();
        let value = u32::from_str_radix(&text[from..from + length], radix);
        let wrong = |_| format!("the escape \\{first} needs digits that follow it");
        Ok((value.map_err(wrong)?, from + length))
    };
    let unit = match first {
        'n' => 10,
        't' => 9,
        'r' => 13,
        'e' => 27,
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'v' => 11,
        '\\' | '"' | '\'' | '?' => first.into(),
        '0'..='7' => return digits(0, 3, 8).map(|(unit, length)| (Escape::Unit(unit), length)),
        'x' => return digits(1, 8, 16).map(|(unit, length)| (Escape::Unit(unit), length)),
        'u' | 'U' => {
            let (unit, length) = digits(1, if first == 'u' { 4 } else { 8 }, 16)?;
            let character = char::from_u32(unit).ok_or("an escape that is no character")?;
            return Ok((Escape::Character(character), length));
        }
        other => {
            return Err(format!(
                "the escape \\{other} is not known: use \\n \\t \\r \\e \\0 \\x41 \\u20ac \\\\ \\\""
            ));
        }
    };
    Ok((Escape::Unit(unit), 1))
}

/// Where the bracket closes that was opened right before a text.
fn closing(text: &str, bracket: char) -> Option<usize> {
    let mut at = 0;
    loop {
        at += word_length(&text[at..]);
        match text[at..].chars().next()? {
            found if found == bracket => return Some(at),
            found => at += found.len_utf8(),
        }
    }
}
