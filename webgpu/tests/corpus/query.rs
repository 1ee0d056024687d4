//! Query sets: what is counted, and what is refused.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{Gpu, gpu, gpu_with, record};
use crate::drawing::{InPass, Pipeline, TRIANGLE, canvas, cleared};
use crate::kit::Case;
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, PipelineStatisticsTypes as Statistics, QueryType};

/// The answers of a set that was used before.
fn answers(gpu: &Gpu, set: &wgpu::QuerySet, count: u32) -> Vec<u64> {
    let buffer =
        gpu.empty_buffer(256 + u64::from(count) * 8, Usages::QUERY_RESOLVE | Usages::COPY_SRC);
    gpu.no_error(|| gpu.submit(|encoder| encoder.resolve_query_set(set, 0..count, &buffer, 256)));
    bytemuck::pod_collect_to_vec(&gpu.read_unrecorded(&buffer)[256..])
}

#[test]
fn sets_that_are_refused() {
    let plain = gpu();
    let all = gpu_with(wgpu::Features::TIMESTAMP_QUERY | wgpu::Features::PIPELINE_STATISTICS_QUERY);
    let statistics = QueryType::PipelineStatistics(Statistics::FRAGMENT_SHADER_INVOCATIONS);
    let none = QueryType::PipelineStatistics(Statistics::empty());
    let cases: &[Case<'_, (&Gpu, QueryType, u32)>] = &[
        ("occlusion", Valid, (&plain, QueryType::Occlusion, 1)),
        ("none", Validation, (&plain, QueryType::Occlusion, 0)),
        ("most", Valid, (&plain, QueryType::Occlusion, wgpu::QUERY_SET_MAX_QUERIES)),
        ("too many", Validation, (&plain, QueryType::Occlusion, wgpu::QUERY_SET_MAX_QUERIES + 1)),
        ("time", Validation, (&plain, QueryType::Timestamp, 1)),
        ("time with the feature", Valid, (&all, QueryType::Timestamp, 1)),
        ("statistics", Validation, (&plain, statistics, 1)),
        ("statistics with the feature", Valid, (&all, statistics, 1)),
        ("no statistics", Valid, (&all, none, 1)),
    ];
    for (name, expected, (gpu, ty, count)) in cases {
        assert_eq!(gpu.outcome(name, || gpu.query_set(*ty, *count)), *expected, "{name}");
    }
}

#[test]
fn resolving_that_is_refused() {
    let gpu = gpu();
    let set = gpu.query_set(QueryType::Occlusion, 4);
    let buffer = gpu.empty_buffer(512, Usages::QUERY_RESOLVE);
    let other = gpu.empty_buffer(512, Usages::COPY_DST);
    gpu.cases(
        &[
            ("all", Valid, (&buffer, 0..4, 0)),
            ("a part", Valid, (&buffer, 1..3, 256)),
            ("none", Valid, (&buffer, 2..2, 0)),
            ("too many", Validation, (&buffer, 0..5, 0)),
            ("behind the end", Validation, (&buffer, 5..6, 0)),
            ("misaligned", Validation, (&buffer, 0..4, 8)),
            ("over the end of the buffer", Validation, (&buffer, 0..4, 512)),
            ("not for that", Validation, (&other, 0..4, 0)),
        ],
        |(buffer, queries, offset)| {
            gpu.submit(|encoder| encoder.resolve_query_set(&set, queries.clone(), buffer, *offset));
        },
    );
}

#[test]
fn queries_that_were_not_made() {
    let gpu = gpu();
    let set = gpu.query_set(QueryType::Occlusion, 2);
    record("answers", format!("{:?}", answers(&gpu, &set, 2)));
}

#[test]
fn occlusion() {
    let gpu = gpu();
    let set = gpu.query_set(QueryType::Occlusion, 4);
    let pipeline = Pipeline { shader: TRIANGLE, ..Default::default() }.create(&gpu);
    let canvas = canvas(&gpu, wgpu::TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    let pass = |commands: &dyn Fn(&mut wgpu::RenderPass<'_>), set: Option<&wgpu::QuerySet>| {
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                color_attachments: &[cleared(&view, wgpu::Color::BLACK)],
                occlusion_query_set: set,
                ..Default::default()
            });
            pass.set_pipeline(&pipeline);
            commands(&mut pass);
        });
    };
    gpu.no_error(|| {
        pass(
            &|pass| {
                pass.begin_occlusion_query(0);
                pass.draw(0..3, 0..1);
                pass.end_occlusion_query();
                pass.begin_occlusion_query(2);
                pass.end_occlusion_query();
                pass.set_scissor_rect(4, 4, 4, 4);
                pass.begin_occlusion_query(3);
                pass.draw(0..3, 0..2);
                pass.end_occlusion_query();
            },
            Some(&set),
        );
    });
    let answers = answers(&gpu, &set, 4);
    record("answers", format!("{answers:?}"));
    assert!(answers[0] > 0 && answers[2] == 0);
    let cases: &[Case<'_, (InPass<'_>, bool)>] = &[
        ("no set", Validation, (&|pass| pass.begin_occlusion_query(0), false)),
        ("beyond the set", Validation, (&|pass| pass.begin_occlusion_query(4), true)),
        ("left open", Validation, (&|pass| pass.begin_occlusion_query(0), true)),
        ("not begun", Validation, (&|pass| pass.end_occlusion_query(), true)),
        (
            "nested",
            Validation,
            (
                &|pass| {
                    pass.begin_occlusion_query(0);
                    pass.begin_occlusion_query(1);
                },
                true,
            ),
        ),
        (
            "one twice",
            Validation,
            (
                &|pass| {
                    for _ in 0..2 {
                        pass.begin_occlusion_query(0);
                        pass.end_occlusion_query();
                    }
                },
                true,
            ),
        ),
    ];
    gpu.cases(cases, |(commands, with_set)| pass(commands, with_set.then_some(&set)));
}

