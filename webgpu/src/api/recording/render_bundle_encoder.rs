use super::*;
use crate::{convert, handle::identity};
use rehearsal::Stage;
use render_bundle::{Blank, BundleCommand};
use std::{fmt, marker::PhantomData, num::NonZeroU32, ops::Range};
use wgpu_types::{
    BufferAddress, BufferUsages, DynamicOffset, IMMEDIATE_DATA_ALIGNMENT, IndexFormat,
    RenderBundleDepthStencil, TextureFormat,
};

/// Records drawing commands into a [`RenderBundle`].
pub struct RenderBundleEncoder<'a> {
    device: Arc<DeviceContext>,
    commands: Vec<BundleCommand>,
    blank: Blank,
    stage: Stage,
    targets: Targets,
    /// How many slots of vertex buffers the pipeline reads, if one is set.
    vertex_buffers: Option<usize>,
    /// The slots that have one, from the lowest bit.
    vertex_slots: u32,
    mistake: Option<String>,
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
    pub(in crate::api) fn create(
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
            device: device.clone(),
            commands: Vec::new(),
            blank: Blank::create(device, descriptor),
            stage: Stage::of_bundle(descriptor),
            targets: Targets::of_bundle(descriptor),
            vertex_buffers: None,
            vertex_slots: 0,
            mistake: None,
            identity: Box::new(0),
            _not_send: PhantomData,
        }
    }

    /// Ends the recording.
    ///
    /// To look for mistakes, the device is given the commands once, with nothing to draw. That something they use was
    /// destroyed is told when the bundle is executed.
    ///
    /// # Panics
    /// If one of the commands is not valid.
    #[track_caller]
    pub fn finish(self, _desc: &RenderBundleDescriptor<'_>) -> RenderBundle {
        let checked = match self.mistake {
            Some(mistake) => Err(mistake),
            None => self.stage.rehearse(&self.device, &self.commands),
        };
        if let Err(mistake) = checked {
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
        self.vertex_buffers = Some(pipeline.vertex_buffers());
        let fitting = self.targets.accept(pipeline.targets());
        self.accept("set_pipeline command", fitting);
        self.commands.push(BundleCommand::SetPipeline(pipeline.clone()));
    }

    /// Sets where indices come from.
    pub fn set_index_buffer(&mut self, buffer_slice: BufferSlice<'a>, index_format: IndexFormat) {
        self.commands.push(BundleCommand::SetIndexBuffer(buffer_slice.into(), index_format));
    }

    /// Sets where vertices come from, for one of the pipeline's slots.
    pub fn set_vertex_buffer(&mut self, slot: u32, buffer_slice: BufferSlice<'a>) {
        self.vertex_slots |= 1_u32.checked_shl(slot).unwrap_or(0);
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
        self.accept_indirect(indirect_buffer);
        self.push_draw(BundleCommand::DrawIndirect(indirect_buffer.clone(), indirect_offset));
    }

    /// Draws what a buffer says, as [`draw_indexed`](Self::draw_indexed) does.
    pub fn draw_indexed_indirect(
        &mut self,
        indirect_buffer: &'a Buffer,
        indirect_offset: BufferAddress,
    ) {
        self.accept_indirect(indirect_buffer);
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
        match convert::immediates(data) {
            Ok(_) => self.commands.push(BundleCommand::SetImmediates(offset, data.into())),
            Err(cause) => self.accept("set_immediates command", Err(cause)),
        }
    }

    fn push_draw(&mut self, command: BundleCommand) {
        let Some(vertex_buffers) = self.vertex_buffers else {
            let missing = Err("Render pipeline must be set");
            return self.accept("draw command, kind: Draw", missing);
        };
        // In a bundle, unlike in a pass, what draws no vertices needs no buffers for them.
        let complete = self.vertex_slots.trailing_ones() as usize >= vertex_buffers;
        if complete || !command.is_empty_without_vertices() {
            self.commands.push(command);
        }
    }

    /// The rehearsal gives the device no draws that a buffer decides about.
    fn accept_indirect(&mut self, buffer: &Buffer) {
        let accepted = match buffer {
            _ if buffer.inner.invalid => {
                Err(format!("{} is invalid", named("Buffer", buffer.label())))
            }
            _ if !Arc::ptr_eq(buffer.device(), &self.device) => Err(format!(
                "{} does not belong to the device of the bundle",
                named("Buffer", buffer.label())
            )),
            _ => buffer.has_usage(BufferUsages::INDIRECT),
        };
        self.accept("draw command, kind: DrawIndirect", accepted);
    }

    /// Notes what is wrong with a command, if that is the first mistake.
    fn accept(&mut self, command: &str, accepted: Result<(), impl fmt::Display>) {
        if let Err(cause) = accepted {
            self.mistake.get_or_insert_with(|| format!("In a {command}\n    {cause}"));
        }
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
