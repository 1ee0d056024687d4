//! Programs that must not compile, on either crate.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::examples::path_after;
use crate::failure::{Failure, Result};
use crate::files;
use crate::process::{self, workspace};
use crate::sides::Side;

/// What this part of the comparison is called on the command line.
pub(super) const NAME: &str = "refused";

/// The file with the programs, and what ends a line that must not compile.
const PROGRAMS: &str = "webgpu/tests/refused/programs.rs";
const MARK: &str = "//~ ";

/// A line, and the code of the error there.
type Refusals = BTreeSet<(usize, String)>;

/// Compiles the programs against both crates; each must refuse the marked lines, and no others.
pub(super) fn check() -> Result {
    let file = workspace().join(PROGRAMS);
    let expected = marked(&files::text(&file)?);
    for side in Side::BUILT {
        let refused = refused(&compile(side, &file)?);
        let wrong = expected.symmetric_difference(&refused).collect::<Vec<_>>();
        if !wrong.is_empty() {
            let lines = wrong.iter().map(|wrong| {
                let (line, code) = wrong;
                let verdict = if expected.contains(wrong) { "compiles" } else { "is refused" };
                format!("{PROGRAMS}:{line} {verdict} ({code})")
            });
            let what = format!("on {}:\n{}", side.name(), lines.collect::<Vec<_>>().join("\n"));
            return Err(Failure::new(what, "what must not compile is the same on both crates"));
        }
    }
    eprintln!("  {NAME:<17} {:>3} lines that neither crate compiles", expected.len());
    Ok(())
}

/// The lines that a mark says must not compile.
fn marked(text: &str) -> Refusals {
    let marks = text.lines().zip(1..).filter_map(|(line, number)| {
        let (_, code) = line.split_once(MARK)?;
        Some((number, code.trim().to_owned()))
    });
    marks.collect()
}

/// What the compiler says about the programs, one error a line.
fn compile(side: Side, file: &Path) -> Result<String> {
    let folder = super::folder(side);
    files::make_folder(&folder)?;
    let library = library(side)?;
    let mut crate_name = std::ffi::OsString::from("webgpu=");
    crate_name.push(&library);
    // A library that was asked for lies above those that it needs, one that another needs lies among them.
    let built = library.parent().unwrap_or(Path::new("."));
    let dependencies = [built.to_owned(), built.join("deps")];
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"]);
    rustc.args(["--error-format", "short", "--out-dir"]).arg(folder);
    rustc.arg("--extern").arg(crate_name).arg(file);
    for folder in dependencies {
        rustc.arg("-L").arg(folder);
    }
    let captured = process::capture(&mut rustc)?;
    Ok(captured.stderr)
}

/// The library that the programs use under the name `webgpu`, built.
fn library(side: Side) -> Result<PathBuf> {
    let mut cargo = side.tests("build");
    cargo.arg("--message-format=json-render-diagnostics");
    let next = "see what the compiler says above";
    let said = process::read(&mut cargo, next)?;
    let name = side.name();
    let built = said.lines().find_map(|message| {
        let is_library = message.contains(&format!(r#""name":"{name}""#));
        path_after(message, r#""filenames":[""#).filter(|_| is_library)
    });
    built.ok_or_else(|| Failure::new(format!("the library `{name}` was not built"), next))
}

/// The lines and codes in what the compiler says.
fn refused(messages: &str) -> Refusals {
    let error = |message: &str| {
        let (place, text) = message.split_once(": error")?;
        let line = place.rsplit(':').nth(1)?.parse().ok()?;
        let code = text.strip_prefix('[').and_then(|text| text.split(']').next());
        Some((line, code.unwrap_or("no code").to_owned()))
    };
    messages.lines().filter_map(error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_messages_are_read() {
        let marks = marked("a\n  b(); //~ E0505\nc // d\n");
        assert_eq!(marks, Refusals::from([(2, "E0505".into())]));
        let messages = "a/b.rs:2:5: error[E0505]: cannot move\na/b.rs:7:1: error: expected `;`\n\
                        warning: unused\nerror: aborting due to 2 previous errors\n";
        let expected = Refusals::from([(2, "E0505".into()), (7, "no code".into())]);
        assert_eq!(refused(messages), expected);
    }
}
