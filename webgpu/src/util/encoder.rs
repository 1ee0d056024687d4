use crate::{
    BindGroup, Buffer, BufferAddress, BufferSlice, DynamicOffset, IndexFormat, RenderBundleEncoder,
    RenderPass, RenderPipeline,
};
use std::ops::Range;

/// What [`RenderPass`] and [`RenderBundleEncoder`] have in common: for code that draws into either.
pub trait RenderEncoder<'a> {
    /// Sets the bind group with this index, or none. `offsets` are those of its dynamic buffers, by their binding.
    fn set_bind_group(
        &mut self,
        index: u32,
        bind_group: Option<&'a BindGroup>,
        offsets: &[DynamicOffset],
    );

    /// Sets the pipeline.
    fn set_pipeline(&mut self, pipeline: &'a RenderPipeline);

    /// Sets where indices come from.
    fn set_index_buffer(&mut self, buffer_slice: BufferSlice<'a>, index_format: IndexFormat);

    /// Sets where vertices come from, for one of the pipeline's slots.
    fn set_vertex_buffer(&mut self, slot: u32, buffer_slice: BufferSlice<'a>);

    /// Draws these vertices, once for each of these instances.
    fn draw(&mut self, vertices: Range<u32>, instances: Range<u32>);

    /// Draws the vertices of these indices, once for each of these instances. `base_vertex` is added to each index.
    fn draw_indexed(&mut self, indices: Range<u32>, base_vertex: i32, instances: Range<u32>);

    /// Draws what a buffer says, in the form of [`DrawIndirectArgs`](crate::util::DrawIndirectArgs).
    fn draw_indirect(&mut self, indirect_buffer: &'a Buffer, indirect_offset: BufferAddress);

    /// Draws what a buffer says, in the form of [`DrawIndexedIndirectArgs`](crate::util::DrawIndexedIndirectArgs).
    fn draw_indexed_indirect(
        &mut self,
        indirect_buffer: &'a Buffer,
        indirect_offset: BufferAddress,
    );

    /// Writes immediate data for the shaders. Needs [`Features::IMMEDIATES`](crate::Features::IMMEDIATES).
    fn set_immediates(&mut self, offset: u32, data: &[u8]);
}

/// Implements the trait by the methods of the same names.
macro_rules! render_encoder {
    ($name:ident) => {
        impl<'a> RenderEncoder<'a> for $name<'a> {
            #[inline]
            fn set_bind_group(
                &mut self,
                index: u32,
                bind_group: Option<&'a BindGroup>,
                offsets: &[DynamicOffset],
            ) {
                Self::set_bind_group(self, index, bind_group, offsets);
            }

            #[inline]
            fn set_pipeline(&mut self, pipeline: &'a RenderPipeline) {
                Self::set_pipeline(self, pipeline);
            }

            #[inline]
            fn set_index_buffer(&mut self, buffer_slice: BufferSlice<'a>, format: IndexFormat) {
                Self::set_index_buffer(self, buffer_slice, format);
            }

            #[inline]
            fn set_vertex_buffer(&mut self, slot: u32, buffer_slice: BufferSlice<'a>) {
                Self::set_vertex_buffer(self, slot, buffer_slice);
            }

            #[inline]
            fn draw(&mut self, vertices: Range<u32>, instances: Range<u32>) {
                Self::draw(self, vertices, instances);
            }

            #[inline]
            fn draw_indexed(&mut self, indices: Range<u32>, base: i32, instances: Range<u32>) {
                Self::draw_indexed(self, indices, base, instances);
            }

            #[inline]
            fn draw_indirect(&mut self, buffer: &'a Buffer, offset: BufferAddress) {
                Self::draw_indirect(self, buffer, offset);
            }

            #[inline]
            fn draw_indexed_indirect(&mut self, buffer: &'a Buffer, offset: BufferAddress) {
                Self::draw_indexed_indirect(self, buffer, offset);
            }

            #[inline]
            fn set_immediates(&mut self, offset: u32, data: &[u8]) {
                Self::set_immediates(self, offset, data);
            }
        }
    };
}

render_encoder!(RenderPass);
render_encoder!(RenderBundleEncoder);
