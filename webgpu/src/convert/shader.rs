//! Shader sources and the checks compiled into shaders.

use super::chain;
use crate::{naga::ShaderStage, shader_source::ShaderSource};
use wgpu_native_sys_dyn as sys;
use wgpu_types::ShaderRuntimeChecks;

/// Hands the struct for a shader module with this source to `call`, or returns what in it has no name in C.
///
/// # Panics
/// For the source variant that exists for its lifetime alone, and for a module of `naga`, which is written as WGSL before.
pub(crate) fn with_shader_descriptor<R>(
    label: Option<&str>,
    source: &ShaderSource<'_>,
    call: impl FnOnce(*const sys::WGPUShaderModuleDescriptor) -> R,
) -> Result<R, String> {
    let with_chain = |next| {
        let descriptor = sys::WGPUShaderModuleDescriptor { nextInChain: next, label: label.into() };
        Ok(call(&raw const descriptor))
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
        ShaderSource::Glsl { shader, stage, defines } => {
            let defines = defines.iter().map(|&(name, value)| sys::WGPUShaderDefine {
                name: name.into(),
                value: value.into(),
            });
            let defines = defines.collect::<Vec<_>>();
            let mut source = sys::WGPUShaderSourceGLSL {
                stage: glsl_stage(*stage)?,
                code: shader.as_ref().into(),
                defineCount: u32::try_from(defines.len()).map_err(|error| error.to_string())?,
                defines: defines.as_ptr(),
                ..sys::WGPUShaderSourceGLSL::INIT
            };
            with_chain(chain(&mut source))
        }
        #[cfg(feature = "naga-ir")]
        ShaderSource::Naga(_) => panic!("found `ShaderSource::Naga`"),
        ShaderSource::Dummy(_) => panic!("found `ShaderSource::Dummy`"),
    }
}

/// Why a source cannot be passed to the engine whatever is in it, if it cannot.
pub(crate) fn unnamed_stage(source: &ShaderSource<'_>) -> Option<String> {
    match source {
        ShaderSource::Glsl { stage, .. } => glsl_stage(*stage).err(),
        _ => None,
    }
}

/// The flag for a stage that can be written in GLSL.
fn glsl_stage(stage: ShaderStage) -> Result<sys::WGPUShaderStage, String> {
    match stage {
        ShaderStage::Vertex => Ok(sys::WGPUShaderStage::Vertex),
        ShaderStage::Fragment => Ok(sys::WGPUShaderStage::Fragment),
        ShaderStage::Compute => Ok(sys::WGPUShaderStage::Compute),
        _ => Err(format!("GLSL for the stage {stage:?} cannot be passed to the engine")),
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
        })
        .unwrap();
        let words: &[u32] = &[0x0723_0203, 1];
        with_shader_descriptor(None, &ShaderSource::SpirV(words.into()), |pointer| {
            // SAFETY: The pointer is that of a live struct with a SPIR-V source in its chain.
            let source = unsafe { &*(*pointer).nextInChain.cast::<sys::WGPUShaderSourceSPIRV>() };
            assert_eq!(source.chain.sType, sys::WGPUSType::ShaderSourceSPIRV);
            assert_eq!(source.codeSize, 2);
        })
        .unwrap();
    }

    #[test]
    fn only_stages_of_usual_pipelines_are_written_in_glsl() {
        let source = |stage| ShaderSource::Glsl {
            shader: "void main() {}".into(),
            stage,
            defines: &[("A", "1"), ("B", "2")],
        };
        with_shader_descriptor(None, &source(ShaderStage::Fragment), |pointer| {
            // SAFETY: The pointer is that of a live struct with a GLSL source in its chain.
            let source = unsafe { &*(*pointer).nextInChain.cast::<sys::WGPUShaderSourceGLSL>() };
            assert_eq!(source.chain.sType, sys::WGPUSType::ShaderSourceGLSL);
            assert_eq!((source.stage, source.defineCount), (sys::WGPUShaderStage::Fragment, 2));
        })
        .unwrap();
        let refused = with_shader_descriptor(None, &source(ShaderStage::Mesh), |_| ());
        assert!(refused.unwrap_err().contains("Mesh"));
    }
}
