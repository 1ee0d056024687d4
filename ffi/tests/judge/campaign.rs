//! Random signatures in large numbers, one seed each, some hundred to a library.
//!
//! A wrong call can end the process: the cases run in another one, which notes the seed it has come to.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use ffi::Abi;

use super::dialect::{Compiler, Judge};
use super::random::{self, Mix};
use super::{Batch, Case, differences};

/// Cases of one library.
const BATCH: u64 = 400;

/// Libraries that are compiled while another one runs.
const AHEAD: usize = 2;

/// One batch of so many is compiled with optimisation, which takes two to three times as long.
const OPTIMISED: u64 = 16;

/// The most cases that are told.
const TOLD: usize = 20;

/// What is asked for, as `SEED,COUNT,ABI,COMPILER`; case number *n* has the seed SEED + *n*.
const REQUEST: &str = "FFI_RANDOM";

/// Set in the process that runs the cases: the file where it tells how far it has come.
const PROGRESS: &str = "FFI_RANDOM_PROGRESS";

/// The numbers of the parameters that its cases do without.
const DROPPED: &str = "FFI_RANDOM_DROPPED";

#[derive(Clone, Copy)]
struct Request {
    judge: Judge,
    first: u64,
    end: u64,
}

impl Request {
    fn from_environment() -> Request {
        let text = std::env::var(REQUEST).unwrap_or_default();
        Request::parse(&text)
            .unwrap_or_else(|| panic!("{REQUEST} is {text:?}, not SEED,COUNT,ABI,COMPILER"))
    }

    fn parse(text: &str) -> Option<Request> {
        let [seed, count, abi, compiler] = text.split(',').collect::<Vec<_>>().try_into().ok()?;
        let abis = [Abi::SysV64, Abi::Win64, Abi::Aapcs64, Abi::AppleArm64, Abi::WindowsArm64];
        let abi = abis.into_iter().find(|known| known.to_string() == abi)?;
        let compiler = Compiler::of(abi).iter().find(|known| known.name() == compiler)?;
        let judge = Judge { compiler: *compiler, abi, optimises: false };
        let first: u64 = seed.parse().ok()?;
        Some(Request { judge, first, end: first + count.parse::<u64>().ok()? })
    }

    fn text(self) -> String {
        let Judge { abi, compiler, .. } = self.judge;
        format!("{},{},{abi},{}", self.first, self.end - self.first, compiler.name())
    }
}

/// Runs what is asked for; fails where a case disagrees, after it was told as the text that makes it a test.
pub(crate) fn run() {
    let request = Request::from_environment();
    if let Some(progress) = std::env::var_os(PROGRESS) {
        inside(request, Progress::new(progress.into()));
        return;
    }
    let started = Instant::now();
    let Request { judge, first: seed, end } = request;
    let mix = Mix::all(judge.abi);
    let mut disagreeing = Vec::new();
    let mut rest = request;
    while rest.first < end && disagreeing.len() < TOLD {
        let ended = rest.run(&[], Stdio::null());
        disagreeing.extend(ended.found);
        rest.first = match ended.crashed {
            Some(seed) => seed + 1,
            None => end,
        };
        disagreeing.extend(ended.crashed);
    }
    let mut totals = Totals::default();
    (seed..end).for_each(|seed| totals.count(judge, &random::case(seed, &mix)));
    let seconds = started.elapsed().as_secs_f64();
    for seed in &disagreeing {
        let alone = Request { first: *seed, end: seed + 1, ..request };
        let dropped = droppable(alone, &mix);
        let case = random::case(*seed, &mix).without(&dropped).unwrap();
        println!("seed {seed} for {judge} is, without what does not matter,\n{}", case.source());
        alone.run(&dropped, Stdio::inherit());
    }
    let found = disagreeing.len();
    println!("{judge}: seeds {seed}..{end} in {seconds:.0} s, {found} disagreements");
    print!("{}", totals.text());
    assert_eq!(found, 0, "see the cases above");
}

/// The parameters without which the one case of a request still disagrees.
fn droppable(request: Request, mix: &Mix) -> Vec<usize> {
    let case = random::case(request.first, mix);
    let mut dropped = Vec::new();
    for index in (0..case.parameters.len()).rev() {
        dropped.push(index);
        let still = case.without(&dropped).is_some() && {
            let ended = request.run(&dropped, Stdio::null());
            ended.crashed.is_some() || !ended.found.is_empty()
        };
        if !still {
            dropped.pop();
        }
    }
    dropped
}

/// How the process with the cases ended.
struct Ended {
    /// The seeds of cases that disagree.
    found: Vec<u64>,
    /// The seed of the case that ended the process.
    crashed: Option<u64>,
}

