//! From nothing to a device, and what is said if there is none.

mod common;

use webgpu as wgpu;

#[test]
fn adapters_say_what_they_are() {
    let instance = common::instance();
    let _leaks = common::leaks::Check::new(&instance);
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
    assert!(!adapters.is_empty());
    for adapter in &adapters {
        let info = adapter.get_info();
        assert!(!info.name.is_empty(), "{info:?}");
        assert!(info.subgroup_min_size <= info.subgroup_max_size && info.subgroup_min_size > 0);
        assert!(adapter.limits().max_texture_dimension_2d >= 2048);
        assert!(adapter.get_downlevel_capabilities().is_webgpu_compliant());
        let features = adapter.get_texture_format_features(wgpu::TextureFormat::Rgba8Unorm);
        assert!(features.allowed_usages.contains(wgpu::TextureUsages::RENDER_ATTACHMENT));
    }
    assert!(pollster::block_on(instance.enumerate_adapters(wgpu::Backends::empty())).is_empty());
    assert!(
        pollster::block_on(instance.enumerate_adapters(wgpu::Backends::BROWSER_WEBGPU)).is_empty()
    );
}

#[test]
fn a_device_has_what_it_was_asked_for() {
    let instance = common::instance();
    let _leaks = common::leaks::Check::new(&instance);
    let adapter = common::adapter(&instance);
    let features = wgpu::Features::TIMESTAMP_QUERY & adapter.features();
    let limits = wgpu::Limits { max_bind_groups: 3, ..wgpu::Limits::downlevel_defaults() };
    let request = adapter.request_device(&wgpu::DeviceDescriptor {
        label: Some("asked"),
        required_features: features,
        required_limits: limits.clone(),
        ..Default::default()
    });
    let (device, _queue) = pollster::block_on(request).unwrap();
    assert_eq!(device.features(), features);
    assert_eq!(device.limits(), limits);
    assert_eq!(device.adapter_info().name, adapter.get_info().name);
    let all = adapter.request_device(&wgpu::DeviceDescriptor {
        required_features: adapter.features() - wgpu::Features::all_experimental_mask(),
        required_limits: adapter.limits(),
        ..Default::default()
    });
    pollster::block_on(all).expect("all that the adapter has");
}

#[test]
fn a_device_is_refused_what_the_adapter_lacks() {
    let instance = common::instance();
    let _leaks = common::leaks::Check::new(&instance);
    let adapter = common::adapter(&instance);
    let request = |required_features, required_limits| {
        let request = adapter.request_device(&wgpu::DeviceDescriptor {
            required_features,
            required_limits,
            ..Default::default()
        });
        pollster::block_on(request).expect_err("a refusal").to_string()
    };
    let mesh = wgpu::Features::EXPERIMENTAL_MESH_SHADER;
    let message = request(mesh, wgpu::Limits::default());
    assert!(message.contains("EXPERIMENTAL_MESH_SHADER"), "{message}");
    let huge = wgpu::Limits { max_texture_dimension_2d: 1 << 30, ..Default::default() };
    let message = request(wgpu::Features::empty(), huge);
    assert!(message.contains("max_texture_dimension_2d"), "{message}");
}

#[test]
fn no_adapter_for_a_reason() {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::empty();
    let instance = wgpu::Instance::new(descriptor);
    let error = pollster::block_on(instance.request_adapter(&Default::default())).unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with("No suitable graphics adapter found; "), "{message}");
    assert!(message.contains("vulkan not requested"), "{message}");

    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::BROWSER_WEBGPU;
    let instance = wgpu::Instance::new(descriptor);
    let error = pollster::block_on(instance.request_adapter(&Default::default())).unwrap_err();
    assert!(error.to_string().contains("webgpu support not compiled in"), "{error}");
}

#[test]
fn the_software_driver_is_the_fallback() {
    let instance = common::instance();
    let _leaks = common::leaks::Check::new(&instance);
    let options =
        wgpu::RequestAdapterOptions { force_fallback_adapter: true, ..Default::default() };
    match pollster::block_on(instance.request_adapter(&options)) {
        Ok(adapter) => assert_eq!(adapter.get_info().device_type, wgpu::DeviceType::Cpu),
        Err(error) => assert!(error.to_string().contains("no fallback adapters"), "{error}"),
    }
}

#[test]
fn a_surface_needs_handles_that_fit() {
    let instance = common::instance();
    let window = wgpu::rwh::RawWindowHandle::Xlib(wgpu::rwh::XlibWindowHandle::new(1));
    let target = wgpu::SurfaceTargetUnsafe::RawHandle {
        raw_display_handle: None,
        raw_window_handle: window,
    };
    // SAFETY: The handle is refused before anything looks at it.
    let error = unsafe { instance.create_surface_unsafe(target) }.unwrap_err();
    assert!(error.to_string().contains("InstanceDescriptor::display"), "{error}");
}

#[test]
fn shading_language_features() {
    let features = common::instance().wgsl_language_features();
    assert!(features.contains(wgpu::WgslLanguageFeatures::Packed4x8IntegerDotProduct));
}
