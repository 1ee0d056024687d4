//! Making, writing and destroying buffers.

use crate::{Invalid, Panic, Row, Valid, common::Gpu};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

fn make(gpu: &Gpu, size: u64, usage: Usages, mapped_at_creation: bool) -> wgpu::Buffer {
    let descriptor = wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation };
    gpu.device.create_buffer(&descriptor)
}

/// One that can be written to.
fn target(gpu: &Gpu) -> wgpu::Buffer {
    make(gpu, 16, Usages::COPY_DST, false)
}

#[rustfmt::skip]
const MAKING: &[Row] = &[
    Row("no usage", Invalid, |gpu| drop(make(gpu, 16, Usages::empty(), false))),
    Row("a usage that nobody knows", Invalid, |gpu| drop(make(gpu, 16, Usages::from_bits_retain(1 << 31), false))),
    Row("known and unknown usages", Invalid, |gpu| drop(make(gpu, 16, Usages::from_bits_retain(u32::MAX), false))),
    Row("no size", Valid, |gpu| drop(make(gpu, 0, Usages::COPY_DST, false))),
    Row("an odd size", Valid, |gpu| drop(make(gpu, 5, Usages::COPY_DST, false))),
    Row("an odd size, mapped", Invalid, |gpu| drop(make(gpu, 5, Usages::COPY_DST, true))),
    Row("no size, mapped", Valid, |gpu| drop(make(gpu, 0, Usages::COPY_DST, true))),
    Row("larger than the limit", Invalid, |gpu| {
        drop(make(gpu, gpu.device.limits().max_buffer_size + 1, Usages::COPY_DST, false));
    }),
    Row("the largest number", Invalid, |gpu| drop(make(gpu, u64::MAX, Usages::COPY_DST, false))),
    Row("nearly the largest number, mapped", Invalid, |gpu| drop(make(gpu, u64::MAX - 3, Usages::COPY_DST, true))),
    Row("mappable, and to be read by shaders", Invalid, |gpu| {
        drop(make(gpu, 16, Usages::MAP_READ | Usages::STORAGE, false));
    }),
    Row("mappable both ways", Invalid, |gpu| drop(make(gpu, 16, Usages::MAP_READ | Usages::MAP_WRITE, false))),
    Row("mapped at creation without being mappable", Valid, |gpu| drop(make(gpu, 16, Usages::VERTEX, true))),
    Row("a label with NUL", Valid, |gpu| {
        let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("a\0b ü"),
            size: 16,
            usage: Usages::COPY_DST,
            mapped_at_creation: false,
        });
        drop(buffer);
    }),
    Row("destroyed twice", Valid, |gpu| {
        let buffer = target(gpu);
        buffer.destroy();
        buffer.destroy();
    }),
];

#[rustfmt::skip]
const PARTS: &[Row] = &[
    Row("an empty part", Panic("can not be empty"), |gpu| { target(gpu).slice(4..4); }),
    Row("a part that runs backwards", Panic(""), |gpu| { target(gpu).slice(std::ops::Range { start: 8, end: 4 }); }),
    Row("a part over the end", Panic("out of range"), |gpu| { target(gpu).slice(8..17); }),
    Row("a part behind the end", Panic("out of range"), |gpu| { target(gpu).slice(16..20); }),
    Row("a part at the largest number", Panic(""), |gpu| { target(gpu).slice(u64::MAX..); }),
    Row("all of nothing", Panic("can not be empty"), |gpu| { make(gpu, 0, Usages::COPY_DST, false).slice(..); }),
];

#[rustfmt::skip]
const WRITING: &[Row] = &[
    Row("nothing", Valid, |gpu| gpu.queue.write_buffer(&target(gpu), 0, &[])),
    Row("all of it", Valid, |gpu| gpu.queue.write_buffer(&target(gpu), 0, &[1; 16])),
    Row("over the end", Invalid, |gpu| gpu.queue.write_buffer(&target(gpu), 12, &[1; 8])),
    Row("at the largest offset", Invalid, |gpu| gpu.queue.write_buffer(&target(gpu), u64::MAX - 3, &[1; 8])),
    Row("at an odd offset", Invalid, |gpu| gpu.queue.write_buffer(&target(gpu), 2, &[1; 4])),
    Row("three bytes", Invalid, |gpu| gpu.queue.write_buffer(&target(gpu), 0, &[1; 3])),
    Row("without the usage", Invalid, |gpu| gpu.queue.write_buffer(&make(gpu, 16, Usages::VERTEX, false), 0, &[1; 4])),
    Row("while mapped", Invalid, |gpu| gpu.queue.write_buffer(&make(gpu, 16, Usages::COPY_DST, true), 0, &[1; 4])),
    Row("after destruction", Invalid, |gpu| {
        let buffer = target(gpu);
        buffer.destroy();
        gpu.queue.write_buffer(&buffer, 0, &[1; 4]);
    }),
    Row("in place", Valid, |gpu| drop(gpu.queue.write_buffer_with(&target(gpu), 4, wgpu::BufferSize::new(8).unwrap()))),
    Row("in place, over the end", Invalid, |gpu| {
        drop(gpu.queue.write_buffer_with(&target(gpu), 12, wgpu::BufferSize::new(8).unwrap()));
    }),
    Row("in place, the largest number", Invalid, |gpu| {
        drop(gpu.queue.write_buffer_with(&target(gpu), 4, wgpu::BufferSize::new(u64::MAX - 3).unwrap()));
    }),
    Row("in place, an odd number", Invalid, |gpu| {
        drop(gpu.queue.write_buffer_with(&target(gpu), 0, wgpu::BufferSize::new(3).unwrap()));
    }),
    Row("in place, all of one that is too large to be", Invalid, |gpu| {
        let absurd = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 1 << 46,
            usage: Usages::COPY_DST,
            mapped_at_creation: false,
        });
        drop(gpu.queue.write_buffer_with(&absurd, 0, wgpu::BufferSize::new(1 << 46).unwrap()));
    }),
    Row("in place, and destroyed before it is through", Invalid, |gpu| {
        let buffer = target(gpu);
        let view = gpu.queue.write_buffer_with(&buffer, 0, wgpu::BufferSize::new(4).unwrap());
        buffer.destroy();
        drop(view);
    }),
];

#[test]
fn making() {
    crate::check(MAKING);
}

#[test]
fn parts() {
    crate::check(PARTS);
}

#[test]
fn writing() {
    crate::check(WRITING);
}
