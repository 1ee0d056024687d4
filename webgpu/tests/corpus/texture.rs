//! Textures: what can be created, and that every format keeps its texels.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{adapter, gpu, gpu_with, instance, record};
use crate::kit::{TEXTURE, extent};
use webgpu as wgpu;
use wgpu::{TextureAspect as Aspect, TextureDimension as Dimension, TextureFormat as Format};
use wgpu::{TextureDescriptor, TextureUsages as Usages};

/// All formats that the tests are about; with channels of 16 bits that need a feature.
pub(crate) const FORMATS: &[Format] = &[
    Format::R8Unorm,
    Format::R8Snorm,
    Format::R8Uint,
    Format::R8Sint,
    Format::R16Uint,
    Format::R16Sint,
    Format::R16Unorm,
    Format::R16Snorm,
    Format::R16Float,
    Format::Rg8Unorm,
    Format::Rg8Snorm,
    Format::Rg8Uint,
    Format::Rg8Sint,
    Format::R32Uint,
    Format::R32Sint,
    Format::R32Float,
    Format::Rg16Uint,
    Format::Rg16Sint,
    Format::Rg16Unorm,
    Format::Rg16Snorm,
    Format::Rg16Float,
    Format::Rgba8Unorm,
    Format::Rgba8UnormSrgb,
    Format::Rgba8Snorm,
    Format::Rgba8Uint,
    Format::Rgba8Sint,
    Format::Bgra8Unorm,
    Format::Bgra8UnormSrgb,
    Format::Rgb9e5Ufloat,
    Format::Rgb10a2Uint,
    Format::Rgb10a2Unorm,
    Format::Rg11b10Ufloat,
    Format::R64Uint,
    Format::Rg32Uint,
    Format::Rg32Sint,
    Format::Rg32Float,
    Format::Rgba16Uint,
    Format::Rgba16Sint,
    Format::Rgba16Unorm,
    Format::Rgba16Snorm,
    Format::Rgba16Float,
    Format::Rgba32Uint,
    Format::Rgba32Sint,
    Format::Rgba32Float,
    Format::Stencil8,
    Format::Depth16Unorm,
    Format::Depth24Plus,
    Format::Depth24PlusStencil8,
    Format::Depth32Float,
    Format::Depth32FloatStencil8,
    Format::NV12,
    Format::P010,
    Format::Bc1RgbaUnorm,
    Format::Bc3RgbaUnormSrgb,
    Format::Bc4RSnorm,
    Format::Bc5RgUnorm,
    Format::Bc6hRgbFloat,
    Format::Bc7RgbaUnorm,
    Format::Etc2Rgb8Unorm,
    Format::EacRg11Snorm,
    Format::Astc { block: wgpu::AstcBlock::B4x4, channel: wgpu::AstcChannel::Unorm },
];

#[test]
fn formats_without_features() {
    let gpu = gpu();
    for format in FORMATS {
        let descriptor = TextureDescriptor {
            format: *format,
            usage: Usages::COPY_SRC | Usages::COPY_DST | Usages::TEXTURE_BINDING,
            ..TEXTURE
        };
        gpu.outcome(&format!("{format:?}"), || gpu.device.create_texture(&descriptor));
    }
}

#[test]
fn formats_as_attachments_and_storage() {
    let gpu = gpu();
    for format in FORMATS {
        for (name, usage) in
            [("attachment", Usages::RENDER_ATTACHMENT), ("storage", Usages::STORAGE_BINDING)]
        {
            let descriptor = TextureDescriptor { format: *format, usage, ..TEXTURE };
            gpu.outcome(&format!("{format:?} {name}"), || gpu.device.create_texture(&descriptor));
        }
    }
}

#[test]
fn format_features_of_the_adapter() {
    let adapter = adapter(&instance());
    let features = adapter.features();
    for format in FORMATS {
        let offered = adapter.get_texture_format_features(*format);
        let guaranteed = format.guaranteed_format_features(features);
        let usages = match features.contains(format.required_features()) {
            true => offered.allowed_usages & guaranteed.allowed_usages,
            false => offered.allowed_usages,
        };
        record(&format!("{format:?}"), format!("{usages:?}"));
    }
}

