//! Buffers: their descriptors, sizes and usages, slices and mappings.

use crate::common::Outcome::{self, Panic, Valid, Validation};
use crate::common::{Gpu, gpu, gpu_with, record, record_bytes};
use crate::kit::TEXTURE;
use std::sync::mpsc;
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

fn descriptor(size: u64, usage: Usages) -> wgpu::BufferDescriptor<'static> {
    wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false }
}

#[test]
fn usages() {
    let gpu = gpu();
    let single = Usages::all().iter_names().collect::<Vec<_>>();
    for (name, usage) in single {
        let outcome = gpu.outcome(name, || gpu.device.create_buffer(&descriptor(16, usage)));
        // Those for ray tracing need a feature.
        assert_eq!(outcome == Valid, !name.contains("LAS_INPUT"), "{name}");
    }
    gpu.cases(
        &[
            ("none", Validation, Usages::empty()),
            ("read and write", Validation, Usages::MAP_READ | Usages::MAP_WRITE),
            ("read and its partner", Valid, Usages::MAP_READ | Usages::COPY_DST),
            ("read and storage", Validation, Usages::MAP_READ | Usages::STORAGE),
            ("read and source", Validation, Usages::MAP_READ | Usages::COPY_SRC),
            ("write and its partner", Valid, Usages::MAP_WRITE | Usages::COPY_SRC),
            ("write and destination", Validation, Usages::MAP_WRITE | Usages::COPY_DST),
            ("write and vertex", Validation, Usages::MAP_WRITE | Usages::VERTEX),
            ("all else", Valid, Usages::STORAGE | Usages::UNIFORM | Usages::VERTEX | Usages::INDEX),
        ],
        |usage| gpu.device.create_buffer(&descriptor(16, *usage)),
    );
}

#[test]
fn mappable_primary_buffers() {
    let gpu = gpu_with(wgpu::Features::MAPPABLE_PRIMARY_BUFFERS);
    gpu.cases(
        &[
            ("read and storage", Valid, Usages::MAP_READ | Usages::STORAGE),
            ("write and vertex", Valid, Usages::MAP_WRITE | Usages::VERTEX),
            ("both", Valid, Usages::MAP_READ | Usages::MAP_WRITE),
        ],
        |usage| gpu.device.create_buffer(&descriptor(16, *usage)),
    );
}

#[test]
fn sizes() {
    let gpu = gpu();
    let limit = gpu.device.limits().max_buffer_size;
    let create = |mapped_at_creation| {
        let gpu = &gpu;
        move |size: &u64| {
            let descriptor = wgpu::BufferDescriptor {
                mapped_at_creation,
                ..descriptor(*size, Usages::COPY_DST)
            };
            let buffer = gpu.device.create_buffer(&descriptor);
            record("size", buffer.size());
        }
    };
    gpu.cases(
        &[
            ("nothing", Valid, 0),
            ("a byte", Valid, 1),
            ("odd", Valid, 17),
            ("beyond the limit", Validation, limit + 1),
            ("far beyond", Validation, u64::MAX),
        ],
        create(false),
    );
    gpu.cases(
        &[
            ("nothing, mapped", Valid, 0),
            ("a byte, mapped", Validation, 1),
            ("four bytes, mapped", Valid, 4),
            ("odd, mapped", Validation, 18),
            ("beyond the limit, mapped", Validation, limit + 4),
        ],
        create(true),
    );
}

#[test]
fn what_a_buffer_says_of_itself() {
    let gpu = gpu();
    for usage in [Usages::VERTEX | Usages::COPY_DST, Usages::MAP_READ, Usages::QUERY_RESOLVE] {
        let buffer = gpu.device.create_buffer(&descriptor(28, usage));
        record("size", buffer.size());
        record("usage", format!("{:?}", buffer.usage()));
        assert_eq!((buffer.size(), buffer.usage()), (28, usage));
    }
}

