//! Resources in render bundles that are not there: of another device, invalid, destroyed or mapped.

use crate::bundle_mistakes::{buffer_layout, check, group};
use crate::common::Outcome::{Panic, Validation};
use crate::common::{gpu, gpu_beside};
use crate::drawing::{PLAIN, Pipeline, colors};
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, IndexFormat};

#[test]
fn things_that_are_not_there() {
    let gpu = gpu();
    let beside = gpu_beside(&gpu);
    let pipeline = colors(&gpu);
    let theirs = colors(&beside);
    let their_indices = beside.buffer(&[0; 4], Usages::INDEX | Usages::VERTEX | Usages::INDIRECT);
    let uniform = buffer_layout(&beside, wgpu::BufferBindingType::Uniform);
    let uniforms = beside.buffer(&[0; 4], Usages::UNIFORM);
    let their_group = group(&beside, &uniform, uniforms.as_entire_buffer_binding());
    let usage = Usages::INDEX | Usages::INDIRECT;
    let destroyed = gpu.buffer(&[3, 1, 0, 0], usage);
    destroyed.destroy();
    let mapped = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 16,
        usage,
        mapped_at_creation: true,
    });
    let (_, invalid) =
        gpu.end_of(|| gpu.empty_buffer(16, Usages::MAP_READ | Usages::MAP_WRITE | usage));
    let invalid = invalid.expect("an object all the same");
    let (_, broken) = gpu
        .end_of(|| Pipeline { targets: Some(&[PLAIN, PLAIN]), ..Default::default() }.create(&gpu));
    let broken = broken.expect("an object all the same");
    check(
        &gpu,
        &[
            ("their pipeline", Panic, &|encoder| encoder.set_pipeline(&theirs)),
            ("their group", Panic, &|encoder| encoder.set_bind_group(0, &their_group, &[])),
            ("their indices", Panic, &|encoder| {
                encoder.set_index_buffer(their_indices.slice(..), IndexFormat::Uint32);
            }),
            ("their vertices", Panic, &|encoder| {
                encoder.set_vertex_buffer(0, their_indices.slice(..));
            }),
            ("their draws", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.draw_indirect(&their_indices, 0);
            }),
            ("destroyed indices", Validation, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_index_buffer(destroyed.slice(..), IndexFormat::Uint32);
                encoder.draw_indexed(0..3, 0, 0..1);
            }),
            ("destroyed draws", Validation, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.draw_indirect(&destroyed, 0);
            }),
            ("mapped indices", Validation, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_index_buffer(mapped.slice(..), IndexFormat::Uint32);
                encoder.draw_indexed(0..3, 0, 0..1);
            }),
            ("mapped, and beyond", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_index_buffer(mapped.slice(..), IndexFormat::Uint32);
                encoder.draw_indexed(0..5, 0, 0..1);
            }),
            ("invalid indices", Panic, &|encoder| {
                encoder.set_index_buffer(invalid.slice(..), IndexFormat::Uint32);
            }),
            ("invalid draws", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.draw_indirect(&invalid, 0);
            }),
            ("an invalid pipeline", Panic, &|encoder| encoder.set_pipeline(&broken)),
        ],
    );
}
