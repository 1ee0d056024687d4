//! Random calls that make shaders and pipelines.

use crate::{
    common::dice::Dice,
    create::format,
    world::{Call, World},
};
use webgpu as wgpu;

pub(crate) const ALL: &[Call] = &[
    shader,
    shader,
    spirv,
    layout,
    compute_pipeline,
    compute_pipeline,
    render_pipeline,
    render_pipeline,
];

pub(crate) const STORING: &str = "
    @group(0) @binding(0) var<storage, read_write> values: array<u32>;
    @compute @workgroup_size(1) fn main() { values[0] = 1u; }";

pub(crate) const DRAWING: &str = "
    @vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
        return vec4<f32>(f32(i) - 1.0, f32(i & 1u), 0.0, 1.0);
    }
    @fragment fn fs() -> @location(0) vec4<f32> { return vec4<f32>(0.0); }";

/// Shaders that work, with what the other files of this test bind and draw.
const GOOD: &[&str] = &[
    STORING,
    DRAWING,
    "@compute @workgroup_size(1) fn main() {}",
    "override size: u32 = 1u; @compute @workgroup_size(size) fn main() {}",
    "@vertex fn vs(@location(0) p: vec2<f32>) -> @builtin(position) vec4<f32> { return vec4<f32>(p, 0.0, 1.0); }
    @fragment fn fs() -> @location(0) vec4<f32> { return vec4<f32>(0.0); }",
    "@group(0) @binding(0) var t: texture_2d<f32>; @group(0) @binding(1) var s: sampler;
    @vertex fn vs() -> @builtin(position) vec4<f32> { return vec4<f32>(0.0); }
    @fragment fn fs() -> @location(0) vec4<f32> { return textureSample(t, s, vec2<f32>(0.0)); }",
];

const BAD: &[&str] = &[
    "",
    "fn",
    "\0",
    "// größe 😀",
    "@compute @workgroup_size(0) fn main() {}",
    "@compute @workgroup_size(100000, 1, 1) fn main() {}",
    "@compute @workgroup_size(1) fn main() { main(); }",
    "@group(4294967295) @binding(4294967295) var<storage> x: u32; @compute @workgroup_size(1) fn main() { _ = x; }",
    "@group(0) @binding(0) var<uniform> x: array<u32>; @compute @workgroup_size(1) fn main() {}",
    "override a: u32; @compute @workgroup_size(a) fn main() {}",
    "enable f16; enable nothing; requires nothing; @compute @workgroup_size(1) fn main() {}",
    "struct S { s: S } @compute @workgroup_size(1) fn main() { var s: S; }",
    "const a = 1u / 0u; const b = 2147483647i + 1i; @compute @workgroup_size(1) fn main() {}",
    "@vertex fn main() -> @location(0) f32 { return 0.0; }",
    "@fragment fn main() -> @location(99) vec4<f32> { return vec4<f32>(0.0); }",
];

fn shader(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let source = dice.mostly(GOOD, BAD);
    let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: dice.label(),
        source: wgpu::ShaderSource::Wgsl(source.into()),
    });
    let _ = pollster::block_on(module.get_compilation_info());
    world.shaders.add(module);
}

fn spirv(world: &mut World, dice: &mut Dice) {
    const MAGIC: u32 = 0x0723_0203;
    let gpu = world.gpu(dice);
    let length = dice.below(12);
    let mut words = vec![0_u32; length];
    for word in &mut words {
        *word = dice.pick(&[0, 1, 3, MAGIC, 0x10000, 0x0002_0011, 0x0006_000f, u32::MAX]);
    }
    if dice.percent(70) {
        let header = [MAGIC, 0x10000, 0, 10, 0];
        words.iter_mut().zip(header).for_each(|(word, value)| *word = value);
    }
    let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: dice.label(),
        source: wgpu::ShaderSource::SpirV(words.into()),
    });
    world.shaders.add(module);
}

fn layout(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let layouts = (0..dice.mostly(&[0, 1, 2], &[4, 5, 9]))
        .map(|_| if dice.percent(80) { world.group_layouts.any(dice) } else { None });
    let layouts = layouts.collect::<Vec<_>>();
    let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: dice.label(),
        bind_group_layouts: &layouts,
        immediate_size: dice.mostly(&[0], &[4, 3, 64, 10000, u32::MAX]),
    });
    world.layouts.add(layout);
}

