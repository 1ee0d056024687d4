//! What is drawn on: colour targets of pipelines, attachments of passes.

use crate::common::Outcome::{Valid, Validation};
use crate::common::gpu;
use crate::drawing::{
    COVER, PLAIN, Pipeline, attachment, canvas, cleared, cleared_depth, colors, target,
};
use crate::kit::{Case, TEXTURE, extent};
use webgpu as wgpu;
use wgpu::{ColorTargetState, LoadOp, Operations, StoreOp, TextureFormat, TextureUsages};

#[test]
fn several_targets() {
    let gpu = gpu();
    let shader = COVER.replace(
        "@fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }",
        "struct Colors {
            @location(0) a: vec4<f32>, @location(1) b: vec4<u32>, @location(3) d: vec2<f32>,
        }
        @fragment fn fragment(@builtin(position) at: vec4<f32>) -> Colors {
            return Colors(vec4<f32>(at.xy / 16.0, 0.0, 1.0), vec4<u32>(at.xyxy), vec2<f32>(at.x, -at.y));
        }",
    );
    let formats = [
        Some(TextureFormat::Rgba8UnormSrgb),
        Some(TextureFormat::Rgba8Uint),
        None,
        Some(TextureFormat::Rg16Float),
    ];
    let targets = formats.map(|format| format.and_then(target));
    let pipeline =
        Pipeline { shader: &shader, targets: Some(&targets), ..Default::default() }.create(&gpu);
    let canvases = formats.map(|format| format.map(|format| canvas(&gpu, format)));
    let views = canvases.clone().map(|canvas| Some(canvas?.create_view(&Default::default())));
    let attachments =
        views.each_ref().map(|view| cleared(view.as_ref()?, wgpu::Color::TRANSPARENT));
    gpu.no_error(|| {
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                color_attachments: &attachments,
                ..Default::default()
            });
            pass.set_pipeline(&pipeline);
            pass.draw(0..3, 0..1);
        });
    });
    for (canvas, format) in canvases.iter().zip(formats) {
        if let Some(canvas) = canvas {
            gpu.read_canvas(&format!("{format:?}"), canvas);
        }
    }
}

