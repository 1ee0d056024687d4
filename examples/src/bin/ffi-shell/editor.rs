//! Lines that are edited on a terminal: history, completion, colours.

use std::borrow::Cow;
use std::path::PathBuf;

use examples::c::outcome::{self, Failure, Outcome};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Editor, Helper, Hinter};

use crate::session::{After, Session};
use crate::split;

const PROMPT: &str = "> ";
const RED: &str = "\x1b[31m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// What a line is completed with.
#[derive(Helper, Hinter)]
struct Names {
    session: Session,
    colours: bool,
}

/// Reads statements until the user has had enough.
pub(crate) fn run(session: Session) -> Outcome {
    let failed = |error: ReadlineError| Failure::other(format!("the terminal: {error}"));
    let mut editor: Editor<Names, DefaultHistory> = Editor::new().map_err(failed)?;
    let colours = std::env::var_os("NO_COLOR").is_none();
    editor.set_helper(Some(Names { session, colours }));
    let history = history_file();
    if let Some(file) = &history {
        // There is none yet at the first start.
        let _ = editor.load_history(file);
    }
    outcome::print("C libraries, line by line: `help` says how.\n")?;
    loop {
        let line = match editor.readline(PROMPT) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(failed(error)),
        };
        // A history that cannot be kept stops nothing.
        let _ = editor.add_history_entry(line.as_str());
        let Some(names) = editor.helper_mut() else { break };
        match names.session.run(&line) {
            Ok(After::Quit) => break,
            Ok(After::Shown(text)) => outcome::print(&text)?,
            Err(failure) => outcome::print(&mistake(failure.message(), names.colours))?,
        }
    }
    if let Some(file) = &history {
        let _ = editor.save_history(file);
    }
    Ok(())
}

/// A mistake as it is printed: the caret under its place in red.
fn mistake(message: &str, colours: bool) -> String {
    if !colours {
        return format!("error: {message}\n");
    }
    let mut text = format!("{BOLD}{RED}error:{PLAIN} ");
    for line in message.lines() {
        let is_caret = !line.trim().is_empty() && line.trim().chars().all(|c| "^~".contains(c));
        match is_caret {
            true => text += &format!("{RED}{line}{PLAIN}\n"),
            false => text += &format!("{line}\n"),
        }
    }
    text
}

/// Where the lines of earlier times are kept.
fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let folder = state.or_else(|| Some(std::env::home_dir()?.join(".local").join("state")))?;
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("ffi-shell-history"))
}

impl Completer for Names {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = &line[..position];
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        let start = before
            .rfind(|character| !is_word(character))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let (owner, word) = before.split_at(start);
        let owner = owner.strip_suffix("->").or_else(|| owner.strip_suffix('.'));
        let names = match owner {
            Some(owner) => {
                let is_path = |character: char| is_word(character) || ".[]->".contains(character);
                let path = owner.rfind(|character| !is_path(character)).map_or(0, |at| at + 1);
                self.session.members(&owner[path..])
            }
            None => self.session.completions(),
        };
        Ok((start, names.into_iter().filter(|name| name.starts_with(word)).collect()))
    }
}

impl Highlighter for Names {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match self.colours {
            true => format!("{BOLD}{prompt}{PLAIN}").into(),
            false => prompt.into(),
        }
    }
}

impl Validator for Names {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match split::is_open(context.input()) {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}
