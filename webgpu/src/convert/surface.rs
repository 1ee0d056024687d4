//! Surfaces: where they come from, what they can do, how they are configured.

use super::{
    Chained, borrowed_list, chain, texture_format, texture_format_from, texture_usages,
    texture_usages_from,
};
use crate::api::{SurfaceConfiguration, SurfaceTargetUnsafe};
use raw_window_handle::{RawDisplayHandle, RawWindowHandle};
use std::{ffi::c_void, ptr::NonNull};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{CompositeAlphaMode, PresentMode, SurfaceCapabilities, TextureUsages};

/// Hands the struct for a surface on this target to `call`, or returns why the engine cannot present there.
///
/// `instance_display` is the display that the instance was created with, for targets that do not name one.
///
/// # Safety
/// The handles must be valid.
pub(crate) unsafe fn with_surface_descriptor<R>(
    target: &SurfaceTargetUnsafe,
    instance_display: Option<RawDisplayHandle>,
    call: impl FnOnce(*const sys::WGPUSurfaceDescriptor) -> R,
) -> Result<R, String> {
    match target {
        SurfaceTargetUnsafe::RawHandle { raw_display_handle, raw_window_handle } => {
            let display = raw_display_handle.or(instance_display);
            // SAFETY: The caller vouches for the handles.
            unsafe { with_window(*raw_window_handle, display, call) }
        }
        #[cfg(all(unix, not(target_vendor = "apple"), not(target_family = "wasm")))]
        SurfaceTargetUnsafe::Drm { .. } => Err(unsupported("a DRM plane")),
        #[cfg(target_vendor = "apple")]
        SurfaceTargetUnsafe::CoreAnimationLayer(layer) => Ok(with_layer(*layer, call)),
        #[cfg(windows)]
        SurfaceTargetUnsafe::SwapChainPanel(panel) => {
            let source = sys::WGPUSurfaceSourceSwapChainPanel {
                panelNative: *panel,
                ..sys::WGPUSurfaceSourceSwapChainPanel::INIT
            };
            Ok(with_source(source, call))
        }
        #[cfg(windows)]
        SurfaceTargetUnsafe::CompositionVisual(_) => Err(unsupported("a composition visual")),
        #[cfg(windows)]
        SurfaceTargetUnsafe::SurfaceHandle(_) => Err(unsupported("a composition surface handle")),
    }
}

/// # Safety
/// The handles must be valid.
unsafe fn with_window<R>(
    window: RawWindowHandle,
    display: Option<RawDisplayHandle>,
    call: impl FnOnce(*const sys::WGPUSurfaceDescriptor) -> R,
) -> Result<R, String> {
    match (window, display) {
        (RawWindowHandle::Xlib(window), Some(RawDisplayHandle::Xlib(display))) => {
            let source = sys::WGPUSurfaceSourceXlibWindow {
                display: connected(display.display, "Xlib")?,
                #[allow(clippy::useless_conversion, reason = "C's `long` has 32 bits on some platforms")]
                window: u64::from(window.window),
                ..sys::WGPUSurfaceSourceXlibWindow::INIT
            };
            Ok(with_source(source, call))
        }
        (RawWindowHandle::Xcb(window), Some(RawDisplayHandle::Xcb(display))) => {
            let source = sys::WGPUSurfaceSourceXCBWindow {
                connection: connected(display.connection, "XCB")?,
                window: window.window.get(),
                ..sys::WGPUSurfaceSourceXCBWindow::INIT
            };
            Ok(with_source(source, call))
        }
        (RawWindowHandle::Wayland(window), Some(RawDisplayHandle::Wayland(display))) => {
            let source = sys::WGPUSurfaceSourceWaylandSurface {
                display: display.display.as_ptr(),
                surface: window.surface.as_ptr(),
                ..sys::WGPUSurfaceSourceWaylandSurface::INIT
            };
            Ok(with_source(source, call))
        }
        (RawWindowHandle::Win32(window), _) => {
            let instance = window.hinstance.map_or(0, std::num::NonZeroIsize::get);
            let source = sys::WGPUSurfaceSourceWindowsHWND {
                hinstance: std::ptr::with_exposed_provenance_mut(instance.cast_unsigned()),
                hwnd: std::ptr::with_exposed_provenance_mut(window.hwnd.get().cast_unsigned()),
                ..sys::WGPUSurfaceSourceWindowsHWND::INIT
            };
            Ok(with_source(source, call))
        }
        (RawWindowHandle::AndroidNdk(window), _) => {
            let source = sys::WGPUSurfaceSourceAndroidNativeWindow {
                window: window.a_native_window.as_ptr(),
                ..sys::WGPUSurfaceSourceAndroidNativeWindow::INIT
            };
            Ok(with_source(source, call))
        }
        // The engine presents to a layer, and keeps it.
        #[cfg(target_vendor = "apple")]
        (RawWindowHandle::AppKit(window), _) => {
            // SAFETY: The caller vouches for the view.
            let layer = unsafe { raw_window_metal::Layer::from_ns_view(window.ns_view) };
            Ok(with_layer(layer.as_ptr().as_ptr(), call))
        }
        #[cfg(target_vendor = "apple")]
        (RawWindowHandle::UiKit(window), _) => {
            // SAFETY: The caller vouches for the view.
            let layer = unsafe { raw_window_metal::Layer::from_ui_view(window.ui_view) };
            Ok(with_layer(layer.as_ptr().as_ptr(), call))
        }
        (RawWindowHandle::Xlib(_) | RawWindowHandle::Xcb(_) | RawWindowHandle::Wayland(_), None) => Err(
            "A window of X11 or Wayland needs its display as well: create the surface from an object that has both \
             handles, or give the display to the instance in `InstanceDescriptor::display`"
                .into(),
        ),
        (RawWindowHandle::Xlib(_) | RawWindowHandle::Xcb(_) | RawWindowHandle::Wayland(_), Some(display)) => {
            Err(format!("The window handle {window:?} and the display handle {display:?} are of different kinds"))
        }
        (other, _) => Err(unsupported(&format!("a window of this kind ({other:?})"))),
    }
}

