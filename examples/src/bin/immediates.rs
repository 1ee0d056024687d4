//! Immediates: a few bytes that are written into the command itself, for each draw call others, without a buffer.

use webgpu as wgpu;

use std::process::ExitCode;

use examples::gpu::Needs;
use examples::{Example, Frame, Gpu, Target, resources};

/// How many squares lie in one another.
const SQUARES: u32 = 32;

/// What a square needs, in the order in which the shader has it.
type Square = [f32; 8];

struct Immediates {
    pipeline: wgpu::RenderPipeline,
}

impl Example for Immediates {
    const NAME: &'static str = "immediates";
    const ANIMATED: bool = true;

    fn needs() -> Needs {
        Needs {
            features: wgpu::Features::IMMEDIATES,
            limits: wgpu::Limits {
                max_immediate_size: size_of::<Square>() as u32,
                ..Default::default()
            },
        }
    }

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Immediates> {
        let module = gpu
            .device
            .create_shader_module(wgpu::include_wgsl!("../../../shaders/immediates.wgsl"));
        // How many bytes there are is part of the layout.
        let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("immediates"),
            bind_group_layouts: &[],
            immediate_size: size_of::<Square>() as u32,
        });
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("immediates"),
            layout: Some(&layout),
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
        });
        Ok(Immediates { pipeline })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let [r, g, b, a] = color(0.0).map(f64::from);
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("immediates"),
                color_attachments: &[resources::cleared(frame.view, wgpu::Color { r, g, b, a })],
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            for square in squares(frame) {
                pass.set_immediates(0, bytemuck::bytes_of(&square));
                pass.draw(0..4, 0..1);
            }
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

/// The squares, outermost first. Each is turned against the one around it, and so much smaller that its corners lie on the
/// other one's edges.
fn squares(frame: &Frame<'_>) -> impl Iterator<Item = Square> + use<> {
    let turn = 0.13 + 0.07 * (0.5 * frame.time.as_secs_f32()).sin();
    let shrink = 1.0 / (turn.cos() + turn.sin());
    let (width, height) = (frame.target.width as f32, frame.target.height as f32);
    let shorter = width.min(height);
    (0..SQUARES).map(move |i| {
        // The outermost one stands upright, its corners are the picture's if that is square.
        let angle = std::f32::consts::FRAC_PI_4 + turn * i as f32;
        let radius = 0.94 * std::f32::consts::SQRT_2 * shrink.powi(i as i32);
        let [r, g, b, a] = color(((i + 1) as f32 / SQUARES as f32).powf(0.7));
        let (x, y) = (radius * angle.cos(), radius * angle.sin());
        [x, y, width / shorter, height / shorter, r, g, b, a]
    })
}

/// From night to fire, in linear light: `depth` goes from 0 to 1.
fn color(depth: f32) -> [f32; 4] {
    const STOPS: [[f32; 3]; 5] = [
        [0.008, 0.011, 0.035],
        [0.090, 0.035, 0.330],
        [0.560, 0.045, 0.270],
        [0.980, 0.260, 0.070],
        [1.000, 0.860, 0.420],
    ];
    let position = depth * (STOPS.len() - 1) as f32;
    let index = (position as usize).min(STOPS.len() - 2);
    let (from, to) = (STOPS[index], STOPS[index + 1]);
    let [r, g, b] = [0, 1, 2]
        .map(|channel| from[channel] + (to[channel] - from[channel]) * (position - index as f32));
    [r, g, b, 1.0]
}

fn main() -> ExitCode {
    examples::draw::<Immediates>()
}
