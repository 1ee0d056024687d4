//! Whether this machine can run the other programs: the engine library, drivers and adapters, a computation and a
//! picture, and one line that says what to do.

mod library;
mod probe;
mod value;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use examples::Usage;
use probe::Findings;
use value::Value;

const HELP: &str = "\
Looks at the engine library, the drivers, the adapters and the environment, computes and draws a little, and ends with
a line that says whether all is well. The exit code is 0 where it is.

Usage: doctor [--json]

  --json  all findings as one JSON object
";

fn main() -> ExitCode {
    let mode = match parse() {
        Ok(mode) => mode,
        Err(usage) => return examples::run("doctor", |_| Err(usage.into())),
    };
    match mode {
        Mode::Help => examples::run("doctor", |out| Ok(write!(out, "{HELP}")?)),
        Mode::Probe => examples::run("doctor", |out| probe::probe(out)),
        Mode::Text | Mode::Json => examine(mode == Mode::Json),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Text,
    Json,
    Help,
    Probe,
}

fn parse() -> Result<Mode, Usage> {
    use lexopt::prelude::*;

    let mut mode = Mode::Text;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        mode = match argument {
            Long("json") => Mode::Json,
            Long(name) if probe::ARGUMENT.strip_prefix("--") == Some(name) => Mode::Probe,
            Short('h') | Long("help") => return Ok(Mode::Help),
            _ => return Err(argument.unexpected().into()),
        };
    }
    Ok(mode)
}

/// Writes all findings. A program that is asked what is wrong succeeds where nothing is.
fn examine(json: bool) -> ExitCode {
    let mut findings = vec![("environment", library::environment())];
    let problem = look(&mut findings).err().map(|error| format!("{error:#}"));
    findings.push(("healthy", Value::Flag(problem.is_none())));
    let verdict = match &problem {
        None => "all is well".to_owned(),
        Some(problem) => format!("not well: {}", first_sentence(problem)),
    };
    findings.extend(problem.clone().map(|problem| ("problem", problem.into())));
    findings.push(("verdict", verdict.into()));
    let findings = Value::Group(findings);
    let text = if json { findings.json() + "\n" } else { findings.text() };
    // Whoever reads may have seen enough.
    let _ = io::stdout().lock().write_all(text.as_bytes());
    if problem.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.split_once(". ").map_or(line, |(sentence, _)| sentence).trim_end_matches([':', '.'])
}

/// Adds everything that can be found out, up to the first problem.
fn look(findings: &mut Vec<(&'static str, Value)>) -> Result<()> {
    findings.push(("drivers", library::drivers()));
    findings.push(("library", library::library()?));
    let Findings { adapters, checks, failure } = probe::run()?;
    findings.push(("adapters", adapters));
    findings.push(("checks", checks));
    match failure {
        Some(failure) => Err(anyhow::anyhow!(failure)),
        None => Ok(()),
    }
}
