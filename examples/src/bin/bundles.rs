//! Render bundles: 1542 draw calls, recorded once, executed in each frame by one call.
//!
//! What a bundle draws is recorded, what is in its buffers is not: the flower turns, though nothing is recorded anew.

use webgpu as wgpu;

use std::process::ExitCode;

use examples::{Example, Frame, Gpu, Target, resources};

const BACKGROUND: u32 = 0x17211d;
/// How many of each are drawn, as the shader has them.
const PETALS: u32 = 42;
const FLORETS: u32 = 1500;
/// Two triangles make the square that a shape lies in.
const VERTICES: u32 = 6;
/// Turns of the flower in a second.
const SPEED: f32 = 0.02;

struct Bundles {
    scene: wgpu::Buffer,
    petals: wgpu::RenderBundle,
    florets: wgpu::RenderBundle,
}

impl Example for Bundles {
    const NAME: &'static str = "bundles";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Bundles> {
        let module =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/bundles.wgsl"));
        let scene = resources::uniform::<[f32; 2]>(gpu, "scene");
        let petals = pipeline(gpu, &module, target, "petal_vertex", "petal_fragment");
        let florets = pipeline(gpu, &module, target, "floret_vertex", "floret_fragment");
        Ok(Bundles {
            petals: record(gpu, target, &petals, &scene, PETALS),
            florets: record(gpu, target, &florets, &scene, FLORETS),
            scene,
        })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let aspect = frame.target.width as f32 / frame.target.height as f32;
        let turn = std::f32::consts::TAU * SPEED * frame.time.as_secs_f32();
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::cast_slice(&[aspect, turn]));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("bundles"),
                color_attachments: &[resources::cleared(frame.view, resources::rgb(BACKGROUND))],
                ..Default::default()
            });
            pass.execute_bundles([&self.petals, &self.florets]);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

/// Records a draw call for each of the shapes.
fn record(
    gpu: &Gpu,
    target: Target,
    pipeline: &wgpu::RenderPipeline,
    scene: &wgpu::Buffer,
    shapes: u32,
) -> wgpu::RenderBundle {
    let layout = pipeline.get_bind_group_layout(0);
    let bind_group = resources::bind_group(gpu, "scene", &layout, &[scene.as_entire_binding()]);
    // A bundle fits every pass whose attachments have these formats.
    let mut encoder =
        gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            label: Some("shapes"),
            color_formats: &[Some(target.format)],
            depth_stencil: None,
            sample_count: 1,
            multiview: None,
        });
    // Like each pass, a bundle starts with nothing set.
    encoder.set_pipeline(pipeline);
    encoder.set_bind_group(0, &bind_group, &[]);
    for shape in 0..shapes {
        encoder.draw(0..VERTICES, shape..shape + 1);
    }
    encoder.finish(&wgpu::RenderBundleDescriptor { label: Some("shapes") })
}

fn pipeline(
    gpu: &Gpu,
    module: &wgpu::ShaderModule,
    target: Target,
    vertex: &str,
    fragment: &str,
) -> wgpu::RenderPipeline {
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(vertex),
        layout: None,
        vertex: wgpu::VertexState {
            module,
            entry_point: Some(vertex),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some(fragment),
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
    examples::draw::<Bundles>()
}
