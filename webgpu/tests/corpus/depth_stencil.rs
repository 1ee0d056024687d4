//! Depth and stencil: tests, biases, operations, and what is refused.

use crate::common::Outcome::{Valid, Validation};
use crate::common::gpu;
use crate::drawing::{COVER, Pipeline, TRIANGLE, attachment, canvas, cleared};
use crate::kit::Case;
use webgpu as wgpu;
use wgpu::{LoadOp, Operations, StoreOp, TextureFormat};

#[test]
fn depth_comparisons() {
    let gpu = gpu();
    let format = TextureFormat::Depth32Float;
    let depth = canvas(&gpu, format);
    let depth_view = depth.create_view(&Default::default());
    use wgpu::CompareFunction as Compare;
    for compare in [
        Compare::Never,
        Compare::Less,
        Compare::Equal,
        Compare::LessEqual,
        Compare::Greater,
        Compare::NotEqual,
        Compare::GreaterEqual,
        Compare::Always,
    ] {
        // A slope from 0 on the left to 1 on the right, against 0.5.
        let shader =
            COVER.replace("* 4.0 - 1.0, 0.5, 1.0)", "* 4.0 - 1.0, f32(index & 1u) * 2.0, 1.0)");
        let pipeline = Pipeline {
            shader: &shader,
            depth_stencil: Some(wgpu::DepthStencilState {
                format,
                depth_write_enabled: Some(true),
                depth_compare: Some(compare),
                stencil: Default::default(),
                bias: Default::default(),
            }),
            ..Default::default()
        }
        .create(&gpu);
        let color = canvas(&gpu, TextureFormat::Rgba8Unorm);
        let view = color.create_view(&Default::default());
        gpu.no_error(|| {
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[cleared(&view, wgpu::Color::TRANSPARENT)],
                    depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                        view: &depth_view,
                        depth_ops: Some(wgpu::Operations {
                            load: wgpu::LoadOp::Clear(0.5),
                            store: wgpu::StoreOp::Store,
                        }),
                        stencil_ops: None,
                    }),
                    ..Default::default()
                });
                pass.set_pipeline(&pipeline);
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_canvas(&format!("{compare:?}"), &color);
        gpu.read_level(&depth, 0, wgpu::TextureAspect::DepthOnly);
    }
}

#[test]
fn depth_biases() {
    let gpu = gpu();
    let format = TextureFormat::Depth32Float;
    for (constant, slope_scale, clamp) in [
        (0, 0.0, 0.0),
        (100_000, 0.0, 0.0),
        (-100_000, 0.0, 0.0),
        (0, 1.5, 0.0),
        (1 << 24, 0.0, 0.01),
    ] {
        let shader = COVER.replace("* 4.0 - 1.0, 0.5, 1.0)", "* 4.0 - 1.0, f32(index & 1u), 1.0)");
        let pipeline = Pipeline {
            shader: &shader,
            targets: None,
            depth_stencil: Some(wgpu::DepthStencilState {
                format,
                depth_write_enabled: Some(true),
                depth_compare: Some(wgpu::CompareFunction::Always),
                stencil: Default::default(),
                bias: wgpu::DepthBiasState { constant, slope_scale, clamp },
            }),
            ..Default::default()
        }
        .create(&gpu);
        let depth = canvas(&gpu, format);
        let view = depth.create_view(&Default::default());
        gpu.no_error(|| {
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                        view: &view,
                        depth_ops: Some(wgpu::Operations {
                            load: wgpu::LoadOp::Clear(1.0),
                            store: wgpu::StoreOp::Store,
                        }),
                        stencil_ops: None,
                    }),
                    ..Default::default()
                });
                pass.set_pipeline(&pipeline);
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_level(&depth, 0, wgpu::TextureAspect::DepthOnly);
    }
}

#[test]
fn stencil_operations() {
    let gpu = gpu();
    let format = TextureFormat::Stencil8;
    use wgpu::StencilOperation as Operation;
    for pass_op in [
        Operation::Keep,
        Operation::Zero,
        Operation::Replace,
        Operation::Invert,
        Operation::IncrementClamp,
        Operation::DecrementClamp,
        Operation::IncrementWrap,
        Operation::DecrementWrap,
    ] {
        for (clear, masks) in [(0, (0xff, 0xff)), (255, (0xff, 0xff)), (0x5a, (0x0f, 0x3c))] {
            let face = wgpu::StencilFaceState {
                compare: wgpu::CompareFunction::LessEqual,
                fail_op: Operation::Invert,
                depth_fail_op: Operation::Zero,
                pass_op,
            };
            let pipeline = Pipeline {
                shader: TRIANGLE,
                depth_stencil: Some(wgpu::DepthStencilState {
                    format,
                    depth_write_enabled: None,
                    depth_compare: None,
                    stencil: wgpu::StencilState {
                        front: face,
                        back: face,
                        read_mask: masks.0,
                        write_mask: masks.1,
                    },
                    bias: Default::default(),
                }),
                targets: Some(&[]),
                ..Default::default()
            };
            let pipeline = Pipeline { targets: None, ..pipeline }.create(&gpu);
            let stencil = canvas(&gpu, format);
            let view = stencil.create_view(&Default::default());
            gpu.no_error(|| {
                gpu.submit(|encoder| {
                    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                        depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                            view: &view,
                            depth_ops: None,
                            stencil_ops: Some(wgpu::Operations {
                                load: wgpu::LoadOp::Clear(clear),
                                store: wgpu::StoreOp::Store,
                            }),
                        }),
                        ..Default::default()
                    });
                    pass.set_pipeline(&pipeline);
                    pass.set_stencil_reference(0x7b);
                    pass.draw(0..3, 0..1);
                });
            });
            let name = format!("{pass_op:?} of {clear}");
            crate::common::record(&name, "");
            gpu.read_level(&stencil, 0, wgpu::TextureAspect::StencilOnly);
        }
    }
}

