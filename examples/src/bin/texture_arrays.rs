//! Texture arrays: twelve pictures of the same size in one texture; the shader chooses by the layer's number.

use webgpu as wgpu;

use std::f32::consts::TAU;
use std::process::ExitCode;

use examples::{Example, Frame, Gpu, Target, resources};
use wgpu::util::DeviceExt;

const BACKGROUND: u32 = 0x20242c;
/// Side of a layer in texels.
const SIDE: u32 = 128;

/// Paper and ink of a pattern, in sRGB.
type Colors = [[u8; 3]; 2];
const CREAM: [u8; 3] = [0xf4, 0xe9, 0xd8];
const NAVY: [u8; 3] = [0x1f, 0x3a, 0x5f];
const TEAL: [u8; 3] = [0x2a, 0x9d, 0x8f];
const AMBER: [u8; 3] = [0xe9, 0xb4, 0x4c];
const CORAL: [u8; 3] = [0xe7, 0x6f, 0x51];

/// Its colours, and where there is ink. Places go from 0 to 1 on both axes.
type Pattern = (Colors, fn(f32, f32) -> bool);
/// What is on each layer.
const PATTERNS: [Pattern; 12] = [
    ([CREAM, CORAL], |x, y| (8.0 * (x + y)).fract() < 0.5),
    ([NAVY, AMBER], |x, y| radius(4.0 * x, 4.0 * y) < 0.3),
    ([TEAL, CREAM], |x, y| (5.0 * y + 0.25 * (2.0 * TAU * x).sin()).rem_euclid(1.0) < 0.45),
    ([AMBER, NAVY], |x, y| ((8.0 * x).floor() + (8.0 * y).floor()) % 2.0 == 0.0),
    ([CORAL, CREAM], |x, y| (6.0 * radius(x, y)).fract() > 0.5),
    ([CREAM, NAVY], |x, y| {
        (4.0 * x - 0.875).rem_euclid(1.0) < 0.25 || (4.0 * y - 0.875).rem_euclid(1.0) < 0.25
    }),
    ([NAVY, TEAL], |x, y| (5.0 * y + (4.0 * x - (4.0 * x).round()).abs() * 2.0).fract() < 0.5),
    ([AMBER, CORAL], |x, y| diamond(3.0 * x, 3.0 * y) < 0.42),
    ([CREAM, TEAL], |x, y| angle(x, y).rem_euclid(TAU / 8.0) < TAU / 16.0),
    ([CORAL, NAVY], |x, y| (4.0 * x).fract() + (4.0 * y).fract() > 1.0),
    ([TEAL, NAVY], |x, y| {
        // Scales: each row covers the upper half of the one above and is moved by half a scale.
        let row = (6.0 * y).floor();
        let along = (4.0 * x + 0.5 * (row % 2.0)).fract() - 0.5;
        (along.hypot((6.0 * y).fract() / 2.0) * 2.5).fract() < 0.55
    }),
    ([NAVY, CREAM], |x, y| {
        // A flower of six petals.
        radius(x, y) < 0.3 + 0.12 * (6.0 * angle(x, y)).cos()
    }),
];

/// Distance from the middle of the unit square that a place lies in.
fn radius(x: f32, y: f32) -> f32 {
    (x.fract() - 0.5).hypot(y.fract() - 0.5)
}

/// As [`radius`], along the axes.
fn diamond(x: f32, y: f32) -> f32 {
    (x.fract() - 0.5).abs() + (y.fract() - 0.5).abs()
}

/// Angle around the middle.
fn angle(x: f32, y: f32) -> f32 {
    (y - 0.5).atan2(x - 0.5)
}

struct TextureArrays {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
    scene: wgpu::Buffer,
}

impl Example for TextureArrays {
    const NAME: &'static str = "texture_arrays";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<TextureArrays> {
        let patterns = patterns(gpu);
        let scene = resources::uniform::<[u32; 2]>(gpu, "scene");
        let sampler = resources::linear(gpu);
        let pipeline = pipeline(gpu, target);
        // A texture of several layers is seen as an array of them.
        let view = patterns.create_view(&wgpu::TextureViewDescriptor::default());
        let bind_group = resources::bind_group(
            gpu,
            "quilt",
            &pipeline.get_bind_group_layout(0),
            &[
                scene.as_entire_binding(),
                wgpu::BindingResource::TextureView(&view),
                wgpu::BindingResource::Sampler(&sampler),
            ],
        );
        Ok(TextureArrays { pipeline, bind_group, scene })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let aspect = frame.target.width as f32 / frame.target.height as f32;
        let scene = [aspect.to_bits(), frame.time.as_secs() as u32];
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::cast_slice(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("quilt"),
                color_attachments: &[resources::cleared(frame.view, resources::rgb(BACKGROUND))],
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &self.bind_group, &[]);
            pass.draw(0..4, 0..PATTERNS.len() as u32);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

/// The texture, a layer for each pattern.
fn patterns(gpu: &Gpu) -> wgpu::Texture {
    let mut texels = Vec::new();
    for (colors, is_ink) in PATTERNS {
        for y in 0..SIDE {
            texels.extend((0..SIDE).flat_map(|x| texel(colors, is_ink, x, y)));
        }
    }
    let descriptor = wgpu::TextureDescriptor {
        label: Some("patterns"),
        size: wgpu::Extent3d {
            width: SIDE,
            height: SIDE,
            depth_or_array_layers: PATTERNS.len() as u32,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8UnormSrgb,
        usage: wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    };
    let order = wgpu::util::TextureDataOrder::LayerMajor;
    gpu.device.create_texture_with_data(&gpu.queue, &descriptor, order, &texels)
}

/// The mean of some places within a texel: edges become smooth.
fn texel([paper, ink]: Colors, is_ink: fn(f32, f32) -> bool, x: u32, y: u32) -> [u8; 4] {
    const SAMPLES: u32 = 3;
    let place = |texel: u32, sample: u32| {
        (texel as f32 + (sample as f32 + 0.5) / SAMPLES as f32) / SIDE as f32
    };
    let mut inked = 0;
    for i in 0..SAMPLES * SAMPLES {
        inked += u32::from(is_ink(place(x, i % SAMPLES), place(y, i / SAMPLES)));
    }
    let mix = |paper: u8, ink: u8| {
        let sum = u32::from(ink) * inked + u32::from(paper) * (SAMPLES * SAMPLES - inked);
        (sum / (SAMPLES * SAMPLES)) as u8
    };
    [mix(paper[0], ink[0]), mix(paper[1], ink[1]), mix(paper[2], ink[2]), 255]
}

fn pipeline(gpu: &Gpu, target: Target) -> wgpu::RenderPipeline {
    let module = gpu
        .device
        .create_shader_module(wgpu::include_wgsl!("../../../shaders/texture_arrays.wgsl"));
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("quilt"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vertex"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            ..Default::default()
        },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("fragment"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format: target.format,
                blend: Some(wgpu::BlendState::ALPHA_BLENDING),
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn main() -> ExitCode {
    examples::draw::<TextureArrays>()
}
