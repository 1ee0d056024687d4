//! Draws: direct and out of buffers, and the part of the target that they change.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{gpu, gpu_with};
use crate::drawing::{InPass, attachment, canvas, colors};
use crate::kit::Case;
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, TextureFormat};

#[test]
fn viewports() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    for [x, y, width, height] in [
        [0.0, 0.0, 16.0, 16.0],
        [2.5, 3.0, 7.25, 4.5],
        [-8.0, -8.0, 16.0, 16.0],
        [8.0, 8.0, 32.0, 16.0],
        [4.0, 4.0, 0.0, 0.0],
    ] {
        gpu.draw(&format!("{x} {y} {width} {height}"), |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_viewport(x, y, width, height, 0.0, 1.0);
            pass.draw(0..3, 3..4);
        });
    }
    let view = attachment(&gpu, |_| ());
    let nan = f32::NAN;
    let cases: &[Case<'_, [f32; 6]>] = &[
        ("a part of the depth", Valid, [0.0, 0.0, 8.0, 8.0, 0.25, 0.5]),
        ("no depth", Valid, [0.0, 0.0, 8.0, 8.0, 0.5, 0.5]),
        ("below the depth", Validation, [0.0, 0.0, 8.0, 8.0, -0.5, 0.5]),
        ("beyond the depth", Validation, [0.0, 0.0, 8.0, 8.0, 0.0, 1.5]),
        ("depth reversed", Validation, [0.0, 0.0, 8.0, 8.0, 0.8, 0.5]),
        ("negative width", Validation, [0.0, 0.0, -8.0, 8.0, 0.0, 1.0]),
        ("huge", Validation, [0.0, 0.0, 1e6, 8.0, 0.0, 1.0]),
        ("far left", Validation, [-1e6, 0.0, 8.0, 8.0, 0.0, 1.0]),
        ("not a number", Valid, [nan, 0.0, 8.0, 8.0, 0.0, 1.0]),
        ("a width that is none", Valid, [0.0, 0.0, nan, 8.0, 0.0, 1.0]),
        ("a depth that is none", Validation, [0.0, 0.0, 8.0, 8.0, nan, 1.0]),
        ("infinite", Validation, [0.0, 0.0, f32::INFINITY, 8.0, 0.0, 1.0]),
    ];
    gpu.cases(cases, |&[x, y, width, height, near, far]| {
        gpu.pass(&view, |pass| pass.set_viewport(x, y, width, height, near, far));
    });
}

#[test]
fn scissors() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    for [x, y, width, height] in [[0, 0, 16, 16], [3, 4, 5, 6], [15, 0, 1, 16], [16, 16, 0, 0]] {
        gpu.draw(&format!("{x} {y} {width} {height}"), |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_scissor_rect(x, y, width, height);
            pass.draw(0..3, 5..6);
        });
    }
    let view = attachment(&gpu, |_| ());
    gpu.cases(
        &[
            ("beyond the right", Validation, [8, 0, 9, 16]),
            ("beyond the bottom", Validation, [0, 8, 16, 9]),
            ("outside", Validation, [17, 0, 0, 0]),
            ("far outside", Validation, [u32::MAX, 0, 1, 1]),
        ],
        |&[x, y, width, height]| gpu.pass(&view, |pass| pass.set_scissor_rect(x, y, width, height)),
    );
}

#[test]
fn draws_of_nothing_and_of_much() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    for (vertices, instances) in
        [(0..3, 1..2), (0..0, 0..1), (0..3, 2..2), (3..3, 0..1), (1..4, 4..6), (0..6, 6..7)]
    {
        gpu.draw(&format!("{vertices:?} {instances:?}"), |pass| {
            pass.set_pipeline(&pipeline);
            pass.draw(vertices.clone(), instances.clone());
        });
    }
}

