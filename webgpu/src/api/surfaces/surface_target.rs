use super::CreateSurfaceError;
use raw_window_handle::{
    HandleError, HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle,
};
use std::fmt;
use wgpu_types::WasmNotSendSync;

/// What a surface can be made for: a window that gives out its handle.
pub trait WindowHandle: HasWindowHandle + WasmNotSendSync {}

impl<T: HasWindowHandle + WasmNotSendSync> WindowHandle for T {}

/// What a surface can be made for: a window that gives out its handle and that of its display.
pub trait DisplayAndWindowHandle: WindowHandle + HasDisplayHandle {}

impl<T: WindowHandle + HasDisplayHandle> DisplayAndWindowHandle for T {}

/// Where a [`Surface`](crate::Surface) is shown.
#[non_exhaustive]
pub enum SurfaceTarget<'window> {
    /// A window with its display.
    DisplayAndWindow(Box<dyn DisplayAndWindowHandle + 'window>),
    /// A window on the display that the instance was made with.
    Window(Box<dyn WindowHandle + 'window>),
}

impl<'window> SurfaceTarget<'window> {
    /// A window on the display that the instance was made with.
    pub fn from_window_without_display(window: impl WindowHandle + 'window) -> Self {
        Self::Window(Box::new(window))
    }

    /// The raw handles, and the window that they belong to.
    pub(in crate::api) fn into_parts(
        self,
    ) -> Result<(SurfaceTargetUnsafe, HandleSource<'window>), CreateSurfaceError> {
        match self {
            Self::DisplayAndWindow(window) => {
                // SAFETY: The window goes with the handles.
                let target =
                    unsafe { SurfaceTargetUnsafe::from_display_and_window(&window, &window) };
                Ok((
                    target.map_err(CreateSurfaceError::no_handle)?,
                    HandleSource::DisplayAndWindow(window),
                ))
            }
            Self::Window(window) => {
                // SAFETY: The window goes with the handles.
                let target = unsafe { SurfaceTargetUnsafe::from_window(&window) };
                Ok((target.map_err(CreateSurfaceError::no_handle)?, HandleSource::Window(window)))
            }
        }
    }
}

impl<'window, T: DisplayAndWindowHandle + 'window> From<T> for SurfaceTarget<'window> {
    fn from(window: T) -> Self {
        Self::DisplayAndWindow(Box::new(window))
    }
}

impl fmt::Debug for SurfaceTarget<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::DisplayAndWindow(_) => "DisplayAndWindow",
            Self::Window(_) => "Window",
        };
        formatter.debug_tuple(name).finish_non_exhaustive()
    }
}

/// The window that a surface keeps.
pub(in crate::api) enum HandleSource<'window> {
    DisplayAndWindow(
        #[expect(dead_code, reason = "kept to be dropped")]
        Box<dyn DisplayAndWindowHandle + 'window>,
    ),
    Window(#[expect(dead_code, reason = "kept to be dropped")] Box<dyn WindowHandle + 'window>),
}

/// Where a [`Surface`](crate::Surface) is shown, by raw handles.
#[derive(Debug)]
#[non_exhaustive]
pub enum SurfaceTargetUnsafe {
    /// A window.
    ///
    /// # Safety
    /// Both handles must be valid, and stay so until the surface is dropped.
    RawHandle {
        /// The display; `None` for the one that the instance was made with.
        raw_display_handle: Option<RawDisplayHandle>,
        /// The window.
        raw_window_handle: RawWindowHandle,
    },
    /// A screen, without a window system. The engine's C interface has no place for this.
    #[cfg(all(unix, not(target_vendor = "apple"), not(target_family = "wasm")))]
    Drm {
        /// The file descriptor of the device.
        fd: i32,
        /// The plane.
        plane: u32,
        /// The connector.
        connector_id: u32,
        /// The width of the mode.
        width: u32,
        /// The height of the mode.
        height: u32,
        /// The thousandfold of the mode's frames in a second.
        refresh_rate: u32,
    },
    /// A `CAMetalLayer`.
    ///
    /// # Safety
    /// It must be one, and stay alive until the surface is dropped.
    #[cfg(target_vendor = "apple")]
    CoreAnimationLayer(*mut std::ffi::c_void),
    /// An `IDCompositionVisual`. The engine's C interface has no place for this.
    #[cfg(windows)]
    CompositionVisual(*mut std::ffi::c_void),
    /// A surface handle of DirectComposition. The engine's C interface has no place for this.
    #[cfg(windows)]
    SurfaceHandle(*mut std::ffi::c_void),
    /// An `ISwapChainPanelNative`.
    ///
    /// # Safety
    /// It must be one, and stay alive until the surface is dropped.
    #[cfg(windows)]
    SwapChainPanel(*mut std::ffi::c_void),
}

impl SurfaceTargetUnsafe {
    /// The raw handles of a window and its display.
    ///
    /// # Errors
    /// If they give out no handle.
    ///
    /// # Safety
    /// Both must live longer than the surface that is made for this.
    pub unsafe fn from_display_and_window(
        display: &impl HasDisplayHandle,
        window: &impl HasWindowHandle,
    ) -> Result<Self, HandleError> {
        Ok(Self::RawHandle {
            raw_display_handle: Some(display.display_handle()?.as_raw()),
            raw_window_handle: window.window_handle()?.as_raw(),
        })
    }

    /// The raw handle of a window on the display that the instance was made with.
    ///
    /// # Errors
    /// If it gives out no handle.
    ///
    /// # Safety
    /// It must live longer than the surface that is made for this.
    pub unsafe fn from_window(window: &impl HasWindowHandle) -> Result<Self, HandleError> {
        Ok(Self::RawHandle {
            raw_display_handle: None,
            raw_window_handle: window.window_handle()?.as_raw(),
        })
    }
}