impl Request {
    /// Runs the cases in a process of their own, each without the `dropped` parameters.
    fn run(self, dropped: &[usize], output: Stdio) -> Ended {
        let name = format!("random-{}-{}", self.judge, std::process::id());
        let progress = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&progress, "").unwrap();
        let dropped: Vec<String> = dropped.iter().map(usize::to_string).collect();
        let mut program = this_program();
        program.env(REQUEST, self.text()).env(DROPPED, dropped.join(",")).env(PROGRESS, &progress);
        let status = program.stdout(output).stderr(Stdio::inherit()).status().unwrap();
        let text = fs::read_to_string(&progress).unwrap();
        fs::remove_file(progress).unwrap();
        let mut numbers = text.split_whitespace().map(|number| number.parse::<u64>().unwrap());
        let at = numbers.next().unwrap_or(self.first);
        let found: Vec<u64> = numbers.collect();
        assert!(status.code().is_none_or(|code| code == 0), "the process with the cases failed");
        Ended { found, crashed: status.code().is_none().then_some(at) }
    }
}

/// This test alone, through the emulator that the environment variable `FFI_TEST_RUNNER` names where it runs in one.
fn this_program() -> Command {
    let runner = std::env::var("FFI_TEST_RUNNER").unwrap_or_default();
    let program = std::env::current_exe().unwrap().into_os_string();
    let mut words = runner.split_whitespace().map(Into::into).chain([program]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words);
    command.args([
        "--exact",
        "campaign",
        "--ignored",
        "--nocapture",
        "--quiet",
        "--test-threads=1",
    ]);
    command
}

/// Runs the cases, telling those that disagree.
fn inside(Request { judge, first, end }: Request, mut progress: Progress) {
    let mix = Mix::all(judge.abi);
    let dropped = std::env::var(DROPPED).unwrap();
    let dropped: Vec<usize> =
        dropped.split_terminator(',').map(|index| index.parse().unwrap()).collect();
    let mut compiling: VecDeque<Batch> = VecDeque::new();
    let mut batches = (first..end).step_by(BATCH as usize).enumerate();
    while progress.found < TOLD {
        while compiling.len() <= AHEAD
            && let Some((number, first)) = batches.next()
        {
            let seeds = first..end.min(first + BATCH);
            let case = |seed| random::case(seed, &mix).without(&dropped).unwrap();
            let cases: Vec<Case> = seeds.map(case).collect();
            let judge = Judge { optimises: (number as u64).is_multiple_of(OPTIMISED), ..judge };
            let name = format!("seed-{first}");
            compiling.push_back(Batch::begin(&name, judge, &cases, first as usize));
        }
        let Some(batch) = compiling.pop_front() else { break };
        for (seed, finding) in batch.finish(|seed| progress.at(seed as u64)) {
            println!("{finding}\n");
            progress.disagrees(seed as u64);
        }
    }
}

/// How far the cases have come, in a file: the seed of the one that runs, then the seeds of those that disagree.
struct Progress {
    file: File,
    found: usize,
    last: Option<u64>,
}

impl Progress {
    fn new(file: PathBuf) -> Progress {
        Progress { file: File::create(file).unwrap(), found: 0, last: None }
    }

    fn at(&mut self, seed: u64) {
        self.write(SeekFrom::Start(0), seed);
    }

    fn disagrees(&mut self, seed: u64) {
        if self.last.replace(seed) != Some(seed) {
            self.write(SeekFrom::End(0), seed);
            self.found += 1;
        }
    }

    fn write(&mut self, place: SeekFrom, seed: u64) {
        self.file.seek(place).unwrap();
        self.file.write_all(format!("{seed:20}\n").as_bytes()).unwrap();
    }
}

/// What was judged, and what was not.
#[derive(Default)]
struct Totals {
    cases: usize,
    meaningless: usize,
    unjudged: BTreeMap<&'static str, usize>,
}

impl Totals {
    fn count(&mut self, judge: Judge, case: &Case) {
        self.cases += 1;
        if case.lacks_meaning(judge.abi) {
            self.meaningless += 1;
            return;
        }
        for row in differences::of(case, judge) {
            *self.unjudged.entry(row.why).or_default() += 1;
        }
    }

    fn text(&self) -> String {
        let mut text = format!("  {} signatures\n", self.cases);
        if self.meaningless > 0 {
            text += &format!("  {} refused: a type has no meaning\n", self.meaningless);
        }
        for (why, count) in &self.unjudged {
            text += &format!("  {count} not judged, or in one direction only: {why}\n");
        }
        text
    }
}
