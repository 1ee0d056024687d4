//! `#pragma`, as far as it changes layouts and symbols.

use super::super::diagnostic::{Mistake, cut};
use super::{Lexer, Token};

/// What `#pragma pack` says of the structs that begin at a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Packing {
    /// The natural layout.
    Natural,
    /// No member is aligned by more bytes.
    Limit(usize),
    /// A pragma before this one could not be read.
    Unknown,
}

/// The packing, and those that were put aside, with their labels.
#[derive(Debug)]
pub(super) struct Pragmas<'text> {
    packing: Packing,
    stack: Vec<(Packing, &'text str)>,
}

impl Default for Pragmas<'_> {
    fn default() -> Self {
        Pragmas { packing: Packing::Natural, stack: Vec::new() }
    }
}

/// So many packings may be put aside.
const MAX_PUSHED: usize = 1024;

/// Pragmas that change a layout or a symbol and that are not known here, by how they begin.
const REFUSED: [&str; 7] = [
    "ms_struct",
    "scalar_storage_order",
    "options",
    "align",
    "clang attribute",
    "redefine_extname",
    "GCC redefine_extname",
];

impl<'text> Lexer<'text> {
    /// `_Pragma("…")` or `__pragma(…)`, of which the name has been read.
    pub(super) fn pragma_operator(&mut self, start: usize) -> Result<(), Mistake> {
        let operator = &self.text[start..self.at];
        self.skip_blanks()?;
        let opening = self.at;
        if self.byte(0) != b'(' {
            return self.mistake(start, format!("`{operator}` takes its pragma in parentheses"));
        }
        if operator == "__pragma" {
            let mut depth = 0_usize;
            let closing = self.rest().bytes().position(|byte| {
                depth += usize::from(byte == b'(');
                depth -= usize::from(byte == b')');
                depth == 0
            });
            let Some(length) = closing else {
                return self.mistake(opening, "this bracket is not closed");
            };
            self.at += length + 1;
            return self.pragma(start, self.text[opening + 1..opening + length].trim());
        }
        self.at += 1;
        self.skip_blanks()?;
        let Token::Text(quoted) = self.token()? else {
            return self.mistake(start, "`_Pragma` takes a string");
        };
        self.skip_blanks()?;
        if self.byte(0) != b')' {
            return self.mistake(start, "`_Pragma` takes one string");
        }
        self.at += 1;
        // Escapes stand in the messages of other pragmas alone.
        let inside = quoted.trim_start_matches(['L', 'u', 'U', '8']);
        self.pragma(start, inside.trim_matches('"').trim())
    }

    pub(super) fn pragma(&mut self, start: usize, pragma: &'text str) -> Result<(), Mistake> {
        let begins_with = |name: &str| {
            let rest = pragma.strip_prefix(name);
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
        };
        if begins_with("pack") {
            let read = self.pragmas.pack(pragma["pack".len()..].trim());
            return read.or_else(|message| {
                self.pragmas.packing = Packing::Unknown;
                self.mistake(start, message)
            });
        }
        if let Some(refused) = REFUSED.iter().find(|refused| begins_with(refused)) {
            self.pragmas.packing = Packing::Unknown;
            let message = format!("what `#pragma {refused}` does to layouts is not known here");
            return self.mistake(start, message);
        }
        Ok(())
    }
}

impl<'text> Pragmas<'text> {
    pub(super) fn packing(&self) -> Packing {
        self.packing
    }

    /// `(arguments)`: `push` and `pop` with or without a label, a limit, or nothing for the natural layout.
    fn pack(&mut self, arguments: &'text str) -> Result<(), String> {
        let arguments = arguments.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let Some((arguments, _)) = arguments else {
            return Err("`#pragma pack` takes its arguments in parentheses".into());
        };
        let arguments: Vec<&str> = arguments.splitn(4, ',').map(str::trim).collect();
        match arguments[..] {
            [""] => self.packing = Packing::Natural,
            ["show"] => {}
            ["push"] => self.push("")?,
            ["push", limit] if is_number(limit) => {
                let limit = packing(limit)?;
                self.push("")?;
                self.packing = limit;
            }
            ["push", label] if is_label(label) => self.push(label)?,
            ["push", label, limit] if is_label(label) => {
                let limit = packing(limit)?;
                self.push(label)?;
                self.packing = limit;
            }
            // Without a packing put aside compilers warn, and keep the one they have.
            ["pop"] => {
                if let Some((before, _)) = self.stack.pop() {
                    self.packing = before;
                }
            }
            ["pop", label] if is_label(label) => {
                if let Some(at) = self.stack.iter().rposition(|(_, pushed)| *pushed == label) {
                    self.packing = self.stack[at].0;
                    self.stack.truncate(at);
                }
            }
            [limit] => self.packing = packing(limit)?,
            [_, wrong, ..] => return Err(refused(wrong)),
            [] => {}
        }
        Ok(())
    }

    fn push(&mut self, label: &'text str) -> Result<(), String> {
        if self.stack.len() == MAX_PUSHED {
            return Err(format!("more than {MAX_PUSHED} packings put aside"));
        }
        self.stack.push((self.packing, label));
        Ok(())
    }
}

fn is_number(argument: &str) -> bool {
    argument.starts_with(|c: char| c.is_ascii_digit())
}

fn is_label(argument: &str) -> bool {
    argument.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

/// The packing that a number asks for; 0 is the natural one.
fn packing(number: &str) -> Result<Packing, String> {
    match number.parse::<usize>() {
        Ok(0) => Ok(Packing::Natural),
        Ok(limit) if limit.is_power_of_two() && limit <= 16 => Ok(Packing::Limit(limit)),
        _ => Err(refused(number)),
    }
}

fn refused(argument: &str) -> String {
    format!("`#pragma pack` knows push, pop, 1, 2, 4, 8 and 16, not `{}`", cut(argument))
}
