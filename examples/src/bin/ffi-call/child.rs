//! A process of its own for the call: its crash is reported, not shared.

use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus};
use std::{env, fs};

use crate::outcome::{Failure, Outcome};

/// Names the file in which the child says that the function came back.
const RETURNED: &str = "FFI_CALL_RETURNED";

/// In the parent, starts this program once more and waits for it; there, does the work.
pub(crate) fn run(work: impl FnOnce() -> Outcome) -> ExitCode {
    if let Some(file) = env::var_os(RETURNED) {
        let outcome = work();
        let code = outcome.as_ref().err().map_or(0, |failure| failure.code);
        if let Err(failure) = &outcome {
            failure.report();
        }
        if let Err(error) = fs::write(&file, [code]) {
            return Failure::other(format!("cannot write {file:?}: {error}")).report();
        }
        return ExitCode::from(code);
    }
    match supervise() {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.report(),
    }
}

/// The exit code of the child, unless the function ended it.
fn supervise() -> Result<u8, Failure> {
    let file = env::temp_dir().join(format!("ffi-call-{}", std::process::id()));
    let _ = fs::remove_file(&file);
    let program = env::current_exe()
        .map_err(|error| Failure::other(format!("this program's file is not known: {error}")))?;
    let status = Command::new(program).args(env::args_os().skip(1)).env(RETURNED, &file).status();
    let returned = take(&file);
    let status = status
        .map_err(|error| Failure::other(format!("cannot start a process for the call: {error}")))?;
    match returned.as_deref() {
        // Behind the call, only the function's own leftovers can still end the process.
        Some([code]) if status.code() == Some((*code).into()) => Ok(*code),
        Some(_) => {
            Err(Failure::ended(format!("the process ended behind the call: {}", words(status))))
        }
        None => Err(Failure::ended(format!("the function did not return: {}", words(status)))),
    }
}

fn take(file: &PathBuf) -> Option<Vec<u8>> {
    let content = fs::read(file).ok()?;
    let _ = fs::remove_file(file);
    Some(content)
}

#[cfg(unix)]
fn words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;

    let Some(signal) = status.signal() else {
        return format!(
            "it ended the process with exit code {}",
            status.code().unwrap_or_default()
        );
    };
    let name = match signal {
        4 => "SIGILL, an illegal instruction",
        5 => "SIGTRAP, a trap",
        6 => "SIGABRT, an abort",
        7 | 10 => "SIGBUS, an access beyond what is mapped",
        8 => "SIGFPE, an arithmetic error",
        9 => "SIGKILL",
        11 => "SIGSEGV, an access to memory that is not there",
        15 => "SIGTERM",
        _ => return format!("it was ended by signal {signal}"),
    };
    format!("it was ended by {name}")
}

#[cfg(not(unix))]
fn words(status: ExitStatus) -> String {
    let code = status.code().unwrap_or_default();
    match code as u32 {
        0xc000_0005 => "it was ended by an access violation".into(),
        _ => format!("it ended the process with exit code {code:#x}"),
    }
}
