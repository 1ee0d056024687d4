//! Mistakes: each becomes an error or a panic, with the right words, and the process goes on.

mod common;

use common::{gpu, gpu_with, panic_message};
use std::error::Error as _;
use webgpu as wgpu;
use wgpu::{BufferUsages as Buffers, TextureUsages as Textures};

#[test]
fn a_shader_that_does_not_compile() {
    let gpu = gpu();
    let source = "@compute @workgroup_size(1)\nfn main() {\n    let x = nothing;\n}\n";
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("broken"),
        source: wgpu::ShaderSource::Wgsl(source.into()),
    });
    let error = pollster::block_on(scope.pop()).expect("an error");
    let message = error.to_string();
    assert!(message.starts_with("Validation Error\n\nCaused by:\n"), "{message}");
    assert!(message.contains("In Device::create_shader_module, label = 'broken'"), "{message}");
    assert!(message.contains("no definition in scope for identifier: `nothing`"), "{message}");
    let call = error.source().expect("a source");
    assert_eq!(call.to_string(), "In Device::create_shader_module, label = 'broken'");
    let cause = call.source().expect("a source of the source").to_string();
    assert!(cause.contains("parsing error") && cause.contains("wgsl:3:13"), "{cause}");

    let info = pollster::block_on(module.get_compilation_info());
    assert_eq!(info.messages.len(), 1);
    assert_eq!(info.messages[0].message_type, wgpu::CompilationMessageType::Error);
    let location = info.messages[0].location.expect("a place");
    assert_eq!((location.line_number, location.line_position, location.length), (3, 13, 7));
    assert_eq!(&source[location.offset as usize..][..7], "nothing");

    let message = gpu.validation_error(|| {
        gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("of it"),
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        })
    });
    assert!(message.contains("In Device::create_compute_pipeline, label = 'of it'"), "{message}");
}

#[test]
fn a_good_shader_has_no_messages() {
    let gpu = gpu();
    let module = gpu.shader("@compute @workgroup_size(1) fn main() {}");
    assert!(pollster::block_on(module.get_compilation_info()).messages.is_empty());
}

#[test]
fn spirv_that_is_none() {
    let gpu = gpu();
    let module = |words: &'static [u32]| {
        gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::SpirV(words.into()),
        })
    };
    let mut broken = None;
    gpu.validation_error(|| broken = Some(module(&[1, 2, 3])));
    gpu.validation_error(|| module(&[]));
    let message = gpu.validation_error(|| {
        gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: broken.as_ref().unwrap(),
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        })
    });
    assert!(message.contains("create_compute_pipeline"), "{message}");
}

#[test]
fn without_a_handler_the_call_panics() {
    let gpu = gpu();
    let message = panic_message(|| gpu.empty_buffer(16, Buffers::empty()));
    assert!(message.starts_with("wgpu error: Validation Error"), "{message}");
    assert!(message.contains("In Device::create_buffer, label = 'empty'"), "{message}");
    gpu.no_error(|| gpu.empty_buffer(16, Buffers::COPY_DST));
}

#[test]
fn a_handler_gets_what_no_scope_catches() {
    let gpu = gpu();
    let errors = gpu.collect_errors();
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let _ = gpu.empty_buffer(1, Buffers::empty());
    let caught = pollster::block_on(scope.pop());
    assert!(matches!(caught, Some(wgpu::Error::Validation { .. })));
    assert!(errors.lock().unwrap().is_empty());

    let other_kind = gpu.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let internal = gpu.device.push_error_scope(wgpu::ErrorFilter::Internal);
    let _ = gpu.empty_buffer(2, Buffers::empty());
    drop(internal);
    assert!(pollster::block_on(other_kind.pop()).is_none());
    assert_eq!(errors.lock().unwrap().len(), 1);
}

#[test]
fn more_memory_than_there_is() {
    let gpu = gpu();
    let validation = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let memory = gpu.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("256 GiB"),
        size: wgpu::Extent3d { width: 8192, height: 8192, depth_or_array_layers: 256 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba32Float,
        usage: wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    });
    let error = pollster::block_on(memory.pop()).expect("an error");
    assert!(matches!(error, wgpu::Error::OutOfMemory { .. }), "{error:?}");
    assert_eq!(error.to_string(), "Out of Memory");
    assert!(pollster::block_on(validation.pop()).is_none());
    // What uses it is not valid.
    gpu.validation_error(|| texture.create_view(&Default::default()));
}

#[test]
fn a_handler_may_call_the_device_and_panic() {
    let gpu = gpu();
    let device = gpu.device.clone();
    gpu.device.on_uncaptured_error(std::sync::Arc::new(move |error: wgpu::Error| {
        let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let invalid = device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 8,
            usage: Buffers::empty(),
            mapped_at_creation: false,
        });
        drop(invalid);
        let inner = pollster::block_on(scope.pop()).expect("an error in the handler");
        panic!("handled: {error}, then {inner}");
    }));
    let message = panic_message(|| gpu.empty_buffer(16, Buffers::empty()));
    assert!(message.starts_with("handled: Validation Error"), "{message}");
    assert_eq!(message.matches("Device::create_buffer").count(), 2, "{message}");
    // The handler keeps the device, which keeps the handler.
    gpu.device.on_uncaptured_error(std::sync::Arc::new(|_| ()));
}

