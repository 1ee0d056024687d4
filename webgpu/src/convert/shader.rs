//! Shader sources and the checks compiled into shaders.

use super::chain;
use crate::api::ShaderSource;
use wgpu_native_sys_dyn as sys;
use wgpu_types::ShaderRuntimeChecks;

/// Hands the struct for a shader module with this source to `call`.
///
/// # Panics
/// For the source variant that exists for its lifetime alone.
pub(crate) fn with_shader_descriptor<R>(
    label: Option<&str>,
    source: &ShaderSource<'_>,
    call: impl FnOnce(*const sys::WGPUShaderModuleDescriptor) -> R,
) -> R {
    let with_chain = |next| {
        let descriptor = sys::WGPUShaderModuleDescriptor { nextInChain: next, label: label.into() };
        call(&raw const descriptor)
    };
    match source {
        ShaderSource::Wgsl(code) => {
            let mut source = sys::WGPUShaderSourceWGSL {
                code: code.as_ref().into(),
                ..sys::WGPUShaderSourceWGSL::INIT
            };
            with_chain(chain(&mut source))
        }
        ShaderSource::SpirV(words) => {
            let mut source = sys::WGPUShaderSourceSPIRV {
                // More words than this are no program: the engine finds it cut off.
                codeSize: u32::try_from(words.len()).unwrap_or(u32::MAX),
                code: words.as_ptr(),
                ..sys::WGPUShaderSourceSPIRV::INIT
            };
            with_chain(chain(&mut source))
        }
        ShaderSource::Dummy(_) => panic!("found `ShaderSource::Dummy`"),
    }
}

/// The flags for these checks.
pub(crate) fn runtime_checks(checks: ShaderRuntimeChecks) -> sys::WGPUShaderRuntimeChecks {
    use sys::WGPUShaderRuntimeChecks as Flag;
    let flags = [
        (checks.bounds_checks, Flag::BoundsChecks),
        (checks.force_loop_bounding, Flag::ForceLoopBounding),
        (checks.ray_query_initialization_tracking, Flag::RayQueryInitializationTracking),
        (checks.task_shader_dispatch_tracking, Flag::TaskShaderDispatchTracking),
        (checks.mesh_shader_primitive_indices_clamp, Flag::MeshShaderPrimitiveIndicesClamp),
    ];
    let on = flags.into_iter().filter(|(on, _)| *on);
    on.fold(Flag::None, |all, (_, flag)| all | flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_checks_or_none() {
        assert_eq!(
            runtime_checks(ShaderRuntimeChecks::unchecked()),
            sys::WGPUShaderRuntimeChecks::None
        );
        assert_eq!(runtime_checks(ShaderRuntimeChecks::checked()).0, 0x1f);
    }

    #[test]
    fn each_source_has_its_chain() {
        with_shader_descriptor(Some("s"), &ShaderSource::Wgsl("fn f() {}".into()), |pointer| {
            // SAFETY: The pointer is that of a live struct with a chain.
            let tag = unsafe { (*(*pointer).nextInChain).sType };
            assert_eq!(tag, sys::WGPUSType::ShaderSourceWGSL);
        });
        let words: &[u32] = &[0x0723_0203, 1];
        with_shader_descriptor(None, &ShaderSource::SpirV(words.into()), |pointer| {
            // SAFETY: The pointer is that of a live struct with a SPIR-V source in its chain.
            let source = unsafe { &*(*pointer).nextInChain.cast::<sys::WGPUShaderSourceSPIRV>() };
            assert_eq!(source.chain.sType, sys::WGPUSType::ShaderSourceSPIRV);
            assert_eq!(source.codeSize, 2);
        });
    }
}