#[test]
fn stencil_references() {
    let gpu = gpu();
    let format = TextureFormat::Stencil8;
    let face =
        wgpu::StencilFaceState { pass_op: wgpu::StencilOperation::Replace, ..Default::default() };
    let pipeline = Pipeline {
        shader: TRIANGLE,
        targets: None,
        depth_stencil: Some(wgpu::DepthStencilState {
            format,
            depth_write_enabled: None,
            depth_compare: None,
            stencil: wgpu::StencilState { front: face, back: face, read_mask: !0, write_mask: !0 },
            bias: Default::default(),
        }),
        ..Default::default()
    }
    .create(&gpu);
    for reference in [None, Some(0), Some(9), Some(255), Some(256), Some(u32::MAX)] {
        let stencil = canvas(&gpu, format);
        let view = stencil.create_view(&Default::default());
        gpu.outcome(&format!("{reference:?}"), || {
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                        view: &view,
                        depth_ops: None,
                        stencil_ops: Some(Operations {
                            load: LoadOp::Clear(3),
                            store: StoreOp::Store,
                        }),
                    }),
                    ..Default::default()
                });
                pass.set_pipeline(&pipeline);
                if let Some(reference) = reference {
                    pass.set_stencil_reference(reference);
                }
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_level(&stencil, 0, wgpu::TextureAspect::StencilOnly);
    }
}

#[test]
fn depth_and_stencil_states_that_are_refused() {
    let gpu = gpu();
    let base = wgpu::DepthStencilState {
        format: TextureFormat::Depth24PlusStencil8,
        depth_write_enabled: Some(true),
        depth_compare: Some(wgpu::CompareFunction::Less),
        stencil: Default::default(),
        bias: Default::default(),
    };
    let face = wgpu::StencilFaceState {
        compare: wgpu::CompareFunction::Never,
        ..wgpu::StencilFaceState::IGNORE
    };
    let stencil = wgpu::StencilState { front: face, back: face, read_mask: 0xff, write_mask: 0xff };
    type Change<'a> = &'a dyn Fn(&mut wgpu::DepthStencilState);
    let cases: &[Case<'_, Change<'_>>] = &[
        ("both", Valid, &|_| ()),
        ("with stencil", Valid, &|state| state.stencil = stencil.clone()),
        ("a colour", Validation, &|state| state.format = TextureFormat::Rgba8Unorm),
        ("no stencil", Validation, &|state| {
            (state.format, state.stencil) = (TextureFormat::Depth32Float, stencil.clone());
        }),
        ("no depth", Validation, &|state| state.format = TextureFormat::Stencil8),
        ("no depth, not needed", Valid, &|state| {
            (state.format, state.depth_write_enabled) = (TextureFormat::Stencil8, None);
            state.depth_compare = None;
        }),
        ("writing left open", Validation, &|state| state.depth_write_enabled = None),
        ("comparison left open", Validation, &|state| state.depth_compare = None),
        ("neither", Valid, &|state| {
            (state.depth_write_enabled, state.depth_compare) = (Some(false), None);
        }),
        ("without the feature", Validation, &|state| {
            state.format = TextureFormat::Depth32FloatStencil8;
        }),
    ];
    gpu.cases(cases, |change| {
        let mut state = base.clone();
        change(&mut state);
        Pipeline { depth_stencil: Some(state), ..Default::default() }.create(&gpu)
    });
}

#[test]
fn operations_on_depth_and_stencil() {
    let gpu = gpu();
    let both = attachment(&gpu, |d| d.format = TextureFormat::Depth24PlusStencil8);
    let deep = attachment(&gpu, |d| d.format = TextureFormat::Depth32Float);
    let stencil = attachment(&gpu, |d| d.format = TextureFormat::Stencil8);
    let ops = |load| Some(Operations { load, store: StoreOp::Store });
    let (clear, clear_stencil) = (
        ops(LoadOp::Clear(0.5)),
        Some(Operations { load: LoadOp::Clear(7), store: StoreOp::Store }),
    );
    gpu.cases(
        &[
            ("all of both", Valid, (&both, clear, clear_stencil)),
            ("stencil is only read", Valid, (&both, clear, None)),
            ("depth is only read", Valid, (&both, None, clear_stencil)),
            ("both are only read", Valid, (&both, None, None)),
            ("depth", Valid, (&deep, clear, None)),
            ("depth with stencil", Valid, (&deep, clear, clear_stencil)),
            ("depth is read", Valid, (&deep, None, None)),
            ("stencil", Valid, (&stencil, None, clear_stencil)),
            ("stencil with depth", Valid, (&stencil, clear, clear_stencil)),
            ("beyond 1", Validation, (&deep, ops(LoadOp::Clear(1.5)), None)),
            ("below 0", Validation, (&deep, ops(LoadOp::Clear(-0.5)), None)),
            ("not a number", Validation, (&deep, ops(LoadOp::Clear(f32::NAN)), None)),
            ("loaded", Valid, (&deep, ops(LoadOp::Load), None)),
        ],
        |&(view, depth_ops, stencil_ops)| {
            gpu.submit(|encoder| {
                drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                        view,
                        depth_ops,
                        stencil_ops,
                    }),
                    ..Default::default()
                }));
            });
        },
    );
}
