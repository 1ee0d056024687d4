//! The framework's device: errors become `Err`, in order, and nothing panics.

use webgpu as wgpu;

use std::process::ExitCode;

use examples::gpu::{Gpu, Needs};
use examples::{engine, readback, report};

use crate::common::needs_engine;

fn open(needs: Needs) -> anyhow::Result<Gpu> {
    needs_engine();
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    Gpu::open(engine::instance(descriptor)?, None, needs)
}

#[test]
fn a_shader_that_does_not_compile() {
    let gpu = open(Needs::default()).unwrap();
    gpu.check().unwrap();
    let _ = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("broken"),
        source: wgpu::ShaderSource::Wgsl("fn main() {\n    let x = unheard_of;\n}\n".into()),
    });
    let message = gpu.check().unwrap_err().to_string();
    assert!(message.contains("unheard_of"), "{message}");
    // It is reported once, and the device goes on.
    gpu.check().unwrap();
}

#[test]
fn a_buffer_that_cannot_be_read() {
    let gpu = open(Needs::default()).unwrap();
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("not for reading"),
        size: 16,
        usage: wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let error = readback::read(&gpu, &buffer).unwrap_err();
    assert!(format!("{error:#}").contains("MAP_READ"), "{error:#}");
}

#[test]
fn what_an_adapter_lacks_is_named() {
    let limits = wgpu::Limits { max_bind_groups: u32::MAX, ..Default::default() };
    let message = open(Needs { limits, ..Default::default() }).unwrap_err().to_string();
    assert!(message.contains("max_bind_groups = 4294967295"), "{message}");

    // No driver has both: texture compression of phones, and ray tracing.
    let error = open(Needs { features: wgpu::Features::all(), ..Default::default() }).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("TEXTURE_COMPRESSION") || message.contains("EXPERIMENTAL"),
        "{message}"
    );
    // Elsewhere the program may run: its exit code tells this from other errors.
    let code = report::run("a-test", |_| Err(error));
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(3)));
}
