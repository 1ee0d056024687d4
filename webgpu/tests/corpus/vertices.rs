//! Vertices and indices: formats, layouts, and what is there for a draw.

use crate::common::Outcome::{Valid, Validation};
use crate::common::gpu;
use crate::drawing::{COVER, InPass, Pipeline, attachment, canvas, target};
use crate::kit::Case;
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, TextureFormat};

#[test]
fn layouts_of_vertices_that_are_refused() {
    use wgpu::VertexFormat::{Float32, Float32x4, Uint32x2};
    let gpu = gpu();
    let shader = COVER.replace(
        "vertex(@builtin(vertex_index) index: u32)",
        "vertex(@builtin(vertex_index) index: u32, @location(0) a: vec4<f32>)",
    );
    let attribute =
        |format, offset, shader_location| wgpu::VertexAttribute { format, offset, shader_location };
    let layout = |array_stride, attributes| wgpu::VertexBufferLayout {
        array_stride,
        step_mode: wgpu::VertexStepMode::Vertex,
        attributes,
    };
    let plain = [attribute(Float32x4, 0, 0)];
    let both = [attribute(Float32x4, 0, 0), attribute(Float32, 16, 1)];
    let twice = [attribute(Float32x4, 0, 0), attribute(Float32, 0, 0)];
    let other = [attribute(Uint32x2, 0, 0)];
    let narrow = [attribute(Float32, 0, 0)];
    let odd = [attribute(Float32x4, 2, 0)];
    let far = [attribute(Float32x4, 2048, 0)];
    let high = [attribute(Float32x4, 0, 16)];
    let cases: &[Case<'_, &[wgpu::VertexBufferLayout<'_>]>] = &[
        ("one", Valid, &[layout(16, &plain)]),
        ("none", Validation, &[]),
        ("a second one", Valid, &[layout(20, &both)]),
        ("a location twice", Validation, &[layout(16, &twice)]),
        ("a location twice in two", Validation, &[layout(16, &plain), layout(16, &plain)]),
        ("of another kind", Validation, &[layout(16, &other)]),
        ("fewer parts", Valid, &[layout(16, &narrow)]),
        ("beyond the stride", Validation, &[layout(8, &plain)]),
        ("no stride", Valid, &[layout(0, &plain)]),
        ("odd stride", Validation, &[layout(18, &plain)]),
        ("odd offset", Validation, &[layout(20, &odd)]),
        ("long stride", Validation, &[layout(4096, &plain)]),
        ("far", Validation, &[layout(0, &far)]),
        ("a high location", Validation, &[layout(16, &plain), layout(16, &high)]),
        ("an empty one before", Valid, &[layout(0, &[]), layout(16, &plain)]),
        (
            "eight",
            Valid,
            &[
                layout(16, &plain),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
            ],
        ),
        (
            "nine",
            Valid,
            &[
                layout(16, &plain),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
                layout(0, &[]),
            ],
        ),
    ];
    gpu.cases(cases, |buffers| {
        Pipeline { shader: &shader, buffers, ..Default::default() }.create(&gpu)
    });
}

