//! Render bundles: they draw as their commands would, and are refused where those would be.

use crate::common::Outcome::{Panic, Valid, Validation};
use crate::common::{Gpu, gpu};
use crate::drawing::{COLORS, COVER, Pipeline, canvas, cleared};
use crate::kit::Case;
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, RenderBundleEncoderDescriptor, TextureFormat};

pub(crate) const DESCRIPTOR: RenderBundleEncoderDescriptor<'static> =
    RenderBundleEncoderDescriptor {
        label: None,
        color_formats: &[Some(TextureFormat::Rgba8Unorm)],
        depth_stencil: None,
        sample_count: 1,
        multiview: None,
    };

pub(crate) fn bundle<'a>(
    gpu: &'a Gpu,
    record: impl FnOnce(&mut wgpu::RenderBundleEncoder<'a>),
) -> wgpu::RenderBundle {
    let mut encoder = gpu.device.create_render_bundle_encoder(&DESCRIPTOR);
    record(&mut encoder);
    encoder.finish(&Default::default())
}

/// Makes and executes a bundle for each row. What is compared is how each step ends, and what is drawn.
pub(crate) fn made_and_executed<'a, T>(
    gpu: &'a Gpu,
    cases: &[Case<'_, T>],
    commands: impl Fn(&mut wgpu::RenderBundleEncoder<'a>, &T),
) {
    let canvas = canvas(gpu, TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    let mut wrong = Vec::new();
    for (name, expected, input) in cases {
        let made = gpu.attempt(name, || bundle(gpu, |encoder| commands(encoder, input)));
        let outcome = match made {
            (Valid, Some(bundle)) => {
                let execute = || gpu.pass(&view, |pass| pass.execute_bundles([&bundle]));
                gpu.outcome("executed", execute)
            }
            (outcome, _) => outcome,
        };
        if outcome != *expected {
            wrong.push(format!("{name}: {outcome:?} instead of {expected:?}"));
        }
        gpu.read_canvas("drawn", &canvas);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn colors(gpu: &Gpu) -> wgpu::RenderPipeline {
    Pipeline { shader: COLORS, ..Default::default() }.create(gpu)
}

#[test]
fn bundles_draw() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    let indices = gpu.buffer(&[0, 1, 2], Usages::INDEX);
    let draws = gpu.buffer(&[3, 1, 0, 0, 3, 1, 0, 0, 0], Usages::INDIRECT);
    let bundles = [
        bundle(&gpu, |encoder| {
            encoder.set_pipeline(&pipeline);
            encoder.draw(0..3, 1..2);
        }),
        bundle(&gpu, |encoder| {
            encoder.set_pipeline(&pipeline);
            encoder.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
            encoder.draw_indexed(0..3, 0, 2..3);
        }),
        bundle(&gpu, |encoder| {
            encoder.set_pipeline(&pipeline);
            encoder.draw_indirect(&draws, 0);
        }),
        bundle(&gpu, |encoder| {
            encoder.set_pipeline(&pipeline);
            encoder.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
            encoder.draw_indexed_indirect(&draws, 16);
        }),
        bundle(&gpu, |_| ()),
    ];
    for (name, bundle) in
        ["direct", "indexed", "indirect", "indexed indirect", "empty"].iter().zip(&bundles)
    {
        gpu.draw(name, |pass| pass.execute_bundles([bundle]));
    }
    gpu.draw("several", |pass| {
        pass.set_scissor_rect(0, 0, 8, 8);
        pass.execute_bundles(&bundles[..2]);
        pass.set_scissor_rect(4, 4, 8, 8);
        pass.execute_bundles(&bundles[..1]);
    });
    gpu.draw("one twice", |pass| pass.execute_bundles([&bundles[0], &bundles[0]]));
    gpu.draw("none", |pass| pass.execute_bundles([]));
}

#[test]
fn state_after_a_bundle_is_gone() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    let bundle = bundle(&gpu, |encoder| {
        encoder.set_pipeline(&pipeline);
        encoder.draw(0..3, 1..2);
    });
    let canvas = canvas(&gpu, TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    let cases: &[Case<'_, bool>] =
        &[("a pipeline of before", Validation, false), ("one of after", Valid, true)];
    gpu.cases(cases, |&again| {
        gpu.pass(&view, |pass| {
            pass.set_pipeline(&pipeline);
            pass.execute_bundles([&bundle]);
            if again {
                pass.set_pipeline(&pipeline);
            }
            pass.draw(0..3, 2..3);
        });
    });
    gpu.read_canvas("drawn", &canvas);
}

#[test]
fn groups_in_bundles() {
    let gpu = gpu();
    let shader = COVER
        .replace("return vec4<f32>(1.0);", "return tint;")
        .replace("@fragment", "@group(0) @binding(0) var<uniform> tint: vec4<f32>;\n@fragment");
    let group_layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Uniform,
                has_dynamic_offset: true,
                min_binding_size: None,
            },
            count: None,
        }],
    });
    let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        bind_group_layouts: &[Some(&group_layout)],
        ..Default::default()
    });
    let pipeline =
        Pipeline { shader: &shader, layout: Some(&layout), ..Default::default() }.create(&gpu);
    let mut tints = [0.0_f32; 128];
    (tints[0], tints[3], tints[65], tints[67]) = (1.0, 1.0, 1.0, 0.5);
    let tints = gpu.buffer(&tints.map(f32::to_bits), Usages::UNIFORM);
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &group_layout,
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &tints,
                offset: 0,
                size: wgpu::BufferSize::new(16),
            }),
        }],
    });
    let cases: &[Case<'_, &[u32]>] = &[
        ("the first", Valid, &[0]),
        ("the second", Valid, &[256]),
        ("no offset", Panic, &[]),
        ("beyond", Panic, &[512]),
        ("misaligned", Panic, &[16]),
    ];
    made_and_executed(&gpu, cases, |encoder, offsets| {
        encoder.set_pipeline(&pipeline);
        encoder.set_bind_group(0, &group, offsets);
        encoder.draw(0..3, 0..1);
    });
}

