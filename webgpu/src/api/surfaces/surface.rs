use super::*;
use crate::{
    context::InstanceContext,
    convert,
    error::{Error, lock},
    events,
    handle::{Owner, identity},
    presentation::{Phase, Presentation},
};
use raw_window_handle::HandleError;
use std::{error, fmt, sync::Mutex};
use surface_target::HandleSource;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    CompositeAlphaMode, Extent3d, SurfaceCapabilities, TextureDimension, TextureFormat,
    TextureUsages,
};

/// A window, or something like it, as a place to show what was drawn.
pub struct Surface<'window> {
    presentation: Arc<Presentation>,
    instance: Arc<InstanceContext>,
    configuration: Mutex<Option<SurfaceConfiguration>>,
    // Dropped after the engine's surface, which `drop` closes.
    source: Option<HandleSource<'window>>,
}

assert_send_sync!(Surface<'_>, SurfaceConfiguration, CreateSurfaceError);
identity!(Surface<'_>, |this| Arc::as_ptr(&this.presentation).addr());

impl<'window> Surface<'window> {
    pub(in crate::api) fn new(handle: Handle<sys::WGPUSurfaceImpl, Arc<InstanceContext>>) -> Self {
        Self {
            instance: handle.owner().clone(),
            presentation: Presentation::new(handle),
            configuration: Mutex::default(),
            source: None,
        }
    }

    /// The same surface, which keeps the window.
    pub(in crate::api) fn with_source(mut self, source: HandleSource<'window>) -> Self {
        self.source = Some(source);
        self
    }
}

impl Surface<'_> {
    /// The handle, for a call.
    pub(crate) fn raw(&self) -> sys::WGPUSurface {
        self.presentation.raw()
    }

    /// What the surface can do with devices of this adapter: nothing, by empty lists, if it does not work with them.
    ///
    /// # Panics
    /// If the adapter comes from another instance than the surface.
    #[track_caller]
    pub fn get_capabilities(&self, adapter: &Adapter) -> SurfaceCapabilities {
        self.instance.assert_same(adapter.instance());
        self.capabilities(adapter.raw()).unwrap_or_default()
    }

    /// The instance that the surface comes from.
    pub(in crate::api) fn instance(&self) -> &Arc<InstanceContext> {
        &self.instance
    }

    /// What the surface can do with devices of this adapter, if it works with them.
    pub(in crate::api) fn capabilities(
        &self,
        adapter: sys::WGPUAdapter,
    ) -> Option<SurfaceCapabilities> {
        let mut capabilities = sys::WGPUSurfaceCapabilities::INIT;
        let functions = self.instance.functions();
        // SAFETY: Surface and adapter are alive, and the struct is there to be written to.
        let status = unsafe {
            functions.wgpuSurfaceGetCapabilities(self.raw(), adapter, &raw mut capabilities)
        };
        if status != sys::WGPUStatus::Success {
            return None;
        }
        // SAFETY: The engine wrote the lists.
        let copy = unsafe { convert::capabilities_from(&capabilities) };
        // SAFETY: The lists are the engine's, and not used any more.
        unsafe { functions.wgpuSurfaceCapabilitiesFreeMembers(capabilities) };
        Some(copy)
    }

    /// A configuration that works with devices of this adapter; `None` if none does.
    pub fn get_default_config(
        &self,
        adapter: &Adapter,
        width: u32,
        height: u32,
    ) -> Option<SurfaceConfiguration> {
        let capabilities = self.get_capabilities(adapter);
        Some(SurfaceConfiguration {
            usage: TextureUsages::RENDER_ATTACHMENT,
            format: *capabilities.formats.first()?,
            width,
            height,
            present_mode: *capabilities.present_modes.first()?,
            desired_maximum_frame_latency: 2,
            alpha_mode: CompositeAlphaMode::Auto,
            view_formats: Vec::new(),
        })
    }

    /// Makes the surface ready for frames of this size and format.
    ///
    /// A configuration that the surface cannot have is a validation error, and so is to configure while a frame is alive
    /// that was not presented.
    ///
    /// # Panics
    /// If the device comes from another instance than the surface.
    #[track_caller]
    pub fn configure(&self, device: &Device, config: &SurfaceConfiguration) {
        let context = device.context();
        self.instance.assert_same(context.instance());
        let result = self.try_configure(context, config);
        events::deliver();
        match result {
            Ok(()) => *lock(&self.configuration) = Some(config.clone()),
            Err(error) => context.sink.report(error),
        }
    }

    /// Configures if that is valid; the engine would end the process if it is not.
    fn try_configure(
        &self,
        device: &Arc<DeviceContext>,
        config: &SurfaceConfiguration,
    ) -> Result<(), Error> {
        let rejected = |cause: String| Error::rejected("Surface::configure", None, cause);
        if device.loss.is_lost() {
            // Whoever wants to know is told by the device-lost callback.
            return Ok(());
        }
        let cause = match self.presentation.phase() {
            Phase::Free => None,
            Phase::Acquired => {
                Some("`SurfaceOutput` must be dropped before a new `Surface` is made")
            }
            Phase::Stuck => {
                Some("The surface has a frame of a device that is lost: create the surface again")
            }
        };
        if let Some(cause) = cause {
            return Err(rejected(cause.into()));
        }
        let capabilities = self.capabilities(device.adapter.raw()).ok_or_else(|| {
            rejected("Surface does not support the adapter's queue family".into())
        })?;
        let mut config = config.clone();
        config.present_mode =
            convert::chosen_present_mode(config.present_mode, &capabilities.present_modes);
        check_configuration(&config, &capabilities, device.limits.max_texture_dimension_2d)
            .map_err(rejected)?;
        if is_absurd(&config) {
            return Err(Error::out_of_memory("Not enough memory left."));
        }
        let configured = convert::with_surface_configuration(&config, device.raw(), |config| {
            self.presentation.configure(device, |surface| {
                // SAFETY: Surface and device are alive; the configuration is one that the surface can have.
                unsafe { device.functions().wgpuSurfaceConfigure(surface, config) };
            });
        });
        configured.map(drop).map_err(rejected)
    }

    /// How the surface was configured last.
    pub fn get_configuration(&self) -> Option<SurfaceConfiguration> {
        lock(&self.configuration).clone()
    }

    /// The next frame, to be drawn to and presented.
    ///
    /// # Panics
    /// If the surface was never configured.
    #[track_caller]
    pub fn get_current_texture(&self) -> CurrentSurfaceTexture {
        const CALL: &str = "Surface::get_current_texture_view";
        let configured = self.presentation.device().zip(self.get_configuration());
        let Some((device, config)) = configured else {
            panic!(
                "Error in {CALL}: Validation Error\n\nCaused by:\n  Surface is not configured for presentation\n"
            );
        };
        if device.loss.is_lost() {
            return CurrentSurfaceTexture::Validation;
        }
        let phase = self.presentation.phase();
        if phase == Phase::Stuck {
            return CurrentSurfaceTexture::Lost;
        }
        if phase == Phase::Acquired {
            device.sink.report(Error::rejected(CALL, None, "Surface image is already acquired"));
            return CurrentSurfaceTexture::Validation;
        }
        let mut output = sys::WGPUSurfaceTexture::INIT;
        let frame = self.presentation.acquire(|surface| {
            // SAFETY: The surface is alive, configured, and has no frame; the struct is there to be written to.
            unsafe { device.functions().wgpuSurfaceGetCurrentTexture(surface, &raw mut output) };
            output.texture
        });
        events::deliver();
        let frame = frame.map(|frame| {
            let descriptor = TextureDescriptor {
                label: None,
                size: Extent3d {
                    width: config.width,
                    height: config.height,
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: TextureDimension::D2,
                format: config.format,
                usage: config.usage,
                view_formats: &[],
            };
            SurfaceTexture::new(Texture::of_frame(frame.clone(), &descriptor), frame)
        });
        CurrentSurfaceTexture::of(output.status, frame)
    }
}

impl Drop for Surface<'_> {
    fn drop(&mut self) {
        self.presentation.close();
        events::deliver();
    }
}

impl fmt::Debug for Surface<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Surface")
            .field("presentation", &self.presentation)
            .field("configuration", &self.configuration)
            .field("keeps_window", &self.source.is_some())
            .finish_non_exhaustive()
    }
}

