//! `cargo xtask mutants`: whether the tests of `ffi` notice faults that are seeded on purpose, one after the other.

mod compiler;
mod copy;
mod fault;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::cross;
use crate::failure::{Failure, Result};
use crate::progress::seconds;
use crate::tools;
use copy::{Copy, Program};
use fault::Fault;

pub(crate) const HELP: &str = "\
Seeds faults into a copy of `ffi`, one after the other, and runs for each the test that has to notice it.

usage: cargo xtask mutants [--all] [--list] [PART-OF-A-NAME...]

  --all   the faults in code for arm64 too, whose tests run in an emulator
  --list  print the faults

The faults are the files of ffi/tests/mutants. What is named is run wherever its code runs.";

/// What a test may take beyond what it takes without a fault.
const PATIENCE: Duration = Duration::from_secs(20);

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("mutants", arguments);
    let (all, list) = (arguments.flag("--all"), arguments.flag("--list"));
    let chosen = choose(&arguments.words()?, all, fault::all()?)?;
    if list {
        for Fault { name, why, program, test, .. } in chosen.faults.iter().chain(&chosen.left_out) {
            println!("{name}: {why} [{program}::{test}]");
        }
        return Ok(());
    }
    run(chosen)
}

/// Runs what a change waits for: the faults that need no emulator.
pub(crate) fn quick() -> Result {
    run(Chosen::quick(fault::all()?))
}

/// Runs all faults.
pub(crate) fn all() -> Result {
    run(Chosen { faults: fault::all()?, left_out: Vec::new() })
}

/// The faults to be run, and those that could be.
#[derive(Debug)]
struct Chosen {
    faults: Vec<Fault>,
    left_out: Vec<Fault>,
}

impl Chosen {
    fn quick(faults: Vec<Fault>) -> Chosen {
        let (left_out, faults) = faults.into_iter().partition(Fault::is_of_arm64);
        Chosen { faults, left_out }
    }
}

/// The faults with one of these words in their names, or where there is no word the quick ones, or all.
fn choose(words: &[String], all: bool, faults: Vec<Fault>) -> Result<Chosen> {
    for word in words {
        if !faults.iter().any(|fault| fault.name.contains(word)) {
            return Err(Failure::usage(format!("no fault has `{word}` in its name"), "mutants"));
        }
    }
    let is_named = |fault: &Fault| words.iter().any(|word| fault.name.contains(word));
    let all_of = |faults| Chosen { faults, left_out: Vec::new() };
    Ok(match words.is_empty() {
        true if all => all_of(faults),
        true => Chosen::quick(faults),
        false => all_of(faults.into_iter().filter(is_named).collect()),
    })
}

/// The faults that one program of tests is to notice.
struct Group<'a> {
    program: &'a str,
    is_of_arm64: bool,
    faults: Vec<&'a Fault>,
}

/// What came of one fault.
enum Outcome {
    /// How its test ended.
    Noticed(String),
    NotNoticed,
    /// In words why.
    NotSeeded(String),
}

/// How many faults came out how.
#[derive(Default)]
struct Tally {
    noticed: usize,
    others: Vec<String>,
}

fn run(chosen: Chosen) -> Result {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let next = "run it there: it compiles and emulates what it needs on no other system";
        return Err(Failure::new("the faults are seeded on Linux on x86-64 only", next));
    }
    tools::ensure()?;
    let groups = groups(&chosen.faults);
    for group in groups.iter().filter(|group| group.is_of_arm64) {
        cross::Emulated::of(group.program).ensure()?;
    }
    let started = Instant::now();
    let (queue, tally) = (Mutex::new(groups.into_iter()), Mutex::new(Tally::default()));
    let next_group = || queue.lock().ok()?.next();
    let work = |number: usize| -> Result {
        let copy = Copy::new(number)?;
        while let Some(group) = next_group() {
            group.run(&copy, &tally)?;
        }
        Ok(())
    };
    let workers = thread::available_parallelism().map_or(1, |count| count.get().min(4));
    thread::scope(|scope| {
        let workers: Vec<_> =
            (1..=workers).map(|number| scope.spawn(move || work(number))).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    let Tally { noticed, others } = tally.into_inner().unwrap_or_default();
    for fault in &chosen.left_out {
        eprintln!("  left out  {}: its test needs an emulator", fault.name);
    }
    let (count, left_out) = (chosen.faults.len() + chosen.left_out.len(), chosen.left_out.len());
    let time = seconds(started.elapsed());
    eprintln!(
        "{count} faults: {noticed} noticed, {} not, {left_out} left out ({time})",
        others.len()
    );
    if others.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("no test notices {}", others.join(", ")),
        "see above what each says; write the test that notices, or change the fault",
    ))
}

