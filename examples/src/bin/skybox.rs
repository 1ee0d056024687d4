//! A cube map, whose six faces are drawn at the start: the sky around everything, and what mirrors it.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::camera::Camera;
use examples::mesh::{Mesh, Shape, Vertex};
use examples::{Example, Frame, Gpu, Target, resources};
use glam::{Mat4, Vec3, Vec4};

/// Width and height of each face of the cube map.
const FACE: u32 = 512;
/// The sky has lights that are brighter than white.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba16Float;

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Body {
    model: Mat4,
    color: Vec4,
}

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    view_projection: Mat4,
    from_clip: Mat4,
    eye: Vec4,
    bodies: [Body; 2],
}

struct Skybox {
    sky: wgpu::RenderPipeline,
    mirror: wgpu::RenderPipeline,
    sky_group: wgpu::BindGroup,
    mirror_group: wgpu::BindGroup,
    bodies: [Mesh; 2],
    scene: wgpu::Buffer,
    depth: wgpu::TextureView,
}

impl Example for Skybox {
    const NAME: &'static str = "skybox";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Skybox> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/skybox.wgsl"));
        let cube_map = cube_map(gpu, &shader);
        let bodies = wgpu::VertexState {
            module: &shader,
            entry_point: Some("body"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[Vertex::LAYOUT],
        };
        let mirror =
            pipeline(gpu, bodies, "mirror", target.format, Some(resources::nearer_hides()));
        // The sky is drawn last, only where nothing is in front of it.
        let behind = wgpu::DepthStencilState {
            depth_write_enabled: Some(false),
            depth_compare: Some(wgpu::CompareFunction::LessEqual),
            ..resources::nearer_hides()
        };
        let sky =
            pipeline(gpu, covering(&shader, "background"), "show", target.format, Some(behind));

        let scene = resources::uniform::<Scene>(gpu, "scene");
        let sampler = resources::linear(gpu);
        let bind_group = |pipeline: &wgpu::RenderPipeline| {
            let entries = [
                scene.as_entire_binding(),
                wgpu::BindingResource::TextureView(&cube_map),
                wgpu::BindingResource::Sampler(&sampler),
            ];
            resources::bind_group(gpu, "scene", &pipeline.get_bind_group_layout(0), &entries)
        };
        Ok(Skybox {
            sky_group: bind_group(&sky),
            mirror_group: bind_group(&mirror),
            sky,
            mirror,
            bodies: [Shape::sphere(), Shape::torus(0.07)].map(|shape| Mesh::new(gpu, &shape)),
            scene,
            depth: resources::depth(gpu, target),
        })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        self.depth = resources::depth(gpu, target);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let scene = scene(frame.target, frame.time.as_secs_f32());
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("skybox"),
                color_attachments: &[resources::cleared(frame.view, wgpu::Color::BLACK)],
                depth_stencil_attachment: resources::cleared_depth(&self.depth),
                ..Default::default()
            });
            pass.set_pipeline(&self.mirror);
            pass.set_bind_group(0, &self.mirror_group, &[]);
            for (body, index) in self.bodies.iter().zip(0..) {
                body.draw(&mut pass, index..index + 1);
            }
            pass.set_pipeline(&self.sky);
            pass.set_bind_group(0, &self.sky_group, &[]);
            pass.draw(0..3, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

/// The camera goes round a silver ball with a golden ring.
fn scene(target: Target, time: f32) -> Scene {
    let (sin, cos) = (0.25 + 0.1 * time).sin_cos();
    let camera = Camera {
        eye: Vec3::new(5.0 * sin, 0.35, 5.0 * cos),
        center: Vec3::new(0.0, 0.55, 0.0),
        field_of_view: 50.0,
    };
    let view_projection = camera.view_projection(target);
    let tilt = Mat4::from_rotation_y(0.4 * time) * Mat4::from_rotation_z(0.3);
    Scene {
        view_projection,
        from_clip: view_projection.inverse(),
        eye: camera.eye.extend(1.0),
        bodies: [
            Body { model: Mat4::IDENTITY, color: Vec4::new(0.95, 0.96, 0.98, 1.0) },
            Body {
                model: tilt * Mat4::from_scale(Vec3::splat(1.6)),
                color: Vec4::new(1.0, 0.70, 0.32, 1.0),
            },
        ],
    }
}

/// Makes the cube map and draws its faces.
fn cube_map(gpu: &Gpu, shader: &wgpu::ShaderModule) -> wgpu::TextureView {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("sky"),
        size: wgpu::Extent3d { width: FACE, height: FACE, depth_or_array_layers: 6 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    });
    let pipeline = pipeline(gpu, covering(shader, "face"), "evening", FORMAT, None);
    let mut encoder =
        gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("sky") });
    for face in 0..6 {
        let view = texture.create_view(&wgpu::TextureViewDescriptor {
            label: Some("face"),
            dimension: Some(wgpu::TextureViewDimension::D2),
            base_array_layer: face,
            array_layer_count: Some(1),
            ..Default::default()
        });
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("face"),
            color_attachments: &[resources::cleared(&view, wgpu::Color::BLACK)],
            ..Default::default()
        });
        pass.set_pipeline(&pipeline);
        pass.draw(0..3, face..face + 1);
    }
    gpu.queue.submit([encoder.finish()]);
    texture.create_view(&wgpu::TextureViewDescriptor {
        label: Some("sky"),
        dimension: Some(wgpu::TextureViewDimension::Cube),
        ..Default::default()
    })
}

/// The vertices of a triangle that covers everything; they need no buffer.
fn covering<'a>(shader: &'a wgpu::ShaderModule, entry_point: &'a str) -> wgpu::VertexState<'a> {
    wgpu::VertexState {
        module: shader,
        entry_point: Some(entry_point),
        compilation_options: wgpu::PipelineCompilationOptions::default(),
        buffers: &[],
    }
}

fn pipeline(
    gpu: &Gpu,
    vertex: wgpu::VertexState<'_>,
    fragment: &str,
    format: wgpu::TextureFormat,
    depth_stencil: Option<wgpu::DepthStencilState>,
) -> wgpu::RenderPipeline {
    let module = vertex.module;
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(fragment),
        layout: None,
        vertex,
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some(fragment),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn main() -> ExitCode {
    examples::draw::<Skybox>()
}
