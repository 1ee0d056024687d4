//! Command encoders: copies, clears, debug groups, and what is refused.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{gpu, gpu_with, record};
use crate::kit::{Case, TEXTURE, extent};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;
use wgpu::{TextureDescriptor, TextureUsages};

const BOTH: Usages = Usages::COPY_SRC.union(Usages::COPY_DST);

#[test]
fn copies_between_buffers() {
    let gpu = gpu();
    let (source, target) = (gpu.buffer(&[1, 2, 3, 4], BOTH), gpu.buffer(&[0; 4], BOTH));
    let (only_source, only_target) =
        (gpu.buffer(&[9], Usages::COPY_SRC), gpu.buffer(&[0], Usages::COPY_DST));
    type Copy<'a> = (&'a wgpu::Buffer, u64, &'a wgpu::Buffer, u64, Option<u64>);
    let cases: &[Case<'_, Copy<'_>>] = &[
        ("all", Valid, (&source, 0, &target, 0, None)),
        ("a part", Valid, (&source, 4, &target, 8, Some(8))),
        ("the rest", Valid, (&source, 12, &target, 0, None)),
        ("nothing", Valid, (&source, 0, &target, 0, Some(0))),
        ("nothing at the end", Valid, (&source, 16, &target, 16, Some(0))),
        ("odd size", Validation, (&source, 0, &target, 0, Some(6))),
        ("odd source", Validation, (&source, 2, &target, 0, Some(4))),
        ("odd target", Validation, (&source, 0, &target, 2, Some(4))),
        ("too long", Validation, (&source, 0, &target, 0, Some(20))),
        ("over the end of the source", Validation, (&source, 12, &target, 0, Some(8))),
        ("over the end of the target", Validation, (&source, 0, &target, 12, Some(8))),
        ("behind the source", Validation, (&source, 20, &target, 0, Some(4))),
        ("far behind", Validation, (&source, u64::MAX - 3, &target, 0, Some(4))),
        ("far too long", Validation, (&source, 0, &target, 0, Some(u64::MAX - 3))),
        ("within a buffer", Validation, (&source, 0, &source, 8, Some(8))),
        ("overlapping", Validation, (&source, 0, &source, 4, Some(8))),
        ("from a target", Validation, (&only_target, 0, &target, 0, Some(4))),
        ("to a source", Validation, (&source, 0, &only_source, 0, Some(4))),
    ];
    gpu.cases(cases, |&(source, from, target, to, size)| {
        gpu.submit(|encoder| encoder.copy_buffer_to_buffer(source, from, target, to, size));
    });
    assert_eq!(gpu.read(&target), [4, 2, 2, 3]);
}

#[test]
fn a_copy_of_the_rest_behind_the_end() {
    let gpu = gpu();
    let (source, target) = (gpu.buffer(&[1, 2], BOTH), gpu.buffer(&[0; 2], BOTH));
    for from in [8, 12] {
        gpu.outcome(&format!("from {from}"), || {
            gpu.submit(|encoder| encoder.copy_buffer_to_buffer(&source, from, &target, 0, None));
        });
    }
}

#[test]
fn clears_of_buffers() {
    let gpu = gpu();
    let buffer = gpu.buffer(&[1, 2, 3, 4], BOTH);
    let fixed = gpu.buffer(&[1], Usages::COPY_SRC);
    gpu.cases(
        &[
            ("a part", Valid, (&buffer, 4, Some(4))),
            ("the rest", Valid, (&buffer, 12, None)),
            ("nothing", Valid, (&buffer, 0, Some(0))),
            ("nothing at the end", Valid, (&buffer, 16, None)),
            ("odd offset", Validation, (&buffer, 2, Some(4))),
            ("odd size", Validation, (&buffer, 0, Some(3))),
            ("too long", Validation, (&buffer, 0, Some(20))),
            ("over the end", Validation, (&buffer, 12, Some(8))),
            ("behind the end", Validation, (&buffer, 20, None)),
            ("far too long", Validation, (&buffer, 4, Some(u64::MAX - 3))),
            ("no destination", Validation, (&fixed, 0, None)),
        ],
        |&(buffer, offset, size)| {
            gpu.submit(|encoder| encoder.clear_buffer(buffer, offset, size));
        },
    );
    assert_eq!(gpu.read(&buffer), [1, 0, 3, 0]);
}