#[test]
fn format_features_beyond_what_is_guaranteed() {
    let adapter = adapter(&instance());
    let all = FORMATS.iter().map(|format| {
        let features = adapter.get_texture_format_features(*format);
        format!("{format:?} {:?} {:?}", features.allowed_usages, features.flags)
    });
    record("all", all.collect::<Vec<_>>().join("\n"));
}

#[test]
fn texels_of_every_format_are_kept() {
    let gpu = gpu_with(wgpu::Features::TEXTURE_COMPRESSION_BC);
    for format in FORMATS {
        let depth = format.is_depth_stencil_format() || format.is_multi_planar_format();
        let known = gpu.device.features().contains(format.required_features());
        if depth || !known {
            continue;
        }
        record("format", format!("{format:?}"));
        let texture = gpu.device.create_texture(&TextureDescriptor { format: *format, ..TEXTURE });
        let written = gpu.fill_level(&texture, 0);
        assert_eq!(gpu.read_texture(&texture), written, "{format:?}");
    }
}

#[test]
fn aspects_of_depth_and_stencil() {
    let gpu = gpu();
    let texture = |format| gpu.device.create_texture(&TextureDescriptor { format, ..TEXTURE });
    let stencil = texture(Format::Depth24PlusStencil8);
    let layout =
        wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(8), rows_per_image: None };
    let values = (0..64).collect::<Vec<u8>>();
    let write = |texture: &wgpu::Texture, aspect| {
        let to = wgpu::TexelCopyTextureInfo { aspect, ..texture.as_image_copy() };
        gpu.queue.write_texture(to, &values, layout, TEXTURE.size);
    };
    gpu.cases(
        &[
            ("stencil", Valid, Aspect::StencilOnly),
            ("depth", Validation, Aspect::DepthOnly),
            ("both", Validation, Aspect::All),
        ],
        |aspect| write(&stencil, *aspect),
    );
    assert_eq!(gpu.read_level(&stencil, 0, Aspect::StencilOnly), values);
    let depth = texture(Format::Depth32Float);
    gpu.cases(
        &[
            ("no stencil", Validation, Aspect::StencilOnly),
            ("depth cannot be written", Validation, Aspect::DepthOnly),
            ("nor all of it", Validation, Aspect::All),
        ],
        |aspect| write(&depth, *aspect),
    );
    gpu.read_level(&depth, 0, Aspect::DepthOnly);
}

#[test]
fn sizes() {
    let gpu = gpu();
    let limits = gpu.device.limits();
    let (two, three, layers) = (
        limits.max_texture_dimension_2d,
        limits.max_texture_dimension_3d,
        limits.max_texture_array_layers,
    );
    let one = limits.max_texture_dimension_1d;
    gpu.cases(
        &[
            ("no width", Validation, (Dimension::D2, extent(0, 1, 1))),
            ("no height", Validation, (Dimension::D2, extent(1, 0, 1))),
            ("no layers", Validation, (Dimension::D2, extent(1, 1, 0))),
            ("1D", Valid, (Dimension::D1, extent(one, 1, 1))),
            ("1D with height", Validation, (Dimension::D1, extent(4, 2, 1))),
            ("1D with layers", Validation, (Dimension::D1, extent(4, 1, 2))),
            ("1D too wide", Validation, (Dimension::D1, extent(one + 1, 1, 1))),
            ("2D as wide as allowed", Valid, (Dimension::D2, extent(two, 1, 1))),
            ("2D too wide", Validation, (Dimension::D2, extent(two + 1, 1, 1))),
            ("2D too high", Validation, (Dimension::D2, extent(1, two + 1, 1))),
            ("2D with many layers", Valid, (Dimension::D2, extent(1, 1, layers))),
            ("2D with too many layers", Validation, (Dimension::D2, extent(1, 1, layers + 1))),
            ("3D", Valid, (Dimension::D3, extent(three, 1, 1))),
            ("3D deep", Valid, (Dimension::D3, extent(1, 1, three))),
            ("3D too deep", Validation, (Dimension::D3, extent(1, 1, three + 1))),
            ("far too large", Validation, (Dimension::D2, extent(u32::MAX, u32::MAX, 1))),
        ],
        |&(dimension, size)| {
            let descriptor = TextureDescriptor { dimension, size, ..TEXTURE };
            gpu.device.create_texture(&descriptor)
        },
    );
}