#[test]
fn formats_of_targets() {
    let gpu = gpu();
    for format in [
        TextureFormat::R8Unorm,
        TextureFormat::Rg8Unorm,
        TextureFormat::Rgba8UnormSrgb,
        TextureFormat::Bgra8Unorm,
        TextureFormat::Bgra8UnormSrgb,
        TextureFormat::Rgb10a2Unorm,
        TextureFormat::R16Float,
        TextureFormat::Rg16Float,
        TextureFormat::Rgba16Float,
        TextureFormat::R32Float,
        TextureFormat::Rg32Float,
        TextureFormat::Rgba32Float,
    ] {
        let shader = COVER.replace("vec4<f32>(1.0);", "vec4<f32>(0.2, 0.4, 0.6, 0.8);");
        let pipeline =
            Pipeline { shader: &shader, targets: Some(&[target(format)]), ..Default::default() }
                .create(&gpu);
        let canvas = canvas(&gpu, format);
        let view = canvas.create_view(&Default::default());
        gpu.no_error(|| {
            gpu.pass(&view, |pass| {
                pass.set_pipeline(&pipeline);
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_canvas(&format!("{format:?}"), &canvas);
    }
}

#[test]
fn targets_that_are_refused() {
    let gpu = gpu();
    let rgba = target(TextureFormat::Rgba8Unorm);
    let cases: &[Case<'_, &[Option<ColorTargetState>]>] = &[
        ("one", Valid, std::slice::from_ref(&rgba)),
        ("none", Validation, &[]),
        ("a gap", Validation, &[None]),
        ("eight", Validation, &[PLAIN; 8]),
        ("nine", Validation, &[PLAIN; 9]),
        ("integers", Validation, &[target(TextureFormat::Rgba8Uint)]),
        ("depth", Validation, &[target(TextureFormat::Depth32Float)]),
        ("blocks", Validation, &[target(TextureFormat::Bc1RgbaUnorm)]),
        ("what cannot be drawn on", Validation, &[target(TextureFormat::Rgb9e5Ufloat)]),
        ("without the feature", Validation, &[target(TextureFormat::Rg11b10Ufloat)]),
        ("fewer channels", Valid, &[target(TextureFormat::R8Unorm)]),
    ];
    gpu.cases(cases, |targets| {
        Pipeline { targets: Some(targets), ..Default::default() }.create(&gpu)
    });
    let large = [const { target(TextureFormat::Rgba32Float) }; 3];
    gpu.outcome("too many bytes", || {
        Pipeline { targets: Some(&large), ..Default::default() }.create(&gpu)
    });
}

#[test]
fn clear_colors() {
    let gpu = gpu();
    for format in [
        TextureFormat::Rgba8Unorm,
        TextureFormat::Rgba8UnormSrgb,
        TextureFormat::Bgra8Unorm,
        TextureFormat::Rgba8Uint,
        TextureFormat::Rgba16Sint,
        TextureFormat::Rgba16Float,
        TextureFormat::Rgba32Float,
        TextureFormat::Rgb10a2Unorm,
    ] {
        for (r, g, b, a) in
            [(0.0, 0.25, 0.5, 1.0), (-1.0, 2.0, 300.0, 1e10), (1e-10, 7.0, 254.9, 0.5)]
        {
            let canvas = canvas(&gpu, format);
            let view = canvas.create_view(&Default::default());
            gpu.no_error(|| {
                gpu.submit(|encoder| {
                    drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                        color_attachments: &[cleared(&view, wgpu::Color { r, g, b, a })],
                        ..Default::default()
                    }));
                });
            });
            gpu.read_canvas(&format!("{format:?}"), &canvas);
        }
    }
}

#[test]
fn loads_and_stores() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    for store in [StoreOp::Store, StoreOp::Discard] {
        for load in [LoadOp::Load, LoadOp::Clear(wgpu::Color::GREEN)] {
            let canvas = canvas(&gpu, TextureFormat::Rgba8Unorm);
            let view = canvas.create_view(&Default::default());
            gpu.no_error(|| {
                gpu.submit(|encoder| {
                    for ops in [
                        Operations {
                            load: LoadOp::Clear(wgpu::Color::BLUE),
                            store: StoreOp::Store,
                        },
                        Operations { load, store },
                    ] {
                        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                                view: &view,
                                depth_slice: None,
                                resolve_target: None,
                                ops,
                            })],
                            ..Default::default()
                        });
                        pass.set_pipeline(&pipeline);
                        pass.set_scissor_rect(2, 3, 4, 5);
                        pass.draw(0..3, 1..2);
                    }
                });
            });
            gpu.read_canvas(&format!("{load:?} {store:?}"), &canvas);
        }
    }
}

