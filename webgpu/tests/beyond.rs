//! Where the `wgpu` crate itself would end the process, panic in a less useful place, or leave something unusable.

mod common;

use common::{Gpu, gpu, gpu_with, panic_message};
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

/// `wgpu` does not look at where the arguments are, and lets the GPU read what is there.
#[test]
fn draws_beyond_a_buffer_in_a_bundle() {
    let gpu = gpu();
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
    let draws = gpu.buffer(&[3, 1, 0, 0], Usages::INDIRECT);
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
    let view = texture.create_view(&Default::default());
    for offset in [2, 8, 1024] {
        let mut encoder = bundle_encoder(&gpu);
        encoder.set_pipeline(&pipeline);
        encoder.draw_indirect(&draws, offset);
        let bundle = gpu.no_error(|| encoder.finish(&Default::default()));
        gpu.validation_error(|| {
            let mut encoder = gpu.encoder();
            let attachment = wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: Default::default(),
            };
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                color_attachments: &[Some(attachment)],
                ..Default::default()
            });
            pass.execute_bundles([&bundle]);
            drop(pass);
            encoder.finish()
        });
    }
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
