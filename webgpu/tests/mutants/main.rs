//! Shaders that were changed at random, token by token: whatever they have become, each is a module or an error.
//!
//! They are made in a child process; if it ends too early, or hangs, the seed is told, and the next one goes on.
//! `WEBGPU_MUTANTS="wgsl 1000 60"` makes WGSL of the seeds from 1000 on for 60 seconds; `glsl` and `spirv` are the others.
//! The child itself, with `WEBGPU_MUTANTS_TRACE=1`, prints each shader before it is made.

#[path = "../common/mod.rs"]
mod common;
mod mutate;

use common::dice::Dice;
use common::{Gpu, child};
use mutate::{Kind, Sources};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use webgpu as wgpu;

const VARIABLE: &str = "WEBGPU_MUTANTS";
const TRACE_VARIABLE: &str = "WEBGPU_MUTANTS_TRACE";

/// How long a shader may take.
const LIMIT: Duration = Duration::from_secs(20);

/// What to make: the kind of shaders, the first seed, for how long.
#[derive(Clone, Copy)]
struct Order {
    kind: Kind,
    seed: u64,
    time: Duration,
}

impl Order {
    fn given() -> Option<Self> {
        let value = std::env::var(VARIABLE).ok()?;
        let mut words = value.split(' ');
        let mut number = || words.next().and_then(|word| word.parse().ok());
        let kind = Kind::ALL.into_iter().find(|kind| value.starts_with(kind.name()))?;
        number();
        let (seed, seconds) = (number().expect("a seed"), number().expect("seconds"));
        Some(Self { kind, seed, time: Duration::from_secs(seconds) })
    }
}

/// What a child process does: it says which seed it is at, and what came of each.
#[test]
#[ignore = "run by another test, in a process of its own"]
fn child() {
    let Order { kind, seed, time } = Order::given().expect("an order");
    std::panic::set_hook(Box::new(|_| ()));
    let (started, sources) = (Instant::now(), Sources::read(kind));
    let mut gpu = common::gpu();
    for (count, seed) in (seed..).enumerate() {
        if started.elapsed() > time {
            break;
        }
        println!("\nseed {seed}");
        if count % 500 == 499 {
            gpu = common::gpu();
        }
        println!("\nmade {}", make(&gpu, &sources, seed));
    }
    println!("\nthrough");
}

/// Makes the shader of a seed and pipelines with it; returns what kind of error that led to.
fn make(gpu: &Gpu, sources: &Sources, seed: u64) -> &'static str {
    let filters = [wgpu::ErrorFilter::Internal, wgpu::ErrorFilter::OutOfMemory];
    let outer = filters.map(|filter| gpu.device.push_error_scope(filter));
    let validation = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let made = catch_unwind(AssertUnwindSafe(|| {
        let source = sources.mutant(&mut Dice::new(seed));
        if std::env::var_os(TRACE_VARIABLE).is_some() {
            println!("{source:?}");
        }
        let descriptor = wgpu::ShaderModuleDescriptor { label: None, source };
        let module = gpu.device.create_shader_module(descriptor);
        let _ = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        });
    }));
    let invalid = pollster::block_on(validation.pop()).is_some();
    let [internal, memory] = outer;
    let memory = pollster::block_on(memory.pop()).is_some();
    let internal = pollster::block_on(internal.pop()).is_some();
    match () {
        () if made.is_err() => "panicked",
        () if internal => "vetted",
        () if invalid || memory => "refused",
        () => "valid",
    }
}

/// What came of an order.
#[derive(Debug, Default)]
struct Report {
    shaders: usize,
    valid: usize,
    /// Those over which the compiler panicked on its own thread.
    vetted: usize,
    findings: Vec<String>,
}

fn carry_out(order: Order) -> Report {
    let (started, mut report, mut seed) = (Instant::now(), Report::default(), order.seed);
    while let Some(time) = order.time.checked_sub(started.elapsed()) {
        match run_child(Order { seed, time, ..order }, &mut report) {
            None => break,
            Some((last, finding)) => {
                report.findings.push(format!("{} seed {last}: {finding}", order.kind.name()));
                seed = last + 1;
            }
        }
    }
    report
}

/// Makes shaders until the time is up, or until one ends or stops the process: then its seed and how.
fn run_child(order: Order, report: &mut Report) -> Option<(u64, String)> {
    let Order { kind, mut seed, time } = order;
    let value = format!("{} {seed} {}", kind.name(), time.as_secs());
    let ended = child::run((VARIABLE, &value), LIMIT, |words| match words {
        ["seed", number] => seed = number.parse().unwrap(),
        ["made", outcome] => {
            report.shaders += 1;
            report.valid += usize::from(*outcome == "valid");
            report.vetted += usize::from(*outcome == "vetted");
            if *outcome == "panicked" {
                report.findings.push(format!("{} seed {seed}: a panic", kind.name()));
            }
        }
        _ => {}
    });
    ended.err().map(|how| (seed, how))
}

#[test]
fn mutated_shaders() {
    let usual = Kind::ALL.map(|kind| Order { kind, seed: 0, time: Duration::from_secs(5) });
    let orders = Order::given().map_or(usual.to_vec(), |order| vec![order]);
    for order in orders {
        let report = carry_out(order);
        let Report { shaders, valid, vetted, findings } = &report;
        println!(
            "{} from seed {}: {shaders} shaders, {valid} of them valid, {vetted} that vetting has stopped, {} findings",
            order.kind.name(),
            order.seed,
            findings.len()
        );
        assert!(findings.is_empty(), "{}", findings.join("\n"));
        assert!(*shaders > 0 && valid < shaders, "{report:?}");
    }
}
