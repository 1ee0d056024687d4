//! What an adapter can do with formats beyond what WebGPU guarantees: that devices can do it.

use crate::common::{Gpu, Outcome, adapter, instance, leaks, record};
use crate::drawing::{Pipeline, SIZE, TRIANGLE, canvas, cleared, target};
use crate::kit::{TEXTURE, extent};
use crate::texture::FORMATS;
use std::sync::LazyLock;
use webgpu as wgpu;
use wgpu::{StorageTextureAccess as Access, TextureFormat as Format};
use wgpu::{TextureFormatFeatureFlags as Flags, TextureUsages as Usages};

/// A device that can do all that its adapter can do with formats, and the adapter.
fn able_gpu() -> (Gpu, wgpu::Adapter) {
    let instance = instance();
    let adapter = adapter(&instance);
    let needed = FORMATS.iter().map(|format| format.required_features());
    let needed = needed.fold(wgpu::Features::empty(), |all, features| all | features);
    let request = adapter.request_device(&wgpu::DeviceDescriptor {
        required_features: wgpu::Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES
            | (adapter.features() & needed),
        ..Default::default()
    });
    let (device, queue) = pollster::block_on(request).expect("a device");
    (Gpu { device, queue, leaks: leaks::Check::new(&instance) }, adapter)
}

/// A layout of one storage texture.
fn layout(gpu: &Gpu, access: Access, format: Format) -> wgpu::BindGroupLayout {
    gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::StorageTexture {
                access,
                format,
                view_dimension: wgpu::TextureViewDimension::D2,
            },
            count: None,
        }],
    })
}

#[test]
fn devices_can_do_what_the_adapter_tells() {
    let (gpu, adapter) = able_gpu();
    for format in FORMATS {
        // A texture of planes is checked for what its planes can do.
        if format.is_multi_planar_format() {
            continue;
        }
        let told = adapter.get_texture_format_features(*format);
        let check = |what: &str, expected: bool, outcome: Outcome| {
            record(&format!("{format:?} {what}"), format!("{outcome:?}"));
            assert_eq!(outcome == Outcome::Valid, expected, "{format:?} {what}: {told:?}");
        };
        let texture = |usage, sample_count| {
            let descriptor =
                wgpu::TextureDescriptor { format: *format, usage, sample_count, ..TEXTURE };
            gpu.end_of(|| gpu.device.create_texture(&descriptor)).0
        };
        for (name, usage) in Usages::all().iter_names() {
            let with = if usage == Usages::TRANSIENT { Usages::RENDER_ATTACHMENT } else { usage };
            check(name, told.allowed_usages.contains(usage), texture(usage | with, 1));
        }
        let drawn_on = told.allowed_usages.contains(Usages::RENDER_ATTACHMENT);
        for count in [2, 4, 8, 16] {
            let expected = drawn_on && told.flags.sample_count_supported(count);
            let outcome = texture(Usages::RENDER_ATTACHMENT, count);
            check(&format!("{count} samples"), expected, outcome);
        }
        for (access, flag) in [
            (Access::ReadOnly, Flags::STORAGE_READ_ONLY),
            (Access::WriteOnly, Flags::STORAGE_WRITE_ONLY),
            (Access::ReadWrite, Flags::STORAGE_READ_WRITE),
        ] {
            let (outcome, _) = gpu.end_of(|| layout(&gpu, access, *format));
            check(&format!("{access:?}"), told.flags.contains(flag), outcome);
        }
        let kind = match format.sample_type(None, None) {
            Some(wgpu::TextureSampleType::Uint) => "u32",
            Some(wgpu::TextureSampleType::Sint) => "i32",
            _ => "f32",
        };
        let shader = crate::drawing::COVER
            .replace("@location(0) vec4<f32> { return vec4<f32>(1.0)", &{
                format!("@location(0) vec4<{kind}> {{ return vec4<{kind}>(1)")
            });
        let blend = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        let targets = [target(*format).map(|target| wgpu::ColorTargetState { blend, ..target })];
        let pipeline = Pipeline { shader: &shader, targets: Some(&targets), ..Default::default() };
        let expected =
            drawn_on && format.has_color_aspect() && told.flags.contains(Flags::BLENDABLE);
        check("blending", expected, gpu.end_of(|| pipeline.create(&gpu)).0);
    }
}

