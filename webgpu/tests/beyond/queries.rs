//! Queries that the driver goes on with when their set is gone, or that a later pass would answer again.

use super::*;

/// In a pass that computes, `wgpu` does not see it, and the driver goes on counting when the query set is gone.
#[test]
fn counts_that_are_not_ended() {
    let gpu = gpu_with(wgpu::Features::PIPELINE_STATISTICS_QUERY);
    let set = gpu.query_set(
        wgpu::QueryType::PipelineStatistics(
            wgpu::PipelineStatisticsTypes::COMPUTE_SHADER_INVOCATIONS,
        ),
        1,
    );
    let (_, view) = drawing(&gpu);
    let compute = |ends: bool| {
        let mut encoder = gpu.encoder();
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.begin_pipeline_statistics_query(&set, 0);
        if ends {
            pass.end_pipeline_statistics_query();
        }
        drop(pass);
        encoder.finish()
    };
    let errors = [
        gpu.validation_error(|| compute(false)),
        gpu.validation_error(|| {
            recorded(&gpu, &view, |pass| pass.begin_pipeline_statistics_query(&set, 0))
        }),
    ];
    for error in errors {
        assert!(error.contains("In a pass parameter"), "{error}");
        assert!(error.contains("of type PipelineStatistics was not ended"), "{error}");
    }
    let commands = gpu.no_error(|| compute(true));
    gpu.no_error(|| gpu.queue.submit([commands]));
}

/// Vulkan's encoders are used again, and one whose pass failed would write the time at the end of the next pass that has none to
/// write: to a query that is known by then, or into a set that is gone.
#[test]
fn the_time_at_the_end_of_a_pass_that_fails() {
    let gpu = gpu_with(wgpu::Features::TIMESTAMP_QUERY);
    let set = gpu.query_set(wgpu::QueryType::Timestamp, 1);
    let (_, view) = drawing(&gpu);
    let compute = |valid: bool| {
        let mut encoder = gpu.encoder();
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: None,
            timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                query_set: &set,
                beginning_of_pass_write_index: None,
                end_of_pass_write_index: Some(0),
            }),
        });
        if !valid {
            // Without a pipeline.
            pass.dispatch_workgroups(1, 1, 1);
        }
        drop(pass);
        encoder.finish()
    };
    let render = || {
        let mut encoder = gpu.encoder();
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: Default::default(),
            })],
            timestamp_writes: Some(wgpu::RenderPassTimestampWrites {
                query_set: &set,
                beginning_of_pass_write_index: None,
                end_of_pass_write_index: Some(0),
            }),
            ..Default::default()
        });
        pass.draw(0..3, 0..1);
        drop(pass);
        encoder.finish()
    };
    let time = || {
        let usage = Usages::QUERY_RESOLVE | Usages::COPY_SRC;
        let resolved = gpu.empty_buffer(8, usage);
        let mut encoder = gpu.encoder();
        encoder.resolve_query_set(&set, 0..1, &resolved, 0);
        gpu.queue.submit([encoder.finish()]);
        gpu.read(&resolved)
    };
    gpu.queue.submit([compute(true)]);
    let written = time();
    assert_ne!(written, [0, 0]);
    for failing in [&(|| drop(compute(false))) as &dyn Fn(), &|| drop(render())] {
        gpu.validation_error(failing);
        let mut encoder = gpu.encoder();
        drop(encoder.begin_compute_pass(&Default::default()));
        gpu.queue.submit([encoder.finish()]);
        assert_eq!(time(), written);
    }
}
