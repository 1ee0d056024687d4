//! Encoders and submissions.

use crate::{Invalid, Row, Valid, common::Gpu, textures::descriptor};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// The command buffer if it is valid: one that is not would lead to a second error when it is submitted.
pub(crate) fn valid(gpu: &Gpu, encoder: wgpu::CommandEncoder) -> Option<wgpu::CommandBuffer> {
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let command_buffer = encoder.finish();
    match pollster::block_on(scope.pop()) {
        None => Some(command_buffer),
        // Again, for whoever looks.
        Some(_) => {
            gpu.queue.submit([command_buffer]);
            None
        }
    }
}

fn recorded(gpu: &Gpu, record: impl FnOnce(&mut wgpu::CommandEncoder)) {
    let mut encoder = gpu.encoder();
    record(&mut encoder);
    gpu.queue.submit(valid(gpu, encoder));
}

fn source(gpu: &Gpu) -> wgpu::Buffer {
    gpu.empty_buffer(64, Usages::COPY_SRC)
}

fn target(gpu: &Gpu) -> wgpu::Buffer {
    gpu.empty_buffer(64, Usages::COPY_DST)
}

fn copy(gpu: &Gpu, from: u64, to: u64, size: Option<u64>) {
    let (source, target) = (source(gpu), target(gpu));
    recorded(gpu, |encoder| encoder.copy_buffer_to_buffer(&source, from, &target, to, size));
}

fn clear(gpu: &Gpu, offset: u64, size: Option<u64>) {
    let target = target(gpu);
    recorded(gpu, |encoder| encoder.clear_buffer(&target, offset, size));
}

#[rustfmt::skip]
const BUFFERS: &[Row] = &[
    Row("all", Valid, |gpu| copy(gpu, 0, 0, None)),
    Row("a part", Valid, |gpu| copy(gpu, 8, 60, Some(4))),
    Row("nothing", Valid, |gpu| copy(gpu, 0, 0, Some(0))),
    Row("nothing at the end", Valid, |gpu| copy(gpu, 64, 64, Some(0))),
    Row("nothing behind the end", Invalid, |gpu| copy(gpu, 68, 0, Some(0))),
    Row("over the end of the source", Invalid, |gpu| copy(gpu, 32, 0, Some(64))),
    Row("over the end of the destination", Invalid, |gpu| copy(gpu, 0, 32, Some(64))),
    Row("the rest from behind the end", Invalid, |gpu| copy(gpu, 128, 0, None)),
    Row("from an odd offset", Invalid, |gpu| copy(gpu, 2, 0, Some(4))),
    Row("an odd size", Invalid, |gpu| copy(gpu, 0, 0, Some(3))),
    Row("the largest size", Invalid, |gpu| copy(gpu, 0, 0, Some(u64::MAX))),
    Row("a size that runs over with the offset", Invalid, |gpu| copy(gpu, 8, 8, Some(u64::MAX - 3))),
    Row("from the largest offset", Invalid, |gpu| copy(gpu, u64::MAX - 3, 0, Some(4))),
    Row("without the usage", Invalid, |gpu| {
        let (source, target) = (source(gpu), target(gpu));
        recorded(gpu, |encoder| encoder.copy_buffer_to_buffer(&target, 0, &source, 0, 4));
    }),
    Row("within one buffer", Invalid, |gpu| {
        let buffer = gpu.empty_buffer(64, Usages::COPY_SRC | Usages::COPY_DST);
        recorded(gpu, |encoder| encoder.copy_buffer_to_buffer(&buffer, 0, &buffer, 32, 4));
    }),
    Row("clearing all", Valid, |gpu| clear(gpu, 0, None)),
    Row("clearing nothing", Valid, |gpu| clear(gpu, 0, Some(0))),
    Row("clearing nothing at an odd offset", Invalid, |gpu| clear(gpu, 2, Some(0))),
    Row("clearing nothing behind the end", Invalid, |gpu| clear(gpu, 68, Some(0))),
    Row("clearing over the end", Invalid, |gpu| clear(gpu, 32, Some(64))),
    Row("clearing the rest behind the end", Invalid, |gpu| clear(gpu, 128, None)),
    Row("clearing the largest size", Invalid, |gpu| clear(gpu, 0, Some(u64::MAX))),
    Row("clearing a size that runs over with the offset", Invalid, |gpu| clear(gpu, 8, Some(u64::MAX - 3))),
];

fn clear_texture(gpu: &Gpu, range: wgpu::ImageSubresourceRange) {
    let texture = gpu.device.create_texture(&descriptor());
    recorded(gpu, |encoder| encoder.clear_texture(&texture, &range));
}

