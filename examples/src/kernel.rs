//! What the programs that only compute share: a device without a window, kernels, and buffers to and from them.

use webgpu as wgpu;

use std::io::{StdoutLock, Write};
use std::process::ExitCode;

use anyhow::Result;
use bytemuck::Pod;
use wgpu::util::DeviceExt;

use crate::gpu::{Gpu, Needs};
use crate::{Usage, engine, readback, report, resources};

/// The `main` of a program that computes and has no options: knows `--help`, opens a device, says which, computes.
pub fn main(
    name: &str,
    help: &str,
    compute: impl FnOnce(&Gpu, &mut StdoutLock<'_>) -> Result<()>,
) -> ExitCode {
    report::run(name, |out| {
        let mut parser = lexopt::Parser::from_env();
        if let Some(argument) = parser.next().map_err(Usage::from)? {
            return match argument {
                lexopt::Arg::Short('h') | lexopt::Arg::Long("help") => Ok(write!(out, "{help}")?),
                _ => Err(Usage::from(argument.unexpected()).into()),
            };
        }
        let gpu = open()?;
        writeln!(out, "computing on {}", gpu.name())?;
        compute(&gpu, out)
    })
}

/// Opens a device that needs no window and nothing beyond what every adapter has.
///
/// # Errors
///
/// There is no engine library or no adapter.
pub fn open() -> Result<Gpu> {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    Gpu::open(engine::instance(descriptor)?, None, Needs::default())
}

/// An entry point of a shader, ready to run on buffers.
#[derive(Debug)]
pub struct Kernel(wgpu::ComputePipeline);

impl Kernel {
    /// Prepares the entry point of this name.
    #[must_use]
    pub fn new(gpu: &Gpu, module: &wgpu::ShaderModule, entry_point: &str) -> Kernel {
        Kernel(gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(entry_point),
            layout: None,
            module,
            entry_point: Some(entry_point),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        }))
    }

    /// Runs so many workgroups on `buffers`, which are bound in this order. What an earlier dispatch of the pass wrote,
    /// this one reads.
    pub fn dispatch(
        &self,
        gpu: &Gpu,
        pass: &mut wgpu::ComputePass<'_>,
        buffers: &[&wgpu::Buffer],
        [x, y, z]: [u32; 3],
    ) {
        let bindings: Vec<_> = buffers.iter().map(|buffer| buffer.as_entire_binding()).collect();
        let layout = self.0.get_bind_group_layout(0);
        let bind_group = resources::bind_group(gpu, "buffers", &layout, &bindings);
        pass.set_pipeline(&self.0);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(x, y, z);
    }
}

/// Records a compute pass and submits it.
pub fn submit(gpu: &Gpu, record: impl FnOnce(&mut wgpu::ComputePass<'_>)) {
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    record(&mut encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default()));
    gpu.queue.submit([encoder.finish()]);
}

/// A storage buffer with these contents.
#[must_use]
pub fn storage<T: Pod>(gpu: &Gpu, label: &str, contents: &[T]) -> wgpu::Buffer {
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some(label),
        contents: bytemuck::cast_slice(contents),
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
    })
}

/// A storage buffer for so many elements, all zero.
#[must_use]
pub fn zeroed<T: Pod>(gpu: &Gpu, label: &str, elements: usize) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: (elements * size_of::<T>()) as u64,
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
        mapped_at_creation: false,
    })
}

/// A uniform buffer with these contents.
#[must_use]
pub fn uniform<T: Pod>(gpu: &Gpu, label: &str, contents: &[T]) -> wgpu::Buffer {
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some(label),
        contents: bytemuck::cast_slice(contents),
        usage: wgpu::BufferUsages::UNIFORM,
    })
}

/// Waits for the work submitted so far and returns the content of a buffer that can be copied from.
///
/// # Errors
///
/// The device reports an error.
pub fn read<T: Pod>(gpu: &Gpu, buffer: &wgpu::Buffer) -> Result<Vec<T>> {
    // A buffer that the CPU can map is used for nothing else.
    let readable = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("readback"),
        size: buffer.size(),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    encoder.copy_buffer_to_buffer(buffer, 0, &readable, 0, buffer.size());
    gpu.queue.submit([encoder.finish()]);
    Ok(bytemuck::pod_collect_to_vec(&readback::read(gpu, &readable)?))
}
