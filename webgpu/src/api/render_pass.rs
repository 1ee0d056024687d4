use super::*;
use crate::{
    convert, events,
    handle::identity,
    recording::{PassUses, Recording},
};
use deferred::deferred_methods;
use indirect::{DrawIndexedIndirectArgs, DrawIndirectArgs};
use std::{fmt, marker::PhantomData, ops::Range};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, Color, DynamicOffset, IndexFormat};

/// Records commands that draw. It ends when it is dropped; until then its encoder cannot be used.
pub struct RenderPass<'encoder> {
    open: OpenPass,
    _encoder: PhantomData<&'encoder mut ()>,
}

assert_send_sync!(RenderPass<'_>);
identity!(RenderPass<'_>, |this| this.open.inner.raw().addr());

impl<'encoder> RenderPass<'encoder> {
    pub(super) fn new(
        inner: Child<sys::WGPURenderPassEncoderImpl>,
        recording: Arc<Recording>,
        descriptor: &RenderPassDescriptor<'_>,
    ) -> Self {
        let mut uses = PassUses::default();
        note_attachments(&mut uses, descriptor);
        let open = OpenPass { inner, recording, uses, has_blend_constant: false };
        Self { open, _encoder: PhantomData }
    }

    /// Lets the encoder be used while the pass is there. Using it is an error until the pass is dropped.
    pub fn forget_lifetime(self) -> RenderPass<'static> {
        RenderPass { open: self.open, _encoder: PhantomData }
    }
}

impl RenderPass<'_> {
    fn raw(&self) -> sys::WGPURenderPassEncoder {
        self.open.inner.raw()
    }

    pub(super) fn device(&self) -> &Arc<DeviceContext> {
        self.open.inner.owner()
    }

    /// Notes a command that the engine does not get to see.
    pub(super) fn mistake(&self, cause: impl fmt::Display) {
        self.open.recording.mistake(cause);
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
        let bind_group: Option<&'a BindGroup> = bind_group.into();
        let raw =
            bind_group.map_or(std::ptr::null_mut(), |bind_group| bind_group.raw_for(self.device()));
        // SAFETY: Pass and bind group are alive; the pointer is that of as many offsets.
        unsafe {
            self.functions().wgpuRenderPassEncoderSetBindGroup(
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
    pub fn set_pipeline(&mut self, pipeline: &RenderPipeline) {
        // SAFETY: Pass and pipeline are alive.
        unsafe {
            self.functions()
                .wgpuRenderPassEncoderSetPipeline(self.raw(), pipeline.raw_for(self.device()))
        };
    }

    /// Sets the colour that pipelines may blend with.
    pub fn set_blend_constant(&mut self, color: Color) {
        self.open.has_blend_constant = true;
        let color = convert::color(color);
        // SAFETY: The pass is alive, and the struct is local.
        unsafe {
            self.functions().wgpuRenderPassEncoderSetBlendConstant(self.raw(), &raw const color)
        };
    }

    /// Sets where indices come from.
    pub fn set_index_buffer(&mut self, buffer_slice: BufferSlice<'_>, index_format: IndexFormat) {
        let (buffer, format) = (buffer_slice.buffer(), convert::index_format(index_format));
        let (offset, size) = (buffer_slice.offset(), buffer_slice.size().get());
        // SAFETY: Pass and buffer are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderSetIndexBuffer(
                self.raw(),
                buffer.raw_for(self.device()),
                format,
                offset,
                size,
            );
        }
        self.open.uses.note(&buffer.inner);
    }

    /// Sets where vertices come from, for one of the pipeline's slots.
    pub fn set_vertex_buffer(&mut self, slot: u32, buffer_slice: BufferSlice<'_>) {
        let buffer = buffer_slice.buffer();
        let (offset, size) = (buffer_slice.offset(), buffer_slice.size().get());
        // SAFETY: Pass and buffer are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderSetVertexBuffer(
                self.raw(),
                slot,
                buffer.raw_for(self.device()),
                offset,
                size,
            );
        }
        self.open.uses.note(&buffer.inner);
    }

    /// Sets the rectangle outside of which nothing is drawn.
    pub fn set_scissor_rect(&mut self, x: u32, y: u32, width: u32, height: u32) {
        // SAFETY: The pass is alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderSetScissorRect(self.raw(), x, y, width, height)
        };
    }

    /// Sets the rectangle that what is drawn is fitted into, and the range of depths.
    pub fn set_viewport(&mut self, x: f32, y: f32, w: f32, h: f32, min_depth: f32, max_depth: f32) {
        // SAFETY: The pass is alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderSetViewport(
                self.raw(),
                x,
                y,
                w,
                h,
                min_depth,
                max_depth,
            );
        }
    }

    /// Sets what stencils are compared with.
    pub fn set_stencil_reference(&mut self, reference: u32) {
        // SAFETY: The pass is alive.
        unsafe { self.functions().wgpuRenderPassEncoderSetStencilReference(self.raw(), reference) };
    }

    /// Puts a mark among the commands, for debuggers.
    pub fn insert_debug_marker(&mut self, label: &str) {
        // SAFETY: The pass is alive, and the text lives during the call.
        unsafe {
            self.functions().wgpuRenderPassEncoderInsertDebugMarker(self.raw(), label.into())
        };
    }

    /// Begins a group of commands, for debuggers.
    pub fn push_debug_group(&mut self, label: &str) {
        // SAFETY: The pass is alive, and the text lives during the call.
        unsafe { self.functions().wgpuRenderPassEncoderPushDebugGroup(self.raw(), label.into()) };
    }

    /// Ends the group that was begun last.
    pub fn pop_debug_group(&mut self) {
        // SAFETY: The pass is alive.
        unsafe { self.functions().wgpuRenderPassEncoderPopDebugGroup(self.raw()) };
    }

    /// Draws these vertices, once for each of these instances.
    pub fn draw(&mut self, vertices: Range<u32>, instances: Range<u32>) {
        // SAFETY: The pass is alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderDraw(
                self.raw(),
                length(&vertices),
                length(&instances),
                vertices.start,
                instances.start,
            );
        }
    }

    /// Draws the vertices of these indices, once for each of these instances. `base_vertex` is added to each index.
    pub fn draw_indexed(&mut self, indices: Range<u32>, base_vertex: i32, instances: Range<u32>) {
        // SAFETY: The pass is alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderDrawIndexed(
                self.raw(),
                length(&indices),
                length(&instances),
                indices.start,
                base_vertex,
                instances.start,
            );
        }
    }

    /// Draws what a buffer says, as [`draw`](Self::draw) does.
    pub fn draw_indirect(&mut self, indirect_buffer: &Buffer, indirect_offset: BufferAddress) {
        if !self.accepts::<DrawIndirectArgs>(indirect_buffer, indirect_offset, 1) {
            return;
        }
        let buffer = indirect_buffer.raw_for(self.device());
        // SAFETY: Pass and buffer are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderDrawIndirect(self.raw(), buffer, indirect_offset)
        };
        self.open.uses.note(&indirect_buffer.inner);
    }

    /// Draws what a buffer says, as [`draw_indexed`](Self::draw_indexed) does.
    pub fn draw_indexed_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
    ) {
        if !self.accepts::<DrawIndexedIndirectArgs>(indirect_buffer, indirect_offset, 1) {
            return;
        }
        let buffer = indirect_buffer.raw_for(self.device());
        // SAFETY: Pass and buffer are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderDrawIndexedIndirect(
                self.raw(),
                buffer,
                indirect_offset,
            )
        };
        self.open.uses.note(&indirect_buffer.inner);
    }

    /// Draws what a buffer says, `count` times in a row.
    pub fn multi_draw_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
        count: u32,
    ) {
        if !self.accepts::<DrawIndirectArgs>(indirect_buffer, indirect_offset, count) {
            return;
        }
        let buffer = indirect_buffer.raw_for(self.device());
        // SAFETY: Pass and buffer are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderMultiDrawIndirect(
                self.raw(),
                buffer,
                indirect_offset,
                count,
            );
        }
        self.open.uses.note(&indirect_buffer.inner);
    }

    /// Draws what a buffer says with indices, `count` times in a row.
    pub fn multi_draw_indexed_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
        count: u32,
    ) {
        if !self.accepts::<DrawIndexedIndirectArgs>(indirect_buffer, indirect_offset, count) {
            return;
        }
        let buffer = indirect_buffer.raw_for(self.device());
        // SAFETY: Pass and buffer are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderMultiDrawIndexedIndirect(
                self.raw(),
                buffer,
                indirect_offset,
                count,
            );
        }
        self.open.uses.note(&indirect_buffer.inner);
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
        if !self.accepts::<DrawIndirectArgs>(indirect_buffer, indirect_offset, max_count)
            || !self.accepts::<u32>(count_buffer, count_offset, 1)
        {
            return;
        }
        // SAFETY: Pass and buffers are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderMultiDrawIndirectCount(
                self.raw(),
                indirect_buffer.raw_for(self.device()),
                indirect_offset,
                count_buffer.raw_for(self.device()),
                count_offset,
                max_count,
            );
        }
        self.open.uses.note(&indirect_buffer.inner);
        self.open.uses.note(&count_buffer.inner);
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
        if !self.accepts::<DrawIndexedIndirectArgs>(indirect_buffer, indirect_offset, max_count)
            || !self.accepts::<u32>(count_buffer, count_offset, 1)
        {
            return;
        }
        // SAFETY: Pass and buffers are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderMultiDrawIndexedIndirectCount(
                self.raw(),
                indirect_buffer.raw_for(self.device()),
                indirect_offset,
                count_buffer.raw_for(self.device()),
                count_offset,
                max_count,
            );
        }
        self.open.uses.note(&indirect_buffer.inner);
        self.open.uses.note(&count_buffer.inner);
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
    pub(super) fn has_blend_constant(&self) -> bool {
        self.open.has_blend_constant
    }

    /// Executes a bundle of the engine.
    pub(super) fn execute(&mut self, bundle: &Child<sys::WGPURenderBundleImpl>) {
        let bundle = bundle.raw_for(self.device());
        // SAFETY: Pass and bundle are alive, and the pointer is that of one handle.
        unsafe {
            self.functions().wgpuRenderPassEncoderExecuteBundles(self.raw(), 1, &raw const bundle)
        };
    }

    /// Writes immediate data for the shaders. Needs [`Features::IMMEDIATES`](crate::Features::IMMEDIATES).
    pub fn set_immediates(&mut self, offset: u32, data: &[u8]) {
        let pointer = data.as_ptr().cast();
        // SAFETY: The pass is alive; the pointer is that of as many bytes.
        unsafe {
            self.functions().wgpuRenderPassEncoderSetImmediates(
                self.raw(),
                offset,
                pointer,
                data.len(),
            )
        };
    }

    /// Asks for the time. Needs
    /// [`Features::TIMESTAMP_QUERY_INSIDE_PASSES`](crate::Features::TIMESTAMP_QUERY_INSIDE_PASSES).
    pub fn write_timestamp(&mut self, query_set: &QuerySet, query_index: u32) {
        // SAFETY: Pass and query set are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderWriteTimestamp(
                self.raw(),
                query_set.raw_for(self.device()),
                query_index,
            );
        }
    }

    /// Begins to count the samples that the following commands draw and that are not hidden, in the pass's query set.
    pub fn begin_occlusion_query(&mut self, query_index: u32) {
        // SAFETY: The pass is alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderBeginOcclusionQuery(self.raw(), query_index)
        };
    }

    /// Ends the count that was begun.
    pub fn end_occlusion_query(&mut self) {
        // SAFETY: The pass is alive.
        unsafe { self.functions().wgpuRenderPassEncoderEndOcclusionQuery(self.raw()) };
    }

    /// Begins to count what the following commands do. Needs
    /// [`Features::PIPELINE_STATISTICS_QUERY`](crate::Features::PIPELINE_STATISTICS_QUERY).
    pub fn begin_pipeline_statistics_query(&mut self, query_set: &QuerySet, query_index: u32) {
        // SAFETY: Pass and query set are alive.
        unsafe {
            self.functions().wgpuRenderPassEncoderBeginPipelineStatisticsQuery(
                self.raw(),
                query_set.raw_for(self.device()),
                query_index,
            );
        }
    }

    /// Ends the count that was begun.
    pub fn end_pipeline_statistics_query(&mut self) {
        // SAFETY: The pass is alive.
        unsafe { self.functions().wgpuRenderPassEncoderEndPipelineStatisticsQuery(self.raw()) };
    }

    /// Whether `count` arguments can lie there; if not, a note of that.
    fn accepts<T>(&self, buffer: &Buffer, offset: BufferAddress, count: u32) -> bool {
        let checked = indirect::check::<T>(buffer, offset, count);
        self.open.recording.accepted(checked).is_some()
    }

    deferred_methods!(|this| this.open.recording);
}

impl fmt::Debug for RenderPass<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RenderPass")
            .field("inner", &self.open.inner)
            .finish_non_exhaustive()
    }
}

/// The part of a pass that ends with it, whatever its lifetime is.
struct OpenPass {
    inner: Child<sys::WGPURenderPassEncoderImpl>,
    recording: Arc<Recording>,
    uses: PassUses,
    has_blend_constant: bool,
}

impl Drop for OpenPass {
    fn drop(&mut self) {
        // SAFETY: The pass is alive, and not used any more.
        unsafe { self.inner.functions().wgpuRenderPassEncoderEnd(self.inner.raw()) };
        self.recording.append(&mut self.uses);
        events::deliver();
    }
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
pub(super) fn length(range: &Range<u32>) -> u32 {
    range.end.saturating_sub(range.start)
}
