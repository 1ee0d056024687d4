//! `cargo xtask compare`: the same tests and examples on `webgpu` and on the `wgpu` crate, and what differs.

mod difference;
mod examples;
mod known;
mod record;
mod refused;
mod side;
mod surfaces;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::process::workspace;
use crate::progress::seconds;
use crate::{peer, setup};
use difference::Differences;
use side::Side;

const HELP: &str = "\
Compiles the tests of `webgpu` and the examples twice, on `webgpu` and on the `wgpu` crate, runs both, `webgpu` also
with WEBGPU_CALLS=engine, and compares what they saw: bytes of buffers, pixels, kinds of errors.

Programs that must not compile are compiled against both as well, by the name `refused`.

usage: cargo xtask compare [TEST FILE...]

For example: cargo xtask compare mapping compares the tests of webgpu/tests/mapping.rs alone.
What each side saw stays in target/compare.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    match arguments.first() {
        Some(help) if help == "--help" || help == "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => run(&arguments),
    }
}

/// Compares the named test files, or all of them and the examples.
pub(crate) fn run(names: &[OsString]) -> Result {
    let started = Instant::now();
    let mut files = chosen([peer::tests()?, vec![refused::NAME.into()]].concat(), names)?;
    files.retain(|file| file != refused::NAME);
    setup::run(setup::Options::default())?;
    let graphics = Graphics::new()?;

    let mut differences = Differences::default();
    if names.is_empty() || !files.is_empty() {
        side::build(&graphics, &files)?;
    }
    let has_surfaces = files.iter().any(|file| file == surfaces::FILE);
    let screen = if has_surfaces { surfaces::screen() } else { None };
    let (mut tests, mut results) = (0, 0);
    eprintln!();
    for file in &files {
        let screen = screen.as_ref().filter(|_| file == surfaces::FILE);
        let seen = Side::ALL.map(|side| side.run(&graphics, file, screen));
        let [peer, direct, engine] = seen;
        let (peer, direct, engine) = (peer?, direct?, engine?);
        let before = differences.count();
        for (side, other) in [(Side::Direct, &direct), (Side::Engine, &engine)] {
            differences.compare(side, &peer, other);
        }
        let ignored = peer.ignored();
        tests += peer.tests.len() - ignored;
        results += peer.count();
        let verdict = match differences.count() - before {
            0 => "the same".to_owned(),
            count => format!("{count} differences"),
        };
        let not_run = if ignored > 0 {
            format!(" ({ignored} are run on demand only)")
        } else {
            String::new()
        };
        eprintln!(
            "  {file:<17} {:>3} tests, {:>5} results: {verdict}{not_run}",
            peer.tests.len() - ignored,
            peer.count()
        );
    }
    if names.is_empty() || names.iter().any(|name| name == refused::NAME) {
        refused::check(&graphics)?;
    }
    if names.is_empty() {
        examples::compare(&graphics, &mut differences)?;
    }
    let unexpected = differences.report(known::TABLE, names.is_empty());
    if results == 0 && !files.is_empty() {
        return Err(Failure::new(
            "no test has written down what it saw",
            "see tests/common/record.rs",
        ));
    }
    if unexpected > 0 {
        return Err(Failure::new(
            format!("{unexpected} differences between `webgpu` and the `wgpu` crate"),
            format!(
                "mend `webgpu`, or say why not in scripts/src/compare/known.rs; all of it is in {}",
                folder().display()
            ),
        ));
    }
    eprintln!("{tests} tests with {results} results compared in {}", seconds(started.elapsed()));
    Ok(())
}

/// The files that are named, or all.
fn chosen(all: Vec<String>, names: &[OsString]) -> Result<Vec<String>> {
    for name in names {
        if !all.iter().any(|file| name == file.as_str()) {
            let what = format!(
                "no test file is called `{}`; there are {}",
                name.to_string_lossy(),
                all.join(", ")
            );
            return Err(Failure::usage(what, "compare"));
        }
    }
    let chosen = |file: &String| names.is_empty() || names.iter().any(|name| name == file.as_str());
    Ok(all.into_iter().filter(chosen).collect())
}

/// Where the sides leave what they saw.
fn folder() -> PathBuf {
    workspace().join("target").join("compare")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_chosen_by_name() {
        let all = || vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(chosen(all(), &[]).unwrap(), ["a", "b"]);
        assert_eq!(chosen(all(), &["b".into()]).unwrap(), ["b"]);
        assert!(chosen(all(), &["c".into()]).unwrap_err().what().contains("there are a, b"));
    }
}
