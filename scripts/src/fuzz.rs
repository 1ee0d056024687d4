//! `cargo xtask fuzz`: random programs, surfaces and shaders, for some minutes.

use std::ffi::OsString;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::windows::{NO_SCREEN, Screen};
use crate::{process, setup};

const HELP: &str = "\
Makes calls of `webgpu` at random, uses surfaces in random orders, or makes shaders that were changed at random, in child
processes: none may abort or hang.
Tells the seed to begin with, and in the end how much was made and which seeds ended or stopped a process.

usage: cargo xtask fuzz <NAME>... [--minutes N] [--seed N]

  NAME           what to make: api, surface, wgsl, glsl, spirv
  --minutes N    how long each takes, instead of one minute
  --seed N       where to begin, instead of at the present time

The shaders are made with the feature `vetted-shaders`.";

/// Something that can be made.
struct Target {
    name: &'static str,
    /// The test that makes it, and its function.
    test: &'static str,
    function: &'static str,
}

const SURFACE: &str = "surface";

/// All of them. Neighbours are made at the same time where all are.
const TARGETS: [Target; 5] = [
    Target { name: "api", test: "chaos", function: "random_calls" },
    Target { name: SURFACE, test: "surface_chaos", function: "random_frames" },
    Target { name: "wgsl", test: "mutants", function: "mutated_shaders" },
    Target { name: "glsl", test: "mutants", function: "mutated_shaders" },
    Target { name: "spirv", test: "mutants", function: "mutated_shaders" },
];

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    names: Vec<String>,
    minutes: u64,
    seed: Option<u64>,
}

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let Some(options) = parse(arguments)? else {
        println!("{HELP}");
        return Ok(());
    };
    let seed = options.seed.unwrap_or_else(present);
    let fuzz = Fuzz::prepare("fuzz")?;
    for target in
        TARGETS.iter().filter(|target| options.names.iter().any(|name| name == target.name))
    {
        if target.name == SURFACE && fuzz.screen.is_none() {
            return Err(Failure::new(NO_SCREEN, "name something else to make"));
        }
        fuzz.run(target, options.minutes, seed)?;
    }
    Ok(())
}

/// Everything there is, for a minute each and three at once. Returns what could not be made here.
pub(crate) fn all() -> Result<Vec<String>> {
    // For a minute, it is not worth another build.
    let fuzz = Fuzz::prepare("dev")?;
    let possible = |target: &&Target| target.name != SURFACE || fuzz.screen.is_some();
    for some in TARGETS.iter().filter(possible).collect::<Vec<_>>().chunks(3) {
        thread::scope(|scope| {
            let (fuzz, seed) = (&fuzz, present());
            let run = |target| scope.spawn(move || fuzz.run(target, 1, seed));
            let threads = some.iter().copied().map(run).collect::<Vec<_>>();
            threads.into_iter().try_for_each(|thread| {
                let lost = || Failure::new("a thread ended in a panic", "see above why");
                thread.join().unwrap_or_else(|_| Err(lost()))
            })
        })?;
    }
    let unchecked = fuzz.screen.is_none().then(|| NO_SCREEN.to_owned());
    Ok(unchecked.into_iter().collect())
}

fn parse(arguments: Vec<OsString>) -> Result<Option<Options>> {
    use lexopt::prelude::*;
    let failed = |error: lexopt::Error| Failure::usage(error.to_string(), "fuzz");
    let mut options = Options { names: Vec::new(), minutes: 1, seed: None };
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(failed)? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("minutes") => options.minutes = number(&mut parser)?,
            Long("seed") => options.seed = Some(number(&mut parser)?),
            Value(name) => {
                let name = name.to_string_lossy().into_owned();
                if !TARGETS.iter().any(|target| name == target.name) {
                    return Err(Failure::usage(
                        format!("nothing to make is called `{name}`"),
                        "fuzz",
                    ));
                }
                options.names.push(name);
            }
            other => return Err(failed(other.unexpected())),
        }
    }
    match options.names.is_empty() {
        true => Err(Failure::usage("nothing to make is named", "fuzz")),
        false => Ok(Some(options)),
    }
}

fn number(parser: &mut lexopt::Parser) -> Result<u64> {
    let value = parser.value().and_then(|value| lexopt::ValueExt::parse(&value));
    value.map_err(|error| Failure::usage(error.to_string(), "fuzz"))
}

/// Seconds: another seed each time.
fn present() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// What making takes.
struct Fuzz {
    /// Cargo's profile.
    profile: &'static str,
    graphics: Graphics,
    screen: Option<Screen>,
}

impl Fuzz {
    /// Builds the tests; those that run at once would wait for one another otherwise.
    fn prepare(profile: &'static str) -> Result<Self> {
        setup::run(setup::Options::default())?;
        let fuzz = Self { profile, graphics: Graphics::new()?, screen: Screen::start()? };
        let mut cargo = fuzz.cargo();
        for target in
            TARGETS.iter().filter(|target| target.name != "glsl" && target.name != "spirv")
        {
            cargo.args(["--test", target.test]);
        }
        process::run(cargo.arg("--no-run"), "see what the compiler says above")?;
        Ok(fuzz)
    }

    fn cargo(&self) -> std::process::Command {
        let mut cargo = self.graphics.cargo();
        cargo.args(["test", "--package=webgpu", "--features=vetted-shaders"]);
        cargo.args(["--profile", self.profile]);
        cargo
    }

    fn run(&self, target: &Target, minutes: u64, seed: u64) -> Result {
        let Target { name, test, function } = target;
        eprintln!("\n{name} from seed {seed}:");
        let mut cargo = self.cargo();
        cargo.args(["--test", test, "--", "--exact", function, "--nocapture"]);
        let seconds = minutes.saturating_mul(60);
        match *name {
            // A seed of it is a program of many calls.
            "api" => cargo.env("WEBGPU_CHAOS_SEEDS", format!("{seed}..{}", u64::MAX)),
            SURFACE => {
                cargo.arg("--ignored").env("WEBGPU_SURFACE_CHAOS", format!("{seed} {seconds}"))
            }
            _ => cargo.env("WEBGPU_MUTANTS", format!("{name} {seed} {seconds}")),
        };
        cargo.env("WEBGPU_CHAOS_SECONDS", seconds.to_string());
        if let Some(screen) = &self.screen {
            screen.show_on(&mut cargo);
        }
        let next =
            format!("the seeds are told above: `cargo xtask fuzz {name} --seed N` begins with one");
        process::run(&mut cargo, &next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Option<Options>> {
        parse(line.split_whitespace().map(Into::into).collect())
    }

    #[test]
    fn names_minutes_and_seeds() {
        let names = vec!["wgsl".to_owned(), "api".to_owned()];
        let expected = Options { names, minutes: 5, seed: Some(7) };
        assert_eq!(parsed("wgsl --minutes 5 api --seed=7").unwrap(), Some(expected));
        assert_eq!(parsed("--help").unwrap(), None);
        for wrong in ["", "hlsl", "wgsl --minutes", "wgsl --seed x", "wgsl --other"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
