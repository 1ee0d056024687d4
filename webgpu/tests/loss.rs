//! The end of a device.

mod common;

use common::gpu;
use std::sync::mpsc;
use webgpu as wgpu;

#[test]
fn destruction_is_told_once() {
    let gpu = gpu();
    let (sender, receiver) = mpsc::channel();
    gpu.device.set_device_lost_callback(move |reason, message| {
        sender.send((reason, message)).unwrap();
    });
    gpu.wait();
    assert!(receiver.try_recv().is_err());
    gpu.device.destroy();
    gpu.device.destroy();
    gpu.wait();
    assert_eq!(receiver.try_recv(), Ok((wgpu::DeviceLostReason::Destroyed, String::new())));
    gpu.wait();
    drop(gpu);
    assert!(receiver.recv().is_err(), "once");
}

#[test]
fn a_destroyed_device_takes_every_call() {
    let gpu = gpu();
    let errors = gpu.collect_errors();
    let buffer = gpu.empty_buffer(16, wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ);
    let mut early = gpu.encoder();
    early.clear_buffer(&buffer, 0, None);
    let command_buffer = early.finish();
    gpu.device.destroy();
    gpu.queue.submit([command_buffer]);
    gpu.wait();
    let (sender, receiver) = mpsc::channel();
    buffer.map_async(wgpu::MapMode::Read, .., move |result| sender.send(result).unwrap());
    gpu.wait();
    assert_eq!(receiver.try_recv(), Ok(Err(wgpu::BufferAsyncError)));
    let late = gpu.empty_buffer(16, wgpu::BufferUsages::COPY_DST);
    gpu.queue.write_buffer(&late, 0, &[0; 4]);
    let mut encoder = gpu.encoder();
    encoder.clear_buffer(&late, 0, None);
    drop(encoder.begin_compute_pass(&Default::default()));
    gpu.queue.submit([encoder.finish()]);
    let module = gpu.shader("@compute @workgroup_size(1) fn main() {}");
    drop(gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point: None,
        compilation_options: Default::default(),
        cache: None,
    }));
    late.destroy();
    gpu.wait();
    assert!(gpu.device.features().is_empty());
    // Whatever was reported, nothing ended the process, and nothing panicked.
    drop(errors);
}

#[test]
fn the_callback_may_destroy_and_drop() {
    let gpu = gpu();
    let device = gpu.device.clone();
    let (sender, receiver) = mpsc::channel();
    gpu.device.set_device_lost_callback(move |reason, _| {
        device.destroy();
        sender.send(reason).unwrap();
    });
    gpu.device.destroy();
    gpu.wait();
    assert_eq!(receiver.recv(), Ok(wgpu::DeviceLostReason::Destroyed));
}
