//! Where a declaration could not be read, and why.

use std::borrow::Cow;

use crate::error::DeclarationError;

/// A mistake at bytes of the text, before it is shown to anyone.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
}

/// At most so many characters of a line are shown, half of them before the place.
const SHOWN: usize = 120;

/// A word of a text as messages quote it: its beginning, where it is long.
pub(super) fn cut(word: &str) -> Cow<'_, str> {
    match word.char_indices().nth(SHOWN / 2) {
        Some((end, _)) => format!("{}…", &word[..end]).into(),
        None => word.into(),
    }
}

/// The mistake with its place in a text.
pub(super) fn error_in(text: &str, mistake: Mistake) -> DeclarationError {
    Places::new(text).error(mistake)
}

/// Turns bytes of a text into lines and columns; goes on from the last place, so that many mistakes cost no more than one.
#[derive(Debug)]
pub(super) struct Places<'text> {
    text: &'text str,
    at: usize,
    line: usize,
    column: usize,
}

impl<'text> Places<'text> {
    pub(super) fn new(text: &'text str) -> Places<'text> {
        Places { text, at: 0, line: 1, column: 1 }
    }

    fn go_to(&mut self, place: usize) {
        if place < self.at {
            *self = Places::new(self.text);
        }
        let passed = &self.text[self.at..place];
        match passed.rfind('\n') {
            Some(last) => {
                self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
                self.column = 1 + passed[last + 1..].chars().count();
            }
            None => self.column += passed.chars().count(),
        }
        self.at = place;
    }

    /// The mistake with its place, and the line shown around it.
    pub(super) fn error(&mut self, mistake: Mistake) -> DeclarationError {
        let text = self.text;
        let boundary = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, end) = (boundary(mistake.start), boundary(mistake.end.max(mistake.start)));
        self.go_to(start);
        let in_line = |character: &char| !matches!(*character, '\n' | '\r');
        let before: Vec<char> =
            text[..start].chars().rev().take_while(in_line).take(SHOWN / 2).collect();
        let before = before.into_iter().rev();
        let behind = text[start..].chars().take_while(in_line).take(SHOWN - before.len());
        let blank = |character: char| if character == '\t' { '\t' } else { ' ' };
        let mut caret: String = before.clone().map(blank).collect();
        caret.push('^');
        let width = text[start..end].chars().take_while(in_line).take(behind.clone().count());
        caret.extend(width.skip(1).map(|_| '~'));
        let (line, column, excerpt) = (self.line, self.column, before.chain(behind).collect());
        DeclarationError { message: mistake.message, line, column, excerpt, caret }
    }
}