/// The faults by the programs that are to notice them, those of most work first.
fn groups(faults: &[Fault]) -> Vec<Group<'_>> {
    let mut groups = BTreeMap::<_, Vec<&Fault>>::new();
    for fault in faults {
        groups.entry((fault.is_of_arm64(), fault.program.as_str())).or_default().push(fault);
    }
    let group = |((is_of_arm64, program), faults)| Group { program, is_of_arm64, faults };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse((group.is_of_arm64, group.faults.len())));
    groups
}

impl Group<'_> {
    fn run(&self, copy: &Copy, tally: &Mutex<Tally>) -> Result {
        let limit = PATIENCE + 5 * self.run_without_faults(copy)?;
        for fault in &self.faults {
            let started = Instant::now();
            let outcome = match copy.with_fault(fault, || self.outcome(fault, copy, limit))? {
                Ok(outcome) => outcome,
                Err(what) => Outcome::NotSeeded(what),
            };
            let time = seconds(started.elapsed());
            let Ok(mut tally) = tally.lock() else { continue };
            let name = &fault.name;
            match outcome {
                Outcome::Noticed(how) => {
                    tally.noticed += 1;
                    eprintln!(
                        "  noticed   {name}: {}::{} {how} ({time})",
                        self.program, fault.test
                    );
                }
                Outcome::NotNoticed => {
                    tally.others.push(name.clone());
                    eprintln!(
                        "  NOT       {name}: {}::{} passes ({time})",
                        self.program, fault.test
                    );
                }
                Outcome::NotSeeded(what) => {
                    tally.others.push(name.clone());
                    eprintln!("  NOT       {name}: cannot be seeded: {what}");
                }
            }
        }
        Ok(())
    }

    fn build<'a>(&self, copy: &'a Copy) -> Result<std::result::Result<Program<'a>, String>> {
        copy.build(self.program, self.is_of_arm64)
    }

    /// Runs the named tests without a fault: all have to be there and to pass. Returns the time they took.
    fn run_without_faults(&self, copy: &Copy) -> Result<Duration> {
        let failed = |what: String| {
            let what = format!("without a fault, tests of `{}` do not pass:\n{what}", self.program);
            Failure::new(what, "mend them first: what fails always notices nothing")
        };
        let program = self.build(copy)?.map_err(failed)?;
        let tests: BTreeSet<&str> = self.faults.iter().map(|fault| fault.test.as_str()).collect();
        let tests = Vec::from_iter(tests);
        let started = Instant::now();
        let ended = program.run(&tests, 30 * PATIENCE)?;
        let (time, said) = (started.elapsed(), program.said()?);
        let all = format!(" ok. {} passed; 0 failed; 0 ignored;", tests.len());
        if ended.is_some_and(|status| status.success()) && said.contains(&all) {
            return Ok(time);
        }
        Err(failed(format!("of {}, it said\n{said}", tests.join(", "))))
    }

    /// Builds with the fault and runs its test.
    fn outcome(&self, fault: &Fault, copy: &Copy, limit: Duration) -> Result<Outcome> {
        let program = match self.build(copy)? {
            Ok(program) => program,
            Err(said) => return Ok(Outcome::NotSeeded(format!("it does not compile\n{said}"))),
        };
        Ok(match program.run(&[&fault.test], limit)? {
            None => Outcome::Noticed("does not end".into()),
            Some(status) if status.success() => Outcome::NotNoticed,
            // What a program of tests exits with when one of them fails.
            Some(status) if status.code() == Some(101) => Outcome::Noticed("fails".into()),
            Some(status) => Outcome::Noticed(format!("ends by {status}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_the_quick_ones_or_all() {
        let faults = || fault::all().unwrap();
        let quick = choose(&[], false, faults()).unwrap();
        let all = choose(&[], true, faults()).unwrap();
        assert!(!quick.faults.iter().any(Fault::is_of_arm64));
        assert!(!quick.left_out.is_empty() && quick.left_out.iter().all(Fault::is_of_arm64));
        assert_eq!(quick.faults.len() + quick.left_out.len(), all.faults.len());
        assert!(all.left_out.is_empty() && all.faults.len() >= 60, "{}", all.faults.len());
    }

    #[test]
    fn by_parts_of_names() {
        let choose = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            choose(&words, false, fault::all().unwrap())
        };
        let named = choose(&["aarch64/", "types/"]).unwrap();
        assert!(named.left_out.is_empty() && named.faults.iter().any(Fault::is_of_arm64));
        assert!(named.faults.iter().any(|fault| fault.name.starts_with("types/")));
        assert!(!named.faults.iter().any(|fault| fault.name.starts_with("abi/")));
        let error = choose(&["no-such-fault"]).unwrap_err().to_string();
        assert!(error.contains("no fault has `no-such-fault`"), "{error}");
    }
}
