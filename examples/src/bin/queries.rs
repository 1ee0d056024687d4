//! Queries: what the GPU says about its own work. Occlusion: is any of this seen? Statistics: how often did which shader
//! run? Timestamps: how long did the pass take?
//!
//! The answers are printed once a second; those about occlusion also go into the picture, without a way over the CPU.

use webgpu as wgpu;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use examples::gpu::Needs;
use examples::{Example, Frame, Gpu, Target, kernel, resources};

const BACKGROUND: u32 = 0x20242c;
const BALLS: u32 = 3;
/// Two triangles, as a strip.
const VERTICES: u32 = 4;

/// What is counted. The answers come in this order.
const STATISTICS: wgpu::PipelineStatisticsTypes =
    wgpu::PipelineStatisticsTypes::VERTEX_SHADER_INVOCATIONS
        .union(wgpu::PipelineStatisticsTypes::CLIPPER_PRIMITIVES_OUT)
        .union(wgpu::PipelineStatisticsTypes::FRAGMENT_SHADER_INVOCATIONS);

/// Where in the buffer the answers of each kind begin.
const OCCLUSION_AT: u64 = 0;
const STATISTICS_AT: u64 = wgpu::QUERY_RESOLVE_BUFFER_ALIGNMENT;
const TIMESTAMPS_AT: u64 = 2 * wgpu::QUERY_RESOLVE_BUFFER_ALIGNMENT;
const ANSWERS: u64 = 3 * wgpu::QUERY_RESOLVE_BUFFER_ALIGNMENT;

struct Queries {
    scene: wgpu::Buffer,
    board: Drawing,
    balls: Drawing,
    lamps: Drawing,
    depth: wgpu::TextureView,
    occlusion: wgpu::QuerySet,
    statistics: wgpu::QuerySet,
    timestamps: wgpu::QuerySet,
    answers: wgpu::Buffer,
    /// The second that was printed last.
    printed: Option<u64>,
}

impl Example for Queries {
    const NAME: &'static str = "queries";
    const ANIMATED: bool = true;

    /// Occlusion queries need nothing.
    fn needs() -> Needs {
        let features = wgpu::Features::PIPELINE_STATISTICS_QUERY | wgpu::Features::TIMESTAMP_QUERY;
        Needs { features, ..Default::default() }
    }

    fn new(gpu: &Gpu, target: Target) -> Result<Queries> {
        let set = |label, ty, count| {
            let label = Some(label);
            gpu.device.create_query_set(&wgpu::QuerySetDescriptor { label, ty, count })
        };
        let scene = resources::uniform::<[f32; 2]>(gpu, "scene");
        let answers = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("answers"),
            size: ANSWERS,
            usage: wgpu::BufferUsages::QUERY_RESOLVE
                | wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        });
        let statistics = wgpu::QueryType::PipelineStatistics(STATISTICS);
        let module =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/queries.wgsl"));
        let drawing = |name, has_depth, buffers: &[&wgpu::Buffer]| {
            Drawing::new(gpu, &module, target, name, has_depth, buffers)
        };
        Ok(Queries {
            board: drawing("board", true, &[&scene]),
            balls: drawing("ball", true, &[&scene]),
            lamps: drawing("lamp", false, &[&scene, &answers]),
            depth: resources::depth(gpu, target),
            occlusion: set("occlusion", wgpu::QueryType::Occlusion, BALLS),
            statistics: set("statistics", statistics, 1),
            timestamps: set("timestamps", wgpu::QueryType::Timestamp, 2),
            scene,
            answers,
            printed: None,
        })
    }

    fn resize(&mut self, gpu: &Gpu, target: Target) {
        self.depth = resources::depth(gpu, target);
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let aspect = frame.target.width as f32 / frame.target.height as f32;
        let board = 0.9 * (0.7 * frame.time.as_secs_f32()).sin();
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::cast_slice(&[aspect, board]));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.draw_asking(&mut encoder, frame.view);
        encoder.resolve_query_set(&self.occlusion, 0..BALLS, &self.answers, OCCLUSION_AT);
        encoder.resolve_query_set(&self.statistics, 0..1, &self.answers, STATISTICS_AT);
        encoder.resolve_query_set(&self.timestamps, 0..2, &self.answers, TIMESTAMPS_AT);
        self.draw_answers(&mut encoder, frame.view);
        gpu.queue.submit([encoder.finish()]);

        // To read is to wait: not in each frame.
        let second = frame.time.as_secs();
        if self.printed.replace(second) != Some(second)
            && let Err(error) = print(gpu, &self.answers)
        {
            eprintln!("{}: cannot read the answers: {error:#}", Queries::NAME);
        }
    }
}

