//! Two computations without a picture: how many Collatz steps some numbers take, and the sum of two long vectors.
//!
//! Both results are checked against the CPU's.

use webgpu as wgpu;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};
use examples::gpu::{Gpu, Needs};
use examples::{Usage, engine, readback};
use wgpu::util::DeviceExt;

const HELP: &str = "\
Counts the steps from each NUMBER to 1 (halve an even one, triple an odd one and add 1), adds two vectors of a million
elements, and checks both against the CPU.

Usage: compute [NUMBER]...

Without numbers: 1 to 10, 27, 97, 871.
";

/// Both kernels stand in this file.
const SHADER: wgpu::ShaderModuleDescriptor<'_> =
    wgpu::include_wgsl!("../../../shaders/compute.wgsl");
/// Invocations of a workgroup, as the shader has it.
const WORKGROUP_SIZE: usize = 64;
/// What the shader answers for a number whose path leaves 32 bits.
const LEAVES_32_BITS: u32 = u32::MAX;
/// Length of the vectors that are added.
const ELEMENTS: usize = 1_000_000;

fn main() -> ExitCode {
    examples::run("compute", |out| {
        let Some(numbers) = parse(std::env::args_os().skip(1))? else {
            return Ok(write!(out, "{HELP}")?);
        };
        let instance =
            engine::instance(wgpu::InstanceDescriptor::new_without_display_handle_from_env())?;
        let gpu = Gpu::open(instance, None, Needs::default())?;
        writeln!(out, "computing on {}", gpu.name())?;
        collatz(&gpu, &numbers, out)?;
        add_vectors(&gpu, out)
    })
}

/// The numbers of the command line, or `None` when only help is asked for.
fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Vec<u32>>, Usage> {
    use lexopt::prelude::*;

    let mut numbers = Vec::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Value(value) => match value.to_str().and_then(|text| text.parse().ok()) {
                Some(number) if number > 0 => numbers.push(number),
                _ => {
                    return Err(Usage(format!(
                        "`{}` is not a number from 1 to {}",
                        value.display(),
                        u32::MAX
                    )));
                }
            },
            _ => return Err(argument.unexpected().into()),
        }
    }
    if numbers.is_empty() {
        numbers.extend((1..=10).chain([27, 97, 871]));
    }
    Ok(Some(numbers))
}

fn collatz(gpu: &Gpu, numbers: &[u32], out: &mut impl Write) -> Result<()> {
    let start = Instant::now();
    let buffer = storage_buffer(gpu, "numbers", bytemuck::cast_slice(numbers));
    let steps: Vec<u32> =
        bytemuck::pod_collect_to_vec(&run(gpu, "collatz", &[&buffer], numbers.len())?);
    let time = start.elapsed();

    writeln!(out, "Collatz steps, in {time:.1?}:")?;
    for (&number, &steps) in numbers.iter().zip(&steps) {
        let expected = collatz_steps(number).unwrap_or(LEAVES_32_BITS);
        ensure!(steps == expected, "the steps of {number} are {expected}, the GPU says {steps}");
        match steps {
            LEAVES_32_BITS => writeln!(out, "{number:>11}: leaves 32 bits")?,
            _ => writeln!(out, "{number:>11}: {steps}")?,
        }
    }
    writeln!(out, "the CPU agrees")?;
    Ok(())
}

/// The steps from `number` to 1 as the CPU counts them; `None` when the path leaves 32 bits.
fn collatz_steps(number: u32) -> Option<u32> {
    let mut n = number;
    let mut steps = 0;
    while n > 1 {
        n = if n.is_multiple_of(2) { n / 2 } else { n.checked_mul(3)?.checked_add(1)? };
        steps += 1;
    }
    Some(steps)
}

fn add_vectors(gpu: &Gpu, out: &mut impl Write) -> Result<()> {
    // Halves below 2^23 are exact in f32: every sum can be compared with `==`.
    let left: Vec<f32> = (0..ELEMENTS).map(|i| i as f32).collect();
    let right: Vec<f32> = (0..ELEMENTS).map(|i| 0.5 * i as f32).collect();

    let start = Instant::now();
    let sum = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("sum"),
        size: size_of_val(left.as_slice()) as u64,
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
        mapped_at_creation: false,
    });
    let left_buffer = storage_buffer(gpu, "left", bytemuck::cast_slice(&left));
    let right_buffer = storage_buffer(gpu, "right", bytemuck::cast_slice(&right));
    let sums: Vec<f32> = bytemuck::pod_collect_to_vec(&run(
        gpu,
        "add",
        &[&left_buffer, &right_buffer, &sum],
        ELEMENTS,
    )?);
    let time = start.elapsed();

    ensure!(sums.len() == ELEMENTS, "{ELEMENTS} sums expected, {} came", sums.len());
    for (i, sum) in sums.iter().enumerate() {
        let expected = left[i] + right[i];
        ensure!(
            *sum == expected,
            "element {i}: {} + {} is {expected}, the GPU says {sum}",
            left[i],
            right[i]
        );
    }
    writeln!(out, "vector addition of {ELEMENTS} elements, in {time:.1?}: the CPU agrees")?;
    Ok(())
}

fn storage_buffer(gpu: &Gpu, label: &str, contents: &[u8]) -> wgpu::Buffer {
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some(label),
        contents,
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
    })
}

/// Runs a kernel on `buffers`, bound in this order, with at least one invocation for each of the `elements`; returns
/// the content of the last buffer, where the kernel leaves its result.
fn run(gpu: &Gpu, kernel: &str, buffers: &[&wgpu::Buffer], elements: usize) -> Result<Vec<u8>> {
    let module = gpu.device.create_shader_module(SHADER);
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(kernel),
        layout: None,
        module: &module,
        entry_point: Some(kernel),
        compilation_options: wgpu::PipelineCompilationOptions::default(),
        cache: None,
    });
    let entries: Vec<_> = (0..)
        .zip(buffers)
        .map(|(binding, buffer)| wgpu::BindGroupEntry {
            binding,
            resource: buffer.as_entire_binding(),
        })
        .collect();
    let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some(kernel),
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    });
    let output = buffers[buffers.len() - 1];
    let result = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("result"),
        size: output.size(),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });

    let workgroups = elements.div_ceil(WORKGROUP_SIZE);
    let at_most = gpu.device.limits().max_compute_workgroups_per_dimension as usize;
    ensure!(
        workgroups <= at_most,
        "{elements} elements are too many for one dispatch of this adapter"
    );

    let mut encoder =
        gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some(kernel) });
    {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(workgroups as u32, 1, 1);
    }
    encoder.copy_buffer_to_buffer(output, 0, &result, 0, output.size());
    gpu.queue.submit([encoder.finish()]);
    readback::read(gpu, &result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_steps() {
        // The paths of 113383 and 837799 just fit into 32 bits, that of 159487 does not.
        for (number, steps) in
            [(1, Some(0)), (2, Some(1)), (27, Some(111)), (871, Some(178)), (159_487, None)]
        {
            assert_eq!(collatz_steps(number), steps, "{number}");
        }
        assert_eq!(collatz_steps(837_799), Some(524));
        assert_eq!(collatz_steps(113_383), Some(247));
        assert_eq!(collatz_steps(u32::MAX), None);
    }
}
