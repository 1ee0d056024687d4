//! The time at the end of a pass, where the engine must not be asked to write it.

use super::*;
use crate::{convert, events};
use wgpu_native_sys_dyn as sys;
use wgpu_types::Backend;

/// A query that gets the time when a pass has ended.
///
/// On Vulkan, the engine writes it by the encoder that recorded the pass, also where the pass failed: encoders are used again, and
/// the next pass that does not ask for the time writes it, to a set of queries that may be gone. So an empty pass that
/// follows writes it, as the time of its beginning.
pub(super) struct EndTime {
    encoder: Child<sys::WGPUCommandEncoderImpl>,
    query_set: QuerySet,
    index: u32,
}

impl EndTime {
    /// The query for the end of a pass, if it is this that has to write it; where the queries are wrong, the engine gets them
    /// all, and refuses the pass.
    pub(super) fn of(
        encoder: &Child<sys::WGPUCommandEncoderImpl>,
        query_set: &QuerySet,
        beginning: Option<u32>,
        end: Option<u32>,
    ) -> Option<Self> {
        let (device, index) = (encoder.owner(), end?);
        let is_accepted = beginning != end
            && [beginning, end]
                .into_iter()
                .flatten()
                .all(|index| query_set.has_timestamp(device, index));
        let takes_over = is_accepted && device.adapter_info.backend == Backend::Vulkan;
        takes_over.then(|| Self { encoder: encoder.clone(), query_set: query_set.clone(), index })
    }

    /// Records the empty pass. The encoder is not finished, and the pass has ended.
    pub(super) fn write(self) {
        let descriptor = ComputePassDescriptor {
            label: None,
            timestamp_writes: Some(ComputePassTimestampWrites {
                query_set: &self.query_set,
                beginning_of_pass_write_index: Some(self.index),
                end_of_pass_write_index: None,
            }),
        };
        let device = self.encoder.owner();
        let begin = |descriptor| {
            create!(device, self.encoder, wgpuCommandEncoderBeginComputePass(descriptor))
        };
        // Whatever is wrong with the encoder is told where it is finished.
        events::silence(|| {
            let pass = convert::with_compute_pass_descriptor(device, &descriptor, begin);
            call!(pass, wgpuComputePassEncoderEnd());
        });
    }
}

/// What a pass writes by itself, and what [`EndTime`] writes instead.
macro_rules! without_end_time {
    ($encoder:expr, $writes:expr) => {{
        let mut writes = $writes;
        let end_time = writes.as_ref().and_then(|writes| {
            let (beginning, end) =
                (writes.beginning_of_pass_write_index, writes.end_of_pass_write_index);
            $crate::api::recording::end_time::EndTime::of(
                $encoder,
                writes.query_set,
                beginning,
                end,
            )
        });
        if end_time.is_some() {
            writes = writes.filter(|writes| writes.beginning_of_pass_write_index.is_some());
            if let Some(writes) = &mut writes {
                writes.end_of_pass_write_index = None;
            }
        }
        (writes, end_time)
    }};
}

pub(super) use without_end_time;
