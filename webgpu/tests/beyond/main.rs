//! Where the `wgpu` crate itself would end the process, panic in a less useful place, or leave something unusable.

#[path = "../common/mod.rs"]
mod common;
mod queries;

use common::{Gpu, gpu, gpu_for, gpu_with, panic_message};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// A buffer that is mapped for reading, with 0, 1, 2, … in it.
fn mapped(gpu: &Gpu, count: u32) -> wgpu::Buffer {
    let values = (0..count).collect::<Vec<_>>();
    let source = gpu.buffer(&values, Usages::COPY_SRC);
    let buffer = gpu.empty_buffer(source.size(), Usages::MAP_READ | Usages::COPY_DST);
    let mut encoder = gpu.encoder();
    encoder.copy_buffer_to_buffer(&source, 0, &buffer, 0, None);
    gpu.queue.submit([encoder.finish()]);
    buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
    gpu.wait();
    buffer
}

#[test]
fn a_refused_view_is_forgotten() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(64, Usages::MAP_READ | Usages::COPY_DST);
    buffer.map_async(wgpu::MapMode::Read, .., |_| ());
    let message = panic_message(|| buffer.get_mapped_range(..));
    assert!(message.contains("Buffer is not mapped"), "{message}");
    gpu.wait();
    let message = panic_message(|| buffer.get_mapped_range_mut(4..8));
    assert!(message.contains("offset 4 must be multiple of 8"), "{message}");
    let message = panic_message(|| buffer.get_mapped_range(..7));
    assert!(message.contains("range_size 7 must be multiple of 4"), "{message}");
    assert_eq!(buffer.get_mapped_range(..).len(), 64);
    buffer.unmap();
}

#[test]
fn a_mapping_that_failed_can_be_repeated() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(64, Usages::MAP_READ | Usages::COPY_DST);
    let misaligned =
        || buffer.map_async(wgpu::MapMode::Read, 4..8, |result| assert!(result.is_err()));
    gpu.validation_error(misaligned);
    gpu.validation_error(misaligned);
    buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
    gpu.wait();
}

#[test]
fn an_invalid_buffer_that_was_mapped_at_creation() {
    let gpu = gpu();
    let mut buffer = None;
    gpu.validation_error(|| {
        buffer = Some(gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 16,
            usage: Usages::empty(),
            mapped_at_creation: true,
        }));
    });
    let buffer = buffer.unwrap();
    panic_message(|| buffer.get_mapped_range(..8));
    gpu.validation_error(|| buffer.unmap());
}

#[test]
fn an_error_while_unwinding_does_not_end_the_process() {
    let gpu = gpu();
    struct Invalid<'a>(&'a wgpu::Device);
    impl Drop for Invalid<'_> {
        fn drop(&mut self) {
            // Unhandled: it would panic, were the thread not unwinding.
            let _ = self.0.create_buffer(&wgpu::BufferDescriptor {
                label: Some("while unwinding"),
                size: 4,
                usage: Usages::empty(),
                mapped_at_creation: false,
            });
        }
    }
    let message = panic_message(|| {
        let _guard = Invalid(&gpu.device);
        panic!("the first one");
    });
    assert_eq!(message, "the first one");
}

#[test]
fn the_panic_is_located_in_the_program() {
    let gpu = gpu();
    let (sender, receiver) = std::sync::mpsc::channel();
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let _ = sender.send(info.location().map(|location| location.file().to_owned()));
    }));
    let buffer = wgpu::BufferDescriptor {
        label: None,
        size: 4,
        usage: Usages::empty(),
        mapped_at_creation: false,
    };
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        gpu.device.create_buffer(&buffer)
    }));
    std::panic::set_hook(previous);
    assert!(result.is_err());
    // Other tests may panic at the same time, all of them in these files.
    assert!(receiver.try_iter().all(|file| file.unwrap().contains("webgpu/tests/")));
}

#[test]
fn destroying_the_device_waits_for_views() {
    let gpu = gpu();
    let buffer = mapped(&gpu, 1024);
    let view = buffer.get_mapped_range(..);
    gpu.device.destroy();
    gpu.wait();
    assert_eq!(view[4092..], 1023_u32.to_ne_bytes());
    let message = panic_message(|| buffer.get_mapped_range(..));
    assert!(message.contains("has been destroyed"), "{message}");
    drop(view);
    gpu.wait();
}

#[test]
fn objects_of_another_instance() {
    let (here, there) = (gpu(), gpu());
    let buffer = there.empty_buffer(4, Usages::COPY_DST);
    let mut encoder = here.encoder();
    for message in [
        panic_message(|| here.queue.write_buffer(&buffer, 0, &[0; 4])),
        panic_message(|| encoder.clear_buffer(&buffer, 0, None)),
    ] {
        assert!(message.contains("different instances"), "{message}");
    }
}

