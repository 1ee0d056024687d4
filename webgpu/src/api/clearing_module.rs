//! The module that compute pipelines use in place of one that has memory of workgroups.

use super::*;
use crate::{events, wgsl};
use std::sync::OnceLock;
use wgpu_native_sys_dyn as sys;
use wgpu_types::ShaderRuntimeChecks;

/// A module like another one, but that its compute shaders [clear](wgsl) the memory of their workgroups. The engine makes
/// it when a pipeline needs it first.
#[derive(Debug)]
pub(super) struct ClearingModule {
    label: Option<Box<str>>,
    source: String,
    checks: Option<ShaderRuntimeChecks>,
    /// `None` if the engine refused it, as it does when the device is lost.
    made: OnceLock<Option<Child<sys::WGPUShaderModuleImpl>>>,
}

impl ClearingModule {
    /// The one for a module that the engine accepted; `None` if there is nothing to clear.
    pub(super) fn of(
        descriptor: &ShaderModuleDescriptor<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Option<Self> {
        let ShaderSource::Wgsl(source) = &descriptor.source else {
            return None;
        };
        let label = descriptor.label.map(Into::into);
        let source = wgsl::zeroed(source)?;
        Some(Self { label, source, checks, made: OnceLock::new() })
    }

    /// The handle, for a call. The device is the one that made the other module.
    pub(super) fn raw(&self, device: &Arc<DeviceContext>) -> Option<sys::WGPUShaderModule> {
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
