use super::*;
use crate::handle::identity;
use std::ops::Range;
use targets::{ReadOnly, Targets};
use wgpu_types::{BufferAddress, BufferSize, DynamicOffset, IndexFormat};

/// Drawing commands, recorded once to be executed by many passes.
///
/// The engine ends the process over any mistake in a bundle of its own, and tells of mistakes in a pass. So a bundle is kept
/// here, as a list, and executing it records the commands into the pass.
#[derive(Clone, Debug)]
pub struct RenderBundle {
    commands: Arc<[BundleCommand]>,
    targets: Arc<Targets>,
    read_only: ReadOnly,
}

assert_send_sync!(RenderBundle, RenderBundleDescriptor<'_>);
identity!(RenderBundle, |this| Arc::as_ptr(&this.commands).addr());

impl RenderBundle {
    pub(super) fn new(commands: Vec<BundleCommand>, targets: Targets, read_only: ReadOnly) -> Self {
        Self { commands: commands.into(), targets: targets.into(), read_only }
    }

    /// Whether it can be executed in a pass with these targets.
    pub(super) fn fits(&self, targets: &Targets, read_only: ReadOnly) -> Result<(), String> {
        targets.accept("RenderBundle", &self.targets)?;
        read_only.accept(self.read_only)
    }

    /// Records the commands into a pass.
    pub(super) fn replay(&self, pass: &mut RenderPass<'_>) {
        for command in &*self.commands {
            command.replay(pass);
        }
    }
}

/// What a bundle should be like.
pub type RenderBundleDescriptor<'a> = wgpu_types::RenderBundleDescriptor<Label<'a>>;

/// A command of a bundle, with all that it uses.
#[derive(Clone, Debug)]
pub(super) enum BundleCommand {
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
pub(super) struct BufferPart {
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
