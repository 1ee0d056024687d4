//! Finding the mistakes of a bundle when it is finished.
//!
//! The engine ends the process over a mistake in a bundle, and tells of one in a pass. So the commands are recorded once into
//! a pass of their own, with all that the engine looks at but the drawing itself: ranges become the empty ones at their
//! ends, which have to lie within the same limits.
//!
//! What was recorded is submitted, because the engine never frees a command buffer that was not; it does nothing.

use super::*;
use crate::{
    engine_words::{IN_COMMAND, IN_PASS_PARAMETER},
    error::{ErrorFilter, ErrorSink},
    events,
};
use std::ops::Range;
use wgpu_types::{
    Color, Extent3d, Operations, RenderBundleDepthStencil, TextureDimension, TextureFormat,
    TextureUsages,
};

use render_bundle::BundleCommand;

/// What a bundle draws to, for a pass that it fits.
#[derive(Clone, Debug)]
pub(in crate::api) struct Stage {
    colors: Vec<Option<TextureFormat>>,
    depth_stencil: Option<RenderBundleDepthStencil>,
    samples: u32,
}

impl Stage {
    pub(in crate::api) fn of_bundle(descriptor: &RenderBundleEncoderDescriptor<'_>) -> Self {
        Self {
            colors: descriptor.color_formats.to_vec(),
            depth_stencil: descriptor.depth_stencil,
            samples: descriptor.sample_count,
        }
    }

    /// One that every device has.
    fn plain() -> Self {
        Self { colors: vec![Some(TextureFormat::R8Unorm)], depth_stencil: None, samples: 1 }
    }

    /// What is wrong with the commands. Their pipelines have to be for these targets.
    #[track_caller]
    pub(in crate::api) fn rehearse(
        &self,
        device: &Arc<DeviceContext>,
        commands: &[BundleCommand],
    ) -> Result<(), String> {
        if commands.is_empty() || device.loss.is_lost() {
            return Ok(());
        }
        // What happened before is not for the scopes of the rehearsal.
        events::deliver();
        let outcome = match self.perform(device, commands) {
            // Nothing can draw to these targets, so there is no pipeline for them: what is left are the commands that set
            // something, which are the same for all passes.
            Outcome::Unfit => Self::plain().perform(device, commands),
            outcome => outcome,
        };
        events::deliver();
        match outcome {
            Outcome::Mistake(cause) if !device.loss.is_lost() => Err(cause),
            _ => Ok(()),
        }
    }

    fn perform(&self, device: &Arc<DeviceContext>, commands: &[BundleCommand]) -> Outcome {
        let scopes = Scopes::open(&device.sink);
        let colors =
            self.colors.iter().map(|format| format.map(|format| self.view(device, format)));
        let colors = colors.collect::<Vec<_>>();
        let depth_stencil = self.depth_stencil.as_ref();
        let depth_stencil = depth_stencil.map(|state| (state, self.view(device, state.format)));
        if scopes.close() {
            return Outcome::Unfit;
        }
        let _scopes = Scopes::open(&device.sink);
        let mut encoder = CommandEncoder::create(device, &CommandEncoderDescriptor::default());
        let colors = colors.iter().map(|view| {
            let ops = Operations::default();
            let (depth_slice, resolve_target) = (None, None);
            view.as_ref().map(|view| RenderPassColorAttachment {
                view,
                depth_slice,
                resolve_target,
                ops,
            })
        });
        let mut pass = encoder.begin_render_pass(&RenderPassDescriptor {
            color_attachments: &colors.collect::<Vec<_>>(),
            depth_stencil_attachment: depth_stencil.as_ref().map(|(state, view)| {
                let (depth, stencil) =
                    (state.format.has_depth_aspect(), state.format.has_stencil_aspect());
                RenderPassDepthStencilAttachment {
                    view,
                    depth_ops: (depth && !state.depth_read_only).then(Operations::default),
                    stencil_ops: (stencil && !state.stencil_read_only).then(Operations::default),
                }
            }),
            ..Default::default()
        });
        // A bundle may be drawn with the constant of its pass.
        pass.set_blend_constant(Color::TRANSPARENT);
        for command in commands {
            command.rehearse(&mut pass);
        }
        drop(pass);
        if encoder.usable().is_err() {
            // A submission is not possible now, and may be when the bundle is used. A mistake that comes last leaves those
            // of the commands to be told, and little to be kept.
            encoder.pop_debug_group();
        }
        let command_buffer = encoder.finish();
        match &command_buffer.inner {
            Ok(_) => {
                // One that has become impossible meanwhile is not a mistake of the commands.
                let _ = events::silence(|| device.submit_checked(&[command_buffer]));
                Outcome::Fine
            }
            Err(cause) if IN_PASS_PARAMETER.begin(cause) => Outcome::Unfit,
            Err(cause) if IN_COMMAND.begin(cause) => {
                // The causes stand below a call there.
                Outcome::Mistake(cause.replace("\n  ", "\n"))
            }
            Err(_) => Outcome::Fine,
        }
    }

    fn view(&self, device: &Arc<DeviceContext>, format: TextureFormat) -> TextureView {
        let texture = Texture::create(
            device,
            &TextureDescriptor {
                label: None,
                size: Extent3d::default(),
                mip_level_count: 1,
                sample_count: self.samples,
                dimension: TextureDimension::D2,
                format,
                usage: TextureUsages::RENDER_ATTACHMENT,
                view_formats: &[],
            },
        );
        texture.create_view(&Default::default())
    }
}

/// How a rehearsal ended.
enum Outcome {
    Fine,
    /// The engine found this wrong with the commands.
    Mistake(String),
    /// There is no pass for these targets.
    Unfit,
}

/// Scopes for every kind of error, which the rehearsal keeps to itself.
struct Scopes<'a> {
    sink: &'a ErrorSink,
    first: usize,
}

const KINDS: [ErrorFilter; 3] =
    [ErrorFilter::Internal, ErrorFilter::OutOfMemory, ErrorFilter::Validation];

impl<'a> Scopes<'a> {
    fn open(sink: &'a ErrorSink) -> Self {
        let [first, ..] = KINDS.map(|kind| sink.push_scope(kind));
        Self { sink, first }
    }

    /// Whether there were errors.
    fn close(self) -> bool {
        let errors = self.pop();
        std::mem::forget(self);
        errors
    }

    fn pop(&self) -> bool {
        let innermost_first = (self.first..self.first + KINDS.len()).rev();
        innermost_first.filter(|index| self.sink.pop_scope(*index).is_some()).count() > 0
    }
}

impl Drop for Scopes<'_> {
    fn drop(&mut self) {
        self.pop();
    }
}

/// The empty range at the end of `range`, or at its start if it runs backwards.
pub(in crate::api) fn end_of(range: &Range<u32>) -> Range<u32> {
    let end = range.start.max(range.end);
    end..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "callers may give such ones")]
    fn the_end_of_a_range_is_empty_and_within_the_same_limits() {
        for (range, end) in [(0..0, 0), (2..5, 5), (5..2, 5), (u32::MAX..0, u32::MAX)] {
            assert_eq!(end_of(&range), end..end);
        }
    }
}
