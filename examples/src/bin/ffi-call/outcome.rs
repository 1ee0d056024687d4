//! Failures, and the exit code of each kind.

use std::process::ExitCode;

use ffi::Error;

/// What a command comes to.
pub(crate) type Outcome = Result<(), Failure>;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    message: String,
}

impl Failure {
    fn new(code: u8, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::new(2, message.into() + "\nTry `ffi-call --help`.")
    }

    pub(crate) fn declaration(message: impl Into<String>) -> Failure {
        Failure::new(5, message)
    }

    pub(crate) fn argument(message: impl Into<String>) -> Failure {
        Failure::new(6, message)
    }

    pub(crate) fn ended(message: impl Into<String>) -> Failure {
        Failure::new(8, message)
    }

    /// Anything that is not the user's doing.
    pub(crate) fn other(message: impl Into<String>) -> Failure {
        Failure::new(1, message)
    }

    /// Says it on stderr and makes the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("ffi-call: error: {}", self.message);
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let code = match &error {
            Error::LibraryOpen { .. } | Error::LibraryNotFound { .. } => 3,
            Error::SymbolMissing { .. } | Error::SymbolNull { .. } => 4,
            Error::Declaration(_) | Error::DeclaredType { .. } | Error::NotDeclared { .. } => 5,
            Error::ArgumentCount { .. } | Error::Conversion { .. } | Error::NoMember { .. } => 6,
            _ => 7,
        };
        Failure::new(code, error.to_string())
    }
}
