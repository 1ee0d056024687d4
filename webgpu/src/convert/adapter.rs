//! Requests for adapters, and what is told about them.

use super::backend_from;
use crate::api::RequestAdapterOptions;
use crate::engine_words::{
    NO_ADAPTER, NO_FALLBACK, NOT_ENABLED, NOT_FOR_SURFACE, NOT_LOADED, Words,
};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    AdapterInfo, Backend, Backends, DeviceType, MAXIMUM_SUBGROUP_MAX_SIZE,
    MINIMUM_SUBGROUP_MIN_SIZE, PowerPreference, RequestAdapterError,
};

/// The struct for these options, as long as the surface in them lives.
pub(crate) fn adapter_options(
    options: &RequestAdapterOptions<'_, '_>,
    surface: sys::WGPUSurface,
) -> sys::WGPURequestAdapterOptions {
    sys::WGPURequestAdapterOptions {
        powerPreference: match options.power_preference {
            PowerPreference::None => sys::WGPUPowerPreference::Undefined,
            PowerPreference::LowPower => sys::WGPUPowerPreference::LowPower,
            PowerPreference::HighPerformance => sys::WGPUPowerPreference::HighPerformance,
        },
        forceFallbackAdapter: options.force_fallback_adapter.into(),
        compatibleSurface: surface,
        ..sys::WGPURequestAdapterOptions::INIT
    }
}

/// What the engine wrote about an adapter.
///
/// # Safety
/// The texts must be as the engine wrote them, not yet freed.
pub(crate) unsafe fn adapter_info_from(info: &sys::WGPUAdapterInfo) -> AdapterInfo {
    // SAFETY: The caller vouches for the texts.
    let text = |view: sys::WGPUStringView| unsafe { view.to_text() }.into_owned();
    let known_or = |value, unknown| if value == 0 { unknown } else { value };
    AdapterInfo {
        name: text(info.device),
        vendor: info.vendorID,
        device: info.deviceID,
        device_type: match info.adapterType {
            sys::WGPUAdapterType::DiscreteGPU => DeviceType::DiscreteGpu,
            sys::WGPUAdapterType::IntegratedGPU => DeviceType::IntegratedGpu,
            sys::WGPUAdapterType::CPU => DeviceType::Cpu,
            _ => DeviceType::Other,
        },
        device_pci_bus_id: String::new(),
        // The engine puts the driver's name where the header has the vendor's.
        driver: text(info.vendor),
        driver_info: text(info.description),
        backend: backend_from(info.backendType),
        // It leaves these two at 0: then the bounds that WebGPU sets are all that is known.
        subgroup_min_size: known_or(info.subgroupMinSize, MINIMUM_SUBGROUP_MIN_SIZE),
        subgroup_max_size: known_or(info.subgroupMaxSize, MAXIMUM_SUBGROUP_MAX_SIZE),
        transient_saves_memory: false,
    }
}

/// Why there is no adapter, read out of the engine's message, which names a reason for every backend.
pub(crate) fn adapter_error(
    requested: Backends,
    supported: Backends,
    message: &str,
) -> RequestAdapterError {
    // Each reason stands behind the name of its backend: `vulkan found no adapters`.
    let reasons = || message.split([',', ';', '\n']).map(str::trim);
    let with = |reason: Words| {
        let named = Backend::ALL.into_iter().filter(|backend| {
            let name = format!("{backend} ");
            reasons().any(|of| of.strip_prefix(&name).is_some_and(|said| reason.begin(said)))
        });
        named.fold(Backends::empty(), |backends, backend| backends | Backends::from(backend))
    };
    let not_active = with(NOT_ENABLED) | with(NOT_LOADED);
    RequestAdapterError::NotFound {
        active_backends: (requested & supported) - not_active,
        requested_backends: requested,
        supported_backends: supported,
        no_fallback_backends: with(NO_FALLBACK),
        no_adapter_backends: with(NO_ADAPTER),
        incompatible_surface_backends: with(NOT_FOR_SURFACE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_of_the_engine_become_ours() {
        let error = adapter_error(
            Backends::VULKAN | Backends::GL,
            Backends::VULKAN | Backends::GL,
            "Validation Error\n\nCaused by:\n  No suitable graphics adapter found; noop not requested, vulkan had no \
             fallback adapters, metal not requested, dx12 not requested, gl drivers/libraries could not be loaded, \
             webgpu not requested\n",
        );
        assert_eq!(
            error.to_string(),
            "No suitable graphics adapter found; noop not requested, vulkan had no fallback adapters, metal not \
             requested, dx12 not requested, gl drivers/libraries could not be loaded, webgpu not requested"
        );
    }

    #[test]
    fn info_is_copied_and_completed() {
        let info = sys::WGPUAdapterInfo {
            device: "llvmpipe".into(),
            vendor: "lavapipe driver".into(),
            adapterType: sys::WGPUAdapterType::CPU,
            backendType: sys::WGPUBackendType::Vulkan,
            vendorID: 5,
            subgroupMaxSize: 8,
            ..sys::WGPUAdapterInfo::INIT
        };
        // SAFETY: The texts are constants.
        let info = unsafe { adapter_info_from(&info) };
        assert_eq!(info.name, "llvmpipe");
        assert_eq!(info.driver, "lavapipe driver");
        assert_eq!((info.device_type, info.backend), (DeviceType::Cpu, Backend::Vulkan));
        assert_eq!((info.subgroup_min_size, info.subgroup_max_size), (4, 8));
    }
}
