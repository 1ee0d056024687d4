//! From an instance to a device and its queue, and what goes wrong on the device later.

use webgpu as wgpu;

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, bail};

pub use crate::needs::Needs;

/// What to say when there is no adapter.
pub const NO_ADAPTER: &str = "no adapter found: this machine needs a driver for Vulkan, Metal or Direct3D 12 \
    (`cargo xtask setup` looks for one); `WGPU_BACKEND`, when set, restricts the search";

/// An opened device, and what it was made from.
#[derive(Debug)]
pub struct Gpu {
    /// Makes surfaces.
    pub instance: wgpu::Instance,
    /// What the device was opened on.
    pub adapter: wgpu::Adapter,
    /// Makes everything else.
    pub device: wgpu::Device,
    /// Takes finished command buffers.
    pub queue: wgpu::Queue,
    fault: Fault,
}

impl Gpu {
    /// Opens a device on the adapter that `WGPU_ADAPTER_NAME` names, or on the one the engine prefers. With a
    /// surface, only adapters that can present to it are considered.
    ///
    /// # Errors
    ///
    /// No adapter is found, or it lacks one of the `needs`, or it gives no device.
    pub fn open(
        instance: wgpu::Instance,
        surface: Option<&wgpu::Surface<'_>>,
        needs: Needs,
    ) -> Result<Gpu> {
        let adapter = choose_adapter(&instance, surface)?;
        Gpu::on(instance, adapter, needs)
    }

    /// Opens a device on this adapter.
    ///
    /// # Errors
    ///
    /// The adapter lacks one of the `needs`, or gives no device.
    pub fn on(instance: wgpu::Instance, adapter: wgpu::Adapter, needs: Needs) -> Result<Gpu> {
        needs.check(&adapter)?;

        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("example"),
            required_features: needs.features,
            // Textures may be as large as the adapter can make them: windows and pictures come in all sizes.
            required_limits: needs.limits.using_resolution(adapter.limits()),
            ..Default::default()
        }))
        .with_context(|| format!("the adapter `{}` gives no device", adapter.get_info().name))?;

        let fault = Fault::default();
        let uncaptured = fault.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            uncaptured.set(format!("the device reports: {error}"));
        }));
        let lost = fault.clone();
        device.set_device_lost_callback(move |reason, message| {
            // A device that is dropped is "lost" too; that is the end of a program, not a fault.
            if reason != wgpu::DeviceLostReason::Destroyed {
                lost.set(format!("the device was lost: {message}"));
            }
        });

        Ok(Gpu { instance, adapter, device, queue, fault })
    }

    /// Tells whether all went well on the device since the last time this was asked.
    ///
    /// # Errors
    ///
    /// The first error that the device reported: an invalid use, a shader that does not compile, no memory left, the
    /// device lost.
    pub fn check(&self) -> Result<()> {
        match self.fault.take() {
            Some(fault) => Err(anyhow!(fault)),
            None => Ok(()),
        }
    }

    /// The adapter in a few words: its name and the API beneath.
    #[must_use]
    pub fn name(&self) -> String {
        let info = self.adapter.get_info();
        format!("{} ({})", info.name, info.backend)
    }
}

/// The adapter that `WGPU_ADAPTER_NAME` names, or the one the engine prefers of those that can present to `surface`.
///
/// # Errors
///
/// There is none.
pub fn choose_adapter(
    instance: &wgpu::Instance,
    surface: Option<&wgpu::Surface<'_>>,
) -> Result<wgpu::Adapter> {
    if let Ok(wanted) = std::env::var("WGPU_ADAPTER_NAME") {
        return named_adapter(instance, surface, &wanted);
    }
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::from_env().unwrap_or_default(),
        compatible_surface: surface,
        ..Default::default()
    };
    pollster::block_on(instance.request_adapter(&options)).context(NO_ADAPTER)
}

fn named_adapter(
    instance: &wgpu::Instance,
    surface: Option<&wgpu::Surface<'_>>,
    wanted: &str,
) -> Result<wgpu::Adapter> {
    let backends = wgpu::Backends::from_env().unwrap_or_default();
    let mut others = Vec::new();
    for adapter in pollster::block_on(instance.enumerate_adapters(backends)) {
        let name = adapter.get_info().name;
        let presents = surface.is_none_or(|surface| adapter.is_surface_supported(surface));
        if presents && name.to_lowercase().contains(&wanted.to_lowercase()) {
            return Ok(adapter);
        }
        others.push(name);
    }
    bail!("no adapter's name contains `{wanted}` (WGPU_ADAPTER_NAME); there are: {others:?}")
}

/// The first error since it was last asked for; what follows a first error is mostly its consequence.
#[derive(Clone, Debug, Default)]
struct Fault(Arc<Mutex<Option<String>>>);

impl Fault {
    fn set(&self, fault: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
