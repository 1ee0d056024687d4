//! Reads the `#define`s that bindgen cannot: numbers in terms of `<stdint.h>`, and the initialisers of structs.

use super::model::{Constant, Initializer, Model, Value};

/// Adds the constants and initialisers that the text of one header defines.
pub(super) fn add(model: &mut Model, header: &str) -> Result<(), String> {
    for (name, body) in definitions(header) {
        if !name.starts_with("WGPU_") || name.contains('(') {
            continue;
        }
        let tokens = tokens(&body);
        if name.ends_with("_INIT") {
            let mut parser = Parser { tokens: &tokens, at: 0 };
            let (owner, initializer) =
                parser.make_struct().map_err(|error| format!("{name}: {error}"))?;
            let target = model.structs.iter_mut().find(|item| item.name == owner);
            let target =
                target.ok_or_else(|| format!("{name} is for the unknown struct {owner}"))?;
            target.initializer = Some(initializer);
        } else if let Some(number) = number(&tokens) {
            let value = match number {
                [Token::Word(value)] => value,
                [Token::Word(kind), Token::Punctuation('('), Token::Word(value), _]
                    if kind == "UINT32_C" =>
                {
                    value
                }
                other => return Err(format!("{name} has an unknown form: {other:?}")),
            };
            model.constants.push(Constant { name, value: value.clone() });
        }
    }
    Ok(())
}

/// The words of a constant: what stands in parentheses, or a word alone as older headers have it. `None` for the macros
/// that stand for words of the language.
fn number(tokens: &[Token]) -> Option<&[Token]> {
    match tokens {
        [Token::Punctuation('('), inner @ .., Token::Punctuation(')')] => Some(inner),
        [Token::Word(word)] if word.ends_with("_MAX") || word == "NAN" => Some(tokens),
        _ => None,
    }
}

/// Name and body of every `#define` that has a body, with continued lines joined.
fn definitions(header: &str) -> Vec<(String, String)> {
    let joined = header.replace("\r\n", "\n").replace("\\\n", " ");
    joined
        .lines()
        .filter_map(|line| line.strip_prefix("#define "))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, body)| (name.to_owned(), body.to_owned()))
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// The comment `/*.name=*/` in front of a field's value.
    Field(String),
    /// An identifier or a number.
    Word(String),
    Punctuation(char),
}

