//! Features beyond WebGPU's core: with each of them its subject works, without it is refused.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{Gpu, gpu, gpu_with};
use crate::drawing::{COVER, PLAIN, Pipeline, TRIANGLE, canvas, cleared, target};
use crate::kit::{TEXTURE, extent, names};
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, Features, TextureFormat, TextureUsages};

/// What a shader leaves in four words.
fn computed(gpu: &Gpu, name: &str, wgsl: &str) {
    let (outcome, pipeline) = gpu.attempt(name, || gpu.compute_pipeline(wgsl));
    if outcome != Valid {
        return;
    }
    let pipeline = pipeline.unwrap();
    let out = gpu.empty_buffer(16, Usages::STORAGE | Usages::COPY_SRC);
    let group = gpu.bind_group(&pipeline, &[&out]);
    gpu.no_error(|| {
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        });
    });
    gpu.read(&out);
}

#[test]
fn numbers_of_other_sizes() {
    let out = "@group(0) @binding(0) var<storage, read_write> out: array<u32, 4>;
        @compute @workgroup_size(1) fn main()";
    for (feature, body) in [
        (
            Features::SHADER_F64,
            "{ let x = f64(out[0]) + 0.5lf; out[1] = u32(x * 3.0lf); out[2] = u32(sqrt(x * 8.0lf)); }",
        ),
        (
            Features::SHADER_INT64,
            "{ let x = u64(out[0]) + 0x100000001lu; out[1] = u32(x >> 32u); out[2] = u32(x * 3lu); }",
        ),
        (Features::SHADER_F16, "{ let x = f16(out[0]) + 0.1h; out[1] = u32(x * 1000.0h); }"),
        (Features::SHADER_I16, "{ let x = i32(out[0]); out[1] = u32(x + 1); }"),
    ] {
        let enable = if feature == Features::SHADER_F16 { "enable f16;\n" } else { "" };
        let source = format!("{enable}{out}{body}");
        computed(&gpu_with(feature), &names(feature), &source);
        computed(&gpu(), &format!("without {}", names(feature)), &source);
    }
}

#[test]
fn atomics_of_other_kinds() {
    let gpu = gpu_with(
        Features::SHADER_INT64
            | Features::SHADER_INT64_ATOMIC_ALL_OPS
            | Features::SHADER_FLOAT32_ATOMIC,
    );
    computed(
        &gpu,
        "words of 64 bits",
        "@group(0) @binding(0) var<storage, read_write> out: array<atomic<u64>, 2>;
        @compute @workgroup_size(8) fn main(@builtin(local_invocation_index) index: u32) {
            atomicAdd(&out[0], 0x100000001lu);
            atomicMax(&out[1], u64(index));
        }",
    );
    computed(
        &gpu,
        "floats",
        "@group(0) @binding(0) var<storage, read_write> out: array<atomic<f32>, 4>;
        @compute @workgroup_size(8) fn main(@builtin(local_invocation_index) index: u32) {
            atomicAdd(&out[0], f32(index) * 0.5);
        }",
    );
}

#[test]
fn two_sources_of_blending() {
    let shader = "enable dual_source_blending;\n".to_owned()
        + &COVER.replace(
            "@fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }",
            "struct Colors { @location(0) @blend_src(0) a: vec4<f32>, @location(0) @blend_src(1) b: vec4<f32> }
            @fragment fn fragment() -> Colors {
                return Colors(vec4<f32>(0.5, 0.5, 0.0, 1.0), vec4<f32>(0.25, 1.0, 0.5, 1.0));
            }",
        );
    let component = wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::Src1,
        dst_factor: wgpu::BlendFactor::OneMinusSrc1,
        operation: wgpu::BlendOperation::Add,
    };
    let blend = Some(wgpu::BlendState { color: component, alpha: component });
    let state = [Some(wgpu::ColorTargetState { blend, ..PLAIN.unwrap() })];
    let pipeline = Pipeline { shader: &shader, targets: Some(&state), ..Default::default() };
    let gpu = gpu_with(Features::DUAL_SOURCE_BLENDING);
    let (_, drawn) = gpu.attempt("with the feature", || pipeline.create(&gpu));
    let drawn = drawn.unwrap();
    gpu.draw("drawn", |pass| {
        pass.set_pipeline(&drawn);
        pass.draw(0..3, 0..1);
        pass.draw(0..3, 0..1);
    });
    let without = crate::common::gpu();
    let outcome = without.outcome("without", || pipeline.create(&without));
    assert_eq!(outcome, Validation);
}

