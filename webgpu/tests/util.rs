//! The helpers around the API.

mod common;

use common::{Gpu, gpu, panic_message, record};
use std::sync::mpsc;
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;
use wgpu::util::{DownloadBuffer, RenderEncoder, StagingBelt, TextureBlitter};

fn size(bytes: u64) -> wgpu::BufferSize {
    wgpu::BufferSize::new(bytes).unwrap()
}

#[test]
fn a_belt_writes_in_every_round() {
    let gpu = gpu();
    let target = gpu.empty_buffer(64, Usages::COPY_DST | Usages::COPY_SRC);
    let mut belt = StagingBelt::new(gpu.device.clone(), 48);
    for round in 0..4_u32 {
        let mut encoder = gpu.encoder();
        for part in 0..4_u32 {
            let offset = u64::from(part) * 16;
            let mut view = belt.write_buffer(&mut encoder, &target, offset, size(16));
            view.copy_from_slice(bytemuck::bytes_of(&[round, part, round * part, 7]));
        }
        belt.finish();
        gpu.queue.submit([encoder.finish()]);
        belt.recall();
        gpu.wait();
        let expected = (0..4).flat_map(|part| [round, part, round * part, 7]);
        assert_eq!(gpu.read(&target), expected.collect::<Vec<_>>());
    }
}

#[test]
fn a_belt_has_room_for_what_is_larger_than_its_buffers() {
    let gpu = gpu();
    let target = gpu.empty_buffer(1024, Usages::COPY_DST | Usages::COPY_SRC);
    let mut belt = StagingBelt::new(gpu.device.clone(), 16);
    let mut encoder = gpu.encoder();
    let values = (0..256).collect::<Vec<u32>>();
    belt.write_buffer(&mut encoder, &target, 0, size(1024))
        .copy_from_slice(bytemuck::cast_slice(&values));
    belt.finish();
    gpu.queue.submit([encoder.finish()]);
    belt.recall();
    assert_eq!(gpu.read(&target), values);
}

#[test]
fn parts_of_a_belt_are_aligned() {
    let gpu = gpu();
    let mut belt = StagingBelt::new(gpu.device.clone(), 1024);
    assert_eq!(belt.allocate(size(4), size(1)).offset(), 0);
    assert_eq!(belt.allocate(size(4), size(1)).offset(), wgpu::MAP_ALIGNMENT);
    let part = belt.allocate(size(12), size(256));
    assert_eq!((part.offset(), part.size().get()), (256, 12));
    part.get_mapped_range_mut().copy_from_slice(&[1; 12]);
}

#[test]
fn what_a_belt_cannot_do_panics() {
    let gpu = gpu();
    let mut belt = StagingBelt::new(gpu.device.clone(), 64);
    let says = |message: String| record("message", message);
    says(panic_message(|| belt.allocate(size(3), size(4)).offset()));
    says(panic_message(|| belt.allocate(size(4), size(3)).offset()));
    let target = gpu.empty_buffer(16, Usages::COPY_DST);
    let mut encoder = gpu.encoder();
    says(panic_message(|| belt.write_buffer(&mut encoder, &target, 2, size(4))));
    let with = |usages| StagingBelt::new_with_buffer_usages(gpu.device.clone(), 64, usages);
    let message = panic_message(|| with(Usages::VERTEX));
    assert!(message.contains("MAPPABLE_PRIMARY_BUFFERS"), "{message}");
    says(message);
    with(Usages::COPY_SRC | Usages::MAP_WRITE);
}

#[test]
fn a_part_of_a_buffer_is_downloaded() {
    let gpu = gpu();
    let buffer = gpu.buffer(&[10, 11, 12, 13], Usages::COPY_SRC);
    let (sender, receiver) = mpsc::channel();
    DownloadBuffer::read_buffer(&gpu.device, &gpu.queue, &buffer.slice(4..12), move |result| {
        sender.send(result.expect("the copy is mapped")).unwrap();
    });
    gpu.wait();
    let copy = receiver.try_recv().expect("the callback was called");
    drop(buffer);
    assert_eq!(bytemuck::pod_collect_to_vec::<u8, u32>(&copy), [11, 12]);
}

