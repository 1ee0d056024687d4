//! Textures, their views, and samplers.

use crate::{Invalid, OutOfMemory, Row, Valid, common::Gpu};
use webgpu as wgpu;
use wgpu::{TextureFormat as Format, TextureUsages as Usages};

pub(crate) fn descriptor() -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: 16, height: 16, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: Format::Rgba8Unorm,
        usage: Usages::COPY_SRC | Usages::COPY_DST | Usages::TEXTURE_BINDING,
        view_formats: &[],
    }
}

fn sized(gpu: &Gpu, width: u32, height: u32, depth_or_array_layers: u32) {
    let size = wgpu::Extent3d { width, height, depth_or_array_layers };
    drop(gpu.device.create_texture(&wgpu::TextureDescriptor { size, ..descriptor() }));
}

fn levels(gpu: &Gpu, mip_level_count: u32, sample_count: u32) {
    drop(gpu.device.create_texture(&wgpu::TextureDescriptor {
        mip_level_count,
        sample_count,
        ..descriptor()
    }));
}

fn format(gpu: &Gpu, format: Format, usage: Usages) {
    drop(gpu.device.create_texture(&wgpu::TextureDescriptor { format, usage, ..descriptor() }));
}

#[rustfmt::skip]
const MAKING: &[Row] = &[
    Row("as it should be", Valid, |gpu| sized(gpu, 16, 16, 1)),
    Row("no width", Invalid, |gpu| sized(gpu, 0, 16, 1)),
    Row("no layers", Invalid, |gpu| sized(gpu, 16, 16, 0)),
    Row("wider than the limit", Invalid, |gpu| sized(gpu, gpu.device.limits().max_texture_dimension_2d + 1, 1, 1)),
    Row("the largest numbers", Invalid, |gpu| sized(gpu, u32::MAX, u32::MAX, u32::MAX)),
    Row("as many layers as there are numbers", Invalid, |gpu| sized(gpu, 1, 1, u32::MAX)),
    Row("more than there is memory", OutOfMemory, |gpu| {
        let limits = gpu.device.limits();
        let (width, layers) = (limits.max_texture_dimension_2d, limits.max_texture_array_layers);
        drop(gpu.device.create_texture(&wgpu::TextureDescriptor {
            size: wgpu::Extent3d { width, height: width, depth_or_array_layers: layers },
            format: Format::Rgba32Float,
            usage: Usages::COPY_DST,
            ..descriptor()
        }));
    }),
    Row("no levels", Invalid, |gpu| levels(gpu, 0, 1)),
    Row("as many levels as it can have", Valid, |gpu| levels(gpu, 5, 1)),
    Row("one level too many", Invalid, |gpu| levels(gpu, 6, 1)),
    Row("as many levels as there are numbers", Invalid, |gpu| levels(gpu, u32::MAX, 1)),
    Row("no samples", Invalid, |gpu| levels(gpu, 1, 0)),
    Row("three samples", Invalid, |gpu| levels(gpu, 1, 3)),
    Row("as many samples as there are numbers", Invalid, |gpu| levels(gpu, 1, u32::MAX)),
    Row("samples and levels", Invalid, |gpu| levels(gpu, 2, 4)),
    Row("no usage", Invalid, |gpu| format(gpu, Format::Rgba8Unorm, Usages::empty())),
    Row("a usage that nobody knows", Invalid, |gpu| format(gpu, Format::Rgba8Unorm, Usages::from_bits_retain(1 << 30))),
    Row("drawing to what cannot be drawn to", Invalid, |gpu| format(gpu, Format::Rgb9e5Ufloat, Usages::RENDER_ATTACHMENT)),
    Row("a format that needs a feature", Invalid, |gpu| format(gpu, Format::R16Unorm, Usages::COPY_DST)),
    Row("a video format that needs a feature", Invalid, |gpu| format(gpu, Format::P010, Usages::TEXTURE_BINDING)),
    Row("another one", Invalid, |gpu| format(gpu, Format::NV12, Usages::TEXTURE_BINDING)),
    Row("a format that C cannot express", Invalid, |gpu| format(gpu, Format::R64Uint, Usages::STORAGE_BINDING)),
    Row("another one", Invalid, |gpu| {
        let channel = wgpu::AstcChannel::Hdr;
        format(gpu, Format::Astc { block: wgpu::AstcBlock::B4x4, channel }, Usages::COPY_DST);
    }),
    Row("a flat one in three dimensions", Invalid, |gpu| {
        let descriptor = wgpu::TextureDescriptor {
            dimension: wgpu::TextureDimension::D1,
            format: Format::Depth32Float,
            ..descriptor()
        };
        drop(gpu.device.create_texture(&descriptor));
    }),
    Row("views of a format that does not fit", Invalid, |gpu| {
        let descriptor = wgpu::TextureDescriptor { view_formats: &[Format::R32Float], ..descriptor() };
        drop(gpu.device.create_texture(&descriptor));
    }),
    Row("destroyed twice", Valid, |gpu| {
        let texture = gpu.device.create_texture(&descriptor());
        texture.destroy();
        texture.destroy();
    }),
];

