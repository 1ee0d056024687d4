//! Mistakes in render bundles: which are told when the bundle is finished, and which when a pass executes it.

use crate::bundle::made_and_executed;
use crate::common::Outcome::{Panic, Valid};
use crate::common::{Gpu, gpu, gpu_for};
use crate::drawing::{COLORS, COVER, Pipeline, colors, target};
use crate::kit::Case;
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, IndexFormat, RenderBundleEncoder, TextureFormat};

pub(crate) type Commands<'c, 'a> = &'c dyn Fn(&mut RenderBundleEncoder<'a>);

/// Commands in a table, for bundles that draw to the usual canvas.
pub(crate) fn check<'a>(gpu: &'a Gpu, cases: &[Case<'_, Commands<'_, 'a>>]) {
    made_and_executed(gpu, cases, |encoder, commands| commands(encoder));
}

#[test]
fn pipelines_and_buffers() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    let samples = Pipeline {
        multisample: wgpu::MultisampleState { count: 4, ..Default::default() },
        ..Default::default()
    }
    .create(&gpu);
    let other = [target(TextureFormat::R8Unorm)];
    let other = Pipeline { targets: Some(&other), ..Default::default() }.create(&gpu);
    let strip = Pipeline {
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            strip_index_format: Some(IndexFormat::Uint16),
            ..Default::default()
        },
        ..Default::default()
    }
    .create(&gpu);
    let words = gpu.buffer(&[0; 4], Usages::COPY_SRC);
    let indices = gpu.buffer(&[0, 1, 2], Usages::INDEX);
    check(
        &gpu,
        &[
            ("nothing", Valid, &|_| ()),
            ("no pipeline", Panic, &|encoder| encoder.draw(0..3, 0..1)),
            ("samples", Panic, &|encoder| encoder.set_pipeline(&samples)),
            ("another format", Panic, &|encoder| encoder.set_pipeline(&other)),
            ("not indices", Panic, &|encoder| {
                encoder.set_index_buffer(words.slice(..), IndexFormat::Uint16);
            }),
            ("no indices", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.draw_indexed(0..3, 0, 0..1);
            }),
            ("indices at an odd offset", Panic, &|encoder| {
                encoder.set_index_buffer(indices.slice(2..), IndexFormat::Uint32);
            }),
            ("short indices there", Valid, &|encoder| {
                encoder.set_index_buffer(indices.slice(2..), IndexFormat::Uint16);
            }),
            ("all indices", Valid, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_index_buffer(indices.slice(..), IndexFormat::Uint32);
                encoder.draw_indexed(0..3, -1, 1..2);
            }),
            ("indices over the end", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_index_buffer(indices.slice(..), IndexFormat::Uint32);
                encoder.draw_indexed(1..4, 0, 0..1);
            }),
            ("no indices over the end", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_index_buffer(indices.slice(..), IndexFormat::Uint32);
                encoder.draw_indexed(4..4, 0, 0..1);
            }),
            ("indices that a strip does not have", Panic, &|encoder| {
                encoder.set_pipeline(&strip);
                encoder.set_index_buffer(indices.slice(..), IndexFormat::Uint32);
                encoder.draw_indexed(0..3, 0, 0..1);
            }),
            ("not vertices", Panic, &|encoder| encoder.set_vertex_buffer(0, words.slice(..))),
            ("nothing drawn", Valid, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.draw(0..0, 0..0);
            }),
            ("the last vertices", Valid, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.draw(u32::MAX - 3..u32::MAX, 0..1);
            }),
        ],
    );
}

