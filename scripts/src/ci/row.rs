//! What came of a step: a line of the table at the end.

use std::time::{Duration, Instant};

use super::{Outcome, Step};
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
        let outcome = match step.system.lacks() {
            Some(why) => Ok(vec![why.to_owned()]),
            None => (step.run)(),
        };
        match &outcome {
            Ok(unchecked) => unchecked.iter().for_each(|what| eprintln!("NOT CHECKED: {what}")),
            Err(failure) => eprintln!("{failure}"),
        }
        Row::new(step.name, started.elapsed(), &outcome)
    }

    /// Runs a step in a process of its own; returns what it said as well.
    pub(super) fn of_process(step: &Step) -> (Row, String) {
        let started = Instant::now();
        let ended =
            process::again().and_then(|mut again| process::capture(again.args(["ci", step.name])));
        let time = started.elapsed();
        match ended {
            Ok(ended) => {
                let said = ended.stdout + &ended.stderr;
                let verdict = verdict_in(&said, step.name).map(str::to_owned);
                let failed = verdict.is_none() || !ended.status.success();
                let verdict = verdict.unwrap_or_else(|| format!("FAILED: {}", ended.status));
                (Row { name: step.name, time, verdict, failed }, said)
            }
            Err(failure) => {
                let said = format!("{}\n{failure}\n", title(step));
                (Row::new(step.name, time, &Err(failure)), said)
            }
        }
    }

    fn new(name: &'static str, time: Duration, outcome: &Outcome) -> Row {
        let verdict = match outcome {
            Ok(unchecked) if unchecked.is_empty() => "passed".to_owned(),
            Ok(unchecked) => format!("NOT CHECKED: {}", first_line(&unchecked.join("; "))),
            Err(failure) => format!("FAILED: {}", first_line(failure.what())),
        };
        Row { name, time, verdict, failed: outcome.is_err() }
    }
}

fn title(step: &Step) -> String {
    format!("\n──── {}: {} ────", step.name, step.about)
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
    use crate::failure::Failure;

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
        let rows = [
            Row::new("a", time, &Ok(Vec::new())),
            Row::new("b", time, &Ok(vec!["no toolchain\nmore".into()])),
            Row::new("c", time, &Err(Failure::new("é".repeat(91) + "\nmore", "mend it"))),
        ];
        let table = table(&rows, time * 2);
        let failed = format!("c             1.5 s  FAILED: {}…\n", "é".repeat(90));
        assert_eq!(
            table,
            "a             1.5 s  passed\n\
             b             1.5 s  NOT CHECKED: no toolchain\n"
                .to_owned()
                + &failed
                + "all           3.0 s\n"
        );
        for row in rows {
            assert_eq!(verdict_in(&table, row.name), Some(row.verdict.as_str()));
        }
        assert_eq!(verdict_in(&table, "d"), None);
    }
}
