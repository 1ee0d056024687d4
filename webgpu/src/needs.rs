//! What the wrapper needs of an engine, and what it does without: by the capability table of the raw bindings.
//!
//! Every function that the wrapper calls is in one of two lists here, or is asked for where it is called, next to what is
//! done without it. So recording asks nothing: what it calls was there when the engine was loaded, or belongs to a feature
//! that is only offered with its functions.
//!
//! Some functions that `libwgpu_native` ends the process over would not be called where they are implemented either: labels,
//! the state of mappings, what the compiler said and what the adapter is are kept by the wrapper itself.

use crate::engine::Engine;
use wgpu_native_sys_dyn::Function::{self, *};
use wgpu_types::Features;

/// What the wrapper cannot do without.
const NEEDED: &[Function] = &[
    wgpuAdapterAddRef,
    wgpuAdapterGetFeatures,
    wgpuAdapterGetInfo,
    wgpuAdapterGetLimits,
    wgpuAdapterInfoFreeMembers,
    wgpuAdapterRelease,
    wgpuAdapterRequestDevice,
    wgpuBindGroupAddRef,
    wgpuBindGroupLayoutAddRef,
    wgpuBindGroupLayoutRelease,
    wgpuBindGroupRelease,
    wgpuBufferAddRef,
    wgpuBufferDestroy,
    wgpuBufferGetMappedRange,
    wgpuBufferMapAsync,
    wgpuBufferRelease,
    wgpuBufferUnmap,
    wgpuCommandBufferAddRef,
    wgpuCommandBufferRelease,
    wgpuCommandEncoderAddRef,
    wgpuCommandEncoderBeginComputePass,
    wgpuCommandEncoderBeginRenderPass,
    wgpuCommandEncoderClearBuffer,
    wgpuCommandEncoderCopyBufferToBuffer,
    wgpuCommandEncoderCopyBufferToTexture,
    wgpuCommandEncoderCopyTextureToBuffer,
    wgpuCommandEncoderCopyTextureToTexture,
    wgpuCommandEncoderFinish,
    wgpuCommandEncoderInsertDebugMarker,
    wgpuCommandEncoderPopDebugGroup,
    wgpuCommandEncoderPushDebugGroup,
    wgpuCommandEncoderRelease,
    wgpuCommandEncoderResolveQuerySet,
    wgpuComputePassEncoderAddRef,
    wgpuComputePassEncoderDispatchWorkgroups,
    wgpuComputePassEncoderDispatchWorkgroupsIndirect,
    wgpuComputePassEncoderEnd,
    wgpuComputePassEncoderInsertDebugMarker,
    wgpuComputePassEncoderPopDebugGroup,
    wgpuComputePassEncoderPushDebugGroup,
    wgpuComputePassEncoderRelease,
    wgpuComputePassEncoderSetBindGroup,
    wgpuComputePassEncoderSetPipeline,
    wgpuComputePipelineAddRef,
    wgpuComputePipelineGetBindGroupLayout,
    wgpuComputePipelineRelease,
    wgpuCreateInstance,
    wgpuDeviceAddRef,
    wgpuDeviceCreateBindGroup,
    wgpuDeviceCreateBindGroupLayout,
    wgpuDeviceCreateBuffer,
    wgpuDeviceCreateCommandEncoder,
    wgpuDeviceCreateComputePipeline,
    wgpuDeviceCreatePipelineLayout,
    wgpuDeviceCreateQuerySet,
    wgpuDeviceCreateRenderBundleEncoder,
    wgpuDeviceCreateRenderPipeline,
    wgpuDeviceCreateSampler,
    wgpuDeviceCreateShaderModule,
    wgpuDeviceCreateTexture,
    wgpuDeviceDestroy,
    wgpuDeviceGetQueue,
    wgpuDevicePoll,
    wgpuDeviceRelease,
    wgpuInstanceAddRef,
    wgpuInstanceCreateSurface,
    wgpuInstanceEnumerateAdapters,
    wgpuInstanceProcessEvents,
    wgpuInstanceRelease,
    wgpuInstanceRequestAdapter,
    wgpuPipelineLayoutAddRef,
    wgpuPipelineLayoutRelease,
    wgpuQuerySetAddRef,
    wgpuQuerySetRelease,
    wgpuQueueAddRef,
    wgpuQueueOnSubmittedWorkDone,
    wgpuQueueRelease,
    wgpuQueueSubmitForIndex,
    wgpuQueueWriteBuffer,
    wgpuQueueWriteTexture,
    wgpuRenderBundleAddRef,
    wgpuRenderBundleEncoderAddRef,
    wgpuRenderBundleEncoderFinish,
    wgpuRenderBundleEncoderRelease,
    wgpuRenderBundleRelease,
    wgpuRenderPassEncoderAddRef,
    wgpuRenderPassEncoderBeginOcclusionQuery,
    wgpuRenderPassEncoderDraw,
    wgpuRenderPassEncoderDrawIndexed,
    wgpuRenderPassEncoderDrawIndexedIndirect,
    wgpuRenderPassEncoderDrawIndirect,
    wgpuRenderPassEncoderEnd,
    wgpuRenderPassEncoderEndOcclusionQuery,
    wgpuRenderPassEncoderInsertDebugMarker,
    wgpuRenderPassEncoderExecuteBundles,
    wgpuRenderPassEncoderMultiDrawIndexedIndirect,
    wgpuRenderPassEncoderMultiDrawIndirect,
    wgpuRenderPassEncoderPopDebugGroup,
    wgpuRenderPassEncoderPushDebugGroup,
    wgpuRenderPassEncoderRelease,
    wgpuRenderPassEncoderSetBindGroup,
    wgpuRenderPassEncoderSetBlendConstant,
    wgpuRenderPassEncoderSetIndexBuffer,
    wgpuRenderPassEncoderSetPipeline,
    wgpuRenderPassEncoderSetScissorRect,
    wgpuRenderPassEncoderSetStencilReference,
    wgpuRenderPassEncoderSetVertexBuffer,
    wgpuRenderPassEncoderSetViewport,
    wgpuRenderPipelineAddRef,
    wgpuRenderPipelineGetBindGroupLayout,
    wgpuRenderPipelineRelease,
    wgpuSamplerAddRef,
    wgpuSamplerRelease,
    wgpuShaderModuleAddRef,
    wgpuShaderModuleRelease,
    wgpuSupportedFeaturesFreeMembers,
    wgpuSurfaceAddRef,
    wgpuSurfaceCapabilitiesFreeMembers,
    wgpuSurfaceConfigure,
    wgpuSurfaceGetCapabilities,
    wgpuSurfaceGetCurrentTexture,
    wgpuSurfacePresent,
    wgpuSurfaceRelease,
    wgpuTextureAddRef,
    wgpuTextureCreateView,
    wgpuTextureDestroy,
    wgpuTextureRelease,
    wgpuTextureViewAddRef,
    wgpuTextureViewRelease,
];

