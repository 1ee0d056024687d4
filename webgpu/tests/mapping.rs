//! Mapped memory: what is written arrives, and nothing else is let through.

mod common;

use common::{Gpu, gpu, panic_message};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
    mpsc,
};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// A buffer that is mapped for reading, with 0, 1, 2, … in it.
fn mapped(gpu: &Gpu, count: u32) -> wgpu::Buffer {
    let values = (0..count).collect::<Vec<_>>();
    let source = gpu.buffer(&values, Usages::COPY_SRC);
    let buffer = gpu.empty_buffer(source.size(), Usages::MAP_READ | Usages::COPY_DST);
    let mut encoder = gpu.encoder();
    encoder.copy_buffer_to_buffer(&source, 0, &buffer, 0, None);
    gpu.queue.submit([encoder.finish()]);
    buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
    gpu.wait();
    buffer
}

fn values(view: &wgpu::BufferView) -> Vec<u32> {
    bytemuck::pod_collect_to_vec(view)
}

#[test]
fn written_at_creation() {
    let gpu = gpu();
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("at creation"),
        size: 32,
        usage: Usages::COPY_SRC,
        mapped_at_creation: true,
    });
    {
        let mut front = buffer.get_mapped_range_mut(..8);
        let mut back = buffer.slice(8..).get_mapped_range_mut();
        assert_eq!((front.len(), back.len()), (8, 24));
        front.copy_from_slice(&[1, 0, 0, 0, 2, 0, 0, 0]);
        back.slice(..).fill(0);
        back.slice(4..8).copy_from_slice(&[3, 0, 0, 0]);
    }
    buffer.unmap();
    assert_eq!(gpu.read(&buffer), [1, 2, 0, 3, 0, 0, 0, 0]);
}

#[test]
fn mapped_for_writing_and_again() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::MAP_WRITE | Usages::COPY_SRC);
    for round in 1..4_u32 {
        let (sender, receiver) = mpsc::channel();
        buffer
            .slice(8..)
            .map_async(wgpu::MapMode::Write, move |result| sender.send(result).unwrap());
        assert!(receiver.try_recv().is_err(), "not before the device is polled");
        gpu.wait();
        assert_eq!(receiver.try_recv(), Ok(Ok(())));
        buffer.get_mapped_range_mut(8..12).copy_from_slice(&round.to_le_bytes());
        buffer.unmap();
        assert_eq!(gpu.read(&buffer), [0, 0, round, 0]);
    }
}

#[test]
fn parts_are_read_by_several_views() {
    let gpu = gpu();
    let buffer = mapped(&gpu, 16);
    let all = buffer.get_mapped_range(..);
    let part = buffer.slice(16..).slice(8..16).get_mapped_range();
    assert_eq!(values(&all), (0..16).collect::<Vec<_>>());
    assert_eq!(values(&part), [6, 7]);
    assert_eq!(AsRef::<[u8]>::as_ref(&part), &all[24..32]);
}

#[test]
fn a_view_keeps_the_buffer() {
    let gpu = gpu();
    let buffer = mapped(&gpu, 4);
    let view = buffer.get_mapped_range(..);
    drop(buffer);
    gpu.wait();
    let thread = std::thread::spawn(move || values(&view));
    assert_eq!(thread.join().unwrap(), [0, 1, 2, 3]);
}

#[test]
fn misuse_panics_as_in_wgpu() {
    let gpu = gpu();
    let unmapped = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let message = panic_message(|| unmapped.get_mapped_range(..));
    assert!(message.contains("on an unmapped buffer"), "{message}");

    let buffer = mapped(&gpu, 16);
    let message = panic_message(|| buffer.map_async(wgpu::MapMode::Read, .., |_| ()));
    assert!(message.contains("Buffer is already mapped"), "{message}");
    let view = buffer.get_mapped_range(..32);
    let message = panic_message(|| buffer.get_mapped_range_mut(16..24));
    assert!(message.contains("would break Rust memory aliasing rules"), "{message}");
    let message = panic_message(|| buffer.unmap());
    assert!(message.contains("still has accessible mapped views"), "{message}");
    assert_eq!(values(&view)[7], 7, "the memory is still there");
    drop(view);
    buffer.unmap();
}

#[test]
fn a_pending_mapping_is_cancelled_by_unmapping() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let (sender, receiver) = mpsc::channel();
    buffer.map_async(wgpu::MapMode::Read, .., move |result| sender.send(result).unwrap());
    buffer.unmap();
    assert_eq!(receiver.try_recv(), Ok(Err(wgpu::BufferAsyncError)));
    gpu.wait();
    assert!(receiver.try_recv().is_err(), "called once");
    buffer.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
    gpu.wait();
    assert_eq!(values(&buffer.get_mapped_range(..)), [0; 4]);
}

#[test]
fn a_pending_mapping_is_answered_when_the_buffer_is_dropped() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let (sender, receiver) = mpsc::channel();
    buffer.map_async(wgpu::MapMode::Read, .., move |result| sender.send(result).unwrap());
    drop(buffer);
    gpu.wait();
    assert!(receiver.recv().is_ok(), "the callback is neither lost nor leaked");
    assert!(receiver.recv().is_err(), "called once");
}

