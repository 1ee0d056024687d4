//! The examples: which there are, what they say of themselves, and their programs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::files;
use crate::picture::Picture;
use crate::process::{self, Captured};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) name: String,
    /// Where it begins, below `examples/src/bin`.
    pub(crate) file: String,
    /// The first paragraph of its documentation.
    pub(crate) about: String,
    /// Whether it draws; the others compute or print.
    pub(crate) draws: bool,
}

/// The exit code of an example that cannot run with this adapter.
const LACKING: i32 = 3;

/// All of them, by name. What calls `examples::draw` draws: nobody keeps a list.
pub(crate) fn all() -> Result<Vec<Example>> {
    let folder = process::workspace().join("examples").join("src").join("bin");
    let example = |(name, main): (String, PathBuf)| {
        let source = files::text(&main)?;
        let file = main.strip_prefix(&folder).unwrap_or(&main);
        let file = file.to_string_lossy().replace('\\', "/");
        let draws = source.contains("examples::draw");
        Ok(Example { name, file, about: about(&source), draws })
    };
    files::targets(&folder)?.into_iter().map(example).collect()
}

/// All that draw.
pub(crate) fn that_draw() -> Result<Vec<Example>> {
    Ok(all()?.into_iter().filter(|example| example.draws).collect())
}

/// Those that draw and are named, or all that draw.
pub(crate) fn chosen(arguments: Arguments) -> Result<Vec<Example>> {
    let mut examples = that_draw()?;
    let known: Vec<&str> = examples.iter().map(|example| example.name.as_str()).collect();
    let names = arguments.names("example that draws", &known)?;
    examples.retain(|example| names.is_empty() || names.contains(&example.name));
    Ok(examples)
}

/// The first paragraph of a file's documentation, in one line.
fn about(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What an example was built into, by name.
pub(crate) struct Programs(BTreeMap<String, PathBuf>);

/// What came of an example that draws.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Drawn {
    /// A picture, and on which driver.
    Picture(Picture, String),
    /// Nothing: the adapter lacks something, as the program says.
    Lacks(String),
}

impl Programs {
    /// Builds these by `cargo`, a cargo command `build` on their package.
    pub(crate) fn build<'a>(
        mut cargo: Command,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<Programs> {
        cargo.args(names.flat_map(|name| ["--bin", name]));
        // Where the programs are is said for each, whether it had to be built or not.
        cargo.arg("--message-format=json-render-diagnostics");
        let said = process::read(&mut cargo, "see what the compiler says above")?;
        let paths = said.lines().filter_map(|line| path_after(line, r#""executable":""#));
        Ok(Programs(paths.map(|path| (files::stem(&path), path)).collect()))
    }

    /// A command that runs one.
    pub(crate) fn command(&self, name: &str) -> Result<Command> {
        let program = self.0.get(name).ok_or_else(|| {
            let what = format!("cargo does not say where it built `{name}`");
            Failure::new(what, "run `cargo build -p examples` by hand and see what it builds")
        })?;
        let mut command = process::program(program);
        // One that reads its shader when it runs looks for it beside its package, which may be another one.
        let shader = process::workspace().join("shaders").join(format!("{name}.wgsl"));
        if shader.exists() {
            command.env("SHADER", shader);
        }
        Ok(command)
    }
}

/// Has an example draw into a file, by `command`, which is one for it with its options.
pub(crate) fn draw(name: &str, command: &mut Command, file: &Path) -> Result<Drawn> {
    file.parent().map_or(Ok(()), files::make_folder)?;
    let run = process::capture(command.arg("--headless").arg(file))?;
    match run.status.code() {
        Some(0) => {
            let driver = run.stdout.trim_end().rsplit_once(" drawn on ");
            let (_, driver) = driver.ok_or_else(|| failed(name, command, &run))?;
            Ok(Drawn::Picture(Picture::read(file)?, driver.to_owned()))
        }
        Some(LACKING) => {
            let line = run.stderr.lines().find_map(|line| line.split_once(": error: "));
            let (_, lacking) = line.ok_or_else(|| failed(name, command, &run))?;
            Ok(Drawn::Lacks(lacking.to_owned()))
        }
        _ => Err(failed(name, command, &run)),
    }
}

/// What an example prints, by `command`, which is one for it with its options.
pub(crate) fn output(name: &str, command: &mut Command) -> Result<String> {
    let run = process::capture(command)?;
    match run.status.success() {
        true => Ok(run.stdout),
        false => Err(failed(name, command, &run)),
    }
}

fn failed(name: &str, command: &Command, run: &Captured) -> Failure {
    let what = format!("the example `{name}` failed: {}\n{}", run.status, run.tail(12));
    let program = Path::new(command.get_program()).display();
    Failure::new(what, format!("run `{}` by hand: {program}", process::shown(command)))
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
        let all = all().unwrap();
        assert!(all.iter().any(|example| example.name == "triangle" && example.draws), "{all:?}");
        assert!(all.iter().any(|example| example.file == "doctor/main.rs" && !example.draws));
        for Example { name, about, .. } in all {
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
        let path = |message| path_after(message, r#""executable":""#);
        let message =
            r#"{"reason":"compiler-artifact","executable":"C:\\a b\\x.exe","fresh":true}"#;
        assert_eq!(path(message), Some(r"C:\a b\x.exe".into()));
        assert_eq!(path(r#"{"reason":"compiler-artifact","executable":null}"#), None);
    }
}