#[test]
fn clearing_nothing_and_beyond_the_end_of_a_texture() {
    let gpu = gpu_with(wgpu::Features::CLEAR_TEXTURE);
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: 4, height: 4, depth_or_array_layers: 2 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    let all = wgpu::ImageSubresourceRange::default;
    for nothing in [
        wgpu::ImageSubresourceRange { array_layer_count: Some(0), ..all() },
        wgpu::ImageSubresourceRange { mip_level_count: Some(0), ..all() },
        wgpu::ImageSubresourceRange { base_array_layer: 2, ..all() },
    ] {
        gpu.no_error(|| {
            let mut encoder = gpu.encoder();
            encoder.clear_texture(&texture, &nothing);
            gpu.queue.submit([encoder.finish()]);
        });
    }
    for (range, kind) in [
        (wgpu::ImageSubresourceRange { base_mip_level: 5, ..all() }, "level"),
        (wgpu::ImageSubresourceRange { base_array_layer: u32::MAX, ..all() }, "layer"),
    ] {
        let mut encoder = gpu.encoder();
        encoder.clear_texture(&texture, &range);
        let message = gpu.validation_error(|| encoder.finish());
        assert!(message.contains(&format!("outside of the texture's {kind} range")), "{message}");
    }
}

#[test]
fn glsl_for_a_stage_that_the_engine_does_not_have() {
    let gpu = gpu();
    let message = gpu.validation_error(|| {
        gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Glsl {
                shader: "void main() {}".into(),
                stage: wgpu::naga::ShaderStage::Mesh,
                defines: &[],
            },
        })
    });
    assert!(message.contains("GLSL for the stage Mesh"), "{message}");
}

/// An encoder of bundles for passes with one colour.
fn bundle_encoder<'a>(gpu: &Gpu) -> wgpu::RenderBundleEncoder<'a> {
    gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
        color_formats: &[Some(wgpu::TextureFormat::R8Unorm)],
        sample_count: 1,
        ..Default::default()
    })
}

#[test]
fn a_bundle_of_a_device_that_is_lost() {
    let gpu = gpu();
    let _errors = gpu.collect_errors();
    let buffer = gpu.buffer(&[0; 4], Usages::INDEX);
    let recorded = || {
        let mut encoder = bundle_encoder(&gpu);
        encoder.set_index_buffer(buffer.slice(..), wgpu::IndexFormat::Uint32);
        encoder
    };
    let early = recorded();
    gpu.device.destroy();
    // The callback for the loss tells of it.
    for encoder in [early, recorded()] {
        drop(encoder.finish(&Default::default()));
    }
}

/// What something can be drawn with, and drawn to.
fn drawing(gpu: &Gpu) -> (wgpu::RenderPipeline, wgpu::TextureView) {
    let module = gpu.shader(
        "@vertex fn vs() -> @builtin(position) vec4<f32> { return vec4<f32>(0.0); }
         @fragment fn fs() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }",
    );
    let format = wgpu::TextureFormat::R8Unorm;
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: None,
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            buffers: &[],
        },
        primitive: Default::default(),
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    });
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: Default::default(),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
        view_formats: &[],
    });
    (pipeline, texture.create_view(&Default::default()))
}

/// Records a pass that draws to `view`.
fn recorded(
    gpu: &Gpu,
    view: &wgpu::TextureView,
    record: impl FnOnce(&mut wgpu::RenderPass<'_>),
) -> wgpu::CommandBuffer {
    let mut encoder = gpu.encoder();
    record_pass(&mut encoder, view, record);
    encoder.finish()
}

/// The same, into an encoder.
fn record_pass(
    encoder: &mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    record: impl FnOnce(&mut wgpu::RenderPass<'_>),
) {
    let attachment = wgpu::RenderPassColorAttachment {
        view,
        depth_slice: None,
        resolve_target: None,
        ops: Default::default(),
    };
    record(&mut encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(attachment)],
        ..Default::default()
    }));
}

/// `wgpu` does not look at where the arguments are, and lets the GPU read what is there.
#[test]
fn draws_beyond_a_buffer_in_a_bundle() {
    let gpu = gpu();
    let (pipeline, view) = drawing(&gpu);
    let draws = gpu.buffer(&[3, 1, 0, 0], Usages::INDIRECT);
    for offset in [2, 8, 1024] {
        let mut encoder = bundle_encoder(&gpu);
        encoder.set_pipeline(&pipeline);
        encoder.draw_indirect(&draws, offset);
        let bundle = gpu.no_error(|| encoder.finish(&Default::default()));
        gpu.validation_error(|| recorded(&gpu, &view, |pass| pass.execute_bundles([&bundle])));
    }
}