#[test]
fn a_mapping_that_fails_is_answered_and_reported() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::COPY_DST);
    let (sender, receiver) = mpsc::channel();
    let message = gpu.validation_error(|| {
        buffer.map_async(wgpu::MapMode::Read, .., move |result| sender.send(result).unwrap());
    });
    assert!(message.contains("In Buffer::map_async"), "{message}");
    assert!(message.contains("MAP_READ"), "{message}");
    assert_eq!(receiver.try_recv(), Ok(Err(wgpu::BufferAsyncError)));
}

#[test]
fn views_are_opened_while_another_thread_unmaps() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(64, Usages::MAP_READ | Usages::COPY_DST);
    let errors = gpu.collect_errors();
    let panics =
        |call: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err();
    let done = AtomicU32::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..500 {
                // Either may panic: what is mapped, or in use.
                panics(&|| buffer.map_async(wgpu::MapMode::Read, .., |_| ()));
                gpu.wait();
                panics(&|| buffer.unmap());
            }
            done.store(1, Ordering::Release);
        });
        scope.spawn(|| {
            while done.load(Ordering::Acquire) == 0 {
                // Where it opens, the memory is there as long as the view is.
                panics(&|| assert_eq!(buffer.get_mapped_range(..).to_vec(), [0; 64]));
            }
        });
    });
    let errors = errors.lock().unwrap();
    assert!(errors.iter().all(|error| error.to_string().contains("mapped")), "{errors:?}");
}

#[test]
fn destroying_waits_for_views() {
    let gpu = gpu();
    let buffer = mapped(&gpu, 1024);
    let view = buffer.get_mapped_range(..);
    buffer.destroy();
    gpu.wait();
    assert_eq!(values(&view)[1023], 1023);
    drop(view);
    let message = panic_message(|| buffer.get_mapped_range(..));
    assert!(message.contains("destroyed"), "{message}");
}

#[test]
fn callbacks_may_call_anything() {
    let gpu = gpu();
    let count = Arc::new(AtomicU32::new(0));
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let (device, queue, counter, inner) =
        (gpu.device.clone(), gpu.queue.clone(), count.clone(), buffer.clone());
    buffer.map_async(wgpu::MapMode::Read, .., move |result| {
        result.unwrap();
        assert_eq!(inner.get_mapped_range(..).len(), 16);
        inner.unmap();
        counter.fetch_add(1, Ordering::Relaxed);
        let counter = counter.clone();
        inner.map_async(wgpu::MapMode::Read, .., move |_| {
            counter.fetch_add(10, Ordering::Relaxed);
        });
        queue.submit([]);
        // Delivers the second mapping inside of the first one's callback.
        device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
        inner.destroy();
    });
    gpu.wait();
    assert_eq!(count.load(Ordering::Relaxed), 11);
}

#[test]
fn a_panic_in_a_callback_comes_out_of_poll() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    buffer.map_async(wgpu::MapMode::Read, .., |_| panic!("in the callback"));
    assert_eq!(panic_message(|| gpu.wait()), "in the callback");
    assert_eq!(buffer.get_mapped_range(..).len(), 16, "and does no other harm");
}

#[test]
fn on_submission() {
    let gpu = gpu();
    let source = gpu.buffer(&[5, 6, 7, 8], Usages::COPY_SRC);
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let mut encoder = gpu.encoder();
    encoder.copy_buffer_to_buffer(&source, 0, &buffer, 0, 16);
    let (sender, receiver) = mpsc::channel();
    let (mapped, done) = (sender.clone(), sender);
    encoder.map_buffer_on_submit(&buffer, wgpu::MapMode::Read, 8.., move |result| {
        result.unwrap();
        mapped.send("mapped").unwrap();
    });
    encoder.on_submitted_work_done(move || done.send("done").unwrap());
    let command_buffer = encoder.finish();
    gpu.wait();
    assert!(receiver.try_recv().is_err());
    gpu.queue.submit([command_buffer]);
    gpu.wait();
    let mut events = receiver.try_iter().collect::<Vec<_>>();
    events.sort_unstable();
    assert_eq!(events, ["done", "mapped"]);
    assert_eq!(values(&buffer.get_mapped_range(8..)), [7, 8]);
}

#[test]
fn the_queue_writes_with_a_view() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::COPY_SRC | Usages::COPY_DST);
    gpu.queue.write_buffer(&buffer, 0, &[9; 4]);
    let size = wgpu::BufferSize::new(8).unwrap();
    let mut view = gpu.queue.write_buffer_with(&buffer, 4, size).unwrap();
    assert_eq!(view.len(), 8);
    view.copy_from_slice(&[1; 8]);
    view.slice(..4).fill(2);
    drop(view);
    assert_eq!(gpu.read(&buffer), [0x0909_0909, 0x0202_0202, 0x0101_0101, 0]);

    for (offset, size, expected) in [(12, 8, "overrunning"), (2, 4, "offset 2"), (0, 6, "size 6")] {
        let size = wgpu::BufferSize::new(size).unwrap();
        let message = gpu.validation_error(|| {
            assert!(gpu.queue.write_buffer_with(&buffer, offset, size).is_none());
        });
        assert!(message.contains(expected), "{message}");
    }
}
