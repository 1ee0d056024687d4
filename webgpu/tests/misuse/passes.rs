//! Commands in passes and bundles.

use crate::{
    Invalid, Panic, Refused, Row, Valid, common::Gpu, recording::valid, textures::descriptor,
};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

const STORE: &str = "
    @group(0) @binding(0) var<storage, read_write> values: array<u32>;
    @compute @workgroup_size(1) fn main() { values[0] = 1u; }";

/// A pass with a pipeline and its bind group.
fn compute(gpu: &Gpu, record: impl FnOnce(&mut wgpu::ComputePass<'_>, &wgpu::BindGroup)) {
    let pipeline = gpu.compute_pipeline(STORE);
    let buffer = gpu.empty_buffer(64, Usages::STORAGE);
    let group = gpu.bind_group(&pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&pipeline);
    pass.set_bind_group(0, &group, &[]);
    record(&mut pass, &group);
    drop(pass);
    gpu.queue.submit(valid(gpu, encoder));
}

fn indirect(gpu: &Gpu, offset: u64) {
    let buffer = gpu.buffer(&[1; 4], Usages::INDIRECT);
    compute(gpu, |pass, _| pass.dispatch_workgroups_indirect(&buffer, offset));
}

#[rustfmt::skip]
const COMPUTE: &[Row] = &[
    Row("a workgroup", Valid, |gpu| compute(gpu, |pass, _| pass.dispatch_workgroups(1, 1, 1))),
    Row("no workgroups", Valid, |gpu| compute(gpu, |pass, _| pass.dispatch_workgroups(0, 1, 1))),
    Row("more workgroups than the limit", Invalid, |gpu| compute(gpu, |pass, _| pass.dispatch_workgroups(65536, 1, 1))),
    Row("the most workgroups that can be said", Invalid, |gpu| {
        compute(gpu, |pass, _| pass.dispatch_workgroups(u32::MAX, u32::MAX, u32::MAX));
    }),
    Row("no bind group", Invalid, |gpu| compute(gpu, |pass, _| {
        pass.set_bind_group(0, None, &[]);
        pass.dispatch_workgroups(1, 1, 1);
    })),
    Row("a bind group beyond the limit", Invalid, |gpu| compute(gpu, |pass, group| pass.set_bind_group(9, group, &[]))),
    Row("the last bind group that can be said", Invalid, |gpu| {
        compute(gpu, |pass, group| pass.set_bind_group(u32::MAX, group, &[]));
    }),
    Row("an offset that the layout does not have", Invalid, |gpu| {
        compute(gpu, |pass, group| pass.set_bind_group(0, group, &[256]));
    }),
    Row("by a buffer", Valid, |gpu| indirect(gpu, 0)),
    Row("by a buffer, over its end", Invalid, |gpu| indirect(gpu, 8)),
    Row("by a buffer, at an odd offset", Invalid, |gpu| indirect(gpu, 2)),
    Row("by a buffer, at the largest offset", Refused, |gpu| indirect(gpu, u64::MAX - 3)),
    Row("by a buffer for something else", Invalid, |gpu| {
        let buffer = gpu.buffer(&[1; 4], Usages::STORAGE);
        compute(gpu, |pass, _| pass.dispatch_workgroups_indirect(&buffer, 0));
    }),
    Row("immediate data without the feature", Invalid, |gpu| compute(gpu, |pass, _| pass.set_immediates(0, &[0; 4]))),
    Row("immediate data at an odd offset", Invalid, |gpu| compute(gpu, |pass, _| pass.set_immediates(1, &[0; 4]))),
    Row("the time without the feature", Invalid, |gpu| {
        let set = occlusion(gpu);
        compute(gpu, |pass, _| pass.write_timestamp(&set, 0));
    }),
    Row("the end of statistics that were not begun", Invalid, |gpu| {
        compute(gpu, |pass, _| pass.end_pipeline_statistics_query());
    }),
    Row("the end of a group that was not begun", Invalid, |gpu| compute(gpu, |pass, _| pass.pop_debug_group())),
    Row("a group that was not ended", Invalid, |gpu| compute(gpu, |pass, _| pass.push_debug_group("ä\0"))),
];

fn occlusion(gpu: &Gpu) -> wgpu::QuerySet {
    gpu.query_set(wgpu::QueryType::Occlusion, 4)
}

const DRAW: &str = "
    @vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
        return vec4<f32>(f32(i) - 1.0, f32(i & 1u), 0.0, 1.0);
    }
    @fragment fn fs() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }";

