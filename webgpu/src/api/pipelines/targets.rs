//! What bundles draw to, which their pipelines have to fit. (The engine sees to passes itself.)

use super::{RenderBundleEncoderDescriptor, RenderPipelineDescriptor};
use std::num::NonZeroU32;
use wgpu_types::TextureFormat;

/// The formats and the number of samples of what is drawn to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Targets {
    colors: Vec<Option<TextureFormat>>,
    depth_stencil: Option<TextureFormat>,
    samples: u32,
    multiview: Option<NonZeroU32>,
}

impl Targets {
    /// Those that a pipeline is for.
    pub(in crate::api) fn of_pipeline(descriptor: &RenderPipelineDescriptor<'_>) -> Self {
        let colors = descriptor.fragment.as_ref().map_or(&[][..], |fragment| fragment.targets);
        let colors = colors.iter().map(|target| target.as_ref().map(|target| target.format));
        Self {
            colors: colors.collect(),
            depth_stencil: descriptor.depth_stencil.as_ref().map(|state| state.format),
            samples: descriptor.multisample.count,
            multiview: descriptor.multiview_mask,
        }
    }

    /// Those that a bundle is for.
    pub(in crate::api) fn of_bundle(descriptor: &RenderBundleEncoderDescriptor<'_>) -> Self {
        Self {
            colors: descriptor.color_formats.to_vec(),
            depth_stencil: descriptor.depth_stencil.map(|state| state.format),
            samples: descriptor.sample_count,
            multiview: descriptor.multiview,
        }
    }

    /// Whether a pipeline for `other` can be used in a bundle for these.
    pub(in crate::api) fn accept(&self, other: &Self) -> Result<(), String> {
        let refused = |what: &str, expected: &str, actual: &str| {
            Err(format!(
                "Incompatible {what}: the RenderBundle uses {expected} but the RenderPipeline uses {actual}"
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
        if self.multiview != other.multiview {
            let [expected, actual] =
                [self, other].map(|targets| format!("{:?}", targets.multiview));
            return refused("multiview setting", &expected, &actual);
        }
        Ok(())
    }
}