#[test]
fn mip_levels() {
    let gpu = gpu();
    gpu.cases(
        &[
            ("none", Validation, (Dimension::D2, 0)),
            ("all", Valid, (Dimension::D2, 4)),
            ("one too many", Validation, (Dimension::D2, 5)),
            ("far too many", Validation, (Dimension::D2, u32::MAX)),
            ("3D", Valid, (Dimension::D3, 4)),
            ("1D", Validation, (Dimension::D1, 2)),
        ],
        |&(dimension, mip_level_count)| {
            let height = if dimension == Dimension::D1 { 1 } else { 8 };
            gpu.device.create_texture(&TextureDescriptor {
                dimension,
                mip_level_count,
                size: extent(8, height, 1),
                ..TEXTURE
            })
        },
    );
}

#[test]
fn samples() {
    let gpu = gpu();
    let attachment = Usages::RENDER_ATTACHMENT;
    let base = TextureDescriptor { usage: attachment, sample_count: 4, ..TEXTURE };
    let with = |change: fn(&mut TextureDescriptor<'static>)| {
        let mut descriptor = base.clone();
        change(&mut descriptor);
        descriptor
    };
    gpu.cases(
        &[
            ("four", Valid, base.clone()),
            ("none", Validation, with(|d| d.sample_count = 0)),
            ("two", Validation, with(|d| d.sample_count = 2)),
            ("three", Validation, with(|d| d.sample_count = 3)),
            ("eight", Validation, with(|d| d.sample_count = 8)),
            ("two hundred", Validation, with(|d| d.sample_count = 200)),
            ("sampled too", Valid, with(|d| d.usage |= Usages::TEXTURE_BINDING)),
            ("not an attachment", Validation, with(|d| d.usage = Usages::TEXTURE_BINDING)),
            ("storage", Validation, with(|d| d.usage |= Usages::STORAGE_BINDING)),
            ("with mip levels", Validation, with(|d| d.mip_level_count = 2)),
            ("with layers", Validation, with(|d| d.size.depth_or_array_layers = 2)),
            ("3D", Validation, with(|d| d.dimension = Dimension::D3)),
            ("integers", Valid, with(|d| d.format = Format::Rgba8Uint)),
            ("floats", Valid, with(|d| d.format = Format::Rgba16Float)),
            ("wide floats", Validation, with(|d| d.format = Format::Rgba32Float)),
            ("depth", Valid, with(|d| d.format = Format::Depth24PlusStencil8)),
        ],
        |descriptor| gpu.device.create_texture(descriptor),
    );
}

#[test]
fn dimensions_of_formats() {
    let gpu = gpu_with(wgpu::Features::TEXTURE_COMPRESSION_BC);
    let (bc, depth) = (Format::Bc1RgbaUnorm, Format::Depth32Float);
    gpu.cases(
        &[
            ("depth in 3D", Validation, (depth, Dimension::D3, extent(8, 8, 8))),
            ("depth in 1D", Validation, (depth, Dimension::D1, extent(8, 1, 1))),
            ("depth with layers", Valid, (depth, Dimension::D2, extent(8, 8, 3))),
            ("blocks in 3D", Validation, (bc, Dimension::D3, extent(8, 8, 8))),
            ("blocks in 1D", Validation, (bc, Dimension::D1, extent(8, 1, 1))),
            ("whole blocks", Valid, (bc, Dimension::D2, extent(12, 4, 1))),
            ("half a block wide", Validation, (bc, Dimension::D2, extent(10, 4, 1))),
            ("half a block high", Validation, (bc, Dimension::D2, extent(12, 6, 1))),
        ],
        |&(format, dimension, size)| {
            let descriptor = TextureDescriptor { format, dimension, size, ..TEXTURE };
            gpu.device.create_texture(&descriptor)
        },
    );
}

