//! Bodies that cast shadows: a first pass draws depth alone, as the sun sees it, a second one compares with this map
//! whether the sun reaches what the camera sees.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::camera::Camera;
use examples::mesh::{Mesh, Shape, Vertex};
use examples::{Example, Frame, Gpu, Target, resources};
use glam::camera::rh::{proj::directx, view};
use glam::{Mat4, Vec3, Vec4};

const BACKGROUND: wgpu::Color = wgpu::Color { r: 0.84, g: 0.76, b: 0.66, a: 1.0 };
const CAMERA: Camera = Camera {
    eye: Vec3::new(0.5, 4.6, 10.5),
    center: Vec3::new(0.2, 0.7, 0.0),
    field_of_view: 36.0,
};
/// The shadow map: what the sun sees.
const SHADOW_MAP: Target = Target { format: resources::DEPTH, width: 1024, height: 1024 };

/// As the shader has it.
const BODIES: usize = 10;

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
    sun_projection: Mat4,
    to_sun: Vec4,
    bodies: [Body; BODIES],
}

struct Shadow {
    /// The shapes, and how many of the bodies have each, in their order.
    shapes: [(Mesh, u32); 4],
    scene: wgpu::Buffer,
    sun: Pass,
    camera: Pass,
    shadow_map: wgpu::TextureView,
    depth: wgpu::TextureView,
}

/// How the bodies are drawn, as the sun or as the camera sees them.
struct Pass {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
}

impl Example for Shadow {
    const NAME: &'static str = "shadow";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Shadow> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/shadow.wgsl"));
        let scene = resources::uniform::<Scene>(gpu, "scene");
        let shadow_map = resources::attachment(gpu, "shadow map", SHADOW_MAP, 1);
        let shapes = [
            (Shape::plane(1), 1),
            (Shape::cube(), 4),
            (Shape::sphere(), 3),
            (Shape::torus(0.22), 2),
        ];
        Ok(Shadow {
            shapes: shapes.map(|(shape, count)| (Mesh::new(gpu, &shape), count)),
            sun: sun_pass(gpu, &shader, &scene),
            camera: camera_pass(gpu, &shader, &scene, &shadow_map, target.format),
            scene,
            shadow_map,
            depth: resources::depth(gpu, target),
        })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        self.depth = resources::depth(gpu, target);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let time = frame.time.as_secs_f32();
        let direction = 0.65 + 0.1 * time;
        let to_sun = Vec3::new(-direction.cos(), 0.62, direction.sin()).normalize();
        let scene = Scene {
            view_projection: CAMERA.view_projection(frame.target),
            // The sun is so far away that its rays are parallel.
            sun_projection: directx::orthographic(-7.0, 7.0, -7.0, 7.0, 1.0, 30.0)
                * view::look_at_mat4(15.0 * to_sun, Vec3::ZERO, Vec3::Y),
            to_sun: to_sun.extend(0.0),
            bodies: bodies(time),
        };
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.sun.draw(
            &self.shapes,
            encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("sun"),
                depth_stencil_attachment: resources::cleared_depth(&self.shadow_map),
                ..Default::default()
            }),
        );
        self.camera.draw(
            &self.shapes,
            encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("camera"),
                color_attachments: &[resources::cleared(frame.view, BACKGROUND)],
                depth_stencil_attachment: resources::cleared_depth(&self.depth),
                ..Default::default()
            }),
        );
        gpu.queue.submit([encoder.finish()]);
    }
}

impl Pass {
    fn draw(&self, shapes: &[(Mesh, u32)], mut pass: wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        let mut first = 0;
        for (mesh, count) in shapes {
            mesh.draw(&mut pass, first..first + count);
            first += count;
        }
    }
}

