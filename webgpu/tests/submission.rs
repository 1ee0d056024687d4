//! Submissions: those that the engine would end the process over become errors, the others are in order.

mod common;

use common::{gpu, panic_message};
use std::{
    sync::mpsc,
    time::{Duration, Instant},
};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

#[test]
fn a_mapped_buffer() {
    let gpu = gpu();
    let source = gpu.buffer(&[1, 2], Usages::COPY_SRC);
    let buffer = gpu.empty_buffer(8, Usages::MAP_READ | Usages::COPY_DST);
    let submit = || {
        let mut encoder = gpu.encoder();
        encoder.copy_buffer_to_buffer(&source, 0, &buffer, 0, None);
        gpu.queue.submit([encoder.finish()]);
    };
    buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
    let message = gpu.validation_error(submit);
    assert!(message.contains("In Queue::submit"), "{message}");
    assert!(message.contains("Buffer with 'empty' label is still mapped"), "{message}");
    gpu.wait();
    gpu.validation_error(submit);
    buffer.unmap();
    gpu.no_error(submit);
    buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
    gpu.wait();
    assert_eq!(*buffer.get_mapped_range(..), [1, 0, 0, 0, 2, 0, 0, 0]);
}

#[test]
fn a_buffer_destroyed_after_recording() {
    let gpu = gpu();
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read_write> values: array<u32>;
        @compute @workgroup_size(1) fn main() { values[0] = 1u; }",
    );
    let buffer = gpu.empty_buffer(8, Usages::STORAGE);
    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(1, 1, 1);
    }
    let command_buffer = encoder.finish();
    buffer.destroy();
    buffer.destroy();
    let message = gpu.validation_error(|| gpu.queue.submit([command_buffer]));
    assert!(message.contains("Buffer with 'empty' label has been destroyed"), "{message}");
    gpu.wait();
}

#[test]
fn a_texture_destroyed_after_recording() {
    let gpu = gpu();
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("target"),
        size: wgpu::Extent3d { width: 4, height: 4, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
        view_formats: &[],
    });
    let view = texture.create_view(&Default::default());
    let mut encoder = gpu.encoder();
    drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view: &view,
            depth_slice: None,
            resolve_target: None,
            ops: Default::default(),
        })],
        ..Default::default()
    }));
    texture.destroy();
    let mut command_buffer = None;
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    command_buffer.replace(encoder.finish());
    // Either the end of the recording or the submission tells.
    let at_finish = pollster::block_on(scope.pop()).is_some();
    let message = gpu.validation_error(|| gpu.queue.submit(command_buffer));
    assert!(
        at_finish || message.contains("Texture with 'target' label has been destroyed"),
        "{message}"
    );
}

#[test]
fn one_that_is_not_valid_stops_all() {
    let gpu = gpu();
    let source = gpu.buffer(&[7], Usages::COPY_SRC);
    let target = gpu.buffer(&[0], Usages::COPY_SRC | Usages::COPY_DST);
    let copy = |size| {
        let mut encoder = gpu.encoder();
        encoder.copy_buffer_to_buffer(&source, 0, &target, 0, size);
        encoder.finish()
    };
    let good = copy(4);
    let mut bad = None;
    gpu.validation_error(|| bad = Some(copy(400)));
    gpu.validation_error(|| gpu.queue.submit([good, bad.unwrap()]));
    assert_eq!(gpu.read(&target), [0]);
}

#[test]
fn a_command_buffer_of_another_device() {
    let instance = common::instance();
    let leaks = common::leaks::Check::new(&instance);
    let adapter = common::adapter(&instance);
    let [here, there] = [1, 2].map(|_| {
        let request = adapter.request_device(&Default::default());
        let (device, queue) = pollster::block_on(request).unwrap();
        common::Gpu { device, queue, leaks: leaks.clone() }
    });
    let message = here.validation_error(|| here.queue.submit([there.encoder().finish()]));
    assert!(message.contains("doesn't match Device"), "{message}");
    let buffer = there.empty_buffer(4, Usages::COPY_DST);
    here.validation_error(|| here.queue.write_buffer(&buffer, 0, &[0; 4]));
}

