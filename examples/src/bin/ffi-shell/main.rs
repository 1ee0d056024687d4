//! Tries C libraries out, line by line: libraries, declarations, calls, variables.
//!
//! On a terminal lines are edited, with history and completion; through a pipe they are read one after the other.

mod editor;
mod session;
mod split;

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use examples::c::outcome::{self, Failure, Outcome};
use session::{After, Session};

/// What its messages begin with.
const NAME: &str = "ffi-shell";

/// What `help` prints.
const HELP: &str = "\
lib NAME             opens a library: z, sqlite3, ./libmine.so; the C library is open
include <zlib.h>     reads declarations by the C compiler's preprocessor, as far as they are understood
int abs(int n);      declares functions, types, constants, as C does
abs(-3)              calls a function; arguments as C writes them, and [a, list], out, out[8], null, print
x = abs(-3)          keeps a result, or a value: p = (struct point){1, 2}
frexp(8.0, &e)       has C write into a variable, which begins at zero where there is none
x, x.y, p->y, a[2]   shows a variable, or a part of what it holds or leads to
x.y = 3              changes a part
names                lists functions, types, variables
help, quit

A function that crashes ends the shell: nobody can check what C does with its arguments.";

fn main() -> ExitCode {
    let outcome = match std::env::args_os().nth(1) {
        None => run(),
        Some(argument) if argument == "--help" || argument == "-h" => outcome::print(&format!(
            "Tries C libraries out, line by line.\n\nusage: {NAME} < LINES\n\n{HELP}\n"
        )),
        Some(_) => Err(Failure::usage("it takes no arguments", NAME)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(NAME),
    }
}

fn run() -> Outcome {
    let session = Session::new()?;
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        editor::run(session)
    } else {
        through_a_pipe(session)
    }
}

/// Reads statements up to the end; mistakes are told on stderr, and by the exit code at the end.
fn through_a_pipe(mut session: Session) -> Outcome {
    let (mut statement, mut failed) = (String::new(), None);
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| Failure::other(format!("cannot read: {error}")))?;
        statement += &line;
        statement.push('\n');
        if split::is_open(&statement) {
            continue;
        }
        match session.run(&statement) {
            Ok(After::Quit) => return failed.map_or(Ok(()), Err),
            Ok(After::Shown(text)) => outcome::print(&text)?,
            Err(failure) => {
                let _ = writeln!(io::stderr(), "error: {}", failure.message());
                failed = Some(Failure::other("not all lines could be carried out"));
            }
        }
        statement.clear();
    }
    match statement.trim() {
        "" => failed.map_or(Ok(()), Err),
        open => Err(Failure::other(format!("the end comes in the middle of `{open}`"))),
    }
}
