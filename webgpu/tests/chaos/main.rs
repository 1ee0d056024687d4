//! Random calls, most of them wrong: whatever is called, the process goes on, and in the end nothing is left.
//!
//! Each seed is a sequence of calls. Many seeds run in one child process; if it ends too early, or hangs, the seed is told.
//! `WEBGPU_CHAOS_SEEDS=1000..2000` runs other seeds than the usual ones, `WEBGPU_CHAOS_TRACE=1` prints every call.

#[path = "../common/mod.rs"]
mod common;
mod create;
mod dice;
mod kit;
mod passes;
mod pipelines;
mod record;
mod work;
mod world;

use dice::Dice;
use kit::Kit;
use std::{
    io::{BufRead, BufReader, Read},
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    process::{Command, Stdio},
    sync::{Arc, atomic::Ordering, mpsc},
    time::Duration,
};
use webgpu as wgpu;
use world::{Call, Tally, World};

/// The seeds of a usual run.
const USUAL: Range<u64> = 0..64;

/// The calls, kind by kind.
const KINDS: &[(&str, &[Call])] = &[
    ("create", create::ALL),
    ("pipelines", pipelines::ALL),
    ("record", record::ALL),
    ("record", record::ALL),
    ("passes", passes::ALL),
    ("passes", passes::ALL),
    ("kit", kit::ALL),
    ("kit", kit::ALL),
    ("work", work::ALL),
    ("work", work::ALL),
];

/// How many calls a seed makes.
const CALLS: usize = 200;

/// How long a seed may take.
const LIMIT: Duration = Duration::from_secs(60);

const SEEDS_VARIABLE: &str = "WEBGPU_CHAOS_SEEDS";
const TRACE_VARIABLE: &str = "WEBGPU_CHAOS_TRACE";

/// Makes the calls of one seed.
fn run(seed: u64, trace: bool) {
    let mut dice = Dice::new(seed);
    let instances = [common::instance(), common::instance()];
    let tally = Arc::new(Tally::default());
    {
        let gpus = world::gpus(&instances, &mut dice);
        let kit = Kit::new(&gpus[0].device);
        if seed % 8 == 7 {
            std::thread::scope(|scope| {
                let (gpus, kit, tally) = (&gpus, &kit, &tally);
                let threads = [1, 2, 3].map(|thread| {
                    let mut dice = Dice::new(seed + (thread << 32));
                    let world = move || World::new(gpus, kit, tally);
                    scope.spawn(move || make_calls(world(), &mut dice, trace))
                });
                // The end of a scope does not wait for what is local to a thread.
                for thread in threads {
                    thread.join().unwrap();
                }
            });
        } else {
            make_calls(World::new(&gpus, &kit, &tally), &mut dice, trace);
        }
        for gpu in gpus {
            // What is still due may own objects.
            let wait = || gpu.device.poll(wgpu::PollType::wait_indefinitely());
            while catch_unwind(AssertUnwindSafe(wait)).is_err() {}
        }
    }
    for instance in &instances {
        let left = common::leaks::left(instance);
        assert!(left.is_empty(), "seed {seed}: the engine still has objects: {}", left.join(", "));
    }
    let owed = tally.owed.load(Ordering::Relaxed);
    assert_eq!(owed, 0, "seed {seed}: callbacks that were neither called nor dropped");
}

/// Makes the calls of one thread, then drops everything in some order.
fn make_calls(mut world: World, dice: &mut Dice, trace: bool) {
    // Something to begin with.
    let creating = || create::ALL.iter().chain(pipelines::ALL);
    for create in creating().chain(creating()) {
        let sanely = || dice.sanely(|dice| create(&mut world, dice));
        let _ = catch_unwind(AssertUnwindSafe(sanely));
    }
    for call in 0..CALLS {
        let (kind, calls) = dice.pick(KINDS);
        let index = dice.below(calls.len());
        if trace {
            println!("call {call}: {kind} {index}");
        }
        // Some mistakes panic, as they do in `wgpu`.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            if dice.percent(40) {
                world.end_passes();
            }
            calls[index](&mut world, dice);
        }));
        if let (Err(panic), true) = (outcome, trace) {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            println!("    panic: {}", text.unwrap_or("?"));
        }
    }
    println!("recorded {} {}", world.finished, world.valid);
    while dice.percent(90) {
        let _ = catch_unwind(AssertUnwindSafe(|| world.drop_one(dice)));
    }
    while let Some(scope) = world.scopes.pop() {
        drop(scope);
    }
    let _ = catch_unwind(AssertUnwindSafe(|| drop(world)));
}