#[test]
fn vertices() {
    let gpu = gpu();
    let shader = COLORS
        .replace("@builtin(vertex_index) index: u32", "@location(0) index: u32")
        .replace("@builtin(instance_index) instance: u32", "@location(1) instance: u32");
    let slot =
        |step_mode, attributes| wgpu::VertexBufferLayout { array_stride: 4, step_mode, attributes };
    let pipeline = Pipeline {
        shader: &shader,
        buffers: &[
            slot(wgpu::VertexStepMode::Vertex, &wgpu::vertex_attr_array![0 => Uint32]),
            slot(wgpu::VertexStepMode::Instance, &wgpu::vertex_attr_array![1 => Uint32]),
        ],
        ..Default::default()
    }
    .create(&gpu);
    let numbers = gpu.buffer(&[0, 1, 2], Usages::VERTEX | Usages::INDEX);
    let draws = gpu.buffer(&[3, 1, 0, 0, 0, 0, 0, 0], Usages::INDIRECT);
    let cases: &[Case<'_, (&[u32], Commands<'_, '_>)>] = &[
        ("both", Valid, (&[0, 1], &|e| e.draw(0..3, 1..2))),
        ("vertices over the end", Panic, (&[0, 1], &|e| e.draw(1..4, 0..1))),
        ("no vertices over the end", Panic, (&[0, 1], &|e| e.draw(4..4, 0..1))),
        ("instances over the end", Panic, (&[0, 1], &|e| e.draw(0..3, 3..4))),
        ("of indices", Panic, (&[0, 1], &|e| e.draw_indexed(0..3, 0, 3..4))),
        ("a base beyond", Valid, (&[0, 1], &|e| e.draw_indexed(0..3, 7, 0..1))),
        ("one alone", Panic, (&[0], &|e| e.draw(0..3, 0..1))),
        ("the other alone", Panic, (&[1], &|e| e.draw(0..3, 0..1))),
        ("nothing with one", Valid, (&[0], &|e| e.draw(0..0, 0..0))),
        ("no vertices with one", Panic, (&[0], &|e| e.draw(0..0, 0..1))),
        ("no instances with one", Panic, (&[0], &|e| e.draw(0..1, 0..0))),
        ("indices of nothing", Valid, (&[0], &|e| e.draw_indexed(0..3, 0, 0..0))),
        ("indices of one", Panic, (&[0], &|e| e.draw_indexed(0..3, 0, 0..1))),
        ("a buffer says", Valid, (&[0, 1], &|e| e.draw_indirect(&draws, 0))),
        ("a buffer says, with one", Valid, (&[0], &|e| e.draw_indirect(&draws, 0))),
        ("with indices", Valid, (&[], &|e| e.draw_indexed_indirect(&draws, 0))),
        ("one that is not read", Valid, (&[0, 1, 7], &|e| e.draw(0..3, 0..1))),
        ("a slot beyond the limit", Panic, (&[0, 1, 8], &|e| e.draw(0..3, 0..1))),
        ("the last slot that can be said", Panic, (&[u32::MAX], &|_| ())),
        ("an odd offset", Panic, (&[], &|e| e.set_vertex_buffer(0, numbers.slice(2..)))),
        (
            "a short one",
            Panic,
            (&[0], &|e| {
                e.set_vertex_buffer(1, numbers.slice(..3));
                e.draw(0..3, 0..1);
            }),
        ),
        (
            "an odd length",
            Valid,
            (&[0], &|e| {
                e.set_vertex_buffer(1, numbers.slice(4..9));
                e.draw(0..3, 0..1);
            }),
        ),
    ];
    made_and_executed(&gpu, cases, |encoder, (slots, commands)| {
        encoder.set_pipeline(&pipeline);
        encoder.set_index_buffer(numbers.slice(..), IndexFormat::Uint32);
        for slot in *slots {
            encoder.set_vertex_buffer(*slot, numbers.slice(..));
        }
        commands(encoder);
    });
}

#[test]
fn draws_in_buffers() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    let words = gpu.buffer(&[0; 4], Usages::COPY_SRC);
    let draws = gpu.buffer(&[3, 1, 0, 0, 3], Usages::INDIRECT);
    made_and_executed(
        &gpu,
        &[("the first", Valid, 0), ("one later", Valid, 4)],
        |encoder, offset| {
            encoder.set_pipeline(&pipeline);
            encoder.draw_indirect(&draws, *offset);
        },
    );
    check(
        &gpu,
        &[
            ("no draws", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.draw_indirect(&words, 0);
            }),
            ("no indices", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.draw_indexed_indirect(&draws, 0);
            }),
            ("no pipeline", Panic, &|encoder| encoder.draw_indirect(&draws, 0)),
        ],
    );
}

/// A group of one buffer for fragments.
pub(crate) fn buffer_layout(gpu: &Gpu, ty: wgpu::BufferBindingType) -> wgpu::BindGroupLayout {
    gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
            count: None,
        }],
    })
}

pub(crate) fn group(
    gpu: &Gpu,
    layout: &wgpu::BindGroupLayout,
    buffer: wgpu::BufferBinding<'_>,
) -> wgpu::BindGroup {
    gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout,
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(buffer),
        }],
    })
}

