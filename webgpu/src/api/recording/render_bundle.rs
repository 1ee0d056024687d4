use super::*;
use crate::{convert, error::lock, handle::identity};
use rehearsal::end_of;
use std::ops::Range;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, BufferSize, Color, DynamicOffset, IndexFormat};

/// Drawing commands, recorded once to be executed by many passes.
///
/// The engine ends the process over any mistake in a bundle of its own, so a bundle is kept here, as a list: executing it
/// records the commands into the pass. Mistakes in them are told by [`RenderBundleEncoder::finish`]; that the pass is not one
/// of those that the bundle is for, or that something the bundle uses was destroyed, by the encoder of the pass.
#[derive(Clone, Debug)]
pub struct RenderBundle {
    commands: Arc<[BundleCommand]>,
    blank: Blank,
    needs_blend_constant: bool,
}

assert_send_sync!(RenderBundle, RenderBundleDescriptor<'_>);
identity!(RenderBundle, |this| Arc::as_ptr(&this.commands).addr());

impl RenderBundle {
    pub(in crate::api) fn new(commands: Vec<BundleCommand>, blank: Blank) -> Self {
        let needs_blend_constant = commands.iter().any(|command| {
            matches!(command, BundleCommand::SetPipeline(pipeline) if pipeline.needs_blend_constant())
        });
        Self { commands: commands.into(), blank, needs_blend_constant }
    }

    /// Records the commands into a pass, which has nothing set before and after them.
    pub(in crate::api) fn execute(&self, pass: &mut RenderPass<'_>) {
        self.blank.execute(pass);
        if self.needs_blend_constant && !pass.has_blend_constant() {
            // The engine asks for one in a pass, and not for a bundle.
            pass.set_blend_constant(Color::TRANSPARENT);
        }
        for command in &*self.commands {
            command.replay(pass);
        }
        self.blank.execute(pass);
    }
}

/// The engine's bundle for the same passes, without a command. Executing it has the engine look whether the pass is one of
/// them, and forget pipeline, bind groups and buffers.
#[derive(Clone, Debug)]
pub(in crate::api) enum Blank {
    Bundle(Child<sys::WGPURenderBundleImpl>),
    /// No pass is one of them: the engine has no name for what they are like.
    Nameless(Arc<str>),
    /// The device was lost already: the engine would end the process.
    Lost,
}

impl Blank {
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &RenderBundleEncoderDescriptor<'_>,
    ) -> Self {
        let _gate = lock(&device.gate);
        if device.loss.is_lost() {
            return Self::Lost;
        }
        let bundle = convert::with_render_bundle_encoder_descriptor(descriptor, |descriptor| {
            let encoder = create!(device, device, wgpuDeviceCreateRenderBundleEncoder(descriptor));
            let descriptor = sys::WGPURenderBundleDescriptor::INIT;
            create!(device, encoder, wgpuRenderBundleEncoderFinish(&raw const descriptor))
        });
        match bundle {
            Ok(bundle) => Self::Bundle(bundle),
            Err(cause) => Self::Nameless(cause.into()),
        }
    }

    fn execute(&self, pass: &mut RenderPass<'_>) {
        match self {
            Self::Bundle(bundle) => pass.execute(bundle),
            Self::Nameless(cause) => pass.mistake(cause),
            Self::Lost => {}
        }
    }
}

/// What a bundle should be like.
pub type RenderBundleDescriptor<'a> = wgpu_types::RenderBundleDescriptor<Label<'a>>;

/// A command of a bundle, with all that it uses.
#[derive(Clone, Debug)]
pub(in crate::api) enum BundleCommand {
    SetBindGroup(u32, Option<BindGroup>, Box<[DynamicOffset]>),
    SetPipeline(RenderPipeline),
    SetIndexBuffer(BufferPart, IndexFormat),
    SetVertexBuffer(u32, BufferPart),
    SetImmediates(u32, Box<[u8]>),
    Draw(Range<u32>, Range<u32>),
    DrawIndexed(Range<u32>, i32, Range<u32>),
    DrawIndirect(Buffer, BufferAddress),
    DrawIndexedIndirect(Buffer, BufferAddress),
}

impl BundleCommand {
    /// Records the command with all that can be wrong with it, so that nothing is drawn.
    pub(in crate::api) fn rehearse(&self, pass: &mut RenderPass<'_>) {
        match self {
            Self::Draw(vertices, instances) => pass.draw(end_of(vertices), end_of(instances)),
            Self::DrawIndexed(indices, base_vertex, instances) => {
                pass.draw_indexed(end_of(indices), *base_vertex, end_of(instances));
            }
            Self::DrawIndirect(..) => pass.draw(0..0, 0..0),
            Self::DrawIndexedIndirect(..) => pass.draw_indexed(0..0, 0, 0..0),
            setting => setting.replay(pass),
        }
    }

    /// Whether it would draw nothing without buffers for vertices, and be valid.
    pub(in crate::api) fn is_empty_without_vertices(&self) -> bool {
        match self {
            Self::Draw(vertices, instances) => {
                end_of(vertices) == (0..0) && end_of(instances) == (0..0)
            }
            Self::DrawIndexed(_, _, instances) => end_of(instances) == (0..0),
            _ => true,
        }
    }

    fn replay(&self, pass: &mut RenderPass<'_>) {
        match self {
            Self::SetBindGroup(index, bind_group, offsets) => {
                pass.set_bind_group(*index, bind_group.as_ref(), offsets);
            }
            Self::SetPipeline(pipeline) => pass.set_pipeline(pipeline),
            Self::SetIndexBuffer(part, format) => pass.set_index_buffer(part.slice(), *format),
            Self::SetVertexBuffer(slot, part) => pass.set_vertex_buffer(*slot, part.slice()),
            Self::SetImmediates(offset, data) => pass.set_immediates(*offset, data),
            Self::Draw(vertices, instances) => pass.draw(vertices.clone(), instances.clone()),
            Self::DrawIndexed(indices, base_vertex, instances) => {
                pass.draw_indexed(indices.clone(), *base_vertex, instances.clone());
            }
            Self::DrawIndirect(buffer, offset) => pass.draw_indirect(buffer, *offset),
            Self::DrawIndexedIndirect(buffer, offset) => {
                pass.draw_indexed_indirect(buffer, *offset)
            }
        }
    }
}

/// A [`BufferSlice`] that keeps its buffer.
#[derive(Clone, Debug)]
pub(in crate::api) struct BufferPart {
    buffer: Buffer,
    offset: BufferAddress,
    size: BufferSize,
}

impl BufferPart {
    fn slice(&self) -> BufferSlice<'_> {
        self.buffer.slice(self.offset..self.offset + self.size.get())
    }
}

impl From<BufferSlice<'_>> for BufferPart {
    fn from(slice: BufferSlice<'_>) -> Self {
        Self { buffer: slice.buffer().clone(), offset: slice.offset(), size: slice.size() }
    }
}
