//! Indirect drawing: a kernel decides how many of which shapes are drawn, and writes the draw calls into a buffer. The CPU
//! records one multi-draw and never learns what it draws.

use webgpu as wgpu;

use std::process::ExitCode;

use examples::gpu::Needs;
use examples::{Example, Frame, Gpu, Target, resources};
use wgpu::util::{DeviceExt, DrawIndexedIndirectArgs};

const BACKGROUND: u32 = 0x171a21;
/// Cells of the grid and invocations of a workgroup, as the shader has them.
const COLUMNS: u32 = 48;
const ROWS: u32 = 36;
const WORKGROUP: [u32; 2] = [8, 4];
/// Size of an instance: its place, its size, its turn.
const INSTANCE: u64 = size_of::<[f32; 4]>() as u64;

/// A regular polygon: how many corners it has, how far they are from the middle, its colour in linear light.
type Shape = (u16, f32, [f32; 3]);
const SHAPES: [Shape; 3] =
    [(3, 1.25, [0.02, 0.23, 0.29]), (4, 1.15, [0.91, 0.40, 0.06]), (12, 1.0, [0.96, 0.86, 0.66])];

struct Indirect {
    scene: wgpu::Buffer,
    /// The draw calls, one per shape.
    draw_calls: wgpu::Buffer,
    /// What they are before anything is to be drawn.
    no_draw_calls: Vec<u8>,
    instances: wgpu::Buffer,
    vertices: wgpu::Buffer,
    indices: wgpu::Buffer,
    sort: wgpu::ComputePipeline,
    sort_bindings: wgpu::BindGroup,
    shapes: wgpu::RenderPipeline,
    shapes_bindings: wgpu::BindGroup,
}

impl Example for Indirect {
    const NAME: &'static str = "indirect";
    const ANIMATED: bool = true;

    /// Without it, each indirect draw call has to begin with the first instance.
    fn needs() -> Needs {
        Needs { features: wgpu::Features::INDIRECT_FIRST_INSTANCE, ..Default::default() }
    }

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Indirect> {
        use wgpu::BufferUsages as Usages;

        let module =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/indirect.wgsl"));
        let Meshes { vertices, indices, draw_calls } = meshes();
        let filled = |label, contents: &[u8], usage| {
            let descriptor =
                wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage };
            gpu.device.create_buffer_init(&descriptor)
        };
        let vertices = filled("vertices", bytemuck::cast_slice(&vertices), Usages::VERTEX);
        let indices = filled("indices", bytemuck::cast_slice(&indices), Usages::INDEX);
        let no_draw_calls: Vec<u8> =
            draw_calls.iter().flat_map(|call| call.as_bytes()).copied().collect();
        let usage = Usages::INDIRECT | Usages::STORAGE | Usages::COPY_DST;
        let draw_calls = filled("draw calls", &no_draw_calls, usage);

        let scene = resources::uniform::<[f32; 2]>(gpu, "scene");
        // Every shape has room for all cells.
        let instances = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("instances"),
            size: INSTANCE * u64::from(COLUMNS * ROWS) * SHAPES.len() as u64,
            usage: Usages::STORAGE | Usages::VERTEX,
            mapped_at_creation: false,
        });

        let sort = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("sort"),
            layout: None,
            module: &module,
            entry_point: Some("sort"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let shapes = pipeline(gpu, &module, target);
        let sort_bindings = resources::bind_group(
            gpu,
            "sort",
            &sort.get_bind_group_layout(0),
            &[
                scene.as_entire_binding(),
                draw_calls.as_entire_binding(),
                instances.as_entire_binding(),
            ],
        );
        let shapes_bindings = resources::bind_group(
            gpu,
            "shapes",
            &shapes.get_bind_group_layout(0),
            &[scene.as_entire_binding()],
        );
        Ok(Indirect {
            scene,
            draw_calls,
            no_draw_calls,
            instances,
            vertices,
            indices,
            sort,
            sort_bindings,
            shapes,
            shapes_bindings,
        })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let aspect = frame.target.width as f32 / frame.target.height as f32;
        let scene = [aspect, frame.time.as_secs_f32()];
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::cast_slice(&scene));
        gpu.queue.write_buffer(&self.draw_calls, 0, &self.no_draw_calls);

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(&self.sort);
            pass.set_bind_group(0, &self.sort_bindings, &[]);
            pass.dispatch_workgroups(
                COLUMNS.div_ceil(WORKGROUP[0]),
                ROWS.div_ceil(WORKGROUP[1]),
                1,
            );
        }
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("shapes"),
                color_attachments: &[resources::cleared(frame.view, resources::rgb(BACKGROUND))],
                ..Default::default()
            });
            pass.set_pipeline(&self.shapes);
            pass.set_bind_group(0, &self.shapes_bindings, &[]);
            pass.set_vertex_buffer(0, self.vertices.slice(..));
            pass.set_vertex_buffer(1, self.instances.slice(..));
            pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint16);
            pass.multi_draw_indexed_indirect(&self.draw_calls, 0, SHAPES.len() as u32);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

/// All shapes, one after the other in the same buffers, and a draw call without instances for each.
#[derive(Default)]
struct Meshes {
    /// Place and colour.
    vertices: Vec<[f32; 6]>,
    indices: Vec<u16>,
    draw_calls: Vec<DrawIndexedIndirectArgs>,
}

fn meshes() -> Meshes {
    let mut meshes = Meshes::default();
    for (number, (corners, radius, [r, g, b])) in (0..).zip(SHAPES) {
        meshes.draw_calls.push(DrawIndexedIndirectArgs {
            index_count: 3 * u32::from(corners - 2),
            instance_count: 0,
            first_index: meshes.indices.len() as u32,
            base_vertex: meshes.vertices.len() as i32,
            first_instance: number * COLUMNS * ROWS,
        });
        for corner in 0..corners {
            let angle = std::f32::consts::TAU * f32::from(corner) / f32::from(corners);
            let (x, y) = (radius * angle.cos(), radius * angle.sin());
            meshes.vertices.push([x, y, r, g, b, 1.0]);
        }
        // Triangles that have the first corner in common.
        meshes.indices.extend((2..corners).flat_map(|corner| [0, corner - 1, corner]));
    }
    meshes
}

fn pipeline(gpu: &Gpu, module: &wgpu::ShaderModule, target: Target) -> wgpu::RenderPipeline {
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("shapes"),
        layout: None,
        vertex: wgpu::VertexState {
            module,
            entry_point: Some("vertex"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[
                wgpu::VertexBufferLayout {
                    array_stride: size_of::<[f32; 6]>() as u64,
                    step_mode: wgpu::VertexStepMode::Vertex,
                    attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x4],
                },
                wgpu::VertexBufferLayout {
                    array_stride: INSTANCE,
                    step_mode: wgpu::VertexStepMode::Instance,
                    attributes: &wgpu::vertex_attr_array![2 => Float32x2, 3 => Float32, 4 => Float32],
                },
            ],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some("fragment"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(target.format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn main() -> ExitCode {
    examples::draw::<Indirect>()
}
