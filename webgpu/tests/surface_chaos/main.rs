//! Random orders of what is done with surfaces, their frames, devices and windows: whatever comes of it, the process goes on.
//!
//! `cargo xtask fuzz surface` runs it in an X server of its own. Each seed is a sequence of operations, run in a child process;
//! `WEBGPU_SURFACE_CHAOS="1000 60"` takes the seeds from 1000 on, for 60 seconds. The child itself, with
//! `WEBGPU_CHAOS_TRACE=1`, prints every operation.

#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;
mod world;
#[path = "../surface/x11.rs"]
mod x11;

use common::{child, dice::Dice};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use webgpu as wgpu;
use world::{OPERATIONS, World};
use x11::Display;

const VARIABLE: &str = "WEBGPU_SURFACE_CHAOS";
const TRACE_VARIABLE: &str = "WEBGPU_CHAOS_TRACE";

/// How many operations a seed has.
const COUNT: usize = 100;

/// So many seeds are run in one process.
const CHUNK: u64 = 20;

/// How long an operation may take.
const LIMIT: Duration = Duration::from_secs(20);

/// The two numbers in the environment: the first seed, and how many there are or seconds.
fn order() -> Option<(u64, u64)> {
    let value = std::env::var(VARIABLE).ok()?;
    let (seed, count) = value.split_once(' ').expect("two numbers");
    Some((seed.parse().expect("a seed"), count.parse().expect("a number")))
}

/// What a child process does: it says which seed it is at.
#[test]
#[ignore = "run by another test, in a process of its own"]
fn child() {
    let (first, count) = order().expect("seeds");
    let trace = std::env::var_os(TRACE_VARIABLE).is_some();
    if !trace {
        std::panic::set_hook(Box::new(|_| ()));
    }
    // It is never closed: surfaces that are left to drivers may still use it.
    let display = Box::leak(Box::new(Display::open()));
    for seed in first..first + count {
        println!("\nseed {seed}");
        run(display, seed, trace);
    }
    println!("\nthrough");
}

/// Does what the seed says.
fn run(display: &'static Display, seed: u64, trace: bool) {
    let instance = common::instance();
    let mut dice = Dice::new(seed);
    let mut world = World::new(display, &instance);
    for _ in 0..COUNT {
        let (name, operation) = dice.pick(OPERATIONS);
        if trace {
            println!("{name}");
        }
        // Some mistakes panic, as they do in `wgpu`.
        let done = catch_unwind(AssertUnwindSafe(|| operation(&mut world, &mut dice)));
        if let (Err(panic), true) = (done, trace) {
            println!("    panic: {:?}", panic.downcast_ref::<String>());
        }
    }
    println!("\nframes {}", world.frames_shown);
    world.drop_all(&mut dice);
    let mut left = common::leaks::left(&instance);
    // Of older frames that were never presented: without their surface, the engine would end the process over them.
    left.retain(|kind| !kind.ends_with(" textures"));
    if !left.is_empty() {
        println!("\nfailed seed {seed}: the engine still has objects: {}", left.join(", "));
        std::process::exit(1);
    }
}

#[test]
#[ignore = "needs an X server"]
fn random_frames() {
    let (first, seconds) = order().unwrap_or((0, 10));
    let (started, mut next, mut frames) = (Instant::now(), first, 0_usize);
    let mut findings = Vec::new();
    while started.elapsed() < Duration::from_secs(seconds) {
        let (mut seed, end) = (next, next + CHUNK);
        let order = format!("{next} {CHUNK}");
        let ended = child::run((VARIABLE, &order), LIMIT, |words| match words {
            ["seed", number] => seed = number.parse().unwrap(),
            ["frames", count] => frames += count.parse::<usize>().unwrap(),
            _ => {}
        });
        next = end;
        if let Err(how) = ended {
            println!("surface seed {seed}: {how}");
            findings.push(format!("surface seed {seed}: {how}"));
            next = seed + 1;
        }
    }
    let programs = (next - first) as usize;
    println!(
        "surface from seed {first}: {programs} programs, {} operations, {frames} frames shown, {} findings",
        programs * COUNT,
        findings.len()
    );
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert!(frames > 0, "no frame was shown");
}
