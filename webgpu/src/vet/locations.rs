//! Locations of inputs and outputs that are far away: `@location(4294967295)`, `layout(location = 4294967295)`.

use super::{Excess, LOCATIONS};
use crate::lexer::{Kind, Token};
use std::collections::HashMap;

/// The locations of a text, as it is read token by token. Numbers are looked at, and names of numbers, not calculations.
#[derive(Default)]
pub(super) struct Locations<'a> {
    before: Before<'a>,
    /// What constants are.
    numbers: HashMap<&'a str, u32>,
    /// Where names stand as locations.
    names: Vec<(&'a str, usize)>,
    /// Where the first location stands that is too far away.
    far: Option<usize>,
}

/// What has just been read.
#[derive(Clone, Copy, Default)]
enum Before<'a> {
    #[default]
    Other,
    /// `location`
    Location,
    /// `location(` or `location =`
    Place,
    /// `const`
    Const,
    /// `const name`, or `const type name`
    Name(&'a str),
    /// `const name: …`
    Typed(&'a str),
    /// `const name … =`
    Value(&'a str),
}

impl<'a> Locations<'a> {
    pub(super) fn read(&mut self, token: &Token<'a>) {
        self.before = match (self.before, token.text) {
            (Before::Location, "(" | "=") => Before::Place,
            (Before::Name(name), ":") => Before::Typed(name),
            (Before::Name(name) | Before::Typed(name), "=") => Before::Value(name),
            (Before::Name(_) | Before::Typed(_), ";") => Before::Other,
            (typed @ Before::Typed(_), _) => typed,
            (Before::Place, text) if token.kind == Kind::Number => {
                if number(text).is_some_and(|number| number > LOCATIONS) {
                    self.far.get_or_insert(token.start);
                }
                Before::Other
            }
            (Before::Place, name) if token.kind == Kind::Word => {
                self.names.push((name, token.start));
                Before::Other
            }
            (Before::Value(name), text) => {
                self.numbers.extend(number(text).map(|number| (name, number)));
                Before::Other
            }
            (_, "location") => Before::Location,
            (_, "const") => Before::Const,
            // In GLSL, the type comes first.
            (Before::Const | Before::Name(_), name) if token.kind == Kind::Word => {
                Before::Name(name)
            }
            _ => Before::Other,
        };
    }

    /// Whether no location is too far away.
    pub(super) fn finish(self) -> Result<(), Excess> {
        let far = |name: &str| self.numbers.get(name).is_some_and(|number| *number > LOCATIONS);
        let named = self.names.iter().find(|(name, _)| far(name)).map(|(_, at)| *at);
        match self.far.or(named) {
            Some(at) => Err(Excess { what: "locations", limit: LOCATIONS as usize, at }),
            None => Ok(()),
        }
    }
}

/// The number that a token is; one that is too large for 32 bits is an error of its own.
fn number(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(['u', 'i', 'U']);
    match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::tokens;

    fn place(code: &str) -> Option<usize> {
        let mut locations = Locations::default();
        tokens(code).iter().for_each(|token| locations.read(token));
        locations.finish().err().map(|excess| excess.at)
    }

    #[test]
    fn far_away() {
        for (code, at) in [
            ("@location(65536) a: f32", 10),
            ("@location( 4294967295u ) a: f32", 11),
            ("@location(0xffffffff,) a: f32", 10),
            ("layout(location = 65536) in vec4 a;", 18),
            ("layout(set = 0, location=70000) out vec4 a;", 25),
            ("@location(L) a: f32, const L: u32 = 99999;", 10),
            ("const L = 99999; @location(L) a: f32", 27),
            ("const int L = 99999; layout(location = L) in vec4 a;", 39),
        ] {
            assert_eq!(place(code), Some(at), "{code}");
        }
    }

    #[test]
    fn near() {
        for code in [
            "@location(65535) a: f32",
            "const L = 5; const M = 99999; @location(L) a: f32",
            "let location = 99999999999;",
            "@binding(99999) location: f32",
            "const L: u32; M = 99999; @location(L)",
        ] {
            assert_eq!(place(code), None, "{code}");
        }
    }
}
