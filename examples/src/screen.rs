//! A window's surface, through everything that can happen to it: resized, minimised, hidden, outdated, lost.

use webgpu as wgpu;

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use winit::window::Window;

use crate::Gpu;
use crate::example::Target;
use crate::gpu::Needs;

/// A window and the surface that its pictures are presented on.
#[derive(Debug)]
pub struct Screen {
    surface: wgpu::Surface<'static>,
    config: wgpu::SurfaceConfiguration,
    /// The surface must be configured before the next picture.
    stale: bool,
    /// The last thing that the surface had to say was that it is lost.
    lost: bool,
    window: Arc<Window>,
}

/// What the surface offers for the next picture.
#[derive(Debug)]
pub enum Next {
    /// Draw on this texture, then present it.
    Picture(wgpu::SurfaceTexture),
    /// Nothing this time: ask again with the next round of events.
    Again,
    /// The window cannot be seen: ask again when it may have come back.
    Hidden,
}

impl Screen {
    /// Makes the surface of `window`, and opens a device that can present to it.
    ///
    /// # Errors
    ///
    /// The window system and the engine do not go together, or there is no device.
    pub fn open(
        instance: wgpu::Instance,
        window: Arc<Window>,
        needs: Needs,
    ) -> Result<(Gpu, Screen)> {
        let surface = create_surface(&instance, &window)?;
        let gpu = Gpu::open(instance, Some(&surface), needs)?;
        let format = format(&gpu, &surface, None)?;
        let screen = Screen::new(surface, window, format);
        Ok((gpu, screen))
    }

    /// Makes the surface of another `window` for the same device, with the same format: what draws on one can draw on
    /// both.
    ///
    /// # Errors
    ///
    /// The window system and the engine do not go together, or the device cannot present to it in this format.
    pub fn another(&self, gpu: &Gpu, window: Arc<Window>) -> Result<Screen> {
        let surface = create_surface(&gpu.instance, &window)?;
        let format = format(gpu, &surface, Some(self.config.format))?;
        Ok(Screen::new(surface, window, format))
    }

    fn new(
        surface: wgpu::Surface<'static>,
        window: Arc<Window>,
        format: wgpu::TextureFormat,
    ) -> Screen {
        let size = window.inner_size();
        let config = wgpu::SurfaceConfiguration {
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            format,
            width: size.width,
            height: size.height,
            present_mode: wgpu::PresentMode::AutoVsync,
            desired_maximum_frame_latency: 2,
            alpha_mode: wgpu::CompositeAlphaMode::Auto,
            view_formats: vec![],
        };
        Screen { surface, config, stale: true, lost: false, window }
    }

    /// Format and size of the next picture.
    #[must_use]
    pub fn target(&self) -> Target {
        Target { format: self.config.format, width: self.config.width, height: self.config.height }
    }

    /// The window whose surface this is.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The window has, or may have, another size.
    pub fn outdate(&mut self) {
        self.stale = true;
    }

    /// Asks the surface for the next picture, after adapting it to the window where it has to be.
    ///
    /// # Errors
    ///
    /// The device reported an error, or a surface was lost as soon as it was made.
    pub fn next(&mut self, gpu: &Gpu) -> Result<Next> {
        if self.stale && !self.configure(gpu)? {
            return Ok(Next::Hidden);
        }
        let current = self.surface.get_current_texture();
        gpu.check()?;
        let lost_before = std::mem::take(&mut self.lost);
        Ok(match current {
            wgpu::CurrentSurfaceTexture::Success(picture) => Next::Picture(picture),
            // It can be shown once more; the next one should fit better.
            wgpu::CurrentSurfaceTexture::Suboptimal(picture) => {
                self.stale = true;
                Next::Picture(picture)
            }
            wgpu::CurrentSurfaceTexture::Timeout => Next::Again,
            wgpu::CurrentSurfaceTexture::Occluded => Next::Hidden,
            wgpu::CurrentSurfaceTexture::Outdated => {
                self.stale = true;
                Next::Again
            }
            wgpu::CurrentSurfaceTexture::Lost if lost_before => {
                bail!("the window's surface is lost as soon as it is made")
            }
            wgpu::CurrentSurfaceTexture::Lost => {
                self.surface = create_surface(&gpu.instance, &self.window)?;
                self.stale = true;
                self.lost = true;
                Next::Again
            }
            wgpu::CurrentSurfaceTexture::Validation => {
                bail!("the window's surface was used in a wrong way")
            }
        })
    }

    /// Gives the surface the window's size. A window without an area (minimised, on some systems) has no surface to
    /// configure: then it stays stale and this returns `false`.
    fn configure(&mut self, gpu: &Gpu) -> Result<bool> {
        let size = self.window.inner_size();
        if size.width == 0 || size.height == 0 {
            return Ok(false);
        }
        let longest = gpu.device.limits().max_texture_dimension_2d;
        self.config.width = size.width.min(longest);
        self.config.height = size.height.min(longest);
        self.surface.configure(&gpu.device, &self.config);
        gpu.check().context("cannot adapt to the window")?;
        self.stale = false;
        Ok(true)
    }
}

/// A format that the surface has with this device: the `wanted` one, or else one that suits it.
fn format(
    gpu: &Gpu,
    surface: &wgpu::Surface<'_>,
    wanted: Option<wgpu::TextureFormat>,
) -> Result<wgpu::TextureFormat> {
    let formats = surface.get_capabilities(&gpu.adapter).formats;
    let found = match wanted {
        Some(wanted) => formats.iter().find(|&&format| format == wanted),
        // Shaders compute with linear light; an sRGB format encodes it for the eye.
        None => formats.iter().find(|format| format.is_srgb()).or(formats.first()),
    };
    found.copied().with_context(|| format!("{} cannot present to this window", gpu.name()))
}

fn create_surface(
    instance: &wgpu::Instance,
    window: &Arc<Window>,
) -> Result<wgpu::Surface<'static>> {
    instance.create_surface(window.clone()).context("cannot make a surface of the window")
}
