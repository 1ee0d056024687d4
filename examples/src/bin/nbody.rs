//! Gravity between many bodies: a disc turns around a heavy centre. Two buffers take turns as the old and the new state.

use webgpu as wgpu;

use std::f32::consts::TAU;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};
use examples::Gpu;
use examples::kernel::{self, Kernel};

const HELP: &str = "\
Moves a thousand bodies under their gravity, checks the first step against the CPU, and that energy stays what it was.

Usage: nbody
";

/// How many bodies: not a multiple of a workgroup, so that the last one is not full.
const BODIES: usize = 1000;
/// Invocations of a workgroup, as the shader has it.
const WORKGROUP: usize = 64;
/// Half a turn at the distance 1.
const STEPS: u32 = 200;
const TIME: f32 = TAU / 400.0;
const SOFTENING: f32 = 1e-4;

/// Bodies as the shader has them.
struct Bodies {
    /// Position and mass of each.
    positions: Vec<[f32; 4]>,
    /// Velocity of each; the last number is not used.
    velocities: Vec<[f32; 4]>,
}

fn main() -> ExitCode {
    kernel::main("nbody", HELP, |gpu, out| {
        let start = disc();
        check_one_step(gpu, &start)?;
        writeln!(out, "one step of {BODIES} bodies: the CPU agrees")?;

        let clock = Instant::now();
        let end = advance(gpu, &start, STEPS)?;
        let time = clock.elapsed();
        let (before, after) = (energy(&start), energy(&end));
        let change = (after - before) / before;
        writeln!(
            out,
            "{STEPS} steps, in {time:.1?}: the centre is at {:.4?}",
            &end.positions[0][..3]
        )?;
        writeln!(
            out,
            "energy {before:.5} before, {after:.5} after: {:.3} % of change",
            100.0 * change
        )?;
        ensure!(change.abs() < 0.01, "energy is not conserved");
        Ok(())
    })
}

/// A heavy body in the middle, and light ones that circle around it.
fn disc() -> Bodies {
    const LIGHT: f32 = 0.05 / BODIES as f32;
    let mut random = fastrand::Rng::with_seed(1);
    let mut bodies = Bodies { positions: vec![[0.0, 0.0, 0.0, 1.0]], velocities: vec![[0.0; 4]] };
    while bodies.positions.len() < BODIES {
        let distance = 0.3 + 0.7 * random.f32();
        let height = 0.05 * (random.f32() - 0.5);
        let (sin, cos) = (TAU * random.f32()).sin_cos();
        let speed = distance.sqrt().recip();
        bodies.positions.push([distance * cos, distance * sin, height, LIGHT]);
        bodies.velocities.push([-speed * sin, speed * cos, 0.0, 0.0]);
    }
    bodies
}

fn advance(gpu: &Gpu, start: &Bodies, steps: u32) -> Result<Bodies> {
    let module =
        gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/nbody.wgsl"));
    let kernel = Kernel::new(gpu, &module, "advance");
    let step = kernel::uniform(gpu, "step", &[TIME, SOFTENING]);
    let mut old = kernel::storage(gpu, "positions", &start.positions);
    let mut new = kernel::zeroed::<[f32; 4]>(gpu, "positions", start.positions.len());
    let velocities = kernel::storage(gpu, "velocities", &start.velocities);
    let workgroups = start.positions.len().div_ceil(WORKGROUP) as u32;
    kernel::submit(gpu, |pass| {
        for _ in 0..steps {
            kernel.dispatch(gpu, pass, &[&step, &old, &new, &velocities], [workgroups, 1, 1]);
            std::mem::swap(&mut old, &mut new);
        }
    });
    Ok(Bodies { positions: kernel::read(gpu, &old)?, velocities: kernel::read(gpu, &velocities)? })
}

/// Compares one step with the CPU's, which computes with twice the digits.
fn check_one_step(gpu: &Gpu, start: &Bodies) -> Result<()> {
    const TOLERANCE: f64 = 1e-5;
    let moved = advance(gpu, start, 1)?;
    ensure!(moved.positions.len() == start.positions.len(), "bodies are missing");
    for (i, (body, velocity)) in start.positions.iter().zip(&start.velocities).enumerate() {
        let acceleration = acceleration(&start.positions, body);
        for axis in 0..3 {
            let velocity = f64::from(velocity[axis]) + f64::from(TIME) * acceleration[axis];
            let expected = f64::from(body[axis]) + f64::from(TIME) * velocity;
            let found = f64::from(moved.positions[i][axis]);
            ensure!(
                (found - expected).abs() < TOLERANCE,
                "body {i} moves to {expected} on axis {axis}, the GPU says {found}"
            );
        }
    }
    Ok(())
}

/// What all bodies together do to one.
fn acceleration(bodies: &[[f32; 4]], body: &[f32; 4]) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for other in bodies {
        let away = [0, 1, 2].map(|axis| f64::from(other[axis]) - f64::from(body[axis]));
        let factor = f64::from(other[3]) * softened(away).powi(-3);
        for axis in 0..3 {
            sum[axis] += factor * away[axis];
        }
    }
    sum
}

/// A distance as gravity feels it.
fn softened(away: [f64; 3]) -> f64 {
    (away.iter().map(|x| x * x).sum::<f64>() + f64::from(SOFTENING)).sqrt()
}

/// Energy of motion and of gravity, which only their sum conserves.
fn energy(bodies: &Bodies) -> f64 {
    let mut sum = 0.0;
    for (i, (body, velocity)) in bodies.positions.iter().zip(&bodies.velocities).enumerate() {
        let mass = f64::from(body[3]);
        let speed_squared: f64 = velocity.iter().map(|&v| f64::from(v) * f64::from(v)).sum();
        sum += 0.5 * mass * speed_squared;
        for other in &bodies.positions[..i] {
            let away = [0, 1, 2].map(|axis| f64::from(other[axis]) - f64::from(body[axis]));
            sum -= mass * f64::from(other[3]) / softened(away);
        }
    }
    sum
}
