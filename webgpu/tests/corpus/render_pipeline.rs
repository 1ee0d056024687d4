//! Render pipelines: what each state does to the pixels, and which are refused.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{gpu, gpu_with};
use crate::drawing::{COLORS, Pipeline, SIZE, TRIANGLE, canvas, cleared};
use crate::kit::{TEXTURE, extent};
use webgpu as wgpu;
use wgpu::TextureFormat;

#[test]
fn topologies() {
    let gpu = gpu();
    let shader = "
        @vertex fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
            let place = vec2<f32>(f32(index % 3u), f32(index / 3u)) * 0.7 - 0.6;
            return vec4<f32>(place, 0.0, 1.0);
        }
        @fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }";
    use wgpu::PrimitiveTopology as Topology;
    for (topology, strip) in [
        (Topology::PointList, false),
        (Topology::LineList, false),
        (Topology::LineStrip, true),
        (Topology::TriangleList, false),
        (Topology::TriangleStrip, true),
    ] {
        let pipeline = Pipeline {
            shader,
            primitive: wgpu::PrimitiveState {
                topology,
                strip_index_format: strip.then_some(wgpu::IndexFormat::Uint16),
                ..Default::default()
            },
            ..Default::default()
        }
        .create(&gpu);
        gpu.draw(&format!("{topology:?}"), |pass| {
            pass.set_pipeline(&pipeline);
            pass.draw(0..6, 0..1);
        });
        let indices = [0_u16, 1, 4, 0xffff, 2, 5, 3, 3];
        let indices = gpu.buffer(bytemuck::cast_slice(&indices), wgpu::BufferUsages::INDEX);
        if strip {
            gpu.draw(&format!("{topology:?}, cut"), |pass| {
                pass.set_pipeline(&pipeline);
                pass.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint16);
                pass.draw_indexed(0..7, 0, 0..1);
            });
        }
    }
    gpu.outcome("a list with a format for strips", || {
        let primitive = wgpu::PrimitiveState {
            strip_index_format: Some(wgpu::IndexFormat::Uint16),
            ..Default::default()
        };
        Pipeline { primitive, ..Default::default() }.create(&gpu)
    });
}

#[test]
fn faces() {
    let gpu = gpu();
    for cull_mode in [None, Some(wgpu::Face::Front), Some(wgpu::Face::Back)] {
        for front_face in [wgpu::FrontFace::Ccw, wgpu::FrontFace::Cw] {
            let shader = TRIANGLE
                .replace(
                    "@location(0) vec4<f32> { return input.color",
                    "@location(0) vec4<f32> { return select(input.color, vec4<f32>(1.0), front)",
                )
                .replace(
                    "fragment(input: Output)",
                    "fragment(input: Output, @builtin(front_facing) front: bool)",
                );
            let pipeline = Pipeline {
                shader: &shader,
                primitive: wgpu::PrimitiveState { cull_mode, front_face, ..Default::default() },
                ..Default::default()
            }
            .create(&gpu);
            gpu.draw(&format!("{cull_mode:?}, {front_face:?}"), |pass| {
                pass.set_pipeline(&pipeline);
                pass.draw(0..3, 0..1);
            });
        }
    }
}

#[test]
fn modes_of_polygons() {
    let features = wgpu::Features::POLYGON_MODE_LINE | wgpu::Features::POLYGON_MODE_POINT;
    let gpu = gpu_with(features);
    let without = crate::common::gpu();
    for polygon_mode in [wgpu::PolygonMode::Fill, wgpu::PolygonMode::Line, wgpu::PolygonMode::Point]
    {
        let primitive = wgpu::PrimitiveState { polygon_mode, ..Default::default() };
        let pipeline = Pipeline { shader: TRIANGLE, primitive, ..Default::default() };
        without
            .outcome(&format!("{polygon_mode:?} without features"), || pipeline.create(&without));
        let pipeline = pipeline.create(&gpu);
        gpu.draw(&format!("{polygon_mode:?}"), |pass| {
            pass.set_pipeline(&pipeline);
            pass.draw(0..3, 0..1);
        });
    }
    for (name, unclipped_depth, conservative) in
        [("unclipped", true, false), ("conservative", false, true)]
    {
        without.outcome(name, || {
            let primitive =
                wgpu::PrimitiveState { unclipped_depth, conservative, ..Default::default() };
            Pipeline { primitive, ..Default::default() }.create(&without)
        });
    }
}