#[test]
fn slices() {
    let gpu = gpu();
    let buffer = gpu.device.create_buffer(&descriptor(64, Usages::VERTEX));
    let say = |slice: wgpu::BufferSlice<'_>| {
        record("offset and size", format!("{} {}", slice.offset(), slice.size()));
    };
    gpu.cases(
        &[
            ("all", Valid, 0..64),
            ("front", Valid, 0..16),
            ("back", Valid, 48..64),
            ("middle", Valid, 5..7),
            ("empty", Panic, 8..8),
            ("empty at the end", Panic, 64..64),
            ("beyond", Panic, 0..65),
            ("far beyond", Panic, 100..200),
            ("overflow", Panic, 8..u64::MAX),
        ],
        |range| say(buffer.slice(range.clone())),
    );
    gpu.cases(
        &[
            ("all of all", Valid, (0, 64)),
            ("part of a part", Valid, (16, 8)),
            ("all of a part", Valid, (0, 32)),
            ("beyond the part", Panic, (16, 17)),
            ("empty part", Panic, (16, 0)),
        ],
        |&(start, size)| {
            let outer = if size == 64 { buffer.slice(..) } else { buffer.slice(32..) };
            say(outer.slice(start..start + size));
        },
    );
    gpu.cases(&[("unbounded", Valid, 8), ("nothing left", Panic, 64)], |start| {
        say(buffer.slice(*start..));
        say(buffer.slice(..=*start));
    });
}

/// Maps, writes down what the callback gets, and unmaps.
fn map(gpu: &Gpu, buffer: &wgpu::Buffer, mode: wgpu::MapMode, range: std::ops::Range<u64>) {
    let (sender, receiver) = mpsc::channel();
    buffer.map_async(mode, range, move |result| sender.send(result.is_ok()).unwrap());
    gpu.wait();
    record("mapped", format!("{:?}", receiver.try_recv()));
    buffer.unmap();
}

#[test]
fn ranges_that_can_be_mapped() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(64, Usages::MAP_READ | Usages::COPY_DST);
    gpu.cases(
        &[
            ("all", Valid, 0..64),
            ("aligned", Valid, 8..12),
            ("offset of 4", Validation, 4..8),
            ("size of 2", Validation, 0..2),
            ("the last word", Valid, 56..60),
            ("empty", Panic, 8..8),
            ("beyond", Panic, 0..68),
        ],
        |range| map(&gpu, &buffer, wgpu::MapMode::Read, range.clone()),
    );
}

#[test]
fn modes_of_mapping() {
    let gpu = gpu();
    let readable = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let writable = gpu.empty_buffer(16, Usages::MAP_WRITE | Usages::COPY_SRC);
    let neither = gpu.empty_buffer(16, Usages::COPY_DST);
    use wgpu::MapMode::{Read, Write};
    gpu.cases(
        &[
            ("readable to read", Valid, (&readable, Read)),
            ("readable to write", Validation, (&readable, Write)),
            ("writable to write", Valid, (&writable, Write)),
            ("writable to read", Validation, (&writable, Read)),
            ("neither to read", Validation, (&neither, Read)),
            ("neither to write", Validation, (&neither, Write)),
        ],
        |(buffer, mode)| map(&gpu, buffer, *mode, 0..16),
    );
}

#[test]
fn unmapping() {
    let gpu = gpu();
    let usage = Usages::MAP_READ | Usages::COPY_DST;
    let never = gpu.empty_buffer(16, usage);
    gpu.outcome("never mapped", || never.unmap());
    let destroyed = gpu.empty_buffer(16, usage);
    destroyed.destroy();
    gpu.outcome("destroyed", || destroyed.unmap());
    gpu.outcome("destroyed twice", || destroyed.destroy());
    gpu.outcome("mapping what is destroyed", || {
        destroyed.map_async(wgpu::MapMode::Read, .., |result| record("mapped", result.is_ok()));
        gpu.wait();
    });
    let at_creation = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        mapped_at_creation: true,
        ..descriptor(16, Usages::COPY_SRC)
    });
    gpu.outcome("mapped at creation", || at_creation.unmap());
    gpu.outcome("and again", || at_creation.unmap());
    assert_eq!(gpu.read(&at_creation), [0; 4], "memory begins as nought");
}

#[test]
fn mapped_twice() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let map = || buffer.map_async(wgpu::MapMode::Read, .., |result| record("got", result.is_ok()));
    assert_eq!(gpu.outcome("first", map), Valid);
    assert_eq!(gpu.outcome("while pending", map), Panic);
    gpu.wait();
    assert_eq!(gpu.outcome("while mapped", map), Panic);
    buffer.unmap();
    assert_eq!(gpu.outcome("after unmapping", map), Valid);
    gpu.wait();
}

