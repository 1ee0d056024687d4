//! Drawing: every pixel that is looked at has the colour that it must have.

mod common;

use common::{Gpu, gpu};
use webgpu as wgpu;
use wgpu::util::DeviceExt;

const SIZE: u32 = 64;

/// A triangle in the left half, in the colour of its vertices; or a rectangle at some depth.
const SHADER: &str = "
    struct Output { @builtin(position) position: vec4<f32>, @location(0) color: vec4<f32> }

    @vertex
    fn triangle(@location(0) position: vec2<f32>, @location(1) color: vec4<f32>) -> Output {
        return Output(vec4<f32>(position, 0.5, 1.0), color);
    }

    @vertex
    fn rectangle(@builtin(vertex_index) vertex: u32, @builtin(instance_index) instance: u32) -> Output {
        let corner = vec2<f32>(f32(vertex & 1u), f32(vertex >> 1u)) * 2.0 - 1.0;
        let depth = 0.75 - f32(instance) * 0.5;
        return Output(vec4<f32>(corner, depth, 1.0), vec4<f32>(f32(instance), 1.0, 0.0, 1.0));
    }

    @fragment
    fn color(input: Output) -> @location(0) vec4<f32> { return input.color; }
";

#[repr(C)]
#[derive(Clone, Copy)]
struct Vertex {
    position: [f32; 2],
    color: [u8; 4],
}

const BACKGROUND: wgpu::Color = wgpu::Color { r: 0.2, g: 0.4, b: 0.6, a: 1.0 };
const BACKGROUND_TEXEL: [u8; 4] = [51, 102, 153, 255];

fn target(gpu: &Gpu, samples: u32, format: wgpu::TextureFormat) -> wgpu::Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("target"),
        size: wgpu::Extent3d { width: SIZE, height: SIZE, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: samples,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT
            | if samples == 1 && format == wgpu::TextureFormat::Rgba8Unorm {
                wgpu::TextureUsages::COPY_SRC
            } else {
                wgpu::TextureUsages::empty()
            },
        view_formats: &[],
    })
}

struct Pipeline<'a> {
    vertex: &'a str,
    buffers: &'a [wgpu::VertexBufferLayout<'a>],
    topology: wgpu::PrimitiveTopology,
    depth_stencil: Option<wgpu::DepthStencilState>,
    samples: u32,
    blend: Option<wgpu::BlendState>,
}

impl Default for Pipeline<'_> {
    fn default() -> Self {
        Self {
            vertex: "rectangle",
            buffers: &[],
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            depth_stencil: None,
            samples: 1,
            blend: None,
        }
    }
}

impl Pipeline<'_> {
    fn create(self, gpu: &Gpu) -> wgpu::RenderPipeline {
        let module = gpu.shader(SHADER);
        gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(self.vertex),
            layout: None,
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some(self.vertex),
                compilation_options: Default::default(),
                buffers: self.buffers,
            },
            primitive: wgpu::PrimitiveState { topology: self.topology, ..Default::default() },
            depth_stencil: self.depth_stencil,
            multisample: wgpu::MultisampleState { count: self.samples, ..Default::default() },
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                targets: &[Some(wgpu::ColorTargetState {
                    format: wgpu::TextureFormat::Rgba8Unorm,
                    blend: self.blend,
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

fn clear(view: &wgpu::TextureView) -> Option<wgpu::RenderPassColorAttachment<'_>> {
    Some(wgpu::RenderPassColorAttachment {
        view,
        depth_slice: None,
        resolve_target: None,
        ops: wgpu::Operations {
            load: wgpu::LoadOp::Clear(BACKGROUND),
            store: wgpu::StoreOp::Store,
        },
    })
}

/// The texels after a pass over a cleared target.
fn draw(gpu: &Gpu, record: impl FnOnce(&mut wgpu::RenderPass<'_>)) -> Vec<[u8; 4]> {
    let target = target(gpu, 1, wgpu::TextureFormat::Rgba8Unorm);
    let view = target.create_view(&Default::default());
    gpu.no_error(|| {
        let mut encoder = gpu.encoder();
        record(&mut encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("draw"),
            color_attachments: &[clear(&view)],
            ..Default::default()
        }));
        gpu.queue.submit([encoder.finish()]);
    });
    gpu.read_texels(&target)
}

fn texel(texels: &[[u8; 4]], x: u32, y: u32) -> [u8; 4] {
    texels[(y * SIZE + x) as usize]
}

const VERTICES: [Vertex; 3] = [
    Vertex { position: [-1.0, 1.0], color: [255, 0, 0, 255] },
    Vertex { position: [-1.0, -1.0], color: [0, 255, 0, 255] },
    Vertex { position: [0.0, -1.0], color: [0, 0, 255, 255] },
];

fn vertex_bytes() -> Vec<u8> {
    let bytes = |vertex: &Vertex| {
        let position = vertex.position.map(f32::to_le_bytes);
        [&position[0][..], &position[1][..], &vertex.color[..]].concat()
    };
    VERTICES.iter().flat_map(bytes).collect()
}

fn triangle_pipeline(gpu: &Gpu, samples: u32) -> wgpu::RenderPipeline {
    Pipeline {
        vertex: "triangle",
        buffers: &[wgpu::VertexBufferLayout {
            array_stride: size_of::<Vertex>() as u64,
            step_mode: wgpu::VertexStepMode::Vertex,
            attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Unorm8x4],
        }],
        topology: wgpu::PrimitiveTopology::TriangleList,
        samples,
        ..Default::default()
    }
    .create(gpu)
}