#[test]
fn scopes_nest_and_belong_to_their_thread() {
    let gpu = gpu();
    let errors = gpu.collect_errors();
    let outer = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let inner = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let _ = gpu.empty_buffer(1, Buffers::empty());
    let device = gpu.device.clone();
    std::thread::spawn(move || {
        let _ = device.create_texture(&texture(0, Textures::COPY_DST));
    })
    .join()
    .unwrap();
    assert_eq!(errors.lock().unwrap().len(), 1, "that of the other thread");
    assert!(pollster::block_on(inner.pop()).is_some());
    assert!(pollster::block_on(outer.pop()).is_none());

    let outer = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let inner = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let message = panic_message(|| drop(outer.pop()));
    assert!(message.contains("reverse order"), "{message}");
    drop(inner);
}

fn texture(width: u32, usage: Textures) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: Some("t"),
        size: wgpu::Extent3d { width, height: 4, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage,
        view_formats: &[],
    }
}

#[test]
fn bits_that_nobody_knows() {
    let gpu = gpu();
    let message = gpu.validation_error(|| gpu.empty_buffer(16, Buffers::from_bits_retain(1 << 31)));
    assert!(message.contains("create_buffer"), "{message}");
    let usage = Textures::from_bits_retain(1 << 30) | Textures::COPY_DST;
    let message = gpu.validation_error(|| gpu.device.create_texture(&texture(4, usage)));
    assert!(message.contains("create_texture"), "{message}");
}

#[test]
fn formats_that_c_cannot_express() {
    let gpu = gpu();
    let descriptor = wgpu::TextureDescriptor {
        format: wgpu::TextureFormat::R64Uint,
        ..texture(4, Textures::COPY_DST)
    };
    let mut invalid = None;
    let message = gpu.validation_error(|| invalid = Some(gpu.device.create_texture(&descriptor)));
    assert!(message.contains("R64Uint"), "{message}");
    let invalid = invalid.unwrap();
    assert_eq!(invalid.width(), 4);
    gpu.validation_error(|| invalid.create_view(&Default::default()));
    invalid.destroy();
}

#[test]
fn views_without_levels() {
    let gpu = gpu();
    let texture = gpu.device.create_texture(&texture(4, Textures::TEXTURE_BINDING));
    let view = |base_mip_level, mip_level_count| {
        texture.create_view(&wgpu::TextureViewDescriptor {
            label: Some("level"),
            base_mip_level,
            mip_level_count,
            ..Default::default()
        })
    };
    for (base, count, cause) in [(0, Some(0), "Mip level count is 0"), (7, None, "")] {
        let message = gpu.validation_error(|| view(base, count));
        let call = "In Texture::create_view, label = 'level'\n    ";
        assert!(message.contains(call) && message.contains(cause), "{message}");
    }
}

#[test]
fn clearing_parts_of_a_texture() {
    let gpu = gpu_with(wgpu::Features::CLEAR_TEXTURE);
    let usage = Textures::COPY_DST | Textures::RENDER_ATTACHMENT;
    let texture = gpu.device.create_texture(&texture(4, usage));
    let clear = |range| {
        let mut encoder = gpu.encoder();
        encoder.clear_texture(&texture, &range);
        gpu.queue.submit([encoder.finish()]);
    };
    let all = wgpu::ImageSubresourceRange::default;
    gpu.no_error(|| clear(all()));
    let mut encoder = gpu.encoder();
    let beyond =
        wgpu::ImageSubresourceRange { base_mip_level: 5, mip_level_count: Some(1), ..all() };
    encoder.clear_texture(&texture, &beyond);
    let message = gpu.validation_error(|| encoder.finish());
    assert!(message.contains("In a CommandEncoder\n    Image subresource level"), "{message}");
}

#[test]
fn bindings_that_c_cannot_express() {
    let gpu = gpu();
    let entry = |ty| wgpu::BindGroupLayoutEntry {
        binding: 2,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty,
        count: None,
    };
    let layout = |ty| {
        gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("odd"),
            entries: &[entry(ty)],
        })
    };
    let mut invalid = None;
    let message =
        gpu.validation_error(|| invalid = Some(layout(wgpu::BindingType::ExternalTexture)));
    assert!(message.contains("label = 'odd'\n    Binding 2 entry is invalid"), "{message}");
    assert!(message.contains("EXTERNAL_TEXTURE"), "{message}");
    let invalid = invalid.unwrap();
    gpu.validation_error(|| {
        gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &invalid,
            entries: &[],
        })
    });
    gpu.validation_error(|| {
        gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            bind_group_layouts: &[Some(&invalid)],
            ..Default::default()
        })
    });
}

