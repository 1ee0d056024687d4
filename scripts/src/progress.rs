//! Lines that say what is being done, what came of it and how long it took.
//!
//! They go to standard error: standard output belongs to results. On a terminal the line of a running step is redrawn
//! in place; in a log each step is one line, and a slow one is announced first.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// From this age on, a step that writes to a log has said that it is running.
const ANNOUNCE_AFTER: Duration = Duration::from_secs(2);

/// One step of a command. Exactly one line is left of it, by [`Step::done`]; a step that fails leaves none.
#[derive(Debug)]
pub(crate) struct Step {
    name: &'static str,
    started: Instant,
    terminal: bool,
    announced: bool,
}

impl Step {
    /// Begins the step called `name` (a word), which does `what`.
    pub(crate) fn start(name: &'static str, what: &str) -> Step {
        let mut step = Step {
            name,
            started: Instant::now(),
            terminal: io::stderr().is_terminal(),
            announced: false,
        };
        if step.terminal {
            step.update(what);
        }
        step
    }

    /// Says how far the step is.
    pub(crate) fn update(&mut self, state: &str) {
        let elapsed = self.started.elapsed();
        if self.terminal {
            eprint!("\r\x1b[2K  {:<9} {state} … {}", self.name, seconds(elapsed));
            // The line carries no newline; if it cannot be shown now, the next one may be.
            let _ = io::stderr().flush();
        } else if !self.announced && elapsed >= ANNOUNCE_AFTER {
            eprintln!("  {:<9} {state} …", self.name);
            self.announced = true;
        }
    }

    /// Ends the step with its result.
    pub(crate) fn done(self, result: &str) {
        self.clear();
        eprintln!("  {:<9} {result} ({})", self.name, seconds(self.started.elapsed()));
    }

    /// Takes the running line off the terminal.
    fn clear(&self) {
        if self.terminal {
            eprint!("\r\x1b[2K");
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.clear();
    }
}

/// A duration as a reader wants it: `0.04 s`, `3.1 s`, `72 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    let decimals = match seconds {
        s if s < 0.995 => 2,
        s if s < 9.95 => 1,
        _ => 0,
    };
    format!("{seconds:.decimals$} s")
}

/// A size in mebibytes.
pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_two_figures() {
        let shown = [4, 40, 994, 996, 3140, 72_400].map(|ms| seconds(Duration::from_millis(ms)));
        assert_eq!(shown, ["0.00 s", "0.04 s", "0.99 s", "1.0 s", "3.1 s", "72 s"]);
    }

    #[test]
    fn sizes_are_binary() {
        assert_eq!(mebibytes(3_499_105), "3.3 MiB");
    }
}