fn assert_triangle(texels: &[[u8; 4]]) {
    let near = |x, y, channel: usize| {
        let texel = texel(texels, x, y);
        assert!(texel[channel] > 200, "{texel:?} at {x}, {y}");
        let others: u32 =
            (0..3).filter(|other| *other != channel).map(|other| u32::from(texel[other])).sum();
        assert!(others < 60, "{texel:?} at {x}, {y}");
    };
    near(0, 4, 0);
    near(0, SIZE - 1, 1);
    near(SIZE / 2 - 3, SIZE - 1, 2);
    assert_eq!(texel(texels, SIZE - 1, 0), BACKGROUND_TEXEL);
    assert_eq!(texel(texels, SIZE / 2 + 1, SIZE - 1), BACKGROUND_TEXEL);
    assert_eq!(texel(texels, SIZE / 2, SIZE / 2), BACKGROUND_TEXEL);
}

#[test]
fn a_triangle_out_of_a_vertex_buffer() {
    let gpu = gpu();
    let pipeline = triangle_pipeline(&gpu, 1);
    let vertices = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("vertices"),
        contents: &vertex_bytes(),
        usage: wgpu::BufferUsages::VERTEX,
    });
    let texels = draw(&gpu, |pass| {
        pass.set_pipeline(&pipeline);
        pass.set_vertex_buffer(0, vertices.slice(..));
        pass.draw(0..3, 0..1);
    });
    assert_triangle(&texels);
}

#[test]
fn indices_and_indirect_draws() {
    let gpu = gpu();
    let pipeline = triangle_pipeline(&gpu, 1);
    let vertices = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: None,
        contents: &vertex_bytes(),
        usage: wgpu::BufferUsages::VERTEX,
    });
    let indices = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: None,
        contents: bytemuck::cast_slice(&[9_u16, 9, 2, 1, 0]),
        usage: wgpu::BufferUsages::INDEX,
    });
    let indexed = wgpu::util::DrawIndexedIndirectArgs {
        index_count: 3,
        instance_count: 1,
        first_index: 2,
        base_vertex: 0,
        first_instance: 0,
    };
    let indirect = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: None,
        contents: indexed.as_bytes(),
        usage: wgpu::BufferUsages::INDIRECT,
    });
    for is_indirect in [false, true] {
        let texels = draw(&gpu, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_vertex_buffer(0, vertices.slice(..));
            pass.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint16);
            if is_indirect {
                pass.draw_indexed_indirect(&indirect, 0);
            } else {
                pass.draw_indexed(2..5, 0, 0..1);
            }
        });
        assert_triangle(&texels);
    }
}

#[test]
fn a_bundle_draws_like_its_commands() {
    let gpu = gpu();
    let pipeline = triangle_pipeline(&gpu, 1);
    let vertices = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: None,
        contents: &vertex_bytes(),
        usage: wgpu::BufferUsages::VERTEX,
    });
    let mut encoder =
        gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            color_formats: &[Some(wgpu::TextureFormat::Rgba8Unorm)],
            sample_count: 1,
            ..Default::default()
        });
    encoder.set_pipeline(&pipeline);
    encoder.set_vertex_buffer(0, vertices.slice(..));
    encoder.draw(0..3, 0..1);
    let bundle = encoder.finish(&Default::default());
    drop((pipeline, vertices));
    assert_triangle(&draw(&gpu, |pass| pass.execute_bundles([&bundle])));
}

#[test]
fn viewport_and_scissor() {
    let gpu = gpu();
    let pipeline = Pipeline::default().create(&gpu);
    let texels = draw(&gpu, |pass| {
        pass.set_pipeline(&pipeline);
        pass.set_viewport(8.0, 16.0, 32.0, 32.0, 0.0, 1.0);
        pass.set_scissor_rect(0, 0, 20, SIZE);
        pass.draw(0..4, 1..2);
    });
    let yellow = [255, 255, 0, 255];
    let drawn = (0..SIZE).flat_map(|y| (0..SIZE).map(move |x| (x, y)));
    for (x, y) in drawn {
        let inside = (8..20).contains(&x) && (16..48).contains(&y);
        let expected = if inside { yellow } else { BACKGROUND_TEXEL };
        assert_eq!(texel(&texels, x, y), expected, "at {x}, {y}");
    }
}

