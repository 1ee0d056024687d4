//! Shaders, pipelines and query sets.

use crate::{Invalid, Panic, Refused, Row, Valid, common::Gpu};
use std::borrow::Cow;
use webgpu as wgpu;
use wgpu::TextureFormat as Format;

fn shader(gpu: &Gpu, source: wgpu::ShaderSource<'_>) -> wgpu::ShaderModule {
    gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source })
}

fn spirv(gpu: &Gpu, words: &'static [u32]) {
    drop(shader(gpu, wgpu::ShaderSource::SpirV(words.into())));
}

#[rustfmt::skip]
const SHADERS: &[Row] = &[
    Row("nothing", Valid, |gpu| drop(gpu.shader(""))),
    Row("a comment that is not ASCII", Valid, |gpu| drop(gpu.shader("// größe 😀"))),
    Row("nonsense", Invalid, |gpu| drop(gpu.shader("nonsense"))),
    Row("NUL", Invalid, |gpu| drop(gpu.shader("\0"))),
    Row("an extension that nobody knows", Invalid, |gpu| drop(gpu.shader("enable nothing;"))),
    Row("a struct that contains itself", Invalid, |gpu| drop(gpu.shader("struct S { s: S }"))),
    Row("SPIR-V of no words", Invalid, |gpu| spirv(gpu, &[])),
    Row("SPIR-V that is none", Invalid, |gpu| spirv(gpu, &[1, 2, 3])),
    Row("SPIR-V of which only the first word is there", Invalid, |gpu| spirv(gpu, &[0x0723_0203])),
    Row("SPIR-V with an instruction of no words", Invalid, |gpu| spirv(gpu, &[0x0723_0203, 0x1_0000, 0, 10, 0, 0])),
    Row("no source", Panic("Dummy"), |gpu| drop(shader(gpu, wgpu::ShaderSource::Dummy(Default::default())))),
];

const MAIN: &str = "override size: u32 = 1u; @compute @workgroup_size(size) fn main() {}";

fn compute(gpu: &Gpu, source: &str, entry_point: Option<&str>, constants: &[(&str, f64)]) {
    let module = shader(gpu, wgpu::ShaderSource::Wgsl(Cow::Borrowed(source)));
    drop(gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point,
        compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
        cache: None,
    }));
}

#[rustfmt::skip]
const COMPUTE: &[Row] = &[
    Row("the only entry point", Valid, |gpu| compute(gpu, MAIN, None, &[])),
    Row("a named one", Valid, |gpu| compute(gpu, MAIN, Some("main"), &[])),
    Row("an empty name", Invalid, |gpu| compute(gpu, MAIN, Some(""), &[])),
    Row("a name that is not there", Invalid, |gpu| compute(gpu, MAIN, Some("other"), &[])),
    Row("a name with NUL", Invalid, |gpu| compute(gpu, MAIN, Some("main\0"), &[])),
    Row("no entry point", Invalid, |gpu| compute(gpu, "", None, &[])),
    Row("two entry points and no name", Invalid, |gpu| {
        compute(gpu, "@compute @workgroup_size(1) fn a() {} @compute @workgroup_size(1) fn b() {}", None, &[]);
    }),
    Row("a constant", Valid, |gpu| compute(gpu, MAIN, None, &[("size", 2.0)])),
    Row("a constant that is no number", Invalid, |gpu| compute(gpu, MAIN, None, &[("size", f64::NAN)])),
    Row("a constant that does not fit", Invalid, |gpu| compute(gpu, MAIN, None, &[("size", -1.0)])),
    Row("a constant that makes the workgroup empty", Invalid, |gpu| compute(gpu, MAIN, None, &[("size", 0.0)])),
    Row("a constant that makes it too large", Invalid, |gpu| compute(gpu, MAIN, None, &[("size", 100_000.0)])),
    Row("a constant without a value", Invalid, |gpu| {
        compute(gpu, "override a: u32; @compute @workgroup_size(a) fn main() {}", None, &[]);
    }),
    Row("a shader for something else", Invalid, |gpu| compute(gpu, "@fragment fn main() {}", None, &[])),
    Row("a bind group beyond the limit", Invalid, |gpu| {
        let source = "@group(9) @binding(0) var<storage> a: u32; @compute @workgroup_size(1) fn main() { _ = a; }";
        compute(gpu, source, None, &[]);
    }),
    Row("the layout of a group that is not there", Invalid, |gpu| {
        let pipeline = gpu.compute_pipeline("@compute @workgroup_size(1) fn main() {}");
        drop(pipeline.get_bind_group_layout(u32::MAX));
    }),
];

const DRAW: &str = "
    @vertex fn vs() -> @builtin(position) vec4<f32> { return vec4<f32>(0.0); }
    @fragment fn fs() -> @location(0) vec4<f32> { return vec4<f32>(0.0); }";

const WITH_INPUT: &str = "
    @vertex fn vs(@location(0) p: vec4<f32>) -> @builtin(position) vec4<f32> { return p; }
    @fragment fn fs() -> @location(0) vec4<f32> { return vec4<f32>(0.0); }";

