//! Queues: writes, submissions, waiting.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{gpu, gpu_with, record};
use crate::kit::{Case, TEXTURE, extent};
use std::{sync::mpsc, time::Duration};
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, PollType, TextureDescriptor};

const BOTH: Usages = Usages::COPY_SRC.union(Usages::COPY_DST);

#[test]
fn writes_to_buffers() {
    let gpu = gpu();
    let buffer = gpu.buffer(&[0; 4], BOTH);
    let fixed = gpu.buffer(&[0; 4], Usages::COPY_SRC);
    let mapped = gpu.empty_buffer(16, Usages::MAP_WRITE | Usages::COPY_SRC);
    gpu.cases(
        &[
            ("a part", Valid, (&buffer, 4, 8)),
            ("all", Valid, (&buffer, 0, 16)),
            ("nothing", Valid, (&buffer, 8, 0)),
            ("nothing at the end", Valid, (&buffer, 16, 0)),
            ("nothing beyond", Valid, (&buffer, 20, 0)),
            ("odd offset", Validation, (&buffer, 2, 4)),
            ("odd size", Validation, (&buffer, 0, 3)),
            ("over the end", Validation, (&buffer, 12, 8)),
            ("far beyond", Validation, (&buffer, u64::MAX - 3, 4)),
            ("no destination", Validation, (&fixed, 0, 4)),
            ("a mappable one", Validation, (&mapped, 0, 4)),
        ],
        |&(buffer, offset, size)| {
            gpu.queue.write_buffer(buffer, offset, &vec![offset as u8 + 1; size]);
        },
    );
    gpu.read(&buffer);
}

#[test]
fn writes_through_views() {
    let gpu = gpu();
    let buffer = gpu.buffer(&[0; 4], BOTH);
    gpu.cases(
        &[
            ("a part", Valid, (4, 8)),
            ("odd offset", Validation, (2, 4)),
            ("odd size", Validation, (0, 3)),
            ("over the end", Validation, (12, 8)),
            ("far beyond", Validation, (u64::MAX - 3, 4)),
        ],
        |&(offset, size)| {
            let view =
                gpu.queue.write_buffer_with(&buffer, offset, wgpu::BufferSize::new(size).unwrap());
            record("a view", view.is_some());
            if let Some(mut view) = view {
                record("length", view.len());
                view.copy_from_slice(&vec![7; size as usize]);
            }
        },
    );
    assert_eq!(gpu.read(&buffer), [0, 0x0707_0707, 0x0707_0707, 0]);
}

#[test]
fn writes_come_before_what_is_submitted_after_them() {
    let gpu = gpu();
    let (source, target) = (gpu.buffer(&[1], BOTH), gpu.buffer(&[0; 3], BOTH));
    let copy = |to| {
        let mut encoder = gpu.encoder();
        encoder.copy_buffer_to_buffer(&source, 0, &target, to, 4);
        encoder.finish()
    };
    let (first, second, third) = (copy(0), copy(4), copy(8));
    gpu.queue.submit([first]);
    gpu.queue.write_buffer(&source, 0, &2_u32.to_le_bytes());
    gpu.queue.submit([second]);
    gpu.queue.write_buffer(&source, 0, &3_u32.to_le_bytes());
    gpu.queue.write_buffer(&source, 0, &4_u32.to_le_bytes());
    gpu.queue.submit([third]);
    assert_eq!(gpu.read(&target), [1, 2, 4]);
}

