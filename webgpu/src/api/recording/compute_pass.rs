use super::*;
use crate::{convert, handle::identity};
use deferred::deferred_methods;
use encoder_borrow::EncoderBorrow;
use end_time::EndTime;
use indirect::DispatchIndirectArgs;
use pass::{OpenPass, pass_methods};
use wgpu_native_sys_dyn as sys;
use wgpu_types::BufferAddress;

/// Records commands that compute. It ends when it is dropped; until then its encoder cannot be used.
#[derive(Debug)]
pub struct ComputePass<'encoder> {
    open: OpenPass<sys::WGPUComputePassEncoderImpl>,
    _encoder: EncoderBorrow<'encoder>,
}

assert_send_sync!(ComputePass<'_>, ComputePassDescriptor<'_>, ComputePassTimestampWrites<'_>);
identity!(ComputePass<'_>, |this| this.open.inner.raw().addr());

impl<'encoder> ComputePass<'encoder> {
    pub(super) fn new(
        inner: Child<sys::WGPUComputePassEncoderImpl>,
        recording: Arc<Recording>,
        end_time: Option<EndTime>,
    ) -> Self {
        Self { open: OpenPass::new(inner, recording, end_time), _encoder: EncoderBorrow::new() }
    }

    /// Lets the encoder be used while the pass is there. Using it is an error until the pass is dropped.
    pub fn forget_lifetime(self) -> ComputePass<'static> {
        ComputePass { open: self.open, _encoder: EncoderBorrow::new() }
    }
}

impl ComputePass<'_> {
    /// Sets the pipeline.
    pub fn set_pipeline(&mut self, pipeline: &ComputePipeline) {
        call!(
            self.open.inner,
            wgpuComputePassEncoderSetPipeline(pipeline.raw_for(self.open.device()))
        );
    }

    /// Runs the pipeline in `x` × `y` × `z` workgroups.
    pub fn dispatch_workgroups(&mut self, x: u32, y: u32, z: u32) {
        call!(self.open.inner, wgpuComputePassEncoderDispatchWorkgroups(x, y, z));
    }

    /// Runs the pipeline in as many workgroups as a buffer says.
    pub fn dispatch_workgroups_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
    ) {
        let args = self.open.indirect::<DispatchIndirectArgs>(indirect_buffer, indirect_offset, 1);
        if let Some(buffer) = args {
            call!(
                self.open.inner,
                wgpuComputePassEncoderDispatchWorkgroupsIndirect(buffer, indirect_offset)
            );
        }
    }

    pass_methods!(
        wgpuComputePassEncoderSetBindGroup,
        wgpuComputePassEncoderSetImmediates,
        wgpuComputePassEncoderWriteTimestamp,
        wgpuComputePassEncoderBeginPipelineStatisticsQuery,
        wgpuComputePassEncoderEndPipelineStatisticsQuery,
        wgpuComputePassEncoderInsertDebugMarker,
        wgpuComputePassEncoderPushDebugGroup,
        wgpuComputePassEncoderPopDebugGroup,
    );
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
