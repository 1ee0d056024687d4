//! `cargo xtask cross`: other platforms than this one, run in emulators where there are any, or else built for.
//!
//! A new part is one line in [`PARTS`].

mod arm64;
mod libraries;
mod musl;
mod windows;

use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::process;
use crate::progress::seconds;
pub(crate) use arm64::Emulated;

pub(crate) const HELP: &str = "\
Runs the tests of `ffi` for other platforms in emulators, and builds the libraries for those that cannot be run here.

usage: cargo xtask cross [--list] [PART...]

On a Debian-like system the compilers and emulators are installed if this user may; targets are added by rustup.";

/// One part.
struct Part {
    name: &'static str,
    about: &'static str,
    /// Whether it needs an emulator, which there is for Linux on x86-64, or this very platform.
    emulated: bool,
    /// Installs what it needs.
    prepare: fn() -> Result,
    run: fn() -> Result,
}

/// So many run at once: a part that emulates has work for one processor, most of the time.
const LANES: usize = 2;

#[rustfmt::skip]
const PARTS: &[Part] = &[
    Part { name: "arm64", about: "Linux on arm64 in qemu: calls against the C compilers, unwinding", emulated: true, prepare: arm64::prepare_judge, run: arm64::judge },
    Part { name: "static", about: "Linux on arm64 in qemu, static programs: all other tests, threads", emulated: true, prepare: arm64::prepare_others, run: arm64::others },
    Part { name: "musl", about: "Linux on x86-64, static programs: all tests that load no library", emulated: true, prepare: musl::prepare, run: musl::run },
    Part { name: "windows", about: "Windows on x86-64 in wine", emulated: true, prepare: windows::prepare, run: windows::run },
    Part { name: "libraries", about: "the libraries for macOS, Windows, FreeBSD; `ffi` where it has no stubs", emulated: false, prepare: libraries::prepare, run: libraries::build },
];

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("cross", arguments);
    if arguments.flag("--list") {
        PARTS.iter().for_each(|part| println!("{:<9} {}", part.name, part.about));
        return Ok(());
    }
    let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
    let names = arguments.names("part", &known)?;
    let is_chosen = |part: &&Part| names.is_empty() || names.iter().any(|name| name == part.name);
    let parts: Vec<&Part> = PARTS.iter().filter(is_chosen).collect();
    for what in run(&parts, 1, |part| (part.prepare)().and_then(|()| (part.run)()))? {
        eprintln!("NOT CHECKED: {what}");
    }
    Ok(())
}

/// Runs all parts, each in a process of its own that is heard when it has ended; returns what could not be run on this
/// platform.
pub(crate) fn all() -> Result<Vec<String>> {
    // One after the other: neither rustup nor the system installs twice at once.
    let preparing = Mutex::new(());
    let next = "see above what it says";
    run(&PARTS.iter().collect::<Vec<_>>(), LANES, |part| {
        let turn = preparing.lock();
        (part.prepare)()?;
        drop(turn);
        let said = process::capture(process::again()?.args(["cross", part.name]))?;
        eprint!("{}{}", said.stdout, said.stderr);
        match said.status.success() {
            true => Ok(()),
            false => Err(Failure::new(format!("{} failed: {}", part.name, said.status), next)),
        }
    })
}

/// Runs parts by `run_part`, so many at once; returns those that this platform cannot run.
fn run(
    parts: &[&Part],
    lanes: usize,
    run_part: impl Fn(&Part) -> Result + Sync,
) -> Result<Vec<String>> {
    let emulates = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    let (chosen, others): (Vec<&Part>, Vec<&Part>) =
        parts.iter().partition(|part| emulates || !part.emulated);
    let (queue, failed) = (Mutex::new(chosen.into_iter()), Mutex::new(Vec::new()));
    let next_part = || queue.lock().ok()?.next();
    let work = || {
        while let Some(part) = next_part() {
            eprintln!("\n── {}: {} ──", part.name, part.about);
            let started = Instant::now();
            match run_part(part) {
                Ok(()) => eprintln!("{} passed in {}", part.name, seconds(started.elapsed())),
                Err(failure) => {
                    eprintln!("{failure}");
                    failed.lock().unwrap_or_else(PoisonError::into_inner).push(part.name);
                }
            }
        }
    };
    thread::scope(|scope| (0..lanes).for_each(|_| drop(scope.spawn(work))));
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed.is_empty() {
        let why = "only Linux on x86-64 runs the emulator";
        return Ok(others.iter().map(|part| format!("{}: {why}", part.name)).collect());
    }
    Err(Failure::new(
        format!("{} of {} parts failed: {}", failed.len(), parts.len(), failed.join(", ")),
        format!("see above what each says; run one alone with `cargo xtask cross {}`", failed[0]),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_part_does_not_hide_the_others() {
        let failing = Part {
            name: "broken",
            about: "",
            emulated: false,
            prepare: || Ok(()),
            run: || Err(Failure::new("no", "go on")),
        };
        let passing = Part { name: "whole", run: || Ok(()), ..failing };
        let run_part = |part: &Part| (part.run)();
        assert_eq!(run(&[&passing], 1, run_part).unwrap(), Vec::<String>::new());
        let text = run(&[&failing, &passing], 2, run_part).unwrap_err().to_string();
        assert!(text.contains("1 of 2 parts failed: broken"), "{text}");
    }
}
