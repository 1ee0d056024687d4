use super::*;
use crate::{convert, events, handle::identity};
use wgpu_native_sys_dyn as sys;
use wgpu_types::BindGroupLayoutEntry;

/// Which kinds of resources a [`BindGroup`] has, and which stages of a pipeline see them.
#[derive(Clone, Debug)]
pub struct BindGroupLayout {
    inner: Child<sys::WGPUBindGroupLayoutImpl>,
}

assert_send_sync!(BindGroupLayout, BindGroupLayoutDescriptor<'_>);
identity!(BindGroupLayout, |this| this.inner.raw().addr());

impl BindGroupLayout {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &BindGroupLayoutDescriptor<'_>,
    ) -> Self {
        let create =
            |descriptor| create!(device, device, wgpuDeviceCreateBindGroupLayout(descriptor));
        let inner = convert::with_bind_group_layout_descriptor(descriptor, device.features, create)
            .unwrap_or_else(|cause| {
                let invalid = events::silence(|| convert::with_invalid_bind_group_layout(create));
                device.reject("Device::create_bind_group_layout", descriptor.label, cause);
                invalid
            });
        events::deliver();
        Self { inner }
    }

    /// Takes over the layout that a pipeline has made up for itself.
    pub(in crate::api) fn new(inner: Child<sys::WGPUBindGroupLayoutImpl>) -> Self {
        Self { inner }
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUBindGroupLayout {
        self.inner.raw_for(device)
    }
}

/// What a layout for bind groups should be like.
#[derive(Clone, Debug)]
pub struct BindGroupLayoutDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// Its bindings, in any order.
    pub entries: &'a [BindGroupLayoutEntry],
}
