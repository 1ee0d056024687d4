//! A planet, drawn once into a small texture, which the picture then shows many times, each time in other colours.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::camera::Camera;
use examples::mesh::{Mesh, Shape, Vertex};
use examples::{Example, Frame, Gpu, Target, resources};
use glam::{Mat4, Vec3};

const CAMERA: Camera =
    Camera { eye: Vec3::new(0.0, 0.0, 5.6), center: Vec3::ZERO, field_of_view: 40.0 };
/// The texture: it needs no more detail than the tiles of the picture show.
const TEXTURE: Target = Target { format: wgpu::TextureFormat::Rgba8Unorm, width: 256, height: 256 };

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    view_projection: Mat4,
    models: [Mat4; 2],
}

struct Tiles {
    planet: Planet,
    pipeline: wgpu::RenderPipeline,
    aspect: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
}

/// What is drawn into the texture.
struct Planet {
    pipeline: wgpu::RenderPipeline,
    bodies: [Mesh; 2],
    scene: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    texture: wgpu::TextureView,
    depth: wgpu::TextureView,
}

impl Example for Tiles {
    const NAME: &'static str = "render_to_texture";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Tiles> {
        let shader = gpu
            .device
            .create_shader_module(wgpu::include_wgsl!("../../../shaders/render_to_texture.wgsl"));
        let planet = Planet::new(gpu, &shader);
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("tiles"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("all"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("tiles"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(target.format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        let aspect = resources::uniform::<f32>(gpu, "aspect");
        let sampler = resources::linear(gpu);
        let bind_group = resources::bind_group(
            gpu,
            "tiles",
            &pipeline.get_bind_group_layout(0),
            &[
                aspect.as_entire_binding(),
                wgpu::BindingResource::TextureView(&planet.texture),
                wgpu::BindingResource::Sampler(&sampler),
            ],
        );
        Ok(Tiles { planet, pipeline, aspect, bind_group })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.planet.draw(gpu, &mut encoder, frame.time.as_secs_f32());

        let aspect = frame.target.width as f32 / frame.target.height as f32;
        gpu.queue.write_buffer(&self.aspect, 0, bytemuck::bytes_of(&aspect));
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("tiles"),
                color_attachments: &[resources::cleared(frame.view, wgpu::Color::BLACK)],
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &self.bind_group, &[]);
            pass.draw(0..3, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

impl Planet {
    fn new(gpu: &Gpu, shader: &wgpu::ShaderModule) -> Planet {
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("planet"),
            layout: None,
            vertex: wgpu::VertexState {
                module: shader,
                entry_point: Some("body"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[Vertex::LAYOUT],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: Some(resources::nearer_hides()),
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: shader,
                entry_point: Some("light"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(TEXTURE.format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        let scene = resources::uniform::<Scene>(gpu, "scene");
        let layout = pipeline.get_bind_group_layout(0);
        let bind_group = resources::bind_group(gpu, "scene", &layout, &[scene.as_entire_binding()]);
        Planet {
            pipeline,
            bodies: [Shape::sphere(), Shape::torus(0.14)].map(|shape| Mesh::new(gpu, &shape)),
            scene,
            bind_group,
            texture: resources::attachment(gpu, "planet", TEXTURE, 1),
            depth: resources::depth(gpu, TEXTURE),
        }
    }

    /// Records the pass that draws into the texture.
    fn draw(&self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder, time: f32) {
        let tilt = Mat4::from_rotation_z(0.35) * Mat4::from_rotation_x(0.45 + 0.3 * time.sin());
        let scene = Scene {
            view_projection: CAMERA.view_projection(TEXTURE),
            models: [tilt, tilt * Mat4::from_scale(Vec3::new(1.55, 0.5, 1.55))],
        };
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("planet"),
            color_attachments: &[resources::cleared(&self.texture, wgpu::Color::TRANSPARENT)],
            depth_stencil_attachment: resources::cleared_depth(&self.depth),
            ..Default::default()
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        for (body, index) in self.bodies.iter().zip(0..) {
            body.draw(&mut pass, index..index + 1);
        }
    }
}

fn main() -> ExitCode {
    examples::draw::<Tiles>()
}