#[test]
fn writes_to_textures() {
    let gpu = gpu();
    let texture =
        gpu.device.create_texture(&TextureDescriptor { size: extent(8, 8, 2), ..TEXTURE });
    let data = (0..1024).map(|index| index as u8).collect::<Vec<_>>();
    let (one, both) = (extent(8, 8, 1), extent(8, 8, 2));
    type Layout = (u64, Option<u32>, Option<u32>, wgpu::Extent3d);
    let cases: &[Case<'_, Layout>] = &[
        ("tight", Valid, (0, Some(32), Some(8), both)),
        ("one layer", Valid, (0, Some(32), None, one)),
        ("wide rows", Valid, (0, Some(100), Some(8), one)),
        ("odd offset", Valid, (3, Some(33), Some(8), one)),
        ("a row without a stride", Valid, (8, None, None, extent(8, 1, 1))),
        ("rows without a stride", Validation, (0, None, None, one)),
        ("layers without rows", Validation, (0, Some(32), None, both)),
        ("short stride", Validation, (0, Some(31), Some(8), one)),
        ("too few rows", Validation, (0, Some(32), Some(7), both)),
        ("too little data", Validation, (0, Some(128), Some(8), both)),
        ("behind the data", Validation, (2000, Some(32), Some(8), one)),
        ("far behind the data", Validation, (u64::MAX, Some(32), Some(8), one)),
        ("nothing", Valid, (0, Some(32), Some(8), extent(0, 0, 0))),
        ("nothing of two", Validation, (0, None, None, extent(0, 8, 2))),
        ("too large", Validation, (0, Some(36), Some(8), extent(9, 8, 1))),
        ("too many layers", Validation, (0, Some(32), Some(8), extent(8, 8, 3))),
    ];
    gpu.cases(cases, |&(offset, bytes_per_row, rows_per_image, size)| {
        let layout = wgpu::TexelCopyBufferLayout { offset, bytes_per_row, rows_per_image };
        gpu.queue.write_texture(texture.as_image_copy(), &data, layout, size);
    });
    gpu.read_texture(&texture);
    gpu.cases(
        &[
            ("at a place", Valid, (0, [4, 4, 1])),
            ("beyond", Validation, (0, [6, 4, 1])),
            ("far beyond", Validation, (0, [u32::MAX, 0, 0])),
            ("no such layer", Validation, (0, [0, 0, 2])),
            ("no such level", Validation, (1, [0, 0, 0])),
        ],
        |&(mip_level, [x, y, z])| {
            let origin = wgpu::Origin3d { x, y, z };
            let target =
                wgpu::TexelCopyTextureInfo { mip_level, origin, ..texture.as_image_copy() };
            let layout = wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(16),
                rows_per_image: None,
            };
            gpu.queue.write_texture(target, &data, layout, extent(4, 4, 1));
        },
    );
    gpu.read_texture(&texture);
}

#[test]
fn writes_of_blocks() {
    let gpu = gpu_with(wgpu::Features::TEXTURE_COMPRESSION_BC);
    let texture = gpu.device.create_texture(&TextureDescriptor {
        format: wgpu::TextureFormat::Bc1RgbaUnorm,
        size: extent(16, 16, 1),
        mip_level_count: 5,
        ..TEXTURE
    });
    let data = (0..128).collect::<Vec<u8>>();
    gpu.cases(
        &[
            ("all", Valid, (0, [0, 0], [16, 16], 32)),
            ("a block", Valid, (0, [8, 4], [4, 4], 8)),
            ("half a block", Validation, (0, [0, 0], [6, 4], 16)),
            ("between blocks", Validation, (0, [2, 0], [4, 4], 8)),
            ("short stride", Validation, (0, [0, 0], [16, 16], 16)),
            ("a small level", Valid, (3, [0, 0], [4, 4], 8)),
            ("a small level by its texels", Validation, (3, [0, 0], [2, 2], 8)),
        ],
        |&(mip_level, [x, y], [width, height], stride)| {
            gpu.queue.write_texture(
                wgpu::TexelCopyTextureInfo {
                    mip_level,
                    origin: wgpu::Origin3d { x, y, z: 0 },
                    ..texture.as_image_copy()
                },
                &data,
                wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(stride),
                    rows_per_image: None,
                },
                extent(width, height, 1),
            );
        },
    );
    gpu.read_texture(&texture);
}

#[test]
fn submissions() {
    let gpu = gpu();
    let (source, target) = (gpu.buffer(&[1, 2], BOTH), gpu.buffer(&[0; 2], BOTH));
    let commands = |from, to| {
        let mut encoder = gpu.encoder();
        encoder.copy_buffer_to_buffer(&source, from, &target, to, 4);
        encoder.finish()
    };
    gpu.outcome("none", || gpu.queue.submit([]));
    gpu.outcome("one that is empty", || gpu.queue.submit([gpu.encoder().finish()]));
    gpu.outcome("two in order", || gpu.queue.submit([commands(0, 4), commands(4, 4)]));
    gpu.outcome("many", || gpu.queue.submit((0..50).map(|_| commands(0, 0))));
    assert_eq!(gpu.read(&target), [1, 2]);
}

