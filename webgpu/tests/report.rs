//! The engine's count of its objects.

mod common;

use common::{adapter, instance};
use webgpu as wgpu;
use wgpu::wgc::{global::GlobalReport, registry::RegistryReport};

fn report(instance: &wgpu::Instance) -> GlobalReport {
    instance.generate_report().expect("the engine tells")
}

/// How many there are, in the program's hands.
fn count(report: &RegistryReport) -> usize {
    assert!(report.num_allocated >= report.num_kept_from_user);
    report.num_kept_from_user
}

#[test]
fn objects_come_and_go() {
    let instance = instance();
    assert!(report(&instance).hub_report().is_empty());

    let adapter = adapter(&instance);
    let (device, queue) =
        pollster::block_on(adapter.request_device(&Default::default())).expect("a device");
    let buffers = [1, 2, 3].map(|size| {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: size * 4,
            usage: wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        })
    });
    let clone = buffers[0].clone();
    let sampler = device.create_sampler(&Default::default());
    let there = report(&instance);
    let hub = there.hub_report();
    assert!(!hub.is_empty());
    assert_eq!((count(&hub.devices), count(&hub.queues)), (1, 1));
    assert_eq!((count(&hub.buffers), count(&hub.samplers)), (3, 1));
    assert_eq!((count(&hub.textures), count(there.surfaces())), (0, 0));
    assert!(hub.buffers.element_size > 0);

    drop(buffers);
    assert_eq!(count(&report(&instance).hub.buffers), 1, "a clone is left");
    drop((clone, sampler));
    let gone = report(&instance).hub;
    assert_eq!((count(&gone.buffers), count(&gone.samplers)), (0, 0));

    drop((device, queue, adapter));
    let gone = report(&instance).hub;
    assert_eq!((count(&gone.devices), count(&gone.queues), count(&gone.adapters)), (0, 0, 0));
}