pub(crate) fn pipeline(gpu: &Gpu) -> wgpu::RenderPipeline {
    let module = gpu.shader(DRAW);
    let format = wgpu::TextureFormat::Rgba8Unorm;
    let target = wgpu::ColorTargetState { format, blend: None, write_mask: wgpu::ColorWrites::ALL };
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: None,
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            buffers: &[],
        },
        primitive: Default::default(),
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            targets: &[Some(target)],
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn canvas(gpu: &Gpu) -> wgpu::TextureView {
    canvas_of(gpu, descriptor().format)
}

fn canvas_of(gpu: &Gpu, format: wgpu::TextureFormat) -> wgpu::TextureView {
    let usage = wgpu::TextureUsages::RENDER_ATTACHMENT;
    let descriptor = wgpu::TextureDescriptor { usage, format, ..descriptor() };
    gpu.device.create_texture(&descriptor).create_view(&Default::default())
}

fn attachment(view: &wgpu::TextureView) -> wgpu::RenderPassColorAttachment<'_> {
    wgpu::RenderPassColorAttachment {
        view,
        depth_slice: None,
        resolve_target: None,
        ops: Default::default(),
    }
}

/// A pass with a pipeline and a set of queries.
fn render(gpu: &Gpu, record: impl FnOnce(&mut wgpu::RenderPass<'_>)) {
    let (pipeline, view, queries) = (pipeline(gpu), canvas(gpu), occlusion(gpu));
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(attachment(&view))],
        occlusion_query_set: Some(&queries),
        ..Default::default()
    });
    pass.set_pipeline(&pipeline);
    record(&mut pass);
    drop(pass);
    gpu.queue.submit(valid(gpu, encoder));
}

fn draw_indirect(gpu: &Gpu, offset: u64, count: u32) {
    let buffer = gpu.buffer(&[3, 1, 0, 0, 3, 1, 0, 0], Usages::INDIRECT);
    render(gpu, |pass| pass.multi_draw_indirect(&buffer, offset, count));
}

#[rustfmt::skip]
const RENDER: &[Row] = &[
    Row("a triangle", Valid, |gpu| render(gpu, |pass| pass.draw(0..3, 0..1))),
    Row("nothing", Valid, |gpu| render(gpu, |pass| pass.draw(0..0, 0..0))),
    Row("the last vertices that can be said", Valid, |gpu| render(gpu, |pass| pass.draw(u32::MAX - 3..u32::MAX, 0..1))),
    Row("indices without a buffer", Invalid, |gpu| render(gpu, |pass| pass.draw_indexed(0..3, 0, 0..1))),
    Row("indices over the end", Invalid, |gpu| {
        let buffer = gpu.buffer(&[0; 4], Usages::INDEX);
        render(gpu, |pass| {
            pass.set_index_buffer(buffer.slice(..), wgpu::IndexFormat::Uint32);
            pass.draw_indexed(2..6, 0, 0..1);
        });
    }),
    Row("the last indices that can be said", Invalid, |gpu| {
        let buffer = gpu.buffer(&[0; 4], Usages::INDEX);
        render(gpu, |pass| {
            pass.set_index_buffer(buffer.slice(..), wgpu::IndexFormat::Uint32);
            pass.draw_indexed(u32::MAX - 1..u32::MAX, i32::MIN, 0..1);
        });
    }),
    Row("indices at an odd offset", Invalid, |gpu| {
        let buffer = gpu.buffer(&[0; 4], Usages::INDEX);
        render(gpu, |pass| pass.set_index_buffer(buffer.slice(2..), wgpu::IndexFormat::Uint32));
    }),
    Row("vertices for something else", Invalid, |gpu| {
        let buffer = gpu.buffer(&[0; 4], Usages::INDEX);
        render(gpu, |pass| pass.set_vertex_buffer(0, buffer.slice(..)));
    }),
    Row("the last slot that can be said", Invalid, |gpu| {
        let buffer = gpu.buffer(&[0; 4], Usages::VERTEX);
        render(gpu, |pass| pass.set_vertex_buffer(u32::MAX, buffer.slice(..)));
    }),
    Row("by a buffer", Valid, |gpu| draw_indirect(gpu, 0, 2)),
    Row("by a buffer, never", Valid, |gpu| draw_indirect(gpu, 0, 0)),
    Row("by a buffer, over its end", Invalid, |gpu| draw_indirect(gpu, 16, 2)),
    Row("by a buffer, as often as can be said", Invalid, |gpu| draw_indirect(gpu, 0, u32::MAX)),
    Row("by a buffer, at the largest offset", Refused, |gpu| draw_indirect(gpu, u64::MAX - 3, 1)),
    Row("as often as a buffer says, without the feature", Invalid, |gpu| {
        let buffer = gpu.buffer(&[0; 8], Usages::INDIRECT);
        render(gpu, |pass| pass.multi_draw_indirect_count(&buffer, 0, &buffer, 0, 1));
    }),
    Row("a rectangle over the edge", Invalid, |gpu| render(gpu, |pass| pass.set_scissor_rect(8, 8, 16, 16))),
    Row("the largest rectangle", Invalid, |gpu| render(gpu, |pass| pass.set_scissor_rect(u32::MAX, 0, u32::MAX, 1))),
    Row("an empty rectangle", Valid, |gpu| render(gpu, |pass| pass.set_scissor_rect(0, 0, 0, 0))),
    Row("a viewport of no number", Valid, |gpu| render(gpu, |pass| pass.set_viewport(0.0, 0.0, f32::NAN, 1.0, 0.0, 1.0))),
    Row("an endless viewport", Invalid, |gpu| {
        render(gpu, |pass| pass.set_viewport(0.0, 0.0, f32::INFINITY, 1.0, 0.0, 1.0));
    }),
    Row("depths beyond 1", Invalid, |gpu| render(gpu, |pass| pass.set_viewport(0.0, 0.0, 1.0, 1.0, 0.0, 2.0))),
    Row("a colour of no number", Valid, |gpu| {
        render(gpu, |pass| pass.set_blend_constant(wgpu::Color { r: f64::NAN, ..Default::default() }));
    }),
    Row("queries", Valid, |gpu| render(gpu, |pass| {
        pass.begin_occlusion_query(0);
        pass.end_occlusion_query();
    })),
    Row("a query that is not there", Invalid, |gpu| render(gpu, |pass| {
        pass.begin_occlusion_query(4);
        pass.end_occlusion_query();
    })),
    Row("one query twice", Invalid, |gpu| render(gpu, |pass| for _ in 0..2 {
        pass.begin_occlusion_query(1);
        pass.end_occlusion_query();
    })),
    Row("a query in a query", Invalid, |gpu| render(gpu, |pass| {
        pass.begin_occlusion_query(0);
        pass.begin_occlusion_query(1);
    })),
    Row("the end of a query that was not begun", Invalid, |gpu| render(gpu, |pass| pass.end_occlusion_query())),
    Row("immediate data without the feature", Invalid, |gpu| render(gpu, |pass| pass.set_immediates(0, &[0; 4]))),
];

