//! Queries: what they count is counted.

mod common;

use common::{gpu, gpu_with, record};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// The answers to all queries of a set, as 64-bit numbers.
fn answers(
    gpu: &common::Gpu,
    mut encoder: wgpu::CommandEncoder,
    set: &wgpu::QuerySet,
    count: u32,
) -> Vec<u64> {
    let buffer = gpu.empty_buffer(u64::from(count) * 8, Usages::QUERY_RESOLVE | Usages::COPY_SRC);
    encoder.resolve_query_set(set, 0..count, &buffer, 0);
    gpu.no_error(|| gpu.queue.submit([encoder.finish()]));
    bytemuck::pod_collect_to_vec(&gpu.read_unrecorded(&buffer))
}

#[test]
fn occlusion() {
    let gpu = gpu();
    let set = gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
        label: Some("occlusion"),
        ty: wgpu::QueryType::Occlusion,
        count: 2,
    });
    let module = gpu.shader(
        "@vertex fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
            return vec4<f32>(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
        }
        @fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }",
    );
    let format = wgpu::TextureFormat::Rgba8Unorm;
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
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
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    });
    let target = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: 8, height: 8, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
        view_formats: &[],
    });
    let view = target.create_view(&Default::default());
    let mut encoder = gpu.encoder();
    {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: Default::default(),
            })],
            occlusion_query_set: Some(&set),
            ..Default::default()
        });
        pass.set_pipeline(&pipeline);
        pass.begin_occlusion_query(0);
        pass.draw(0..3, 0..1);
        pass.end_occlusion_query();
        pass.set_scissor_rect(0, 0, 0, 0);
        pass.begin_occlusion_query(1);
        pass.draw(0..3, 0..1);
        pass.end_occlusion_query();
    }
    let answers = answers(&gpu, encoder, &set, 2);
    record("answers", format!("{answers:?}"));
    assert!(answers[0] > 0, "{answers:?}");
    assert_eq!(answers[1], 0);
}

#[test]
fn timestamps() {
    let features = wgpu::Features::TIMESTAMP_QUERY;
    let gpu = gpu_with(features);
    let set = gpu.query_set(wgpu::QueryType::Timestamp, 2);
    let mut encoder = gpu.encoder();
    drop(encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
        label: Some("timed"),
        timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
            query_set: &set,
            beginning_of_pass_write_index: Some(0),
            end_of_pass_write_index: Some(1),
        }),
    }));
    let answers = answers(&gpu, encoder, &set, 2);
    assert!(answers[0] > 0 && answers[1] >= answers[0], "{answers:?}");
    assert!(gpu.queue.get_timestamp_period() > 0.0);
}

#[test]
fn statistics() {
    let gpu = gpu_with(wgpu::Features::PIPELINE_STATISTICS_QUERY);
    let set = gpu.query_set(
        wgpu::QueryType::PipelineStatistics(
            wgpu::PipelineStatisticsTypes::COMPUTE_SHADER_INVOCATIONS,
        ),
        1,
    );
    let pipeline = gpu.compute_pipeline("@compute @workgroup_size(4) fn main() {}");
    let mut encoder = gpu.encoder();
    {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.begin_pipeline_statistics_query(&set, 0);
        pass.dispatch_workgroups(3, 2, 1);
        pass.end_pipeline_statistics_query();
    }
    let answers = answers(&gpu, encoder, &set, 1);
    record("answers", format!("{answers:?}"));
    assert_eq!(answers, [24]);
}

#[test]
fn a_set_without_its_feature() {
    let gpu = gpu();
    let message = gpu.validation_error(|| gpu.query_set(wgpu::QueryType::Timestamp, 2));
    assert!(message.contains("TIMESTAMP_QUERY"), "{message}");
}
