use super::*;
use crate::{
    convert,
    error::{self, Error},
    events,
    handle::identity,
};
use deferred::deferred_methods;
use end_time::without_end_time;
use std::{borrow::Cow, fmt, ops::Range};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    BufferAddress, BufferTransition, BufferUsages, COPY_BUFFER_ALIGNMENT, Extent3d,
    ImageSubresourceRange, TextureDimension, TextureTransition,
};

pub use wgpu_types::{
    TexelCopyBufferInfo as TexelCopyBufferInfoBase,
    TexelCopyTextureInfo as TexelCopyTextureInfoBase,
};

/// Records a command that is in no pass: [`call!`] about the encoder, then delivery of what the engine reported.
macro_rules! record {
    ($encoder:ident, $function:ident($($argument:expr),* $(,)?)) => {
        call!($encoder.inner, $function($($argument),*));
        events::deliver();
    };
}

/// Records commands.
#[derive(Debug)]
pub struct CommandEncoder {
    inner: Child<sys::WGPUCommandEncoderImpl>,
    label: Box<str>,
    /// Whether the engine refused to make it.
    invalid: bool,
    recording: Arc<Recording>,
    /// Of commands that are not in a pass.
    uses: Uses,
}

assert_send_sync!(CommandEncoder, TexelCopyBufferInfo<'_>, TexelCopyTextureInfo<'_>);
identity!(CommandEncoder, |this| this.inner.raw().addr());

