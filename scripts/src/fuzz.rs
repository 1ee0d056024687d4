//! `cargo xtask fuzz`: random programs, surfaces and shaders, for some minutes.

use std::ffi::OsString;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::windows::{NO_SCREEN, Screen};
use crate::{process, setup};

pub(crate) const HELP: &str = "\
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

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("fuzz", arguments);
    let minutes = arguments.value("--minutes")?.unwrap_or(1);
    let seed = arguments.value("--seed")?.unwrap_or_else(present);
    let known = TARGETS.each_ref().map(|target| target.name);
    let names = arguments.names("thing to make", &known)?;
    if names.is_empty() {
        let what = format!("name what to make: {}", known.join(", "));
        return Err(Failure::usage(what, "fuzz"));
    }
    let fuzz = Fuzz::prepare("fuzz")?;
    for target in TARGETS.iter().filter(|target| names.iter().any(|name| name == target.name)) {
        if target.name == SURFACE && fuzz.screen.is_none() {
            return Err(Failure::new(NO_SCREEN, "name something else to make"));
        }
        fuzz.run(target, minutes, seed)?;
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

/// Seconds: another seed each time.
fn present() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// What making takes.
struct Fuzz {
    /// Cargo's profile.
    profile: &'static str,
    screen: Option<Screen>,
}

impl Fuzz {
    /// Builds the tests; those that run at once would wait for one another otherwise.
    fn prepare(profile: &'static str) -> Result<Self> {
        setup::run(setup::Options::default())?;
        let fuzz = Self { profile, screen: Screen::start()? };
        let mut cargo = fuzz.cargo();
        // The other two are made by the same test as one of these.
        cargo.args(TARGETS[..3].iter().flat_map(|target| ["--test", target.test]));
        process::run(cargo.arg("--no-run"), "see what the compiler says above")?;
        Ok(fuzz)
    }

    fn cargo(&self) -> std::process::Command {
        let mut cargo = process::cargo();
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
