//! Overlapping discs, counted in the stencil: a first pass adds 1 wherever a disc is, a second one paints each count in
//! its own colour. No colour is blended.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::{Example, Frame, Gpu, Target, resources};

const STENCIL: wgpu::TextureFormat = wgpu::TextureFormat::Stencil8;
/// Samples in each pixel; the stencil counts in each of them, which smooths the edges.
const SAMPLES: u32 = 4;
/// Corners of the polygon that stands for a disc, as the shader has it.
const CORNERS: u32 = 96;
/// One in the middle, and rings of 6, 12 and 18 around it.
const DISCS: u32 = 1 + 6 + 12 + 18;
/// Counts that have a colour, from 0.
const COUNTS: u32 = 8;

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    scale: [f32; 2],
    radius: f32,
    turn: f32,
}

struct Stencil {
    count: wgpu::RenderPipeline,
    paint: wgpu::RenderPipeline,
    scene: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    stencil: wgpu::TextureView,
    samples: wgpu::TextureView,
}

impl Example for Stencil {
    const NAME: &'static str = "stencil";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Stencil> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/stencil.wgsl"));
        let vertex = |entry_point| wgpu::VertexState {
            module: &shader,
            entry_point: Some(entry_point),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        };
        let multisample = wgpu::MultisampleState { count: SAMPLES, ..Default::default() };
        let count = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("count"),
            layout: None,
            vertex: vertex("disc"),
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: Some(stencil_state(
                wgpu::CompareFunction::Always,
                wgpu::StencilOperation::IncrementClamp,
            )),
            multisample,
            // The stencil is all that is drawn.
            fragment: None,
            multiview_mask: None,
            cache: None,
        });
        let paint = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("paint"),
            layout: None,
            vertex: vertex("everything"),
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: Some(stencil_state(
                wgpu::CompareFunction::Equal,
                wgpu::StencilOperation::Keep,
            )),
            multisample,
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("paint"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(target.format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        let scene = resources::uniform::<Scene>(gpu, "scene");
        let layout = count.get_bind_group_layout(0);
        let bind_group = resources::bind_group(gpu, "scene", &layout, &[scene.as_entire_binding()]);
        let (stencil, samples) = attachments(gpu, target);
        Ok(Stencil { count, paint, scene, bind_group, stencil, samples })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        (self.stencil, self.samples) = attachments(gpu, target);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let time = frame.time.as_secs_f32();
        let aspect = frame.target.width as f32 / frame.target.height as f32;
        let scene = Scene {
            scale: [0.215 / aspect.max(1.0), 0.215 * aspect.min(1.0)],
            radius: 1.12 + 0.2 * (0.6 * time).sin(),
            turn: 0.1 * time,
        };
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("count"),
                depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                    view: &self.stencil,
                    depth_ops: None,
                    stencil_ops: Some(wgpu::Operations {
                        load: wgpu::LoadOp::Clear(0),
                        store: wgpu::StoreOp::Store,
                    }),
                }),
                ..Default::default()
            });
            pass.set_pipeline(&self.count);
            pass.set_bind_group(0, &self.bind_group, &[]);
            pass.draw(0..3 * CORNERS, 0..DISCS);
        }
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("paint"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &self.samples,
                    depth_slice: None,
                    resolve_target: Some(frame.view),
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Discard,
                    },
                })],
                depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                    view: &self.stencil,
                    depth_ops: None,
                    // It is only compared with.
                    stencil_ops: None,
                }),
                ..Default::default()
            });
            pass.set_pipeline(&self.paint);
            for count in 0..COUNTS {
                pass.set_stencil_reference(count);
                pass.draw(0..3, count..count + 1);
            }
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

/// Draws what passes the comparison of reference and stencil, and then does `operation` to the stencil.
fn stencil_state(
    compare: wgpu::CompareFunction,
    operation: wgpu::StencilOperation,
) -> wgpu::DepthStencilState {
    let face = wgpu::StencilFaceState { compare, pass_op: operation, ..Default::default() };
    let writes = operation != wgpu::StencilOperation::Keep;
    wgpu::DepthStencilState::stencil(
        STENCIL,
        wgpu::StencilState {
            front: face,
            back: face,
            read_mask: 0xff,
            write_mask: if writes { 0xff } else { 0 },
        },
    )
}

/// The stencil, and the colours of all samples.
fn attachments(gpu: &Gpu, target: Target) -> (wgpu::TextureView, wgpu::TextureView) {
    let stencil = Target { format: STENCIL, ..target };
    (
        resources::attachment(gpu, "stencil", stencil, SAMPLES),
        resources::attachment(gpu, "samples", target, SAMPLES),
    )
}

fn main() -> ExitCode {
    examples::draw::<Stencil>()
}
