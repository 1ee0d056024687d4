use super::*;
use crate::handle::identity;
use wgpu_types::Features;

/// What a driver has compiled, to be used again.
///
/// The engine's C interface has no place for it, so that no adapter offers [`Features::PIPELINE_CACHE`] and making one is an
/// error.
#[derive(Clone, Debug)]
pub struct PipelineCache {
    identity: Arc<u8>,
}

assert_send_sync!(PipelineCache, PipelineCacheDescriptor<'_>);
identity!(PipelineCache, |this| Arc::as_ptr(&this.identity).addr());

impl PipelineCache {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &PipelineCacheDescriptor<'_>,
    ) -> Self {
        let call = "Device::create_pipeline_cache";
        device.refuse(call, descriptor.label, "A pipeline cache", Features::PIPELINE_CACHE);
        Self { identity: Arc::new(0) }
    }

    /// What is in the cache: always `None`.
    pub fn get_data(&self) -> Option<Vec<u8>> {
        None
    }
}

/// What a cache should have at first.
#[derive(Clone, Debug)]
pub struct PipelineCacheDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// What [`PipelineCache::get_data`] gave.
    pub data: Option<&'a [u8]>,
    /// Whether to begin with an empty cache if the data is not usable.
    pub fallback: bool,
}
