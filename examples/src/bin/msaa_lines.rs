//! String art out of thin lines, smoothed by multisampling: they are drawn on a texture with four samples in each pixel,
//! which is resolved into the picture.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::{Example, Frame, Gpu, Target, resources};

/// Samples in each pixel. Every adapter has 4 for formats that can be drawn on.
const SAMPLES: u32 = 4;
const THREADS: u32 = 360;
const BACKGROUND: u32 = 0x14161f;

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    scale: [f32; 2],
    factor: f32,
    threads: f32,
}

struct Lines {
    pipeline: wgpu::RenderPipeline,
    scene: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    samples: wgpu::TextureView,
}

impl Example for Lines {
    const NAME: &'static str = "msaa_lines";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Lines> {
        let shader = gpu
            .device
            .create_shader_module(wgpu::include_wgsl!("../../../shaders/msaa_lines.wgsl"));
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("lines"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("vertex"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState {
                topology: wgpu::PrimitiveTopology::LineList,
                ..Default::default()
            },
            depth_stencil: None,
            multisample: wgpu::MultisampleState { count: SAMPLES, ..Default::default() },
            fragment: Some(wgpu::FragmentState {
                module: &shader,
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
        let scene = resources::uniform::<Scene>(gpu, "scene");
        let layout = pipeline.get_bind_group_layout(0);
        let bind_group = resources::bind_group(gpu, "scene", &layout, &[scene.as_entire_binding()]);
        let samples = resources::attachment(gpu, "samples", target, SAMPLES);
        Ok(Lines { pipeline, scene, bind_group, samples })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        self.samples = resources::attachment(gpu, "samples", target, SAMPLES);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let (width, height) = (frame.target.width as f32, frame.target.height as f32);
        let radius = 0.46 * width.min(height);
        let scene = Scene {
            scale: [2.0 * radius / width, 2.0 * radius / height],
            factor: 2.0 + 0.05 * frame.time.as_secs_f32(),
            threads: THREADS as f32,
        };
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("lines"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &self.samples,
                    depth_slice: None,
                    resolve_target: Some(frame.view),
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(resources::rgb(BACKGROUND)),
                        // Only what they resolve to is needed.
                        store: wgpu::StoreOp::Discard,
                    },
                })],
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &self.bind_group, &[]);
            pass.draw(0..2 * THREADS, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

fn main() -> ExitCode {
    examples::draw::<Lines>()
}
