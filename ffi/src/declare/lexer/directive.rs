//! Directives that a preprocessor leaves in its output: line markers, pragmas, and with `cc -E -dD` the macros.

use super::super::diagnostic::{Mistake, cut};
use super::{Lexer, is_word};

/// A macro that `#define` defines, or `#undef` takes away.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Definition<'text> {
    pub(in super::super) name: &'text str,
    /// What it stands for; none for one that is taken away, or that takes arguments.
    pub(in super::super) body: Option<&'text str>,
}

impl<'text> Lexer<'text> {
    /// Bytes up to the end of a directive: a spliced line and a comment lead into the next one.
    pub(super) fn directive_length(&self) -> usize {
        let rest = self.rest();
        let mut end = self.line_length();
        loop {
            let line = &rest[..end];
            let comment = line.rfind("/*").filter(|start| !line[*start..].contains("*/"));
            let from = match comment {
                Some(_) => rest[end..].find("*/").map(|at| end + at + 2),
                None if line.trim_end_matches('\r').ends_with('\\') => Some(end + 1),
                None => return end,
            };
            let Some(from) = from.filter(|from| *from < rest.len()) else { return rest.len() };
            end = rest[from..].find('\n').map_or(rest.len(), |length| from + length);
        }
    }

    /// A line marker, `#pragma` or `#define`; other directives are the preprocessor's work.
    pub(super) fn directive(&mut self, start: usize, line: &'text str) -> Result<(), Mistake> {
        let marker = line.strip_prefix("line").map_or(line, str::trim_start);
        if line.is_empty() || marker.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(());
        }
        let word = line.find(|c: char| !is_word(c)).map_or(line, |end| &line[..end]);
        let behind = line[word.len()..].trim();
        match word {
            "pragma" => self.pragma(start, behind),
            "define" | "undef" => self.definition(start, word, behind),
            "ident" => Ok(()),
            _ => self.mistake(
                start,
                "a directive of the preprocessor: give the text that `cc -E` makes of this file",
            ),
        }
    }

    fn definition(&mut self, start: usize, word: &str, text: &'text str) -> Result<(), Mistake> {
        let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
        let (name, body) = text.split_at(end);
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return self.mistake(start, format!("`#{word} {}` names no macro", cut(text)));
        }
        let is_constant = word == "define" && !body.starts_with('(');
        self.definitions.push(Definition { name, body: is_constant.then(|| body.trim()) });
        Ok(())
    }
}