/// Every texel is read and written by the same shader, in formats for which that is not guaranteed.
#[test]
fn storage_that_is_read_and_written() {
    let (gpu, adapter) = able_gpu();
    for (format, name) in [
        (Format::R8Unorm, "r8unorm"),
        (Format::Rg8Uint, "rg8uint"),
        (Format::Rgba8Unorm, "rgba8unorm"),
        (Format::Rgba8Snorm, "rgba8snorm"),
        (Format::Rgba16Sint, "rgba16sint"),
        (Format::Rgba32Uint, "rgba32uint"),
    ] {
        let told = adapter.get_texture_format_features(format).flags;
        let guaranteed = format.guaranteed_format_features(adapter.features()).flags;
        assert!(!guaranteed.contains(Flags::STORAGE_READ_WRITE), "{format:?}");
        record(name, told.contains(Flags::STORAGE_READ_WRITE));
        if !told.contains(Flags::STORAGE_READ_WRITE) {
            continue;
        }
        let pipeline = gpu.compute_pipeline(&format!(
            "@group(0) @binding(0) var image: texture_storage_2d<{name}, read_write>;
            @compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) at: vec3<u32>) {{
                let texel = textureLoad(image, at.xy);
                textureStore(image, at.xy, texel + texel / {two});
            }}",
            two = if name.ends_with("norm") { "2.0" } else { "2" },
        ));
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            format,
            usage: Usages::STORAGE_BINDING | Usages::COPY_SRC | Usages::COPY_DST,
            ..TEXTURE
        });
        let written = gpu.fill_level(&texture, 0);
        let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(
                    &texture.create_view(&Default::default()),
                ),
            }],
        });
        gpu.no_error(|| {
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&pipeline);
                pass.set_bind_group(0, &group, &[]);
                pass.dispatch_workgroups(1, 1, 1);
            });
        });
        let read = gpu.read_texture(&texture);
        assert_ne!(read, written, "{format:?}");
        if format == Format::Rg8Uint {
            let expected = written.iter().map(|byte| byte.saturating_add(byte / 2));
            assert!(read.iter().copied().eq(expected), "{read:?}");
        }
    }
}

/// The edges of a triangle in formats that need not have samples, with every number of them.
#[test]
fn samples_that_are_not_guaranteed() {
    let (gpu, adapter) = able_gpu();
    for format in [Format::Rgba8Unorm, Format::Rgba8Snorm, Format::Rg32Float, Format::Rgba32Float] {
        let told = adapter.get_texture_format_features(format);
        let guaranteed = format.guaranteed_format_features(adapter.features()).flags;
        for count in [2, 4, 8, 16] {
            let able = told.allowed_usages.contains(Usages::RENDER_ATTACHMENT)
                && told.flags.contains(Flags::MULTISAMPLE_RESOLVE)
                && told.flags.sample_count_supported(count);
            record(&format!("{format:?} {count}"), able);
            if !able || guaranteed.sample_count_supported(count) {
                continue;
            }
            let targets = [target(format)];
            let pipeline = Pipeline {
                shader: TRIANGLE,
                multisample: wgpu::MultisampleState { count, ..Default::default() },
                targets: Some(&targets),
                ..Default::default()
            };
            let pipeline = pipeline.create(&gpu);
            let canvas = canvas(&gpu, format);
            let resolved = canvas.create_view(&Default::default());
            let samples = gpu.device.create_texture(&wgpu::TextureDescriptor {
                format,
                sample_count: count,
                size: extent(SIZE, SIZE, 1),
                usage: Usages::RENDER_ATTACHMENT,
                ..TEXTURE
            });
            let samples = samples.create_view(&Default::default());
            gpu.no_error(|| {
                gpu.submit(|encoder| {
                    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                            resolve_target: Some(&resolved),
                            ..cleared(&samples, wgpu::Color::TRANSPARENT).unwrap()
                        })],
                        ..Default::default()
                    });
                    pass.set_pipeline(&pipeline);
                    pass.draw(0..3, 0..1);
                });
            });
            let bytes = gpu.read_canvas("resolved", &canvas);
            let texel = bytes.len() / (SIZE * SIZE) as usize;
            let different = bytes.chunks(texel).collect::<std::collections::HashSet<_>>();
            assert!(different.len() > 10, "colours and edges: {}", different.len());
        }
    }
}

/// With whatever backends there are: the devices of an adapter of OpenGL share what they draw with.
#[test]
fn asking_leaves_devices_as_they_are() {
    // Never dropped, like that of the other tests, and for the same reason.
    static INSTANCE: LazyLock<wgpu::Instance> = LazyLock::new(|| {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.flags.remove(wgpu::InstanceFlags::DEBUG);
        wgpu::Instance::new(descriptor)
    });
    let instance = INSTANCE.clone();
    let leaks = leaks::Check::new(&instance);
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
    assert!(!adapters.is_empty());
    for adapter in adapters {
        let request = adapter.request_device(&wgpu::DeviceDescriptor {
            required_limits: adapter.limits(),
            ..Default::default()
        });
        let (device, queue) = pollster::block_on(request).expect("a device");
        let gpu = Gpu { device, queue, leaks: leaks.clone() };
        adapter.get_texture_format_features(Format::Rgba8Unorm);
        let pipeline = Pipeline::default().create(&gpu);
        let canvas = canvas(&gpu, Format::Rgba8Unorm);
        gpu.pass(&canvas.create_view(&Default::default()), |pass| {
            pass.set_pipeline(&pipeline);
            pass.draw(0..3, 0..1);
        });
        let bytes = gpu.level_bytes(&canvas, 0, wgpu::TextureAspect::All);
        assert!(bytes.iter().all(|byte| *byte == 255), "{:?}", adapter.get_info());
    }
}
