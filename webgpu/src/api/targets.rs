//! What passes draw to, which pipelines and bundles have to fit.

use super::{RenderBundleEncoderDescriptor, RenderPassDescriptor, RenderPipelineDescriptor};
use wgpu_types::TextureFormat;

/// The formats and the number of samples of what is drawn to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Targets {
    colors: Vec<Option<TextureFormat>>,
    depth_stencil: Option<TextureFormat>,
    samples: u32,
}

impl Targets {
    /// Those of a pass.
    pub(super) fn of_pass(descriptor: &RenderPassDescriptor<'_>) -> Self {
        let colors = descriptor.color_attachments.iter();
        let depth_stencil = descriptor.depth_stencil_attachment.as_ref();
        let views = colors.clone().flatten().map(|attachment| attachment.view);
        let mut views = views.chain(depth_stencil.map(|attachment| attachment.view));
        Self {
            samples: views.next().map_or(1, |view| view.texture().sample_count()),
            colors: colors.map(|color| color.as_ref().map(|color| color.view.format())).collect(),
            depth_stencil: depth_stencil.map(|attachment| attachment.view.format()),
        }
    }

    /// Those that a pipeline is for.
    pub(super) fn of_pipeline(descriptor: &RenderPipelineDescriptor<'_>) -> Self {
        let colors = descriptor.fragment.as_ref().map_or(&[][..], |fragment| fragment.targets);
        let colors = colors.iter().map(|target| target.as_ref().map(|target| target.format));
        Self {
            colors: colors.collect(),
            depth_stencil: descriptor.depth_stencil.as_ref().map(|state| state.format),
            samples: descriptor.multisample.count,
        }
    }

    /// Those that a bundle is for.
    pub(super) fn of_bundle(descriptor: &RenderBundleEncoderDescriptor<'_>) -> Self {
        Self {
            colors: descriptor.color_formats.to_vec(),
            depth_stencil: descriptor.depth_stencil.map(|state| state.format),
            samples: descriptor.sample_count,
        }
    }

    /// Whether what is for `other`, called `kind`, can be used here.
    pub(super) fn accept(&self, kind: &str, other: &Self) -> Result<(), String> {
        let refused = |what: &str, expected: &str, actual: &str| {
            Err(format!(
                "Incompatible {what}: the RenderPass uses {expected} but the {kind} uses {actual}"
            ))
        };
        if self.colors != other.colors {
            let [expected, actual] = [self, other].map(|targets| format!("{:?}", targets.colors));
            return refused("color attachments", &expected, &actual);
        }
        if self.depth_stencil != other.depth_stencil {
            let [expected, actual] =
                [self, other].map(|targets| format!("{:?}", targets.depth_stencil));
            return refused("depth-stencil attachment format", &expected, &actual);
        }
        if self.samples != other.samples {
            let [expected, actual] = [self, other].map(|targets| targets.samples.to_string());
            return refused("sample count", &expected, &actual);
        }
        Ok(())
    }
}

/// Whether depth and stencil are only read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ReadOnly {
    pub(super) depth: bool,
    pub(super) stencil: bool,
}

impl ReadOnly {
    /// In a pass.
    pub(super) fn of_pass(descriptor: &RenderPassDescriptor<'_>) -> Self {
        let attachment = descriptor.depth_stencil_attachment.as_ref();
        attachment.map_or(Self::default(), |attachment| Self {
            depth: attachment.depth_ops.is_none(),
            stencil: attachment.stencil_ops.is_none(),
        })
    }

    /// In a bundle: what is not there is not written either.
    pub(super) fn of_bundle(descriptor: &RenderBundleEncoderDescriptor<'_>) -> Self {
        descriptor.depth_stencil.map_or(Self { depth: true, stencil: true }, |state| Self {
            depth: state.depth_read_only || !state.format.has_depth_aspect(),
            stencil: state.stencil_read_only || !state.format.has_stencil_aspect(),
        })
    }

    /// Whether a bundle that is as `other` says can be used here.
    pub(super) fn accept(self, other: Self) -> Result<(), String> {
        if (self.depth && !other.depth) || (self.stencil && !other.stencil) {
            return Err(format!(
                "Render bundle has incompatible read-only flags: bundle has flags depth = {} and stencil = {}, while the \
                 pass has flags depth = {} and stencil = {}. Read-only renderpasses are only compatible with read-only \
                 bundles for that aspect.",
                other.depth, other.stencil, self.depth, self.stencil
            ));
        }
        Ok(())
    }
}
