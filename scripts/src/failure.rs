//! How a command of the automation fails: what went wrong, and what to do about it.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::Path;

/// Result of everything here that can fail.
pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

/// One failure. It cannot be made without a next step, so that no message leaves the reader alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    what: String,
    next: String,
}

impl Failure {
    /// `what` went wrong; `next` is what the reader should do.
    pub(crate) fn new(what: impl Into<String>, next: impl Into<String>) -> Failure {
        Failure { what: what.into(), next: next.into() }
    }

    /// A file operation failed: `doing` names it ("cannot write"), `path` is what it was done to.
    pub(crate) fn file(
        doing: &str,
        path: &Path,
        error: &io::Error,
        next: impl Into<String>,
    ) -> Failure {
        Failure::new(format!("{doing} {}: {error}", path.display()), next)
    }

    /// The command line could not be understood; `command` is the one whose `--help` explains it.
    pub(crate) fn usage(what: impl Display, command: &str) -> Failure {
        let space = if command.is_empty() { "" } else { " " };
        Failure::new(what.to_string(), format!("see `cargo xtask {command}{space}--help`"))
    }

    /// What went wrong, without the next step.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n next: {}", indented(&self.what), indented(&self.next))
    }
}

/// Puts the second and later lines of `text` under the first one.
fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n       ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_and_next_aligned() {
        let failure = Failure::new("two\nlines\n", "do this");
        assert_eq!(failure.to_string(), "error: two\n       lines\n next: do this");
    }

    #[test]
    fn usage_names_the_help_of_the_command() {
        assert!(
            Failure::usage("unknown option", "setup")
                .to_string()
                .ends_with("`cargo xtask setup --help`")
        );
        assert!(
            Failure::usage("unknown command", "").to_string().ends_with("`cargo xtask --help`")
        );
    }
}
