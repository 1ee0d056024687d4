//! What came of a step: a line of the table at the end.

use std::time::{Duration, Instant};

use super::{Outcome, Step};
use crate::failure::{Failure, Result};
use crate::process;
use crate::progress::seconds;

/// Columns for the name of a step.
pub(super) const WIDTH: usize = 11;

/// Columns for its time.
const TIME: usize = 7;

/// What came of one step.
pub(super) struct Row {
    pub(super) name: &'static str,
    time: Duration,
    /// In one line.
    verdict: String,
    pub(super) failed: bool,
}

impl Row {
    /// Runs a step here, which is heard while it runs.
    pub(super) fn of(step: &Step) -> Row {
        eprintln!("{}", title(step));
        let started = Instant::now();
        let outcome = (step.run)();
        match &outcome {
            Ok(Outcome::Passed) => {}
            Ok(Outcome::NotChecked(what)) => eprintln!("NOT CHECKED: {what}"),
            Err(failure) => eprintln!("{failure}"),
        }
        Row::new(step, started.elapsed(), &outcome)
    }

    /// Runs a step in a process of its own; returns what it said as well.
    pub(super) fn of_process(step: &Step) -> (Row, String) {
        let started = Instant::now();
        let ended =
            process::again().and_then(|mut again| process::capture(again.args(["ci", step.name])));
        let time = started.elapsed();
        let (verdict, failed, said) = match ended {
            Ok(ended) => {
                let said = ended.stdout + &ended.stderr;
                match verdict_in(&said, step.name).map(str::to_owned) {
                    Some(verdict) => (verdict, !ended.status.success(), said),
                    None => (format!("FAILED: {}", ended.status), true, said),
                }
            }
            Err(failure) => (failed(&failure), true, format!("{}\n{failure}\n", title(step))),
        };
        (Row { name: step.name, time, verdict, failed }, said)
    }

    fn new(step: &Step, time: Duration, outcome: &Result<Outcome>) -> Row {
        let verdict = match outcome {
            Ok(Outcome::Passed) => "passed".to_owned(),
            Ok(Outcome::NotChecked(what)) => format!("NOT CHECKED: {}", first_line(what)),
            Err(failure) => failed(failure),
        };
        Row { name: step.name, time, verdict, failed: outcome.is_err() }
    }
}

fn title(step: &Step) -> String {
    format!("\n──── {}: {} ────", step.name, step.about)
}

fn failed(failure: &Failure) -> String {
    format!("FAILED: {}", first_line(failure.what()))
}

/// One line for each step, and one for the time that passed over all.
pub(super) fn table(rows: &[Row], time: Duration) -> String {
    let line = |name: &str, time, verdict: &str| {
        let line = format!("{name:<WIDTH$} {:>TIME$}  {verdict}", seconds(time));
        line.trim_end().to_owned() + "\n"
    };
    let rows = rows.iter().map(|row| line(row.name, row.time, &row.verdict));
    rows.chain([line("all", time, "")]).collect()
}

/// What the last table in a text says of a step.
fn verdict_in<'a>(said: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("{name:<WIDTH$} ");
    let mut rows = said.lines().rev().filter_map(|line| line.strip_prefix(&start));
    rows.find_map(|rest| Some(rest.trim_start().split_once("  ")?.1))
}

/// The first line of `text`, cut where it would fill more than a row.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(90) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::every_step;
    use super::*;

    const STEP: Step =
        Step { name: "a", about: "", apart: false, run: || Err(Failure::new("no", "go on")) };

    #[test]
    fn names_are_unique_and_fit_the_table() {
        for step in every_step() {
            assert_eq!(every_step().filter(|other| other.name == step.name).count(), 1);
            assert!(step.name.len() <= WIDTH, "{}", step.name);
        }
    }

    #[test]
    fn the_table_tells_the_three_ends_apart() {
        let time = Duration::from_millis(1500);
        let row = |name, outcome| Row::new(&Step { name, ..STEP }, time, &outcome);
        let rows = [
            row("a", Ok(Outcome::Passed)),
            row("b", Ok(Outcome::NotChecked("no toolchain\nmore".into()))),
            row("c", Err(Failure::new("broken\nmore", "mend it"))),
        ];
        let table = table(&rows, time * 2);
        assert_eq!(
            table,
            "a             1.5 s  passed\n\
             b             1.5 s  NOT CHECKED: no toolchain\n\
             c             1.5 s  FAILED: broken\n\
             all           3.0 s\n"
        );
        for row in rows {
            assert_eq!(verdict_in(&table, row.name), Some(row.verdict.as_str()));
        }
        assert_eq!(verdict_in(&table, "d"), None);
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(first_line(&"é".repeat(90)), "é".repeat(90));
        assert_eq!(first_line(&"é".repeat(91)), "é".repeat(90) + "…");
    }

    #[test]
    fn a_failing_step_is_a_row() {
        assert!(Row::of(&STEP).failed);
        assert!(!Row::of(&Step { run: || Ok(Outcome::Passed), ..STEP }).failed);
    }
}