/// The engine clears what was never written, from where the indices begin.
#[test]
fn indices_that_begin_within_four_bytes() {
    let gpu = gpu();
    let (pipeline, view) = drawing(&gpu);
    let format = wgpu::IndexFormat::Uint16;
    for (size, begin) in [(8, 2), (8, 6), (4, 2), (16, 10)] {
        // Neither was ever written.
        let buffers = [(); 2].map(|()| gpu.empty_buffer(size, Usages::INDEX));
        let mut encoder = bundle_encoder(&gpu);
        encoder.set_pipeline(&pipeline);
        encoder.set_index_buffer(buffers[0].slice(begin..), format);
        encoder.draw_indexed(0..1, 0, 0..1);
        let bundle = gpu.no_error(|| encoder.finish(&Default::default()));
        let commands = gpu.no_error(|| {
            recorded(&gpu, &view, |pass| {
                pass.execute_bundles([&bundle]);
                pass.set_pipeline(&pipeline);
                pass.set_index_buffer(buffers[1].slice(begin..), format);
                pass.draw_indexed(0..1, 0, 0..1);
            })
        });
        gpu.no_error(|| gpu.queue.submit([commands]));
        gpu.wait();
    }
}

/// The engine takes what a pass has set for alive where no command uses it.
#[test]
fn bind_groups_with_something_destroyed_that_nothing_uses() {
    let gpu = gpu();
    let (_, view) = drawing(&gpu);
    let entry = wgpu::BindGroupLayoutEntry {
        binding: 0,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Storage { read_only: false },
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    };
    let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &[entry],
    });
    let buffer = gpu.buffer(&[1, 2, 3, 4], Usages::STORAGE);
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &layout,
        entries: &[wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() }],
    });
    let record = || {
        let mut encoder = gpu.encoder();
        // Between the two, what the first one may have written would have to be waited for.
        for _ in 0..2 {
            record_pass(&mut encoder, &view, |pass| pass.set_bind_group(0, &group, &[]));
        }
        encoder.finish()
    };
    let alive = gpu.no_error(record);
    gpu.no_error(|| gpu.queue.submit([alive]));
    buffer.destroy();
    let error = gpu.validation_error(record);
    assert!(error.contains("Buffer with '' label has been destroyed"), "{error}");
}

#[test]
fn a_bundle_leaves_nothing_behind() {
    let gpu = gpu();
    let command_buffers = || {
        let report = gpu.leaks.generate_report().expect("a report");
        report.hub_report().command_buffers.num_allocated
    };
    let indices = gpu.buffer(&[0; 4], Usages::INDEX);
    let before = command_buffers();
    for _ in 0..3 {
        let mut encoder = bundle_encoder(&gpu);
        encoder.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
        drop(encoder.finish(&Default::default()));
    }
    assert_eq!(command_buffers(), before);
}

/// The engine multiplies rows and bytes in 32 bits.
#[test]
fn texels_that_lie_farther_apart_than_32_bits_can_count() {
    const ROWS: u32 = 1_431_655_766;
    let gpu = gpu();
    let size = wgpu::Extent3d { width: 1, height: 1, depth_or_array_layers: 4 };
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::R8Unorm,
        usage: wgpu::TextureUsages::COPY_DST | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    let mut data = vec![0; 3 * ROWS as usize + 1];
    for layer in 0..4 {
        data[layer * ROWS as usize] = layer as u8 + 1;
    }
    let write = |data: &[u8], layers, rows| {
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(1),
            rows_per_image: Some(rows),
        };
        let size = wgpu::Extent3d { depth_or_array_layers: layers, ..size };
        gpu.queue.write_texture(texture.as_image_copy(), data, layout, size);
    };
    gpu.no_error(|| write(&data, 4, ROWS));
    gpu.validation_error(|| write(&data[1..], 4, ROWS));
    gpu.validation_error(|| write(&data, 4, ROWS + 1));
    // One layer more than there are, and the data is there.
    let message = gpu.validation_error(|| write(&data, 5, ROWS / 4 * 3));
    assert_eq!(message.matches("In Queue::write_texture").count(), 1, "{message}");
    let texels = gpu.empty_buffer(1024, Usages::COPY_DST | Usages::COPY_SRC);
    let mut encoder = gpu.encoder();
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(256),
        rows_per_image: Some(1),
    };
    let to = wgpu::TexelCopyBufferInfo { buffer: &texels, layout };
    encoder.copy_texture_to_buffer(texture.as_image_copy(), to, size);
    gpu.queue.submit([encoder.finish()]);
    let texels = gpu.read_bytes(&texels);
    assert_eq!([0, 256, 512, 768].map(|at| texels[at]), [1, 2, 3, 4]);
}

