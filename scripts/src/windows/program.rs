//! A program with a window, while it runs.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::process::Running;

/// How long anything in a window may take; the software driver starts in a second or two.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program.
#[derive(Debug)]
pub(super) struct Program {
    name: String,
    command: Command,
    running: Running,
}

impl Program {
    /// Starts it. Its standard input lasts until [`Program::close`].
    pub(super) fn start(name: &str, mut command: Command) -> Result<Program> {
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let running = Running::start(&mut command)?;
        Ok(Program { name: name.into(), command, running })
    }

    /// Waits until `condition` holds, which says what there is instead; fails if the program ends before.
    pub(super) fn until<T>(
        &mut self,
        what: &str,
        mut condition: impl FnMut() -> Result<std::result::Result<T, String>>,
    ) -> Result<T> {
        let started = Instant::now();
        let name = self.name.clone();
        let next = format!("run it in a window by hand: `cargo run -p examples --bin {name}`");
        loop {
            let instead = match condition()? {
                Ok(value) => return Ok(value),
                Err(instead) => instead,
            };
            if let Some(status) = self.running.ended(&self.command)? {
                return Err(Failure::new(format!("`{name}` ended ({status}) before {what}"), next));
            }
            if started.elapsed() > PATIENCE {
                let seconds = PATIENCE.as_secs();
                let what = format!("`{name}`: waited {seconds} s until {what}: {instead}");
                return Err(Failure::new(what, next));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends its standard input, which makes one that holds its last frame end.
    pub(super) fn close(&mut self) {
        drop(self.running.0.stdin.take());
    }

    /// Waits for the end, which has to be a success.
    pub(super) fn succeeds(mut self) -> Result {
        let started = Instant::now();
        let name = self.name.clone();
        loop {
            let what = match self.running.ended(&self.command)? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => format!("`{name}` failed: {status}"),
                None if started.elapsed() > PATIENCE => {
                    format!("`{name}` does not end within {} s", PATIENCE.as_secs())
                }
                None => {
                    thread::sleep(Duration::from_millis(20));
                    continue;
                }
            };
            return Err(Failure::new(what, "see what it says above"));
        }
    }
}
