//! Failures, and the exit code of each kind.

use std::io::{self, Write};
use std::process::ExitCode;

use ffi::Error;

/// What a command comes to.
pub type Outcome = Result<(), Failure>;

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    message: String,
}

impl Failure {
    fn new(code: u8, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into() }
    }

    /// The command line cannot be understood.
    pub fn usage(message: impl Into<String>, program: &str) -> Failure {
        Failure::new(2, format!("{}\nTry `{program} --help`.", message.into()))
    }

    /// A mistake in a declaration.
    pub fn declaration(message: impl Into<String>) -> Failure {
        Failure::new(5, message)
    }

    /// An argument that does not fit.
    pub fn argument(message: impl Into<String>) -> Failure {
        Failure::new(6, message)
    }

    /// C ended the process, or took too long.
    pub fn ended(message: impl Into<String>) -> Failure {
        Failure::new(8, message)
    }

    /// Anything that is not the user's doing.
    pub fn other(message: impl Into<String>) -> Failure {
        Failure::new(1, message)
    }

    /// Says it on stderr, in the program's name, and makes the exit code.
    pub fn report(&self, program: &str) -> ExitCode {
        // Where that takes nothing the exit code says it.
        let _ = writeln!(io::stderr(), "{program}: error: {}", self.message);
        ExitCode::from(self.code)
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Writes to standard output.
///
/// # Errors
/// Where that cannot be written.
pub fn print(text: &str) -> Outcome {
    let mut out = io::stdout().lock();
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// What comes of writing to standard output: a reader that has seen enough is no error.
///
/// # Errors
/// Any other.
pub fn written(result: io::Result<()>) -> Outcome {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(9, format!("the output cannot be written: {error}")))
        }
        _ => Ok(()),
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