/// What it calls for users of a feature, who are not offered the feature where a function is lacking.
const BY_FEATURE: &[(Features, &[Function])] = &[
    (
        Features::IMMEDIATES,
        &[wgpuComputePassEncoderSetImmediates, wgpuRenderPassEncoderSetImmediates],
    ),
    (
        Features::MULTI_DRAW_INDIRECT_COUNT,
        &[
            wgpuRenderPassEncoderMultiDrawIndexedIndirectCount,
            wgpuRenderPassEncoderMultiDrawIndirectCount,
        ],
    ),
    (
        Features::PIPELINE_STATISTICS_QUERY,
        &[
            wgpuComputePassEncoderBeginPipelineStatisticsQuery,
            wgpuComputePassEncoderEndPipelineStatisticsQuery,
            wgpuRenderPassEncoderBeginPipelineStatisticsQuery,
            wgpuRenderPassEncoderEndPipelineStatisticsQuery,
        ],
    ),
    (Features::CLEAR_TEXTURE, &[wgpuCommandEncoderClearTexture]),
    (Features::TIMESTAMP_QUERY_INSIDE_ENCODERS, &[wgpuCommandEncoderWriteTimestamp]),
    (
        Features::TIMESTAMP_QUERY_INSIDE_PASSES,
        &[wgpuComputePassEncoderWriteTimestamp, wgpuRenderPassEncoderWriteTimestamp],
    ),
];

