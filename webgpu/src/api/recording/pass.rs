//! What passes that draw and passes that compute have in common.

use super::{end_time::EndTime, *};
use crate::events;
use std::fmt;
use wgpu_native_sys_dyn as sys;
use wgpu_types::BufferAddress;

/// A pass of the engine. It ends when this is dropped, whatever the lifetime of the [`RenderPass`] or [`ComputePass`] is.
pub(in crate::api) struct OpenPass<T: Pass> {
    pub(super) inner: Child<T>,
    pub(super) recording: Arc<Recording>,
    pub(super) uses: PassUses,
    /// Whether a count of what commands do was begun and not ended.
    pub(super) counting: bool,
    end_time: Option<EndTime>,
}

/// A kind of pass, by the opaque type that its handle points to.
pub(in crate::api) trait Pass: Object {
    /// Whether the engine sees that a count was not ended. Where it does not, the driver goes on counting in memory that was
    /// given back.
    const SEES_COUNTING: bool;

    /// Ends the pass, which is not used any more.
    fn end(pass: &Child<Self>);
}

impl Pass for sys::WGPURenderPassEncoderImpl {
    const SEES_COUNTING: bool = true;

    fn end(pass: &Child<Self>) {
        call!(pass, wgpuRenderPassEncoderEnd());
    }
}

impl Pass for sys::WGPUComputePassEncoderImpl {
    const SEES_COUNTING: bool = false;

    fn end(pass: &Child<Self>) {
        call!(pass, wgpuComputePassEncoderEnd());
    }
}

impl<T: Pass> OpenPass<T> {
    pub(super) fn new(
        inner: Child<T>,
        recording: Arc<Recording>,
        end_time: Option<EndTime>,
    ) -> Self {
        Self { inner, recording, uses: PassUses::default(), counting: false, end_time }
    }

    pub(super) fn device(&self) -> &Arc<DeviceContext> {
        self.inner.owner()
    }

    /// The handle of a buffer, and a note that it is used.
    #[inline]
    pub(super) fn buffer(&mut self, buffer: &Buffer) -> sys::WGPUBuffer {
        self.uses.note(&buffer.inner);
        buffer.raw_for(self.device())
    }

    /// [`OpenPass::buffer`], if `count` arguments can lie there; if not, a note of that mistake.
    pub(super) fn indirect<A>(
        &mut self,
        buffer: &Buffer,
        offset: BufferAddress,
        count: u32,
    ) -> Option<sys::WGPUBuffer> {
        self.recording.accepted(indirect::check::<A>(buffer, offset, count))?;
        Some(self.buffer(buffer))
    }
}

impl<T: Pass> Drop for OpenPass<T> {
    fn drop(&mut self) {
        if self.counting && !T::SEES_COUNTING {
            self.recording.mistake(
                "In a pass parameter\n      A query of type PipelineStatistics was not ended before the encoder was finished",
            );
        }
        T::end(&self.inner);
        if let Some(end_time) = self.end_time.take()
            && !self.recording.is_finished()
        {
            end_time.write();
        }
        self.recording.append(&mut self.uses);
        events::deliver();
    }
}

impl<T: Pass> fmt::Debug for OpenPass<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(formatter)
    }
}

/// The methods that both kinds of passes have, by the functions of the engine that do what they say. The pass is in the
/// field `open`.
macro_rules! pass_methods {
    (
        $set_bind_group:ident,
        $set_immediates:ident,
        $write_timestamp:ident,
        $begin_pipeline_statistics_query:ident,
        $end_pipeline_statistics_query:ident,
        $insert_debug_marker:ident,
        $push_debug_group:ident,
        $pop_debug_group:ident $(,)?
    ) => {
        /// Sets the bind group with this index, or none. `offsets` are those of its dynamic buffers, by their binding.
        pub fn set_bind_group<'a, BG>(
            &mut self,
            index: u32,
            bind_group: BG,
            offsets: &[wgpu_types::DynamicOffset],
        ) where
            Option<&'a BindGroup>: From<BG>,
        {
            let bind_group: Option<&'a BindGroup> = bind_group.into();
            let raw = bind_group.map_or(std::ptr::null_mut(), |bind_group| {
                self.open.uses.note(&bind_group.inner);
                bind_group.raw_for(self.open.device())
            });
            call!(self.open.inner, $set_bind_group(index, raw, offsets.len(), offsets.as_ptr()));
        }

        /// Writes immediate data for the shaders. Needs [`Features::IMMEDIATES`](crate::Features::IMMEDIATES).
        pub fn set_immediates(&mut self, offset: u32, data: &[u8]) {
            if let Some(pointer) = self.open.recording.accepted(convert::immediates(data)) {
                call!(self.open.inner, $set_immediates(offset, pointer, data.len()));
            }
        }

        /// Asks for the time. Needs
        /// [`Features::TIMESTAMP_QUERY_INSIDE_PASSES`](crate::Features::TIMESTAMP_QUERY_INSIDE_PASSES).
        pub fn write_timestamp(&mut self, query_set: &QuerySet, query_index: u32) {
            let query_set = query_set.raw_for(self.open.device());
            call!(self.open.inner, $write_timestamp(query_set, query_index));
        }

        /// Begins to count what the following commands do. Needs
        /// [`Features::PIPELINE_STATISTICS_QUERY`](crate::Features::PIPELINE_STATISTICS_QUERY).
        pub fn begin_pipeline_statistics_query(&mut self, query_set: &QuerySet, query_index: u32) {
            let query_set = query_set.raw_for(self.open.device());
            call!(self.open.inner, $begin_pipeline_statistics_query(query_set, query_index));
            self.open.counting = true;
        }

        /// Ends the count that was begun.
        pub fn end_pipeline_statistics_query(&mut self) {
            call!(self.open.inner, $end_pipeline_statistics_query());
            self.open.counting = false;
        }

        /// Puts a mark among the commands, for debuggers.
        pub fn insert_debug_marker(&mut self, label: &str) {
            call!(self.open.inner, $insert_debug_marker(label.into()));
        }

        /// Begins a group of commands, for debuggers.
        pub fn push_debug_group(&mut self, label: &str) {
            call!(self.open.inner, $push_debug_group(label.into()));
        }

        /// Ends the group that was begun last.
        pub fn pop_debug_group(&mut self) {
            call!(self.open.inner, $pop_debug_group());
        }

        deferred_methods!(|this| this.open.recording);
    };
}

pub(super) use pass_methods;