impl Queries {
    /// The board and the balls, with a query about each ball and two about the whole pass.
    fn draw_asking(&self, encoder: &mut wgpu::CommandEncoder, view: &wgpu::TextureView) {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("balls"),
            color_attachments: &[resources::cleared(view, resources::rgb(BACKGROUND))],
            depth_stencil_attachment: resources::cleared_depth(&self.depth),
            timestamp_writes: Some(wgpu::RenderPassTimestampWrites {
                query_set: &self.timestamps,
                beginning_of_pass_write_index: Some(0),
                end_of_pass_write_index: Some(1),
            }),
            occlusion_query_set: Some(&self.occlusion),
            ..Default::default()
        });
        pass.begin_pipeline_statistics_query(&self.statistics, 0);
        self.board.draw(&mut pass, 0);
        for ball in 0..BALLS {
            pass.begin_occlusion_query(ball);
            self.balls.draw(&mut pass, ball);
            pass.end_occlusion_query();
        }
        pass.end_pipeline_statistics_query();
    }

    /// The lamps, which look into the buffer of answers.
    fn draw_answers(&self, encoder: &mut wgpu::CommandEncoder, view: &wgpu::TextureView) {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("lamps"),
            color_attachments: &[resources::kept(view)],
            ..Default::default()
        });
        for lamp in 0..BALLS {
            self.lamps.draw(&mut pass, lamp);
        }
    }
}

fn print(gpu: &Gpu, answers: &wgpu::Buffer) -> Result<()> {
    let answers: Vec<u64> = kernel::read(gpu, answers)?;
    let at = |offset: u64| &answers[(offset / u64::from(wgpu::QUERY_SIZE)) as usize..];

    let mut out = std::io::stdout();
    let [left, middle, right] =
        [0, 1, 2].map(|ball| if at(OCCLUSION_AT)[ball] > 0 { "seen" } else { "hidden" });
    writeln!(out, "occlusion   left ball {left}, middle ball {middle}, right ball {right}")?;
    let [vertices, triangles, fragments] = [0, 1, 2].map(|count| at(STATISTICS_AT)[count]);
    writeln!(out, "statistics  {vertices} vertices, {triangles} triangles, {fragments} fragments")?;
    let ticks = at(TIMESTAMPS_AT)[1].saturating_sub(at(TIMESTAMPS_AT)[0]);
    let nanoseconds = ticks as f64 * f64::from(gpu.queue.get_timestamp_period());
    writeln!(out, "timestamps  {:.3} ms for the balls", nanoseconds / 1e6)?;
    Ok(())
}

/// A pipeline and its buffers.
struct Drawing {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
}

impl Drawing {
    /// `name` begins the names of both entry points.
    fn new(
        gpu: &Gpu,
        module: &wgpu::ShaderModule,
        target: Target,
        name: &str,
        has_depth: bool,
        buffers: &[&wgpu::Buffer],
    ) -> Drawing {
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(name),
            layout: None,
            vertex: wgpu::VertexState {
                module,
                entry_point: Some(&format!("{name}_vertex")),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState {
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                ..Default::default()
            },
            depth_stencil: has_depth.then(resources::nearer_hides),
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module,
                entry_point: Some(&format!("{name}_fragment")),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(wgpu::ColorTargetState {
                    format: target.format,
                    blend: Some(wgpu::BlendState::ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        });
        let layout = pipeline.get_bind_group_layout(0);
        let bindings: Vec<_> = buffers.iter().map(|buffer| buffer.as_entire_binding()).collect();
        let bind_group = resources::bind_group(gpu, name, &layout, &bindings);
        Drawing { pipeline, bind_group }
    }

    fn draw(&self, pass: &mut wgpu::RenderPass<'_>, number: u32) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        pass.draw(0..VERTICES, number..number + 1);
    }
}

fn main() -> ExitCode {
    examples::draw::<Queries>()
}
