use crate::{AdapterInfo, Backend};

/// A name for a file with what a [`PipelineCache`](crate::PipelineCache) got for this adapter: adapters with the same name
/// can use the same file. `None` where pipelines cannot be cached.
///
/// ```no_run
/// # fn example(info: &webgpu::AdapterInfo, device: &webgpu::Device) -> Option<()> {
/// let file = std::env::temp_dir().join(webgpu::util::pipeline_cache_key(info)?);
/// // SAFETY: The file was written below, or is not there.
/// let cache = unsafe {
///     device.create_pipeline_cache(&webgpu::PipelineCacheDescriptor {
///         label: None,
///         data: std::fs::read(&file).ok().as_deref(),
///         fallback: true,
///     })
/// };
/// // Pipelines are made with `cache` in their descriptors; then:
/// std::fs::write(&file, cache.get_data()?).ok()
/// # }
/// ```
#[must_use]
pub fn pipeline_cache_key(adapter_info: &AdapterInfo) -> Option<String> {
    let AdapterInfo { backend, vendor, device, .. } = adapter_info;
    // The driver itself looks whether the data fits its version.
    (*backend == Backend::Vulkan).then(|| format!("wgpu_pipeline_cache_vulkan_{vendor}_{device}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_types::DeviceType;

    #[test]
    fn names_are_those_of_the_wgpu_crate() {
        let mut info = AdapterInfo {
            name: String::new(),
            vendor: 65541,
            device: 7,
            device_type: DeviceType::Cpu,
            device_pci_bus_id: String::new(),
            driver: String::new(),
            driver_info: String::new(),
            backend: Backend::Vulkan,
            subgroup_min_size: 4,
            subgroup_max_size: 128,
            transient_saves_memory: false,
        };
        assert_eq!(
            pipeline_cache_key(&info).as_deref(),
            Some("wgpu_pipeline_cache_vulkan_65541_7")
        );
        info.backend = Backend::Metal;
        assert_eq!(pipeline_cache_key(&info), None);
    }
}
