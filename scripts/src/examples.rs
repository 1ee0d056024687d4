//! The examples: which there are, what they say of themselves, and how they are built.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process;

/// One program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) name: String,
    /// Where it begins, below `examples/src/bin`.
    pub(crate) file: String,
    /// The first paragraph of its documentation.
    pub(crate) about: String,
}

/// The exit code of an example that cannot run with this adapter.
pub(crate) const LACKING: i32 = 3;

/// All that draw: what calls `examples::draw`. Nobody keeps a list.
pub(crate) fn all() -> Result<Vec<Example>> {
    Ok(programs()?.into_iter().filter(|(_, draws)| *draws).map(|(example, _)| example).collect())
}

/// All that compute or print.
pub(crate) fn others() -> Result<Vec<Example>> {
    Ok(programs()?.into_iter().filter(|(_, draws)| !draws).map(|(example, _)| example).collect())
}

/// All programs, by name, each with whether it draws.
fn programs() -> Result<Vec<(Example, bool)>> {
    let folder = process::workspace().join("examples").join("src").join("bin");
    let unreadable = |path: &Path, error: &std::io::Error| {
        Failure::file("cannot read", path, error, "see that the workspace is whole")
    };
    let entries = fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
    let mut programs = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let main = if path.is_dir() { path.join("main.rs") } else { path.clone() };
        let source = fs::read_to_string(&main).map_err(|error| unreadable(&main, &error))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = main.strip_prefix(&folder).unwrap_or(&main);
        let file = file.to_string_lossy().replace('\\', "/");
        let draws = source.contains("examples::draw");
        programs.push((Example { name, file, about: about(&source) }, draws));
    }
    programs.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    Ok(programs)
}

/// The examples that are named, or all.
pub(crate) fn chosen(names: &[String], command: &str) -> Result<Vec<Example>> {
    let all = all()?;
    for name in names {
        if !all.iter().any(|example| example.name == *name) {
            let names: Vec<&str> = all.iter().map(|example| example.name.as_str()).collect();
            let what =
                format!("no example that draws is called `{name}`; there are {}", names.join(", "));
            return Err(Failure::usage(what, command));
        }
    }
    Ok(all
        .into_iter()
        .filter(|example| names.is_empty() || names.contains(&example.name))
        .collect())
}

/// The first paragraph of a file's documentation, in one line.
fn about(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Builds `examples` by `cargo`, a cargo command `build` on their package; returns each one's program.
pub(crate) fn build(mut cargo: Command, examples: &[Example]) -> Result<BTreeMap<String, PathBuf>> {
    cargo.args(examples.iter().flat_map(|example| ["--bin", &example.name]));
    // Where the programs are is said for each, whether it had to be built or not.
    cargo.arg("--message-format=json-render-diagnostics");
    cargo.stderr(std::process::Stdio::inherit());
    let next = "see what the compiler says above";
    let output = cargo
        .output()
        .map_err(|error| Failure::new(format!("cannot start cargo: {error}"), next))?;
    if !output.status.success() {
        let what = format!("`{}` failed: {}", process::shown(&cargo), output.status);
        return Err(Failure::new(what, next));
    }
    let programs = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(executable)
        .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path)))
        .collect();
    Ok(programs)
}

/// The program in a message of cargo, if it tells of one.
fn executable(message: &str) -> Option<PathBuf> {
    path_after(message, r#""executable":""#)
}

/// The path that follows this in a message of cargo, up to the next quote.
pub(crate) fn path_after(message: &str, before: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once(before)?;
    let mut path = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some(path.into()),
            // Nothing but backslashes and quotes is escaped in a path.
            '\\' => path.push(characters.next()?),
            other => path.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_says_what_it_is() {
        let (all, others) = (all().unwrap(), others().unwrap());
        assert!(all.iter().any(|example| example.name == "triangle"), "{all:?}");
        assert!(others.iter().any(|example| example.file == "doctor/main.rs"), "{others:?}");
        for Example { name, about, .. } in all.into_iter().chain(others) {
            assert!(about.len() > 20 && about.ends_with(['.', '?']), "{name}: `{about}`");
        }
    }

    #[test]
    fn the_first_paragraph_is_one_line() {
        assert_eq!(about("//! Two\n//! lines.\n//!\n//! More.\nuse x;\n//! no\n"), "Two lines.");
        assert_eq!(about("use x;\n//! Late.\n"), "");
    }

    #[test]
    fn programs_are_found_in_the_messages() {
        let message =
            r#"{"reason":"compiler-artifact","executable":"C:\\a b\\x.exe","fresh":true}"#;
        assert_eq!(executable(message), Some(r"C:\a b\x.exe".into()));
        assert_eq!(executable(r#"{"reason":"compiler-artifact","executable":null}"#), None);
    }

    #[test]
    fn a_name_that_is_none_is_answered_with_those_there_are() {
        assert_eq!(chosen(&["triangle".into()], "gallery").unwrap().len(), 1);
        let text = chosen(&["pyramid".into()], "gallery").unwrap_err().to_string();
        assert!(text.contains("`pyramid`") && text.contains("triangle"), "{text}");
    }
}
