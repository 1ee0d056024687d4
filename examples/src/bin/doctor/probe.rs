//! What has to be tried: which adapters there are, and whether one of them computes and draws.
//!
//! It is tried in a process of its own, since a driver or an engine that is not well may end the process. What that one
//! finds it prints as lines of words with tabs between them.

use webgpu as wgpu;

use std::env;
use std::io::Write;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use examples::gpu::{Gpu, NO_ADAPTER, Needs};
use examples::{engine, readback};
use wgpu::util::DeviceExt;

use crate::value::Value;

/// The argument that makes this program the one that tries.
pub(crate) const ARGUMENT: &str = "--probe";

const SHADER: wgpu::ShaderModuleDescriptor<'_> =
    wgpu::include_wgsl!("../../../../shaders/doctor.wgsl");
const COUNT: u32 = 256;
/// Pixels along an edge: a row is as long as copies into buffers ask for.
const SIZE: u32 = 64;

/// What came of it.
pub(crate) struct Findings {
    pub(crate) adapters: Value,
    pub(crate) checks: Value,
    /// What went wrong, if anything did.
    pub(crate) failure: Option<String>,
}

/// Starts this program once more, and reads what it finds.
pub(crate) fn run() -> Result<Findings> {
    let program = env::current_exe().context("this program does not know its own path")?;
    let output = Command::new(program).arg(ARGUMENT).output().context("cannot run the checks")?;
    let (mut adapters, mut checks) = (Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let words: Vec<&str> = line.split('\t').collect();
        match words[..] {
            ["adapter", name, backend, kind, driver] => adapters.push(Value::Group(vec![
                ("name", name.into()),
                ("backend", backend.into()),
                ("type", kind.into()),
                ("driver", driver.into()),
            ])),
            ["check", name, outcome, time] => checks.push(Value::Group(vec![
                ("name", name.into()),
                ("outcome", outcome.into()),
                ("time", time.into()),
            ])),
            _ => {}
        }
    }
    let failure = (!output.status.success()).then(|| {
        let words = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(_) => words.trim_end().lines().last().unwrap_or("the checks failed").to_owned(),
            None => format!("the checks ended with {}:\n{}", output.status, words.trim_end()),
        }
    });
    Ok(Findings { adapters: Value::List(adapters), checks: Value::List(checks), failure })
}

/// The other process: lists the adapters and tries one.
pub(crate) fn probe(out: &mut impl Write) -> Result<()> {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    let instance = engine::instance(descriptor)?;
    let backends = wgpu::Backends::from_env().unwrap_or_default();
    let adapters = pollster::block_on(instance.enumerate_adapters(backends));
    for adapter in &adapters {
        let info = adapter.get_info();
        let (backend, kind) = (info.backend.to_string(), format!("{:?}", info.device_type));
        let driver = format!("{} {}", info.driver, info.driver_info);
        let words = ["adapter", &info.name, &backend, &kind, driver.trim()];
        writeln!(out, "{}", words.map(|word| word.replace(['\t', '\n'], " ")).join("\t"))?;
    }
    ensure!(!adapters.is_empty(), NO_ADAPTER);
    out.flush()?;

    let gpu = Gpu::open(instance, None, Needs::default())?;
    for (name, check) in [("compute", compute as fn(&Gpu) -> Result<()>), ("draw", draw)] {
        let started = Instant::now();
        let outcome = check(&gpu).and_then(|()| gpu.check());
        let said = if outcome.is_ok() { "passed" } else { "failed" };
        writeln!(out, "check\t{name}\t{said}\t{:.1} ms", started.elapsed().as_secs_f64() * 1e3)?;
        out.flush()?;
        outcome.with_context(|| format!("the check `{name}` failed on {}", gpu.name()))?;
    }
    Ok(())
}

/// Squares numbers.
fn compute(gpu: &Gpu) -> Result<()> {
    let numbers: Vec<u32> = (0..COUNT).collect();
    let buffer = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("numbers"),
        contents: bytemuck::cast_slice(&numbers),
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
    });
    let module = gpu.device.create_shader_module(SHADER);
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some("square"),
        layout: None,
        module: &module,
        entry_point: Some("square"),
        compilation_options: wgpu::PipelineCompilationOptions::default(),
        cache: None,
    });
    let entry = wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() };
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("numbers"),
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[entry],
    });
    let result = result_buffer(gpu, buffer.size());
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups(COUNT / 64, 1, 1);
    }
    encoder.copy_buffer_to_buffer(&buffer, 0, &result, 0, buffer.size());
    gpu.queue.submit([encoder.finish()]);
    let squares: Vec<u32> = bytemuck::pod_collect_to_vec(&readback::read(gpu, &result)?);
    let expected: Vec<u32> = numbers.iter().map(|number| number * number).collect();
    ensure!(squares == expected, "the squares of 0 to {} are wrong: {squares:?}", COUNT - 1);
    Ok(())
}

/// Draws a triangle over half of a picture.
fn draw(gpu: &Gpu) -> Result<()> {
    let format = wgpu::TextureFormat::Rgba8Unorm;
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("picture"),
        size: wgpu::Extent3d { width: SIZE, height: SIZE, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
    let module = gpu.device.create_shader_module(SHADER);
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("triangle"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corner"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("green"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    });
    let result = result_buffer(gpu, u64::from(SIZE * SIZE * 4));
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("triangle"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::BLUE),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        });
        pass.set_pipeline(&pipeline);
        pass.draw(0..3, 0..1);
    }
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(SIZE * 4),
        rows_per_image: None,
    };
    let destination = wgpu::TexelCopyBufferInfo { buffer: &result, layout };
    encoder.copy_texture_to_buffer(texture.as_image_copy(), destination, texture.size());
    gpu.queue.submit([encoder.finish()]);

    let pixels = readback::read(gpu, &result)?;
    let pixel = |x: u32, y: u32| {
        let start = 4 * (y * SIZE + x) as usize;
        <[u8; 4]>::try_from(&pixels[start..start + 4]).unwrap_or_default()
    };
    let (blue, green) = ([0, 0, 255, 255], [0, 255, 0, 255]);
    let edge = SIZE - 1;
    for (place, x, y, expected) in
        [("left top", 0, 0, blue), ("right top", edge, 1, green), ("left bottom", 1, edge, green)]
    {
        let found = pixel(x, y);
        ensure!(found == expected, "the pixel at the {place} is {found:?} instead of {expected:?}");
    }
    Ok(())
}

fn result_buffer(gpu: &Gpu, size: u64) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("result"),
        size,
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    })
}
