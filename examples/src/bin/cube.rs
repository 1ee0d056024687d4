//! Textured cubes, the near ones in front of the far ones: vertex and index buffers, a texture, a uniform buffer, and a
//! depth attachment.

use webgpu as wgpu;

use std::f32::consts::TAU;
use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::camera::Camera;
use examples::mesh::{Mesh, Shape, Vertex};
use examples::{Example, Frame, Gpu, Target, resources};
use glam::{Mat4, Quat, Vec3};
use wgpu::util::{DeviceExt, TextureDataOrder};

const BACKGROUND: u32 = 0x1b2a38;
const CAMERA: Camera = Camera {
    eye: Vec3::new(0.0, 3.0, 7.2),
    center: Vec3::new(0.0, -0.45, 0.0),
    field_of_view: 42.0,
};

/// One cube in the middle, and the ones that go round it.
const CUBES: usize = 13;
/// Width and height of the texture.
const TEXELS: u32 = 320;
/// Width and height of one of the texture's tiles.
const TILE: u32 = TEXELS / 5;
/// For each tile, whether it is turned by a quarter.
const TURNED: u32 = 0x1a5_3d2e;

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    view_projection: Mat4,
    /// From each cube into the world.
    models: [Mat4; CUBES],
}

struct Cube {
    pipeline: wgpu::RenderPipeline,
    mesh: Mesh,
    scene: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    depth: wgpu::TextureView,
}

impl Example for Cube {
    const NAME: &'static str = "cube";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Cube> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/cube.wgsl"));
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("cubes"),
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
                entry_point: Some("fragment"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(target.format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });

        let scene = resources::uniform::<Scene>(gpu, "scene");
        let sampler = resources::linear(gpu);
        let bind_group = resources::bind_group(
            gpu,
            "scene",
            &pipeline.get_bind_group_layout(0),
            &[
                scene.as_entire_binding(),
                wgpu::BindingResource::TextureView(&texture(gpu)),
                wgpu::BindingResource::Sampler(&sampler),
            ],
        );
        Ok(Cube {
            pipeline,
            mesh: Mesh::new(gpu, &Shape::cube()),
            scene,
            bind_group,
            depth: resources::depth(gpu, target),
        })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        self.depth = resources::depth(gpu, target);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let scene = Scene {
            view_projection: CAMERA.view_projection(frame.target),
            models: models(frame.time.as_secs_f32()),
        };
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("cubes"),
                color_attachments: &[resources::cleared(frame.view, resources::rgb(BACKGROUND))],
                depth_stencil_attachment: resources::cleared_depth(&self.depth),
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &self.bind_group, &[]);
            self.mesh.draw(&mut pass, 0..CUBES as u32);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

/// Where the cubes are after `time` seconds.
fn models(time: f32) -> [Mat4; CUBES] {
    let mut models = [Mat4::from_rotation_y(0.6 + 0.3 * time); CUBES];
    for (i, model) in models[1..].iter_mut().enumerate() {
        let angle = TAU * i as f32 / (CUBES - 1) as f32 + 0.2 * time;
        let position = Vec3::new(3.0 * angle.cos(), 0.35 * (3.0 * angle).sin(), 3.0 * angle.sin());
        let rotation = Quat::from_rotation_y(-angle) * Quat::from_rotation_x(i as f32 + time);
        *model = Mat4::from_scale_rotation_translation(Vec3::splat(0.32), rotation, position);
    }
    models
}

/// Tiles with two arcs each, which meet those of the neighbours, whichever way the tiles are turned.
fn texture(gpu: &Gpu) -> wgpu::TextureView {
    let texels: Vec<u8> =
        (0..TEXELS * TEXELS).flat_map(|i| texel(i % TEXELS, i / TEXELS)).collect();
    let texture = gpu.device.create_texture_with_data(
        &gpu.queue,
        &wgpu::TextureDescriptor {
            label: Some("tiles"),
            size: wgpu::Extent3d { width: TEXELS, height: TEXELS, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8UnormSrgb,
            usage: wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        },
        TextureDataOrder::default(),
        &texels,
    );
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

fn texel(x: u32, y: u32) -> [u8; 4] {
    let tile = y / TILE * (TEXELS / TILE) + x / TILE;
    let size = TILE as f32;
    let mut x = (x % TILE) as f32 + 0.5;
    let y = (y % TILE) as f32 + 0.5;
    if TURNED >> tile & 1 == 1 {
        x = size - x;
    }
    // From the middle of the nearer arc, around the upper left or the lower right corner.
    let distance = [x.hypot(y), (size - x).hypot(size - y)]
        .map(|radius| (radius - size / 2.0).abs())
        .into_iter()
        .fold(size, f32::min);
    let arc = (size / 6.0 - distance + 0.5).clamp(0.0, 1.0);
    let mix = |ground: f32, arc_color: f32| (ground + arc * (arc_color - ground)) as u8;
    [mix(38.0, 250.0), mix(92.0, 238.0), mix(110.0, 214.0), 255]
}

fn main() -> ExitCode {
    examples::draw::<Cube>()
}