#[cfg(target_vendor = "apple")]
fn with_layer<R>(
    layer: *mut c_void,
    call: impl FnOnce(*const sys::WGPUSurfaceDescriptor) -> R,
) -> R {
    let source =
        sys::WGPUSurfaceSourceMetalLayer { layer, ..sys::WGPUSurfaceSourceMetalLayer::INIT };
    with_source(source, call)
}

fn with_source<R>(
    mut source: impl Chained,
    call: impl FnOnce(*const sys::WGPUSurfaceDescriptor) -> R,
) -> R {
    let descriptor = sys::WGPUSurfaceDescriptor {
        nextInChain: chain(&mut source),
        ..sys::WGPUSurfaceDescriptor::INIT
    };
    call(&raw const descriptor)
}

fn connected(pointer: Option<NonNull<c_void>>, kind: &str) -> Result<*mut c_void, String> {
    let missing = || format!("The {kind} display handle carries no connection to the display");
    pointer.map(NonNull::as_ptr).ok_or_else(missing)
}

fn unsupported(what: &str) -> String {
    format!("The engine cannot present to {what}")
}

/// What the engine wrote about a surface. Values that are not known here are left out.
///
/// # Safety
/// The lists must be as the engine wrote them, not yet freed.
pub(crate) unsafe fn capabilities_from(
    capabilities: &sys::WGPUSurfaceCapabilities,
) -> SurfaceCapabilities {
    // SAFETY: The caller vouches for the list.
    let formats = unsafe { borrowed_list(capabilities.formats, capabilities.formatCount) };
    // SAFETY: The caller vouches for the list.
    let present_modes =
        unsafe { borrowed_list(capabilities.presentModes, capabilities.presentModeCount) };
    // SAFETY: The caller vouches for the list.
    let alpha_modes =
        unsafe { borrowed_list(capabilities.alphaModes, capabilities.alphaModeCount) };
    SurfaceCapabilities {
        formats: formats.iter().filter_map(|format| texture_format_from(*format)).collect(),
        present_modes: present_modes.iter().filter_map(|mode| present_mode_from(*mode)).collect(),
        alpha_modes: alpha_modes.iter().filter_map(|mode| alpha_mode_from(*mode)).collect(),
        usages: completed(texture_usages_from(capabilities.usages)),
    }
}

/// The usages of a surface with those that the engine knows and does not list.
///
/// Its backends that can be copied from can be copied to. Only Vulkan has surfaces that can be bound, and its drivers take
/// them as storage too.
fn completed(mut usages: TextureUsages) -> TextureUsages {
    if usages.contains(TextureUsages::COPY_SRC) {
        usages |= TextureUsages::COPY_DST;
    }
    if usages.contains(TextureUsages::COPY_SRC | TextureUsages::TEXTURE_BINDING) {
        usages |= TextureUsages::STORAGE_BINDING;
    }
    usages
}

fn present_mode_from(mode: sys::WGPUPresentMode) -> Option<PresentMode> {
    Some(match mode {
        sys::WGPUPresentMode::Fifo => PresentMode::Fifo,
        sys::WGPUPresentMode::FifoRelaxed => PresentMode::FifoRelaxed,
        sys::WGPUPresentMode::Immediate => PresentMode::Immediate,
        sys::WGPUPresentMode::Mailbox => PresentMode::Mailbox,
        _ => return None,
    })
}