fn sun_pass(gpu: &Gpu, shader: &wgpu::ShaderModule, scene: &wgpu::Buffer) -> Pass {
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("sun"),
        layout: None,
        vertex: wgpu::VertexState {
            module: shader,
            entry_point: Some("seen_by_sun"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[Vertex::LAYOUT],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: Some(wgpu::DepthStencilState {
            // A little farther than they are, or surfaces would shade themselves.
            bias: wgpu::DepthBiasState { constant: 2, slope_scale: 2.5, clamp: 0.0 },
            ..resources::nearer_hides()
        }),
        multisample: wgpu::MultisampleState::default(),
        // Depth is all that is drawn.
        fragment: None,
        multiview_mask: None,
        cache: None,
    });
    let layout = pipeline.get_bind_group_layout(0);
    let bind_group = resources::bind_group(gpu, "sun", &layout, &[scene.as_entire_binding()]);
    Pass { pipeline, bind_group }
}

fn camera_pass(
    gpu: &Gpu,
    shader: &wgpu::ShaderModule,
    scene: &wgpu::Buffer,
    shadow_map: &wgpu::TextureView,
    format: wgpu::TextureFormat,
) -> Pass {
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("camera"),
        layout: None,
        vertex: wgpu::VertexState {
            module: shader,
            entry_point: Some("seen_by_camera"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[Vertex::LAYOUT],
        },
        primitive: wgpu::PrimitiveState { cull_mode: Some(wgpu::Face::Back), ..Default::default() },
        depth_stencil: Some(resources::nearer_hides()),
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: shader,
            entry_point: Some("fragment"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    });
    // Such a sampler does not return depths, but how many of the four nearest pass the comparison.
    let comparison = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("nearer than the map"),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        compare: Some(wgpu::CompareFunction::LessEqual),
        ..Default::default()
    });
    let bind_group = resources::bind_group(
        gpu,
        "camera",
        &pipeline.get_bind_group_layout(0),
        &[
            scene.as_entire_binding(),
            wgpu::BindingResource::TextureView(shadow_map),
            wgpu::BindingResource::Sampler(&comparison),
        ],
    );
    Pass { pipeline, bind_group }
}

/// The ground, four boxes, three balls and two rings.
fn bodies(time: f32) -> [Body; BODIES] {
    let body = |color, position: [f32; 3], scale: [f32; 3], turn: f32| {
        let wgpu::Color { r, g, b, .. } = resources::rgb(color);
        Body {
            model: Mat4::from_translation(position.into())
                * Mat4::from_rotation_y(turn)
                * Mat4::from_scale(scale.into()),
            color: Vec4::new(r as f32, g as f32, b as f32, 1.0),
        }
    };
    let upright = Mat4::from_rotation_y(0.5 * time + 0.6) * Mat4::from_rotation_x(1.571);
    let mut bodies = [
        body(0xeadcc6, [0.0; 3], [40.0, 1.0, 40.0], 0.0),
        body(0xd1495b, [-3.0, 1.6, -1.2], [0.5, 1.6, 0.5], 0.3),
        body(0xedae49, [-1.5, 0.7, 0.6], [0.7; 3], 0.7),
        body(0x00798c, [3.1, 0.45, 0.5], [1.1, 0.45, 0.45], -0.35),
        body(0x30638e, [0.9, 0.25, 2.3], [0.25; 3], 0.2 + time),
        body(0xf2f2f2, [-1.5, 1.95 + 0.1 * (2.0 * time).sin(), 0.6], [0.5; 3], 0.0),
        body(0xedae49, [2.7, 1.4, 0.65], [0.5; 3], 0.0),
        body(0xd1495b, [2.2, 0.4, 2.0], [0.4; 3], 0.0),
        body(0x00798c, [0.8, 1.83, -0.6], [1.5; 3], 0.0),
        body(0xf2f2f2, [-1.7, 0.22, 2.6], [0.65; 3], 0.0),
    ];
    bodies[8].model *= upright;
    bodies
}

fn main() -> ExitCode {
    examples::draw::<Shadow>()
}