/// A pass with these attachments and nothing else.
fn attachments(gpu: &Gpu, attachments: &[Option<wgpu::RenderPassColorAttachment<'_>>]) {
    let mut encoder = gpu.encoder();
    let descriptor =
        wgpu::RenderPassDescriptor { color_attachments: attachments, ..Default::default() };
    drop(encoder.begin_render_pass(&descriptor));
    gpu.queue.submit(valid(gpu, encoder));
}

fn slice(gpu: &Gpu, depth_slice: Option<u32>) {
    let view = canvas(gpu);
    attachments(gpu, &[Some(wgpu::RenderPassColorAttachment { depth_slice, ..attachment(&view) })]);
}

/// A pass that resolves what it draws into all six images of a texture.
fn resolved(
    gpu: &Gpu,
    dimension: wgpu::TextureDimension,
    view: Option<wgpu::TextureViewDimension>,
) {
    let image = |sample_count, depth_or_array_layers, dimension, view| {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            size: wgpu::Extent3d { depth_or_array_layers, ..descriptor().size },
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
            sample_count,
            dimension,
            ..descriptor()
        });
        texture.create_view(&wgpu::TextureViewDescriptor { dimension: view, ..Default::default() })
    };
    let samples = image(4, 1, wgpu::TextureDimension::D2, None);
    let target = image(1, 6, dimension, view);
    let resolve_target = Some(&target);
    attachments(
        gpu,
        &[Some(wgpu::RenderPassColorAttachment { resolve_target, ..attachment(&samples) })],
    );
}

