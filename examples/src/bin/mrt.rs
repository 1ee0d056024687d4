//! Several targets of one pass: it draws colours, normals and distances into three textures at once. A second pass shows
//! them, and lights the scene with them.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::camera::Camera;
use examples::mesh::{Mesh, Shape, Vertex};
use examples::{Example, Frame, Gpu, Target, resources};
use glam::{Mat4, Vec3};

const CAMERA: Camera =
    Camera { eye: Vec3::new(0.0, 4.6, 9.0), center: Vec3::new(0.0, 1.3, 0.0), field_of_view: 36.0 };
/// As many as the shader has places for: 25 by 25.
const COLUMNS: u32 = 25 * 25;

/// Formats of the three targets: colour, normal, distance. Each holds what the fragment shader returns for it.
const FORMATS: [wgpu::TextureFormat; 3] = [
    wgpu::TextureFormat::Rgba8UnormSrgb,
    wgpu::TextureFormat::Rgba16Float,
    wgpu::TextureFormat::R32Float,
];

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    view_projection: Mat4,
    models: [Mat4; 2],
    eye: Vec3,
    time: f32,
    aspect: f32,
    padding: [f32; 3],
}

struct Mrt {
    draw: wgpu::RenderPipeline,
    show: wgpu::RenderPipeline,
    ball: Mesh,
    ring: Mesh,
    column: Mesh,
    scene: wgpu::Buffer,
    drawn: wgpu::BindGroup,
    targets: Targets,
}

/// The textures that the first pass draws on, and the bind group through which the second one reads them.
struct Targets {
    views: [wgpu::TextureView; 3],
    depth: wgpu::TextureView,
    shown: wgpu::BindGroup,
}

impl Example for Mrt {
    const NAME: &'static str = "mrt";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Mrt> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/mrt.wgsl"));
        let draw = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("draw"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("vertex"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[Vertex::LAYOUT],
            },
            primitive: wgpu::PrimitiveState {
                cull_mode: Some(wgpu::Face::Back),
                ..Default::default()
            },
            depth_stencil: Some(resources::nearer_hides()),
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("three"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &FORMATS.map(|format| Some(format.into())),
            }),
            multiview_mask: None,
            cache: None,
        });
        let show = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("show"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("everything"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("strips"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(target.format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        let scene = resources::uniform::<Scene>(gpu, "scene");
        let drawn = resources::bind_group(
            gpu,
            "drawn",
            &draw.get_bind_group_layout(0),
            &[scene.as_entire_binding()],
        );
        let targets = Targets::new(gpu, target, &show, &scene);
        Ok(Mrt {
            draw,
            show,
            ball: Mesh::new(gpu, &Shape::sphere()),
            ring: Mesh::new(gpu, &Shape::torus(0.12)),
            column: Mesh::new(gpu, &Shape::cube()),
            scene,
            drawn,
            targets,
        })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        self.targets = Targets::new(gpu, target, &self.show, &self.scene);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let scene = scene(frame.target, frame.time.as_secs_f32());
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let cleared = |view| resources::cleared(view, wgpu::Color::TRANSPARENT);
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("draw"),
                color_attachments: &self.targets.views.each_ref().map(cleared),
                depth_stencil_attachment: resources::cleared_depth(&self.targets.depth),
                ..Default::default()
            });
            pass.set_pipeline(&self.draw);
            pass.set_bind_group(0, &self.drawn, &[]);
            self.ball.draw(&mut pass, 0..1);
            self.ring.draw(&mut pass, 1..2);
            self.column.draw(&mut pass, 2..2 + COLUMNS);
        }
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("show"),
                color_attachments: &[resources::cleared(frame.view, wgpu::Color::BLACK)],
                ..Default::default()
            });
            pass.set_pipeline(&self.show);
            pass.set_bind_group(0, &self.targets.shown, &[]);
            pass.draw(0..3, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

impl Targets {
    fn new(
        gpu: &Gpu,
        target: Target,
        show: &wgpu::RenderPipeline,
        scene: &wgpu::Buffer,
    ) -> Targets {
        let views = FORMATS
            .map(|format| resources::attachment(gpu, "target", Target { format, ..target }, 1));
        let [color, normal, distance] = views.each_ref().map(wgpu::BindingResource::TextureView);
        let shown = resources::bind_group(
            gpu,
            "shown",
            &show.get_bind_group_layout(0),
            &[scene.as_entire_binding(), color, normal, distance],
        );
        Targets { depth: resources::depth(gpu, target), views, shown }
    }
}

/// A ball with a ring, which float above the columns.
fn scene(target: Target, time: f32) -> Scene {
    let place = Mat4::from_translation(Vec3::new(0.0, 2.4, 0.0));
    let tilt = Mat4::from_rotation_y(0.7 * time) * Mat4::from_rotation_z(0.35);
    Scene {
        view_projection: CAMERA.view_projection(target),
        models: [
            place * Mat4::from_scale(Vec3::splat(1.05)),
            place * tilt * Mat4::from_scale(Vec3::splat(1.7)),
        ],
        eye: CAMERA.eye,
        time,
        aspect: target.width as f32 / target.height as f32,
        padding: [0.0; 3],
    }
}

fn main() -> ExitCode {
    examples::draw::<Mrt>()
}