fn tokens(body: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = body.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(comment) = rest.strip_prefix("/*") {
            let end = comment.find("*/").unwrap_or(comment.len());
            let text = comment[..end].trim();
            if let Some(field) = text.strip_prefix('.').and_then(|text| text.strip_suffix('=')) {
                tokens.push(Token::Field(field.to_owned()));
            }
            (end + 4).min(rest.len())
        } else if first.is_alphanumeric() || first == '_' {
            let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            tokens.push(match &rest[..end] {
                "_wgpu_COMMA" => Token::Punctuation(','),
                word => Token::Word(word.to_owned()),
            });
            end
        } else {
            tokens.push(Token::Punctuation(first));
            first.len_utf8()
        };
        rest = rest[length..].trim_start();
    }
    tokens
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    /// `_wgpu_MAKE_INIT_STRUCT(Type, { … })`: the type's name and the values.
    fn make_struct(&mut self) -> Result<(String, Initializer), String> {
        if self.word()? != "_wgpu_MAKE_INIT_STRUCT" {
            return Err("does not begin with _wgpu_MAKE_INIT_STRUCT".to_owned());
        }
        self.expect('(')?;
        let name = self.word()?;
        self.expect(',')?;
        self.expect('{')?;
        let mut fields = Vec::new();
        while let Some(Token::Field(field)) = self.tokens.get(self.at) {
            self.at += 1;
            fields.push((field.clone(), self.value()?));
            self.expect(',')?;
        }
        self.expect('}')?;
        self.expect(')')?;
        Ok((name, Initializer { fields }))
    }

    fn value(&mut self) -> Result<Value, String> {
        if self.accept('(') {
            // A cast: the field's own type says the same.
            self.word()?;
            self.expect(')')?;
        }
        if matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word == "_wgpu_MAKE_INIT_STRUCT")
        {
            return Ok(Value::Struct(self.make_struct()?.1));
        }
        let word = self.word()?;
        Ok(match word.as_str() {
            "NULL" => Value::Null,
            "_wgpu_STRUCT_ZERO_INIT" => Value::Zero,
            "_wgpu_ENUM_ZERO_INIT" => {
                self.expect('(')?;
                self.word()?;
                self.expect(')')?;
                Value::Zero
            }
            number if number.starts_with(|first: char| first.is_ascii_digit()) => {
                Value::Number(word)
            }
            _ => Value::Name(word),
        })
    }

    fn word(&mut self) -> Result<String, String> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => {
                self.at += 1;
                Ok(word.clone())
            }
            other => Err(format!("expected a word, found {other:?}")),
        }
    }

    fn accept(&mut self, wanted: char) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Punctuation(wanted));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.accept(wanted) {
            return Ok(());
        }
        Err(format!("expected {wanted:?}, found {:?}", self.tokens.get(self.at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::model::{CType, INT, Struct, Variable};

    /// A model with one struct of these fields, all integers.
    fn model(name: &str, fields: &[&str]) -> Model {
        let variable = |name: &&str| Variable { name: (*name).to_owned(), ty: CType::Scalar(&INT) };
        let item = Struct {
            name: name.to_owned(),
            is_union: false,
            fields: fields.iter().map(variable).collect(),
            initializer: None,
        };
        Model { structs: vec![item], ..Model::default() }
    }

    #[test]
    fn reads_constants() -> Result<(), String> {
        let mut model = Model::default();
        let header = "#define WGPU_TRUE (UINT32_C(1))\n#define WGPU_WHOLE_SIZE (UINT64_MAX)\n#define WGPU_EXPORT\n\
                      #define WGPU_STRLEN SIZE_MAX\n#define WGPU_NULLABLE _Nullable\n";
        add(&mut model, header)?;
        let found: Vec<_> =
            model.constants.iter().map(|item| (item.name.as_str(), item.value.as_str())).collect();
        let expected =
            [("WGPU_TRUE", "1"), ("WGPU_WHOLE_SIZE", "UINT64_MAX"), ("WGPU_STRLEN", "SIZE_MAX")];
        assert_eq!(found, expected);
        Ok(())
    }

    #[test]
    fn reads_initializers() -> Result<(), String> {
        let mut model = model("WGPUThing", &["first", "second", "third", "fourth"]);
        let header = "#define WGPU_THING_INIT _wgpu_MAKE_INIT_STRUCT(WGPUThing, { \\\n\
                      /*.first=*/32.f _wgpu_COMMA \\\n\
                      /*.second=*/(WGPUSType)WGPUSType_Thing _wgpu_COMMA \\\n\
                      /*.third=*/_wgpu_ENUM_ZERO_INIT(WGPUKind) _wgpu_COMMA \\\n\
                      /*.fourth=*/_wgpu_MAKE_INIT_STRUCT(WGPUInner, { \\\n\
                          /*.inner=*/NULL _wgpu_COMMA \\\n\
                      }) _wgpu_COMMA \\\n})\n";
        add(&mut model, header)?;
        let initializer = model.structs[0].initializer.as_ref().ok_or("no initializer")?;
        let expected = "[(\"first\", Number(\"32.f\")), (\"second\", Name(\"WGPUSType_Thing\")), (\"third\", Zero), \
                        (\"fourth\", Struct(Initializer { fields: [(\"inner\", Null)] }))]";
        assert_eq!(format!("{:?}", initializer.fields), expected);
        Ok(())
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let cases = [
            "#define WGPU_THING_INIT _wgpu_MAKE_INIT_STRUCT(WGPUOther, { \\\n})\n",
            "#define WGPU_THING_INIT {0}\n",
            "#define WGPU_THING_INIT _wgpu_MAKE_INIT_STRUCT(WGPUThing, { \\\n/*.first=*/1 _wgpu_COMMA \\\n\n",
            "#define WGPU_SUM (1 + 2)\n",
        ];
        for header in cases {
            assert!(add(&mut model("WGPUThing", &["first"]), header).is_err(), "{header}");
        }
    }
}
