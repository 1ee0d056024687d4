//! The engine says all of these words, and they are understood.

use super::*;
use crate::{
    Adapter, BindGroupLayoutDescriptor, BindGroupLayoutEntry, BindingType, BufferDescriptor,
    BufferUsages, Device, DeviceDescriptor, ErrorFilter, Extent3d, FragmentState, Instance,
    InstanceDescriptor, InstanceFlags, Queue, RenderBundleEncoderDescriptor,
    RenderPipelineDescriptor, ShaderModule, ShaderModuleDescriptor, ShaderSource, ShaderStages,
    StorageTextureAccess, TextureDescriptor, TextureDimension, TextureFormat,
    TextureFormatFeatureFlags, TextureUsages, TextureViewDimension, VertexState,
};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static HEARD: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// Notes that the words were found, on this thread, in what the engine said.
pub(super) fn note(words: Words) {
    HEARD.with_borrow_mut(|heard| heard.insert(words.0));
}

/// What takes another driver, or a fault in one. These words stand in the engine's file.
const ELSEWHERE: [Words; 8] = [
    INTERNAL,
    INTERNAL_IN_STAGE,
    NO_CODE,
    NOT_ENABLED,
    NOT_LOADED,
    NO_FALLBACK,
    NO_ADAPTER,
    NOT_FOR_SURFACE,
];

fn adapter() -> Adapter {
    let mut descriptor = InstanceDescriptor::new_without_display_handle();
    // With it, loaders of Vulkan crash where other tests make devices at the same time.
    descriptor.flags.remove(InstanceFlags::DEBUG);
    let request = Instance::new(descriptor).request_adapter(&Default::default());
    pollster::block_on(request).expect("a driver")
}

fn device(adapter: &Adapter) -> (Device, Queue) {
    let descriptor = DeviceDescriptor { required_limits: adapter.limits(), ..Default::default() };
    pollster::block_on(adapter.request_device(&descriptor)).expect("a device")
}

/// The error that the call leads to.
fn error<R>(device: &Device, filter: ErrorFilter, call: impl FnOnce() -> R) -> String {
    let scope = device.push_error_scope(filter);
    drop(call());
    pollster::block_on(scope.pop()).expect("an error").to_string()
}

fn shader(device: &Device, code: &str) -> ShaderModule {
    let source = ShaderSource::Wgsl(code.into());
    device.create_shader_module(ShaderModuleDescriptor { label: None, source })
}

#[test]
fn all_are_heard() {
    let adapter = adapter();
    let (device, queue) = device(&adapter);

    let small = TextureDescriptor {
        label: None,
        size: Extent3d::default(),
        mip_level_count: 1,
        sample_count: 1,
        dimension: TextureDimension::D2,
        format: TextureFormat::Rgba32Float,
        usage: TextureUsages::COPY_DST,
        view_formats: &[],
    };
    let limits = device.limits();
    let size = Extent3d {
        width: limits.max_texture_dimension_2d,
        height: limits.max_texture_dimension_2d,
        depth_or_array_layers: limits.max_texture_array_layers,
    };
    let large = || device.create_texture(&TextureDescriptor { size, ..small });
    error(&device, ErrorFilter::OutOfMemory, large);
    let size = Extent3d { width: 0, ..size };
    let empty = || device.create_texture(&TextureDescriptor { size, ..small });
    let message = error(&device, ErrorFilter::Validation, empty);
    assert!(VALIDATION_ERROR.begin(&message) && message.contains("In Device::create_texture"));
    let buffer = device.create_buffer(&BufferDescriptor {
        label: None,
        size: 16,
        usage: BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });

    let formats = crate::api::FormatTable::of(&adapter);
    let features = formats.get(TextureFormat::Rgba8Unorm);
    assert!(features.flags.contains(TextureFormatFeatureFlags::BLENDABLE));

    // A mistake in a command, and one in the targets.
    for second in [None, Some(TextureFormat::Depth32Float)] {
        let finish = || {
            let mut encoder = device.create_render_bundle_encoder(&RenderBundleEncoderDescriptor {
                color_formats: &[Some(TextureFormat::R8Unorm), second],
                sample_count: 1,
                ..Default::default()
            });
            encoder.set_vertex_buffer(0, buffer.slice(..));
            encoder.finish(&Default::default())
        };
        let scope = device.push_error_scope(ErrorFilter::Validation);
        let finished = catch_unwind(AssertUnwindSafe(finish));
        assert!(finished.is_err() || pollster::block_on(scope.pop()).is_some());
    }

    let layout = || {
        let (access, view_dimension) = (StorageTextureAccess::ReadWrite, TextureViewDimension::D2);
        let ty = BindingType::StorageTexture {
            access,
            format: TextureFormat::Rgba8Unorm,
            view_dimension,
        };
        let entry =
            BindGroupLayoutEntry { binding: 0, visibility: ShaderStages::COMPUTE, ty, count: None };
        device
            .create_bind_group_layout(&BindGroupLayoutDescriptor { label: None, entries: &[entry] })
    };
    assert!(NO_ACCESS.stand_in(&error(&device, ErrorFilter::Validation, layout)));
    let several = || {
        device.create_texture(&TextureDescriptor {
            format: TextureFormat::R32Uint,
            usage: TextureUsages::RENDER_ATTACHMENT,
            sample_count: 4,
            ..small
        })
    };
    assert!(NO_SAMPLES.stand_in(&error(&device, ErrorFilter::Validation, several)));
    let module = shader(
        &device,
        "@vertex fn v() -> @builtin(position) vec4f { return vec4f(); } @fragment fn f() -> @location(0) vec4f { return vec4f(); }",
    );
    let pipeline = || {
        device.create_render_pipeline(&RenderPipelineDescriptor {
            label: None,
            layout: None,
            vertex: VertexState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            fragment: Some(FragmentState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                targets: &[Some(TextureFormat::Depth32Float.into())],
            }),
            multiview_mask: None,
            cache: None,
        })
    };
    assert!(NO_COLOR.stand_in(&error(&device, ErrorFilter::Validation, pipeline)));

    error(&device, ErrorFilter::Validation, || {
        let module = shader(&device, "fn f() { let x = y; }");
        let messages = pollster::block_on(module.get_compilation_info()).messages;
        let place = messages[0].location.expect("a place");
        assert_eq!((place.line_number, place.line_position), (1, 18));
        assert!(messages[0].message.starts_with("\nShader '' parsing error: "), "{messages:?}");
    });

    device.destroy();
    drop(device.create_sampler(&Default::default()));
    drop(queue);

    let heard = HEARD.take();
    let silent =
        ALL.iter().filter(|(_, words)| !heard.contains(words.0) && !ELSEWHERE.contains(words));
    let silent = silent.map(|(name, words)| format!("{name} ({:?})", words.0)).collect::<Vec<_>>();
    assert!(silent.is_empty(), "the engine no longer says: {}", silent.join(", "));
}

/// On other systems, an engine for other backends says less.
#[test]
#[cfg(target_os = "linux")]
fn the_others_stand_in_the_file_of_the_engine() {
    let engine = crate::library::load().unwrap();
    let file = std::fs::read(engine.path()).unwrap();
    let file = String::from_utf8_lossy(&file);
    let logged = [log::OF_HAL, log::OF_CORE, log::PROBLEMS_OF_NAGA].concat();
    let all = ELSEWHERE.iter().map(|words| words.0).chain(logged);
    let missing = all.filter(|words| !file.contains(words)).collect::<Vec<_>>();
    assert_eq!(missing, [""; 0], "the engine has other words");
}
