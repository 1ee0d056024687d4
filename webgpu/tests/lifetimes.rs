//! Objects: dropped in any order, used from any thread, equal to their clones.

mod common;

use common::gpu;
use std::{
    collections::{BTreeSet, HashSet},
    sync::mpsc,
};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

#[test]
fn children_outlive_what_made_them() {
    let instance = common::instance();
    let leaks = common::leaks::Check::new(&instance);
    let adapter = common::adapter(&instance);
    drop(instance);
    let (device, queue) = pollster::block_on(adapter.request_device(&Default::default())).unwrap();
    drop(adapter);
    let gpu = common::Gpu { device, queue, leaks: leaks.clone() };
    let source = gpu.buffer(&[1, 2, 3], Usages::COPY_SRC);
    let target = gpu.empty_buffer(12, Usages::MAP_READ | Usages::COPY_DST);
    let mut encoder = gpu.encoder();
    let common::Gpu { device, queue, .. } = gpu;
    encoder.copy_buffer_to_buffer(&source, 0, &target, 0, None);
    drop(source);
    let command_buffer = encoder.finish();
    drop(device.clone());
    queue.submit([command_buffer]);
    drop(queue);
    let (sender, receiver) = mpsc::channel();
    target.map_async(wgpu::MapMode::Read, .., move |result| sender.send(result).unwrap());
    device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
    drop(device);
    assert_eq!(receiver.try_recv(), Ok(Ok(())));
    assert_eq!(target.get_mapped_range(..)[4], 2);
}

#[test]
fn a_queue_alone_still_works() {
    let common::Gpu { leaks: _leaks, device, queue } = gpu();
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 4,
        usage: Usages::COPY_DST,
        mapped_at_creation: false,
    });
    drop(device);
    queue.write_buffer(&buffer, 0, &[1; 4]);
    queue.submit([]);
    assert!(queue.get_timestamp_period() > 0.0);
}

#[test]
fn work_that_nobody_waits_for() {
    let gpu = gpu();
    let (sender, receiver) = mpsc::channel();
    gpu.queue.submit([gpu.encoder().finish()]);
    gpu.queue.on_submitted_work_done(move || sender.send(()).unwrap());
    drop(gpu);
    assert_eq!(receiver.recv(), Ok(()), "called before the device is gone");
    assert!(receiver.recv().is_err(), "and once");
}

#[test]
fn a_pending_map_is_answered_when_device_and_queue_go() {
    let common::Gpu { leaks: _leaks, device, queue } = gpu();
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 4,
        usage: Usages::MAP_READ,
        mapped_at_creation: false,
    });
    let (sender, receiver) = mpsc::channel();
    buffer.map_async(wgpu::MapMode::Read, .., move |result| sender.send(result).unwrap());
    drop((device, queue));
    assert_eq!(receiver.recv(), Ok(Ok(())));
    assert_eq!(*buffer.get_mapped_range(..), [0; 4]);
}

#[test]
fn every_kind_of_object_is_released() {
    const SHADER: &str = "
        @group(0) @binding(0) var<storage, read_write> values: array<u32>;
        @compute @workgroup_size(1) fn main() { values[0] = 1u; }";
    let gpu = gpu();
    let left = || common::leaks::left(&gpu.leaks);
    let before = left();
    let shader = gpu.shader(SHADER);
    let pipeline = gpu.compute_pipeline(SHADER);
    let buffer = gpu.empty_buffer(16, Usages::STORAGE);
    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
    let sampler = gpu.device.create_sampler(&Default::default());
    let layout = gpu.device.create_pipeline_layout(&Default::default());
    let queries = gpu.query_set(wgpu::QueryType::Occlusion, 1);
    let kinds = ["shader modules", "compute pipelines", "buffers", "bind groups", "samplers"];
    let now = left();
    for kind in kinds.into_iter().chain(["pipeline layouts", "query sets"]) {
        assert!(now.iter().any(|line| line.ends_with(kind)), "{kind} are not counted: {now:?}");
    }
    drop((shader, pipeline, buffer, bind_group, sampler, layout, queries));
    assert_eq!(left(), before);
}

#[test]
fn submitted_command_buffers_are_released() {
    let gpu = gpu();
    let count = || {
        let report = gpu.leaks.generate_report().expect("a report");
        report.hub_report().command_buffers.num_allocated
    };
    let buffers = [1, 2, 3].map(|_| gpu.encoder().finish());
    assert_eq!(count(), 3);
    gpu.queue.submit(buffers);
    assert_eq!(count(), 0);
}

#[test]
fn passes_dropped_while_unwinding() {
    let gpu = gpu();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut encoder = gpu.encoder();
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.dispatch_workgroups(1, 1, 1);
        panic!("in the middle");
    }));
    assert!(result.is_err());
    gpu.wait();
}

