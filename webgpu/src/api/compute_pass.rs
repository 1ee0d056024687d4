use super::*;
use crate::{
    events,
    handle::identity,
    recording::{PassUses, Recording},
};
use deferred::deferred_methods;
use indirect::DispatchIndirectArgs;
use std::{fmt, marker::PhantomData};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, DynamicOffset};

/// Records commands that compute. It ends when it is dropped; until then its encoder cannot be used.
pub struct ComputePass<'encoder> {
    open: OpenPass,
    _encoder: PhantomData<&'encoder mut ()>,
}

assert_send_sync!(ComputePass<'_>, ComputePassDescriptor<'_>, ComputePassTimestampWrites<'_>);
identity!(ComputePass<'_>, |this| this.open.inner.raw().addr());

impl<'encoder> ComputePass<'encoder> {
    pub(super) fn new(
        inner: Child<sys::WGPUComputePassEncoderImpl>,
        recording: Arc<Recording>,
    ) -> Self {
        Self {
            open: OpenPass { inner, recording, uses: PassUses::default() },
            _encoder: PhantomData,
        }
    }

    /// Lets the encoder be used while the pass is there. Using it is an error until the pass is dropped.
    pub fn forget_lifetime(self) -> ComputePass<'static> {
        ComputePass { open: self.open, _encoder: PhantomData }
    }
}

impl ComputePass<'_> {
    fn raw(&self) -> sys::WGPUComputePassEncoder {
        self.open.inner.raw()
    }

    fn device(&self) -> &Arc<DeviceContext> {
        self.open.inner.owner()
    }

    #[inline]
    fn functions(&self) -> &crate::engine::Functions {
        self.open.inner.functions()
    }

    /// Sets the bind group with this index, or none. `offsets` are those of its dynamic buffers, by their binding.
    pub fn set_bind_group<'a, BG>(&mut self, index: u32, bind_group: BG, offsets: &[DynamicOffset])
    where
        Option<&'a BindGroup>: From<BG>,
    {
        let bind_group: Option<&BindGroup> = bind_group.into();
        let raw =
            bind_group.map_or(std::ptr::null_mut(), |bind_group| bind_group.raw_for(self.device()));
        // SAFETY: Pass and bind group are alive; the pointer is that of as many offsets.
        unsafe {
            self.functions().wgpuComputePassEncoderSetBindGroup(
                self.raw(),
                index,
                raw,
                offsets.len(),
                offsets.as_ptr(),
            );
        }
        if let Some(bind_group) = bind_group {
            self.open.uses.note(&bind_group.inner);
        }
    }

    /// Sets the pipeline.
    pub fn set_pipeline(&mut self, pipeline: &ComputePipeline) {
        // SAFETY: Pass and pipeline are alive.
        unsafe {
            self.functions()
                .wgpuComputePassEncoderSetPipeline(self.raw(), pipeline.raw_for(self.device()))
        };
    }

    /// Puts a mark among the commands, for debuggers.
    pub fn insert_debug_marker(&mut self, label: &str) {
        // SAFETY: The pass is alive, and the text lives during the call.
        unsafe {
            self.functions().wgpuComputePassEncoderInsertDebugMarker(self.raw(), label.into())
        };
    }

    /// Begins a group of commands, for debuggers.
    pub fn push_debug_group(&mut self, label: &str) {
        // SAFETY: The pass is alive, and the text lives during the call.
        unsafe { self.functions().wgpuComputePassEncoderPushDebugGroup(self.raw(), label.into()) };
    }

    /// Ends the group that was begun last.
    pub fn pop_debug_group(&mut self) {
        // SAFETY: The pass is alive.
        unsafe { self.functions().wgpuComputePassEncoderPopDebugGroup(self.raw()) };
    }

    /// Runs the pipeline in `x` × `y` × `z` workgroups.
    pub fn dispatch_workgroups(&mut self, x: u32, y: u32, z: u32) {
        // SAFETY: The pass is alive.
        unsafe { self.functions().wgpuComputePassEncoderDispatchWorkgroups(self.raw(), x, y, z) };
    }

    /// Runs the pipeline in as many workgroups as a buffer says.
    pub fn dispatch_workgroups_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
    ) {
        if !self.accepts::<DispatchIndirectArgs>(indirect_buffer, indirect_offset, 1) {
            return;
        }
        let buffer = indirect_buffer.raw_for(self.device());
        // SAFETY: Pass and buffer are alive.
        unsafe {
            self.functions().wgpuComputePassEncoderDispatchWorkgroupsIndirect(
                self.raw(),
                buffer,
                indirect_offset,
            );
        }
        self.open.uses.note(&indirect_buffer.inner);
    }

    /// Writes immediate data for the shader. Needs [`Features::IMMEDIATES`](crate::Features::IMMEDIATES).
    pub fn set_immediates(&mut self, offset: u32, data: &[u8]) {
        let pointer = data.as_ptr().cast();
        // SAFETY: The pass is alive; the pointer is that of as many bytes.
        unsafe {
            self.functions().wgpuComputePassEncoderSetImmediates(
                self.raw(),
                offset,
                pointer,
                data.len(),
            );
        }
    }

    /// Asks for the time. Needs
    /// [`Features::TIMESTAMP_QUERY_INSIDE_PASSES`](crate::Features::TIMESTAMP_QUERY_INSIDE_PASSES).
    pub fn write_timestamp(&mut self, query_set: &QuerySet, query_index: u32) {
        // SAFETY: Pass and query set are alive.
        unsafe {
            self.functions().wgpuComputePassEncoderWriteTimestamp(
                self.raw(),
                query_set.raw_for(self.device()),
                query_index,
            );
        }
    }

    /// Begins to count what the following commands do. Needs
    /// [`Features::PIPELINE_STATISTICS_QUERY`](crate::Features::PIPELINE_STATISTICS_QUERY).
    pub fn begin_pipeline_statistics_query(&mut self, query_set: &QuerySet, query_index: u32) {
        // SAFETY: Pass and query set are alive.
        unsafe {
            self.functions().wgpuComputePassEncoderBeginPipelineStatisticsQuery(
                self.raw(),
                query_set.raw_for(self.device()),
                query_index,
            );
        }
    }

    /// Ends the count that was begun.
    pub fn end_pipeline_statistics_query(&mut self) {
        // SAFETY: The pass is alive.
        unsafe { self.functions().wgpuComputePassEncoderEndPipelineStatisticsQuery(self.raw()) };
    }

    /// Whether `count` arguments can lie there; if not, a note of that.
    fn accepts<T>(&self, buffer: &Buffer, offset: BufferAddress, count: u32) -> bool {
        let checked = indirect::check::<T>(buffer, offset, count);
        self.open.recording.accepted(checked).is_some()
    }

    deferred_methods!(|this| this.open.recording);
}

impl fmt::Debug for ComputePass<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ComputePass")
            .field("inner", &self.open.inner)
            .finish_non_exhaustive()
    }
}

/// The part of a pass that ends with it, whatever its lifetime is.
struct OpenPass {
    inner: Child<sys::WGPUComputePassEncoderImpl>,
    recording: Arc<Recording>,
    uses: PassUses,
}

impl Drop for OpenPass {
    fn drop(&mut self) {
        // SAFETY: The pass is alive, and not used any more.
        unsafe { self.inner.functions().wgpuComputePassEncoderEnd(self.inner.raw()) };
        self.recording.append(&mut self.uses);
        events::deliver();
    }
}

/// What a pass that computes should be like.
#[derive(Clone, Debug, Default)]
pub struct ComputePassDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// Where to write the time at its beginning and end.
    pub timestamp_writes: Option<ComputePassTimestampWrites<'a>>,
}

/// Where a pass writes the time.
#[derive(Clone, Debug)]
pub struct ComputePassTimestampWrites<'a> {
    /// The set of queries.
    pub query_set: &'a QuerySet,
    /// The query for the beginning.
    pub beginning_of_pass_write_index: Option<u32>,
    /// The query for the end.
    pub end_of_pass_write_index: Option<u32>,
}