/// Features that the engine's C interface names, without a place for what they are for: users are not offered them.
const OUT_OF_REACH: Features = Features::EXPERIMENTAL_RAY_QUERY
    .union(Features::ACCELERATION_STRUCTURE_BINDING_ARRAY)
    .union(Features::MULTIVIEW)
    .union(Features::SELECTIVE_MULTIVIEW)
    // No atomic access to storage textures, and no format of 64 bits for it.
    .union(Features::TEXTURE_ATOMIC)
    .union(Features::TEXTURE_INT64_ATOMIC)
    // No caches.
    .union(Features::PIPELINE_CACHE)
    // No aspects for the planes of these.
    .union(Features::TEXTURE_FORMAT_NV12)
    .union(Features::TEXTURE_FORMAT_P010)
    // No names for these formats.
    .union(Features::TEXTURE_COMPRESSION_ASTC_HDR)
    .union(Features::VERTEX_ATTRIBUTE_64BIT);

/// The functions that the engine lacks, or has without doing what they are for, and that the wrapper cannot do without.
pub(crate) fn lacking(engine: &Engine) -> Vec<Function> {
    NEEDED.iter().copied().filter(|function| !engine.has(*function)).collect()
}

/// Those of the features that are within reach, and whose functions the engine has.
pub(crate) fn with_functions(engine: &Engine, features: Features) -> Features {
    without(features - OUT_OF_REACH, |function| engine.has(function))
}

fn without(features: Features, has: impl Fn(Function) -> bool) -> Features {
    let lacks = |functions: &[Function]| functions.iter().any(|function| !has(*function));
    let lacking = BY_FEATURE.iter().filter(|(_, functions)| lacks(functions));
    lacking.fold(features, |features, (feature, _)| features - *feature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};
    use wgpu_native_sys_dyn as sys;

    /// What is asked for where it is called.
    const ASKED_FOR: [Function; 9] = [
        wgpuDeviceCreateShaderModuleTrusted,
        wgpuDeviceStartGraphicsDebuggerCapture,
        wgpuDeviceStopGraphicsDebuggerCapture,
        wgpuGenerateReport,
        wgpuInstanceGetWGSLLanguageFeatures,
        wgpuQueueGetTimestampPeriod,
        wgpuSetLogCallback,
        wgpuSetLogLevel,
        wgpuSupportedWGSLLanguageFeaturesFreeMembers,
    ];

    /// The functions that the sources of a folder name, outside of tests and of this file.
    fn named(folder: &Path, functions: &mut BTreeSet<Function>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, functions);
            } else if !path.ends_with("needs.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let words = code.split(|c: char| !c.is_ascii_alphanumeric());
                functions.extend(words.filter_map(Function::from_name));
            }
        }
    }

    #[test]
    fn every_function_that_is_called_is_in_one_list() {
        let mut called = BTreeSet::new();
        named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut called);
        let by_feature = BY_FEATURE.iter().flat_map(|(_, functions)| *functions);
        let listed: Vec<_> = NEEDED.iter().chain(by_feature).chain(&ASKED_FOR).copied().collect();
        assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), called);
        assert_eq!(listed.len(), called.len(), "no function is in two lists");
    }

    #[test]
    fn the_engine_has_all_but_what_it_aborts_on() {
        let engine = crate::library::load().unwrap();
        assert_eq!(lacking(&engine), []);
        assert_eq!(with_functions(&engine, Features::all()), Features::all() - OUT_OF_REACH);
        let asked = ASKED_FOR.iter().copied().filter(|function| !engine.has(*function));
        let asked: Vec<Function> = asked.collect();
        if engine.version() == Some(sys::EngineVersion::BOUND) {
            assert_eq!(
                asked,
                [wgpuInstanceGetWGSLLanguageFeatures, wgpuSupportedWGSLLanguageFeaturesFreeMembers]
            );
        }
    }

    #[test]
    fn a_feature_goes_with_any_of_its_functions() {
        let features = Features::IMMEDIATES | Features::CLEAR_TEXTURE | Features::SHADER_F64;
        let has = |function| function != wgpuComputePassEncoderSetImmediates;
        assert_eq!(without(features, has), features - Features::IMMEDIATES);
        assert_eq!(without(features, |_| false), Features::SHADER_F64);
    }
}
