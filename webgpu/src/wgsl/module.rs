//! What a shader declares at module scope.

use crate::lexer::{Kind, Token, tokens};
use std::{collections::HashMap, ops::Range};

/// A shader, as far as the memory of workgroups is concerned. Ranges are of tokens.
pub(super) struct Module<'a> {
    pub(super) source: &'a str,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) declared: HashMap<&'a str, Declaration<'a>>,
    pub(super) functions: Vec<Function<'a>>,
}

/// What a name stands for.
pub(super) enum Declaration<'a> {
    /// A variable in the memory of workgroups, of this type.
    Workgroup(Range<usize>),
    /// Another name of this type.
    Alias(Range<usize>),
    Struct(Vec<Field<'a>>),
    /// The function with this index.
    Function(usize),
    /// A constant, or a variable elsewhere.
    Value,
}

pub(super) struct Function<'a> {
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) parameters: Vec<Field<'a>>,
    /// The token that opens the parameters.
    pub(super) open: usize,
    /// The tokens of the body, without its braces.
    pub(super) body: Range<usize>,
}

/// A member of a struct, or a parameter.
pub(super) struct Field<'a> {
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) name: &'a str,
    pub(super) of_type: Range<usize>,
}

pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Vec<Range<usize>>,
}

impl Function<'_> {
    /// The arguments of the attribute with this name, if it is there.
    pub(super) fn attribute(&self, name: &str) -> Option<&[Range<usize>]> {
        find(&self.attributes, name)
    }
}

impl Field<'_> {
    /// The arguments of the attribute with this name, if it is there.
    pub(super) fn attribute(&self, name: &str) -> Option<&[Range<usize>]> {
        find(&self.attributes, name)
    }
}

