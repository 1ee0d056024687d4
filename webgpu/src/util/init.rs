use crate::{
    Adapter, Backends, Instance, InstanceDescriptor, PowerPreference, RequestAdapterError,
    RequestAdapterOptions, Surface,
};

/// The adapter whose name contains what the environment variable `WGPU_ADAPTER_NAME` says, in whatever case.
///
/// # Errors
/// If the variable is not set.
///
/// # Panics
/// If no adapter has such a name, or none that works with the surface.
pub async fn initialize_adapter_from_env(
    instance: &Instance,
    compatible_surface: Option<&Surface<'_>>,
) -> Result<Adapter, RequestAdapterError> {
    let wanted = std::env::var("WGPU_ADAPTER_NAME").map_err(|_| RequestAdapterError::EnvNotSet)?;
    let wanted = wanted.to_lowercase();
    let adapters = instance.enumerate_adapters(Backends::all()).await;
    let mut fitting = adapters.into_iter().filter(|adapter| {
        let presents =
            compatible_surface.is_none_or(|surface| adapter.is_surface_supported(surface));
        presents && adapter.get_info().name.to_lowercase().contains(&wanted)
    });
    let found = fitting.next();
    Ok(found.expect("WGPU_ADAPTER_NAME set but no matching adapter found!"))
}

/// As [`initialize_adapter_from_env`]; if the variable is not set, the adapter that the system prefers, or that the
/// environment variable `WGPU_POWER_PREF` does.
///
/// # Errors
/// If there is no adapter.
pub async fn initialize_adapter_from_env_or_default(
    instance: &Instance,
    compatible_surface: Option<&Surface<'_>>,
) -> Result<Adapter, RequestAdapterError> {
    if let Ok(adapter) = initialize_adapter_from_env(instance, compatible_surface).await {
        return Ok(adapter);
    }
    let options = RequestAdapterOptions {
        power_preference: PowerPreference::from_env().unwrap_or_default(),
        force_fallback_adapter: false,
        compatible_surface,
    };
    instance.request_adapter(&options).await
}

/// Whether the browser that this runs in has WebGPU: a native program does not run in one.
pub async fn is_browser_webgpu_supported() -> bool {
    false
}

/// Makes an instance without [`Backends::BROWSER_WEBGPU`], as no browser is there that has it.
///
/// # Panics
/// As [`Instance::new`].
pub async fn new_instance_with_webgpu_detection(mut instance_desc: InstanceDescriptor) -> Instance {
    if !is_browser_webgpu_supported().await {
        instance_desc.backends -= Backends::BROWSER_WEBGPU;
    }
    Instance::new(instance_desc)
}