#[test]
fn depths_that_are_not_clipped() {
    let format = TextureFormat::Depth32Float;
    let gpu = gpu_with(Features::DEPTH_CLIP_CONTROL);
    for unclipped_depth in [false, true] {
        let shader = COVER
            .replace("* 4.0 - 1.0, 0.5, 1.0)", "* 4.0 - 1.0, f32(index & 1u) * 4.0 - 1.0, 1.0)");
        let pipeline = Pipeline {
            shader: &shader,
            primitive: wgpu::PrimitiveState { unclipped_depth, ..Default::default() },
            depth_stencil: Some(wgpu::DepthStencilState {
                format,
                depth_write_enabled: Some(true),
                depth_compare: Some(wgpu::CompareFunction::Always),
                stencil: Default::default(),
                bias: Default::default(),
            }),
            ..Default::default()
        }
        .create(&gpu);
        let (color, depth) = (canvas(&gpu, TextureFormat::Rgba8Unorm), canvas(&gpu, format));
        let [color_view, depth_view] =
            [&color, &depth].map(|texture| texture.create_view(&Default::default()));
        gpu.no_error(|| {
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[cleared(&color_view, wgpu::Color::BLACK)],
                    depth_stencil_attachment: Some(crate::drawing::cleared_depth(&depth_view)),
                    ..Default::default()
                });
                pass.set_pipeline(&pipeline);
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_canvas(&format!("{unclipped_depth}"), &color);
        gpu.read_level(&depth, 0, wgpu::TextureAspect::DepthOnly);
    }
}

#[test]
fn distances_that_clip() {
    let shader = "enable clip_distances;
        struct Output { @builtin(position) position: vec4<f32>, @builtin(clip_distances) distances: array<f32, 1> }
        @vertex fn vertex(@builtin(vertex_index) index: u32) -> Output {
            let corner = vec2<f32>(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0);
            return Output(vec4<f32>(corner, 0.5, 1.0), array(corner.x - corner.y));
        }
        @fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }";
    let gpu = gpu_with(Features::CLIP_DISTANCES);
    let pipeline = Pipeline { shader, ..Default::default() };
    let (outcome, drawn) = gpu.attempt("with the feature", || pipeline.create(&gpu));
    if outcome == Valid {
        let drawn = drawn.unwrap();
        gpu.draw("drawn", |pass| {
            pass.set_pipeline(&drawn);
            pass.draw(0..3, 0..1);
        });
    }
    let without = crate::common::gpu();
    without.outcome("without", || pipeline.create(&without));
}

#[test]
fn indices_of_primitives_and_draws() {
    let gpu = gpu_with(Features::PRIMITIVE_INDEX);
    let shader = TRIANGLE.replace(
        "@fragment fn fragment(input: Output) -> @location(0) vec4<f32> { return input.color; }",
        "@fragment fn fragment(input: Output, @builtin(primitive_index) index: u32) -> @location(0) vec4<f32> {
            return vec4<f32>(f32(index), input.color.y, 0.0, 1.0);
        }",
    );
    let shader = "enable primitive_index;\n".to_owned() + &shader;
    let (outcome, pipeline) = gpu.attempt("pipeline", || {
        let primitive = wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            ..Default::default()
        };
        Pipeline { shader: &shader, primitive, ..Default::default() }.create(&gpu)
    });
    if outcome == Valid {
        let pipeline = pipeline.unwrap();
        gpu.draw("drawn", |pass| {
            pass.set_pipeline(&pipeline);
            pass.draw(0..4, 0..1);
        });
    }
}

#[test]
fn formats_that_features_add() {
    for (feature, format, usage) in [
        (
            Features::RG11B10UFLOAT_RENDERABLE,
            TextureFormat::Rg11b10Ufloat,
            TextureUsages::RENDER_ATTACHMENT,
        ),
        (
            Features::TEXTURE_FORMAT_16BIT_NORM,
            TextureFormat::Rgba16Unorm,
            TextureUsages::TEXTURE_BINDING,
        ),
        (
            Features::TEXTURE_FORMAT_16BIT_NORM,
            TextureFormat::R16Snorm,
            TextureUsages::STORAGE_BINDING,
        ),
        (
            Features::DEPTH32FLOAT_STENCIL8,
            TextureFormat::Depth32FloatStencil8,
            TextureUsages::RENDER_ATTACHMENT,
        ),
        (Features::BGRA8UNORM_STORAGE, TextureFormat::Bgra8Unorm, TextureUsages::STORAGE_BINDING),
        (
            Features::TEXTURE_COMPRESSION_BC,
            TextureFormat::Bc7RgbaUnormSrgb,
            TextureUsages::TEXTURE_BINDING,
        ),
        (
            Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES,
            TextureFormat::R8Unorm,
            TextureUsages::STORAGE_BINDING,
        ),
        (
            Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES,
            TextureFormat::Rgba8Snorm,
            TextureUsages::RENDER_ATTACHMENT,
        ),
    ] {
        for features in [feature, Features::empty()] {
            let gpu = gpu_with(features);
            gpu.outcome(&format!("{format:?} as {usage:?} with {}", names(features)), || {
                gpu.device.create_texture(&wgpu::TextureDescriptor { format, usage, ..TEXTURE })
            });
        }
    }
}

