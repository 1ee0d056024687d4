use super::*;
use crate::handle::identity;
use render_bundle::{Blank, BundleCommand};
use std::{fmt, marker::PhantomData, num::NonZeroU32, ops::Range};
use targets::Targets;
use wgpu_types::{
    BufferAddress, DynamicOffset, IMMEDIATE_DATA_ALIGNMENT, IndexFormat, RenderBundleDepthStencil,
    TextureFormat,
};

/// Records drawing commands into a [`RenderBundle`].
pub struct RenderBundleEncoder<'a> {
    commands: Vec<BundleCommand>,
    blank: Blank,
    has_pipeline: bool,
    mistake: Option<String>,
    targets: Targets,
    identity: Box<u8>,
    // It belongs to its thread.
    _not_send: PhantomData<(*const u8, &'a ())>,
}

/// The engine knows this limit for bundles, whatever that of the device is.
const MAX_COLOR_ATTACHMENTS: usize = 8;

identity!(RenderBundleEncoder<'_>, |this| std::ptr::from_ref(&*this.identity).addr());
assert_send_sync!(RenderBundleEncoderDescriptor<'_>);

impl<'a> RenderBundleEncoder<'a> {
    #[track_caller]
    pub(super) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &RenderBundleEncoderDescriptor<'_>,
    ) -> Self {
        let samples = descriptor.sample_count;
        if !samples.is_power_of_two() || samples > 32 {
            panic!(
                "Error in Device::create_render_bundle_encoder: Invalid number of samples {samples}"
            );
        }
        let given = descriptor.color_formats.len();
        let limit = MAX_COLOR_ATTACHMENTS;
        if given > limit {
            panic!(
                "Error in Device::create_render_bundle_encoder: The number of color attachments {given} exceeds the \
                 limit {limit}"
            );
        }
        Self {
            commands: Vec::new(),
            blank: Blank::create(device, descriptor),
            has_pipeline: false,
            mistake: None,
            targets: Targets::of_bundle(descriptor),
            identity: Box::new(0),
            _not_send: PhantomData,
        }
    }

    /// Ends the recording.
    ///
    /// # Panics
    /// If there is a command that draws without a pipeline, or with one for other targets.
    #[track_caller]
    pub fn finish(self, _desc: &RenderBundleDescriptor<'_>) -> RenderBundle {
        if let Some(mistake) = self.mistake {
            panic!(
                "Error in RenderBundleEncoder::finish: Validation Error\n\nCaused by:\n  {mistake}\n"
            );
        }
        RenderBundle::new(self.commands, self.blank)
    }

    /// Sets the bind group with this index, or none. `offsets` are those of its dynamic buffers, by their binding.
    pub fn set_bind_group<'b, BG>(&mut self, index: u32, bind_group: BG, offsets: &[DynamicOffset])
    where
        Option<&'b BindGroup>: From<BG>,
    {
        let bind_group: Option<&'b BindGroup> = bind_group.into();
        self.commands.push(BundleCommand::SetBindGroup(index, bind_group.cloned(), offsets.into()));
    }

    /// Sets the pipeline.
    pub fn set_pipeline(&mut self, pipeline: &'a RenderPipeline) {
        self.has_pipeline = true;
        if let Err(cause) = self.targets.accept(pipeline.targets()) {
            self.mistake.get_or_insert(format!("In a set_pipeline command: {cause}"));
        }
        self.commands.push(BundleCommand::SetPipeline(pipeline.clone()));
    }

    /// Sets where indices come from.
    pub fn set_index_buffer(&mut self, buffer_slice: BufferSlice<'a>, index_format: IndexFormat) {
        self.commands.push(BundleCommand::SetIndexBuffer(buffer_slice.into(), index_format));
    }

    /// Sets where vertices come from, for one of the pipeline's slots.
    pub fn set_vertex_buffer(&mut self, slot: u32, buffer_slice: BufferSlice<'a>) {
        self.commands.push(BundleCommand::SetVertexBuffer(slot, buffer_slice.into()));
    }

    /// Draws these vertices, once for each of these instances.
    pub fn draw(&mut self, vertices: Range<u32>, instances: Range<u32>) {
        self.push_draw(BundleCommand::Draw(vertices, instances));
    }

    /// Draws the vertices of these indices, once for each of these instances. `base_vertex` is added to each index.
    pub fn draw_indexed(&mut self, indices: Range<u32>, base_vertex: i32, instances: Range<u32>) {
        self.push_draw(BundleCommand::DrawIndexed(indices, base_vertex, instances));
    }

    /// Draws what a buffer says, as [`draw`](Self::draw) does.
    pub fn draw_indirect(&mut self, indirect_buffer: &'a Buffer, indirect_offset: BufferAddress) {
        self.push_draw(BundleCommand::DrawIndirect(indirect_buffer.clone(), indirect_offset));
    }

    /// Draws what a buffer says, as [`draw_indexed`](Self::draw_indexed) does.
    pub fn draw_indexed_indirect(
        &mut self,
        indirect_buffer: &'a Buffer,
        indirect_offset: BufferAddress,
    ) {
        self.push_draw(BundleCommand::DrawIndexedIndirect(
            indirect_buffer.clone(),
            indirect_offset,
        ));
    }

    /// Writes immediate data for the shaders. Needs [`Features::IMMEDIATES`](crate::Features::IMMEDIATES).
    ///
    /// # Panics
    /// If the offset or the length of the data is not a multiple of [`IMMEDIATE_DATA_ALIGNMENT`].
    #[track_caller]
    pub fn set_immediates(&mut self, offset: u32, data: &[u8]) {
        assert!(
            offset.is_multiple_of(IMMEDIATE_DATA_ALIGNMENT)
                && data.len().is_multiple_of(IMMEDIATE_DATA_ALIGNMENT as usize),
            "immediate data must begin and end at a multiple of 4 bytes"
        );
        self.commands.push(BundleCommand::SetImmediates(offset, data.into()));
    }

    fn push_draw(&mut self, command: BundleCommand) {
        if !self.has_pipeline {
            self.mistake
                .get_or_insert_with(|| "In a draw command: Render pipeline must be set".into());
        }
        self.commands.push(command);
    }
}

impl fmt::Debug for RenderBundleEncoder<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RenderBundleEncoder")
            .field("commands", &self.commands)
            .finish_non_exhaustive()
    }
}

/// What an encoder for bundles should be like.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct RenderBundleEncoderDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// The formats of the colours in the passes that execute the bundle; `None` for a gap.
    pub color_formats: &'a [Option<TextureFormat>],
    /// Depth and stencil in those passes.
    pub depth_stencil: Option<RenderBundleDepthStencil>,
    /// The number of samples in those passes.
    pub sample_count: u32,
    /// The layers that are drawn at once. The engine's C interface has no place for this.
    pub multiview: Option<NonZeroU32>,
}
