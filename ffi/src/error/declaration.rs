//! Mistakes in C declarations.

use std::error::Error as StdError;
use std::fmt::{self, Display, Formatter};

/// A mistake in C declarations: what is wrong, where, and the line with a caret under the place.
///
/// ```
/// let error = ffi::Declarations::parse("double pow(double,\n  duble);").unwrap_err();
/// assert_eq!(error.to_string(), "line 2, column 3: `duble` is not a type that was declared\n      duble);\n      ^~~~~");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclarationError {
    pub(crate) message: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) excerpt: String,
    pub(crate) caret: String,
}

impl DeclarationError {
    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Place and message on one line.
    pub(crate) fn in_short(&self) -> String {
        let DeclarationError { message, line, column, .. } = self;
        format!("line {line}, column {column}: {message}")
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
        write!(f, "{}\n    {}\n    {}", self.in_short(), self.excerpt, self.caret)
    }
}

impl StdError for DeclarationError {}

impl From<DeclarationError> for super::Error {
    fn from(error: DeclarationError) -> super::Error {
        super::Error::Declaration(Box::new(error))
    }
}