#[test]
fn nothing_can_be_submitted() {
    let gpu = gpu();
    gpu.no_error(|| gpu.queue.submit([]));
    gpu.no_error(|| gpu.queue.submit([gpu.encoder().finish()]));
    drop(gpu.encoder().finish());
    drop(gpu.encoder());
    gpu.wait();
}

#[test]
fn waiting_for_submissions() {
    let gpu = gpu();
    let (sender, receiver) = mpsc::channel();
    gpu.queue.submit([gpu.encoder().finish()]);
    gpu.queue.on_submitted_work_done(move || sender.send(()).unwrap());
    let index = gpu.queue.submit([gpu.encoder().finish()]);
    let wait = |submission_index, timeout| wgpu::PollType::Wait { submission_index, timeout };
    let status = gpu.device.poll(wait(Some(index.clone()), None)).unwrap();
    assert!(status.wait_finished());
    assert_eq!(receiver.try_recv(), Ok(()));

    let status = gpu.device.poll(wait(None, Some(Duration::from_secs(10)))).unwrap();
    assert!(status.is_queue_empty());
    assert!(gpu.device.poll(wgpu::PollType::Poll).unwrap().is_queue_empty());

    // A submission of the future, which only another device can give.
    let other = common::gpu();
    let mut future = other.queue.submit([]);
    for _ in 0..10 {
        future = other.queue.submit([]);
    }
    let error = gpu.device.poll(wait(Some(future), None)).unwrap_err();
    assert!(matches!(error, wgpu::PollError::WrongSubmissionIndex(..)), "{error}");
}

#[test]
fn waiting_runs_out_of_time() {
    let gpu = gpu();
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read_write> values: array<u32>;
        @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            var value = values[id.x];
            for (var round = 0u; round < 1000000u; round++) { value = value * 1664525u + 1013904223u; }
            values[id.x] = value;
        }",
    );
    let buffer = gpu.empty_buffer(4 * 64, Usages::STORAGE);
    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
    let work = |dispatches| {
        let mut encoder = gpu.encoder();
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &bind_group, &[]);
            for _ in 0..dispatches {
                pass.dispatch_workgroups(64, 1, 1);
            }
        }
        gpu.queue.submit([encoder.finish()]);
    };
    // More and more work, until it takes long enough to tell.
    for dispatches in [1, 4, 16, 64, 256, 1024] {
        let start = Instant::now();
        work(dispatches);
        let timeout = Some(Duration::from_millis(1));
        let result = gpu.device.poll(wgpu::PollType::Wait { submission_index: None, timeout });
        let waited = start.elapsed();
        gpu.wait();
        let whole = start.elapsed();
        if whole > Duration::from_millis(100) {
            assert!(matches!(result, Err(wgpu::PollError::Timeout)), "{result:?} after {whole:?}");
            assert!(waited < whole, "{waited:?} of {whole:?}");
            return;
        }
    }
    panic!("no work takes long enough to tell");
}

#[test]
fn all_devices_are_polled() {
    let instance = common::instance();
    let _leaks = common::leaks::Check::new(&instance);
    let adapter = common::adapter(&instance);
    let (sender, receiver) = mpsc::channel();
    let devices = [1, 2].map(|number| {
        let request = adapter.request_device(&Default::default());
        let (device, queue) = pollster::block_on(request).unwrap();
        let sender = sender.clone();
        queue.submit([]);
        queue.on_submitted_work_done(move || sender.send(number).unwrap());
        (device, queue)
    });
    assert!(instance.poll_all(true));
    let mut numbers = receiver.try_iter().collect::<Vec<_>>();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
    drop(devices);
    assert!(instance.poll_all(false));
}

#[test]
fn a_panic_in_a_callback_for_finished_work() {
    let gpu = gpu();
    gpu.queue.submit([]);
    gpu.queue.on_submitted_work_done(|| panic!("done"));
    assert_eq!(panic_message(|| gpu.wait()), "done");
}
