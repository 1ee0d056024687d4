//! Features of adapters and devices.

use crate::WgslLanguageFeatures;
use wgpu_native_sys_dyn as sys;
use wgpu_types::Features;

macro_rules! features {
    (standard { $($standard:ident = $standard_c:ident,)* } native { $($native:ident = $native_c:ident,)* }) => {
        /// Every feature that has a name in the engine's C interface, with that name.
        const FEATURES: &[(Features, sys::WGPUFeatureName)] = &[
            $((Features::$standard, sys::WGPUFeatureName::$standard_c),)*
            $((Features::$native, sys::WGPUFeatureName(sys::WGPUNativeFeature::$native_c.0)),)*
        ];
    };
}

features! {
    standard {
        DEPTH_CLIP_CONTROL = DepthClipControl,
        DEPTH32FLOAT_STENCIL8 = Depth32FloatStencil8,
        TEXTURE_COMPRESSION_BC = TextureCompressionBC,
        TEXTURE_COMPRESSION_BC_SLICED_3D = TextureCompressionBCSliced3D,
        TEXTURE_COMPRESSION_ETC2 = TextureCompressionETC2,
        TEXTURE_COMPRESSION_ASTC = TextureCompressionASTC,
        TEXTURE_COMPRESSION_ASTC_SLICED_3D = TextureCompressionASTCSliced3D,
        TIMESTAMP_QUERY = TimestampQuery,
        INDIRECT_FIRST_INSTANCE = IndirectFirstInstance,
        SHADER_F16 = ShaderF16,
        RG11B10UFLOAT_RENDERABLE = RG11B10UfloatRenderable,
        BGRA8UNORM_STORAGE = BGRA8UnormStorage,
        FLOAT32_FILTERABLE = Float32Filterable,
        FLOAT32_BLENDABLE = Float32Blendable,
        DUAL_SOURCE_BLENDING = DualSourceBlending,
        CLIP_DISTANCES = ClipDistances,
        PRIMITIVE_INDEX = PrimitiveIndex,
    }
    native {
        IMMEDIATES = Immediates,
        TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES = TextureAdapterSpecificFormatFeatures,
        MULTI_DRAW_INDIRECT_COUNT = MultiDrawIndirectCount,
        VERTEX_WRITABLE_STORAGE = VertexWritableStorage,
        TEXTURE_BINDING_ARRAY = TextureBindingArray,
        SAMPLED_TEXTURE_AND_STORAGE_BUFFER_ARRAY_NON_UNIFORM_INDEXING = SampledTextureAndStorageBufferArrayNonUniformIndexing,
        PIPELINE_STATISTICS_QUERY = PipelineStatisticsQuery,
        STORAGE_RESOURCE_BINDING_ARRAY = StorageResourceBindingArray,
        PARTIALLY_BOUND_BINDING_ARRAY = PartiallyBoundBindingArray,
        TEXTURE_FORMAT_16BIT_NORM = TextureFormat16bitNorm,
        TEXTURE_COMPRESSION_ASTC_HDR = TextureCompressionAstcHdr,
        MAPPABLE_PRIMARY_BUFFERS = MappablePrimaryBuffers,
        BUFFER_BINDING_ARRAY = BufferBindingArray,
        STORAGE_TEXTURE_ARRAY_NON_UNIFORM_INDEXING = StorageTextureArrayNonUniformIndexing,
        ADDRESS_MODE_CLAMP_TO_ZERO = AddressModeClampToZero,
        ADDRESS_MODE_CLAMP_TO_BORDER = AddressModeClampToBorder,
        POLYGON_MODE_LINE = PolygonModeLine,
        POLYGON_MODE_POINT = PolygonModePoint,
        CONSERVATIVE_RASTERIZATION = ConservativeRasterization,
        CLEAR_TEXTURE = ClearTexture,
        MULTIVIEW = Multiview,
        VERTEX_ATTRIBUTE_64BIT = VertexAttribute64bit,
        TEXTURE_FORMAT_NV12 = TextureFormatNv12,
        EXPERIMENTAL_RAY_QUERY = RayQuery,
        SHADER_F64 = ShaderF64,
        SHADER_I16 = ShaderI16,
        SHADER_EARLY_DEPTH_TEST = ShaderEarlyDepthTest,
        SUBGROUP = Subgroup,
        SUBGROUP_VERTEX = SubgroupVertex,
        SUBGROUP_BARRIER = SubgroupBarrier,
        TIMESTAMP_QUERY_INSIDE_ENCODERS = TimestampQueryInsideEncoders,
        TIMESTAMP_QUERY_INSIDE_PASSES = TimestampQueryInsidePasses,
        SHADER_INT64 = ShaderInt64,
        SHADER_FLOAT32_ATOMIC = ShaderFloat32Atomic,
        TEXTURE_ATOMIC = TextureAtomic,
        TEXTURE_FORMAT_P010 = TextureFormatP010,
        PIPELINE_CACHE = PipelineCache,
        SHADER_INT64_ATOMIC_MIN_MAX = ShaderInt64AtomicMinMax,
        SHADER_INT64_ATOMIC_ALL_OPS = ShaderInt64AtomicAllOps,
        TEXTURE_INT64_ATOMIC = TextureInt64Atomic,
        SHADER_BARYCENTRICS = ShaderBarycentrics,
        SELECTIVE_MULTIVIEW = SelectiveMultiview,
        MULTISAMPLE_ARRAY = MultisampleArray,
        EXPERIMENTAL_COOPERATIVE_MATRIX = CooperativeMatrix,
        SHADER_PER_VERTEX = ShaderPerVertex,
        SHADER_DRAW_INDEX = ShaderDrawIndex,
        ACCELERATION_STRUCTURE_BINDING_ARRAY = AccelerationStructureBindingArray,
        MEMORY_DECORATION_COHERENT = MemoryDecorationCoherent,
        MEMORY_DECORATION_VOLATILE = MemoryDecorationVolatile,
    }
}