#[test]
fn usages() {
    let gpu = gpu();
    for (name, usage) in Usages::all().iter_names() {
        gpu.outcome(name, || gpu.device.create_texture(&TextureDescriptor { usage, ..TEXTURE }));
    }
    let transient = Usages::TRANSIENT;
    gpu.cases(
        &[
            ("none", Validation, Usages::empty()),
            ("an attachment for a while", Valid, transient | Usages::RENDER_ATTACHMENT),
            ("and copied", Validation, transient | Usages::RENDER_ATTACHMENT | Usages::COPY_SRC),
        ],
        |usage| gpu.device.create_texture(&TextureDescriptor { usage: *usage, ..TEXTURE }),
    );
    gpu.cases(
        &[
            ("attachment in 1D", Validation, (Usages::RENDER_ATTACHMENT, Dimension::D1)),
            ("attachment in 3D", Valid, (Usages::RENDER_ATTACHMENT, Dimension::D3)),
            ("storage in 1D", Valid, (Usages::STORAGE_BINDING, Dimension::D1)),
        ],
        |&(usage, dimension)| {
            let size = extent(8, if dimension == Dimension::D1 { 1 } else { 8 }, 1);
            gpu.device.create_texture(&TextureDescriptor { usage, dimension, size, ..TEXTURE })
        },
    );
}

#[test]
fn formats_of_views() {
    let gpu = gpu();
    let cases: [(&str, _, &[Format]); 5] = [
        ("the same", Valid, &[Format::Rgba8Unorm]),
        ("sRGB", Valid, &[Format::Rgba8UnormSrgb]),
        ("both", Valid, &[Format::Rgba8Unorm, Format::Rgba8UnormSrgb]),
        ("another order", Validation, &[Format::Bgra8Unorm]),
        ("another kind", Validation, &[Format::Rgba8UnormSrgb, Format::R32Uint]),
    ];
    gpu.cases(&cases, |view_formats| {
        gpu.device.create_texture(&TextureDescriptor { view_formats, ..TEXTURE })
    });
}

#[test]
fn levels_and_layers_are_written_and_read() {
    let gpu = gpu();
    for (dimension, size) in [
        (Dimension::D1, extent(13, 1, 1)),
        (Dimension::D2, extent(7, 5, 3)),
        (Dimension::D3, extent(5, 6, 7)),
    ] {
        let mip_level_count = if dimension == Dimension::D1 { 1 } else { 3 };
        let texture = gpu.device.create_texture(&TextureDescriptor {
            dimension,
            size,
            mip_level_count,
            ..TEXTURE
        });
        let written = (0..mip_level_count).map(|level| gpu.fill_level(&texture, level));
        let written = written.collect::<Vec<_>>();
        for (level, bytes) in (0..).zip(&written) {
            assert_eq!(&gpu.read_level(&texture, level, Aspect::All), bytes, "{dimension:?}");
        }
    }
}

#[test]
fn new_texels_are_nought() {
    let gpu = gpu();
    for size in [extent(3, 3, 1), extent(4, 4, 2)] {
        let texture = gpu.device.create_texture(&TextureDescriptor { size, ..TEXTURE });
        assert!(gpu.read_texture(&texture).iter().all(|byte| *byte == 0));
    }
}

#[test]
fn what_a_texture_says_of_itself() {
    let gpu = gpu();
    let descriptor = TextureDescriptor {
        size: extent(16, 8, 6),
        mip_level_count: 2,
        format: Format::R16Float,
        usage: Usages::TEXTURE_BINDING | Usages::COPY_DST,
        ..TEXTURE
    };
    let texture = gpu.device.create_texture(&descriptor);
    record("size", format!("{:?}", texture.size()));
    record(
        "levels and samples",
        format!("{} {}", texture.mip_level_count(), texture.sample_count()),
    );
    record("kind", format!("{:?} {:?}", texture.dimension(), texture.format()));
    record("usage", format!("{:?}", texture.usage()));
    assert_eq!((texture.size(), texture.usage()), (descriptor.size, descriptor.usage));
}

#[test]
fn destroyed() {
    let gpu = gpu();
    let texture = gpu.device.create_texture(&TEXTURE);
    let view = texture.create_view(&Default::default());
    texture.destroy();
    gpu.outcome("again", || texture.destroy());
    gpu.outcome("a view of it", || texture.create_view(&Default::default()));
    gpu.outcome("writing to it", || gpu.fill_level(&texture, 0));
    record("size", format!("{:?}", texture.size()));
    drop(view);
}
