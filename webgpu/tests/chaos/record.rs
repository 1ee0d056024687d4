//! Random calls on encoders, and bundles.

use crate::{
    common::dice::Dice,
    create::format,
    passes::offsets,
    world::{Call, Owed, World},
};
use webgpu as wgpu;

pub(crate) const ALL: &[Call] = &[
    encoder,
    encoder,
    finish,
    finish,
    copy_buffer,
    copy_buffer,
    copy_texels,
    copy_texels,
    clear,
    marks,
    queries,
    deferred,
    bundle,
];

fn encoder(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let descriptor = wgpu::CommandEncoderDescriptor { label: dice.label() };
    world.encoders.add(gpu.device.create_command_encoder(&descriptor));
}

fn finish(world: &mut World, dice: &mut Dice) {
    // With open passes, now and then.
    if dice.percent(97) {
        world.end_passes();
    }
    if let Some(encoder) = world.encoders.take(dice) {
        let scopes =
            world.gpus.iter().map(|gpu| gpu.device.push_error_scope(wgpu::ErrorFilter::Validation));
        let scopes = scopes.collect::<Vec<_>>();
        world.command_buffers.add(encoder.finish());
        let errors = scopes.into_iter().filter_map(|scope| pollster::block_on(scope.pop()));
        world.finished += 1;
        world.valid += usize::from(errors.count() == 0);
    }
}

fn copy_buffer(world: &mut World, dice: &mut Dice) {
    let Some(encoder) = world.encoders.any_mut(dice) else { return };
    let (Some(from), Some(to)) = (world.buffers.any(dice), world.buffers.any(dice)) else { return };
    let sizes = [dice.edge(from.size()), dice.edge(to.size())];
    let size = dice.mostly(&[None, Some(4), Some(sizes[0])], &[Some(sizes[1]), Some(0)]);
    encoder.copy_buffer_to_buffer(from, dice.edge(from.size()), to, dice.edge(to.size()), size);
}

/// A side of a copy.
fn side<'a>(dice: &mut Dice, texture: &'a wgpu::Texture) -> wgpu::TexelCopyTextureInfo<'a> {
    use wgpu::TextureAspect as Aspect;
    let mut origin = || dice.mostly(&[0, 0, 4], &[1, 3, u32::MAX]);
    let origin = wgpu::Origin3d { x: origin(), y: origin(), z: origin() & !4 };
    wgpu::TexelCopyTextureInfo {
        texture,
        mip_level: dice.edge32(texture.mip_level_count()),
        origin,
        aspect: dice
            .mostly(&[Aspect::All], &[Aspect::DepthOnly, Aspect::StencilOnly, Aspect::Plane1]),
    }
}

pub(crate) fn layout(dice: &mut Dice) -> wgpu::TexelCopyBufferLayout {
    wgpu::TexelCopyBufferLayout {
        offset: dice.mostly(&[0, 4, 256], &[1, 3, u64::MAX - 3, u64::MAX]),
        bytes_per_row: dice
            .mostly(&[Some(256), None], &[Some(0), Some(4), Some(u32::MAX), Some(u32::MAX - 255)]),
        rows_per_image: dice.mostly(&[None, Some(4)], &[Some(0), Some(1), Some(u32::MAX)]),
    }
}

pub(crate) fn copy_size(dice: &mut Dice, texture: &wgpu::Texture) -> wgpu::Extent3d {
    let whole = texture.size();
    let odd = wgpu::Extent3d {
        width: dice.edge32(whole.width),
        height: dice.edge32(whole.height),
        depth_or_array_layers: dice.edge32(whole.depth_or_array_layers),
    };
    let one = wgpu::Extent3d { width: 4, height: 1, depth_or_array_layers: 1 };
    dice.mostly(&[whole, one, one], &[odd])
}

fn copy_texels(world: &mut World, dice: &mut Dice) {
    let Some(encoder) = world.encoders.any_mut(dice) else { return };
    let (Some(texture), Some(other), Some(buffer)) =
        (world.textures.any(dice), world.textures.any(dice), world.buffers.any(dice))
    else {
        return;
    };
    let size = copy_size(dice, texture);
    let bytes = wgpu::TexelCopyBufferInfo { buffer, layout: layout(dice) };
    match dice.below(3) {
        0 => encoder.copy_buffer_to_texture(bytes, side(dice, texture), size),
        1 => encoder.copy_texture_to_buffer(side(dice, texture), bytes, size),
        _ => encoder.copy_texture_to_texture(side(dice, texture), side(dice, other), size),
    }
}