impl CommandEncoder {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &CommandEncoderDescriptor<'_>,
    ) -> Self {
        let c_descriptor = sys::WGPUCommandEncoderDescriptor {
            label: descriptor.label.into(),
            ..sys::WGPUCommandEncoderDescriptor::INIT
        };
        let (inner, invalid) = events::watch(|| {
            create!(device, device, wgpuDeviceCreateCommandEncoder(&raw const c_descriptor))
        });
        let encoder = Self {
            inner,
            label: descriptor.label.unwrap_or_default().into(),
            invalid,
            recording: Arc::default(),
            uses: Uses::default(),
        };
        events::deliver();
        encoder
    }

    pub(in crate::api) fn device(&self) -> &Arc<DeviceContext> {
        self.inner.owner()
    }

    /// Notes a command that the engine does not get to see.
    pub(in crate::api) fn mistake(&self, cause: impl fmt::Display) {
        self.recording.mistake(cause);
    }

    /// Whether what was recorded could be submitted now; else why not.
    pub(in crate::api) fn usable(&self) -> Result<(), String> {
        self.recording.usable()
    }

    /// Ends the recording.
    #[track_caller]
    pub fn finish(mut self) -> CommandBuffer {
        let device = self.inner.owner();
        let destruction = device.destruction.read();
        let mistake = self.recording.finish(&mut self.uses);
        let inner = match mistake {
            // The engine does not know of the mistake: it must not get to submit the rest.
            Some(mistake) => {
                let error = Error::rejected("a CommandEncoder", Some(&self.label), &mistake);
                events::push(events::Event::Error(device.sink.clone(), error));
                Err(mistake)
            }
            None => self.finish_in_engine(),
        };
        drop(destruction);
        let command_buffer = CommandBuffer { inner, recording: self.recording };
        events::deliver();
        command_buffer
    }

    /// The recorded commands, or what the engine finds wrong with them.
    fn finish_in_engine(&self) -> Result<Child<sys::WGPUCommandBufferImpl>, String> {
        let device = self.device();
        let finish = || create!(device, self.inner, wgpuCommandEncoderFinish(std::ptr::null()));
        let (commands, errors) = events::reword(finish, |description| {
            let call = "a CommandEncoder";
            let description = description.replacen("CommandEncoder::finish", call, 1);
            error::with_label(description, call, Some(&self.label))
        });
        match errors.first() {
            Some(error) => Err(error::causes_below_call(error).unwrap_or_else(|| error.clone())),
            None if self.invalid => {
                Err(format!("{} is invalid", named("CommandEncoder", Some(&self.label))))
            }
            None => Ok(commands),
        }
    }

    /// Begins a pass that draws. It ends when it is dropped.
    #[track_caller]
    pub fn begin_render_pass<'encoder>(
        &'encoder mut self,
        desc: &RenderPassDescriptor<'_>,
    ) -> RenderPass<'encoder> {
        if desc.multiview_mask.is_some() {
            let enabled = self.device().features;
            self.mistake(convert::unnamed("Multiview", Features::MULTIVIEW, enabled));
        }
        let mut attachments = Cow::Borrowed(desc.color_attachments);
        for (index, cause) in render_pass_descriptor::misfits(desc.color_attachments) {
            self.mistake(format_args!("In a pass parameter\n      {cause}"));
            // A gap in its place keeps the engine from looking at it; the commands are never submitted.
            attachments.to_mut()[index] = None;
        }
        let (timestamp_writes, end_time) =
            without_end_time!(&self.inner, desc.timestamp_writes.clone());
        let desc = &RenderPassDescriptor {
            color_attachments: &attachments,
            timestamp_writes,
            ..desc.clone()
        };
        let inner = convert::with_render_pass_descriptor(self.device(), desc, |descriptor| {
            create!(self.device(), self.inner, wgpuCommandEncoderBeginRenderPass(descriptor))
        });
        let pass = RenderPass::new(inner, self.recording.clone(), end_time, desc);
        events::deliver();
        pass
    }

    /// Begins a pass that computes. It ends when it is dropped.
    #[track_caller]
    pub fn begin_compute_pass<'encoder>(
        &'encoder mut self,
        desc: &ComputePassDescriptor<'_>,
    ) -> ComputePass<'encoder> {
        let (timestamp_writes, end_time) =
            without_end_time!(&self.inner, desc.timestamp_writes.clone());
        let desc = &ComputePassDescriptor { label: desc.label, timestamp_writes };
        let inner = convert::with_compute_pass_descriptor(self.device(), desc, |descriptor| {
            create!(self.device(), self.inner, wgpuCommandEncoderBeginComputePass(descriptor))
        });
        let pass = ComputePass::new(inner, self.recording.clone(), end_time);
        events::deliver();
        pass
    }

    /// Copies bytes from a buffer to a buffer: `copy_size` of them, or all up to the end of `source`.
    #[track_caller]
    pub fn copy_buffer_to_buffer(
        &mut self,
        source: &Buffer,
        source_offset: BufferAddress,
        destination: &Buffer,
        destination_offset: BufferAddress,
        copy_size: impl Into<Option<BufferAddress>>,
    ) {
        let rest = source.size().saturating_sub(source_offset);
        let size = copy_size.into().unwrap_or(rest);
        let (from, to) = (self.buffer(source), self.buffer(destination));
        record!(
            self,
            wgpuCommandEncoderCopyBufferToBuffer(from, source_offset, to, destination_offset, size)
        );
    }

    /// Copies texels from a buffer to a texture.
    #[track_caller]
    pub fn copy_buffer_to_texture(
        &mut self,
        source: TexelCopyBufferInfo<'_>,
        destination: TexelCopyTextureInfo<'_>,
        copy_size: Extent3d,
    ) {
        let held = destination.texture.hold_for(self.device());
        let to = convert::texture_side(held.raw(), &destination);
        let Some(to) = self.recording.accepted(to) else {
            return;
        };
        let Some((from, extent)) = self.buffer_side(&source, &destination, copy_size) else {
            return;
        };
        self.uses.note(&source.buffer.inner);
        self.uses.note(&destination.texture.inner);
        let (from, to, extent) = (&raw const from, &raw const to, &raw const extent);
        record!(self, wgpuCommandEncoderCopyBufferToTexture(from, to, extent));
    }

    /// Copies texels from a texture to a buffer.
    #[track_caller]
    pub fn copy_texture_to_buffer(
        &mut self,
        source: TexelCopyTextureInfo<'_>,
        destination: TexelCopyBufferInfo<'_>,
        copy_size: Extent3d,
    ) {
        let held = source.texture.hold_for(self.device());
        let from = convert::texture_side(held.raw(), &source);
        let Some(from) = self.recording.accepted(from) else {
            return;
        };
        let Some((to, extent)) = self.buffer_side(&destination, &source, copy_size) else {
            return;
        };
        self.uses.note(&source.texture.inner);
        self.uses.note(&destination.buffer.inner);
        let (from, to, extent) = (&raw const from, &raw const to, &raw const extent);
        record!(self, wgpuCommandEncoderCopyTextureToBuffer(from, to, extent));
    }

    /// Copies texels from a texture to a texture.
    #[track_caller]
    pub fn copy_texture_to_texture(
        &mut self,
        source: TexelCopyTextureInfo<'_>,
        destination: TexelCopyTextureInfo<'_>,
        copy_size: Extent3d,
    ) {
        let held =
            [source.texture, destination.texture].map(|texture| texture.hold_for(self.device()));
        let from = convert::texture_side(held[0].raw(), &source);
        let to = convert::texture_side(held[1].raw(), &destination);
        let Some((from, to)) = self.recording.accepted(from.and_then(|from| Ok((from, to?))))
        else {
            return;
        };
        let extent = convert::extent(copy_size);
        self.uses.note(&source.texture.inner);
        self.uses.note(&destination.texture.inner);
        let (from, to, extent) = (&raw const from, &raw const to, &raw const extent);
        record!(self, wgpuCommandEncoderCopyTextureToTexture(from, to, extent));
    }

    /// Sets all of a part of a texture to zero. Needs [`Features::CLEAR_TEXTURE`](crate::Features::CLEAR_TEXTURE).
    #[track_caller]
    pub fn clear_texture(&mut self, texture: &Texture, subresource_range: &ImageSubresourceRange) {
        self.uses.note(&texture.inner);
        let something = self.recording.accepted(clears_something(texture, subresource_range));
        if something != Some(true) {
            return;
        }
        let Some(range) = self.recording.accepted(convert::subresource_range(subresource_range))
        else {
            return;
        };
        let held = texture.hold_for(self.device());
        record!(self, wgpuCommandEncoderClearTexture(held.raw(), &raw const range));
    }

    /// Sets bytes of a buffer to zero: `size` of them, or all up to its end.
    #[track_caller]
    pub fn clear_buffer(
        &mut self,
        buffer: &Buffer,
        offset: BufferAddress,
        size: Option<BufferAddress>,
    ) {
        let raw = self.buffer(buffer);
        if size == Some(0) {
            // The engine ends the process over a size of 0; it is valid, if the rest is, and does nothing.
            let nothing = clear_nothing(buffer, offset);
            self.recording.accepted(nothing);
        } else {
            // No buffer is as large as the number by which C says "to the end", nor as the one before it.
            let size = size.map_or(sys::WGPU_WHOLE_SIZE, |size| size.min(sys::WGPU_WHOLE_SIZE - 1));
            call!(self.inner, wgpuCommandEncoderClearBuffer(raw, offset, size));
        }
        events::deliver();
    }

    /// Puts a mark among the commands, for debuggers.
    #[track_caller]
    pub fn insert_debug_marker(&mut self, label: &str) {
        record!(self, wgpuCommandEncoderInsertDebugMarker(label.into()));
    }

    /// Begins a group of commands, for debuggers.
    #[track_caller]
    pub fn push_debug_group(&mut self, label: &str) {
        record!(self, wgpuCommandEncoderPushDebugGroup(label.into()));
    }

    /// Ends the group that was begun last.
    #[track_caller]
    pub fn pop_debug_group(&mut self) {
        record!(self, wgpuCommandEncoderPopDebugGroup());
    }

    /// Writes the answers to queries to a buffer.
    #[track_caller]
    pub fn resolve_query_set(
        &mut self,
        query_set: &QuerySet,
        query_range: Range<u32>,
        destination: &Buffer,
        destination_offset: BufferAddress,
    ) {
        let (first, count) = (query_range.start, length(&query_range));
        let (queries, to) = (query_set.raw_for(self.device()), self.buffer(destination));
        record!(
            self,
            wgpuCommandEncoderResolveQuerySet(queries, first, count, to, destination_offset)
        );
    }

    /// Asks for the time. Needs
    /// [`Features::TIMESTAMP_QUERY_INSIDE_ENCODERS`](crate::Features::TIMESTAMP_QUERY_INSIDE_ENCODERS).
    #[track_caller]
    pub fn write_timestamp(&mut self, query_set: &QuerySet, query_index: u32) {
        let query_set = query_set.raw_for(self.device());
        record!(self, wgpuCommandEncoderWriteTimestamp(query_set, query_index));
    }

    /// Says how buffers and textures will be used by code outside of WebGPU. The engine's C interface gives nothing out that
    /// such code could use: only that they can be used at all is seen to.
    #[track_caller]
    pub fn transition_resources<'a>(
        &mut self,
        buffer_transitions: impl Iterator<Item = BufferTransition<&'a Buffer>>,
        texture_transitions: impl Iterator<Item = TextureTransition<&'a Texture>>,
    ) {
        for transition in buffer_transitions {
            self.buffer(transition.buffer);
        }
        for transition in texture_transitions {
            transition.texture.hold_for(self.device());
            self.uses.note(&transition.texture.inner);
        }
    }

    deferred_methods!(|this| this.recording);

    /// The handle of a buffer, and a note that it is used.
    #[track_caller]
    fn buffer(&mut self, buffer: &Buffer) -> sys::WGPUBuffer {
        self.uses.note(&buffer.inner);
        buffer.raw_for(self.device())
    }

    /// The structs for the side of a copy that is a buffer, and for the size of the copy.
    #[track_caller]
    fn buffer_side(
        &self,
        buffer: &TexelCopyBufferInfo<'_>,
        texture: &TexelCopyTextureInfo<'_>,
        size: Extent3d,
    ) -> Option<(sys::WGPUTexelCopyBufferInfo, sys::WGPUExtent3D)> {
        let texels = convert::Texels {
            layout: buffer.layout,
            available: buffer.buffer.size(),
            in_buffer: true,
        };
        let copy = texels.copy(texture, texture.texture.format(), size);
        let (layout, extent) = self.recording.accepted(copy)?;
        let buffer = buffer.buffer.raw_for(self.device());
        Some((sys::WGPUTexelCopyBufferInfo { layout, buffer }, extent))
    }
}