fn entry_point(dice: &mut Dice, sane: &'static str) -> Option<&'static str> {
    dice.mostly(&[None, Some(sane)], &[Some(""), Some("nothing"), Some("a\0b"), Some("ä")])
}

fn options(dice: &mut Dice) -> wgpu::PipelineCompilationOptions<'static> {
    const CONSTANTS: &[(&str, f64)] =
        &[("size", 2.0), ("0", f64::NAN), ("nothing", -1.0), ("a\0b", 0.0)];
    let start = dice.below(CONSTANTS.len());
    let end = dice.mostly(&[start], &[start + 1, CONSTANTS.len()]);
    wgpu::PipelineCompilationOptions { constants: &CONSTANTS[start..end], ..Default::default() }
}

fn compute_pipeline(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let Some(module) = world.shaders.any(dice) else { return };
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: dice.label(),
        layout: if dice.percent(20) { world.layouts.any(dice) } else { None },
        module,
        entry_point: entry_point(dice, "main"),
        compilation_options: options(dice),
        cache: None,
    });
    world.compute_pipelines.add(pipeline);
}

fn render_pipeline(world: &mut World, dice: &mut Dice) {
    use wgpu::PrimitiveTopology as Topology;
    let gpu = world.gpu(dice);
    let (Some(module), Some(other)) = (world.shaders.any(dice), world.shaders.any(dice)) else {
        return;
    };
    let attributes = [wgpu::VertexAttribute {
        format: dice.mostly(
            &[wgpu::VertexFormat::Float32x2],
            &[
                wgpu::VertexFormat::Float64x4,
                wgpu::VertexFormat::Uint8,
                wgpu::VertexFormat::Unorm8x4Bgra,
            ],
        ),
        offset: dice.mostly(&[0], &[1, 4, 2048, u64::MAX]),
        shader_location: dice.mostly(&[0], &[1, 16, 31, u32::MAX]),
    }; 2];
    let buffers = [0; 9].map(|_| wgpu::VertexBufferLayout {
        array_stride: dice.mostly(&[8], &[0, 1, 2048, 2052, u64::MAX]),
        step_mode: dice.pick(&[wgpu::VertexStepMode::Vertex, wgpu::VertexStepMode::Instance]),
        attributes: &attributes[..dice.mostly(&[1], &[0, 2])],
    });
    let target = (!dice.percent(5)).then(|| wgpu::ColorTargetState {
        format: format(dice),
        blend: dice.mostly(&[None], &[Some(wgpu::BlendState::ALPHA_BLENDING)]),
        write_mask: wgpu::ColorWrites::from_bits_retain(dice.mostly(&[15], &[0, 255, 1 << 31])),
    });
    let targets = [target, None, None, None, None, None, None, None, None];
    let depth = wgpu::DepthStencilState {
        format: format(dice),
        depth_write_enabled: dice.pick(&[None, Some(false), Some(true)]),
        depth_compare: dice.pick(&[None, Some(wgpu::CompareFunction::Less)]),
        stencil: Default::default(),
        bias: wgpu::DepthBiasState {
            constant: dice.mostly(&[0], &[i32::MIN]),
            slope_scale: 0.0,
            clamp: dice.mostly(&[0.0], &[f32::NAN]),
        },
    };
    let fragment = dice.percent(85).then(|| wgpu::FragmentState {
        module: if dice.percent(90) { module } else { other },
        entry_point: entry_point(dice, "fs"),
        compilation_options: options(dice),
        targets: &targets[..dice.mostly(&[1], &[0, 2, 9])],
    });
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: dice.label(),
        layout: if dice.percent(20) { world.layouts.any(dice) } else { None },
        vertex: wgpu::VertexState {
            module,
            entry_point: entry_point(dice, "vs"),
            compilation_options: options(dice),
            buffers: &buffers[..dice.mostly(&[0, 1], &[2, 8, 9])],
        },
        primitive: wgpu::PrimitiveState {
            topology: dice
                .mostly(&[Topology::TriangleList], &[Topology::LineStrip, Topology::PointList]),
            strip_index_format: dice.mostly(&[None], &[Some(wgpu::IndexFormat::Uint16)]),
            unclipped_depth: dice.percent(5),
            polygon_mode: dice.mostly(
                &[wgpu::PolygonMode::Fill],
                &[wgpu::PolygonMode::Line, wgpu::PolygonMode::Point],
            ),
            conservative: dice.percent(5),
            ..Default::default()
        },
        depth_stencil: dice.mostly(&[None], &[Some(depth)]),
        multisample: wgpu::MultisampleState {
            count: dice.mostly(&[1], &[0, 2, 4, 64, u32::MAX]),
            mask: dice.mostly(&[!0], &[0, 1]),
            alpha_to_coverage_enabled: dice.percent(5),
        },
        fragment,
        multiview_mask: dice.mostly(&[None], &[std::num::NonZeroU32::new(1)]),
        cache: None,
    });
    world.render_pipelines.add(pipeline);
}
