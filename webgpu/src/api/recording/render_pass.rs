use super::*;
use crate::{convert, handle::identity};
use deferred::deferred_methods;
use encoder_borrow::EncoderBorrow;
use end_time::EndTime;
use indirect::{DrawIndexedIndirectArgs, DrawIndirectArgs};
use pass::{OpenPass, pass_methods};
use std::{fmt, ops::Range};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, COPY_BUFFER_ALIGNMENT, Color, IndexFormat};

/// Records commands that draw. It ends when it is dropped; until then its encoder cannot be used.
#[derive(Debug)]
pub struct RenderPass<'encoder> {
    open: OpenPass<sys::WGPURenderPassEncoderImpl>,
    has_blend_constant: bool,
    _encoder: EncoderBorrow<'encoder>,
}

assert_send_sync!(RenderPass<'_>);
identity!(RenderPass<'_>, |this| this.open.inner.raw().addr());

impl<'encoder> RenderPass<'encoder> {
    pub(super) fn new(
        inner: Child<sys::WGPURenderPassEncoderImpl>,
        recording: Arc<Recording>,
        end_time: Option<EndTime>,
        descriptor: &RenderPassDescriptor<'_>,
    ) -> Self {
        let mut open = OpenPass::new(inner, recording, end_time);
        note_attachments(&mut open.uses, descriptor);
        Self { open, has_blend_constant: false, _encoder: EncoderBorrow::new() }
    }

    /// Lets the encoder be used while the pass is there. Using it is an error until the pass is dropped.
    pub fn forget_lifetime(self) -> RenderPass<'static> {
        let Self { open, has_blend_constant, .. } = self;
        RenderPass { open, has_blend_constant, _encoder: EncoderBorrow::new() }
    }
}

impl RenderPass<'_> {
    pub(in crate::api) fn device(&self) -> &Arc<DeviceContext> {
        self.open.device()
    }

    /// Notes a command that the engine does not get to see.
    pub(in crate::api) fn mistake(&self, cause: impl fmt::Display) {
        self.open.recording.mistake(cause);
    }

    /// Sets the pipeline.
    pub fn set_pipeline(&mut self, pipeline: &RenderPipeline) {
        call!(
            self.open.inner,
            wgpuRenderPassEncoderSetPipeline(pipeline.raw_for(self.open.device()))
        );
    }

    /// Sets the colour that pipelines may blend with.
    pub fn set_blend_constant(&mut self, color: Color) {
        self.has_blend_constant = true;
        let color = convert::color(color);
        call!(self.open.inner, wgpuRenderPassEncoderSetBlendConstant(&raw const color));
    }

    /// Sets where indices come from.
    pub fn set_index_buffer(&mut self, buffer_slice: BufferSlice<'_>, index_format: IndexFormat) {
        let buffer = self.open.buffer(buffer_slice.buffer());
        let format = convert::index_format(index_format);
        let (offset, size) = (buffer_slice.offset(), buffer_slice.size().get());
        let set = |offset, size| {
            let inner = &self.open.inner;
            call!(inner, wgpuRenderPassEncoderSetIndexBuffer(buffer, format, offset, size));
        };
        let before = offset % COPY_BUFFER_ALIGNMENT;
        if before == index_format.byte_size() as BufferAddress {
            // Of memory that was never written, the engine clears what is used, and ends the process if that does not begin at
            // a multiple of 4 bytes: so the index before is used as well.
            set(offset - before, size + before);
        }
        set(offset, size);
    }

    /// Sets where vertices come from, for one of the pipeline's slots.
    pub fn set_vertex_buffer(&mut self, slot: u32, buffer_slice: BufferSlice<'_>) {
        let buffer = self.open.buffer(buffer_slice.buffer());
        let (offset, size) = (buffer_slice.offset(), buffer_slice.size().get());
        call!(self.open.inner, wgpuRenderPassEncoderSetVertexBuffer(slot, buffer, offset, size));
    }

    /// Sets the rectangle outside of which nothing is drawn.
    pub fn set_scissor_rect(&mut self, x: u32, y: u32, width: u32, height: u32) {
        call!(self.open.inner, wgpuRenderPassEncoderSetScissorRect(x, y, width, height));
    }

    /// Sets the rectangle that what is drawn is fitted into, and the range of depths.
    pub fn set_viewport(&mut self, x: f32, y: f32, w: f32, h: f32, min_depth: f32, max_depth: f32) {
        call!(self.open.inner, wgpuRenderPassEncoderSetViewport(x, y, w, h, min_depth, max_depth));
    }

    /// Sets what stencils are compared with.
    pub fn set_stencil_reference(&mut self, reference: u32) {
        call!(self.open.inner, wgpuRenderPassEncoderSetStencilReference(reference));
    }

    /// Draws these vertices, once for each of these instances.
    pub fn draw(&mut self, vertices: Range<u32>, instances: Range<u32>) {
        call!(
            self.open.inner,
            wgpuRenderPassEncoderDraw(
                length(&vertices),
                length(&instances),
                vertices.start,
                instances.start
            )
        );
    }

    /// Draws the vertices of these indices, once for each of these instances. `base_vertex` is added to each index.
    pub fn draw_indexed(&mut self, indices: Range<u32>, base_vertex: i32, instances: Range<u32>) {
        call!(
            self.open.inner,
            wgpuRenderPassEncoderDrawIndexed(
                length(&indices),
                length(&instances),
                indices.start,
                base_vertex,
                instances.start
            )
        );
    }

    /// Draws what a buffer says, as [`draw`](Self::draw) does.
    pub fn draw_indirect(&mut self, indirect_buffer: &Buffer, indirect_offset: BufferAddress) {
        let args = self.open.indirect::<DrawIndirectArgs>(indirect_buffer, indirect_offset, 1);
        if let Some(buffer) = args {
            call!(self.open.inner, wgpuRenderPassEncoderDrawIndirect(buffer, indirect_offset));
        }
    }

    /// Draws what a buffer says, as [`draw_indexed`](Self::draw_indexed) does.
    pub fn draw_indexed_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
    ) {
        let args =
            self.open.indirect::<DrawIndexedIndirectArgs>(indirect_buffer, indirect_offset, 1);
        if let Some(buffer) = args {
            call!(
                self.open.inner,
                wgpuRenderPassEncoderDrawIndexedIndirect(buffer, indirect_offset)
            );
        }
    }

    /// Draws what a buffer says, `count` times in a row.
    pub fn multi_draw_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
        count: u32,
    ) {
        let args = self.open.indirect::<DrawIndirectArgs>(indirect_buffer, indirect_offset, count);
        if let Some(buffer) = args {
            call!(
                self.open.inner,
                wgpuRenderPassEncoderMultiDrawIndirect(buffer, indirect_offset, count)
            );
        }
    }

    /// Draws what a buffer says with indices, `count` times in a row.
    pub fn multi_draw_indexed_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
        count: u32,
    ) {
        let args =
            self.open.indirect::<DrawIndexedIndirectArgs>(indirect_buffer, indirect_offset, count);
        if let Some(buffer) = args {
            call!(
                self.open.inner,
                wgpuRenderPassEncoderMultiDrawIndexedIndirect(buffer, indirect_offset, count)
            );
        }
    }

    /// Draws what a buffer says, as often as another one says. Needs
    /// [`Features::MULTI_DRAW_INDIRECT_COUNT`](crate::Features::MULTI_DRAW_INDIRECT_COUNT).
    pub fn multi_draw_indirect_count(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
        count_buffer: &Buffer,
        count_offset: BufferAddress,
        max_count: u32,
    ) {
        let args =
            self.open.indirect::<DrawIndirectArgs>(indirect_buffer, indirect_offset, max_count);
        let count = self.open.indirect::<u32>(count_buffer, count_offset, 1);
        if let (Some(args), Some(count)) = (args, count) {
            call!(
                self.open.inner,
                wgpuRenderPassEncoderMultiDrawIndirectCount(
                    args,
                    indirect_offset,
                    count,
                    count_offset,
                    max_count
                )
            );
        }
    }

    /// Draws what a buffer says with indices, as often as another one says. Needs
    /// [`Features::MULTI_DRAW_INDIRECT_COUNT`](crate::Features::MULTI_DRAW_INDIRECT_COUNT).
    pub fn multi_draw_indexed_indirect_count(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
        count_buffer: &Buffer,
        count_offset: BufferAddress,
        max_count: u32,
    ) {
        let args = self.open.indirect::<DrawIndexedIndirectArgs>(
            indirect_buffer,
            indirect_offset,
            max_count,
        );
        let count = self.open.indirect::<u32>(count_buffer, count_offset, 1);
        if let (Some(args), Some(count)) = (args, count) {
            call!(
                self.open.inner,
                wgpuRenderPassEncoderMultiDrawIndexedIndirectCount(
                    args,
                    indirect_offset,
                    count,
                    count_offset,
                    max_count
                )
            );
        }
    }

    /// Draws what was recorded into bundles. The pass forgets its pipeline, bind groups and buffers: what comes after has to
    /// set its own.
    pub fn execute_bundles<'a, I: IntoIterator<Item = &'a RenderBundle>>(
        &mut self,
        render_bundles: I,
    ) {
        for bundle in render_bundles {
            bundle.execute(self);
        }
    }

    /// Whether a constant for blending was set.
    pub(in crate::api) fn has_blend_constant(&self) -> bool {
        self.has_blend_constant
    }

    /// Executes a bundle of the engine.
    pub(in crate::api) fn execute(&mut self, bundle: &Child<sys::WGPURenderBundleImpl>) {
        let bundle = bundle.raw_for(self.open.device());
        call!(self.open.inner, wgpuRenderPassEncoderExecuteBundles(1, &raw const bundle));
    }

    /// Begins to count the samples that the following commands draw and that are not hidden, in the pass's query set.
    pub fn begin_occlusion_query(&mut self, query_index: u32) {
        call!(self.open.inner, wgpuRenderPassEncoderBeginOcclusionQuery(query_index));
    }

    /// Ends the count that was begun.
    pub fn end_occlusion_query(&mut self) {
        call!(self.open.inner, wgpuRenderPassEncoderEndOcclusionQuery());
    }

    pass_methods!(
        wgpuRenderPassEncoderSetBindGroup,
        wgpuRenderPassEncoderSetImmediates,
        wgpuRenderPassEncoderWriteTimestamp,
        wgpuRenderPassEncoderBeginPipelineStatisticsQuery,
        wgpuRenderPassEncoderEndPipelineStatisticsQuery,
        wgpuRenderPassEncoderInsertDebugMarker,
        wgpuRenderPassEncoderPushDebugGroup,
        wgpuRenderPassEncoderPopDebugGroup,
    );
}

/// Notes what a pass draws to.
fn note_attachments(uses: &mut PassUses, descriptor: &RenderPassDescriptor<'_>) {
    for attachment in descriptor.color_attachments.iter().flatten() {
        uses.note(&attachment.view.texture().inner);
        if let Some(target) = attachment.resolve_target {
            uses.note(&target.texture().inner);
        }
    }
    if let Some(attachment) = &descriptor.depth_stencil_attachment {
        uses.note(&attachment.view.texture().inner);
    }
}

/// How many a range has: none if it runs backwards.
pub(crate) fn length(range: &Range<u32>) -> u32 {
    range.end.saturating_sub(range.start)
}
