//! The module that compute pipelines use in place of one that has memory of workgroups.

use super::*;
use crate::{events, lexer, naga::ShaderStage, vet, wgsl};
use std::sync::OnceLock;
use wgpu_native_sys_dyn as sys;
use wgpu_types::ShaderRuntimeChecks;

/// A module like another one, but that its compute shaders [clear](wgsl) the memory of their workgroups. The engine makes
/// it when a pipeline needs it first.
#[derive(Debug)]
pub(in crate::api) struct ClearingModule {
    label: Option<Box<str>>,
    source: String,
    checks: Option<ShaderRuntimeChecks>,
    /// `None` if the engine refused it, as it does when the device is lost.
    made: OnceLock<Option<Child<sys::WGPUShaderModuleImpl>>>,
}

impl ClearingModule {
    /// The one for a module that the engine accepted; `None` if there is nothing to clear, or if what there is cannot be
    /// cleared, which the log says.
    pub(in crate::api) fn of(
        descriptor: &ShaderModuleDescriptor<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Option<Self> {
        let zeroed = match &descriptor.source {
            ShaderSource::Wgsl(source) => wgsl::zeroed(source).ok(),
            // In the other languages nothing is written into shaders.
            ShaderSource::Glsl { shader, stage: ShaderStage::Compute, .. } => {
                let uses = lexer::tokens(shader).iter().any(|token| token.text == "shared");
                (!uses).then_some(None)
            }
            ShaderSource::SpirV(words) => (!vet::has_workgroup_memory(words)).then_some(None),
            _ => Some(None),
        };
        let Some(zeroed) = zeroed else {
            let label = descriptor.label.unwrap_or_default();
            log::warn!(
                "the workgroup memory of the shader '{label}' is not cleared before it runs: the engine cannot be asked to, \
                 and code that does it is written into WGSL alone, where it is understood"
            );
            return None;
        };
        let source = zeroed?;
        let label = descriptor.label.map(Into::into);
        Some(Self { label, source, checks, made: OnceLock::new() })
    }

    /// The handle, for a call. The device is the one that made the other module.
    pub(in crate::api) fn raw(&self, device: &Arc<DeviceContext>) -> Option<sys::WGPUShaderModule> {
        let made = self.made.get_or_init(|| {
            let label = self.label.as_deref();
            let source = ShaderSource::Wgsl(self.source.as_str().into());
            let make = || ShaderModule::make(device, label, &source, self.checks);
            let (made, failed) = events::watch(|| events::silence(make));
            made.ok().filter(|_| !failed)
        });
        made.as_ref().map(Child::raw)
    }
}
