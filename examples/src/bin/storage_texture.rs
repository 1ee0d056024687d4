//! A Julia set: a compute shader writes its pixels into a storage texture, which a render pass then shows.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::{Example, Frame, Gpu, Target, resources};

/// Width and height of a workgroup, as the shader has it.
const WORKGROUP_SIZE: u32 = 8;
/// Storage textures cannot be sRGB; half floats keep dark colours apart.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba16Float;

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    seed: [f32; 2],
    height: f32,
    padding: f32,
}

struct Julia {
    compute: wgpu::ComputePipeline,
    show: wgpu::RenderPipeline,
    scene: wgpu::Buffer,
    canvas: Canvas,
}

/// The texture, which is as large as the target, as each pipeline sees it.
struct Canvas {
    written: wgpu::BindGroup,
    shown: wgpu::BindGroup,
}

impl Example for Julia {
    const NAME: &'static str = "storage_texture";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Julia> {
        let shader = gpu
            .device
            .create_shader_module(wgpu::include_wgsl!("../../../shaders/storage_texture.wgsl"));
        let compute = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("julia"),
            layout: None,
            module: &shader,
            entry_point: Some("julia"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let show = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("show"),
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
        let scene = resources::uniform::<Scene>(gpu, "scene");
        let canvas = Canvas::new(gpu, target, &compute, &show, &scene);
        Ok(Julia { compute, show, scene, canvas })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        self.canvas = Canvas::new(gpu, target, &self.compute, &self.show, &self.scene);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        // Around a circle near the edge of the Mandelbrot set, where the Julia sets are richest.
        let angle = 2.93 + 0.05 * frame.time.as_secs_f32();
        let seed = [0.7885 * angle.cos(), 0.7885 * angle.sin()];
        let scene = Scene { seed, height: 2.3, padding: 0.0 };
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("julia"),
                ..Default::default()
            });
            pass.set_pipeline(&self.compute);
            pass.set_bind_group(0, &self.canvas.written, &[]);
            let Target { width, height, .. } = frame.target;
            pass.dispatch_workgroups(
                width.div_ceil(WORKGROUP_SIZE),
                height.div_ceil(WORKGROUP_SIZE),
                1,
            );
        }
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("show"),
                color_attachments: &[resources::cleared(frame.view, wgpu::Color::BLACK)],
                ..Default::default()
            });
            pass.set_pipeline(&self.show);
            pass.set_bind_group(0, &self.canvas.shown, &[]);
            pass.draw(0..3, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

impl Canvas {
    fn new(
        gpu: &Gpu,
        target: Target,
        compute: &wgpu::ComputePipeline,
        show: &wgpu::RenderPipeline,
        scene: &wgpu::Buffer,
    ) -> Canvas {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("canvas"),
            size: wgpu::Extent3d {
                width: target.width,
                height: target.height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::STORAGE_BINDING | wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let view = wgpu::BindingResource::TextureView(&view);
        Canvas {
            written: resources::bind_group(
                gpu,
                "written",
                &compute.get_bind_group_layout(0),
                &[scene.as_entire_binding(), view.clone()],
            ),
            shown: resources::bind_group(gpu, "shown", &show.get_bind_group_layout(0), &[view]),
        }
    }
}

fn main() -> ExitCode {
    examples::draw::<Julia>()
}
