//! Arguments as the user writes them.

use ffi::Argument;

use crate::outcome::Failure;

/// An argument as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    /// A number, a character, an enumerator.
    Literal(String),
    Text(String),
    List(Vec<Given>),
    Fields(Vec<(String, Given)>),
    Reference(Box<Given>),
    /// A place for so many values, or for one.
    Out(Option<usize>),
    Cast(String, Box<Given>),
    Null,
}

impl Given {
    /// The argument it stands for. Those that bring a value back become a copy.
    pub(crate) fn into_argument<'a>(self) -> Argument<'a> {
        match self {
            Given::Literal(text) => Argument::Literal(text.into()),
            Given::Text(text) => Argument::Text(text.into()),
            Given::List(elements) => Argument::list(elements.into_iter().map(Given::into_argument)),
            Given::Fields(fields) => Argument::fields(
                fields.into_iter().map(|(name, value)| (name, value.into_argument())),
            ),
            Given::Reference(value) => Argument::reference(value.into_argument()),
            Given::Cast(ty, value) => Argument::cast(ty, value.into_argument()),
            Given::Out(_) | Given::Null => Argument::Null,
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

type Read<T> = Result<T, String>;

/// Values may stand in each other so deep.
const MAX_DEPTH: usize = 64;

/// Reads the argument with an index.
pub(crate) fn parse(index: usize, text: &str) -> Result<Given, Failure> {
    let mut reader = Reader { rest: text.trim(), depth: 0 };
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
            return Ok(Given::List(self.elements(']')?));
        }
        if self.accept('&') {
            return Ok(Given::Reference(Box::new(self.value()?)));
        }
        if self.accept('(') {
            let end = closing_parenthesis(self.rest).ok_or("the closing `)` is missing")?;
            let ty = self.rest[..end].trim().to_owned();
            self.rest = &self.rest[end + 1..];
            return Ok(Given::Cast(ty, Box::new(self.value()?)));
        }
        if self.rest.starts_with('"') {
            return self.text();
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

    fn text(&mut self) -> Read<Given> {
        let mut text = String::new();
        let mut characters = self.rest[1..].chars();
        loop {
            match characters.next().ok_or("the closing \" is missing")? {
                '"' => break,
                '\\' => text.push(escape(&mut characters)?),
                character => text.push(character),
            }
        }
        self.rest = characters.as_str().trim_start();
        Ok(Given::Text(text))
    }

    /// Everything else: up to the next comma or bracket.
    fn word(&mut self) -> Read<Given> {
        let quoted = self.rest.strip_prefix('\'').and_then(|rest| {
            let rest =
                rest.strip_prefix('\\').map_or(rest, |escaped| &rest[rest.len() - escaped.len()..]);
            let first = rest.chars().next()?.len_utf8();
            let closing = rest[first..].find('\'')? + first;
            Some(self.rest.len() - rest.len() + closing + 1)
        });
        let end = match quoted {
            Some(end) => end,
            // `out[8]` has brackets of its own.
            None if self.rest.starts_with("out[") => {
                self.rest.find(']').map_or(self.rest.len(), |at| at + 1)
            }
            None => self.rest.find([',', '}', ']', '{', '[']).unwrap_or(self.rest.len()),
        };
        let word = self.rest[..end].trim();
        self.rest = self.rest[end..].trim_start();
        if word.is_empty() {
            return Err("a value is missing".into());
        }
        if let Some(length) = word.strip_prefix("out[").and_then(|rest| rest.strip_suffix(']')) {
            let length = length
                .trim()
                .parse()
                .map_err(|_| format!("`{length}` is no number of elements"))?;
            return Ok(Given::Out(Some(length)));
        }
        Ok(match word {
            "null" | "NULL" | "nullptr" => Given::Null,
            "out" => Given::Out(None),
            _ => Given::Literal(word.to_owned()),
        })
    }
}

fn escape(characters: &mut std::str::Chars<'_>) -> Read<char> {
    Ok(match characters.next().ok_or("the closing \" is missing")? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'e' => '\x1b',
        '0' => '\0',
        character @ ('\\' | '"' | '\'') => character,
        other => {
            return Err(format!(
                "the escape \\{other} is not known: use \\n \\t \\r \\e \\0 \\\\ \\\""
            ));
        }
    })
}

fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, character)| match character {
        '(' => {
            depth += 1;
            None
        }
        ')' if depth == 0 => Some(at),
        ')' => {
            depth -= 1;
            None
        }
        _ => None,
    })
}