fn texture(gpu: &Gpu, width: u32, format: wgpu::TextureFormat) -> wgpu::Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width, height: width, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::all()
            - wgpu::TextureUsages::STORAGE_BINDING
            - wgpu::TextureUsages::STORAGE_ATOMIC
            - wgpu::TextureUsages::TRANSIENT,
        view_formats: &[],
    })
}

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const GRAY: [u8; 4] = [128, 128, 128, 255];

/// A texture of two times two texels.
fn source(gpu: &Gpu, texels: [[u8; 4]; 4]) -> wgpu::Texture {
    let source = texture(gpu, 2, wgpu::TextureFormat::Rgba8Unorm);
    let layout =
        wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(8), rows_per_image: None };
    gpu.queue.write_texture(source.as_image_copy(), &texels.concat(), layout, source.size());
    source
}

fn blit(gpu: &Gpu, blitter: &TextureBlitter, source: &wgpu::Texture, target: &wgpu::Texture) {
    let mut encoder = gpu.encoder();
    let view = |texture: &wgpu::Texture| texture.create_view(&Default::default());
    blitter.copy(&gpu.device, &mut encoder, &view(source), &view(target));
    gpu.queue.submit([encoder.finish()]);
}

#[test]
fn a_texture_is_drawn_larger_in_another_format() {
    let gpu = gpu();
    let target = texture(&gpu, 4, wgpu::TextureFormat::Bgra8Unorm);
    let blitter = TextureBlitter::new(&gpu.device, target.format());
    blit(&gpu, &blitter, &source(&gpu, [RED, GREEN, BLUE, GRAY]), &target);
    let above = [RED, RED, GREEN, GREEN];
    let below = [BLUE, BLUE, GRAY, GRAY];
    let expected = [above, above, below, below].concat();
    let bgra = expected.into_iter().map(|[r, g, b, a]| [b, g, r, a]);
    assert_eq!(gpu.read_texels(&target), bgra.collect::<Vec<_>>());
}

#[test]
fn a_blitter_mixes_texels_and_colors() {
    let gpu = gpu();
    let target = texture(&gpu, 4, wgpu::TextureFormat::Rgba8Unorm);
    let add = wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::One,
        dst_factor: wgpu::BlendFactor::One,
        operation: wgpu::BlendOperation::Add,
    };
    let blitter = wgpu::util::TextureBlitterBuilder::new(&gpu.device, target.format())
        .sample_type(wgpu::FilterMode::Linear)
        .blend_state(wgpu::BlendState { color: add, alpha: add })
        .build();
    let source = source(&gpu, [[0; 4], [100, 40, 20, 0], [0; 4], [100, 40, 20, 0]]);
    // A row of two texels becomes one of four, and is then added to itself.
    blit(&gpu, &blitter, &source, &target);
    blit(&gpu, &blitter, &source, &target);
    let row = [[0; 4], [50, 20, 10, 0], [150, 60, 30, 0], [200, 80, 40, 0]];
    assert_eq!(gpu.read_texels(&target), [row; 4].concat());
}

/// Draws a point of a colour given by the vertex buffer, whatever it is drawn into.
fn point<'a>(
    into: &mut impl RenderEncoder<'a>,
    pipeline: &'a wgpu::RenderPipeline,
    colors: &'a wgpu::Buffer,
    indices: &'a wgpu::Buffer,
) {
    into.set_pipeline(pipeline);
    into.set_bind_group(0, None, &[]);
    into.set_vertex_buffer(0, colors.slice(..));
    into.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
    into.draw_indexed(0..1, 0, 0..1);
}