/// What an encoder should be like.
pub type CommandEncoderDescriptor<'a> = wgpu_types::CommandEncoderDescriptor<Label<'a>>;

/// The side of a copy that is a buffer.
pub type TexelCopyBufferInfo<'a> = TexelCopyBufferInfoBase<&'a Buffer>;

/// The side of a copy that is a texture.
pub type TexelCopyTextureInfo<'a> = TexelCopyTextureInfoBase<&'a Texture>;

/// Whether there is anything in this part of the texture, if it is one. The engine ends the process over an empty part, and
/// does worse over one that begins beyond the texture.
fn clears_something(texture: &Texture, range: &ImageSubresourceRange) -> Result<bool, String> {
    let levels = texture.mip_level_count();
    let layers = match texture.dimension() {
        TextureDimension::D2 => texture.depth_or_array_layers(),
        TextureDimension::D1 | TextureDimension::D3 => 1,
    };
    let something = |kind, whole, base: u32, count: Option<u32>| {
        let end = count.map_or(Some(whole), |count| base.checked_add(count));
        match end {
            Some(end) if base <= whole && end <= whole => Ok(base < end),
            _ => Err(format!(
                "Image subresource {kind} range is outside of the texture's {kind} range. texture range is 0..{whole},  \
                 whereas subesource range specified start {base} and count {count:?}"
            )),
        }
    };
    let some_levels = something("level", levels, range.base_mip_level, range.mip_level_count)?;
    let some_layers = something("layer", layers, range.base_array_layer, range.array_layer_count)?;
    Ok(some_levels && some_layers)
}

/// Whether nothing may be cleared at this place.
fn clear_nothing(buffer: &Buffer, offset: BufferAddress) -> Result<(), String> {
    buffer.has_usage(BufferUsages::COPY_DST)?;
    if !offset.is_multiple_of(COPY_BUFFER_ALIGNMENT) {
        return Err(format!("Buffer offset {offset} is not a multiple of `COPY_BUFFER_ALIGNMENT`"));
    }
    if offset > buffer.size() {
        let size = buffer.size();
        return Err(format!(
            "Clear of {offset}..{offset} would end up overrunning the bounds of the buffer of size {size}"
        ));
    }
    Ok(())
}