/// A view of a texture with three levels and six layers.
fn view(gpu: &Gpu, descriptor: wgpu::TextureViewDescriptor<'_>) {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        mip_level_count: 3,
        size: wgpu::Extent3d { width: 16, height: 16, depth_or_array_layers: 6 },
        ..self::descriptor()
    });
    drop(texture.create_view(&descriptor));
}

fn default<T: Default>() -> T {
    T::default()
}

#[rustfmt::skip]
const VIEWS: &[Row] = &[
    Row("of all", Valid, |gpu| view(gpu, default())),
    Row("as a cube", Valid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { dimension: Some(wgpu::TextureViewDimension::Cube), ..default() });
    }),
    Row("as cubes with five layers", Invalid, |gpu| view(gpu, wgpu::TextureViewDescriptor {
        dimension: Some(wgpu::TextureViewDimension::CubeArray),
        array_layer_count: Some(5),
        ..default()
    })),
    Row("flat, of several layers", Invalid, |gpu| view(gpu, wgpu::TextureViewDescriptor {
        dimension: Some(wgpu::TextureViewDimension::D2),
        array_layer_count: Some(2),
        ..default()
    })),
    Row("in three dimensions", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { dimension: Some(wgpu::TextureViewDimension::D3), ..default() });
    }),
    Row("no levels", Invalid, |gpu| view(gpu, wgpu::TextureViewDescriptor { mip_level_count: Some(0), ..default() })),
    Row("no layers", Invalid, |gpu| view(gpu, wgpu::TextureViewDescriptor { array_layer_count: Some(0), ..default() })),
    Row("a level too many", Invalid, |gpu| view(gpu, wgpu::TextureViewDescriptor { mip_level_count: Some(4), ..default() })),
    Row("as many levels as there are numbers", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { mip_level_count: Some(u32::MAX), ..default() });
    }),
    Row("as many layers as there are numbers", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { array_layer_count: Some(u32::MAX), ..default() });
    }),
    Row("from a level that is not there", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { base_mip_level: 3, ..default() });
    }),
    Row("from the last level that can be said", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { base_mip_level: u32::MAX, mip_level_count: Some(1), ..default() });
    }),
    Row("from the last layer that can be said", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { base_array_layer: u32::MAX, array_layer_count: Some(1), ..default() });
    }),
    Row("of an aspect that is not there", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { aspect: wgpu::TextureAspect::DepthOnly, ..default() });
    }),
    Row("of a plane that is not there", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { aspect: wgpu::TextureAspect::Plane1, ..default() });
    }),
    Row("in a format that does not fit", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { format: Some(Format::R32Float), ..default() });
    }),
    Row("for a use that the texture lacks", Invalid, |gpu| {
        view(gpu, wgpu::TextureViewDescriptor { usage: Some(Usages::RENDER_ATTACHMENT), ..default() });
    }),
    Row("after destruction", Invalid, |gpu| {
        let texture = gpu.device.create_texture(&descriptor());
        texture.destroy();
        drop(texture.create_view(&default()));
    }),
];

#[rustfmt::skip]
const SAMPLERS: &[Row] = &[
    Row("as it is", Valid, |gpu| drop(gpu.device.create_sampler(&default()))),
    Row("no anisotropy", Invalid, |gpu| {
        drop(gpu.device.create_sampler(&wgpu::SamplerDescriptor { anisotropy_clamp: 0, ..default() }));
    }),
    Row("anisotropy without a filter", Invalid, |gpu| {
        drop(gpu.device.create_sampler(&wgpu::SamplerDescriptor { anisotropy_clamp: 16, ..default() }));
    }),
    Row("levels below nothing", Invalid, |gpu| {
        drop(gpu.device.create_sampler(&wgpu::SamplerDescriptor { lod_min_clamp: -1.0, ..default() }));
    }),
    Row("levels that run backwards", Invalid, |gpu| {
        drop(gpu.device.create_sampler(&wgpu::SamplerDescriptor { lod_min_clamp: 2.0, lod_max_clamp: 1.0, ..default() }));
    }),
    Row("a border that needs a feature", Invalid, |gpu| {
        let descriptor = wgpu::SamplerDescriptor {
            address_mode_u: wgpu::AddressMode::ClampToBorder,
            border_color: Some(wgpu::SamplerBorderColor::Zero),
            ..default()
        };
        drop(gpu.device.create_sampler(&descriptor));
    }),
];

#[test]
fn making() {
    crate::check(MAKING);
}

#[test]
fn views() {
    crate::check(VIEWS);
}

#[test]
fn samplers() {
    crate::check(SAMPLERS);
}
