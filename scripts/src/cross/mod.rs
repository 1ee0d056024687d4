//! `cargo xtask cross`: other platforms than this one, run in emulators where there are any, or else built for.
//!
//! A new part is one line in [`PARTS`].

mod arm64;
mod libraries;
mod musl;
mod target;
mod windows;

use std::ffi::OsString;
use std::time::Instant;

use crate::failure::{Failure, Result};
use crate::progress::seconds;
use target::ensure_target;

const HELP: &str = "\
Runs the tests of `ffi` for other platforms in emulators, and builds the libraries for those that cannot be run here.

usage: cargo xtask cross [--list] [PART...]

On a Debian-like system the compilers and emulators are installed if this user may; targets are added by rustup.";

/// One part.
struct Part {
    name: &'static str,
    about: &'static str,
    /// Whether it needs an emulator, which there is for Linux on x86-64, or this very platform.
    emulated: bool,
    run: fn() -> Result,
}

#[rustfmt::skip]
const PARTS: &[Part] = &[
    Part { name: "arm64", about: "Linux on arm64 in qemu: calls against the C compilers, unwinding", emulated: true, run: arm64::judge },
    Part { name: "static", about: "Linux on arm64 in qemu, static programs: all other tests, threads", emulated: true, run: arm64::others },
    Part { name: "musl", about: "Linux on x86-64, static programs: all tests that load no library", emulated: true, run: musl::run },
    Part { name: "windows", about: "Windows on x86-64 in wine", emulated: true, run: windows::run },
    Part { name: "libraries", about: "the libraries for macOS, Windows, FreeBSD; `ffi` where it has no stubs", emulated: false, run: libraries::build },
];

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let Some(parts) = choose(arguments)? else {
        return Ok(());
    };
    for what in run(&parts)? {
        eprintln!("NOT CHECKED: {what}");
    }
    Ok(())
}

/// Runs all parts; returns what could not be run on this platform.
pub(crate) fn all() -> Result<Vec<String>> {
    run(&PARTS.iter().collect::<Vec<_>>())
}

fn run(parts: &[&Part]) -> Result<Vec<String>> {
    let (mut failed, mut unchecked) = (Vec::new(), Vec::new());
    for part in parts {
        eprintln!("\n── {}: {} ──", part.name, part.about);
        if part.emulated && !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            unchecked.push(format!("{}: only Linux on x86-64 runs the emulator", part.name));
            continue;
        }
        let started = Instant::now();
        match (part.run)() {
            Ok(()) => eprintln!("{} passed in {}", part.name, seconds(started.elapsed())),
            Err(failure) => {
                eprintln!("{failure}");
                failed.push(part.name);
            }
        }
    }
    if failed.is_empty() {
        return Ok(unchecked);
    }
    Err(Failure::new(
        format!("{} of {} parts failed: {}", failed.len(), parts.len(), failed.join(", ")),
        format!("see above what each says; run one alone with `cargo xtask cross {}`", failed[0]),
    ))
}

/// The parts the command line names; `None` when it only asks for a text, which is printed.
fn choose(arguments: Vec<OsString>) -> Result<Option<Vec<&'static Part>>> {
    use lexopt::Arg::{Long, Short, Value};
    let usage = |error: lexopt::Error| Failure::usage(error, "cross");
    let mut parts = Vec::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("list") => {
                PARTS.iter().for_each(|part| println!("{:<9} {}", part.name, part.about));
                return Ok(None);
            }
            Long("help") | Short('h') => {
                println!("{HELP}");
                return Ok(None);
            }
            Value(name) => {
                let Some(part) = PARTS.iter().find(|part| name == part.name) else {
                    let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
                    let name = name.to_string_lossy();
                    let what =
                        format!("no part is called `{name}`; there are {}", names.join(", "));
                    return Err(Failure::usage(what, "cross"));
                };
                parts.push(part);
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(Some(if parts.is_empty() { PARTS.iter().collect() } else { parts }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_or_the_named_ones() {
        let names = |arguments: &[&str]| {
            let parts = choose(arguments.iter().map(OsString::from).collect()).unwrap().unwrap();
            parts.iter().map(|part| part.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]).len(), PARTS.len());
        assert_eq!(names(&["libraries", "arm64"]), ["libraries", "arm64"]);
        let text = choose(vec!["arm".into()]).map(|_| ()).unwrap_err().to_string();
        assert!(text.contains("`arm`") && text.contains("arm64, static"), "{text}");
    }

    #[test]
    fn a_failing_part_does_not_hide_the_others() {
        let failing = Part {
            name: "broken",
            about: "",
            emulated: false,
            run: || Err(Failure::new("no", "go on")),
        };
        let passing = Part { name: "whole", about: "", emulated: false, run: || Ok(()) };
        assert_eq!(run(&[&passing]).unwrap(), Vec::<String>::new());
        let text = run(&[&failing, &passing]).unwrap_err().to_string();
        assert!(text.contains("1 of 2 parts failed: broken"), "{text}");
    }
}
