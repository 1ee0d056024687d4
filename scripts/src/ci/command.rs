//! The command line: choosing the steps, and what is said at the end.

use std::ffi::OsString;
use std::time::Instant;

use super::row::{self, Row, WIDTH};
use super::{STEPS, Step, every_step, lanes};
use crate::arguments::Arguments;
use crate::failure::{Failure, Result};

pub(crate) const HELP: &str = "\
Runs the checks of continuous integration, or the steps that are named.

usage: cargo xtask ci [--all] [--list] [STEP...]

  --all   the long steps too, which take hours
  --list  print the steps, the long ones last

On a Debian-like system, what a step needs is installed if this user may. What cannot be checked is said.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("ci", arguments);
    if arguments.flag("--list") {
        every_step().for_each(|step| println!("{:<WIDTH$} {}", step.name, step.about));
        return Ok(());
    }
    let all = arguments.flag("--all");
    let known: Vec<&str> = every_step().map(|step| step.name).collect();
    let names = arguments.names("step", &known)?;
    // In the order in which they are named.
    let named = names.iter().flat_map(|name| every_step().find(|step| name == step.name));
    let steps: Vec<&Step> = match (names.is_empty(), all) {
        (true, true) => every_step().collect(),
        (true, false) => STEPS.iter().collect(),
        (false, true) => {
            return Err(Failure::usage("--all runs every step: name none beside it", "ci"));
        }
        (false, false) => named.collect(),
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