#[test]
fn statistics() {
    let gpu = gpu_with(wgpu::Features::PIPELINE_STATISTICS_QUERY);
    let types = Statistics::VERTEX_SHADER_INVOCATIONS
        | Statistics::CLIPPER_PRIMITIVES_OUT
        | Statistics::FRAGMENT_SHADER_INVOCATIONS;
    let set = gpu.query_set(QueryType::PipelineStatistics(types), 1);
    let pipeline = Pipeline { shader: TRIANGLE, ..Default::default() }.create(&gpu);
    let canvas = canvas(&gpu, wgpu::TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    gpu.no_error(|| {
        gpu.pass(&view, |pass| {
            pass.set_pipeline(&pipeline);
            pass.begin_pipeline_statistics_query(&set, 0);
            pass.draw(0..3, 0..2);
            pass.end_pipeline_statistics_query();
        });
    });
    let buffer = gpu.empty_buffer(24, Usages::QUERY_RESOLVE | Usages::COPY_SRC);
    gpu.submit(|encoder| encoder.resolve_query_set(&set, 0..1, &buffer, 0));
    gpu.read_bytes(&buffer);
    gpu.cases(&[("beyond the set", Validation, 1), ("left open", Validation, 0)], |&index| {
        gpu.pass(&view, |pass| {
            pass.set_pipeline(&pipeline);
            pass.begin_pipeline_statistics_query(&set, index);
            pass.draw(0..3, 0..1);
        });
    });
}

#[test]
fn timestamps() {
    let gpu = gpu_with(
        wgpu::Features::TIMESTAMP_QUERY
            | wgpu::Features::TIMESTAMP_QUERY_INSIDE_ENCODERS
            | wgpu::Features::TIMESTAMP_QUERY_INSIDE_PASSES,
    );
    record("period", gpu.queue.get_timestamp_period());
    let set = gpu.query_set(QueryType::Timestamp, 8);
    let canvas = canvas(&gpu, wgpu::TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    gpu.no_error(|| {
        gpu.submit(|encoder| {
            encoder.write_timestamp(&set, 0);
            {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[cleared(&view, wgpu::Color::BLACK)],
                    timestamp_writes: Some(wgpu::RenderPassTimestampWrites {
                        query_set: &set,
                        beginning_of_pass_write_index: Some(1),
                        end_of_pass_write_index: Some(3),
                    }),
                    ..Default::default()
                });
                pass.write_timestamp(&set, 2);
            }
            {
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                    label: None,
                    timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                        query_set: &set,
                        beginning_of_pass_write_index: None,
                        end_of_pass_write_index: Some(5),
                    }),
                });
                pass.write_timestamp(&set, 4);
            }
            encoder.write_timestamp(&set, 6);
        });
    });
    let times = answers(&gpu, &set, 7);
    record("in order", times.is_sorted());
    record("written", format!("{:?}", times.iter().map(|time| *time > 0).collect::<Vec<_>>()));
    gpu.cases(
        &[
            ("the same place twice", Validation, (Some(0), Some(0))),
            ("beyond the set", Validation, (Some(8), None)),
            ("neither", Validation, (None, None)),
            ("the end", Valid, (None, Some(1))),
        ],
        |&(beginning_of_pass_write_index, end_of_pass_write_index)| {
            gpu.submit(|encoder| {
                drop(encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                    label: None,
                    timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                        query_set: &set,
                        beginning_of_pass_write_index,
                        end_of_pass_write_index,
                    }),
                }));
            });
        },
    );
}

#[test]
fn timestamps_need_features() {
    let gpu = gpu_with(wgpu::Features::TIMESTAMP_QUERY);
    let times = gpu.query_set(QueryType::Timestamp, 2);
    let occlusion = gpu.query_set(QueryType::Occlusion, 2);
    type Commands<'a> = &'a dyn Fn(&mut wgpu::CommandEncoder);
    let cases: &[Case<'_, Commands<'_>>] = &[
        ("in an encoder", Validation, &|encoder| encoder.write_timestamp(&times, 0)),
        ("in a pass", Validation, &|encoder| {
            encoder.begin_compute_pass(&Default::default()).write_timestamp(&times, 0);
        }),
        ("a set of another kind", Validation, &|encoder| {
            drop(encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: None,
                timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                    query_set: &occlusion,
                    beginning_of_pass_write_index: Some(0),
                    end_of_pass_write_index: None,
                }),
            }));
        }),
    ];
    gpu.cases(cases, |commands| gpu.submit(*commands));
}
