//! Several windows on one device: one pipeline draws in all of them, each is closed alone, and the last one ends the
//! program.
//!
//! Opens three windows, or with `--headless FILE.png` draws what the first one shows into a file.

use webgpu as wgpu;

use std::process::ExitCode;

use examples::{Example, Frame, Gpu, Target};

/// How long a wheel takes to turn once, in seconds.
const TURN: f32 = 8.0;

struct HelloWindows {
    pipeline: wgpu::RenderPipeline,
    uniform: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
}

/// `Picture` of the shader.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
struct Picture {
    aspect: f32,
    angle: f32,
    window: u32,
}

impl Example for HelloWindows {
    const NAME: &'static str = "hello_windows";
    const ANIMATED: bool = true;
    const WINDOWS: u32 = 3;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<HelloWindows> {
        let shader = gpu
            .device
            .create_shader_module(wgpu::include_wgsl!("../../../shaders/hello_windows.wgsl"));
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("wheel"),
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
                // All windows have this format.
                targets: &[Some(target.format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        let uniform = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture"),
            size: size_of::<Picture>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("picture"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() }],
        });
        Ok(HelloWindows { pipeline, uniform, bind_group })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let picture = Picture {
            aspect: frame.target.width as f32 / frame.target.height as f32,
            angle: frame.time.as_secs_f32() / TURN,
            window: frame.window,
        };
        // The queue keeps the order: the frame of each window is drawn with what was written for it.
        gpu.queue.write_buffer(&self.uniform, 0, bytemuck::bytes_of(&picture));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("wheel"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: frame.view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        // Every pixel is drawn.
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &self.bind_group, &[]);
            pass.draw(0..3, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

fn main() -> ExitCode {
    examples::draw::<HelloWindows>()
}