#[test]
fn buffers_that_are_mapped_or_destroyed() {
    let gpu = gpu();
    let source = gpu.buffer(&[5; 4], BOTH);
    let readable = || gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let copy_to = |buffer: &wgpu::Buffer| {
        let mut encoder = gpu.encoder();
        encoder.copy_buffer_to_buffer(&source, 0, buffer, 0, 16);
        encoder.finish()
    };
    let mapped = readable();
    let commands = copy_to(&mapped);
    mapped.map_async(wgpu::MapMode::Read, .., |_| ());
    assert_eq!(gpu.outcome("pending", || gpu.queue.submit([commands])), Validation);
    gpu.wait();
    let (_, commands) = gpu.attempt("recording while mapped", || copy_to(&mapped));
    assert_eq!(gpu.outcome("mapped", || gpu.queue.submit(commands)), Validation);
    let (_, commands) = gpu.attempt("recording again", || copy_to(&mapped));
    mapped.unmap();
    assert_eq!(gpu.outcome("unmapped", || gpu.queue.submit(commands)), Valid);
    let destroyed = readable();
    let commands = copy_to(&destroyed);
    destroyed.destroy();
    assert_eq!(gpu.outcome("destroyed", || gpu.queue.submit([commands])), Validation);
    let in_flight = readable();
    gpu.outcome("destroyed in flight", || {
        gpu.queue.submit([copy_to(&in_flight)]);
        in_flight.destroy();
        gpu.wait();
    });
    let writing = gpu.empty_buffer(16, BOTH);
    writing.destroy();
    gpu.outcome("writing to what is destroyed", || gpu.queue.write_buffer(&writing, 0, &[0; 4]));
}

#[test]
fn ways_to_wait() {
    let gpu = gpu();
    let name = |result: Result<wgpu::PollStatus, wgpu::PollError>| match result {
        Ok(status) => format!("{status:?}"),
        Err(error) => format!("{error:?}"),
    };
    record("nothing to do", name(gpu.device.poll(PollType::Poll)));
    record("waiting for nothing", name(gpu.device.poll(PollType::wait_indefinitely())));
    let index = gpu.queue.submit([gpu.encoder().finish()]);
    let wait = |submission_index, timeout| PollType::Wait { submission_index, timeout };
    record("a submission", name(gpu.device.poll(wait(Some(index.clone()), None))));
    record("it again", name(gpu.device.poll(wait(Some(index), Some(Duration::ZERO)))));
    let (sender, receiver) = mpsc::channel();
    for number in 0..3 {
        gpu.queue.submit([]);
        let sender = sender.clone();
        gpu.queue.on_submitted_work_done(move || sender.send(number).unwrap());
    }
    gpu.wait();
    record("order", format!("{:?}", receiver.try_iter().collect::<Vec<_>>()));
}

#[test]
fn callbacks_of_an_idle_queue() {
    let gpu = gpu();
    let (sender, receiver) = mpsc::channel();
    gpu.queue.on_submitted_work_done(move || sender.send(()).unwrap());
    record("at once", receiver.try_recv().is_ok());
    gpu.wait();
    record("after waiting", format!("{:?}", receiver.try_recv()));
}

#[test]
fn callbacks_in_order() {
    let gpu = gpu();
    let source = gpu.buffer(&[5; 4], BOTH);
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let (sender, receiver) = mpsc::channel();
    let say = |what: &'static str| {
        let sender = sender.clone();
        move || sender.send(what).unwrap()
    };
    let mut encoder = gpu.encoder();
    encoder.copy_buffer_to_buffer(&source, 0, &buffer, 0, 16);
    encoder.on_submitted_work_done(say("with the commands"));
    let commands = encoder.finish();
    gpu.queue.submit([commands]);
    let mapped = say("mapped");
    buffer.map_async(wgpu::MapMode::Read, .., move |_| mapped());
    gpu.queue.on_submitted_work_done(say("after the mapping"));
    gpu.wait();
    let mut events = receiver.try_iter().collect::<Vec<_>>();
    events.sort_unstable();
    record("events", events.join(", "));
    assert_eq!(events.len(), 3);
}