/// How a surface should be.
pub type SurfaceConfiguration = wgpu_types::SurfaceConfiguration<Vec<TextureFormat>>;

/// Why there is no [`Surface`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreateSurfaceError {
    cause: CreateSurfaceErrorCause,
}

#[derive(Clone, Debug)]
enum CreateSurfaceErrorCause {
    Refused(String),
    NoHandle(HandleError),
}

impl CreateSurfaceError {
    /// The engine cannot present there.
    pub(in crate::api) fn refused(reason: impl Into<String>) -> Self {
        Self { cause: CreateSurfaceErrorCause::Refused(reason.into()) }
    }

    /// The window gives out no handle.
    pub(in crate::api) fn no_handle(error: HandleError) -> Self {
        Self { cause: CreateSurfaceErrorCause::NoHandle(error) }
    }
}

impl fmt::Display for CreateSurfaceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            CreateSurfaceErrorCause::Refused(reason) => formatter.write_str(reason),
            CreateSurfaceErrorCause::NoHandle(error) => error.fmt(formatter),
        }
    }
}

impl error::Error for CreateSurfaceError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.cause {
            CreateSurfaceErrorCause::Refused(_) => None,
            CreateSurfaceErrorCause::NoHandle(error) => error.source(),
        }
    }
}

/// Whether the frames that are asked for are sure not to fit into memory: the engine ends the process when it has tried.
fn is_absurd(config: &SurfaceConfiguration) -> bool {
    const FEW: u32 = 16;
    const MOST_BYTES: u128 = 1 << 32;
    let texels = u128::from(config.width) * u128::from(config.height);
    let frames = u128::from(config.desired_maximum_frame_latency) + 1;
    config.desired_maximum_frame_latency > FEW && frames * texels * 4 > MOST_BYTES
}