#[test]
fn encoders_that_are_refused() {
    let gpu = gpu();
    let depth = |format| {
        Some(wgpu::RenderBundleDepthStencil {
            format,
            depth_read_only: true,
            stencil_read_only: true,
        })
    };
    let with = |change: &dyn Fn(&mut RenderBundleEncoderDescriptor<'static>)| {
        let mut descriptor = DESCRIPTOR.clone();
        change(&mut descriptor);
        descriptor
    };
    gpu.cases(
        &[
            ("plain", Valid, with(&|_| ())),
            ("no attachments", Valid, with(&|d| d.color_formats = &[])),
            (
                "depth alone",
                Valid,
                with(&|d| {
                    (d.color_formats, d.depth_stencil) = (&[], depth(TextureFormat::Depth32Float));
                }),
            ),
            ("four samples", Valid, with(&|d| d.sample_count = 4)),
            ("three samples", Panic, with(&|d| d.sample_count = 3)),
            ("many samples", Panic, with(&|d| d.sample_count = 64)),
            ("nine", Panic, with(&|d| d.color_formats = &[Some(TextureFormat::R8Unorm); 9])),
            (
                "too wide",
                Valid,
                with(&|d| d.color_formats = &[Some(TextureFormat::Rgba32Float); 3]),
            ),
            (
                "depth as a colour",
                Valid,
                with(&|d| d.color_formats = &[Some(TextureFormat::Depth16Unorm)]),
            ),
            (
                "a colour as depth",
                Valid,
                with(&|d| d.depth_stencil = depth(TextureFormat::R8Unorm)),
            ),
            ("blocks", Valid, with(&|d| d.color_formats = &[Some(TextureFormat::Bc1RgbaUnorm)])),
            ("a gap", Valid, with(&|d| d.color_formats = &[None, Some(TextureFormat::R8Unorm)])),
        ],
        |descriptor| {
            let encoder = gpu.device.create_render_bundle_encoder(descriptor);
            encoder.finish(&Default::default())
        },
    );
}

#[test]
fn bundles_and_passes_that_fit() {
    let gpu = gpu();
    let with = |change: &dyn Fn(&mut RenderBundleEncoderDescriptor<'static>)| {
        let mut descriptor = DESCRIPTOR.clone();
        change(&mut descriptor);
        gpu.device.create_render_bundle_encoder(&descriptor).finish(&Default::default())
    };
    let depth = |depth_read_only| {
        Some(wgpu::RenderBundleDepthStencil {
            format: TextureFormat::Depth32Float,
            depth_read_only,
            stencil_read_only: true,
        })
    };
    let canvas = canvas(&gpu, TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    let deep = crate::drawing::canvas(&gpu, TextureFormat::Depth32Float);
    let deep = deep.create_view(&Default::default());
    let written = Some(wgpu::Operations::default());
    gpu.cases(
        &[
            ("as it is", Valid, (with(&|_| ()), None)),
            (
                "another format",
                Validation,
                (with(&|d| d.color_formats = &[Some(TextureFormat::R8Unorm)]), None),
            ),
            ("samples", Validation, (with(&|d| d.sample_count = 4), None)),
            (
                "depth that is not there",
                Validation,
                (with(&|d| d.depth_stencil = depth(false)), None),
            ),
            ("depth that nobody wants", Validation, (with(&|_| ()), Some(written))),
            ("depth", Valid, (with(&|d| d.depth_stencil = depth(false)), Some(written))),
            ("depth that is read", Valid, (with(&|d| d.depth_stencil = depth(true)), Some(None))),
            (
                "depth that is read, and could be written",
                Valid,
                (with(&|d| d.depth_stencil = depth(true)), Some(written)),
            ),
            (
                "depth that is written, and cannot be",
                Validation,
                (with(&|d| d.depth_stencil = depth(false)), Some(None)),
            ),
        ],
        |(bundle, depth_ops)| {
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[cleared(&view, wgpu::Color::BLACK)],
                    depth_stencil_attachment: depth_ops.map(|depth_ops| {
                        wgpu::RenderPassDepthStencilAttachment {
                            view: &deep,
                            depth_ops,
                            stencil_ops: None,
                        }
                    }),
                    ..Default::default()
                });
                pass.execute_bundles([bundle]);
            });
        },
    );
}

#[test]
fn destroyed_after_finishing() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    let indices = gpu.buffer(&[0, 1, 2], Usages::INDEX);
    let bundle = bundle(&gpu, |encoder| {
        encoder.set_pipeline(&pipeline);
        encoder.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
        encoder.draw_indexed(0..3, 0, 2..3);
    });
    indices.destroy();
    let canvas = canvas(&gpu, TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    let outcome =
        gpu.outcome("executing", || gpu.pass(&view, |pass| pass.execute_bundles([&bundle])));
    assert_eq!(outcome, Validation);
}