#[test]
fn groups() {
    let gpu = gpu();
    let shader = COVER
        .replace("return vec4<f32>(1.0);", "return tint;")
        .replace("@fragment", "@group(0) @binding(0) var<uniform> tint: vec4<f32>;\n@fragment");
    let uniform = buffer_layout(&gpu, wgpu::BufferBindingType::Uniform);
    let storage = buffer_layout(&gpu, wgpu::BufferBindingType::Storage { read_only: false });
    let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        bind_group_layouts: &[Some(&uniform)],
        ..Default::default()
    });
    let pipeline =
        Pipeline { shader: &shader, layout: Some(&layout), ..Default::default() }.create(&gpu);
    let usages = Usages::UNIFORM | Usages::STORAGE | Usages::VERTEX;
    let one = gpu.buffer(&[1.0_f32.to_bits(); 4], usages);
    let fitting = group(&gpu, &uniform, one.as_entire_buffer_binding());
    let short =
        wgpu::BufferBinding { size: wgpu::BufferSize::new(8), ..one.as_entire_buffer_binding() };
    let short = group(&gpu, &uniform, short);
    let other = group(&gpu, &storage, one.as_entire_buffer_binding());
    let draw = |encoder: &mut RenderBundleEncoder<'_>| encoder.draw(0..3, 0..1);
    check(
        &gpu,
        &[
            ("fitting", Valid, &|encoder| {
                encoder.set_bind_group(0, &fitting, &[]);
                encoder.set_pipeline(&pipeline);
                draw(encoder);
            }),
            ("none", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                draw(encoder);
            }),
            ("none any more", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_bind_group(0, &fitting, &[]);
                encoder.set_bind_group(0, None, &[]);
                draw(encoder);
            }),
            ("at another index", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_bind_group(1, &fitting, &[]);
                draw(encoder);
            }),
            ("another layout", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_bind_group(0, &other, &[]);
                draw(encoder);
            }),
            ("too short", Panic, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_bind_group(0, &short, &[]);
                draw(encoder);
            }),
            ("one that is not read", Valid, &|encoder| {
                encoder.set_pipeline(&pipeline);
                encoder.set_bind_group(0, &fitting, &[]);
                encoder.set_bind_group(3, &short, &[]);
                draw(encoder);
            }),
            ("beyond the limit", Panic, &|encoder| encoder.set_bind_group(4, &fitting, &[])),
            ("far beyond", Panic, &|encoder| encoder.set_bind_group(u32::MAX, None, &[])),
            ("offsets for nothing", Panic, &|encoder| encoder.set_bind_group(0, None, &[0])),
            ("an offset too many", Panic, &|encoder| encoder.set_bind_group(0, &fitting, &[0])),
            ("read and written", Panic, &|encoder| {
                encoder.set_bind_group(0, &fitting, &[]);
                encoder.set_bind_group(1, &other, &[]);
            }),
            ("written, and vertices", Panic, &|encoder| {
                encoder.set_bind_group(1, &other, &[]);
                encoder.set_vertex_buffer(0, one.slice(..));
            }),
            ("read twice", Valid, &|encoder| {
                encoder.set_bind_group(0, &fitting, &[]);
                encoder.set_vertex_buffer(0, one.slice(..));
            }),
        ],
    );
}

#[test]
fn immediates() {
    let gpu = gpu_for(&wgpu::DeviceDescriptor {
        required_features: wgpu::Features::IMMEDIATES,
        required_limits: wgpu::Limits { max_immediate_size: 32, ..Default::default() },
        ..Default::default()
    });
    let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[],
        immediate_size: 16,
    });
    let shader = COVER
        .replace("return vec4<f32>(1.0);", "return color;")
        .replace("@fragment", "var<immediate> color: vec4<f32>;\n@fragment");
    let pipeline =
        Pipeline { shader: &shader, layout: Some(&layout), ..Default::default() }.create(&gpu);
    let plain = colors(&gpu);
    let white = [1.0_f32; 4].map(f32::to_le_bytes).concat();
    let cases: &[Case<'_, (Option<&wgpu::RenderPipeline>, u32, usize)>] = &[
        ("all", Valid, (Some(&pipeline), 0, 16)),
        ("some", Valid, (Some(&pipeline), 4, 8)),
        ("none", Valid, (Some(&pipeline), 0, 0)),
        ("none at the end", Valid, (Some(&pipeline), 16, 0)),
        ("over the end", Panic, (Some(&pipeline), 4, 16)),
        ("for nobody", Panic, (Some(&plain), 0, 4)),
        ("no pipeline", Panic, (None, 0, 4)),
        ("an odd offset", Panic, (Some(&pipeline), 2, 4)),
        ("an odd length", Panic, (Some(&pipeline), 0, 6)),
    ];
    made_and_executed(&gpu, cases, |encoder, (pipeline, offset, length)| {
        if let Some(pipeline) = pipeline {
            encoder.set_pipeline(pipeline);
        }
        encoder.set_immediates(*offset, &white[..*length]);
        if pipeline.is_some() {
            encoder.draw(0..3, 0..1);
        }
    });
}
