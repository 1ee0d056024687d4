//! A flock of birds: a compute shader moves them, a render pass draws as many instances of a dart. The birds stay on the
//! GPU: two buffers take turns, from one the next state of the other is computed.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::{Example, Frame, Gpu, Target, resources};
use glam::Vec2;
use wgpu::util::DeviceExt;

const BACKGROUND: u32 = 0x10141f;
/// As the shader has them.
const BIRDS: u32 = 1200;
const STEPS_PER_SECOND: f64 = 60.0;
const WORKGROUP_SIZE: u32 = 64;
/// When frames take long, the flock becomes slower instead of the frames still longer.
const STEPS_PER_FRAME: u64 = 8;

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Bird {
    position: Vec2,
    velocity: Vec2,
}

struct Flock {
    fly: wgpu::ComputePipeline,
    draw: wgpu::RenderPipeline,
    /// The birds after an even and after an odd number of steps.
    birds: [wgpu::Buffer; 2],
    /// From each of the buffers to the other one.
    steps: [wgpu::BindGroup; 2],
    steps_done: u64,
    scale: wgpu::Buffer,
    scale_group: wgpu::BindGroup,
}

impl Example for Flock {
    const NAME: &'static str = "boids";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Flock> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/boids.wgsl"));
        let fly = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("fly"),
            layout: None,
            module: &shader,
            entry_point: Some("fly"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let draw = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("darts"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("vertex"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[wgpu::VertexBufferLayout {
                    array_stride: size_of::<Bird>() as wgpu::BufferAddress,
                    step_mode: wgpu::VertexStepMode::Instance,
                    attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2],
                }],
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

        let birds = [birds(gpu), birds(gpu)];
        let step = |from: usize, to: usize| {
            let buffers = [birds[from].as_entire_binding(), birds[to].as_entire_binding()];
            resources::bind_group(gpu, "step", &fly.get_bind_group_layout(0), &buffers)
        };
        let steps = [step(0, 1), step(1, 0)];
        let scale = resources::uniform::<Vec2>(gpu, "scale");
        let scale_group = resources::bind_group(
            gpu,
            "scale",
            &draw.get_bind_group_layout(0),
            &[scale.as_entire_binding()],
        );
        Ok(Flock { fly, draw, birds, steps, steps_done: 0, scale, scale_group })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let size = Vec2::new(frame.target.width as f32, frame.target.height as f32);
        let scale = size.min_element() / size;
        gpu.queue.write_buffer(&self.scale, 0, bytemuck::bytes_of(&scale));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let steps = (frame.time.as_secs_f64() * STEPS_PER_SECOND).round() as u64;
        for _ in self.steps_done..steps.min(self.steps_done + STEPS_PER_FRAME) {
            self.step(&mut encoder);
        }
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("darts"),
                color_attachments: &[resources::cleared(frame.view, resources::rgb(BACKGROUND))],
                ..Default::default()
            });
            pass.set_pipeline(&self.draw);
            pass.set_bind_group(0, &self.scale_group, &[]);
            pass.set_vertex_buffer(0, self.birds[self.current()].slice(..));
            pass.draw(0..6, 0..BIRDS);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

impl Flock {
    /// Which of the buffers has the newest state.
    fn current(&self) -> usize {
        (self.steps_done % 2) as usize
    }

    /// Records a pass that moves all birds on by one step.
    fn step(&mut self, encoder: &mut wgpu::CommandEncoder) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some("fly"),
            ..Default::default()
        });
        pass.set_pipeline(&self.fly);
        pass.set_bind_group(0, &self.steps[self.current()], &[]);
        pass.dispatch_workgroups(BIRDS.div_ceil(WORKGROUP_SIZE), 1, 1);
        self.steps_done += 1;
    }
}

/// A buffer with the birds at their start: spread as seeds in a sunflower, in a wind with eddies.
fn birds(gpu: &Gpu) -> wgpu::Buffer {
    let golden_angle = std::f32::consts::PI * (3.0 - 5.0_f32.sqrt());
    let birds: Vec<Bird> = (0..BIRDS)
        .map(|i| {
            let radius = 0.92 * ((i as f32 + 0.5) / BIRDS as f32).sqrt();
            let position = radius * Vec2::from_angle(i as f32 * golden_angle);
            let heading = 3.0 * (2.5 * position.x).sin() + 3.0 * (3.0 * position.y).cos();
            Bird { position, velocity: 0.35 * Vec2::from_angle(heading) }
        })
        .collect();
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("birds"),
        contents: bytemuck::cast_slice(&birds),
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::VERTEX,
    })
}

fn main() -> ExitCode {
    examples::draw::<Flock>()
}