/// What a child process does: it says which seed it runs, and that it is through.
#[test]
#[ignore = "run by another test, in a process of its own"]
fn child() {
    let seeds = seeds().expect("the seeds to run");
    let trace = std::env::var_os(TRACE_VARIABLE).is_some();
    if !trace {
        std::panic::set_hook(Box::new(|_| ()));
    }
    for seed in seeds {
        println!("\nseed {seed}");
        if let Err(panic) = catch_unwind(|| run(seed, trace)) {
            let text = panic.downcast_ref::<String>().map_or("a panic", String::as_str);
            println!("\nfailed {text}");
            std::process::exit(1);
        }
    }
    println!("\nthrough");
}

fn seeds() -> Option<Range<u64>> {
    let value = std::env::var(SEEDS_VARIABLE).ok()?;
    let (start, end) = value.split_once("..").expect("seeds as in 10..20");
    Some(start.parse().expect("a number")..end.parse().expect("a number"))
}

/// What came of some seeds.
#[derive(Default)]
struct Report {
    failures: Vec<String>,
    /// Command buffers that were recorded, and those of them that were valid.
    recorded: usize,
    valid: usize,
}

/// Runs these seeds in child processes.
fn run_in_children(seeds: Range<u64>) -> Report {
    let mut report = Report::default();
    let mut next = seeds.start;
    while next < seeds.end {
        next = run_in_child(next..seeds.end, &mut report) + 1;
    }
    report
}

/// Runs these seeds until one fails. Returns the last one that was run.
fn run_in_child(seeds: Range<u64>, report: &mut Report) -> u64 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]);
    command.env(SEEDS_VARIABLE, format!("{}..{}", seeds.start, seeds.end));
    command.env("RUST_BACKTRACE", "0").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    let readers = (
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        }),
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        }),
    );
    let (mut seed, mut said) = (seeds.start, None);
    let hangs = loop {
        let line = match lines.recv_timeout(LIMIT) {
            Ok(line) => line,
            Err(mpsc::RecvTimeoutError::Timeout) => break true,
            Err(mpsc::RecvTimeoutError::Disconnected) => break false,
        };
        let words = line.split(' ').collect::<Vec<_>>();
        match words[..] {
            ["seed", number] => seed = number.parse().unwrap(),
            ["recorded", all, valid] => {
                report.recorded += all.parse::<usize>().unwrap();
                report.valid += valid.parse::<usize>().unwrap();
            }
            ["through"] | ["failed", ..] => said = Some(line),
            _ => {}
        }
    };
    if hangs {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    let errors = readers.0.join().unwrap();
    readers.1.join().unwrap();
    // The first panic, or what a sanitizer says; what follows a panic is that it could not leave the engine.
    let tells = |line: &str| line.contains("panicked at") || line.contains("ERROR: ");
    let panic = errors.lines().skip_while(|line| !tells(line));
    let panic = panic.take(8).collect::<Vec<_>>().join("\n    ");
    let failure = match said {
        _ if hangs => format!("hangs\n    {panic}"),
        Some(said) if said == "through" && status.success() => return seed,
        Some(said) if said != "through" => said,
        _ => format!("{status}\n    {panic}"),
    };
    println!("seed {seed}: {failure}");
    report.failures.push(format!("seed {seed}: {failure}"));
    seed
}

#[test]
fn random_calls() {
    let report = run_in_children(seeds().unwrap_or(USUAL));
    let (all, valid) = (report.recorded, report.valid);
    assert!(report.failures.is_empty(), "these seeds failed:\n{}", report.failures.join("\n"));
    assert!(valid > 0 && all > valid * 2, "of {all} command buffers {valid} were valid");
    assert!(valid > all / 10, "most have mistakes, and not all: of {all} {valid} were valid");
}