#[test]
fn vertex_formats() {
    use wgpu::VertexFormat::*;
    let gpu = gpu();
    // Sixteen bytes that are something in each format, two vertices after each other.
    let bytes = (0..32_u32).map(|i| (i * 37 + 11) as u8 & 0xbb).collect::<Vec<_>>();
    let vertices = gpu.buffer(bytemuck::cast_slice(&bytes), wgpu::BufferUsages::VERTEX);
    for format in [
        Uint8,
        Uint8x2,
        Uint8x4,
        Sint8,
        Sint8x2,
        Sint8x4,
        Unorm8,
        Unorm8x2,
        Unorm8x4,
        Snorm8,
        Snorm8x2,
        Snorm8x4,
        Uint16,
        Uint16x2,
        Uint16x4,
        Sint16,
        Sint16x2,
        Sint16x4,
        Unorm16,
        Unorm16x2,
        Unorm16x4,
        Snorm16,
        Snorm16x2,
        Snorm16x4,
        Float16,
        Float16x2,
        Float16x4,
        Float32,
        Float32x2,
        Float32x3,
        Float32x4,
        Uint32,
        Uint32x2,
        Uint32x3,
        Uint32x4,
        Sint32,
        Sint32x2,
        Sint32x3,
        Sint32x4,
        Unorm10_10_10_2,
    ] {
        let name = format!("{format:?}");
        let kind = match &name {
            name if name.starts_with("Uint") => "u32",
            name if name.starts_with("Sint") => "i32",
            _ => "f32",
        };
        let shader = format!(
            "struct Output {{ @builtin(position) position: vec4<f32>, @location(0) @interpolate(flat) value: vec4<{kind}> }}
            @vertex fn vertex(@builtin(vertex_index) index: u32, @location(0) value: vec4<{kind}>) -> Output {{
                return Output(vec4<f32>(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.5, 1.0), value);
            }}
            @fragment fn fragment(input: Output) -> @location(0) vec4<u32> {{ return bitcast<vec4<u32>>(input.value); }}"
        );
        let buffers = [wgpu::VertexBufferLayout {
            array_stride: 0,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &[wgpu::VertexAttribute { format, offset: 4, shader_location: 0 }],
        }];
        let target = target(TextureFormat::Rgba32Uint);
        let (outcome, pipeline) = gpu.attempt(&name, || {
            Pipeline {
                shader: &shader,
                buffers: &buffers,
                targets: Some(&[target]),
                ..Default::default()
            }
            .create(&gpu)
        });
        if outcome != Valid {
            continue;
        }
        let canvas = canvas(&gpu, TextureFormat::Rgba32Uint);
        let view = canvas.create_view(&Default::default());
        gpu.no_error(|| {
            gpu.pass(&view, |pass| {
                pass.set_pipeline(&pipeline.unwrap());
                pass.set_vertex_buffer(0, vertices.slice(..));
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_canvas("value", &canvas);
    }
}

#[test]
fn vertices_in_the_order_of_bgra() {
    let gpu = gpu();
    let shader = COVER.replace(
        "vertex(@builtin(vertex_index) index: u32)",
        "vertex(@builtin(vertex_index) index: u32, @location(0) color: vec4<f32>)",
    );
    let buffers = [wgpu::VertexBufferLayout {
        array_stride: 4,
        step_mode: wgpu::VertexStepMode::Vertex,
        attributes: &wgpu::vertex_attr_array![0 => Unorm8x4Bgra],
    }];
    gpu.outcome("Unorm8x4Bgra", || {
        Pipeline { shader: &shader, buffers: &buffers, ..Default::default() }.create(&gpu)
    });
}

#[test]
fn step_modes() {
    let gpu = gpu();
    let shader = "
        struct Output { @builtin(position) position: vec4<f32>, @location(0) color: vec4<f32> }
        @vertex fn vertex(@location(0) corner: vec2<f32>, @location(1) shift: vec2<f32>, @location(2) color: vec4<f32>) -> Output {
            return Output(vec4<f32>(corner + shift, 0.0, 1.0), color);
        }
        @fragment fn fragment(input: Output) -> @location(0) vec4<f32> { return input.color; }";
    let of_vertices = wgpu::vertex_attr_array![0 => Float32x2];
    let of_instances = wgpu::vertex_attr_array![1 => Float32x2, 2 => Unorm8x4];
    let pipeline = Pipeline {
        shader,
        buffers: &[
            wgpu::VertexBufferLayout {
                array_stride: 8,
                step_mode: wgpu::VertexStepMode::Vertex,
                attributes: &of_vertices,
            },
            wgpu::VertexBufferLayout {
                array_stride: 12,
                step_mode: wgpu::VertexStepMode::Instance,
                attributes: &of_instances,
            },
        ],
        ..Default::default()
    }
    .create(&gpu);
    let words = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let corners = words(&[-0.5, -0.5, 0.0, -0.5, -0.5, 0.5]);
    let corners = gpu.buffer(&corners, wgpu::BufferUsages::VERTEX);
    let mut shifts = words(&[-0.4, 0.0, 0.0, 0.2, 0.5, 0.3, 0.4, -0.4, 0.0]);
    (shifts[2], shifts[5], shifts[8]) = (0xff00_00ff, 0xff00_ff00, 0xffff_0000);
    let shifts = gpu.buffer(&shifts, wgpu::BufferUsages::VERTEX);
    for instances in [0..3, 1..2, 1..3] {
        gpu.draw(&format!("{instances:?}"), |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_vertex_buffer(0, corners.slice(..));
            pass.set_vertex_buffer(1, shifts.slice(..));
            pass.draw(0..3, instances.clone());
        });
    }
}

#[test]
fn indices() {
    let gpu = gpu();
    let vertices = gpu.buffer(
        &[-1.0_f32, -1.0, 3.0, -1.0, -1.0, 3.0, 0.0, 0.0].map(f32::to_bits),
        Usages::VERTEX,
    );
    let shader = "
        @vertex fn vertex(@location(0) place: vec2<f32>) -> @builtin(position) vec4<f32> {
            return vec4<f32>(place, 0.0, 1.0);
        }
        @fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }";
    let pipeline = Pipeline {
        shader,
        buffers: &[wgpu::VertexBufferLayout {
            array_stride: 8,
            step_mode: wgpu::VertexStepMode::Vertex,
            attributes: &wgpu::vertex_attr_array![0 => Float32x2],
        }],
        ..Default::default()
    }
    .create(&gpu);
    let short = gpu.buffer(bytemuck::cast_slice(&[3_u16, 0, 1, 3, 0, 3, 1, 2]), Usages::INDEX);
    let long = gpu.buffer(&[3, 0, 1, 3, 0, 3, 1, 2], Usages::INDEX);
    use wgpu::IndexFormat::{Uint16, Uint32};
    for (name, buffer, format) in [("short", &short, Uint16), ("long", &long, Uint32)] {
        for (range, base_vertex) in [(0..3, 0), (3..6, 0), (5..8, -0), (1..3, 1), (1..4, -1)] {
            gpu.draw(&format!("{name} {range:?} {base_vertex}"), |pass| {
                pass.set_pipeline(&pipeline);
                pass.set_vertex_buffer(0, vertices.slice(..));
                pass.set_index_buffer(buffer.slice(..), format);
                pass.draw_indexed(range.clone(), base_vertex, 0..1);
            });
        }
    }
    let view = attachment(&gpu, |_| ());
    let cases: &[Case<'_, InPass<'_>>] = &[
        ("beyond the indices", Validation, &|pass| {
            pass.set_index_buffer(short.slice(..), Uint16);
            pass.draw_indexed(6..9, 0, 0..1);
        }),
        ("beyond a slice of them", Validation, &|pass| {
            pass.set_index_buffer(long.slice(8..20), Uint32);
            pass.draw_indexed(0..4, 0, 0..1);
        }),
        ("within a slice of them", Valid, &|pass| {
            pass.set_index_buffer(long.slice(8..20), Uint32);
            pass.draw_indexed(0..3, 0, 0..1);
        }),
        ("no indices", Validation, &|pass| pass.draw_indexed(0..3, 0, 0..1)),
        ("odd offset", Validation, &|pass| pass.set_index_buffer(long.slice(2..), Uint32)),
        ("half a word", Valid, &|pass| pass.set_index_buffer(short.slice(2..6), Uint16)),
        ("vertices as indices", Validation, &|pass| {
            pass.set_index_buffer(vertices.slice(..), Uint32);
        }),
        ("indices as vertices", Validation, &|pass| pass.set_vertex_buffer(0, long.slice(..))),
    ];
    gpu.cases(cases, |commands| {
        gpu.pass(&view, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_vertex_buffer(0, vertices.slice(..));
            commands(pass);
        });
    });
}

#[test]
fn vertices_that_are_there() {
    let gpu = gpu();
    let shader = COVER.replace(
        "vertex(@builtin(vertex_index) index: u32)",
        "vertex(@builtin(vertex_index) index: u32, @location(0) a: f32, @location(1) b: f32)",
    );
    let layout =
        |step_mode, attributes| wgpu::VertexBufferLayout { array_stride: 4, step_mode, attributes };
    let pipeline = Pipeline {
        shader: &shader,
        buffers: &[
            layout(wgpu::VertexStepMode::Vertex, &wgpu::vertex_attr_array![0 => Float32]),
            layout(wgpu::VertexStepMode::Instance, &wgpu::vertex_attr_array![1 => Float32]),
        ],
        ..Default::default()
    }
    .create(&gpu);
    let words = gpu.buffer(&[0; 4], Usages::VERTEX);
    let view = attachment(&gpu, |_| ());
    let cases: &[Case<'_, InPass<'_>>] = &[
        ("all", Valid, &|pass| pass.draw(0..4, 0..4)),
        ("a vertex too many", Validation, &|pass| pass.draw(0..5, 0..1)),
        ("from a later one", Validation, &|pass| pass.draw(2..5, 0..1)),
        ("an instance too many", Validation, &|pass| pass.draw(0..3, 0..5)),
        ("far too many", Validation, &|pass| pass.draw(0..u32::MAX, 0..1)),
        ("one buffer replaced", Validation, &|pass| {
            pass.set_vertex_buffer(0, words.slice(8..));
            pass.draw(0..3, 0..1);
        }),
        ("a slot beyond all", Validation, &|pass| pass.set_vertex_buffer(8, words.slice(..))),
        ("a slot far beyond", Validation, &|pass| {
            pass.set_vertex_buffer(u32::MAX, words.slice(..))
        }),
        ("odd offset", Validation, &|pass| pass.set_vertex_buffer(0, words.slice(2..))),
        ("no pipeline", Valid, &|_| ()),
    ];
    gpu.cases(cases, |commands| {
        gpu.pass(&view, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_vertex_buffer(0, words.slice(..));
            pass.set_vertex_buffer(1, words.slice(..));
            commands(pass);
        });
    });
    gpu.outcome("a slot left empty", || {
        gpu.pass(&view, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_vertex_buffer(0, words.slice(..));
            pass.draw(0..1, 0..1);
        });
    });
    gpu.outcome("no pipeline at all", || gpu.pass(&view, |pass| pass.draw(0..3, 0..1)));
}
