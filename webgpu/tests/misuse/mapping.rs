//! Mapped memory.

use crate::{Invalid, Panic, Row, Valid, common::Gpu};
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, MapMode};

/// One that can be mapped for reading.
fn readable(gpu: &Gpu) -> wgpu::Buffer {
    gpu.empty_buffer(64, Usages::MAP_READ | Usages::COPY_DST)
}

fn map(buffer: &wgpu::Buffer, range: std::ops::Range<u64>) {
    buffer.map_async(MapMode::Read, range, |_| ());
}

/// One that is mapped from 16 to 48.
fn mapped(gpu: &Gpu) -> wgpu::Buffer {
    let buffer = readable(gpu);
    map(&buffer, 16..48);
    gpu.wait();
    buffer
}

#[rustfmt::skip]
const MAPPING: &[Row] = &[
    Row("for reading", Valid, |gpu| drop(mapped(gpu))),
    Row("for writing what can be read", Invalid, |gpu| readable(gpu).map_async(MapMode::Write, .., |_| ())),
    Row("what cannot be mapped", Invalid, |gpu| map(&gpu.empty_buffer(64, Usages::COPY_DST), 0..64)),
    Row("from an odd offset", Invalid, |gpu| map(&readable(gpu), 4..8)),
    Row("an odd size", Invalid, |gpu| map(&readable(gpu), 0..7)),
    Row("after destruction", Invalid, |gpu| {
        let buffer = readable(gpu);
        buffer.destroy();
        map(&buffer, 0..64);
    }),
    Row("what is mapped", Panic("Buffer is already mapped"), |gpu| map(&mapped(gpu), 0..64)),
    Row("what is about to be mapped", Panic("Buffer is already mapped"), |gpu| {
        let buffer = readable(gpu);
        map(&buffer, 0..8);
        map(&buffer, 8..16);
    }),
    Row("what was mapped at creation", Panic("Buffer is already mapped"), |gpu| {
        let descriptor = wgpu::BufferDescriptor {
            label: None,
            size: 64,
            usage: Usages::MAP_READ | Usages::COPY_DST,
            mapped_at_creation: true,
        };
        map(&gpu.device.create_buffer(&descriptor), 0..64);
    }),
    Row("unmapping what is not mapped", Invalid, |gpu| readable(gpu).unmap()),
    Row("unmapping twice", Invalid, |gpu| {
        let buffer = mapped(gpu);
        buffer.unmap();
        buffer.unmap();
    }),
    Row("unmapping what is about to be mapped", Valid, |gpu| {
        let buffer = readable(gpu);
        map(&buffer, 0..64);
        buffer.unmap();
    }),
    Row("unmapping after destruction", Invalid, |gpu| {
        let buffer = mapped(gpu);
        buffer.destroy();
        buffer.unmap();
    }),
    Row("dropping what is about to be mapped", Valid, |gpu| map(&readable(gpu), 0..64)),
    Row("destroying what is about to be mapped", Valid, |gpu| {
        let buffer = readable(gpu);
        map(&buffer, 0..64);
        buffer.destroy();
    }),
];

#[rustfmt::skip]
const VIEWS: &[Row] = &[
    Row("of the part", Valid, |gpu| drop(mapped(gpu).get_mapped_range(16..48))),
    Row("of what is not mapped", Panic("on an unmapped buffer"), |gpu| drop(readable(gpu).get_mapped_range(..))),
    Row("of what is about to be mapped", Panic("Buffer::get_mapped_range"), |gpu| {
        let buffer = readable(gpu);
        map(&buffer, 0..64);
        drop(buffer.get_mapped_range(..));
    }),
    Row("beyond the part", Panic("not entirely mapped"), |gpu| drop(mapped(gpu).get_mapped_range(16..56))),
    Row("before the part", Panic("not entirely mapped"), |gpu| drop(mapped(gpu).get_mapped_range(8..48))),
    Row("from an odd offset", Panic("Buffer::get_mapped_range"), |gpu| drop(mapped(gpu).get_mapped_range(20..24))),
    Row("of an odd size", Panic("Buffer::get_mapped_range"), |gpu| drop(mapped(gpu).get_mapped_range(16..23))),
    Row("of nothing", Panic("can not be empty"), |gpu| drop(mapped(gpu).get_mapped_range(16..16))),
    Row("two for reading", Valid, |gpu| {
        let buffer = mapped(gpu);
        drop((buffer.get_mapped_range(16..48), buffer.get_mapped_range(24..32)));
    }),
    Row("two that overlap", Panic("would break Rust memory aliasing rules"), |gpu| {
        let buffer = mapped(gpu);
        let _first = buffer.get_mapped_range(16..32);
        drop(buffer.get_mapped_range_mut(24..48));
    }),
    Row("alive while unmapping", Panic("still has accessible mapped views"), |gpu| {
        let buffer = mapped(gpu);
        let _view = buffer.get_mapped_range(16..48);
        buffer.unmap();
    }),
    Row("of memory that was given back", Panic("on an unmapped buffer"), |gpu| {
        let buffer = mapped(gpu);
        buffer.unmap();
        drop(buffer.get_mapped_range(16..48));
    }),
    Row("after destruction", Panic("Buffer::get_mapped_range"), |gpu| {
        let buffer = mapped(gpu);
        buffer.destroy();
        drop(buffer.get_mapped_range(16..48));
    }),
];

/// What ends a view before its time is a mistake, and nothing else is lost.
#[test]
fn mapping() {
    crate::check(MAPPING);
}

#[test]
fn views() {
    crate::check(VIEWS);
}
