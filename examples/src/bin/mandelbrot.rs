//! The Mandelbrot set, computed into a PNG file: a picture without a render pipeline.

use webgpu as wgpu;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use examples::kernel::{self, Kernel};
use examples::{Gpu, Usage};

const HELP: &str = "\
Computes a part of the Mandelbrot set into a picture, and checks some of its points against the CPU.

Usage: mandelbrot FILE.png
";

/// Size of the picture.
const WIDTH: usize = 800;
const HEIGHT: usize = 600;
/// Samples per pixel in each direction, and the side of a workgroup, as the shader has them.
const SAMPLES: usize = 2;
const WORKGROUP: usize = 8;

/// Seahorse Valley.
const VIEW: View = View {
    centre: [-0.7453, 0.1127],
    step: 0.0078 / (WIDTH * SAMPLES) as f32,
    width: (WIDTH * SAMPLES) as u32,
    height: (HEIGHT * SAMPLES) as u32,
    limit: 600,
};

/// What is looked at, in the order in which the shader has it.
struct View {
    centre: [f32; 2],
    step: f32,
    width: u32,
    height: u32,
    limit: u32,
}

fn main() -> ExitCode {
    examples::run("mandelbrot", |out| {
        let Some(file) = parse()? else {
            return Ok(write!(out, "{HELP}")?);
        };
        let gpu = kernel::open()?;
        writeln!(out, "computing on {}", gpu.name())?;

        let start = Instant::now();
        let (counts, pixels) = compute(&gpu)?;
        let time = start.elapsed();

        save(&file, &pixels)?;
        writeln!(out, "{}: {WIDTH}x{HEIGHT} pixels, in {time:.1?}", file.display())?;
        check(&counts, out)
    })
}

/// The file of the command line, or `None` when only help is asked for.
fn parse() -> Result<Option<PathBuf>, Usage> {
    use lexopt::prelude::*;

    let mut parser = lexopt::Parser::from_env();
    let mut file = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Value(value) if file.is_none() => file = Some(value.into()),
            _ => return Err(argument.unexpected().into()),
        }
    }
    file.map(Some).ok_or_else(|| Usage("a file to write is needed".into()))
}

/// How many steps each sample took, and the pixels.
fn compute(gpu: &Gpu) -> Result<(Vec<u32>, Vec<[u8; 4]>)> {
    let module =
        gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/mandelbrot.wgsl"));
    let count = Kernel::new(gpu, &module, "count");
    let colorize = Kernel::new(gpu, &module, "colorize");

    let View { centre: [x, y], step, width, height, limit } = VIEW;
    let view = [x.to_bits(), y.to_bits(), step.to_bits(), width, height, limit];
    let view = kernel::uniform(gpu, "view", &view);
    let escapes = kernel::zeroed::<[u32; 2]>(gpu, "escapes", WIDTH * HEIGHT * SAMPLES * SAMPLES);
    let pixels = kernel::zeroed::<[u8; 4]>(gpu, "pixels", WIDTH * HEIGHT);
    let workgroups = |width: usize, height: usize| {
        [width.div_ceil(WORKGROUP) as u32, height.div_ceil(WORKGROUP) as u32, 1]
    };
    kernel::submit(gpu, |pass| {
        let samples = workgroups(WIDTH * SAMPLES, HEIGHT * SAMPLES);
        count.dispatch(gpu, pass, &[&view, &escapes], samples);
        colorize.dispatch(gpu, pass, &[&view, &escapes, &pixels], workgroups(WIDTH, HEIGHT));
    });
    let escapes: Vec<[u32; 2]> = kernel::read(gpu, &escapes)?;
    let counts = escapes.into_iter().map(|[count, _]| count).collect();
    Ok((counts, kernel::read(gpu, &pixels)?))
}

fn save(file: &Path, pixels: &[[u8; 4]]) -> Result<()> {
    let cannot = || format!("cannot write `{}`", file.display());
    let output = BufWriter::new(File::create(file).with_context(cannot)?);
    let mut encoder = png::Encoder::new(output, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header().with_context(cannot)?;
    writer.write_image_data(bytemuck::cast_slice(pixels)).with_context(cannot)?;
    writer.finish().with_context(cannot)
}

/// Compares some samples with the CPU's. Near the set the smallest difference grows with every step, also one of rounding:
/// only points that take as many steps as their neighbours on both sides have a count to compare, and even of these a
/// few in a hundred may go astray.
fn check(counts: &[u32], out: &mut impl Write) -> Result<()> {
    const EVERY: usize = 97;
    /// The distance of the neighbours: some steps between numbers of the shader's precision.
    const NEAR: f64 = 4.0 * f32::EPSILON as f64;
    let width = WIDTH * SAMPLES;
    let (mut compared, mut equal) = (0, 0);
    for (i, &count) in counts.iter().enumerate().step_by(EVERY) {
        let steps = |right| steps(i % width, i / width, right);
        let expected = steps(0.0);
        if steps(NEAR) == expected && steps(-NEAR) == expected {
            compared += 1;
            equal += usize::from(count == expected);
        }
    }
    ensure!(compared > 1000, "only {compared} samples can be compared");
    ensure!(equal * 100 >= compared * 98, "of {compared} samples only {equal} are equal");
    writeln!(out, "{equal} of {compared} samples are equal: the CPU agrees")?;
    Ok(())
}

/// The steps that a sample takes, or a point so far to the right of it, as the shader counts them.
fn steps(column: usize, row: usize, right: f64) -> u32 {
    const FAR: f64 = 256.0;
    let step = f64::from(VIEW.step);
    let [cx, cy] = VIEW.centre.map(f64::from);
    let cx = cx + step * (column as f64 - 0.5 * f64::from(VIEW.width)) + right;
    let cy = cy - step * (row as f64 - 0.5 * f64::from(VIEW.height));
    let (mut x, mut y) = (0.0, 0.0);
    let mut steps = 0;
    while steps < VIEW.limit && x * x + y * y < FAR * FAR {
        (x, y) = (x * x - y * y + cx, 2.0 * x * y + cy);
        steps += 1;
    }
    steps
}
