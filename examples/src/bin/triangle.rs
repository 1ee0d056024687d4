//! The first triangle: one pipeline, one pass, three vertices that are made in the shader.
//!
//! Opens a window, or with `--headless FILE.png` draws into a file.

use webgpu as wgpu;

use std::process::ExitCode;

use examples::{Example, Frame, Gpu, Target};

/// What lies behind the triangle: a dark slate, #20242c on the screen. Clear colours are linear, not sRGB.
const BACKGROUND: wgpu::Color = wgpu::Color { r: 0.0144, g: 0.0176, b: 0.0252, a: 1.0 };

struct Triangle {
    pipeline: wgpu::RenderPipeline,
}

impl Example for Triangle {
    const NAME: &'static str = "triangle";

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Triangle> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/triangle.wgsl"));
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("triangle"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("vertex"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("fragment"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(target.format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        Ok(Triangle { pipeline })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("triangle"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: frame.view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(BACKGROUND),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.draw(0..3, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

fn main() -> ExitCode {
    examples::draw::<Triangle>()
}
