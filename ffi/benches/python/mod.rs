//! The same calls from Python: by ctypes, which comes with it, and by cffi.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use super::table::Contestant;

/// A running `python3` that makes calls when it is told to.
pub(crate) struct Python {
    child: Child,
    commands: RefCell<ChildStdin>,
    answers: RefCell<BufReader<ChildStdout>>,
    engines: Vec<&'static str>,
}

const ENGINES: [&str; 2] = ["ctypes", "cffi"];

impl Python {
    /// None where there is no `python3`. What is missing is said, so that nobody takes its absence for a victory.
    pub(crate) fn start() -> Option<Python> {
        let script = include_str!("peers.py");
        let started = Command::new("python3")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                println!("NOT MEASURED: ctypes and cffi, as python3 does not start: {error}");
                return None;
            }
        };
        let commands = RefCell::new(child.stdin.take().expect("it is piped"));
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut python =
            Python { child, commands, answers: RefCell::new(answers), engines: Vec::new() };
        let found = python.answer();
        python.engines = ENGINES.into_iter().filter(|name| found.contains(name)).collect();
        for missing in ENGINES.iter().filter(|name| !python.engines.contains(name)) {
            println!(
                "NOT MEASURED: {missing}, which python3 does not have (`pip install {missing}`)"
            );
        }
        Some(python)
    }

    fn answer(&self) -> String {
        let mut line = String::new();
        self.answers.borrow_mut().read_line(&mut line).expect("python3 answers");
        line
    }

    /// The engines as contestants of a row, each command of which makes `at_once` of what is measured.
    pub(crate) fn contestants(&self, row: &'static str, at_once: u32) -> Vec<Contestant<'_>> {
        let contestant = |engine: &&'static str| -> Contestant<'_> {
            let engine = *engine;
            let run = move |repetitions: u32| {
                let times = repetitions.div_ceil(at_once);
                writeln!(self.commands.borrow_mut(), "{engine} {row} {times}").expect("it runs");
                let nanoseconds = self.answer().trim().parse().expect("a number of nanoseconds");
                Duration::from_nanos(nanoseconds)
                    .mul_f64(f64::from(repetitions) / f64::from(times * at_once))
            };
            (engine, Box::new(run))
        };
        self.engines.iter().map(contestant).collect()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
