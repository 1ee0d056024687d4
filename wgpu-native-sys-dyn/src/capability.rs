//! What engines do of what the headers declare.

use crate::{EngineVersion, Function};
use Function::*;

/// What becomes of a call of a function in an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// The function does what the headers say.
    Implemented,
    /// The function can be called and does nothing.
    NoEffect,
    /// The library has no such function: its entry in the table is empty.
    Absent,
    /// The function ends the process.
    Aborts,
}

/// Who made an engine library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Implementation {
    /// `libwgpu_native`, which the bindings are made from.
    WgpuNative,
    /// Dawn, of the header generation of these bindings. It is taken where it is named, and not searched for.
    ///
    /// It has no function of `wgpu.h`, and of `webgpu.h` an older state: a `WGPUInstanceDescriptor` must ask for no
    /// features and limits, and a null one is best. Callbacks run in `wgpuInstanceProcessEvents` alone.
    Dawn,
    /// A library that does not tell, which is only let pass on demand
    /// ([`ALLOW_VERSION_VARIABLE`](crate::ALLOW_VERSION_VARIABLE)).
    Unknown,
}

/// Functions that do not what the headers say, up to a version of `libwgpu_native`. Later ones are taken to have them.
struct Gap {
    last: EngineVersion,
    capability: Capability,
    functions: &'static [Function],
}

const GAPS: [Gap; 2] = [
    Gap {
        last: EngineVersion(0x1d00_0101),
        capability: Capability::Aborts,
        functions: &[
            wgpuGetInstanceFeatures,
            wgpuHasInstanceFeature,
            wgpuGetProcAddress,
            wgpuBindGroupSetLabel,
            wgpuBindGroupLayoutSetLabel,
            wgpuBufferGetMapState,
            wgpuBufferReadMappedRange,
            wgpuBufferSetLabel,
            wgpuBufferWriteMappedRange,
            wgpuCommandBufferSetLabel,
            wgpuCommandEncoderSetLabel,
            wgpuComputePassEncoderSetLabel,
            wgpuComputePipelineSetLabel,
            wgpuDeviceCreateComputePipelineAsync,
            wgpuDeviceCreateRenderPipelineAsync,
            wgpuDeviceGetAdapterInfo,
            wgpuDeviceGetLostFuture,
            wgpuDeviceSetLabel,
            wgpuExternalTextureSetLabel,
            wgpuExternalTextureAddRef,
            wgpuExternalTextureRelease,
            wgpuInstanceGetWGSLLanguageFeatures,
            wgpuInstanceHasWGSLLanguageFeature,
            wgpuInstanceWaitAny,
            wgpuPipelineLayoutSetLabel,
            wgpuQuerySetSetLabel,
            wgpuQueueSetLabel,
            wgpuRenderBundleSetLabel,
            wgpuRenderBundleEncoderSetLabel,
            wgpuRenderPassEncoderSetLabel,
            wgpuRenderPipelineSetLabel,
            wgpuSamplerSetLabel,
            wgpuShaderModuleGetCompilationInfo,
            wgpuShaderModuleSetLabel,
            wgpuSupportedInstanceFeaturesFreeMembers,
            wgpuSupportedWGSLLanguageFeaturesFreeMembers,
            wgpuSurfaceSetLabel,
            wgpuTextureGetTextureBindingViewDimension,
            wgpuTextureSetLabel,
            wgpuTextureViewSetLabel,
        ],
    },
    Gap {
        last: EngineVersion(0x1d00_0101),
        capability: Capability::NoEffect,
        functions: &[
            wgpuRenderBundleEncoderInsertDebugMarker,
            wgpuRenderBundleEncoderPopDebugGroup,
            wgpuRenderBundleEncoderPushDebugGroup,
        ],
    },
];

/// The functions of `webgpu.h` that Dawn lacks in this header generation.
const LACKING_IN_DAWN: [Function; 5] = [
    wgpuGetInstanceFeatures,
    wgpuGetInstanceLimits,
    wgpuHasInstanceFeature,
    wgpuSupportedInstanceFeaturesFreeMembers,
    wgpuTextureGetTextureBindingViewDimension,
];

impl Implementation {
    /// What becomes of a call of `function` in a library of this version, by what is known of it.
    pub fn capability(self, version: Option<EngineVersion>, function: Function) -> Capability {
        match (self, version) {
            (Implementation::WgpuNative, Some(version)) => GAPS
                .iter()
                .find(|gap| version <= gap.last && gap.functions.contains(&function))
                .map_or(Capability::Implemented, |gap| gap.capability),
            (Implementation::Dawn, _)
                if function.header() == "wgpu.h" || LACKING_IN_DAWN.contains(&function) =>
            {
                Capability::Absent
            }
            _ => Capability::Implemented,
        }
    }
}

impl Function {
    /// The name that the function has in Dawn where that differs, with the same parameters.
    pub(crate) const fn name_in_dawn(self) -> Option<&'static str> {
        match self {
            wgpuComputePassEncoderSetImmediates => Some("wgpuComputePassEncoderSetImmediateData"),
            wgpuRenderBundleEncoderSetImmediates => Some("wgpuRenderBundleEncoderSetImmediateData"),
            wgpuRenderPassEncoderSetImmediates => Some("wgpuRenderPassEncoderSetImmediateData"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_ends_with_its_version() {
        let native = |version| {
            Implementation::WgpuNative.capability(Some(EngineVersion(version)), wgpuBufferSetLabel)
        };
        assert_eq!(native(0x1d00_0101), Capability::Aborts);
        assert_eq!(native(0x1d00_0000), Capability::Aborts);
        assert_eq!(native(0x1d00_0102), Capability::Implemented);
        let dawn = |function| Implementation::Dawn.capability(None, function);
        assert_eq!(dawn(wgpuBufferSetLabel), Capability::Implemented);
        assert_eq!(dawn(wgpuDevicePoll), Capability::Absent);
        assert_eq!(dawn(wgpuGetInstanceLimits), Capability::Absent);
    }
}