/// What differs from a plain pipeline.
struct Draw<'a> {
    source: &'static str,
    buffers: &'a [wgpu::VertexBufferLayout<'a>],
    targets: &'a [Option<wgpu::ColorTargetState>],
    depth: Option<wgpu::DepthStencilState>,
    samples: u32,
    primitive: wgpu::PrimitiveState,
    views: u32,
}

fn target(format: Format) -> Option<wgpu::ColorTargetState> {
    Some(wgpu::ColorTargetState { format, blend: None, write_mask: wgpu::ColorWrites::ALL })
}

const RGBA: Option<wgpu::ColorTargetState> = Some(wgpu::ColorTargetState {
    format: Format::Rgba8Unorm,
    blend: None,
    write_mask: wgpu::ColorWrites::ALL,
});

impl<'a> Draw<'a> {
    fn plain() -> Self {
        Self {
            source: DRAW,
            buffers: &[],
            targets: &[RGBA],
            depth: None,
            samples: 1,
            primitive: Default::default(),
            views: 0,
        }
    }

    fn with_buffers(buffers: &'a [wgpu::VertexBufferLayout<'a>]) -> Self {
        Self { source: WITH_INPUT, buffers, ..Self::plain() }
    }

    fn with_targets(targets: &'a [Option<wgpu::ColorTargetState>]) -> Self {
        Self { targets, ..Self::plain() }
    }

    fn with_depth(
        format: Format,
        write: Option<bool>,
        compare: Option<wgpu::CompareFunction>,
    ) -> Self {
        let depth = wgpu::DepthStencilState {
            format,
            depth_write_enabled: write,
            depth_compare: compare,
            stencil: Default::default(),
            bias: Default::default(),
        };
        Self { depth: Some(depth), ..Self::plain() }
    }

    fn create(self, gpu: &Gpu) {
        let module = gpu.shader(self.source);
        drop(gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: None,
            layout: None,
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                buffers: self.buffers,
            },
            primitive: self.primitive,
            depth_stencil: self.depth,
            multisample: wgpu::MultisampleState { count: self.samples, ..Default::default() },
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                targets: self.targets,
            }),
            multiview_mask: std::num::NonZeroU32::new(self.views),
            cache: None,
        }));
    }
}

fn layout(array_stride: u64, attributes: &[wgpu::VertexAttribute]) -> wgpu::VertexBufferLayout<'_> {
    let step_mode = wgpu::VertexStepMode::Vertex;
    wgpu::VertexBufferLayout { array_stride, step_mode, attributes }
}

fn attribute(
    format: wgpu::VertexFormat,
    offset: u64,
    shader_location: u32,
) -> wgpu::VertexAttribute {
    wgpu::VertexAttribute { format, offset, shader_location }
}

fn one(gpu: &Gpu, stride: u64, format: wgpu::VertexFormat, offset: u64, location: u32) {
    Draw::with_buffers(&[layout(stride, &[attribute(format, offset, location)])]).create(gpu);
}

