//! An island in the sea, in three passes: what the water mirrors is drawn into a texture; island and sky are drawn; the
//! water is drawn over them, and reads how deep it is from the very depth attachment that hides it.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::camera::Camera;
use examples::mesh::{Mesh, Shape, Vertex};
use examples::{Example, Frame, Gpu, Target, resources};
use glam::{Mat4, Vec3};

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    view_projection: Mat4,
    from_clip: Mat4,
    eye: Vec3,
    time: f32,
    lowest: f32,
    padding: [f32; 3],
}

struct Water {
    island: Pipeline,
    sky: Pipeline,
    water: wgpu::RenderPipeline,
    ground: Mesh,
    surface: Mesh,
    upright: wgpu::Buffer,
    mirrored: wgpu::Buffer,
    sampler: wgpu::Sampler,
    attachments: Attachments,
}

/// Something that is drawn twice: as it is, and mirrored.
struct Pipeline {
    pipeline: wgpu::RenderPipeline,
    upright: wgpu::BindGroup,
    mirrored: wgpu::BindGroup,
}

/// What is as large as the target.
struct Attachments {
    depth: wgpu::TextureView,
    mirrored: wgpu::TextureView,
    mirrored_depth: wgpu::TextureView,
    /// What the water reads.
    water: wgpu::BindGroup,
}

impl Example for Water {
    const NAME: &'static str = "water";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Water> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/water.wgsl"));
        let upright = resources::uniform::<Scene>(gpu, "upright");
        let mirrored = resources::uniform::<Scene>(gpu, "mirrored");
        let twice = |pipeline: wgpu::RenderPipeline| {
            let layout = pipeline.get_bind_group_layout(0);
            let bind_group = |label, scene: &wgpu::Buffer| {
                resources::bind_group(gpu, label, &layout, &[scene.as_entire_binding()])
            };
            Pipeline {
                upright: bind_group("upright", &upright),
                mirrored: bind_group("mirrored", &mirrored),
                pipeline,
            }
        };

        let nearer_hides = resources::nearer_hides();
        let island = pipeline(gpu, &shader, "island", target, None, nearer_hides.clone());
        // The sky is drawn last, only where nothing is in front of it.
        let behind = wgpu::DepthStencilState {
            depth_write_enabled: Some(false),
            depth_compare: Some(wgpu::CompareFunction::LessEqual),
            ..nearer_hides.clone()
        };
        let sky = pipeline(gpu, &shader, "sky", target, None, behind);
        let reads_depth =
            wgpu::DepthStencilState { depth_write_enabled: Some(false), ..nearer_hides };
        let blend = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        let water = pipeline(gpu, &shader, "water", target, blend, reads_depth);

        let sampler = resources::linear(gpu);
        Ok(Water {
            island: twice(island),
            sky: twice(sky),
            attachments: Attachments::new(gpu, target, &water, &upright, &sampler),
            water,
            ground: Mesh::new(gpu, &Shape::plane(112)),
            surface: Mesh::new(gpu, &Shape::plane(1)),
            upright,
            mirrored,
            sampler,
        })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        self.attachments = Attachments::new(gpu, target, &self.water, &self.upright, &self.sampler);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let (upright, mirrored) = scenes(frame.target, frame.time.as_secs_f32());
        gpu.queue.write_buffer(&self.upright, 0, bytemuck::bytes_of(&upright));
        gpu.queue.write_buffer(&self.mirrored, 0, bytemuck::bytes_of(&mirrored));

        let Attachments { depth, mirrored, mirrored_depth, water } = &self.attachments;
        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("mirrored"),
                color_attachments: &[resources::cleared(mirrored, wgpu::Color::BLACK)],
                depth_stencil_attachment: resources::cleared_depth(mirrored_depth),
                ..Default::default()
            });
            self.draw_above(&mut pass, |pipeline| &pipeline.mirrored);
        }
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("island and sky"),
                color_attachments: &[resources::cleared(frame.view, wgpu::Color::BLACK)],
                depth_stencil_attachment: resources::cleared_depth(depth),
                ..Default::default()
            });
            self.draw_above(&mut pass, |pipeline| &pipeline.upright);
        }
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("water"),
                color_attachments: &[resources::kept(frame.view)],
                // Without operations depth is read-only, and so may be bound as a texture at the same time.
                depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                    view: depth,
                    depth_ops: None,
                    stencil_ops: None,
                }),
                ..Default::default()
            });
            pass.set_pipeline(&self.water);
            pass.set_bind_group(0, water, &[]);
            self.surface.draw(&mut pass, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

impl Water {
    /// Draws island and sky with the bind groups that `side` chooses.
    fn draw_above(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        side: impl Fn(&Pipeline) -> &wgpu::BindGroup,
    ) {
        pass.set_pipeline(&self.island.pipeline);
        pass.set_bind_group(0, side(&self.island), &[]);
        self.ground.draw(pass, 0..1);
        pass.set_pipeline(&self.sky.pipeline);
        pass.set_bind_group(0, side(&self.sky), &[]);
        pass.draw(0..3, 0..1);
    }
}

impl Attachments {
    fn new(
        gpu: &Gpu,
        target: Target,
        water: &wgpu::RenderPipeline,
        upright: &wgpu::Buffer,
        sampler: &wgpu::Sampler,
    ) -> Attachments {
        let depth = resources::depth(gpu, target);
        let mirrored = resources::attachment(gpu, "mirrored", target, 1);
        let water = resources::bind_group(
            gpu,
            "water",
            &water.get_bind_group_layout(0),
            &[
                upright.as_entire_binding(),
                wgpu::BindingResource::TextureView(&mirrored),
                wgpu::BindingResource::Sampler(sampler),
                wgpu::BindingResource::TextureView(&depth),
            ],
        );
        Attachments { depth, mirrored, mirrored_depth: resources::depth(gpu, target), water }
    }
}

/// The scene as the camera sees it, and as it sees it in a mirror at height 0.
fn scenes(target: Target, time: f32) -> (Scene, Scene) {
    let (sin, cos) = (0.15 * (0.2 * time).sin()).sin_cos();
    let camera = Camera {
        eye: Vec3::new(11.0 * sin, 1.9, 11.0 * cos),
        center: Vec3::new(0.0, 0.8, 0.0),
        field_of_view: 34.0,
    };
    let scene = |mirror: Mat4, lowest| {
        let view_projection = camera.view_projection(target) * mirror;
        Scene {
            view_projection,
            from_clip: view_projection.inverse(),
            eye: mirror.transform_point3(camera.eye),
            time,
            lowest,
            padding: [0.0; 3],
        }
    };
    (scene(Mat4::IDENTITY, f32::MIN), scene(Mat4::from_scale(Vec3::new(1.0, -1.0, 1.0)), 0.0))
}

/// The pipeline whose entry points have names that start with `name`.
fn pipeline(
    gpu: &Gpu,
    shader: &wgpu::ShaderModule,
    name: &str,
    target: Target,
    blend: Option<wgpu::BlendState>,
    depth: wgpu::DepthStencilState,
) -> wgpu::RenderPipeline {
    let mesh = [Vertex::LAYOUT];
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(name),
        layout: None,
        vertex: wgpu::VertexState {
            module: shader,
            entry_point: Some(&format!("{name}_vertex")),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            // The sky has no mesh.
            buffers: if name == "sky" { &[] } else { &mesh },
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: Some(depth),
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: shader,
            entry_point: Some(&format!("{name}_fragment")),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format: target.format,
                blend,
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn main() -> ExitCode {
    examples::draw::<Water>()
}