fn alpha_mode_from(mode: sys::WGPUCompositeAlphaMode) -> Option<CompositeAlphaMode> {
    Some(match mode {
        sys::WGPUCompositeAlphaMode::Auto => CompositeAlphaMode::Auto,
        sys::WGPUCompositeAlphaMode::Opaque => CompositeAlphaMode::Opaque,
        sys::WGPUCompositeAlphaMode::Premultiplied => CompositeAlphaMode::PreMultiplied,
        sys::WGPUCompositeAlphaMode::Unpremultiplied => CompositeAlphaMode::PostMultiplied,
        sys::WGPUCompositeAlphaMode::Inherit => CompositeAlphaMode::Inherit,
        _ => return None,
    })
}

/// What stands for the modes that choose by themselves, among those that the surface has.
pub(crate) fn chosen_present_mode(mode: PresentMode, available: &[PresentMode]) -> PresentMode {
    let wanted: &[PresentMode] = match mode {
        PresentMode::AutoVsync => &[PresentMode::FifoRelaxed, PresentMode::Fifo],
        PresentMode::AutoNoVsync => {
            &[PresentMode::Immediate, PresentMode::Mailbox, PresentMode::Fifo]
        }
        _ => return mode,
    };
    let found = wanted.iter().find(|mode| available.contains(mode));
    found.copied().unwrap_or(PresentMode::Fifo)
}

/// Hands the struct for this configuration to `call`, or returns what in it has no name in C.
pub(crate) fn with_surface_configuration<R>(
    configuration: &SurfaceConfiguration,
    device: sys::WGPUDevice,
    call: impl FnOnce(*const sys::WGPUSurfaceConfiguration) -> R,
) -> Result<R, String> {
    let named = |format| {
        texture_format(format)
            .ok_or_else(|| format!("Texture format {format:?} cannot be passed to the engine"))
    };
    let view_formats = configuration.view_formats.iter().map(|format| named(*format));
    let view_formats = view_formats.collect::<Result<Vec<_>, _>>()?;
    let mut extras = sys::WGPUSurfaceConfigurationExtras {
        desiredMaximumFrameLatency: configuration.desired_maximum_frame_latency,
        ..sys::WGPUSurfaceConfigurationExtras::INIT
    };
    let configuration = sys::WGPUSurfaceConfiguration {
        nextInChain: chain(&mut extras),
        device,
        format: named(configuration.format)?,
        usage: texture_usages(configuration.usage),
        width: configuration.width,
        height: configuration.height,
        viewFormatCount: view_formats.len(),
        viewFormats: view_formats.as_ptr(),
        alphaMode: match configuration.alpha_mode {
            CompositeAlphaMode::Auto => sys::WGPUCompositeAlphaMode::Auto,
            CompositeAlphaMode::Opaque => sys::WGPUCompositeAlphaMode::Opaque,
            CompositeAlphaMode::PreMultiplied => sys::WGPUCompositeAlphaMode::Premultiplied,
            CompositeAlphaMode::PostMultiplied => sys::WGPUCompositeAlphaMode::Unpremultiplied,
            CompositeAlphaMode::Inherit => sys::WGPUCompositeAlphaMode::Inherit,
        },
        presentMode: match configuration.present_mode {
            PresentMode::Fifo | PresentMode::AutoVsync | PresentMode::AutoNoVsync => {
                sys::WGPUPresentMode::Fifo
            }
            PresentMode::FifoRelaxed => sys::WGPUPresentMode::FifoRelaxed,
            PresentMode::Immediate => sys::WGPUPresentMode::Immediate,
            PresentMode::Mailbox => sys::WGPUPresentMode::Mailbox,
        },
    };
    Ok(call(&raw const configuration))
}

#[cfg(test)]
mod tests {
    use super::*;
    use raw_window_handle::{
        AndroidNdkWindowHandle, Win32WindowHandle, XcbDisplayHandle, XcbWindowHandle,
        XlibDisplayHandle, XlibWindowHandle,
    };
    use std::num::{NonZeroIsize, NonZeroU32};

    /// Which struct is made. No handle here is used but to be copied.
    fn tag(target: &SurfaceTargetUnsafe) -> Result<sys::WGPUSType, String> {
        let tag = |descriptor: *const sys::WGPUSurfaceDescriptor| {
            // SAFETY: The pointer is that of a live struct.
            let chain = unsafe { (*descriptor).nextInChain };
            // SAFETY: It has a chain.
            unsafe { (*chain).sType }
        };
        // SAFETY: Only views of macOS and iOS are looked into.
        unsafe { with_surface_descriptor(target, None, tag) }
    }