#[test]
fn layouts_of_texels_in_buffers() {
    let gpu = gpu();
    let texture =
        gpu.device.create_texture(&TextureDescriptor { size: extent(8, 8, 2), ..TEXTURE });
    gpu.fill_level(&texture, 0);
    let buffer = gpu.empty_buffer(8192, BOTH);
    let (one, both) = (extent(8, 8, 1), extent(8, 8, 2));
    type Layout = (u64, Option<u32>, Option<u32>, wgpu::Extent3d);
    let cases: &[Case<'_, Layout>] = &[
        ("tight", Valid, (0, Some(256), Some(8), both)),
        ("more rows", Valid, (0, Some(256), Some(10), both)),
        ("wider rows", Valid, (0, Some(512), Some(8), both)),
        ("no rows for one layer", Valid, (0, Some(256), None, one)),
        ("no rows for two layers", Validation, (0, Some(256), None, both)),
        ("too few rows", Validation, (0, Some(256), Some(7), both)),
        ("no stride", Validation, (0, None, None, one)),
        ("no stride for a row", Valid, (0, None, None, extent(8, 1, 1))),
        ("misaligned stride", Validation, (0, Some(100), Some(8), one)),
        ("misaligned stride for a row", Validation, (0, Some(100), Some(8), extent(8, 1, 1))),
        ("short stride", Validation, (0, Some(0), Some(8), one)),
        ("offset", Valid, (4, Some(256), Some(8), one)),
        ("misaligned offset", Validation, (2, Some(256), Some(8), one)),
        ("too far", Validation, (8000, Some(256), Some(8), one)),
        ("behind the end", Validation, (9000, Some(256), Some(8), one)),
        ("nothing", Valid, (0, Some(256), Some(8), extent(0, 8, 1))),
        ("no layers", Valid, (0, Some(256), Some(8), extent(8, 8, 0))),
        ("too large", Validation, (0, Some(256), Some(9), extent(8, 9, 1))),
        ("too many layers", Validation, (0, Some(256), Some(8), extent(8, 8, 3))),
        ("huge stride", Validation, (0, Some(u32::MAX - 255), Some(8), both)),
    ];
    for to_buffer in [true, false] {
        gpu.cases(cases, |&(offset, bytes_per_row, rows_per_image, size)| {
            let layout = wgpu::TexelCopyBufferLayout { offset, bytes_per_row, rows_per_image };
            let in_buffer = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout };
            let in_texture = texture.as_image_copy();
            gpu.submit(|encoder| match to_buffer {
                true => encoder.copy_texture_to_buffer(in_texture, in_buffer, size),
                false => encoder.copy_buffer_to_texture(in_buffer, in_texture, size),
            });
        });
    }
    gpu.read_bytes(&buffer);
    gpu.read_texture(&texture);
}

#[test]
fn copies_between_textures() {
    let gpu = gpu();
    let create =
        |format, size| gpu.device.create_texture(&TextureDescriptor { format, size, ..TEXTURE });
    let rgba = wgpu::TextureFormat::Rgba8Unorm;
    let source = create(rgba, extent(8, 8, 3));
    gpu.fill_level(&source, 0);
    let target = create(rgba, extent(8, 8, 3));
    let srgb = create(wgpu::TextureFormat::Rgba8UnormSrgb, extent(8, 8, 1));
    let bgra = create(wgpu::TextureFormat::Bgra8Unorm, extent(8, 8, 1));
    let words = create(wgpu::TextureFormat::R32Uint, extent(8, 8, 1));
    let at = |x, y, z| wgpu::Origin3d { x, y, z };
    type Copy<'a> = (&'a wgpu::Texture, wgpu::Origin3d, wgpu::Origin3d, wgpu::Extent3d);
    let cases: &[Case<'_, Copy<'_>>] = &[
        ("a part", Valid, (&target, at(0, 0, 0), at(4, 4, 0), extent(4, 4, 1))),
        ("another layer", Valid, (&target, at(2, 0, 1), at(0, 0, 2), extent(3, 3, 1))),
        ("two layers", Valid, (&target, at(0, 6, 1), at(0, 0, 0), extent(8, 2, 2))),
        ("nothing", Valid, (&target, at(0, 0, 0), at(0, 0, 0), extent(0, 0, 0))),
        ("beyond the source", Validation, (&target, at(6, 0, 0), at(0, 0, 0), extent(4, 4, 1))),
        ("beyond the target", Validation, (&target, at(0, 0, 0), at(6, 0, 0), extent(4, 4, 1))),
        ("layers beyond", Validation, (&target, at(0, 0, 2), at(0, 0, 0), extent(4, 4, 2))),
        ("far beyond", Validation, (&target, at(u32::MAX, 0, 0), at(0, 0, 0), extent(4, 4, 1))),
        ("to sRGB", Valid, (&srgb, at(0, 0, 0), at(0, 0, 0), extent(8, 8, 1))),
        ("to another order", Validation, (&bgra, at(0, 0, 0), at(0, 0, 0), extent(8, 8, 1))),
        ("to another kind", Validation, (&words, at(0, 0, 0), at(0, 0, 0), extent(8, 8, 1))),
        ("to another layer of itself", Valid, (&source, at(0, 0, 0), at(0, 0, 2), extent(8, 8, 1))),
        ("to itself", Validation, (&source, at(0, 0, 0), at(4, 4, 0), extent(4, 4, 1))),
    ];
    gpu.cases(cases, |&(target, from, to, size)| {
        let source = wgpu::TexelCopyTextureInfo { origin: from, ..source.as_image_copy() };
        let target = wgpu::TexelCopyTextureInfo { origin: to, ..target.as_image_copy() };
        gpu.submit(|encoder| encoder.copy_texture_to_texture(source, target, size));
    });
    gpu.read_texture(&target);
    gpu.read_texture(&srgb);
    gpu.read_texture(&source);
}

