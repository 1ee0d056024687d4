//! Whether this machine can run the other programs: the engine library, drivers and adapters, a computation and a picture
//! by each adapter, and one line that says whether all is well.
//!
//! What can end a process is tried in others, with a limit of time: how they end is a finding.

mod checks;
mod examine;
mod library;
mod machine;
mod probe;
mod trial;
mod value;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use examine::Findings;
use examples::Usage;
use value::Value;

const HELP: &str = "\
Looks at the engine library, the drivers, the adapters and the environment, computes and draws a little on each adapter,
and ends with a line that says whether all is well. The exit code is 0 where it is.

Usage: doctor [--json] [--timeout SECONDS]

  --json             all findings as one JSON object
  --timeout SECONDS  how long each of the checks may take: 30, if not given
";

/// How long a probe may take: software drivers compile shaders for seconds on slow machines.
const LIMIT: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    match parse() {
        Err(usage) => examples::run("doctor", |_| Err(usage.into())),
        Ok(Mode::Help) => examples::run("doctor", |out| Ok(write!(out, "{HELP}")?)),
        // What went wrong is told already.
        Ok(Mode::Probe(what)) => match probe::run(&what) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Ok(Mode::Examine { json, limit }) => examine(json, limit),
    }
}

enum Mode {
    Examine { json: bool, limit: Duration },
    Help,
    Probe(String),
}

fn parse() -> Result<Mode, Usage> {
    use lexopt::prelude::*;

    let (mut json, mut limit) = (false, LIMIT);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("json") => json = true,
            Long("timeout") => {
                let seconds: f64 = parser.value()?.parse()?;
                let positive =
                    Duration::try_from_secs_f64(seconds).ok().filter(|limit| !limit.is_zero());
                limit = positive
                    .ok_or_else(|| Usage(format!("--timeout {seconds}: no time to wait")))?;
            }
            Long(name) if probe::ARGUMENT.strip_prefix("--") == Some(name) => {
                return Ok(Mode::Probe(parser.value()?.string()?));
            }
            Short('h') | Long("help") => return Ok(Mode::Help),
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(Mode::Examine { json, limit })
}

/// Writes all findings. A program that is asked what is wrong succeeds where nothing is.
fn examine(json: bool, limit: Duration) -> ExitCode {
    let Findings { values, is_healthy } = examine::examine(limit);
    let findings = Value::Group(values);
    let text = if json { findings.json() + "\n" } else { findings.text() };
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        // Whoever reads may have seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            // Where this cannot be written either, the exit code says it.
            let _ =
                writeln!(io::stderr(), "doctor: error: the findings cannot be written: {error}");
            ExitCode::FAILURE
        }
        _ if is_healthy => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