#[test]
fn views_of_mapped_memory() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(64, Usages::MAP_READ | Usages::COPY_DST);
    buffer.map_async(wgpu::MapMode::Read, 16..48, |result| result.unwrap());
    gpu.wait();
    gpu.cases(
        &[
            ("all that is mapped", Valid, 16..48),
            ("a part", Valid, 24..28),
            ("before it", Panic, 8..16),
            ("over its front", Panic, 8..24),
            ("over its end", Panic, 40..52),
            ("behind it", Panic, 48..56),
            ("beyond the buffer", Panic, 16..80),
            // Refused by the engine, after which the `wgpu` crate takes them for views that are there.
            ("misaligned", Panic, 20..24),
            ("odd size", Panic, 32..34),
        ],
        |range| record("length", buffer.get_mapped_range(range.clone()).len()),
    );
}

#[test]
fn views_that_overlap() {
    let gpu = gpu();
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        mapped_at_creation: true,
        ..descriptor(64, Usages::COPY_SRC)
    });
    let front = buffer.get_mapped_range_mut(0..32);
    let view = |range: &std::ops::Range<u64>| buffer.get_mapped_range_mut(range.clone()).len();
    gpu.cases(
        &[
            ("beside it", Valid, 32..64),
            ("the same", Panic, 0..32),
            ("a part of it", Panic, 8..16),
            ("over its end", Panic, 24..40),
        ],
        view,
    );
    assert_eq!(gpu.outcome("to read", || buffer.get_mapped_range(0..8).len()), Panic);
    drop(front);
    assert_eq!(gpu.outcome("after it was dropped", || view(&(0..32))), Valid);
    let reader = buffer.get_mapped_range(0..8);
    let outcome: Outcome = gpu.outcome("two readers", || buffer.get_mapped_range(0..16).len());
    assert_eq!(outcome, Valid);
    assert_eq!(gpu.outcome("a writer beside a reader", || view(&(0..8))), Panic);
    drop(reader);
    buffer.unmap();
}

#[test]
fn writing_into_views() {
    let gpu = gpu();
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        mapped_at_creation: true,
        ..descriptor(32, Usages::COPY_SRC)
    });
    let mut view = buffer.get_mapped_range_mut(..);
    record("length", format!("{} {}", view.len(), view.is_empty()));
    view.slice(..).fill(0x11);
    view.slice(4..8).copy_from_slice(&[1, 2, 3, 4]);
    let (mut left, mut right) = view.slice(8..16).split_at(4);
    left.copy_from_slice(&[5; 4]);
    right.fill(6);
    assert_eq!(gpu.outcome("a slice beyond", || view.slice(30..34).len()), Panic);
    assert_eq!(gpu.outcome("of another length", || view.copy_from_slice(&[0; 8])), Panic);
    drop(view);
    buffer.unmap();
    let bytes = gpu.read_bytes(&buffer);
    assert_eq!(bytes[..12], [0x11, 0x11, 0x11, 0x11, 1, 2, 3, 4, 5, 5, 5, 5]);
}

#[test]
fn a_mapping_that_outlives_the_device() {
    let Gpu { leaks: _leaks, device, queue } = gpu();
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        mapped_at_creation: true,
        ..descriptor(16, Usages::COPY_SRC)
    });
    drop((device, queue));
    buffer.get_mapped_range_mut(..).copy_from_slice(&[7; 16]);
    let bytes = buffer.get_mapped_range(..).to_vec();
    record_bytes("read back", &bytes);
    assert_eq!(bytes, [7; 16]);
    buffer.unmap();
}

#[test]
fn labels() {
    let gpu = gpu();
    gpu.cases(
        &[
            ("none", Valid, None),
            ("empty", Valid, Some("")),
            ("with NUL", Valid, Some("a\0b")),
            ("not ASCII", Valid, Some("Größe 数 🎨")),
            ("quotes and lines", Valid, Some("a'b\n\"c\"")),
        ],
        |label| {
            let device = &gpu.device;
            let wanted = descriptor(4, Usages::COPY_DST);
            let buffer = device.create_buffer(&wgpu::BufferDescriptor { label: *label, ..wanted });
            let texture =
                device.create_texture(&wgpu::TextureDescriptor { label: *label, ..TEXTURE });
            let encoder = wgpu::CommandEncoderDescriptor { label: *label };
            (buffer, texture, device.create_command_encoder(&encoder).finish())
        },
    );
}