#[test]
fn depth_state_left_open() {
    let gpu = gpu();
    let module =
        gpu.shader("@vertex fn main() -> @builtin(position) vec4<f32> { return vec4<f32>(); }");
    let create = |depth_write_enabled, format| {
        gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("depth"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: Default::default(),
            depth_stencil: Some(wgpu::DepthStencilState {
                format,
                depth_write_enabled,
                depth_compare: None,
                stencil: Default::default(),
                bias: Default::default(),
            }),
            multisample: Default::default(),
            fragment: None,
            multiview_mask: None,
            cache: None,
        })
    };
    let depth = wgpu::TextureFormat::Depth24Plus;
    let message = gpu.validation_error(|| create(None, depth));
    assert!(message.contains("Depth write enabled must be specified"), "{message}");
    let message = gpu.validation_error(|| create(Some(true), depth));
    assert!(message.contains("Depth compare function must be specified"), "{message}");
    let mut invalid = None;
    let message =
        gpu.validation_error(|| invalid = Some(create(Some(true), wgpu::TextureFormat::Stencil8)));
    assert!(message.contains("does not have a depth aspect"), "{message}");
    gpu.validation_error(|| invalid.as_ref().unwrap().get_bind_group_layout(0));
    gpu.no_error(|| create(None, wgpu::TextureFormat::Stencil8));
    gpu.no_error(|| create(Some(false), depth));
}

#[test]
fn a_mistake_in_a_pass_is_told_at_the_end() {
    let gpu = gpu();
    let descriptor = wgpu::CommandEncoderDescriptor { label: Some("wrong") };
    let mut encoder = gpu.device.create_command_encoder(&descriptor);
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.dispatch_workgroups(1, 1, 1);
    drop(pass);
    let mut command_buffer = None;
    let message = gpu.validation_error(|| command_buffer = Some(encoder.finish()));
    let causes = "    In a dispatch command, indirect:false\n      Compute pipeline must be set\n";
    let frame = "Validation Error\n\nCaused by:\n";
    assert_eq!(message, format!("{frame}  In a CommandEncoder, label = 'wrong'\n{causes}"));
    let message = gpu.validation_error(|| gpu.queue.submit(command_buffer));
    assert_eq!(message, format!("{frame}  In Queue::submit\n{causes}"));
}

#[test]
fn an_encoder_with_an_open_pass() {
    let gpu = gpu();
    let mut encoder = gpu.encoder();
    let pass = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
    let mut command_buffer = None;
    gpu.validation_error(|| command_buffer = Some(encoder.finish()));
    let errors = gpu.collect_errors();
    drop(pass);
    gpu.validation_error(|| gpu.queue.submit(command_buffer));
    assert!(errors.lock().unwrap().len() <= 1);
}

#[test]
fn writes_out_of_bounds() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Buffers::COPY_DST);
    let message = gpu.validation_error(|| gpu.queue.write_buffer(&buffer, 12, &[0; 8]));
    assert!(message.contains("In Queue::write_buffer"), "{message}");
    let texture = gpu.device.create_texture(&texture(4, Textures::COPY_DST));
    let layout =
        wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(16), rows_per_image: None };
    let message = gpu.validation_error(|| {
        gpu.queue.write_texture(texture.as_image_copy(), &[0; 60], layout, texture.size());
    });
    assert!(message.contains("In Queue::write_texture"), "{message}");
    gpu.queue.write_buffer(&buffer, 0, &[]);
}

#[test]
fn bundles_with_mistakes() {
    let gpu = gpu();
    let descriptor =
        |sample_count| wgpu::RenderBundleEncoderDescriptor { sample_count, ..Default::default() };
    let message = panic_message(|| gpu.device.create_render_bundle_encoder(&descriptor(0)));
    assert!(message.contains("Invalid number of samples 0"), "{message}");
    let mut encoder = gpu.device.create_render_bundle_encoder(&descriptor(1));
    encoder.draw(0..3, 0..1);
    let message = panic_message(|| encoder.finish(&Default::default()));
    assert!(message.contains("Render pipeline must be set"), "{message}");
}

#[test]
fn a_buffer_larger_than_allowed() {
    let gpu = gpu();
    let limit = gpu.device.limits().max_buffer_size;
    let mut buffer = None;
    let message = gpu.validation_error(|| {
        buffer = Some(gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("huge"),
            size: limit + 8,
            usage: Buffers::MAP_READ | Buffers::COPY_DST,
            mapped_at_creation: true,
        }));
    });
    assert!(message.contains("label = 'huge'"), "{message}");
    let buffer = buffer.unwrap();
    let message = panic_message(|| buffer.get_mapped_range(..8));
    assert!(message.contains("Buffer with 'huge' label is invalid"), "{message}");
}
