//! A process of its own for the call: what the function does to it is reported, not shared.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode, ExitStatus};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use examples::child;

use examples::c::outcome::{Failure, Outcome};

/// Names the file that the child renames to its exit code when the function has come back: on a full disk that still works.
const RUNNING: &str = "FFI_CALL_RUNNING";

/// How often a child that may not take for ever is looked at.
const POLL: Duration = Duration::from_millis(5);

/// In the parent, starts this program once more and waits for it, no longer than `limit`; there, does the work.
pub(crate) fn run(limit: Option<Duration>, work: impl FnOnce() -> Outcome) -> ExitCode {
    let Some(running) = env::var_os(RUNNING).map(PathBuf::from) else {
        return match supervise(limit) {
            Ok(code) => ExitCode::from(code),
            Err(failure) => failure.report(crate::NAME),
        };
    };
    let watched = child::end_with_parent()
        .map_err(|error| Failure::other(format!("cannot start a thread: {error}")));
    let outcome = watched.and_then(|()| work());
    let code = outcome.as_ref().err().map_or(0, |failure| failure.code);
    if let Err(failure) = &outcome {
        failure.report(crate::NAME);
    }
    match fs::rename(&running, running.with_file_name(code.to_string())) {
        Ok(()) => ExitCode::from(code),
        Err(error) => Failure::other(format!("cannot rename {}: {error}", running.display()))
            .report(crate::NAME),
    }
}

/// The exit code of the child, unless the function ended it.
fn supervise(limit: Option<Duration>) -> Result<u8, Failure> {
    let folder = Folder::new().map_err(|error| {
        let temporary = env::temp_dir();
        Failure::other(format!(
            "cannot make a folder in {}: {error}; set TMPDIR to another one",
            temporary.display()
        ))
    })?;
    let started = child::again().and_then(|mut command| {
        command.args(env::args_os().skip(1)).env(RUNNING, folder.0.join("running")).spawn()
    });
    let started = started
        .map_err(|error| Failure::other(format!("cannot start a process for the call: {error}")))?;
    let lost = |error| Failure::other(format!("lost the process of the call: {error}"));
    let status = match limit {
        Some(limit) => wait(started, limit).map_err(lost)?.ok_or_else(|| {
            Failure::ended(format!("the function did not return within {} s", limit.as_secs_f64()))
        })?,
        None => { started }.wait().map_err(lost)?,
    };
    let returned = status.code().and_then(|code| u8::try_from(code).ok());
    match (folder.content(), returned) {
        // Behind the call, only the function's own leftovers can still end the process.
        (Some(name), Some(code)) if name == *code.to_string() => Ok(code),
        (Some(name), _) if name == *"running" => {
            Err(Failure::ended(format!("the function did not return: {}", words(status))))
        }
        _ => Err(Failure::ended(format!("the process ended behind the call: {}", words(status)))),
    }
}

/// How the child ended; none where it had to be ended.
fn wait(mut child: Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(POLL);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

fn words(status: ExitStatus) -> String {
    let ending = child::ending(status);
    match status.code() {
        Some(_) => format!("it ended the process with {ending}"),
        None => format!("it was ended by {ending}"),
    }
}

/// A new folder with one empty file, which goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Folder> {
        let named =
            |number| env::temp_dir().join(format!("ffi-call-{}-{number}", std::process::id()));
        let mut number = 0;
        let folder = loop {
            match fs::create_dir(named(number)) {
                // Left behind by an earlier process of the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                made => break made.map(|()| Folder(named(number)))?,
            }
        };
        fs::File::create_new(folder.0.join("running"))?;
        Ok(folder)
    }

    /// The name of the file.
    fn content(&self) -> Option<OsString> {
        let entry = fs::read_dir(&self.0).ok()?.next()?.ok()?;
        Some(entry.file_name())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // One that stays is an empty file.
        let _ = fs::remove_dir_all(Path::new(&self.0));
    }
}
