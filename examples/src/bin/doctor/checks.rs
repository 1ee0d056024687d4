//! A computation and a picture, each so small that its result is known.

use webgpu as wgpu;

use anyhow::{Result, ensure};
use examples::gpu::Gpu;
use examples::readback;
use wgpu::util::DeviceExt;

const SHADER: wgpu::ShaderModuleDescriptor<'_> =
    wgpu::include_wgsl!("../../../../shaders/doctor.wgsl");
const COUNT: u32 = 256;
/// Pixels along an edge: a row is as long as copies into buffers ask for.
const SIZE: u32 = 64;

/// Squares numbers.
pub(crate) fn compute(gpu: &Gpu) -> Result<()> {
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
pub(crate) fn draw(gpu: &Gpu) -> Result<()> {
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