#[rustfmt::skip]
const ATTACHMENTS: &[Row] = &[
    Row("one", Valid, |gpu| attachments(gpu, &[Some(attachment(&canvas(gpu)))])),
    Row("none", Invalid, |gpu| attachments(gpu, &[])),
    Row("nothing but gaps", Invalid, |gpu| attachments(gpu, &[None, None])),
    Row("a gap", Valid, |gpu| attachments(gpu, &[None, Some(attachment(&canvas(gpu)))])),
    Row("one twice", Invalid, |gpu| {
        let view = canvas(gpu);
        attachments(gpu, &[Some(attachment(&view)), Some(attachment(&view))]);
    }),
    Row("more than the limit", Invalid, |gpu| {
        let views = [0; 9].map(|_| canvas(gpu));
        attachments(gpu, &views.each_ref().map(|view| Some(attachment(view))));
    }),
    Row("a slice of a flat one", Invalid, |gpu| slice(gpu, Some(0))),
    Row("the last slice that can be said", Invalid, |gpu| slice(gpu, Some(u32::MAX))),
    Row("one that cannot be drawn to", Invalid, |gpu| {
        let texture = gpu.device.create_texture(&descriptor());
        attachments(gpu, &[Some(attachment(&texture.create_view(&Default::default())))]);
    }),
    Row("one of a depth format, in second place", Refused, |gpu| {
        let (color, depth) = (canvas(gpu), canvas_of(gpu, wgpu::TextureFormat::Depth32Float));
        attachments(gpu, &[Some(attachment(&color)), Some(attachment(&depth))]);
    }),
    Row("one of a depth format, behind a gap and a colour", Refused, |gpu| {
        let (color, stencil) = (canvas(gpu), canvas_of(gpu, wgpu::TextureFormat::Stencil8));
        attachments(gpu, &[None, Some(attachment(&color)), None, Some(attachment(&stencil))]);
    }),
    Row("one of a depth format, in first place", Invalid, |gpu| {
        let (color, depth) = (canvas(gpu), canvas_of(gpu, wgpu::TextureFormat::Depth32Float));
        attachments(gpu, &[Some(attachment(&depth)), Some(attachment(&color))]);
    }),
    Row("resolved to a cube", Refused, |gpu| resolved(gpu, wgpu::TextureDimension::D2, Some(wgpu::TextureViewDimension::Cube))),
    Row("resolved to something solid", Refused, |gpu| resolved(gpu, wgpu::TextureDimension::D3, None)),
    Row("resolved to several layers", Invalid, |gpu| resolved(gpu, wgpu::TextureDimension::D2, None)),
    Row("resolved to itself", Invalid, |gpu| {
        let view = canvas(gpu);
        attachments(gpu, &[Some(wgpu::RenderPassColorAttachment { resolve_target: Some(&view), ..attachment(&view) })]);
    }),
    Row("a colour of no number", Valid, |gpu| {
        let view = canvas(gpu);
        let load = wgpu::LoadOp::Clear(wgpu::Color { r: f64::NAN, g: f64::INFINITY, b: -1.0, a: 1e300 });
        let ops = wgpu::Operations { load, store: wgpu::StoreOp::Store };
        attachments(gpu, &[Some(wgpu::RenderPassColorAttachment { ops, ..attachment(&view) })]);
    }),
    Row("a destroyed one", Invalid, |gpu| {
        let view = canvas(gpu);
        view.texture().destroy();
        attachments(gpu, &[Some(attachment(&view))]);
    }),
];

fn bundle(gpu: &Gpu, samples: u32, formats: usize, record: fn(&mut wgpu::RenderBundleEncoder<'_>)) {
    let formats = vec![Some(wgpu::TextureFormat::Rgba8Unorm); formats];
    let mut encoder =
        gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            color_formats: &formats,
            sample_count: samples,
            ..Default::default()
        });
    record(&mut encoder);
    let bundle = encoder.finish(&Default::default());
    render(gpu, |pass| pass.execute_bundles([&bundle]));
}

/// A bundle with a pipeline, for which there is a buffer of indices and draws.
fn bundled(
    gpu: &Gpu,
    record: impl for<'a> Fn(&mut wgpu::RenderBundleEncoder<'a>, &'a wgpu::Buffer),
) {
    let pipeline = pipeline(gpu);
    let buffer = gpu.buffer(&[3, 1, 0, 0], Usages::INDEX | Usages::INDIRECT);
    let mut encoder =
        gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            color_formats: &[Some(wgpu::TextureFormat::Rgba8Unorm)],
            sample_count: 1,
            ..Default::default()
        });
    encoder.set_pipeline(&pipeline);
    record(&mut encoder, &buffer);
    let bundle = encoder.finish(&Default::default());
    render(gpu, |pass| pass.execute_bundles([&bundle]));
}