#[test]
fn copies_between_levels() {
    let gpu = gpu();
    let texture = gpu.device.create_texture(&TextureDescriptor { mip_level_count: 4, ..TEXTURE });
    gpu.fill_level(&texture, 0);
    gpu.cases(
        &[
            ("down", Valid, (0, 1, extent(4, 4, 1))),
            ("further down", Valid, (1, 3, extent(1, 1, 1))),
            ("too large for the level", Validation, (0, 2, extent(4, 4, 1))),
            ("no such level", Validation, (0, 4, extent(1, 1, 1))),
            ("from no such level", Validation, (7, 0, extent(1, 1, 1))),
        ],
        |&(from, to, size)| {
            let level =
                |mip_level| wgpu::TexelCopyTextureInfo { mip_level, ..texture.as_image_copy() };
            gpu.submit(|encoder| encoder.copy_texture_to_texture(level(from), level(to), size));
        },
    );
    for level in 0..4 {
        gpu.read_level(&texture, level, wgpu::TextureAspect::All);
    }
}

#[test]
fn copies_of_samples_and_depth_are_whole() {
    let gpu = gpu();
    let usage =
        TextureUsages::COPY_SRC | TextureUsages::COPY_DST | TextureUsages::RENDER_ATTACHMENT;
    let pair = |descriptor: TextureDescriptor<'_>| {
        [0, 1]
            .map(|_| gpu.device.create_texture(&TextureDescriptor { usage, ..descriptor.clone() }))
    };
    let samples = pair(TextureDescriptor { sample_count: 4, ..TEXTURE });
    let depth = pair(TextureDescriptor { format: wgpu::TextureFormat::Depth32Float, ..TEXTURE });
    gpu.cases(
        &[
            ("all samples", Valid, (&samples, extent(8, 8, 1))),
            ("a part of the samples", Validation, (&samples, extent(4, 8, 1))),
            ("all of the depth", Valid, (&depth, extent(8, 8, 1))),
            ("a part of the depth", Validation, (&depth, extent(8, 4, 1))),
        ],
        |&([source, target], size)| {
            let (source, target) = (source.as_image_copy(), target.as_image_copy());
            gpu.submit(|encoder| encoder.copy_texture_to_texture(source, target, size));
        },
    );
}

#[test]
fn copies_of_blocks() {
    let gpu = gpu_with(wgpu::Features::TEXTURE_COMPRESSION_BC);
    let format = wgpu::TextureFormat::Bc1RgbaUnorm;
    let create = || {
        gpu.device.create_texture(&TextureDescriptor { format, size: extent(16, 16, 1), ..TEXTURE })
    };
    let (source, target) = (create(), create());
    gpu.fill_level(&source, 0);
    let at = |x, y| wgpu::Origin3d { x, y, z: 0 };
    gpu.cases(
        &[
            ("blocks", Valid, (at(4, 8), extent(8, 4, 1))),
            ("half a block", Validation, (at(0, 0), extent(6, 4, 1))),
            ("between blocks", Validation, (at(2, 0), extent(4, 4, 1))),
        ],
        |&(origin, size)| {
            let source = wgpu::TexelCopyTextureInfo { origin, ..source.as_image_copy() };
            let target = target.as_image_copy();
            gpu.submit(|encoder| encoder.copy_texture_to_texture(source, target, size));
        },
    );
    gpu.read_texture(&target);
}

#[test]
fn usages_that_copies_need() {
    let gpu = gpu();
    let texture = |usage| gpu.device.create_texture(&TextureDescriptor { usage, ..TEXTURE });
    let source = texture(TextureUsages::COPY_SRC);
    let target = texture(TextureUsages::COPY_DST);
    gpu.cases(
        &[
            ("as they are meant", Valid, (&source, &target)),
            ("from a target", Validation, (&target, &target)),
            ("to a source", Validation, (&source, &source)),
        ],
        |(source, target)| {
            let (source, target) = (source.as_image_copy(), target.as_image_copy());
            gpu.submit(|encoder| encoder.copy_texture_to_texture(source, target, TEXTURE.size));
        },
    );
}

