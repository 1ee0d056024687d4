//! Runs probes: starts one, waits for it as long as it may take, and says how it ended.

use std::env;
use std::io::{self, Read, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use examples::child;
use wgpu_native_sys_dyn::TRACE_VARIABLE;

use crate::probe::{self, MARKS};
use crate::value::Value;

/// What a probe wrote to a stream is kept up to here, from the end: drivers can be talkative.
const KEPT: usize = 1 << 20;

/// The little that a thread needs which only reads: memory may be scarce.
const STACK: usize = 64 << 10;

/// How long output may come when the probe has ended: what it has started may hold its streams open.
const GRACE: Duration = Duration::from_secs(1);

/// Variables for a probe to have otherwise than this process; none to be without.
pub(crate) type Variables<'a> = [(&'a str, Option<&'a str>)];

/// A probe that has ended.
pub(crate) struct Trial {
    /// What was tried.
    pub(crate) name: String,
    records: Vec<Vec<String>>,
    /// The step it was in at the end.
    pub(crate) step: String,
    pub(crate) ending: Ending,
    /// What it wrote to standard error.
    said: String,
}

/// How a probe ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With all that it was to do done.
    Well,
    /// With an error of its own: all of its text.
    Problem(String),
    /// By a signal, or with an exit code before it was done: in words.
    Died(String),
    /// Not in time.
    Late(Duration),
    /// It was never there.
    NotStarted(String),
}

impl Trial {
    /// Has `what` tried, for no longer than `limit`.
    pub(crate) fn run(name: &str, what: &str, variables: &Variables<'_>, limit: Duration) -> Trial {
        let mut trial = Trial {
            name: name.to_owned(),
            records: Vec::new(),
            step: "start".to_owned(),
            ending: Ending::Well,
            said: String::new(),
        };
        let started = child::again().and_then(|mut command| {
            command.args([probe::ARGUMENT, what]).stdin(Stdio::null());
            for (name, value) in variables {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
        });
        match started.and_then(|child| trial.watch(child, limit)) {
            Ok(ending) => trial.ending = ending,
            Err(error) => trial.ending = Ending::NotStarted(error.to_string()),
        }
        if env::var_os(TRACE_VARIABLE).is_some_and(|value| value == "1") {
            // The trace that the user asked for. Whoever does not read it has seen enough.
            let _ = io::stderr().write_all(trial.said.as_bytes());
        }
        trial
    }

    fn watch(&mut self, mut child: Child, limit: Duration) -> io::Result<Ending> {
        let out = Stream::read(child.stdout.take())?;
        let errors = Stream::read(child.stderr.take())?;
        let status = wait(&mut child, limit)?;
        self.said = errors.text();
        self.records = records(&out.text());
        let step = self.records.iter().rev().find(|record| record[0] == "step");
        if let Some([_, name]) = step.map(Vec::as_slice) {
            self.step.clone_from(name);
        }
        let problem = self.all("problem").next().and_then(|fields| fields.first());
        let is_done = self.all("done").next().is_some();
        Ok(match (status, problem) {
            (None, _) => Ending::Late(limit),
            (Some(status), Some(problem)) if status.code().is_some() => {
                Ending::Problem(problem.clone())
            }
            (Some(status), None) if status.success() && is_done => Ending::Well,
            (Some(status), problem) => {
                let after = problem.map(|problem| format!(" after {problem}")).unwrap_or_default();
                Ending::Died(child::ending(status) + &after)
            }
        })
    }

    /// The fields of all records of a kind.
    pub(crate) fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a [String]> {
        self.records.iter().filter(move |record| record[0] == kind).map(|record| &record[1..])
    }

    /// What is wrong, in full; none where nothing is.
    pub(crate) fn problem(&self) -> Option<String> {
        let (name, step) = (&self.name, &self.step);
        let what = match &self.ending {
            Ending::Well => return None,
            Ending::Problem(problem) => return Some(problem.clone()),
            Ending::Died(how) => format!("{name}: the probe ended in the step `{step}` with {how}"),
            Ending::Late(limit) => {
                format!(
                    "{name}: the probe did not end within {} s, in the step `{step}`",
                    limit.as_secs()
                )
            }
            Ending::NotStarted(why) => format!("{name}: no probe could be started: {why}"),
        };
        let said = self.said.trim();
        Some(if said.is_empty() { what } else { format!("{what}\n{said}") })
    }

    /// The trial as a finding.
    pub(crate) fn finding(&self) -> Value {
        let ended = match &self.ending {
            Ending::Well => "well".to_owned(),
            Ending::Problem(_) => "with an error".to_owned(),
            Ending::Died(how) => format!("with {how}"),
            Ending::Late(limit) => format!("not within {} s", limit.as_secs()),
            Ending::NotStarted(_) => "before it began".to_owned(),
        };
        let mut members = vec![
            ("name", self.name.as_str().into()),
            ("step", self.step.as_str().into()),
            ("ended", ended.into()),
        ];
        if self.ending != Ending::Well && !self.said.trim().is_empty() {
            members.push(("standard error", self.said.trim().into()));
        }
        Value::Group(members)
    }
}

/// How the child ended; none where it had to be ended.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// What comes out of a stream, which another thread reads: a full pipe would stop the probe.
struct Stream {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: JoinHandle<()>,
}

impl Stream {
    fn read(stream: Option<impl Read + Send + 'static>) -> io::Result<Stream> {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bytes);
        let read = move || {
            let Some(mut stream) = stream else { return };
            let mut buffer = vec![0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(&buffer[..length]);
                if kept.len() > 2 * KEPT {
                    let surplus = kept.len() - KEPT;
                    kept.drain(..surplus);
                }
            }
        };
        let thread = thread::Builder::new().stack_size(STACK).spawn(read)?;
        Ok(Stream { bytes, thread })
    }

    /// All of it, of a process that has ended.
    fn text(&self) -> String {
        let until = Instant::now() + GRACE;
        while !self.thread.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
        }
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The records in what a probe wrote.
fn records(output: &str) -> Vec<Vec<String>> {
    let [begin, between, end] = MARKS;
    let whole = output.split(begin).skip(1).filter_map(|text| text.split_once(end));
    whole.map(|(record, _)| record.split(between).map(str::to_owned).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_between_what_others_print() {
        let output = "a library's\u{1e}step\u{1f}load\u{1d}words\n\u{1e}problem\u{1f}two\nlines\u{1d}\u{1e}half";
        assert_eq!(records(output), [vec!["step", "load"], vec!["problem", "two\nlines"]]);
    }
}