#[rustfmt::skip]
const RENDER: &[Row] = &[
    Row("as it should be", Valid, |gpu| Draw::plain().create(gpu)),
    Row("no target", Invalid, |gpu| Draw::with_targets(&[]).create(gpu)),
    Row("a gap and a target", Valid, |gpu| Draw::with_targets(&[RGBA, None, RGBA]).create(gpu)),
    Row("more targets than the limit", Invalid, |gpu| Draw::with_targets(&[const { RGBA }; 9]).create(gpu)),
    Row("a target that cannot be drawn to", Invalid, |gpu| Draw::with_targets(&[target(Format::Rgb9e5Ufloat)]).create(gpu)),
    Row("a target of another kind", Invalid, |gpu| Draw::with_targets(&[target(Format::R32Uint)]).create(gpu)),
    Row("a target that C cannot express", Invalid, |gpu| Draw::with_targets(&[target(Format::R64Uint)]).create(gpu)),
    Row("a target for depth", Invalid, |gpu| Draw::with_targets(&[target(Format::Depth32Float)]).create(gpu)),
    Row("no samples", Invalid, |gpu| Draw { samples: 0, ..Draw::plain() }.create(gpu)),
    Row("three samples", Invalid, |gpu| Draw { samples: 3, ..Draw::plain() }.create(gpu)),
    Row("as many samples as there are numbers", Invalid, |gpu| Draw { samples: u32::MAX, ..Draw::plain() }.create(gpu)),
    Row("several views without the feature", Invalid, |gpu| Draw { views: 3, ..Draw::plain() }.create(gpu)),
    Row("lines without the feature", Invalid, |gpu| {
        let primitive = wgpu::PrimitiveState { polygon_mode: wgpu::PolygonMode::Line, ..Default::default() };
        Draw { primitive, ..Draw::plain() }.create(gpu);
    }),
    Row("the indices of a strip for a list", Invalid, |gpu| {
        let strip_index_format = Some(wgpu::IndexFormat::Uint16);
        let primitive = wgpu::PrimitiveState { strip_index_format, ..Default::default() };
        Draw { primitive, ..Draw::plain() }.create(gpu);
    }),
    Row("depth", Valid, |gpu| {
        Draw::with_depth(Format::Depth32Float, Some(true), Some(wgpu::CompareFunction::Less)).create(gpu);
    }),
    Row("depth, whether written left open", Invalid, |gpu| {
        Draw::with_depth(Format::Depth32Float, None, Some(wgpu::CompareFunction::Less)).create(gpu);
    }),
    Row("depth written, how compared left open", Invalid, |gpu| {
        Draw::with_depth(Format::Depth32Float, Some(true), None).create(gpu);
    }),
    Row("depth neither written nor compared", Valid, |gpu| {
        Draw::with_depth(Format::Depth32Float, Some(false), None).create(gpu);
    }),
    Row("depth that is not there", Invalid, |gpu| Draw::with_depth(Format::Stencil8, Some(true), None).create(gpu)),
    Row("a stencil alone", Valid, |gpu| Draw::with_depth(Format::Stencil8, None, None).create(gpu)),
    Row("a colour for depth", Invalid, |gpu| Draw::with_depth(Format::Rgba8Unorm, None, None).create(gpu)),
    Row("vertices", Valid, |gpu| one(gpu, 16, wgpu::VertexFormat::Float32x4, 0, 0)),
    Row("vertices without a stride", Valid, |gpu| one(gpu, 0, wgpu::VertexFormat::Float32x4, 0, 0)),
    Row("vertices without a buffer", Invalid, |gpu| Draw::with_buffers(&[]).create(gpu)),
    Row("an odd stride", Invalid, |gpu| one(gpu, 17, wgpu::VertexFormat::Float32x4, 0, 0)),
    Row("a stride beyond the limit", Invalid, |gpu| one(gpu, 4096, wgpu::VertexFormat::Float32x4, 0, 0)),
    Row("the largest stride", Invalid, |gpu| one(gpu, u64::MAX, wgpu::VertexFormat::Float32x4, 0, 0)),
    Row("an attribute over the end", Invalid, |gpu| one(gpu, 16, wgpu::VertexFormat::Float32x4, 4, 0)),
    Row("an attribute at the largest offset", Refused, |gpu| one(gpu, 16, wgpu::VertexFormat::Uint8, u64::MAX, 0)),
    Row("an attribute that runs over with its offset", Refused, |gpu| {
        one(gpu, 16, wgpu::VertexFormat::Float32x4, u64::MAX - 3, 0);
    }),
    Row("the last location that can be said", Invalid, |gpu| one(gpu, 16, wgpu::VertexFormat::Float32x4, 0, u32::MAX)),
    Row("a format that needs a feature", Invalid, |gpu| one(gpu, 32, wgpu::VertexFormat::Float64x4, 0, 0)),
    Row("one location twice", Invalid, |gpu| {
        let twice = [attribute(wgpu::VertexFormat::Float32x4, 0, 0); 2];
        Draw::with_buffers(&[layout(16, &twice)]).create(gpu);
    }),
    Row("a buffer without attributes", Valid, |gpu| Draw { buffers: &[layout(0, &[])], ..Draw::plain() }.create(gpu)),
    Row("more buffers than the limit, without attributes", Valid, |gpu| {
        let buffers = [0; 9].map(|_| layout(0, &[]));
        Draw { buffers: &buffers, ..Draw::plain() }.create(gpu);
    }),
];

fn queries(gpu: &Gpu, ty: wgpu::QueryType, count: u32) {
    drop(gpu.query_set(ty, count));
}

#[rustfmt::skip]
const QUERIES: &[Row] = &[
    Row("one", Valid, |gpu| queries(gpu, wgpu::QueryType::Occlusion, 1)),
    Row("none", Invalid, |gpu| queries(gpu, wgpu::QueryType::Occlusion, 0)),
    Row("the most", Valid, |gpu| queries(gpu, wgpu::QueryType::Occlusion, wgpu::QUERY_SET_MAX_QUERIES)),
    Row("one too many", Invalid, |gpu| queries(gpu, wgpu::QueryType::Occlusion, wgpu::QUERY_SET_MAX_QUERIES + 1)),
    Row("as many as there are numbers", Invalid, |gpu| queries(gpu, wgpu::QueryType::Occlusion, u32::MAX)),
    Row("times without the feature", Invalid, |gpu| queries(gpu, wgpu::QueryType::Timestamp, 1)),
    Row("statistics without the feature", Invalid, |gpu| {
        queries(gpu, wgpu::QueryType::PipelineStatistics(wgpu::PipelineStatisticsTypes::all()), 1);
    }),
];

#[test]
fn shaders() {
    crate::check(SHADERS);
}

#[test]
fn compute_pipelines() {
    crate::check(COMPUTE);
}

#[test]
fn render_pipelines() {
    crate::check(RENDER);
}

#[test]
fn query_sets() {
    crate::check(QUERIES);
}
