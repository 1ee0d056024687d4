//! How a program ends: its error with all causes on stderr, and the exit code.

use std::fmt;
use std::io::{self, StdoutLock, Write};
use std::process::ExitCode;

use crate::engine;
use crate::needs::Lacking;

/// The command line is wrong: the program ends with exit code 2 and points to `--help`.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl From<lexopt::Error> for Usage {
    fn from(error: lexopt::Error) -> Usage {
        Usage(error.to_string())
    }
}

/// Runs `program` with stdout to write its results to, and makes the exit code of what it returns: 0, 2 for a wrong
/// command line ([`Usage`]), 3 for an adapter that lacks something ([`Lacking`]), 1 for every other error. An error is printed with its causes, outermost first.
///
/// A reader of stdout that has seen enough (`info | head`) is no error; `println!` would panic then.
pub fn run(
    name: &str,
    program: impl FnOnce(&mut StdoutLock<'_>) -> anyhow::Result<()>,
) -> ExitCode {
    let mut out = io::stdout().lock();
    let result = program(&mut out).and_then(|()| Ok(out.flush()?));
    // Where stderr takes nothing the exit code says the rest.
    let mut errors = io::stderr().lock();
    if let Some(calls) = engine::calls_through_the_engine() {
        let _ = writeln!(errors, "{name}: {calls} calls went through the engine");
    }
    let error = match result {
        Err(error) if !is_broken_pipe(&error) => error,
        _ => return ExitCode::SUCCESS,
    };
    let _ = write!(errors, "{}", Report { name, error: &error });
    if error.is::<Usage>() {
        let _ = writeln!(errors, "Try `{name} --help`.");
        return ExitCode::from(2);
    }
    if error.is::<Lacking>() {
        return ExitCode::from(3);
    }
    ExitCode::FAILURE
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// An error and its causes, one per line, as [`run`] prints them.
struct Report<'a> {
    name: &'a str,
    error: &'a anyhow::Error,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.error.to_string();
        writeln!(f, "{}: error: {}", self.name, said.trim_end())?;
        for cause in self.error.chain().skip(1) {
            let cause = cause.to_string();
            // Many errors already carry their cause in their own message.
            if !said.contains(&cause) {
                writeln!(f, "  because: {}", cause.trim_end().replace('\n', "\n  "))?;
                said = cause;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_their_error_once() {
        let error = anyhow::anyhow!("the file is a folder")
            .context("cannot write: the file is a folder")
            .context("cannot save the picture");
        let report = Report { name: "cube", error: &error };
        assert_eq!(
            report.to_string(),
            "cube: error: cannot save the picture\n  because: cannot write: the file is a folder\n"
        );
    }

    #[test]
    fn a_wrong_command_line_is_2_any_other_error_1() {
        let code = |error: anyhow::Error| format!("{:?}", run("test", |_| Err(error)));
        assert_eq!(code(Usage("no".into()).into()), format!("{:?}", ExitCode::from(2)));
        assert_eq!(code(anyhow::anyhow!("no")), format!("{:?}", ExitCode::from(1)));
        assert_eq!(format!("{:?}", run("test", |_| Ok(()))), format!("{:?}", ExitCode::SUCCESS));
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_error() {
        let pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        let code = run("test", |_| Err(pipe().into()));
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
    }
}