#[test]
fn texels_that_begin_where_32_bits_end() {
    let gpu = gpu();
    let size = wgpu::Extent3d { width: 4, height: 3, depth_or_array_layers: 1 };
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::COPY_DST | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    const OFFSET: usize = 1 << 32;
    let mut data = vec![0; OFFSET + 100];
    let texels = (0..48).collect::<Vec<u8>>();
    for (row, texels) in texels.chunks(16).enumerate() {
        data[OFFSET + 20 * row..][..16].copy_from_slice(texels);
    }
    let layout = wgpu::TexelCopyBufferLayout {
        offset: OFFSET as u64,
        bytes_per_row: Some(20),
        rows_per_image: None,
    };
    gpu.no_error(|| gpu.queue.write_texture(texture.as_image_copy(), &data, layout, size));
    assert_eq!(gpu.read_texels(&texture).as_flattened(), texels);
}

#[test]
fn immediate_data_that_is_longer_than_32_bits_can_count() {
    let gpu = gpu_for(&wgpu::DeviceDescriptor {
        required_features: wgpu::Features::IMMEDIATES,
        required_limits: wgpu::Limits { max_immediate_size: 4, ..Default::default() },
        ..Default::default()
    });
    let module = gpu.shader("@compute @workgroup_size(1) fn main() {}");
    let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[],
        immediate_size: 4,
    });
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: Some(&layout),
        module: &module,
        entry_point: None,
        compilation_options: Default::default(),
        cache: None,
    });
    let record = |data: &[u8]| {
        let mut encoder = gpu.encoder();
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_immediates(0, data);
        drop(pass);
        encoder.finish()
    };
    gpu.no_error(|| record(&[0; 4]));
    gpu.validation_error(|| record(&vec![0; (1 << 32) + 4]));
}

/// What is queued is written before the memory is mapped: it must not change afterwards.
#[test]
fn mapped_memory_does_not_change() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let made = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 16,
        usage: Usages::MAP_READ | Usages::COPY_DST,
        mapped_at_creation: true,
    });
    made.get_mapped_range_mut(..).copy_from_slice(&[7; 16]);
    made.unmap();
    for (buffer, expected) in [(&buffer, 8), (&made, 7), (&buffer, 9)] {
        if expected != 7 {
            gpu.queue.write_buffer(buffer, 0, &[expected; 16]);
        }
        buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
        gpu.wait();
        let view = buffer.get_mapped_range(..);
        let seen = view.to_vec();
        gpu.queue.submit([]);
        gpu.wait();
        assert_eq!(*view, *seen, "live memory has changed");
        assert_eq!(*view, [expected; 16]);
        drop(view);
        buffer.unmap();
    }
}

/// In the engine, one thread that writes and one that polls a destroyed device wait for each other.
#[test]
fn writes_while_a_destroyed_device_is_polled() {
    let (sender, receiver) = mpsc::channel();
    let test = std::thread::spawn(move || {
        for round in 0..16 {
            let gpu = gpu();
            // Writes that come too late are errors.
            let _errors = gpu.collect_errors();
            let texture = wgpu::TextureDescriptor {
                label: None,
                size: wgpu::Extent3d { width: 4, height: 4, depth_or_array_layers: 256 },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: wgpu::TextureFormat::R8Unorm,
                usage: wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            };
            let textures = [(); 12].map(|()| gpu.device.create_texture(&texture));
            let ended = AtomicBool::new(false);
            std::thread::scope(|scope| {
                for textures in textures.chunks(4) {
                    // The rest of each layer is cleared before.
                    let write = |texture: &wgpu::Texture, layer| {
                        let mut to = texture.as_image_copy();
                        to.origin.z = layer;
                        let size = wgpu::Extent3d::default();
                        gpu.queue.write_texture(to, &[1], Default::default(), size);
                    };
                    scope.spawn(move || {
                        for texture in textures {
                            (0..256).for_each(|layer| write(texture, layer));
                        }
                    });
                }
                scope.spawn(|| {
                    while !ended.load(Ordering::Relaxed) {
                        let _ = gpu.device.poll(wgpu::PollType::Poll);
                    }
                });
                std::thread::sleep(Duration::from_micros(500 + 100 * round));
                gpu.device.destroy();
                gpu.wait();
                ended.store(true, Ordering::Relaxed);
            });
        }
        sender.send(()).unwrap();
    });
    let ended = receiver.recv_timeout(Duration::from_secs(20));
    assert_ne!(ended, Err(mpsc::RecvTimeoutError::Timeout), "the threads wait for each other");
    test.join().unwrap();
}