#[test]
fn samples() {
    let gpu = gpu();
    for (name, mask, alpha_to_coverage_enabled) in
        [("all", !0, false), ("two", 0b0101, false), ("none", 0, false), ("by alpha", !0, true)]
    {
        let shader = match alpha_to_coverage_enabled {
            true => TRIANGLE
                .replace("vec4<f32>(corner, 1.0, 1.0)", "vec4<f32>(1.0, 1.0, 1.0, corner.x)"),
            false => TRIANGLE.to_owned(),
        };
        let pipeline = Pipeline {
            shader: &shader,
            multisample: wgpu::MultisampleState { count: 4, mask, alpha_to_coverage_enabled },
            ..Default::default()
        }
        .create(&gpu);
        let resolved = canvas(&gpu, TextureFormat::Rgba8Unorm);
        let samples = gpu.device.create_texture(&wgpu::TextureDescriptor {
            size: extent(SIZE, SIZE, 1),
            sample_count: 4,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            ..TEXTURE
        });
        let [view, resolved_view] =
            [&samples, &resolved].map(|texture| texture.create_view(&Default::default()));
        gpu.no_error(|| {
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        resolve_target: Some(&resolved_view),
                        ..cleared(&view, wgpu::Color::BLACK).unwrap()
                    })],
                    ..Default::default()
                });
                pass.set_pipeline(&pipeline);
                pass.draw(0..3, 0..1);
            });
        });
        gpu.read_canvas(name, &resolved);
    }
    for count in [0, 1, 2, 3, 4, 8, 16, 32] {
        gpu.outcome(&format!("{count} samples"), || {
            let multisample = wgpu::MultisampleState { count, ..Default::default() };
            Pipeline { multisample, ..Default::default() }.create(&gpu)
        });
    }
}

#[test]
fn stages_that_fit() {
    let gpu = gpu();
    let vertex = "struct Out { @builtin(position) p: vec4<f32>, @location(0) a: f32, @location(1) b: vec2<u32> }
        @vertex fn vertex() -> Out { return Out(); }\n";
    gpu.cases(
        &[
            ("all", Valid, "@fragment fn f(@location(0) a: f32, @location(1) @interpolate(flat) b: vec2<u32>) -> @location(0) vec4<f32> { return vec4(a); }"),
            ("a part", Valid, "@fragment fn f(@location(0) a: f32) -> @location(0) vec4<f32> { return vec4(a); }"),
            ("more", Validation, "@fragment fn f(@location(2) c: f32) -> @location(0) vec4<f32> { return vec4(c); }"),
            ("another type", Validation, "@fragment fn f(@location(0) @interpolate(flat) a: u32) -> @location(0) vec4<f32> { return vec4(f32(a)); }"),
            ("another interpolation", Validation, "@fragment fn f(@location(0) @interpolate(linear) a: f32) -> @location(0) vec4<f32> { return vec4(a); }"),
            ("no colour", Valid, "@fragment fn f() {}"),
            ("another colour", Validation, "@fragment fn f() -> @location(0) vec4<u32> { return vec4<u32>(); }"),
            ("a colour too many", Valid, "struct C { @location(0) a: vec4<f32>, @location(1) b: vec4<f32> } @fragment fn f() -> C { return C(); }"),
            ("depth", Validation, "struct C { @location(0) a: vec4<f32>, @builtin(frag_depth) d: f32 } @fragment fn f() -> C { return C(); }"),
        ],
        |fragment| {
            let shader = vertex.replace("@location(1) b", "@location(1) @interpolate(flat) b") + fragment;
            Pipeline { shader: &shader, ..Default::default() }.create(&gpu)
        },
    );
}

#[test]
fn group_layouts_of_pipelines() {
    let gpu = gpu();
    let shader = COLORS.replace(
        "@fragment fn fragment(input: Output) -> @location(0) vec4<f32> { return input.color; }",
        "@group(0) @binding(2) var<uniform> tint: vec4<f32>;
        @group(2) @binding(0) var image: texture_2d<f32>;
        @fragment fn fragment(input: Output) -> @location(0) vec4<f32> {
            return input.color * tint + textureLoad(image, vec2(0), 0);
        }",
    );
    let pipeline = Pipeline { shader: &shader, ..Default::default() }.create(&gpu);
    for index in [0, 1, 2, 3, 4] {
        gpu.outcome(&format!("{index}"), || pipeline.get_bind_group_layout(index));
    }
}
