//! Device descriptors, checked against the adapter.

use super::{chain, feature_names, required_limits};
use crate::api::DeviceDescriptor;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{Features, Limits};

/// Hands the struct for this descriptor, with these two callbacks, to `call`.
pub(crate) fn with_device_descriptor<R>(
    descriptor: &DeviceDescriptor<'_>,
    lost: sys::WGPUDeviceLostCallbackInfo,
    error: sys::WGPUUncapturedErrorCallbackInfo,
    call: impl FnOnce(*const sys::WGPUDeviceDescriptor) -> R,
) -> R {
    let features = feature_names(descriptor.required_features);
    let (mut limits, mut native_limits) = required_limits(&descriptor.required_limits);
    limits.nextInChain = chain(&mut native_limits);
    let descriptor = sys::WGPUDeviceDescriptor {
        label: descriptor.label.into(),
        requiredFeatureCount: features.len(),
        requiredFeatures: features.as_ptr(),
        requiredLimits: &raw const limits,
        deviceLostCallbackInfo: lost,
        uncapturedErrorCallbackInfo: error,
        ..sys::WGPUDeviceDescriptor::INIT
    };
    call(&raw const descriptor)
}

/// Why an adapter with these features and limits cannot give the device, if it cannot: in particular for what the
/// engine would not see, because its C interface has no name for it.
pub(crate) fn unavailable(
    descriptor: &DeviceDescriptor<'_>,
    features: Features,
    limits: &Limits,
) -> Option<String> {
    let missing = descriptor.required_features - features;
    if !missing.is_empty() {
        return Some(format!("Unsupported features were requested: {missing}"));
    }
    let experimental = descriptor.required_features & Features::all_experimental_mask();
    if !experimental.is_empty() && !descriptor.experimental_features.is_enabled() {
        return Some(format!(
            "Some experimental features, {experimental}, were requested, but experimental features are not enabled"
        ));
    }
    let mut failed = None;
    let required = &descriptor.required_limits;
    required.check_limits_with_fail_fn(limits, true, |name, requested, allowed| {
        failed = Some(format!("Limit '{name}' value {requested} is better than allowed {allowed}"));
    });
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_adapter_lacks_is_named() {
        let limits = Limits::default();
        let fine = DeviceDescriptor::default();
        assert_eq!(unavailable(&fine, Features::empty(), &limits), None);

        let features = DeviceDescriptor {
            required_features: Features::SHADER_F64 | Features::TIMESTAMP_QUERY,
            ..Default::default()
        };
        let message = unavailable(&features, Features::TIMESTAMP_QUERY, &limits).unwrap();
        assert!(message.starts_with("Unsupported features were requested: "), "{message}");
        assert!(message.contains("SHADER_F64") && !message.contains("TIMESTAMP"), "{message}");

        let limited = DeviceDescriptor {
            required_limits: Limits { max_bind_groups: 99, ..Limits::default() },
            ..Default::default()
        };
        let message = unavailable(&limited, Features::empty(), &limits).unwrap();
        assert_eq!(message, "Limit 'max_bind_groups' value 99 is better than allowed 4");
    }

    #[test]
    fn limits_that_c_has_no_name_for_are_checked_too() {
        let mesh = DeviceDescriptor {
            required_limits: Limits { max_task_payload_size: 1, ..Limits::default() },
            ..Default::default()
        };
        let message = unavailable(&mesh, Features::empty(), &Limits::default()).unwrap();
        assert!(message.contains("max_task_payload_size"), "{message}");
    }

    #[test]
    fn the_struct_carries_features_and_limits() {
        let descriptor = DeviceDescriptor {
            label: Some("d"),
            required_features: Features::TIMESTAMP_QUERY,
            ..Default::default()
        };
        let lost = sys::WGPUDeviceLostCallbackInfo::INIT;
        let error = sys::WGPUUncapturedErrorCallbackInfo::INIT;
        with_device_descriptor(&descriptor, lost, error, |pointer| {
            // SAFETY: The pointer is that of a live struct.
            let descriptor = unsafe { &*pointer };
            assert_eq!(descriptor.requiredFeatureCount, 1);
            // SAFETY: As above; the limits are those of the default.
            let limits = unsafe { &*descriptor.requiredLimits };
            assert_eq!(limits.maxBindGroups, 4);
            assert!(!limits.nextInChain.is_null());
        });
    }
}
