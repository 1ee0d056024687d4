//! Random calls on passes.

use crate::{
    common::dice::Dice,
    world::{Call, World},
};
use webgpu as wgpu;

pub(crate) const ALL: &[Call] = &[
    compute_pass,
    compute_pass,
    render_pass,
    render_pass,
    in_compute_pass,
    in_compute_pass,
    in_compute_pass,
    in_render_pass,
    in_render_pass,
    in_render_pass,
];

fn compute_pass(world: &mut World, dice: &mut Dice) {
    let Some(encoder) = world.encoders.any_mut(dice) else { return };
    let set = world.query_sets.any(dice);
    let indices =
        [0; 2].map(|_| dice.mostly(&[None, Some(0)], &[Some(1), Some(4096), Some(u32::MAX)]));
    let writes = set.map(|query_set| wgpu::ComputePassTimestampWrites {
        query_set,
        beginning_of_pass_write_index: indices[0],
        end_of_pass_write_index: indices[1],
    });
    let pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
        label: dice.label(),
        timestamp_writes: if dice.percent(10) { writes } else { None },
    });
    world.compute_passes.add(pass.forget_lifetime());
    if dice.percent(80) {
        in_compute_pass(world, dice);
        world.compute_passes = Default::default();
    }
}

fn render_pass(world: &mut World, dice: &mut Dice) {
    let Some(encoder) = world.encoders.any_mut(dice) else { return };
    let mut attachments = Vec::new();
    for _ in 0..dice.mostly(&[1], &[0, 2, 8, 9]) {
        let Some(view) = world.texture_views.any(dice) else { break };
        attachments.push((!dice.percent(5)).then(|| wgpu::RenderPassColorAttachment {
            view,
            depth_slice: dice.mostly(&[None], &[Some(0), Some(1), Some(u32::MAX)]),
            resolve_target: if dice.percent(10) { world.texture_views.any(dice) } else { None },
            ops: wgpu::Operations { load: color_load(dice), store: store(dice) },
        }));
    }
    let depth_load = dice.mostly(
        &[wgpu::LoadOp::Clear(0.0), wgpu::LoadOp::Load],
        &[wgpu::LoadOp::Clear(f32::NAN), wgpu::LoadOp::Clear(-1.0), wgpu::LoadOp::Clear(2.0)],
    );
    let depth_ops = wgpu::Operations { load: depth_load, store: store(dice) };
    let stencil_ops = wgpu::Operations {
        load: wgpu::LoadOp::Clear(dice.mostly(&[0], &[u32::MAX])),
        store: store(dice),
    };
    let depth = world.texture_views.any(dice).map(|view| wgpu::RenderPassDepthStencilAttachment {
        view,
        depth_ops: dice.maybe(depth_ops),
        stencil_ops: dice.maybe(stencil_ops),
    });
    let queries = world.query_sets.any(dice);
    let index = dice.mostly(&[None, Some(0)], &[Some(4096), Some(u32::MAX)]);
    let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: dice.label(),
        color_attachments: &attachments,
        depth_stencil_attachment: if dice.percent(10) { depth } else { None },
        timestamp_writes: queries.filter(|_| dice.percent(5)).map(|query_set| {
            wgpu::RenderPassTimestampWrites {
                query_set,
                beginning_of_pass_write_index: index,
                end_of_pass_write_index: Some(1),
            }
        }),
        occlusion_query_set: queries.filter(|_| dice.percent(20)),
        multiview_mask: dice.mostly(&[None], &[std::num::NonZeroU32::new(1)]),
    });
    world.render_passes.add(pass.forget_lifetime());
    if dice.percent(80) {
        in_render_pass(world, dice);
        world.render_passes = Default::default();
    }
}

fn color_load(dice: &mut Dice) -> wgpu::LoadOp<wgpu::Color> {
    let odd = wgpu::Color { r: f64::NAN, g: f64::INFINITY, b: -1.0, a: 1e300 };
    dice.mostly(
        &[wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT), wgpu::LoadOp::Load],
        &[wgpu::LoadOp::Clear(odd)],
    )
}

fn store(dice: &mut Dice) -> wgpu::StoreOp {
    dice.pick(&[wgpu::StoreOp::Store, wgpu::StoreOp::Discard])
}

fn in_compute_pass(world: &mut World, dice: &mut Dice) {
    for _ in 0..dice.below(6) {
        compute_command(world, dice);
    }
    if dice.percent(30) {
        drop(world.compute_passes.take(dice));
    }
}

pub(crate) fn offsets(dice: &mut Dice) -> Vec<u32> {
    let count = dice.mostly(&[0], &[1, 2, 20]);
    (0..count).map(|_| dice.mostly(&[0, 256], &[1, 4, u32::MAX])).collect()
}

