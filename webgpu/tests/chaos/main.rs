//! Random calls, most of them wrong: whatever is called, the process goes on, and in the end nothing is left.
//!
//! Each seed is a sequence of calls. Many seeds run in one child process; if it ends too early, or hangs, the seed is told.
//! `WEBGPU_CHAOS_SEEDS=1000..2000` runs other seeds than the usual ones, `WEBGPU_CHAOS_SECONDS=60` no more of them than there is
//! time for, `WEBGPU_CHAOS_TRACE=1` prints every call.

#[path = "../common/mod.rs"]
mod common;
mod create;
mod kit;
mod passes;
mod pipelines;
mod record;
mod work;
mod world;

use common::{child, dice::Dice};
use kit::Kit;
use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
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
const SECONDS_VARIABLE: &str = "WEBGPU_CHAOS_SECONDS";
const TRACE_VARIABLE: &str = "WEBGPU_CHAOS_TRACE";

/// On how many threads the calls of a seed are made: half of all seeds have one, the others two to four.
fn threads(seed: u64) -> u64 {
    (seed % 6).saturating_sub(1).max(1)
}

/// Makes the calls of one seed.
fn run(seed: u64, trace: bool) {
    let mut dice = Dice::new(seed);
    let instances = [common::instance(), common::instance()];
    let tally = Arc::new(Tally::default());
    {
        let gpus = world::gpus(&instances, &mut dice);
        let kit = Kit::new(&gpus[0].device);
        let threads = threads(seed);
        if threads > 1 {
            std::thread::scope(|scope| {
                let (gpus, kit, tally) = (&gpus, &kit, &tally);
                let threads = (1..=threads).map(|thread| {
                    let mut dice = Dice::new(seed + (thread << 32));
                    let world = move || World::new(gpus, kit, tally);
                    scope.spawn(move || make_calls(world(), &mut dice, trace))
                });
                // The end of a scope does not wait for what is local to a thread.
                for thread in threads.collect::<Vec<_>>() {
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
            // What callbacks and handlers own may panic when the device goes.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(gpu)));
        }
        let _ = catch_unwind(AssertUnwindSafe(|| drop(kit)));
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

/// Runs as many seeds as there is time for, and tells how many.
fn run_for(time: Duration) -> Report {
    /// So many at once, in one process.
    const CHUNK: u64 = 16;
    let (started, mut report) = (Instant::now(), Report::default());
    let all = seeds().unwrap_or(0..u64::MAX);
    let mut next = all.start;
    while next < all.end && started.elapsed() < time {
        let end = next.saturating_add(CHUNK).min(all.end);
        let Report { failures, recorded, valid } = run_in_children(next..end);
        report.failures.extend(failures);
        report.recorded += recorded;
        report.valid += valid;
        next = end;
    }
    let programs = next - all.start;
    let calls = (all.start..next).map(|seed| threads(seed) * CALLS as u64).sum::<u64>();
    println!(
        "api from seed {}: {programs} programs, {calls} calls, {} findings",
        all.start,
        report.failures.len()
    );
    report
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
    let mut seed = seeds.start;
    let order = format!("{}..{}", seeds.start, seeds.end);
    let ended = child::run((SEEDS_VARIABLE, &order), LIMIT, |words| match words {
        ["seed", number] => seed = number.parse().unwrap(),
        ["recorded", all, valid] => {
            report.recorded += all.parse::<usize>().unwrap();
            report.valid += valid.parse::<usize>().unwrap();
        }
        _ => {}
    });
    if let Err(failure) = ended {
        println!("seed {seed}: {failure}");
        report.failures.push(format!("seed {seed}: {failure}"));
    }
    seed
}

#[test]
fn random_calls() {
    let report = match std::env::var(SECONDS_VARIABLE) {
        Ok(seconds) => run_for(Duration::from_secs(seconds.parse().expect("seconds"))),
        Err(_) => run_in_children(seeds().unwrap_or(USUAL)),
    };
    let (all, valid) = (report.recorded, report.valid);
    assert!(report.failures.is_empty(), "these seeds failed:\n{}", report.failures.join("\n"));
    assert!(valid > 0 && all > valid * 2, "of {all} command buffers {valid} were valid");
    assert!(valid > all / 10, "most have mistakes, and not all: of {all} {valid} were valid");
}
