//! From nothing to a device, and what is said if there is none.

mod common;

use std::{
    path::Path,
    process::{Command, Output},
};
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

#[test]
fn calls_through_the_engine_are_counted() {
    common::gpu();
    let through_engine = std::env::var("WEBGPU_CALLS").is_ok_and(|calls| calls == "engine");
    assert_eq!(wgpu::engine_calls() > 0, through_engine);
}

/// Runs a test of this file again, in a process with this variable.
fn child(test: &str, variable: &str, value: &Path) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command.env(variable, value).output().unwrap()
}

/// What the child of `no_engine_is_an_error` does.
#[test]
#[ignore = "run by another test, in a process of its own"]
fn child_without_engine() {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle;
    let error = wgpu::Instance::try_new(descriptor()).expect_err("no engine");
    let panic = common::panic_message(|| wgpu::Instance::new(descriptor()));
    assert_eq!(panic, format!("no instance of WebGPU: {error}"));
    println!("error: {error}");
}

#[test]
fn no_engine_is_an_error() {
    for (path, expected) in [
        ("/nonexistent/libwgpu_native.so", "does not exist"),
        ("/etc/hostname", "not a shared library"),
        ("/", "folder"),
    ] {
        let output = child("child_without_engine", "WGPU_NATIVE_LIB", Path::new(path));
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains(expected) && text.contains(path), "{text}");
        assert!(text.contains("WGPU_NATIVE_LIB"), "says what to do: {text}");
    }
}

/// A library that looks like the engine of this version and has no function of `wgpu.h` but the one that tells it.
#[cfg(unix)]
#[test]
fn an_engine_without_needed_functions_is_an_error() {
    use wgpu_native_sys_dyn::{EngineVersion, Function};
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, library) = (folder.join("lacking.c"), folder.join("liblacking.so"));
    let mut code =
        format!("unsigned wgpuGetVersion(void) {{ return {:#x}u; }}\n", EngineVersion::BOUND.0);
    for function in Function::ALL.iter().filter(|function| function.header() == "webgpu.h") {
        code += &format!("void {function}(void) {{}}\n");
    }
    std::fs::write(&source, code).unwrap();
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut compile = Command::new(&compiler);
    let status = compile.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status();
    assert!(status.expect("this test needs a C compiler").success());

    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child_without_engine", "--ignored", "--nocapture"]);
    command.env("WGPU_NATIVE_LIB", &library).env("WGPU_NATIVE_ALLOW_VERSION", "1");
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for said in ["liblacking.so lacks", "wgpuDevicePoll", "wgpuQueueSubmitForIndex", "xtask setup"]
    {
        assert!(text.contains(said), "{text}");
    }
    for optional in ["wgpuDeviceCreateShaderModuleTrusted", "ClearTexture", "SetLabel"] {
        assert!(!text.contains(optional), "{text}");
    }
}