#[test]
fn clears_of_textures() {
    let gpu = gpu_with(wgpu::Features::CLEAR_TEXTURE);
    let texture = gpu.device.create_texture(&TextureDescriptor {
        size: extent(4, 4, 3),
        mip_level_count: 3,
        ..TEXTURE
    });
    (0..3).for_each(|level| drop(gpu.fill_level(&texture, level)));
    let fixed =
        gpu.device.create_texture(&TextureDescriptor { usage: TextureUsages::COPY_SRC, ..TEXTURE });
    let range = |base_mip_level, mip_level_count, base_array_layer, array_layer_count| {
        wgpu::ImageSubresourceRange {
            aspect: wgpu::TextureAspect::All,
            base_mip_level,
            mip_level_count,
            base_array_layer,
            array_layer_count,
        }
    };
    gpu.cases(
        &[
            ("a level", Valid, (&texture, range(1, Some(1), 0, None))),
            ("a layer of a level", Valid, (&texture, range(0, Some(1), 1, Some(1)))),
            ("too many levels", Validation, (&texture, range(0, Some(4), 0, None))),
            ("too many layers", Validation, (&texture, range(0, None, 0, Some(4)))),
            ("no destination", Valid, (&fixed, range(0, None, 0, None))),
        ],
        |(texture, range)| gpu.submit(|encoder| encoder.clear_texture(texture, range)),
    );
    gpu.outcome("stencil of a colour", || {
        let range = wgpu::ImageSubresourceRange {
            aspect: wgpu::TextureAspect::StencilOnly,
            ..Default::default()
        };
        gpu.submit(|encoder| encoder.clear_texture(&texture, &range));
    });
    for level in 0..3 {
        gpu.read_level(&texture, level, wgpu::TextureAspect::All);
    }
}

#[test]
fn clearing_textures_needs_the_feature() {
    let gpu = gpu();
    let texture = gpu.device.create_texture(&TEXTURE);
    let clear = || gpu.submit(|encoder| encoder.clear_texture(&texture, &Default::default()));
    assert_eq!(gpu.outcome("clear", clear), Validation);
}

#[test]
fn debug_groups() {
    let gpu = gpu();
    let cases: &[Case<'_, fn(&mut wgpu::CommandEncoder)>] = &[
        ("a marker", Valid, |encoder| encoder.insert_debug_marker("here")),
        ("a group", Valid, |encoder| {
            encoder.push_debug_group("outer");
            encoder.push_debug_group("");
            encoder.pop_debug_group();
            encoder.pop_debug_group();
        }),
        ("left open", Validation, |encoder| encoder.push_debug_group("open")),
        ("popped too often", Validation, |encoder| encoder.pop_debug_group()),
        ("in a pass", Valid, |encoder| {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.push_debug_group("in");
            pass.insert_debug_marker("now");
            pass.pop_debug_group();
        }),
        ("left open in a pass", Validation, |encoder| {
            encoder.begin_compute_pass(&Default::default()).push_debug_group("in");
        }),
        ("popped too often in a pass", Validation, |encoder| {
            encoder.begin_compute_pass(&Default::default()).pop_debug_group();
        }),
        ("across a pass", Validation, |encoder| {
            encoder.push_debug_group("outside");
            encoder.begin_compute_pass(&Default::default()).pop_debug_group();
            encoder.pop_debug_group();
        }),
    ];
    gpu.cases(cases, |commands| gpu.submit(*commands));
}

#[test]
fn the_first_mistake_of_an_encoder_counts() {
    let gpu = gpu();
    let (source, target) = (gpu.buffer(&[1, 2], BOTH), gpu.buffer(&[0, 0], BOTH));
    let mut encoder = gpu.encoder();
    let recording = gpu.outcome("recording", || {
        encoder.copy_buffer_to_buffer(&source, 0, &target, 0, 8);
        encoder.copy_buffer_to_buffer(&source, 0, &target, 0, 800);
        encoder.clear_buffer(&target, 1, None);
    });
    assert_eq!(recording, Valid, "mistakes are told at the end");
    let (finishing, commands) = gpu.attempt("finishing", || encoder.finish());
    assert_eq!(finishing, Validation);
    assert_eq!(gpu.outcome("submitting", || gpu.queue.submit(commands)), Validation);
    record("target", format!("{:?}", gpu.read(&target)));
}

#[test]
fn destroyed_while_recording() {
    let gpu = gpu();
    let (source, target) = (gpu.buffer(&[1, 2], BOTH), gpu.buffer(&[0, 0], BOTH));
    source.destroy();
    let mut encoder = gpu.encoder();
    encoder.copy_buffer_to_buffer(&source, 0, &target, 0, 8);
    let (_, commands) = gpu.attempt("finishing", || encoder.finish());
    assert_eq!(gpu.outcome("submitting", || gpu.queue.submit(commands)), Validation);
}