#[test]
fn identity() {
    let gpu = gpu();
    let a = gpu.empty_buffer(4, Usages::COPY_DST);
    let b = gpu.empty_buffer(4, Usages::COPY_DST);
    assert_eq!(a, a.clone());
    assert_ne!(a, b);
    assert_eq!(a.slice(..), a.slice(0..4));
    assert_eq!(HashSet::from([a.clone(), b.clone(), a.clone()]).len(), 2);
    assert_eq!(BTreeSet::from([b.clone(), a.clone(), b]).len(), 2);
    assert_eq!(gpu.device, gpu.device.clone());
    assert_eq!(gpu.queue, gpu.queue.clone());
    assert!(format!("{a:?}").contains("Buffer"));
    let sampler = gpu.device.create_sampler(&Default::default());
    assert_eq!(sampler, sampler.clone());
}

#[test]
fn many_threads_share_a_device() {
    const SHADER: &str = "
        @group(0) @binding(0) var<storage, read_write> values: array<u32>;
        @compute @workgroup_size(1)
        fn main(@builtin(global_invocation_id) id: vec3<u32>) { values[id.x] += id.x; }";
    let gpu = gpu();
    std::thread::scope(|scope| {
        for thread in 0..8_u32 {
            let gpu = &gpu;
            scope.spawn(move || {
                let pipeline = gpu.compute_pipeline(SHADER);
                for round in 0..10 {
                    let start = thread * 1000 + round;
                    let usage = Usages::STORAGE | Usages::COPY_SRC;
                    let buffer = gpu.buffer(&[start; 16], usage);
                    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
                    let mut encoder = gpu.encoder();
                    {
                        let mut pass = encoder.begin_compute_pass(&Default::default());
                        pass.set_pipeline(&pipeline);
                        pass.set_bind_group(0, &bind_group, &[]);
                        pass.dispatch_workgroups(16, 1, 1);
                    }
                    gpu.queue.submit([encoder.finish()]);
                    let expected = (0..16).map(|index| start + index).collect::<Vec<_>>();
                    assert_eq!(gpu.read(&buffer), expected);
                }
            });
        }
    });
}

#[test]
fn submitting_mapping_and_destroying_at_once() {
    let gpu = gpu();
    let source = gpu.buffer(&[1; 64], Usages::COPY_SRC);
    let target = gpu.empty_buffer(256, Usages::COPY_DST | Usages::MAP_READ);
    let errors = gpu.collect_errors();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..200 {
                let mut encoder = gpu.encoder();
                encoder.copy_buffer_to_buffer(&source, 0, &target, 0, None);
                gpu.queue.submit([encoder.finish()]);
            }
        });
        scope.spawn(|| {
            for _ in 0..200 {
                target.map_async(wgpu::MapMode::Read, .., |_| ());
                gpu.wait();
                target.unmap();
            }
        });
        scope.spawn(|| {
            for _ in 0..200 {
                let short_lived = gpu.empty_buffer(64, Usages::COPY_DST);
                let mut encoder = gpu.encoder();
                encoder.clear_buffer(&short_lived, 0, None);
                let command_buffer = encoder.finish();
                std::thread::scope(|scope| {
                    scope.spawn(|| short_lived.destroy());
                    gpu.queue.submit([command_buffer]);
                });
            }
        });
    });
    for error in &*errors.lock().unwrap() {
        let message = error.to_string();
        assert!(message.contains("still mapped") || message.contains("destroyed"), "{message}");
    }
}

#[test]
fn an_adapter_is_asked_for_formats_from_everywhere() {
    let gpu = gpu();
    let left = || common::leaks::left(&gpu.leaks);
    let ask = |adapter: &wgpu::Adapter| {
        adapter.get_texture_format_features(wgpu::TextureFormat::Rgba8Unorm)
    };
    let adapter = common::adapter(&gpu.leaks);
    let before = left();
    // Neither handlers nor scopes of other devices hear of it, and nothing of it stays.
    let errors = gpu.collect_errors();
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let told = ask(&adapter);
    assert!(pollster::block_on(scope.pop()).is_none());
    assert_eq!(left(), before);
    // Several threads at once; a callback.
    let adapter = common::adapter(&gpu.leaks);
    std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(|| ask(&adapter.clone())));
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == told));
    });
    let adapter = common::adapter(&gpu.leaks);
    let (sender, receiver) = mpsc::channel();
    gpu.queue.submit([]);
    gpu.queue.on_submitted_work_done(move || sender.send(ask(&adapter)).unwrap());
    gpu.wait();
    assert_eq!(receiver.recv(), Ok(told));
    assert!(errors.lock().unwrap().is_empty());
    // The device that was there has nothing to do with it.
    gpu.device.destroy();
    gpu.wait();
    assert_eq!(ask(&common::adapter(&gpu.leaks)), told);
}