/// Whether a surface with these capabilities can be configured so.
fn check_configuration(
    config: &SurfaceConfiguration,
    capabilities: &SurfaceCapabilities,
    limit: u32,
) -> Result<(), String> {
    let SurfaceConfiguration { width, height, .. } = *config;
    if width == 0 || height == 0 {
        return Err(
            "Both `Surface` width and height must be non-zero. Wait to recreate the `Surface` until the window has \
             non-zero area."
                .into(),
        );
    }
    if width > limit || height > limit {
        return Err(format!(
            "`Surface` width and height must be within the maximum supported texture size. Requested was ({width}, \
             {height}), maximum extent for either dimension is {limit}."
        ));
    }
    if !capabilities.formats.contains(&config.format) {
        return Err(format!(
            "Requested format {:?} is not in list of supported formats: {:?}",
            config.format, capabilities.formats
        ));
    }
    if !capabilities.present_modes.contains(&config.present_mode) {
        return Err(format!(
            "Requested present mode {:?} is not in the list of supported present modes: {:?}",
            config.present_mode, capabilities.present_modes
        ));
    }
    let chosen_by_engine = config.alpha_mode == CompositeAlphaMode::Auto;
    if !chosen_by_engine && !capabilities.alpha_modes.contains(&config.alpha_mode) {
        return Err(format!(
            "Requested alpha mode {:?} is not in the list of supported alpha modes: {:?}",
            config.alpha_mode, capabilities.alpha_modes
        ));
    }
    if config.usage.is_empty() || !capabilities.usages.contains(config.usage) {
        return Err(format!(
            "Requested usage {:?} is not in the list of supported usages: {:?}",
            config.usage, capabilities.usages
        ));
    }
    let base = config.format.remove_srgb_suffix();
    if let Some(format) =
        config.view_formats.iter().find(|format| format.remove_srgb_suffix() != base)
    {
        return Err(format!(
            "The view format {format:?} is not compatible with texture format {:?}, only changing srgb-ness is allowed.",
            config.format
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_types::PresentMode;

    fn configuration() -> SurfaceConfiguration {
        SurfaceConfiguration {
            usage: TextureUsages::RENDER_ATTACHMENT,
            format: TextureFormat::Bgra8Unorm,
            width: 640,
            height: 480,
            present_mode: PresentMode::Fifo,
            desired_maximum_frame_latency: 2,
            alpha_mode: CompositeAlphaMode::Auto,
            view_formats: vec![TextureFormat::Bgra8UnormSrgb],
        }
    }

    #[test]
    fn what_would_end_the_process_is_found() {
        let capabilities = SurfaceCapabilities {
            formats: vec![TextureFormat::Bgra8Unorm],
            present_modes: vec![PresentMode::Fifo],
            alpha_modes: vec![CompositeAlphaMode::Opaque],
            usages: TextureUsages::RENDER_ATTACHMENT,
        };
        let check =
            |config: SurfaceConfiguration| check_configuration(&config, &capabilities, 1000);
        assert_eq!(check(configuration()), Ok(()));
        let refused = [
            (SurfaceConfiguration { width: 0, ..configuration() }, "non-zero"),
            (SurfaceConfiguration { height: 1001, ..configuration() }, "(640, 1001)"),
            (
                SurfaceConfiguration { format: TextureFormat::Rgba8Unorm, ..configuration() },
                "Rgba8Unorm",
            ),
            (
                SurfaceConfiguration { present_mode: PresentMode::Mailbox, ..configuration() },
                "Mailbox",
            ),
            (
                SurfaceConfiguration { alpha_mode: CompositeAlphaMode::Inherit, ..configuration() },
                "Inherit",
            ),
            (
                SurfaceConfiguration { usage: TextureUsages::STORAGE_BINDING, ..configuration() },
                "STORAGE",
            ),
            (SurfaceConfiguration { usage: TextureUsages::empty(), ..configuration() }, "usage"),
            (
                SurfaceConfiguration {
                    view_formats: vec![TextureFormat::R8Unorm],
                    ..configuration()
                },
                "srgb-ness",
            ),
        ];
        for (config, expected) in refused {
            let message = check(config).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
    }
}