#[test]
fn blocks_that_are_sampled() {
    let gpu = gpu_with(Features::TEXTURE_COMPRESSION_BC);
    for format in [
        TextureFormat::Bc1RgbaUnorm,
        TextureFormat::Bc2RgbaUnorm,
        TextureFormat::Bc3RgbaUnormSrgb,
        TextureFormat::Bc4RUnorm,
        TextureFormat::Bc4RSnorm,
        TextureFormat::Bc5RgUnorm,
        TextureFormat::Bc6hRgbUfloat,
        TextureFormat::Bc7RgbaUnorm,
    ] {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            format,
            usage: TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST,
            ..TEXTURE
        });
        gpu.fill_level(&texture, 0);
        let shader = COVER.replace(
            "@fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }",
            "@group(0) @binding(0) var image: texture_2d<f32>;
            @fragment fn fragment(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
                return textureLoad(image, vec2<i32>(at.xy) / 2, 0);
            }",
        );
        let targets = [target(TextureFormat::Rgba32Float)];
        let pipeline = Pipeline { shader: &shader, targets: Some(&targets), ..Default::default() };
        let pipeline = pipeline.create(&gpu);
        let view = texture.create_view(&Default::default());
        let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(&view),
            }],
        });
        let canvas = canvas(&gpu, TextureFormat::Rgba32Float);
        let canvas_view = canvas.create_view(&Default::default());
        gpu.no_error(|| {
            gpu.pass(&canvas_view, |pass| {
                pass.set_pipeline(&pipeline);
                pass.set_bind_group(0, &group, &[]);
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_canvas(&format!("{format:?}"), &canvas);
    }
}

#[test]
fn wide_floats_that_are_blended_and_filtered() {
    for features in [Features::empty(), Features::FLOAT32_BLENDABLE | Features::FLOAT32_FILTERABLE]
    {
        let gpu = gpu_with(features);
        let blend = Some(wgpu::BlendState::ALPHA_BLENDING);
        let state = wgpu::ColorTargetState { blend, ..target(TextureFormat::R32Float).unwrap() };
        gpu.outcome(&format!("blended with {}", names(features)), || {
            Pipeline { targets: Some(&[Some(state.clone())]), ..Default::default() }.create(&gpu)
        });
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            format: TextureFormat::R32Float,
            usage: TextureUsages::TEXTURE_BINDING,
            ..TEXTURE
        });
        let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty: wgpu::BindingType::Texture {
                    sample_type: wgpu::TextureSampleType::Float { filterable: true },
                    view_dimension: wgpu::TextureViewDimension::D2,
                    multisampled: false,
                },
                count: None,
            }],
        });
        gpu.outcome(&format!("filtered with {}", names(features)), || {
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &layout,
                entries: &[wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(
                        &texture.create_view(&Default::default()),
                    ),
                }],
            })
        });
    }
}

#[test]
fn vertices_that_write() {
    for features in [Features::empty(), Features::VERTEX_WRITABLE_STORAGE] {
        let gpu = gpu_with(features);
        gpu.outcome(&names(features), || {
            gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: None,
                entries: &[wgpu::BindGroupLayoutEntry {
                    binding: 0,
                    visibility: wgpu::ShaderStages::VERTEX,
                    ty: wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Storage { read_only: false },
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                    count: None,
                }],
            })
        });
    }
}

#[test]
fn a_cache_of_pipelines_without_its_feature() {
    let gpu = crate::common::gpu();
    let descriptor = wgpu::PipelineCacheDescriptor { label: None, data: None, fallback: true };
    // SAFETY: There is no data.
    gpu.outcome("without", || unsafe { gpu.device.create_pipeline_cache(&descriptor) });
}

#[test]
fn more_memory_than_there_is() {
    let adapter = crate::common::adapter(&crate::common::instance());
    let gpu = crate::common::gpu_for(&wgpu::DeviceDescriptor {
        required_limits: adapter.limits(),
        ..Default::default()
    });
    let limits = gpu.device.limits();
    let side = limits.max_texture_dimension_2d;
    gpu.outcome("a texture", || {
        gpu.device.create_texture(&wgpu::TextureDescriptor {
            size: extent(side, side, limits.max_texture_array_layers),
            format: TextureFormat::Rgba32Float,
            usage: TextureUsages::COPY_DST,
            ..TEXTURE
        })
    });
}
