use super::*;
use std::num::NonZeroU32;
use wgpu_types::{Color, TextureViewDimension};

pub use wgpu_types::{LoadOp, Operations, StoreOp};

assert_send_sync!(
    RenderPassDescriptor<'_>,
    RenderPassColorAttachment<'_>,
    RenderPassDepthStencilAttachment<'_>,
    RenderPassTimestampWrites<'_>,
);

/// What a pass that draws should be like.
#[derive(Clone, Debug, Default)]
pub struct RenderPassDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// What colours are drawn to, by the shader's output; `None` for a gap.
    pub color_attachments: &'a [Option<RenderPassColorAttachment<'a>>],
    /// What depth and stencil are drawn to.
    pub depth_stencil_attachment: Option<RenderPassDepthStencilAttachment<'a>>,
    /// Where to write the time at its beginning and end.
    pub timestamp_writes: Option<RenderPassTimestampWrites<'a>>,
    /// Where to count the samples that are not hidden.
    pub occlusion_query_set: Option<&'a QuerySet>,
    /// The layers that are drawn at once. Needs [`Features::MULTIVIEW`](crate::Features::MULTIVIEW), which this crate does not
    /// offer.
    pub multiview_mask: Option<NonZeroU32>,
}

/// What colours are drawn to.
#[derive(Clone, Debug)]
pub struct RenderPassColorAttachment<'tex> {
    /// The image.
    pub view: &'tex TextureView,
    /// The slice of an image with three dimensions.
    pub depth_slice: Option<u32>,
    /// The image that gets the average of the samples.
    pub resolve_target: Option<&'tex TextureView>,
    /// What is done at the beginning and end.
    pub ops: Operations<Color>,
}

/// What depth and stencil are drawn to.
#[derive(Clone, Debug)]
pub struct RenderPassDepthStencilAttachment<'tex> {
    /// The image.
    pub view: &'tex TextureView,
    /// What is done with depth at the beginning and end; `None` if it is only read.
    pub depth_ops: Option<Operations<f32>>,
    /// What is done with the stencil at the beginning and end; `None` if it is only read.
    pub stencil_ops: Option<Operations<u32>>,
}

/// Where a pass writes the time.
#[derive(Clone, Debug)]
pub struct RenderPassTimestampWrites<'a> {
    /// The set of queries.
    pub query_set: &'a QuerySet,
    /// The query for the beginning.
    pub beginning_of_pass_write_index: Option<u32>,
    /// The query for the end.
    pub end_of_pass_write_index: Option<u32>,
}

/// The attachments over which the engine would end the process, and what is wrong with each.
///
/// It adds up what a texel of each attachment costs as soon as one is as it has to be, and marks the layers of resolve
/// targets before it looks what they are.
pub(in crate::api) fn misfits(
    attachments: &[Option<RenderPassColorAttachment<'_>>],
) -> Vec<(usize, String)> {
    let there = attachments.iter().enumerate();
    let there = there.filter_map(|(index, attachment)| Some((index, attachment.as_ref()?)));
    let mut first = true;
    let misfit = |(index, attachment): (usize, &RenderPassColorAttachment<'_>)| {
        // The engine looks at the first one itself.
        let first = std::mem::replace(&mut first, false);
        let format = attachment.view.format();
        if !first && format.target_pixel_byte_cost().is_none() {
            return Some((index, format!("Attachment format {format:?} is not a color format")));
        }
        match attachment.resolve_target?.dimension() {
            TextureViewDimension::D2 | TextureViewDimension::D2Array => None,
            dimension => Some((
                index,
                format!(
                    "The color attachment at index {index}'s resolve texture view is not renderable:\n        \
                     The dimension of this texture view is not 2D. View dimension: {dimension:?}"
                ),
            )),
        }
    };
    there.filter_map(misfit).collect()
}