#[test]
fn blending_with_a_constant() {
    let gpu = gpu();
    let component = wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::Constant,
        dst_factor: wgpu::BlendFactor::OneMinusConstant,
        operation: wgpu::BlendOperation::Add,
    };
    let blend = Some(wgpu::BlendState { color: component, alpha: component });
    let pipeline = Pipeline { blend, ..Default::default() }.create(&gpu);
    let texels = draw(&gpu, |pass| {
        pass.set_pipeline(&pipeline);
        pass.set_blend_constant(wgpu::Color { r: 1.0, g: 0.0, b: 0.0, a: 1.0 });
        pass.draw(0..4, 1..2);
    });
    assert_eq!(texel(&texels, 5, 5), [255, 102, 153, 255]);
}

#[test]
fn depth_hides_what_is_behind() {
    let gpu = gpu();
    let format = wgpu::TextureFormat::Depth32Float;
    let pipeline = Pipeline {
        depth_stencil: Some(wgpu::DepthStencilState {
            format,
            depth_write_enabled: Some(true),
            depth_compare: Some(wgpu::CompareFunction::Less),
            stencil: Default::default(),
            bias: Default::default(),
        }),
        ..Default::default()
    }
    .create(&gpu);
    let color = target(&gpu, 1, wgpu::TextureFormat::Rgba8Unorm);
    let color_view = color.create_view(&Default::default());
    let depth = target(&gpu, 1, format).create_view(&Default::default());
    let mut encoder = gpu.encoder();
    {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[clear(&color_view)],
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &depth,
                depth_ops: Some(wgpu::Operations {
                    load: wgpu::LoadOp::Clear(1.0),
                    store: wgpu::StoreOp::Discard,
                }),
                stencil_ops: None,
            }),
            ..Default::default()
        });
        pass.set_pipeline(&pipeline);
        // The second instance is nearer: it stays, though the first is drawn after it.
        pass.draw(0..4, 1..2);
        pass.draw(0..4, 0..1);
    }
    gpu.queue.submit([encoder.finish()]);
    let texels = gpu.read_texels(&color);
    assert!(texels.iter().all(|texel| *texel == [255, 255, 0, 255]));
}

#[test]
fn samples_are_averaged() {
    let gpu = gpu();
    let vertices = gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: None,
        contents: &vertex_bytes(),
        usage: wgpu::BufferUsages::VERTEX,
    });
    let red_at_edge = |samples| {
        let pipeline = triangle_pipeline(&gpu, samples);
        let drawn = target(&gpu, samples, wgpu::TextureFormat::Rgba8Unorm);
        let resolved = target(&gpu, 1, wgpu::TextureFormat::Rgba8Unorm);
        let [drawn_view, resolved_view] =
            [&drawn, &resolved].map(|texture| texture.create_view(&Default::default()));
        gpu.no_error(|| {
            let mut encoder = gpu.encoder();
            {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        resolve_target: (samples > 1).then_some(&resolved_view),
                        ops: wgpu::Operations {
                            load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                            store: wgpu::StoreOp::Store,
                        },
                        ..clear(&drawn_view).unwrap()
                    })],
                    ..Default::default()
                });
                pass.set_pipeline(&pipeline);
                pass.set_vertex_buffer(0, vertices.slice(..));
                pass.draw(0..3, 0..1);
            }
            gpu.queue.submit([encoder.finish()]);
        });
        let texels = gpu.read_texels(if samples > 1 { &resolved } else { &drawn });
        // Where the slanted edge crosses a row, the brightness falls to nothing: at once, or over texels in between.
        let row = &texels[(SIZE * SIZE / 2) as usize..][..SIZE as usize];
        let brightness =
            |texel: &[u8; 4]| texel[..3].iter().map(|value| u32::from(*value)).sum::<u32>();
        let between = row.iter().filter(|texel| (20..200).contains(&brightness(texel)));
        between.count()
    };
    assert_eq!(red_at_edge(1), 0);
    assert!(red_at_edge(4) > 0);
}

#[test]
fn a_pass_that_forgot_its_lifetime() {
    let gpu = gpu();
    let pipeline = Pipeline::default().create(&gpu);
    let color = target(&gpu, 1, wgpu::TextureFormat::Rgba8Unorm);
    let view = color.create_view(&Default::default());
    let mut encoder = gpu.encoder();
    let mut pass = encoder
        .begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[clear(&view)],
            ..Default::default()
        })
        .forget_lifetime();
    pass.set_pipeline(&pipeline);
    pass.draw(0..4, 0..1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    assert_eq!(gpu.read_texels(&color)[0], [0, 255, 0, 255]);
}
