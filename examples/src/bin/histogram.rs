//! The histogram of a picture: many invocations count into the same counters, atomically.

use webgpu as wgpu;

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};
use examples::Gpu;
use examples::kernel::{self, Kernel};

const HELP: &str = "\
Makes a picture of a million pixels, counts how often each brightness occurs, draws the counts as bars and checks them
against the CPU.

Usage: histogram
";

/// Values of brightness.
const BINS: usize = 256;
/// Workgroups that share the work; each goes through the picture in steps.
const WORKGROUPS: u32 = 32;
const PIXELS: usize = 1_000_000;

fn main() -> ExitCode {
    kernel::main("histogram", HELP, |gpu, out| {
        let picture = picture();

        let start = Instant::now();
        let counts = histogram(gpu, &picture)?;
        let time = start.elapsed();

        draw(&counts, out)?;
        ensure!(counts == histogram_on_cpu(&picture), "the CPU has counted something else");
        writeln!(out, "histogram of {} pixels, in {time:.1?}: the CPU agrees", picture.len())?;
        Ok(())
    })
}

/// Noise: the bright sky above the dark ground. The mean of several random numbers is mostly near their middle.
fn picture() -> Vec<[u8; 4]> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut around = |middle: u8| {
        let sum: u32 = (0..4).map(|_| u32::from(random.u8(middle - 50..=middle + 50))).sum();
        (sum / 4) as u8
    };
    let mut pixel = |[red, green, blue]: [u8; 3]| [around(red), around(green), around(blue), 255];
    let sky = PIXELS / 3;
    (0..PIXELS).map(|i| pixel(if i < sky { [120, 180, 205] } else { [90, 70, 50] })).collect()
}

fn histogram(gpu: &Gpu, picture: &[[u8; 4]]) -> Result<Vec<u32>> {
    let module =
        gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/histogram.wgsl"));
    let kernel = Kernel::new(gpu, &module, "count");
    let pixels = kernel::storage(gpu, "pixels", picture);
    let counts = kernel::zeroed::<u32>(gpu, "counts", BINS);
    kernel::submit(gpu, |pass| {
        kernel.dispatch(gpu, pass, &[&pixels, &counts], [WORKGROUPS, 1, 1]);
    });
    kernel::read(gpu, &counts)
}

fn histogram_on_cpu(picture: &[[u8; 4]]) -> Vec<u32> {
    let mut counts = vec![0; BINS];
    for &[red, green, blue, _] in picture {
        let brightness = (77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue)) >> 8;
        counts[brightness as usize] += 1;
    }
    counts
}

/// A bar for every eight values, the longest as wide as a line.
fn draw(counts: &[u32], out: &mut impl Write) -> Result<()> {
    const STEP: usize = 8;
    const WIDTH: u32 = 60;
    let sums: Vec<u32> = counts.chunks(STEP).map(|chunk| chunk.iter().sum()).collect();
    let longest = sums.iter().copied().max().unwrap_or(0).max(1);
    for (i, &sum) in sums.iter().enumerate() {
        let bar = "█".repeat((u64::from(sum) * u64::from(WIDTH)).div_ceil(longest.into()) as usize);
        writeln!(out, "{:>3} to {:>3} {sum:>7} {bar}", i * STEP, i * STEP + STEP - 1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_counts() {
        let counts =
            histogram_on_cpu(&[[0; 4], [255, 255, 255, 0], [0, 255, 0, 9], [0, 255, 0, 0]]);
        let filled: Vec<(usize, u32)> =
            counts.into_iter().enumerate().filter(|&(_, count)| count > 0).collect();
        assert_eq!(filled, [(0, 1), (149, 2), (255, 1)]);
    }
}
