//! Views of textures: which can be created.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{Gpu, gpu, record};
use crate::kit::{Case, TEXTURE, extent};
use webgpu as wgpu;
use wgpu::TextureViewDimension as Dimension;
use wgpu::{TextureDescriptor, TextureUsages as Usages, TextureViewDescriptor};

fn texture(gpu: &Gpu, change: impl FnOnce(&mut TextureDescriptor<'static>)) -> wgpu::Texture {
    let mut descriptor = TextureDescriptor { usage: Usages::TEXTURE_BINDING, ..TEXTURE };
    change(&mut descriptor);
    gpu.device.create_texture(&descriptor)
}

/// A change of the view that takes all of the texture.
type Change = fn(&mut TextureViewDescriptor<'static>);

fn view(texture: &wgpu::Texture, change: Change) -> wgpu::TextureView {
    let mut descriptor = TextureViewDescriptor::default();
    change(&mut descriptor);
    texture.create_view(&descriptor)
}

#[test]
fn dimensions_of_a_layered_texture() {
    let gpu = gpu();
    let texture = texture(&gpu, |d| d.size = extent(8, 8, 12));
    let cases: &[Case<'_, Change>] = &[
        ("by default", Valid, |_| ()),
        ("2D array", Valid, |d| d.dimension = Some(Dimension::D2Array)),
        ("2D of many layers", Valid, |d| d.dimension = Some(Dimension::D2)),
        ("2D of one layer", Valid, |d| {
            (d.dimension, d.base_array_layer, d.array_layer_count) =
                (Some(Dimension::D2), 11, Some(1));
        }),
        ("cube of six layers", Valid, |d| {
            (d.dimension, d.base_array_layer, d.array_layer_count) =
                (Some(Dimension::Cube), 3, Some(6));
        }),
        ("cube of all layers", Valid, |d| d.dimension = Some(Dimension::Cube)),
        ("cube of four layers", Validation, |d| {
            (d.dimension, d.array_layer_count) = (Some(Dimension::Cube), Some(4));
        }),
        ("cube array", Valid, |d| d.dimension = Some(Dimension::CubeArray)),
        ("cube array of seven layers", Validation, |d| {
            (d.dimension, d.array_layer_count) = (Some(Dimension::CubeArray), Some(7));
        }),
        ("1D", Validation, |d| d.dimension = Some(Dimension::D1)),
        ("3D", Validation, |d| d.dimension = Some(Dimension::D3)),
    ];
    gpu.cases(cases, |change| view(&texture, *change));
}

#[test]
fn ranges_of_layers() {
    let gpu = gpu();
    let texture = texture(&gpu, |d| d.size = extent(8, 8, 4));
    gpu.cases(
        &[
            ("all", Valid, (0, Some(4))),
            ("the rest", Valid, (2, None)),
            ("none", Validation, (0, Some(0))),
            ("too many", Validation, (0, Some(5))),
            ("over the end", Validation, (3, Some(2))),
            ("behind the end", Validation, (4, None)),
            ("overflowing", Validation, (u32::MAX, Some(u32::MAX))),
            ("all that there can be", Validation, (0, Some(u32::MAX))),
        ],
        |&(base_array_layer, array_layer_count)| {
            texture.create_view(&TextureViewDescriptor {
                base_array_layer,
                array_layer_count,
                ..Default::default()
            })
        },
    );
}

#[test]
fn ranges_of_levels() {
    let gpu = gpu();
    let texture = texture(&gpu, |d| d.mip_level_count = 4);
    gpu.cases(
        &[
            ("all", Valid, (0, Some(4))),
            ("the rest", Valid, (3, None)),
            ("none", Validation, (1, Some(0))),
            ("too many", Validation, (0, Some(5))),
            ("over the end", Validation, (3, Some(2))),
            ("behind the end", Validation, (4, None)),
            ("overflowing", Validation, (u32::MAX, Some(u32::MAX))),
            ("all that there can be", Validation, (0, Some(u32::MAX))),
        ],
        |&(base_mip_level, mip_level_count)| {
            texture.create_view(&TextureViewDescriptor {
                base_mip_level,
                mip_level_count,
                ..Default::default()
            })
        },
    );
}

#[test]
fn other_dimensions() {
    let gpu = gpu();
    let line = texture(&gpu, |d| {
        (d.dimension, d.size) = (wgpu::TextureDimension::D1, extent(8, 1, 1));
    });
    let cube = texture(&gpu, |d| {
        (d.dimension, d.size) = (wgpu::TextureDimension::D3, extent(8, 8, 8));
    });
    let oblong = texture(&gpu, |d| d.size = extent(8, 4, 6));
    let samples = texture(&gpu, |d| {
        (d.sample_count, d.usage) = (4, Usages::TEXTURE_BINDING | Usages::RENDER_ATTACHMENT);
    });
    gpu.cases(
        &[
            ("1D", Valid, (&line, Some(Dimension::D1))),
            ("1D by default", Valid, (&line, None)),
            ("1D as 2D", Validation, (&line, Some(Dimension::D2))),
            ("3D", Valid, (&cube, Some(Dimension::D3))),
            ("3D by default", Valid, (&cube, None)),
            ("3D as 2D", Validation, (&cube, Some(Dimension::D2))),
            ("3D as layers", Validation, (&cube, Some(Dimension::D2Array))),
            ("oblong cube", Validation, (&oblong, Some(Dimension::Cube))),
            ("oblong layers", Valid, (&oblong, Some(Dimension::D2Array))),
            ("samples", Valid, (&samples, Some(Dimension::D2))),
            ("samples in layers", Validation, (&samples, Some(Dimension::D2Array))),
        ],
        |(texture, dimension)| {
            texture
                .create_view(&TextureViewDescriptor { dimension: *dimension, ..Default::default() })
        },
    );
}

#[test]
fn formats_and_aspects() {
    use wgpu::{TextureAspect as Aspect, TextureFormat as Format};
    let gpu = gpu();
    let color = texture(&gpu, |d| d.view_formats = &[Format::Rgba8UnormSrgb]);
    let plain = texture(&gpu, |_| ());
    let depth = texture(&gpu, |d| d.format = Format::Depth24PlusStencil8);
    let stencil = texture(&gpu, |d| d.format = Format::Stencil8);
    gpu.cases(
        &[
            ("its own", Valid, (&color, Some(Format::Rgba8Unorm), Aspect::All)),
            ("a listed one", Valid, (&color, Some(Format::Rgba8UnormSrgb), Aspect::All)),
            (
                "one that is not listed",
                Validation,
                (&plain, Some(Format::Rgba8UnormSrgb), Aspect::All),
            ),
            ("another one", Validation, (&color, Some(Format::R32Uint), Aspect::All)),
            ("depth of a colour", Validation, (&color, None, Aspect::DepthOnly)),
            ("stencil of a colour", Validation, (&color, None, Aspect::StencilOnly)),
            ("a plane of a colour", Validation, (&color, None, Aspect::Plane0)),
            ("both aspects", Valid, (&depth, None, Aspect::All)),
            ("depth", Valid, (&depth, None, Aspect::DepthOnly)),
            ("depth by its format", Valid, (&depth, Some(Format::Depth24Plus), Aspect::DepthOnly)),
            (
                "depth by another",
                Validation,
                (&depth, Some(Format::Depth32Float), Aspect::DepthOnly),
            ),
            ("stencil", Valid, (&depth, None, Aspect::StencilOnly)),
            ("stencil by its format", Valid, (&depth, Some(Format::Stencil8), Aspect::StencilOnly)),
            ("a mixture", Validation, (&depth, Some(Format::Stencil8), Aspect::DepthOnly)),
            ("stencil alone", Valid, (&stencil, None, Aspect::StencilOnly)),
            ("no depth", Validation, (&stencil, None, Aspect::DepthOnly)),
        ],
        |(texture, format, aspect)| {
            texture.create_view(&TextureViewDescriptor {
                format: *format,
                aspect: *aspect,
                ..Default::default()
            })
        },
    );
}

#[test]
fn words_about_aspects() {
    let gpu = gpu();
    let color = texture(&gpu, |d| d.usage = Usages::TEXTURE_BINDING);
    for aspect in [wgpu::TextureAspect::DepthOnly, wgpu::TextureAspect::Plane0] {
        let label = Some("view");
        let descriptor = TextureViewDescriptor { label, aspect, ..Default::default() };
        record("words", gpu.validation_error(|| color.create_view(&descriptor)));
    }
}

#[test]
fn usages() {
    let gpu = gpu();
    let texture = texture(&gpu, |d| d.usage = Usages::TEXTURE_BINDING | Usages::RENDER_ATTACHMENT);
    gpu.cases(
        &[
            ("all", Valid, None),
            ("one", Valid, Some(Usages::TEXTURE_BINDING)),
            ("both", Valid, Some(Usages::TEXTURE_BINDING | Usages::RENDER_ATTACHMENT)),
            ("none", Valid, Some(Usages::empty())),
            ("more", Validation, Some(Usages::TEXTURE_BINDING | Usages::STORAGE_BINDING)),
        ],
        |usage| texture.create_view(&TextureViewDescriptor { usage: *usage, ..Default::default() }),
    );
    assert_eq!(texture.create_view(&Default::default()).texture(), &texture);
}

#[test]
fn usages_that_the_format_of_a_view_has_not() {
    let gpu = gpu();
    let format = wgpu::TextureFormat::Rgba8UnormSrgb;
    let texture = texture(&gpu, |d| {
        d.view_formats = &[wgpu::TextureFormat::Rgba8UnormSrgb];
        d.usage = Usages::TEXTURE_BINDING | Usages::STORAGE_BINDING;
    });
    let view = |format, usage| {
        texture.create_view(&TextureViewDescriptor { format, usage, ..Default::default() })
    };
    gpu.cases(
        &[
            ("its own format", Valid, (None, None)),
            ("one for sampling", Valid, (Some(format), Some(Usages::TEXTURE_BINDING))),
            ("none named", Validation, (Some(format), Some(Usages::empty()))),
            ("all", Validation, (Some(format), None)),
        ],
        |(format, usage)| view(*format, *usage),
    );
    record("words", gpu.validation_error(|| view(Some(format), None)));
    record("more", gpu.validation_error(|| view(None, Some(Usages::COPY_DST))));
}

#[test]
fn a_view_is_used_for_what_it_is_for() {
    let gpu = gpu();
    let texture = texture(&gpu, |d| d.usage = Usages::TEXTURE_BINDING | Usages::RENDER_ATTACHMENT);
    let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Float { filterable: true },
                view_dimension: Dimension::D2,
                multisampled: false,
            },
            count: None,
        }],
    });
    for usage in [Usages::TEXTURE_BINDING, Usages::RENDER_ATTACHMENT] {
        let view = texture
            .create_view(&TextureViewDescriptor { usage: Some(usage), ..Default::default() });
        gpu.outcome(&format!("{usage:?}, bound"), || {
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &layout,
                entries: &[wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&view),
                }],
            })
        });
        gpu.outcome(&format!("{usage:?}, drawn to"), || {
            gpu.submit(|encoder| {
                drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        view: &view,
                        depth_slice: None,
                        resolve_target: None,
                        ops: Default::default(),
                    })],
                    ..Default::default()
                }));
            });
        });
    }
}

#[test]
fn views_of_invalid_textures() {
    let gpu = gpu();
    let (outcome, invalid) =
        gpu.attempt("too many samples", || texture(&gpu, |d| d.sample_count = 64));
    assert_eq!(outcome, Validation);
    let invalid = invalid.unwrap();
    let (outcome, view) = gpu.attempt("a view of it", || invalid.create_view(&Default::default()));
    assert_eq!(outcome, Validation);
    assert_eq!(view.unwrap().texture(), &invalid);
}
