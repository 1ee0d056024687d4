//! Choosing the steps, running them, and the table at the end.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use super::{Outcome, STEPS, Step};
use crate::failure::{Failure, Result};
use crate::progress::seconds;

const HELP: &str = "\
Runs the checks of continuous integration: all of them, or the steps that are named.

usage: cargo xtask ci [--list] [STEP...]

On a Debian-like system, what a step needs is installed if this user may. What cannot be checked is said.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let Some(steps) = choose(arguments)? else {
        return Ok(());
    };
    let rows: Vec<Row> = steps.into_iter().map(run).collect();
    eprint!("\n{}", table(&rows));
    let failed: Vec<&str> =
        rows.iter().filter(|row| row.outcome.is_err()).map(|row| row.name).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("{} of {} steps failed: {}", failed.len(), rows.len(), failed.join(", ")),
        format!("see above what each says; run one alone with `cargo xtask ci {}`", failed[0]),
    ))
}

/// The steps the command line names; `None` when it only asks for a text, which is printed.
fn choose(arguments: Vec<OsString>) -> Result<Option<Vec<&'static Step>>> {
    use lexopt::Arg::{Long, Short, Value};
    let usage = |error: lexopt::Error| Failure::usage(error, "ci");
    let mut steps = Vec::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("list") => {
                STEPS.iter().for_each(|step| println!("{:<9} {}", step.name, step.about));
                return Ok(None);
            }
            Long("help") | Short('h') => {
                println!("{HELP}");
                return Ok(None);
            }
            Value(name) => match STEPS.iter().find(|step| name == step.name) {
                Some(step) => steps.push(step),
                None => {
                    let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
                    let what = format!(
                        "no step is called `{}`; there are {}",
                        name.to_string_lossy(),
                        names.join(", ")
                    );
                    return Err(Failure::usage(what, "ci"));
                }
            },
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(Some(if steps.is_empty() { STEPS.iter().collect() } else { steps }))
}

/// What came of one step.
struct Row {
    name: &'static str,
    time: Duration,
    outcome: Result<Outcome>,
}

fn run(step: &Step) -> Row {
    eprintln!("\n──── {}: {} ────", step.name, step.about);
    let started = Instant::now();
    let outcome = (step.run)();
    match &outcome {
        Ok(Outcome::Passed) => {}
        Ok(Outcome::NotChecked(what)) => eprintln!("NOT CHECKED: {what}"),
        Err(failure) => eprintln!("{failure}"),
    }
    Row { name: step.name, time: started.elapsed(), outcome }
}

/// One line for each step.
fn table(rows: &[Row]) -> String {
    let mut table = String::new();
    for Row { name, time, outcome } in rows {
        let verdict = match outcome {
            Ok(Outcome::Passed) => "passed".to_owned(),
            Ok(Outcome::NotChecked(what)) => format!("NOT CHECKED: {}", first_line(what)),
            Err(failure) => format!("FAILED: {}", first_line(failure.what())),
        };
        table += &format!("{name:<9} {:>7}  {verdict}\n", seconds(*time));
    }
    let total = rows.iter().map(|row| row.time).sum();
    table + &format!("{:<9} {:>7}\n", "all", seconds(total))
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
    use super::*;

    fn names(arguments: &[&str]) -> Vec<&'static str> {
        let steps = choose(arguments.iter().map(OsString::from).collect()).unwrap().unwrap();
        steps.iter().map(|step| step.name).collect()
    }

    #[test]
    fn all_steps_or_the_named_ones_in_the_order_given() {
        assert_eq!(names(&[]).len(), STEPS.len());
        assert_eq!(names(&["test", "fmt"]), ["test", "fmt"]);
        let text = choose(vec!["tests".into()]).map(|_| ()).unwrap_err().to_string();
        assert!(text.contains("`tests`") && text.contains("fmt, clippy"), "{text}");
    }

    #[test]
    fn names_are_unique_and_fit_the_table() {
        for step in STEPS {
            assert_eq!(STEPS.iter().filter(|other| other.name == step.name).count(), 1);
            assert!(step.name.len() <= 9, "{}", step.name);
        }
    }

    #[test]
    fn the_table_tells_the_three_ends_apart() {
        let row = |name, outcome| Row { name, time: Duration::from_millis(1500), outcome };
        let rows = [
            row("a", Ok(Outcome::Passed)),
            row("b", Ok(Outcome::NotChecked("no toolchain\nmore".into()))),
            row("c", Err(Failure::new("broken\nmore", "mend it"))),
        ];
        assert_eq!(
            table(&rows),
            "a           1.5 s  passed\n\
             b           1.5 s  NOT CHECKED: no toolchain\n\
             c           1.5 s  FAILED: broken\n\
             all         4.5 s\n"
        );
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(first_line(&"é".repeat(90)), "é".repeat(90));
        assert_eq!(first_line(&"é".repeat(91)), "é".repeat(90) + "…");
    }

    #[test]
    fn a_failing_step_does_not_hide_the_others() {
        let failing = Step { name: "x", about: "", run: || Err(Failure::new("no", "go on")) };
        assert!(run(&failing).outcome.is_err());
        let passing = Step { name: "y", about: "", run: || Ok(Outcome::Passed) };
        assert!(run(&passing).outcome.is_ok());
    }
}
