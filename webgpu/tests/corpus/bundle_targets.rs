//! What render bundles draw to: attachments that are only read, targets of no pass, the constant of the pass.

use crate::bundle::{DESCRIPTOR, bundle};
use crate::bundle_mistakes::Commands;
use crate::common::Outcome::{Panic, Valid};
use crate::common::{gpu, record};
use crate::drawing::{PLAIN, Pipeline, colors};
use crate::kit::Case;
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, IndexFormat, TextureFormat};

#[test]
fn depth_and_stencil() {
    let gpu = gpu();
    let format = TextureFormat::Depth24PlusStencil8;
    let face =
        wgpu::StencilFaceState { pass_op: wgpu::StencilOperation::Replace, ..Default::default() };
    let pipeline = |depth: bool, stencil: bool| {
        Pipeline {
            depth_stencil: Some(wgpu::DepthStencilState {
                format,
                depth_write_enabled: Some(depth),
                depth_compare: Some(wgpu::CompareFunction::Always),
                stencil: wgpu::StencilState {
                    front: if stencil { face } else { Default::default() },
                    back: Default::default(),
                    read_mask: !0,
                    write_mask: !0,
                },
                bias: Default::default(),
            }),
            ..Default::default()
        }
        .create(&gpu)
    };
    let pipelines = [pipeline(false, false), pipeline(true, false), pipeline(false, true)];
    let cases = [
        ("all written", [Valid; 3], (false, false)),
        ("depth read", [Valid, Panic, Valid], (true, false)),
        ("stencil read", [Valid, Valid, Panic], (false, true)),
        ("all read", [Valid, Panic, Panic], (true, true)),
    ];
    for (name, expected, (depth_read_only, stencil_read_only)) in cases {
        let depth_stencil =
            Some(wgpu::RenderBundleDepthStencil { format, depth_read_only, stencil_read_only });
        let descriptor = wgpu::RenderBundleEncoderDescriptor { depth_stencil, ..DESCRIPTOR };
        let outcomes = pipelines.each_ref().map(|pipeline| {
            gpu.outcome(name, || {
                let mut encoder = gpu.device.create_render_bundle_encoder(&descriptor);
                encoder.set_pipeline(pipeline);
                encoder.draw(0..3, 0..1);
                encoder.finish(&Default::default())
            })
        });
        assert_eq!(outcomes, expected, "{name}");
    }
}

/// Bundles that no pass can execute are finished all the same, if nothing else is wrong with them.
#[test]
fn targets_of_no_pass() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    let indices = gpu.buffer(&[0; 4], Usages::INDEX);
    let depth = |format| {
        let (depth_read_only, stencil_read_only) = (false, false);
        Some(wgpu::RenderBundleDepthStencil { format, depth_read_only, stencil_read_only })
    };
    let descriptors = [
        ("none", wgpu::RenderBundleEncoderDescriptor { color_formats: &[], ..DESCRIPTOR }),
        ("a gap", wgpu::RenderBundleEncoderDescriptor { color_formats: &[None], ..DESCRIPTOR }),
        ("two samples", wgpu::RenderBundleEncoderDescriptor { sample_count: 2, ..DESCRIPTOR }),
        (
            "too wide",
            wgpu::RenderBundleEncoderDescriptor {
                color_formats: &[Some(TextureFormat::Rgba32Float); 3],
                ..DESCRIPTOR
            },
        ),
        (
            "depth as a colour",
            wgpu::RenderBundleEncoderDescriptor {
                color_formats: &[Some(TextureFormat::Depth16Unorm)],
                ..DESCRIPTOR
            },
        ),
        (
            "a colour as depth",
            wgpu::RenderBundleEncoderDescriptor {
                depth_stencil: depth(TextureFormat::R8Unorm),
                ..DESCRIPTOR
            },
        ),
        (
            "blocks",
            wgpu::RenderBundleEncoderDescriptor {
                color_formats: &[Some(TextureFormat::Bc1RgbaUnorm)],
                ..DESCRIPTOR
            },
        ),
        (
            "several layers",
            wgpu::RenderBundleEncoderDescriptor {
                multiview: std::num::NonZeroU32::new(2),
                ..DESCRIPTOR
            },
        ),
    ];
    let commands: [Case<'_, Commands<'_, '_>>; 3] = [
        ("indices", Valid, &|encoder| {
            encoder.set_index_buffer(indices.slice(..), IndexFormat::Uint32);
        }),
        ("indices at an odd offset", Panic, &|encoder| {
            encoder.set_index_buffer(indices.slice(2..), IndexFormat::Uint32);
        }),
        ("a pipeline", Panic, &|encoder| encoder.set_pipeline(&pipeline)),
    ];
    for (name, descriptor) in &descriptors {
        gpu.cases(&commands, |commands| {
            let mut encoder = gpu.device.create_render_bundle_encoder(descriptor);
            commands(&mut encoder);
            encoder.finish(&Default::default())
        });
        record("targets", name);
    }
}

#[test]
fn a_constant_for_blending() {
    let gpu = gpu();
    let component = wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::Constant,
        dst_factor: wgpu::BlendFactor::Zero,
        operation: wgpu::BlendOperation::Add,
    };
    let blend = wgpu::BlendState { color: component, alpha: component };
    let targets = [Some(wgpu::ColorTargetState { blend: Some(blend), ..PLAIN.expect("a target") })];
    let pipeline = Pipeline { targets: Some(&targets), ..Default::default() }.create(&gpu);
    let plain = colors(&gpu);
    let bundle = bundle(&gpu, |encoder| {
        encoder.set_pipeline(&pipeline);
        encoder.draw(0..3, 0..1);
    });
    gpu.draw("of the pass", |pass| {
        pass.set_blend_constant(wgpu::Color { r: 1.0, g: 0.0, b: 1.0, a: 1.0 });
        pass.execute_bundles([&bundle]);
    });
    gpu.draw("none, and a pipeline that needs none", |pass| {
        pass.execute_bundles([&bundle]);
        pass.set_pipeline(&plain);
        pass.draw(0..3, 1..2);
    });
}