#[test]
fn draws_out_of_buffers() {
    let gpu = gpu_with(wgpu::Features::INDIRECT_FIRST_INSTANCE);
    let pipeline = colors(&gpu);
    let indices = gpu.buffer(&[0, 1, 2], Usages::INDEX);
    // Vertices, instances, first vertex, first instance; twice.
    let draws = gpu.buffer(&[3, 1, 0, 1, 3, 1, 0, 2, 0, 0, 0, 0], Usages::INDIRECT);
    // Indices, instances, first index, base vertex, first instance; twice.
    let indexed = gpu.buffer(&[3, 1, 0, 0, 4, 3, 2, 0, 0, 5], Usages::INDIRECT);
    let cases: &[Case<'_, InPass<'_>>] = &[
        ("a draw", Valid, &|pass| pass.draw_indirect(&draws, 0)),
        ("the second one", Valid, &|pass| pass.draw_indirect(&draws, 16)),
        ("between them", Valid, &|pass| pass.draw_indirect(&draws, 4)),
        ("an indexed one", Valid, &|pass| pass.draw_indexed_indirect(&indexed, 0)),
        ("the second indexed one", Valid, &|pass| pass.draw_indexed_indirect(&indexed, 20)),
        ("two", Valid, &|pass| pass.multi_draw_indirect(&draws, 0, 2)),
        ("none", Valid, &|pass| pass.multi_draw_indirect(&draws, 0, 0)),
        ("two indexed ones", Valid, &|pass| pass.multi_draw_indexed_indirect(&indexed, 0, 2)),
        ("over the end", Validation, &|pass| pass.draw_indirect(&draws, 36)),
        ("indexed over the end", Validation, &|pass| pass.draw_indexed_indirect(&indexed, 24)),
        ("misaligned", Validation, &|pass| pass.draw_indirect(&draws, 2)),
        ("too many", Validation, &|pass| pass.multi_draw_indirect(&draws, 0, 4)),
        ("not for that", Validation, &|pass| pass.draw_indirect(&indices, 0)),
    ];
    let canvas = canvas(&gpu, TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    gpu.cases(cases, |commands| {
        gpu.pass(&view, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
            commands(pass);
        });
        gpu.read_canvas("drawn", &canvas);
    });
}

#[test]
fn counts_out_of_buffers() {
    let gpu = gpu_with(
        wgpu::Features::MULTI_DRAW_INDIRECT_COUNT | wgpu::Features::INDIRECT_FIRST_INSTANCE,
    );
    let pipeline = colors(&gpu);
    let draws = gpu.buffer(&[3, 1, 0, 1, 3, 1, 0, 2, 3, 1, 0, 4], Usages::INDIRECT);
    let counts = gpu.buffer(&[0, 1, 2, 9], Usages::INDIRECT);
    let canvas = canvas(&gpu, TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    gpu.cases(
        &[
            ("none", Valid, (0, 3)),
            ("one", Valid, (4, 3)),
            ("two", Valid, (8, 3)),
            ("at most one", Valid, (8, 1)),
            ("at most all", Valid, (12, 3)),
            ("too many", Validation, (8, 4)),
            ("behind the counts", Validation, (16, 3)),
        ],
        |&(count_offset, max_count)| {
            gpu.pass(&view, |pass| {
                pass.set_pipeline(&pipeline);
                pass.multi_draw_indirect_count(&draws, 0, &counts, count_offset, max_count);
            });
            gpu.read_canvas("drawn", &canvas);
        },
    );
    let without = crate::common::gpu();
    let view = attachment(&without, |_| ());
    let pipeline = colors(&without);
    let draws = without.buffer(&[3, 1, 0, 0], Usages::INDIRECT);
    without.outcome("without the feature", || {
        without.pass(&view, |pass| {
            pass.set_pipeline(&pipeline);
            pass.multi_draw_indirect_count(&draws, 0, &draws, 4, 1);
        });
    });
}

#[test]
fn first_instances_out_of_buffers_need_the_feature() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    let draws = gpu.buffer(&[3, 1, 0, 2], Usages::INDIRECT);
    gpu.draw("drawn", |pass| {
        pass.set_pipeline(&pipeline);
        pass.draw_indirect(&draws, 0);
    });
}