#[rustfmt::skip]
const COMMANDS: &[Row] = &[
    Row("none", Valid, |gpu| recorded(gpu, |_| ())),
    Row("clearing a texture without the feature", Invalid, |gpu| clear_texture(gpu, Default::default())),
    Row("marks", Valid, |gpu| recorded(gpu, |encoder| {
        encoder.push_debug_group("größe \0 %s");
        encoder.insert_debug_marker("");
        encoder.pop_debug_group();
    })),
    Row("the end of a group that was not begun", Invalid, |gpu| recorded(gpu, wgpu::CommandEncoder::pop_debug_group)),
    Row("a group that was not ended", Invalid, |gpu| recorded(gpu, |encoder| encoder.push_debug_group("open"))),
    Row("the time without the feature", Invalid, |gpu| {
        let set = occlusion(gpu);
        recorded(gpu, |encoder| encoder.write_timestamp(&set, 0));
    }),
    Row("answers", Valid, |gpu| resolve(gpu, 0..2, 0)),
    Row("no answers", Valid, |gpu| resolve(gpu, 0..0, 0)),
    Row("answers to questions that are not there", Invalid, |gpu| resolve(gpu, 0..5, 0)),
    Row("answers to the last questions that can be said", Invalid, |gpu| resolve(gpu, u32::MAX - 1..u32::MAX, 0)),
    Row("answers at an odd offset", Invalid, |gpu| resolve(gpu, 0..2, 8)),
    Row("answers over the end", Invalid, |gpu| resolve(gpu, 0..4, 256)),
    Row("answers at the largest offset", Invalid, |gpu| resolve(gpu, 0..2, u64::MAX - 255)),
];

fn occlusion(gpu: &Gpu) -> wgpu::QuerySet {
    let ty = wgpu::QueryType::Occlusion;
    gpu.device.create_query_set(&wgpu::QuerySetDescriptor { label: None, ty, count: 4 })
}

fn resolve(gpu: &Gpu, range: std::ops::Range<u32>, offset: u64) {
    let (set, target) = (occlusion(gpu), gpu.empty_buffer(264, Usages::QUERY_RESOLVE));
    recorded(gpu, |encoder| encoder.resolve_query_set(&set, range, &target, offset));
}

#[rustfmt::skip]
const ENCODERS: &[Row] = &[
    Row("dropped", Valid, |gpu| drop(gpu.encoder())),
    Row("finished and dropped", Valid, |gpu| drop(gpu.encoder().finish())),
    Row("finished with an open pass", Invalid, |gpu| {
        let mut encoder = gpu.encoder();
        let _pass = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
        drop(encoder.finish());
    }),
    Row("used with an open pass", Invalid, |gpu| {
        let (mut encoder, target) = (gpu.encoder(), target(gpu));
        let pass = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
        encoder.clear_buffer(&target, 0, None);
        drop(pass);
        drop(encoder.finish());
    }),
    Row("two passes at once", Invalid, |gpu| {
        let mut encoder = gpu.encoder();
        let first = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
        let second = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
        drop((first, second));
        drop(encoder.finish());
    }),
    Row("dropped before its pass", Valid, |gpu| {
        let mut encoder = gpu.encoder();
        let pass = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
        drop(encoder);
        drop(pass);
    }),
    Row("one of another device", Invalid, |gpu| {
        let other = crate::common::gpu_beside(gpu);
        gpu.queue.submit([other.encoder().finish()]);
    }),
    Row("with a buffer of another device", Invalid, |gpu| {
        let other = crate::common::gpu_beside(gpu);
        clear_foreign(gpu, &target(&other));
    }),
    Row("with a buffer that is mapped", Invalid, |gpu| {
        let buffer = gpu.empty_buffer(64, Usages::MAP_READ | Usages::COPY_DST);
        let mut encoder = gpu.encoder();
        encoder.clear_buffer(&buffer, 0, None);
        let command_buffer = encoder.finish();
        buffer.map_async(wgpu::MapMode::Read, .., |_| ());
        gpu.queue.submit([command_buffer]);
    }),
    Row("with a buffer that was destroyed", Invalid, |gpu| {
        let buffer = target(gpu);
        let mut encoder = gpu.encoder();
        encoder.clear_buffer(&buffer, 0, None);
        let command_buffer = encoder.finish();
        buffer.destroy();
        gpu.queue.submit([command_buffer]);
    }),
    Row("on a destroyed device", Valid, |gpu| {
        let command_buffer = gpu.encoder().finish();
        gpu.device.destroy();
        gpu.queue.submit([command_buffer]);
    }),
];

fn clear_foreign(gpu: &Gpu, buffer: &wgpu::Buffer) {
    recorded(gpu, |encoder| encoder.clear_buffer(buffer, 0, None));
}

#[test]
fn buffers() {
    crate::check(BUFFERS);
}

#[test]
fn commands() {
    crate::check(COMMANDS);
}

#[test]
fn encoders() {
    crate::check(ENCODERS);
}