#[rustfmt::skip]
const BUNDLES: &[Row] = &[
    Row("an empty one", Valid, |gpu| bundle(gpu, 1, 1, |_| ())),
    Row("no samples", Panic("Error in Device::create_render_bundle_encoder"), |gpu| bundle(gpu, 0, 1, |_| ())),
    Row("as many samples as there are numbers", Panic("Error in Device::create_render_bundle_encoder"), |gpu| {
        bundle(gpu, u32::MAX, 1, |_| ());
    }),
    Row("more formats than the limit", Panic("Error in Device::create_render_bundle_encoder"), |gpu| {
        bundle(gpu, 1, 9, |_| ());
    }),
    Row("drawing without a pipeline", Panic("Error in RenderBundleEncoder::finish"), |gpu| {
        bundle(gpu, 1, 1, |encoder| encoder.draw(0..3, 0..1));
    }),
    Row("a pipeline for another number of samples", Panic("Error in RenderBundleEncoder::finish"), |gpu| {
        let pipeline = pipeline(gpu);
        let formats = [Some(wgpu::TextureFormat::Rgba8Unorm)];
        let mut encoder = gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            color_formats: &formats,
            sample_count: 4,
            ..Default::default()
        });
        encoder.set_pipeline(&pipeline);
        drop(encoder.finish(&Default::default()));
    }),
    Row("a bind group beyond the limit", Panic("In a set_bind_group command"), |gpu| {
        bundle(gpu, 1, 1, |encoder| encoder.set_bind_group(9, None, &[]));
    }),
    Row("the last bind group that can be said", Panic("In a set_bind_group command"), |gpu| {
        bundle(gpu, 1, 1, |encoder| encoder.set_bind_group(u32::MAX, None, &[]));
    }),
    Row("immediate data without a pipeline", Panic("Render pipeline must be set"), |gpu| {
        bundle(gpu, 1, 1, |encoder| encoder.set_immediates(0, &[0; 4]));
    }),
    Row("a triangle", Valid, |gpu| bundled(gpu, |encoder, _| encoder.draw(0..3, 0..1))),
    Row("the last vertices that can be said", Valid, |gpu| {
        bundled(gpu, |encoder, _| encoder.draw(u32::MAX - 3..u32::MAX, 0..1));
    }),
    Row("immediate data without the feature", Panic("In a set_immediates command"), |gpu| {
        bundled(gpu, |encoder, _| encoder.set_immediates(0, &[0; 4]));
    }),
    Row("indices without a buffer", Panic("Index buffer must be set"), |gpu| {
        bundled(gpu, |encoder, _| encoder.draw_indexed(0..3, 0, 0..1));
    }),
    Row("the last indices that can be said", Panic("In a draw command"), |gpu| bundled(gpu, |encoder, buffer| {
        encoder.set_index_buffer(buffer.slice(..), wgpu::IndexFormat::Uint32);
        encoder.draw_indexed(u32::MAX - 1..u32::MAX, i32::MIN, 0..1);
    })),
    Row("indices at an odd offset", Panic("In a set_index_buffer command"), |gpu| bundled(gpu, |encoder, buffer| {
        encoder.set_index_buffer(buffer.slice(2..), wgpu::IndexFormat::Uint32);
    })),
    Row("vertices for something else", Panic("In a set_vertex_buffer command"), |gpu| {
        bundled(gpu, |encoder, buffer| encoder.set_vertex_buffer(0, buffer.slice(..)));
    }),
    Row("the last slot that can be said", Panic("In a set_vertex_buffer command"), |gpu| {
        bundled(gpu, |encoder, buffer| encoder.set_vertex_buffer(u32::MAX, buffer.slice(..)));
    }),
    Row("by a buffer", Valid, |gpu| bundled(gpu, |encoder, buffer| encoder.draw_indirect(buffer, 0))),
    Row("by a buffer, at the largest offset", Refused, |gpu| {
        bundled(gpu, |encoder, buffer| encoder.draw_indirect(buffer, u64::MAX - 3));
    }),
    Row("for a depth format behind a colour", Valid, |gpu| {
        let buffer = gpu.buffer(&[0; 4], Usages::VERTEX);
        let mut encoder = gpu.device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            color_formats: &[Some(wgpu::TextureFormat::Rgba8Unorm), Some(wgpu::TextureFormat::Depth32Float)],
            sample_count: 1,
            ..Default::default()
        });
        encoder.set_vertex_buffer(0, buffer.slice(..));
        drop(encoder.finish(&Default::default()));
    }),
    Row("for another number of samples", Invalid, |gpu| bundle(gpu, 4, 1, |_| ())),
    Row("for other formats", Invalid, |gpu| bundle(gpu, 1, 2, |_| ())),
];

#[test]
fn compute_passes() {
    crate::check(COMPUTE);
}

#[test]
fn render_passes() {
    crate::check(RENDER);
}

#[test]
fn render_attachments() {
    crate::check(ATTACHMENTS);
}

#[test]
fn bundles() {
    crate::check(BUNDLES);
}
