//! Three languages of shaders: the same card from WGSL, from SPIR-V, from GLSL, left to right.
//!
//! WGSL has all stages in one module, GLSL one for each; SPIR-V is what other compilers make, here of the GLSL.

use webgpu as wgpu;

use std::process::ExitCode;

use examples::{Example, Frame, Gpu, Target, resources};

const BACKGROUND: u32 = 0x20242c;
/// Width of a card by its height.
const CARD: f32 = 0.46;
/// Between the cards and around them, in parts of the height of a card.
const GAP: f32 = 0.035;

/// Both stages in one module.
const WGSL: wgpu::ShaderModuleDescriptor<'_> = wgpu::include_wgsl!("../../../shaders/shaders.wgsl");
/// Vertex and fragment shader.
const GLSL: [&str; 2] =
    [include_str!("../../../shaders/shaders.vert"), include_str!("../../../shaders/shaders.frag")];
/// Made of [`GLSL`], by the commands that stand there.
const SPIRV: [&[u8]; 2] = [
    include_bytes!("../../../shaders/shaders.vert.spv"),
    include_bytes!("../../../shaders/shaders.frag.spv"),
];

struct Shaders {
    /// One for each language.
    pipelines: [wgpu::RenderPipeline; 3],
}

impl Example for Shaders {
    const NAME: &'static str = "shaders";

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Shaders> {
        let wgsl = gpu.device.create_shader_module(WGSL);
        let spirv = SPIRV.map(|file| spirv(gpu, file));
        let [vertex, fragment] = GLSL;
        let glsl = [
            glsl(gpu, wgpu::naga::ShaderStage::Vertex, vertex),
            glsl(gpu, wgpu::naga::ShaderStage::Fragment, fragment),
        ];
        Ok(Shaders {
            pipelines: [
                pipeline(gpu, target, (&wgsl, "vertex"), (&wgsl, "fragment")),
                // In GLSL, and in what is made of it, the entry point is `main`.
                pipeline(gpu, target, (&spirv[0], "main"), (&spirv[1], "main")),
                pipeline(gpu, target, (&glsl[0], "main"), (&glsl[1], "main")),
            ],
        })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("cards"),
                color_attachments: &[resources::cleared(frame.view, resources::rgb(BACKGROUND))],
                ..Default::default()
            });
            for (card, pipeline) in cards(frame.target).iter().zip(&self.pipelines) {
                // The viewport is a square around the card, what reaches beyond the card is cut off.
                let left = card.x as f32 + 0.5 * card.width as f32 - 0.5 * card.height as f32;
                let side = card.height as f32;
                pass.set_viewport(left, card.y as f32, side, side, 0.0, 1.0);
                pass.set_scissor_rect(card.x, card.y, card.width, card.height);
                pass.set_pipeline(pipeline);
                pass.draw(0..3, 0..1);
            }
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

fn spirv(gpu: &Gpu, file: &[u8]) -> wgpu::ShaderModule {
    gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("SPIR-V"),
        // Words of 32 bits.
        source: wgpu::ShaderSource::SpirV(bytemuck::pod_collect_to_vec(file).into()),
    })
}

fn glsl(gpu: &Gpu, stage: wgpu::naga::ShaderStage, source: &str) -> wgpu::ShaderModule {
    gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("GLSL"),
        source: wgpu::ShaderSource::Glsl { shader: source.into(), stage, defines: &[] },
    })
}

/// A pipeline of two entry points of modules.
fn pipeline(
    gpu: &Gpu,
    target: Target,
    vertex: (&wgpu::ShaderModule, &str),
    fragment: (&wgpu::ShaderModule, &str),
) -> wgpu::RenderPipeline {
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("card"),
        layout: None,
        vertex: wgpu::VertexState {
            module: vertex.0,
            entry_point: Some(vertex.1),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: fragment.0,
            entry_point: Some(fragment.1),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(target.format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// Where a card lies, in pixels.
struct Card {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// Three cards side by side, as large as they can be, in the middle of the picture.
fn cards(target: Target) -> [Card; 3] {
    let (width, height) = (target.width as f32, target.height as f32);
    let height = (height / (1.0 + 2.0 * GAP)).min(width / (3.0 * CARD + 4.0 * GAP));
    // Whole pixels, so that all cards are the same; a card is no smaller than one.
    let gap = (height * GAP) as u32;
    let card = (((height * CARD) as u32).max(1), (height as u32).max(1));
    let left = target.width.saturating_sub(3 * card.0 + 2 * gap) / 2;
    [0, 1, 2].map(|number| Card {
        x: (left + number * (card.0 + gap)).min(target.width - 1),
        y: target.height.saturating_sub(card.1) / 2,
        width: card.0,
        height: card.1,
    })
}

fn main() -> ExitCode {
    examples::draw::<Shaders>()
}
