//! Where a declaration could not be read, and why.

use std::error::Error as StdError;
use std::fmt::{self, Display, Formatter};

use crate::Error;

/// A mistake in C declarations: what is wrong, where, and the line with a caret under the place.
///
/// ```
/// let error = ffi::Declarations::parse("double pow(double,\n  duble);").unwrap_err();
/// assert_eq!(error.to_string(), "line 2, column 3: `duble` is not a type that was declared\n      duble);\n      ^~~~~");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclarationError {
    message: String,
    line: usize,
    column: usize,
    excerpt: String,
    caret: String,
}

/// A mistake at bytes of the text, before it is shown to anyone.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
}

/// At most so many characters of a line are shown, half of them before the place.
const SHOWN: usize = 120;

impl DeclarationError {
    pub(super) fn new(text: &str, mistake: Mistake) -> DeclarationError {
        let start = mistake.start.min(text.len());
        let before = &text.as_bytes()[..start];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let full = text[line_start..].lines().next().unwrap_or("");
        let column = text[line_start..start].chars().count();
        let width = text[start..mistake.end.clamp(start, text.len())]
            .chars()
            .take_while(|character| *character != '\n')
            .count();
        let skipped = column.saturating_sub(SHOWN / 2);
        let excerpt: String = full.chars().skip(skipped).take(SHOWN).collect();
        let blank = |character: char| if character == '\t' { '\t' } else { ' ' };
        let mut caret: String =
            full.chars().skip(skipped).take(column - skipped).map(blank).collect();
        caret.push('^');
        let room = SHOWN.saturating_sub(column - skipped + 1);
        caret.extend(std::iter::repeat_n('~', width.saturating_sub(1).min(room)));
        DeclarationError { message: mistake.message, line, column: column + 1, excerpt, caret }
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The line of the text, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl Display for DeclarationError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let DeclarationError { message, line, column, excerpt, caret } = self;
        write!(f, "line {line}, column {column}: {message}\n    {excerpt}\n    {caret}")
    }
}

impl StdError for DeclarationError {}

impl From<DeclarationError> for Error {
    fn from(error: DeclarationError) -> Error {
        Error::Declaration(Box::new(error))
    }
}