fn find<'f>(attributes: &'f [Attribute<'_>], name: &str) -> Option<&'f [Range<usize>]> {
    attributes.iter().find(|attribute| attribute.name == name).map(|found| &*found.arguments)
}

impl<'a> Module<'a> {
    /// The declarations of the text; `None` if it does not look like a shader.
    pub(super) fn parse(source: &'a str) -> Option<Self> {
        let tokens = tokens(source);
        let mut module = Self { source, tokens, declared: HashMap::new(), functions: Vec::new() };
        let mut at = 0;
        while at < module.tokens.len() {
            at = module.declaration(at)?;
        }
        Some(module)
    }

    /// The text of the tokens in a range.
    pub(super) fn text(&self, range: &Range<usize>) -> &'a str {
        match self.tokens.get(range.clone()) {
            Some([first, .., last]) => &self.source[first.start..last.end()],
            Some([only]) => only.text,
            _ => "",
        }
    }

    /// Reads the declaration at this token, and returns the token after it.
    fn declaration(&mut self, at: usize) -> Option<usize> {
        let (attributes, at) = self.attributes(at)?;
        let keyword = self.tokens.get(at)?;
        if keyword.kind != Kind::Word {
            return (keyword.text == ";").then_some(at + 1);
        }
        let (name, declaration, next) = match keyword.text {
            "fn" => {
                let function = self.function(attributes, at + 1)?;
                let next = function.body.end + 1;
                self.functions.push(function);
                (at + 1, Declaration::Function(self.functions.len() - 1), next)
            }
            "struct" => {
                let end = self.closing(at + 2, "{")?;
                (at + 1, Declaration::Struct(self.fields(at + 3..end)?), end + 1)
            }
            "alias" => {
                let of_type = self.type_at(at + 3)?;
                let end = of_type.end;
                (at + 1, Declaration::Alias(of_type), end)
            }
            "var" => {
                let (space, name) = self.template(at + 1)?;
                let in_workgroup =
                    space.first().is_some_and(|space| self.text(space) == "workgroup");
                let declaration = match in_workgroup {
                    true => Declaration::Workgroup(self.type_at(name + 2)?),
                    false => Declaration::Value,
                };
                (name, declaration, self.after_semicolon(at)?)
            }
            "const" | "override" => (at + 1, Declaration::Value, self.after_semicolon(at)?),
            // Directives and assertions.
            _ => return self.after_semicolon(at),
        };
        let name = self.word(name)?;
        self.declared.insert(name, declaration);
        Some(next)
    }

    fn function(&self, attributes: Vec<Attribute<'a>>, name: usize) -> Option<Function<'a>> {
        let open = name + 1;
        let close = self.closing(open, "(")?;
        let result = self.tokens.get(close..)?.iter().position(|token| token.text == "{")?;
        let body = close + result;
        Some(Function {
            attributes,
            parameters: self.fields(open + 1..close)?,
            open,
            body: body + 1..self.closing(body, "{")?,
        })
    }

    /// The members of a struct, or parameters: what stands between the brackets.
    fn fields(&self, range: Range<usize>) -> Option<Vec<Field<'a>>> {
        let fields = self.list(range).into_iter().map(|field| {
            let (attributes, name) = self.attributes(field.start)?;
            Some(Field { attributes, name: self.word(name)?, of_type: self.type_at(name + 2)? })
        });
        fields.collect()
    }

    /// The attributes that begin at this token, and the token after them.
    fn attributes(&self, mut at: usize) -> Option<(Vec<Attribute<'a>>, usize)> {
        let mut attributes = Vec::new();
        while self.is(at, "@") {
            let name = self.word(at + 1)?;
            at += 2;
            let mut arguments = Vec::new();
            if self.is(at, "(") {
                let close = self.closing(at, "(")?;
                arguments = self.list(at + 1..close);
                at = close + 1;
            }
            attributes.push(Attribute { name, arguments });
        }
        Some((attributes, at))
    }

    /// The type that begins at this token.
    fn type_at(&self, at: usize) -> Option<Range<usize>> {
        self.word(at)?;
        Some(at..self.template(at + 1)?.1)
    }

    /// The arguments of the template list that begins at this token, if one does, and the token after it.
    pub(super) fn template(&self, at: usize) -> Option<(Vec<Range<usize>>, usize)> {
        if !self.is(at, "<") {
            return Some((Vec::new(), at));
        }
        let close = self.closing(at, "<")?;
        Some((self.list(at + 1..close), close + 1))
    }

    /// What stands between commas that are in no brackets. A comma at the end separates nothing.
    fn list(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut items = Vec::new();
        let mut start = range.start;
        let mut at = start;
        while at < range.end {
            match self.tokens[at].text {
                "," => {
                    items.push(start..at);
                    start = at + 1;
                }
                open @ ("(" | "[" | "{") => at = self.closing(at, open).unwrap_or(at),
                "<" if self.opens_template(at) => at = self.closing(at, "<").unwrap_or(at),
                _ => {}
            }
            at += 1;
        }
        if start < range.end {
            items.push(start..range.end);
        }
        items
    }

    /// The token that closes the bracket `open`, which is to be the one at this token.
    fn closing(&self, at: usize, open: &str) -> Option<usize> {
        if !self.is(at, open) {
            return None;
        }
        let mut brackets = Vec::new();
        for (index, token) in self.tokens.iter().enumerate().skip(at) {
            let opening = match token.text {
                "(" | "[" | "{" => {
                    brackets.push(token.text);
                    continue;
                }
                // A comparison looks like a template list that has begun: another bracket's end shows that it is none.
                "<" => {
                    if index == at || self.opens_template(index) {
                        brackets.push("<");
                    }
                    continue;
                }
                ">" if brackets.last() == Some(&"<") => "<",
                ")" => "(",
                "]" => "[",
                "}" => "{",
                ";" if open == "<" => return None,
                _ => continue,
            };
            while brackets.pop()? != opening {}
            if brackets.is_empty() {
                return (opening == open).then_some(index);
            }
        }
        None
    }

    /// Whether this `<` can be the beginning of a template list: it follows a name, and is no `<<` or `<=`.
    fn opens_template(&self, at: usize) -> bool {
        let follows_name =
            at.checked_sub(1).is_some_and(|before| self.tokens[before].kind == Kind::Word);
        let operator = self.tokens.get(at + 1).is_some_and(|next| {
            next.start == self.tokens[at].end() && matches!(next.text, "<" | "=")
        });
        follows_name && !operator
    }

    fn after_semicolon(&self, at: usize) -> Option<usize> {
        let length = self.tokens.get(at..)?.iter().position(|token| token.text == ";")?;
        Some(at + length + 1)
    }

    pub(super) fn word(&self, at: usize) -> Option<&'a str> {
        self.tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| token.text)
    }

    pub(super) fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.text == text)
    }
}
