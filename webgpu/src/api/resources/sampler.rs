use super::*;
use crate::{convert, events, handle::identity};
use wgpu_native_sys_dyn as sys;

/// How shaders read between the texels of a texture, and beyond its edges.
#[derive(Clone, Debug)]
pub struct Sampler {
    inner: Child<sys::WGPUSamplerImpl>,
}

assert_send_sync!(Sampler, SamplerDescriptor<'_>);
identity!(Sampler, |this| this.inner.raw().addr());

impl Sampler {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &SamplerDescriptor<'_>,
    ) -> Self {
        let inner = convert::with_sampler_descriptor(descriptor, |descriptor| {
            create!(device, device, wgpuDeviceCreateSampler(descriptor))
        });
        events::deliver();
        Self { inner }
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUSampler {
        self.inner.raw_for(device)
    }
}

/// What a sampler should be like.
pub type SamplerDescriptor<'a> = wgpu_types::SamplerDescriptor<Label<'a>>;
