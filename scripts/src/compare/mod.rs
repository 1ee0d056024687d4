//! `cargo xtask compare`: the same tests and examples on `webgpu` and on the `wgpu` crate, and what differs.

mod difference;
mod known;
mod outputs;
mod record;
mod refused;
mod surfaces;

use std::ffi::OsString;
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::process::{self, workspace};
use crate::progress::seconds;
use crate::sides::Side;
use crate::windows::Screen;
use crate::{examples, files, gallery, peer, setup};
use difference::Differences;
use record::Seen;

pub(crate) const HELP: &str = "\
Compiles the tests of `webgpu` and the examples twice, on `webgpu` and on the `wgpu` crate, runs both, `webgpu` also
with WEBGPU_CALLS=engine, and compares what they saw: bytes of buffers, pixels, kinds of errors.

Programs that must not compile are compiled against both as well, by the name `refused`.

usage: cargo xtask compare [TEST FILE...]

For example: cargo xtask compare mapping compares the tests of webgpu/tests/mapping.rs alone.
Without a name, the pictures of the examples are compared too, as by `cargo xtask gallery`.
What each side saw stays in target/compare.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let known = [peer::tests()?, vec![refused::NAME.into()]].concat();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let names = Arguments::of("compare", arguments).names("test file", &known)?;
    run(&names)?;
    if names.is_empty() {
        gallery::run(examples::that_draw()?, gallery::Document::Leave)?;
    }
    Ok(())
}

/// Compares the named test files, or all of them and the examples that draw no frames.
pub(crate) fn run(names: &[String]) -> Result {
    let started = Instant::now();
    let is_named = |name: &str| names.is_empty() || names.iter().any(|named| named == name);
    let mut tests = peer::tests()?;
    tests.retain(|test| is_named(test));
    setup::run(setup::Options::default())?;

    let mut differences = Differences::default();
    if !tests.is_empty() {
        build(&tests)?;
    }
    let has_surfaces = tests.iter().any(|test| test == surfaces::FILE);
    let screen = if has_surfaces { surfaces::screen() } else { None };
    let (mut count, mut results) = (0, 0);
    eprintln!();
    for test in &tests {
        let screen = screen.as_ref().filter(|_| test == surfaces::FILE);
        let peer = seen(Side::Peer, test, screen)?;
        let before = differences.count();
        for side in [Side::Direct, Side::Engine] {
            differences.compare(side, &peer, &seen(side, test, screen)?);
        }
        let (ignored, values) = (peer.ignored(), peer.count());
        let run = peer.tests.len() - ignored;
        (count, results) = (count + run, results + values);
        let verdict = match differences.count() - before {
            0 => "the same".to_owned(),
            count => format!("{count} differences"),
        };
        let not_run = match ignored {
            0 => String::new(),
            count => format!(" ({count} are run on demand only)"),
        };
        eprintln!("  {test:<17} {run:>3} tests, {values:>5} results: {verdict}{not_run}");
    }
    if is_named(refused::NAME) {
        refused::check()?;
    }
    if names.is_empty() {
        outputs::compare(&mut differences)?;
    }
    let unexpected = differences.report(known::TABLE, names.is_empty());
    if results == 0 && !tests.is_empty() {
        let next = "see tests/common/record.rs";
        return Err(Failure::new("no test has written down what it saw", next));
    }
    if unexpected > 0 {
        let seen = workspace().join("target").join("compare");
        return Err(Failure::new(
            format!("{unexpected} differences between `webgpu` and the `wgpu` crate"),
            format!(
                "mend `webgpu`, or say why not in scripts/src/compare/known.rs; all of it is in {}",
                seen.display()
            ),
        ));
    }
    eprintln!("{count} tests with {results} results compared in {}", seconds(started.elapsed()));
    Ok(())
}

/// Where a side leaves what it saw.
fn folder(side: Side) -> PathBuf {
    workspace().join("target").join("compare").join(side.name())
}

/// Builds the tests on both crates and makes the folders anew.
fn build(tests: &[String]) -> Result {
    for side in Side::BUILT {
        eprintln!("\nbuild the tests on {}:", side.name());
        let mut command = side.tests("test");
        command.arg("--no-run").args(tests.iter().flat_map(|test| ["--test", test]));
        process::run(&mut command, "see what the compiler says above")?;
    }
    for folder in Side::ALL.map(folder) {
        if folder.exists() {
            files::remove(&folder)?;
        }
        files::make_folder(&folder)?;
    }
    Ok(())
}

/// Runs the tests of one file, with a screen those of surfaces.
fn seen(side: Side, test: &str, screen: Option<&Screen>) -> Result<Seen> {
    // One thread would be the main one, and no test would have a name there.
    let threads = thread::available_parallelism().map_or(2, |count| count.get().max(2));
    let mut command = side.tests("test");
    side.set_calls(&mut command);
    command.args(["--test", test, "--", "--test-threads", &threads.to_string()]);
    // Where a panic ends the process, its message is to be among the last lines.
    command.env("WEBGPU_RECORD", folder(side)).env("RUST_BACKTRACE", "0");
    if let Some(screen) = screen {
        surfaces::run_on(screen, &mut command);
    }
    let run = process::capture(&mut command)?;
    let seen = Seen::read(&run.stdout, test, &folder(side))?.ok_or_else(|| {
        let (side, status) = (side.name(), run.status);
        let what = format!("the tests of {test} on {side} did not come to their end ({status})");
        Failure::new(format!("{what}:\n{}", run.tail(20)), "mend what ends the process")
    })?;
    if screen.is_some() {
        surfaces::check(&seen)?;
    }
    Ok(seen)
}