#[test]
fn attachments_that_fit() {
    let gpu = gpu();
    let plain = attachment(&gpu, |_| ());
    let small = attachment(&gpu, |d| d.size = extent(8, 8, 1));
    let samples = attachment(&gpu, |d| d.sample_count = 4);
    let layers = attachment(&gpu, |d| d.size.depth_or_array_layers = 2);
    let levels = attachment(&gpu, |d| d.mip_level_count = 2);
    let bound = attachment(&gpu, |d| d.usage = TextureUsages::TEXTURE_BINDING);
    let deep = attachment(&gpu, |d| d.format = TextureFormat::Depth32Float);
    let small_deep =
        attachment(&gpu, |d| (d.format, d.size) = (TextureFormat::Depth32Float, extent(8, 8, 1)));
    let wide = attachment(&gpu, |d| d.format = TextureFormat::Rgba32Float);
    let color = |view| cleared(view, wgpu::Color::BLACK);
    type Colors<'a> = Vec<Option<wgpu::RenderPassColorAttachment<'a>>>;
    let cases: &[Case<'_, (Colors<'_>, Option<&wgpu::TextureView>)>] = &[
        ("one", Valid, (vec![color(&plain)], None)),
        ("none", Validation, (vec![], None)),
        ("gaps", Validation, (vec![None, None], None)),
        ("a gap before", Valid, (vec![None, color(&plain)], None)),
        ("depth alone", Valid, (vec![], Some(&deep))),
        ("both", Valid, (vec![color(&plain)], Some(&deep))),
        ("of two sizes", Validation, (vec![color(&plain), color(&small)], None)),
        ("small depth", Validation, (vec![color(&plain)], Some(&small_deep))),
        ("of two numbers of samples", Validation, (vec![color(&plain), color(&samples)], None)),
        ("layers", Validation, (vec![color(&layers)], None)),
        ("levels", Validation, (vec![color(&levels)], None)),
        ("not for that", Validation, (vec![color(&bound)], None)),
        ("depth as a colour", Validation, (vec![color(&deep)], None)),
        ("a colour as depth", Validation, (vec![], Some(&plain))),
        ("the same twice", Validation, (vec![color(&plain), color(&plain)], None)),
        ("eight", Valid, (vec![None, None, None, None, None, None, None, color(&plain)], None)),
        (
            "nine",
            Validation,
            (vec![None, None, None, None, None, None, None, None, color(&plain)], None),
        ),
        ("wide", Valid, (vec![color(&wide)], None)),
    ];
    gpu.cases(cases, |(colors, deep)| {
        gpu.submit(|encoder| {
            drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                color_attachments: colors,
                depth_stencil_attachment: deep.map(cleared_depth),
                ..Default::default()
            }));
        });
    });
}

#[test]
fn targets_of_resolving_that_fit() {
    let gpu = gpu();
    let samples = attachment(&gpu, |d| d.sample_count = 4);
    let plain = attachment(&gpu, |_| ());
    let other = attachment(&gpu, |_| ());
    let small = attachment(&gpu, |d| d.size = extent(8, 8, 1));
    let srgb = attachment(&gpu, |d| d.format = TextureFormat::Rgba8UnormSrgb);
    let bound = attachment(&gpu, |d| d.usage = TextureUsages::TEXTURE_BINDING);
    gpu.cases(
        &[
            ("as it is", Valid, (&samples, &plain)),
            ("from one sample", Validation, (&plain, &other)),
            ("to samples", Validation, (&samples, &samples)),
            ("small", Validation, (&samples, &small)),
            ("of another format", Validation, (&samples, &srgb)),
            ("not for that", Validation, (&samples, &bound)),
        ],
        |(view, target)| {
            gpu.submit(|encoder| {
                drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        resolve_target: Some(target),
                        ..cleared(view, wgpu::Color::BLACK).unwrap()
                    })],
                    ..Default::default()
                }));
            });
        },
    );
}

#[test]
fn slices_of_deep_textures() {
    let gpu = gpu();
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        size: extent(4, 4, 4),
        dimension: wgpu::TextureDimension::D3,
        usage: TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC,
        ..TEXTURE
    });
    let view = texture.create_view(&Default::default());
    let flat = attachment(&gpu, |d| d.size = extent(4, 4, 1));
    let color = |view, depth_slice| {
        let color = wgpu::Color { r: 1.0, g: 0.5, b: 0.0, a: 1.0 };
        Some(wgpu::RenderPassColorAttachment { depth_slice, ..cleared(view, color).unwrap() })
    };
    let cases: &[Case<'_, Vec<Option<wgpu::RenderPassColorAttachment<'_>>>>] = &[
        ("the third", Valid, vec![color(&view, Some(2))]),
        ("two", Valid, vec![color(&view, Some(0)), color(&view, Some(3))]),
        ("one twice", Validation, vec![color(&view, Some(0)), color(&view, Some(0))]),
        ("beyond", Validation, vec![color(&view, Some(4))]),
        ("far beyond", Validation, vec![color(&view, Some(u32::MAX - 1))]),
        ("none", Validation, vec![color(&view, None)]),
        ("of a flat one", Validation, vec![color(&flat, Some(0))]),
    ];
    gpu.cases(cases, |color_attachments| {
        gpu.submit(|encoder| {
            drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                color_attachments,
                ..Default::default()
            }));
        });
    });
    gpu.read_texture(&texture);
}
