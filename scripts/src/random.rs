//! `cargo xtask random`: calls and callbacks of random signatures, held against the C compilers in large numbers.

use std::ffi::OsString;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::cross::Emulated;
use crate::failure::{Failure, Result};
use crate::process;
use crate::progress::seconds;
use crate::tools;

const HELP: &str = "\
Calls C functions of random signatures, and has C call back, with every type that `ffi` knows; gcc and clang judge.
Signatures, values and totals depend on the seed alone.

usage: cargo xtask random [--seed S] [--count N] [--compiler gcc|clang] [CONVENTION...]

The conventions are SysV64 and Win64, and, in qemu, Aapcs64, AppleArm64 and WindowsArm64; without any, the first two.
N (5000) is the number of signatures of each convention, shared by its compilers or for the one that is named; without a
seed the time is one.";

/// The conventions, their compilers, and whether their processor is emulated.
const CONVENTIONS: [(&str, &[&str], bool); 5] = [
    ("SysV64", &["gcc", "clang"], false),
    ("Win64", &["gcc", "clang"], false),
    ("Aapcs64", &["gcc"], true),
    ("AppleArm64", &["clang"], true),
    ("WindowsArm64", &["clang"], true),
];

/// What is run without an emulator.
const NATIVE: [&str; 2] = ["SysV64", "Win64"];

/// From this number of signatures on, the judge's own part is worth optimising.
const MANY: u64 = 20_000;

const NEXT: &str = "each case above is the text of a test: put it into ffi/tests/against_c.rs";

struct Options {
    seed: u64,
    count: u64,
    conventions: Vec<&'static str>,
    /// The only compiler, if not all.
    compiler: Option<String>,
}

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let Some(options) = parse(arguments)? else {
        println!("{HELP}");
        return Ok(());
    };
    run(&options)
}

/// Some new ones, for half a minute.
pub(crate) fn some() -> Result {
    of_each(1000, &NATIVE)
}

/// A million new ones, and as many as an emulator takes about as long for.
pub(crate) fn many() -> Result {
    of_each(500_000, &NATIVE)?;
    of_each(100_000, &["Aapcs64", "AppleArm64", "WindowsArm64"])
}

fn of_each(count: u64, conventions: &[&'static str]) -> Result {
    run(&Options { seed: fresh_seed(), count, conventions: conventions.into(), compiler: None })
}

fn run(options: &Options) -> Result {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let next = "run it there";
        return Err(Failure::new("only Linux on x86-64 has all of the compilers", next));
    }
    tools::ensure()?;
    let started = Instant::now();
    let Options { seed, count, .. } = *options;
    eprintln!("seed {seed}, {count} signatures for each convention");
    for (name, compilers, emulated) in CONVENTIONS {
        if !options.conventions.contains(&name) {
            continue;
        }
        let asked = |name: &&&str| options.compiler.as_deref().is_none_or(|only| only == **name);
        let compilers: Vec<&str> = compilers.iter().filter(asked).copied().collect();
        let mut seed = seed;
        let shares = compilers.len() as u64;
        for (index, compiler) in (0..).zip(compilers) {
            let share = count / shares + u64::from(index < count % shares);
            let mut test = if emulated {
                let processor = Emulated::of("against_c");
                processor.ensure()?;
                processor.long_cargo_test()
            } else {
                let mut cargo = process::cargo();
                cargo.arg("test");
                cargo
            };
            if share >= MANY {
                test.arg("--release");
            }
            test.args(["--package=ffi", "--test=against_c", "--", "--exact", "campaign"]);
            test.args(["--ignored", "--nocapture", "--test-threads=1"]);
            test.env("FFI_RANDOM", format!("{seed},{share},{name},{compiler}"));
            // What the engine only asserts where it is debugged is judged, too.
            test.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
            process::run(&mut test, NEXT)?;
            seed += share;
        }
    }
    eprintln!("no disagreement in {}", seconds(started.elapsed()));
    Ok(())
}

fn fresh_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_millis() as u64
}

/// What the command line asks for; `None` for the text that explains it.
fn parse(arguments: Vec<OsString>) -> Result<Option<Options>> {
    use lexopt::Arg::{Long, Short, Value};
    use lexopt::ValueExt;
    let usage = |error: lexopt::Error| Failure::usage(error, "random");
    let mut options =
        Options { seed: fresh_seed(), count: 5000, conventions: Vec::new(), compiler: None };
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Long("seed") => {
                options.seed = parser.value().and_then(|value| value.parse()).map_err(usage)?;
            }
            Long("count") => {
                options.count = parser.value().and_then(|value| value.parse()).map_err(usage)?;
            }
            Long("compiler") => {
                let name = parser.value().and_then(|value| value.string()).map_err(usage)?;
                if !["gcc", "clang"].contains(&name.as_str()) {
                    let what = format!("no compiler is called `{name}`; there are gcc and clang");
                    return Err(Failure::usage(what, "random"));
                }
                options.compiler = Some(name);
            }
            Value(name) => match CONVENTIONS.iter().find(|(known, ..)| name == *known) {
                Some((known, ..)) => options.conventions.push(known),
                None => {
                    let names = CONVENTIONS.map(|(name, ..)| name).join(", ");
                    let name = name.to_string_lossy();
                    let what = format!("no convention is called `{name}`; there are {names}");
                    return Err(Failure::usage(what, "random"));
                }
            },
            other => return Err(usage(other.unexpected())),
        }
    }
    if options.conventions.is_empty() {
        options.conventions = NATIVE.into();
    }
    Ok(Some(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_read() {
        let parse = |words: &[&str]| parse(words.iter().map(OsString::from).collect());
        let options = parse(&["--seed", "7", "--count=90", "Win64", "Aapcs64"]).unwrap().unwrap();
        assert_eq!((options.seed, options.count, options.compiler), (7, 90, None));
        assert_eq!(options.conventions, ["Win64", "Aapcs64"]);
        let options = parse(&["--compiler", "gcc"]).unwrap().unwrap();
        assert_eq!(options.compiler.as_deref(), Some("gcc"));
        assert!(parse(&["--compiler", "tcc"]).is_err());
        assert_eq!(parse(&[]).unwrap().unwrap().conventions, NATIVE);
        assert!(parse(&["--help"]).unwrap().is_none());
        let text = parse(&["Win32"]).map(|_| ()).unwrap_err().to_string();
        assert!(text.contains("`Win32`") && text.contains("SysV64, Win64"), "{text}");
    }
}
