//! The command line: choosing the steps, and what is said at the end.

use std::ffi::OsString;
use std::time::Instant;

use super::row::{self, Row, WIDTH};
use super::{STEPS, Step, every_step, lanes};
use crate::failure::{Failure, Result};

const HELP: &str = "\
Runs the checks of continuous integration, or the steps that are named.

usage: cargo xtask ci [--all] [--list] [STEP...]

  --all   the long steps too, which take hours
  --list  print the steps, the long ones last

On a Debian-like system, what a step needs is installed if this user may. What cannot be checked is said.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let Some(steps) = choose(arguments)? else {
        return Ok(());
    };
    let started = Instant::now();
    let rows = lanes::run(&steps, Row::of_process);
    eprint!("\n{}", row::table(&rows, started.elapsed()));
    let failed: Vec<&str> = rows.iter().filter(|row| row.failed).map(|row| row.name).collect();
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
    let (mut steps, mut all) = (Vec::new(), false);
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("list") => {
                every_step().for_each(|step| println!("{:<WIDTH$} {}", step.name, step.about));
                return Ok(None);
            }
            Long("help") | Short('h') => {
                println!("{HELP}");
                return Ok(None);
            }
            Long("all") => all = true,
            Value(name) => match every_step().find(|step| name == step.name) {
                Some(step) => steps.push(step),
                None => {
                    let names: Vec<&str> = every_step().map(|step| step.name).collect();
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
    Ok(Some(match (steps.is_empty(), all) {
        (true, true) => every_step().collect(),
        (true, false) => STEPS.iter().collect(),
        (false, true) => {
            return Err(Failure::usage("--all runs every step: name none beside it", "ci"));
        }
        (false, false) => steps,
    }))
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
        assert_eq!(names(&["--all"]).len(), every_step().count());
        assert!(choose(vec!["--all".into(), "fmt".into()]).is_err());
        assert_eq!(names(&["test", "fmt"]), ["test", "fmt"]);
        let text = choose(vec!["tests".into()]).map(|_| ()).unwrap_err().to_string();
        assert!(text.contains("`tests`") && text.contains("fmt, layers"), "{text}");
    }
}