    fn window(window: RawWindowHandle, display: Option<RawDisplayHandle>) -> SurfaceTargetUnsafe {
        SurfaceTargetUnsafe::RawHandle { raw_display_handle: display, raw_window_handle: window }
    }

    #[test]
    fn a_window_needs_a_fitting_display() {
        let xlib = RawWindowHandle::Xlib(XlibWindowHandle::new(7));
        assert!(tag(&window(xlib, None)).unwrap_err().contains("InstanceDescriptor::display"));
        let unconnected = RawDisplayHandle::Xlib(XlibDisplayHandle::new(None, 0));
        assert!(tag(&window(xlib, Some(unconnected))).unwrap_err().contains("no connection"));
        let connected =
            RawDisplayHandle::Xlib(XlibDisplayHandle::new(Some(NonNull::dangling()), 0));
        assert_eq!(
            tag(&window(xlib, Some(connected))),
            Ok(sys::WGPUSType::SurfaceSourceXlibWindow)
        );
        let wayland = raw_window_handle::WaylandWindowHandle::new(NonNull::dangling());
        let wayland = window(RawWindowHandle::Wayland(wayland), Some(connected));
        assert!(tag(&wayland).unwrap_err().contains("different kinds"));
    }

    #[test]
    fn every_window_system_has_its_struct() {
        let dangling = NonNull::dangling();
        let xcb = RawWindowHandle::Xcb(XcbWindowHandle::new(NonZeroU32::MIN));
        let connection = RawDisplayHandle::Xcb(XcbDisplayHandle::new(Some(dangling), 0));
        let wayland = raw_window_handle::WaylandWindowHandle::new(dangling);
        let display = raw_window_handle::WaylandDisplayHandle::new(dangling);
        let win32 = Win32WindowHandle::new(NonZeroIsize::MIN);
        let android = AndroidNdkWindowHandle::new(dangling);
        for (target, expected) in [
            (window(xcb, Some(connection)), sys::WGPUSType::SurfaceSourceXCBWindow),
            (
                window(RawWindowHandle::Wayland(wayland), Some(RawDisplayHandle::Wayland(display))),
                sys::WGPUSType::SurfaceSourceWaylandSurface,
            ),
            (window(RawWindowHandle::Win32(win32), None), sys::WGPUSType::SurfaceSourceWindowsHWND),
            (
                window(RawWindowHandle::AndroidNdk(android), None),
                sys::WGPUSType::SurfaceSourceAndroidNativeWindow,
            ),
        ] {
            assert_eq!(tag(&target), Ok(expected), "{target:?}");
        }
    }

    #[test]
    fn what_the_engine_cannot_present_to_is_said() {
        let web = RawWindowHandle::Web(raw_window_handle::WebWindowHandle::new(1));
        assert!(tag(&window(web, None)).unwrap_err().contains("Web"));
        #[cfg(not(target_vendor = "apple"))]
        {
            let view = raw_window_handle::AppKitWindowHandle::new(NonNull::dangling());
            let view = window(RawWindowHandle::AppKit(view), None);
            assert!(tag(&view).unwrap_err().contains("AppKit"));
        }
    }

    #[test]
    fn automatic_modes_choose_what_is_there() {
        let all = [PresentMode::Fifo, PresentMode::Mailbox];
        assert_eq!(chosen_present_mode(PresentMode::AutoVsync, &all), PresentMode::Fifo);
        assert_eq!(chosen_present_mode(PresentMode::AutoNoVsync, &all), PresentMode::Mailbox);
        assert_eq!(chosen_present_mode(PresentMode::Immediate, &all), PresentMode::Immediate);
    }

    #[test]
    fn capabilities_leave_out_what_is_not_known() {
        let formats = [sys::WGPUTextureFormat::BGRA8UnormSrgb, sys::WGPUTextureFormat(0x7777)];
        let capabilities = sys::WGPUSurfaceCapabilities {
            formats: formats.as_ptr(),
            formatCount: formats.len(),
            usages: sys::WGPUTextureUsage::RenderAttachment,
            ..sys::WGPUSurfaceCapabilities::INIT
        };
        // SAFETY: The list lives, and there are no others.
        let capabilities = unsafe { capabilities_from(&capabilities) };
        assert_eq!(capabilities.formats, [wgpu_types::TextureFormat::Bgra8UnormSrgb]);
        assert_eq!(capabilities.usages, wgpu_types::TextureUsages::RENDER_ATTACHMENT);
        assert!(capabilities.present_modes.is_empty());
    }
}