fn compute_command(world: &mut World, dice: &mut Dice) {
    let Some(pass) = world.compute_passes.any_mut(dice) else { return };
    let index = dice.mostly(&[0], &[1, 3, 4, 1000, u32::MAX]);
    match dice.below(12) {
        0..3 => {
            if let Some(pipeline) = world.compute_pipelines.any(dice) {
                pass.set_pipeline(pipeline);
            }
        }
        3..5 => pass.set_bind_group(index, world.groups.any(dice), &offsets(dice)),
        // More would keep the driver busy for ever.
        5..8 => pass.dispatch_workgroups(
            dice.count(),
            dice.mostly(&[1], &[0, 65536, u32::MAX]),
            dice.count(),
        ),
        8 => {
            if let Some(buffer) = world.buffers.any(dice) {
                pass.dispatch_workgroups_indirect(buffer, dice.edge(buffer.size()));
            }
        }
        9 => pass.set_immediates(
            dice.mostly(&[0], &[1, 4, u32::MAX - 3]),
            &[0; 8][..dice.mostly(&[4], &[0, 1, 8])],
        ),
        10 => {
            if let Some(set) = world.query_sets.any(dice) {
                match dice.below(3) {
                    0 => pass.write_timestamp(set, index),
                    1 => pass.begin_pipeline_statistics_query(set, index),
                    _ => pass.end_pipeline_statistics_query(),
                }
            }
        }
        _ => {
            let label = dice.label().unwrap_or_default();
            match dice.below(3) {
                0 => pass.insert_debug_marker(label),
                1 => pass.push_debug_group(label),
                _ => pass.pop_debug_group(),
            }
        }
    }
}

fn in_render_pass(world: &mut World, dice: &mut Dice) {
    for _ in 0..dice.below(6) {
        render_command(world, dice);
    }
    if dice.percent(30) {
        drop(world.render_passes.take(dice));
    }
}

fn render_command(world: &mut World, dice: &mut Dice) {
    let Some(pass) = world.render_passes.any_mut(dice) else { return };
    let index = dice.mostly(&[0], &[1, 3, 8, 1000, u32::MAX]);
    let buffer = world.buffers.any(dice);
    let odd = [-1.0, f32::NAN, f32::INFINITY, 1e30];
    match dice.below(20) {
        0..3 => {
            if let Some(pipeline) = world.render_pipelines.any(dice) {
                pass.set_pipeline(pipeline);
            }
        }
        3..5 => pass.set_bind_group(index, world.groups.any(dice), &offsets(dice)),
        5..8 => pass.draw(dice.range32(), dice.range32()),
        8 => pass.draw_indexed(
            dice.range32(),
            dice.mostly(&[0], &[i32::MIN, i32::MAX]),
            dice.range32(),
        ),
        9 | 10 => {
            if let Some(buffer) = buffer {
                let start = dice.edge(buffer.size());
                let slice = buffer.slice(start..);
                match dice.percent(50) {
                    true => pass.set_vertex_buffer(index, slice),
                    false => pass.set_index_buffer(
                        slice,
                        dice.pick(&[wgpu::IndexFormat::Uint16, wgpu::IndexFormat::Uint32]),
                    ),
                }
            }
        }
        11 | 12 => {
            let Some(buffer) = buffer else { return };
            let (offset, count) = (dice.edge(buffer.size()), dice.mostly(&[1], &[0, 2, u32::MAX]));
            match dice.below(6) {
                0 => pass.draw_indirect(buffer, offset),
                1 => pass.draw_indexed_indirect(buffer, offset),
                2 => pass.multi_draw_indirect(buffer, offset, count),
                3 => pass.multi_draw_indexed_indirect(buffer, offset, count),
                4 => pass.multi_draw_indirect_count(buffer, offset, buffer, offset, count.min(2)),
                _ => pass.multi_draw_indexed_indirect_count(
                    buffer,
                    offset,
                    buffer,
                    offset,
                    count.min(2),
                ),
            }
        }
        13 => {
            let [x, y, width, height] = [0; 4].map(|_| dice.mostly(&[0, 1, 4], &[17, u32::MAX]));
            pass.set_scissor_rect(x, y, width, height);
        }
        14 => {
            let [x, y, w, h, near, far] = [0; 6].map(|_| dice.mostly(&[0.0, 1.0], &odd));
            pass.set_viewport(x, y, w, h, near, far);
        }
        15 => {
            pass.set_stencil_reference(dice.mostly(&[0], &[256, u32::MAX]));
            pass.set_blend_constant(wgpu::Color { r: f64::NAN, ..wgpu::Color::RED });
        }
        16 => pass.set_immediates(
            dice.mostly(&[0], &[1, 4, u32::MAX - 3]),
            &[0; 8][..dice.mostly(&[4], &[0, 1, 8])],
        ),
        17 => match dice.below(5) {
            0 | 1 => pass.begin_occlusion_query(index),
            2 => pass.end_occlusion_query(),
            3 => pass.end_pipeline_statistics_query(),
            _ => {
                if let Some(set) = world.query_sets.any(dice) {
                    pass.write_timestamp(set, index);
                    pass.begin_pipeline_statistics_query(set, index);
                }
            }
        },
        18 => pass.execute_bundles(world.bundles.any(dice)),
        _ => {
            let label = dice.label().unwrap_or_default();
            match dice.below(3) {
                0 => pass.insert_debug_marker(label),
                1 => pass.push_debug_group(label),
                _ => pass.pop_debug_group(),
            }
        }
    }
}
