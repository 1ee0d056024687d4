//! Limits of adapters and devices.

use super::chain;
use wgpu_native_sys_dyn as sys;
use wgpu_types::Limits;

macro_rules! limits {
    (
        standard { $($standard:ident = $standard_c:ident,)* }
        native { $($native:ident = $native_c:ident,)* }
    ) => {
        /// What the engine wrote into the two structs. Limits that its C interface lacks are zero: it offers nothing that
        /// they would limit. Those of the second struct have their defaults if the engine does not know it.
        fn limits_from(standard: &sys::WGPULimits, native: &sys::WGPUNativeLimits) -> Limits {
            let mut limits = Limits {
                $($standard: standard.$standard_c,)*
                ..Limits::default()
            };
            let written = [$(native.$native_c),*];
            if written.iter().any(|value| *value != sys::WGPU_LIMIT_U32_UNDEFINED) {
                $(limits.$native = native.$native_c;)*
            }
            limits
        }

        /// The two structs for a device that is to have these limits.
        pub(crate) fn required_limits(limits: &Limits) -> (sys::WGPULimits, sys::WGPUNativeLimits) {
            let standard = sys::WGPULimits {
                $($standard_c: defined(limits.$standard),)*
                ..sys::WGPULimits::INIT
            };
            let native = sys::WGPUNativeLimits {
                $($native_c: defined(limits.$native),)*
                ..sys::WGPUNativeLimits::INIT
            };
            (standard, native)
        }
    };
}

limits! {
    standard {
        max_texture_dimension_1d = maxTextureDimension1D,
        max_texture_dimension_2d = maxTextureDimension2D,
        max_texture_dimension_3d = maxTextureDimension3D,
        max_texture_array_layers = maxTextureArrayLayers,
        max_bind_groups = maxBindGroups,
        max_bindings_per_bind_group = maxBindingsPerBindGroup,
        max_dynamic_uniform_buffers_per_pipeline_layout = maxDynamicUniformBuffersPerPipelineLayout,
        max_dynamic_storage_buffers_per_pipeline_layout = maxDynamicStorageBuffersPerPipelineLayout,
        max_sampled_textures_per_shader_stage = maxSampledTexturesPerShaderStage,
        max_samplers_per_shader_stage = maxSamplersPerShaderStage,
        max_storage_buffers_per_shader_stage = maxStorageBuffersPerShaderStage,
        max_storage_textures_per_shader_stage = maxStorageTexturesPerShaderStage,
        max_uniform_buffers_per_shader_stage = maxUniformBuffersPerShaderStage,
        max_uniform_buffer_binding_size = maxUniformBufferBindingSize,
        max_storage_buffer_binding_size = maxStorageBufferBindingSize,
        max_vertex_buffers = maxVertexBuffers,
        max_buffer_size = maxBufferSize,
        max_vertex_attributes = maxVertexAttributes,
        max_vertex_buffer_array_stride = maxVertexBufferArrayStride,
        max_inter_stage_shader_variables = maxInterStageShaderVariables,
        min_uniform_buffer_offset_alignment = minUniformBufferOffsetAlignment,
        min_storage_buffer_offset_alignment = minStorageBufferOffsetAlignment,
        max_color_attachments = maxColorAttachments,
        max_color_attachment_bytes_per_sample = maxColorAttachmentBytesPerSample,
        max_compute_workgroup_storage_size = maxComputeWorkgroupStorageSize,
        max_compute_invocations_per_workgroup = maxComputeInvocationsPerWorkgroup,
        max_compute_workgroup_size_x = maxComputeWorkgroupSizeX,
        max_compute_workgroup_size_y = maxComputeWorkgroupSizeY,
        max_compute_workgroup_size_z = maxComputeWorkgroupSizeZ,
        max_compute_workgroups_per_dimension = maxComputeWorkgroupsPerDimension,
        max_immediate_size = maxImmediateSize,
    }
    native {
        max_non_sampler_bindings = maxNonSamplerBindings,
        max_binding_array_elements_per_shader_stage = maxBindingArrayElementsPerShaderStage,
        max_binding_array_sampler_elements_per_shader_stage = maxBindingArraySamplerElementsPerShaderStage,
        max_multiview_view_count = maxMultiviewViewCount,
    }
}

/// Asks for limits: `query` gets the struct for the engine to write to.
pub(crate) fn query_limits(query: impl FnOnce(*mut sys::WGPULimits)) -> Limits {
    let mut native = sys::WGPUNativeLimits::INIT;
    let mut standard = sys::WGPULimits::INIT;
    standard.nextInChain = chain(&mut native);
    query(&raw mut standard);
    limits_from(&standard, &native)
}

/// A value that does not read as "undefined" in C, where the greatest one does.
trait Defined: Copy + Ord {
    const GREATEST: Self;
}

impl Defined for u32 {
    const GREATEST: Self = sys::WGPU_LIMIT_U32_UNDEFINED - 1;
}

impl Defined for u64 {
    const GREATEST: Self = sys::WGPU_LIMIT_U64_UNDEFINED - 1;
}

fn defined<T: Defined>(value: T) -> T {
    value.min(T::GREATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_limits_go_there_and_back() {
        let limits = Limits {
            max_bind_groups: 5,
            max_buffer_size: 1 << 40,
            max_multiview_view_count: 3,
            ..Limits::default()
        };
        let (standard, native) = required_limits(&limits);
        assert_eq!(limits_from(&standard, &native), limits);
        assert_eq!(standard.maxBindGroups, 5);
        assert_eq!(native.maxMultiviewViewCount, 3);
    }

    #[test]
    fn the_greatest_value_is_not_taken_for_undefined() {
        let limits = Limits {
            max_compute_workgroups_per_dimension: u32::MAX,
            max_buffer_size: u64::MAX,
            ..Limits::default()
        };
        let (standard, _) = required_limits(&limits);
        assert_eq!(standard.maxComputeWorkgroupsPerDimension, u32::MAX - 1);
        assert_eq!(standard.maxBufferSize, u64::MAX - 1);
    }

    #[test]
    fn the_query_gets_both_structs() {
        let limits = query_limits(|standard| {
            // SAFETY: The pointer is that of a struct which nobody else uses during the call.
            let standard = unsafe { &mut *standard };
            standard.maxBindGroups = 9;
            let native = standard.nextInChain.cast::<sys::WGPUNativeLimits>();
            // SAFETY: `query_limits` chains that struct.
            unsafe { (*native).maxMultiviewViewCount = 2 };
        });
        assert_eq!(limits.max_bind_groups, 9);
        assert_eq!(limits.max_multiview_view_count, 2);
    }
}