/// Why something that has no name in C cannot be: mostly, for lack of the feature that goes with it.
pub(crate) fn unnamed(what: &str, feature: Features, enabled: Features) -> String {
    match enabled.contains(feature) {
        true => format!("{what} cannot be passed to the engine"),
        false => format!("Features {feature:?} are required but not enabled on the device"),
    }
}

/// The features of these names; names that are not known here are left out.
pub(crate) fn features_from(names: &[sys::WGPUFeatureName]) -> Features {
    let known = FEATURES.iter().filter(|(_, name)| names.contains(name));
    known.fold(Features::empty(), |features, (feature, _)| features | *feature)
}

/// The names of these features; those without a name in C are left out.
pub(crate) fn feature_names(features: Features) -> Vec<sys::WGPUFeatureName> {
    let asked = FEATURES.iter().filter(|(feature, _)| features.contains(*feature));
    asked.map(|(_, name)| *name).collect()
}

/// The extensions of the shading language of these names; names that are not known here are left out.
pub(crate) fn language_features_from(
    names: &[sys::WGPUWGSLLanguageFeatureName],
) -> WgslLanguageFeatures {
    use WgslLanguageFeatures as Feature;
    use sys::WGPUWGSLLanguageFeatureName as Name;
    let known = [
        (Feature::ReadOnlyAndReadWriteStorageTextures, Name::ReadonlyAndReadwriteStorageTextures),
        (Feature::Packed4x8IntegerDotProduct, Name::Packed4x8IntegerDotProduct),
        (Feature::UnrestrictedPointerParameters, Name::UnrestrictedPointerParameters),
        (Feature::PointerCompositeAccess, Name::PointerCompositeAccess),
    ];
    let known = known.into_iter().filter(|(_, name)| names.contains(name));
    known.map(|(feature, _)| feature).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_go_there_and_back() {
        for (feature, name) in FEATURES {
            assert_eq!(feature_names(*feature), [*name]);
            assert_eq!(features_from(&[*name]), *feature);
        }
        let two = Features::TIMESTAMP_QUERY | Features::IMMEDIATES;
        assert_eq!(features_from(&feature_names(two)), two);
    }

    #[test]
    fn features_of_the_language_have_names() {
        use sys::WGPUWGSLLanguageFeatureName as Name;
        let all: Vec<Name> = Name::NAMES.iter().map(|(name, _)| *name).collect();
        assert_eq!(language_features_from(&all), WgslLanguageFeatures::all());
        let two = [Name::SubgroupId, Name::PointerCompositeAccess];
        assert_eq!(language_features_from(&two), WgslLanguageFeatures::PointerCompositeAccess);
    }

    #[test]
    fn every_native_feature_of_the_header_is_known() {
        for (feature, name) in sys::WGPUNativeFeature::NAMES {
            if *name != "Force32" {
                assert!(!features_from(&[(*feature).into()]).is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn names_that_are_not_known_are_left_out() {
        assert_eq!(features_from(&[sys::WGPUFeatureName(0x7fff_0000)]), Features::empty());
        assert!(feature_names(Features::EXPERIMENTAL_MESH_SHADER).is_empty());
    }
}
