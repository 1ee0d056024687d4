//! `cargo xtask random`: calls and callbacks of random signatures, held against the C compilers in large numbers.

use std::ffi::OsString;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::arguments::Arguments;
use crate::cross::Emulated;
use crate::failure::{Failure, Result};
use crate::process;
use crate::progress::seconds;
use crate::tools;

pub(crate) const HELP: &str = "\
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
    conventions: Vec<String>,
    /// The only compiler, if not all.
    compiler: Option<String>,
}

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("random", arguments);
    let seed = arguments.value("--seed")?.unwrap_or_else(fresh_seed);
    let count = arguments.value("--count")?.unwrap_or(5000);
    let compiler: Option<String> = arguments.value("--compiler")?;
    if let Some(name) = compiler.as_ref().filter(|name| *name != "gcc" && *name != "clang") {
        let what = format!("no compiler is called `{name}`; there are gcc and clang");
        return Err(Failure::usage(what, "random"));
    }
    let mut conventions = arguments.names("convention", &CONVENTIONS.map(|(name, ..)| name))?;
    if conventions.is_empty() {
        conventions = NATIVE.map(String::from).into();
    }
    run(&Options { seed, count, conventions, compiler })
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

fn of_each(count: u64, conventions: &[&str]) -> Result {
    let conventions = conventions.iter().map(|name| (*name).to_owned()).collect();
    run(&Options { seed: fresh_seed(), count, conventions, compiler: None })
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
        if !options.conventions.iter().any(|asked| asked == name) {
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