#[test]
fn passes_and_bundles_draw_alike() {
    let gpu = gpu();
    let target = texture(&gpu, 1, wgpu::TextureFormat::Rgba8Unorm);
    let module = gpu.shader(
        "struct Point { @builtin(position) position: vec4f, @location(0) color: vec4f }
         @vertex fn point(@location(0) color: vec4f) -> Point {
             return Point(vec4f(0.0, 0.0, 0.0, 1.0), color);
         }
         @fragment fn color(point: Point) -> @location(0) vec4f { return point.color; }",
    );
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: None,
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            buffers: &[wgpu::VertexBufferLayout {
                array_stride: 4,
                step_mode: wgpu::VertexStepMode::Vertex,
                attributes: &wgpu::vertex_attr_array![0 => Unorm8x4],
            }],
        },
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::PointList,
            ..Default::default()
        },
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            targets: &[Some(target.format().into())],
        }),
        multiview_mask: None,
        cache: None,
    });
    let colors = [RED, GREEN].map(u32::from_ne_bytes);
    let colors = gpu.buffer(&colors, Usages::VERTEX);
    let indices = gpu.buffer(&[1], Usages::INDEX);
    let mut bundle =
        gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            label: None,
            color_formats: &[Some(target.format())],
            depth_stencil: None,
            sample_count: 1,
            multiview: None,
        });
    point(&mut bundle, &pipeline, &colors, &indices);
    let bundle = bundle.finish(&Default::default());

    for bundled in [false, true] {
        let view = target.create_view(&Default::default());
        let mut encoder = gpu.encoder();
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: Default::default(),
            })],
            ..Default::default()
        });
        if bundled {
            pass.execute_bundles([&bundle]);
        } else {
            point(&mut pass, &pipeline, &colors, &indices);
        }
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
        assert_eq!(gpu.read_texels(&target), [GREEN], "bundled: {bundled}");
    }
}

/// What a shader that doubles numbers, and takes them at its only binding, makes of these.
fn double(gpu: &Gpu, module: &wgpu::ShaderModule, numbers: &[u32]) -> Vec<u32> {
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module,
        entry_point: Some("main"),
        compilation_options: Default::default(),
        cache: None,
    });
    let buffer = gpu.buffer(numbers, Usages::STORAGE | Usages::COPY_SRC);
    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&pipeline);
    pass.set_bind_group(0, &bind_group, &[]);
    pass.dispatch_workgroups(numbers.len() as u32, 1, 1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    gpu.read(&buffer)
}

#[test]
fn spirv_from_a_file() {
    let gpu = gpu();
    const DESCRIPTOR: wgpu::ShaderModuleDescriptor<'_> = wgpu::include_spirv!("shaders/double.spv");
    assert_eq!(DESCRIPTOR.label, Some("shaders/double.spv"));
    let module = gpu.device.create_shader_module(DESCRIPTOR);
    assert_eq!(double(&gpu, &module, &[1, 20, 300]), [2, 40, 600]);

    let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::util::make_spirv(include_bytes!("shaders/double.spv")),
    });
    assert_eq!(double(&gpu, &module, &[5]), [10]);
}

#[test]
fn shaders_for_the_driver_need_a_feature() {
    let gpu = gpu();
    let descriptor = wgpu::include_spirv_raw!("shaders/double.spv");
    assert!(descriptor.spirv.is_some() && descriptor.msl.is_none());
    let mut module = None;
    let message = gpu.validation_error(|| {
        // SAFETY: The file is valid SPIR-V, and its one access is inside of the buffer.
        module = Some(unsafe { gpu.device.create_shader_module_passthrough(descriptor) });
    });
    assert!(message.contains("In Device::create_shader_module_passthrough"), "{message}");
    assert!(message.contains("PASSTHROUGH_SHADERS"), "{message}");
    let info = pollster::block_on(module.as_ref().unwrap().get_compilation_info());
    assert_eq!(info.messages.len(), 1);
    gpu.validation_error(|| {
        gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: module.as_ref().unwrap(),
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        })
    });
}

#[test]
fn instances_without_a_browser() {
    assert!(!pollster::block_on(wgpu::util::is_browser_webgpu_supported()));
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::BROWSER_WEBGPU | wgpu::Backends::VULKAN;
    let instance = pollster::block_on(wgpu::util::new_instance_with_webgpu_detection(descriptor));
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
    assert!(adapters.iter().all(|adapter| adapter.get_info().backend == wgpu::Backend::Vulkan));
}