fn clear(world: &mut World, dice: &mut Dice) {
    let Some(encoder) = world.encoders.any_mut(dice) else { return };
    if dice.percent(50) {
        let Some(buffer) = world.buffers.any(dice) else { return };
        let size = dice.edge(buffer.size());
        encoder.clear_buffer(buffer, dice.edge(buffer.size()), dice.maybe(size));
    } else {
        let Some(texture) = world.textures.any(dice) else { return };
        use wgpu::TextureAspect as Aspect;
        let (levels, layers) =
            (dice.edge32(texture.mip_level_count()), dice.edge32(texture.depth_or_array_layers()));
        let range = wgpu::ImageSubresourceRange {
            aspect: dice
                .mostly(&[Aspect::All], &[Aspect::DepthOnly, Aspect::StencilOnly, Aspect::Plane0]),
            base_mip_level: dice.edge32(texture.mip_level_count()),
            mip_level_count: dice.maybe(levels),
            base_array_layer: dice.edge32(texture.depth_or_array_layers()),
            array_layer_count: dice.maybe(layers),
        };
        encoder.clear_texture(texture, &range);
    }
}

fn marks(world: &mut World, dice: &mut Dice) {
    let Some(encoder) = world.encoders.any_mut(dice) else { return };
    let label = dice.label().unwrap_or_default();
    match dice.below(3) {
        0 => encoder.insert_debug_marker(label),
        1 => encoder.push_debug_group(label),
        _ => encoder.pop_debug_group(),
    }
}

fn queries(world: &mut World, dice: &mut Dice) {
    let Some(encoder) = world.encoders.any_mut(dice) else { return };
    let (Some(set), Some(buffer)) = (world.query_sets.any(dice), world.buffers.any(dice)) else {
        return;
    };
    if dice.percent(50) {
        let backwards = std::ops::Range { start: 2, end: 1 };
        let range = dice.mostly(&[0..1, 0..4], &[0..0, backwards, 0..5000, u32::MAX - 1..u32::MAX]);
        encoder.resolve_query_set(set, range, buffer, dice.edge(buffer.size()));
    } else {
        encoder.write_timestamp(set, dice.mostly(&[0], &[1, 4096, u32::MAX]));
    }
}

fn deferred(world: &mut World, dice: &mut Dice) {
    let owed = Owed::new(&world.tally);
    let encoder = world.encoders.any(dice);
    if dice.percent(50) {
        match encoder {
            Some(encoder) => encoder.on_submitted_work_done(move || owed.paid()),
            None => owed.paid(),
        }
        return;
    }
    let (Some(encoder), Some(buffer)) = (encoder, world.buffers.any(dice)) else {
        return owed.paid();
    };
    let mode = dice.pick(&[wgpu::MapMode::Read, wgpu::MapMode::Write]);
    encoder.map_buffer_on_submit(buffer, mode, .., move |_| owed.paid());
}

fn bundle(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let colors = [Some(format(dice)), None, None, None, None, None, None, None, None];
    let depth_stencil = wgpu::RenderBundleDepthStencil {
        format: format(dice),
        depth_read_only: dice.percent(50),
        stencil_read_only: dice.percent(50),
    };
    let mut encoder =
        gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            label: dice.label(),
            color_formats: &colors[..dice.mostly(&[1], &[0, 2, 9])],
            depth_stencil: dice.mostly(&[None], &[Some(depth_stencil)]),
            sample_count: dice.mostly(&[1], &[0, 2, 3, 4, 64, u32::MAX]),
            multiview: dice.mostly(&[None], &[std::num::NonZeroU32::new(2)]),
        });
    for _ in 0..dice.below(8) {
        match dice.below(7) {
            0 | 1 => {
                if let Some(pipeline) = world.render_pipelines.any(dice) {
                    encoder.set_pipeline(pipeline);
                }
            }
            2 => encoder.set_bind_group(
                dice.mostly(&[0], &[9, u32::MAX]),
                world.groups.any(dice),
                &offsets(dice),
            ),
            3 => encoder.draw(dice.range32(), dice.range32()),
            4 => encoder.draw_indexed(dice.range32(), 0, dice.range32()),
            5 => {
                let Some(buffer) = world.buffers.any(dice) else { continue };
                let slice = buffer.slice(dice.edge(buffer.size())..);
                match dice.below(3) {
                    0 => encoder.set_vertex_buffer(dice.mostly(&[0], &[8, u32::MAX]), slice),
                    1 => encoder.set_index_buffer(slice, wgpu::IndexFormat::Uint16),
                    _ => encoder.draw_indirect(buffer, dice.edge(buffer.size())),
                }
            }
            _ => encoder.set_immediates(dice.mostly(&[0], &[1, u32::MAX - 3]), &[0; 4]),
        }
    }
    world.bundles.add(encoder.finish(&wgpu::RenderBundleDescriptor { label: dice.label() }));
}
