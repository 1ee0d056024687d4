//! Blending and write masks.

use crate::common::Outcome::{Valid, Validation};
use crate::common::gpu;
use crate::drawing::{COVER, PLAIN, Pipeline, canvas, cleared};
use webgpu as wgpu;
use wgpu::{BlendFactor, BlendOperation, ColorTargetState, TextureFormat};

#[test]
fn blend_factors() {
    let gpu = gpu();
    for factor in [
        BlendFactor::Zero,
        BlendFactor::One,
        BlendFactor::Src,
        BlendFactor::OneMinusSrc,
        BlendFactor::SrcAlpha,
        BlendFactor::OneMinusSrcAlpha,
        BlendFactor::Dst,
        BlendFactor::OneMinusDst,
        BlendFactor::DstAlpha,
        BlendFactor::OneMinusDstAlpha,
        BlendFactor::SrcAlphaSaturated,
        BlendFactor::Constant,
        BlendFactor::OneMinusConstant,
    ] {
        let component = wgpu::BlendComponent {
            src_factor: factor,
            dst_factor: BlendFactor::One,
            operation: BlendOperation::Add,
        };
        let blend = Some(wgpu::BlendState { color: component, alpha: component });
        let shader = COVER.replace("vec4<f32>(1.0)", "vec4<f32>(0.5, 0.25, 1.0, 0.75)");
        let pipeline = Pipeline {
            shader: &shader,
            targets: Some(&[Some(ColorTargetState { blend, ..PLAIN.unwrap() })]),
            ..Default::default()
        }
        .create(&gpu);
        let canvas = canvas(&gpu, TextureFormat::Rgba8Unorm);
        let view = canvas.create_view(&Default::default());
        gpu.no_error(|| {
            gpu.submit(|encoder| {
                let color = wgpu::Color { r: 0.2, g: 0.1, b: 0.0, a: 0.25 };
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[cleared(&view, color)],
                    ..Default::default()
                });
                pass.set_pipeline(&pipeline);
                pass.set_blend_constant(wgpu::Color { r: 0.1, g: 0.5, b: 0.2, a: 0.3 });
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_canvas(&format!("{factor:?}"), &canvas);
    }
}

#[test]
fn blend_operations() {
    let gpu = gpu();
    for operation in [
        BlendOperation::Add,
        BlendOperation::Subtract,
        BlendOperation::ReverseSubtract,
        BlendOperation::Min,
        BlendOperation::Max,
    ] {
        let component = wgpu::BlendComponent {
            src_factor: BlendFactor::One,
            dst_factor: BlendFactor::One,
            operation,
        };
        let blend = wgpu::BlendState { color: component, alpha: wgpu::BlendComponent::REPLACE };
        let shader = COVER.replace("vec4<f32>(1.0)", "vec4<f32>(0.5, 0.25, 0.125, 1.0)");
        let second = COVER.replace("vec4<f32>(1.0)", "vec4<f32>(0.25, 0.5, 0.125, 0.5)");
        let [first, second] = [shader, second].map(|shader| {
            let state = ColorTargetState { blend: Some(blend), ..PLAIN.unwrap() };
            Pipeline { shader: &shader, targets: Some(&[Some(state)]), ..Default::default() }
                .create(&gpu)
        });
        gpu.draw(&format!("{operation:?}"), |pass| {
            pass.set_pipeline(&first);
            pass.draw(0..3, 0..1);
            pass.set_pipeline(&second);
            pass.draw(0..3, 0..1);
        });
    }
}

#[test]
fn blends_that_are_refused() {
    let gpu = gpu();
    let component = |operation, src_factor, dst_factor| wgpu::BlendComponent {
        src_factor,
        dst_factor,
        operation,
    };
    use BlendFactor::{One, Src1, SrcAlpha};
    let plain = component(BlendOperation::Add, One, One);
    gpu.cases(
        &[
            ("plain", Valid, (TextureFormat::Rgba8Unorm, plain)),
            (
                "least with factors",
                Validation,
                (TextureFormat::Rgba8Unorm, component(BlendOperation::Min, SrcAlpha, One)),
            ),
            (
                "a second source without the feature",
                Validation,
                (TextureFormat::Rgba8Unorm, component(BlendOperation::Add, Src1, One)),
            ),
            ("integers", Validation, (TextureFormat::Rgba8Uint, plain)),
            ("wide floats", Validation, (TextureFormat::Rgba32Float, plain)),
            ("halves", Valid, (TextureFormat::Rgba16Float, plain)),
        ],
        |&(format, component)| {
            let blend = Some(wgpu::BlendState { color: component, alpha: component });
            let shader = match format {
                TextureFormat::Rgba8Uint => COVER.replace(
                    "vec4<f32> { return vec4<f32>(1.0)",
                    "vec4<u32> { return vec4<u32>(1)",
                ),
                _ => COVER.to_owned(),
            };
            Pipeline {
                shader: &shader,
                targets: Some(&[Some(ColorTargetState {
                    format,
                    blend,
                    write_mask: Default::default(),
                })]),
                ..Default::default()
            }
            .create(&gpu)
        },
    );
}

#[test]
fn write_masks() {
    let gpu = gpu();
    for bits in [0, 1, 2, 4, 8, 5, 15] {
        let write_mask = wgpu::ColorWrites::from_bits_retain(bits);
        let pipeline = Pipeline {
            targets: Some(&[Some(ColorTargetState { write_mask, ..PLAIN.unwrap() })]),
            ..Default::default()
        }
        .create(&gpu);
        let texels = gpu.draw(&format!("{bits}"), |pass| {
            pass.set_pipeline(&pipeline);
            pass.draw(0..3, 0..1);
        });
        let expected = [1, 2, 4, 8].map(|bit| if bits & bit == 0 { 0 } else { 255 });
        assert_eq!(texels[100], expected);
    }
    gpu.outcome("bits that nobody knows", || {
        let write_mask = wgpu::ColorWrites::from_bits_retain(16);
        let targets = [Some(ColorTargetState { write_mask, ..PLAIN.unwrap() })];
        Pipeline { targets: Some(&targets), ..Default::default() }.create(&gpu)
    });
}
