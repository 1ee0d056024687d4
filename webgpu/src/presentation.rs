//! The frames of a surface, and when their textures can be given back.
//!
//! Releasing the texture of a frame that was not presented discards the frame; but the engine knows only one flag per
//! surface, "presented", and ends the process if that says no and there is no frame to discard. So the texture of an older
//! frame is released only while the flag says yes, and waits for that in a queue otherwise.

use crate::{
    context::{DeviceContext, InstanceContext},
    error::lock,
    handle::{Handle, Owner},
};
use std::sync::{Arc, Mutex};
use wgpu_native_sys_dyn as sys;

/// What can be done with a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Anything.
    Free,
    /// A frame is acquired, and has to be presented or discarded first.
    Acquired,
    /// A frame of a device that is lost could be neither: nothing.
    Stuck,
}

/// The texture of a frame.
type FrameTexture = Handle<sys::WGPUTextureImpl, Arc<DeviceContext>>;

/// A surface of the engine, and the state of its frames.
pub(crate) struct Presentation {
    instance: Arc<InstanceContext>,
    state: Mutex<State>,
}

struct State {
    /// `None` once the surface was dropped.
    surface: Option<Handle<sys::WGPUSurfaceImpl, Arc<InstanceContext>>>,
    /// The device that it was last configured for.
    device: Option<Arc<DeviceContext>>,
    /// The frame that was acquired, and neither presented nor discarded.
    current: Option<u64>,
    next: u64,
    /// What the engine's flag says.
    presented: bool,
    /// Whether the engine still has a frame that nobody can end any more.
    stuck: bool,
    /// Textures of older frames, to be released when the flag says yes.
    waiting: Vec<FrameTexture>,
}

impl Presentation {
    pub(crate) fn new(surface: Handle<sys::WGPUSurfaceImpl, Arc<InstanceContext>>) -> Arc<Self> {
        let instance = surface.owner().clone();
        let state = State {
            surface: Some(surface),
            device: None,
            current: None,
            next: 1,
            presented: false,
            stuck: false,
            waiting: Vec::new(),
        };
        Arc::new(Self { instance, state: Mutex::new(state) })
    }

    /// The handle of the surface, for a call; null once it was dropped.
    pub(crate) fn raw(&self) -> sys::WGPUSurface {
        lock(&self.state).surface.as_ref().map_or(std::ptr::null_mut(), Handle::raw)
    }

    /// The device that the surface was last configured for.
    pub(crate) fn device(&self) -> Option<Arc<DeviceContext>> {
        lock(&self.state).device.clone()
    }

    /// Whether a frame can be acquired, and the surface configured.
    pub(crate) fn phase(&self) -> Phase {
        let state = lock(&self.state);
        if state.stuck {
            Phase::Stuck
        } else if state.current.is_some() {
            Phase::Acquired
        } else {
            Phase::Free
        }
    }

    /// Configures the surface for `device` by `configure`.
    pub(crate) fn configure(
        &self,
        device: &Arc<DeviceContext>,
        configure: impl FnOnce(sys::WGPUSurface),
    ) {
        let mut state = lock(&self.state);
        if let Some(surface) = &state.surface {
            configure(surface.raw());
            state.device = Some(device.clone());
            state.presented = false;
        }
    }

    /// Acquires a frame by `acquire`, which returns its texture, or none. The result has the number of the frame.
    pub(crate) fn acquire(
        &self,
        acquire: impl FnOnce(sys::WGPUSurface) -> sys::WGPUTexture,
    ) -> Option<(FrameTexture, u64)> {
        let mut state = lock(&self.state);
        let surface = state.surface.as_ref()?;
        let device = state.device.clone()?;
        let texture = acquire(surface.raw());
        // SAFETY: The engine gave a reference away, or null.
        let texture = unsafe { Handle::from_owned(texture, device) }?;
        let frame = state.next;
        state.next += 1;
        state.current = Some(frame);
        state.presented = false;
        Some((texture, frame))
    }

    /// Presents the frame. Returns whether that worked; `None` if it is not the current one.
    pub(crate) fn present(&self, frame: u64) -> Option<bool> {
        let mut state = lock(&self.state);
        if state.current != Some(frame) {
            return None;
        }
        Some(self.present_current(&mut state))
    }

    fn present_current(&self, state: &mut State) -> bool {
        state.current = None;
        let Some(surface) = &state.surface else {
            return false;
        };
        // SAFETY: The surface is alive.
        let status = unsafe { self.instance.functions().wgpuSurfacePresent(surface.raw()) };
        state.presented = status == sys::WGPUStatus::Success;
        if state.presented {
            state.waiting.clear();
        } else {
            state.stuck = true;
        }
        state.presented
    }

    /// Releases the texture of a frame, now or as soon as it can be. If the frame is the current one, it is discarded.
    pub(crate) fn release(&self, frame: u64, texture: FrameTexture) {
        let mut state = lock(&self.state);
        if state.current == Some(frame) {
            state.current = None;
            // The engine ends the process over discarding a frame of a lost device.
            if texture.owner().loss.is_lost() {
                state.stuck = true;
                std::mem::forget(texture);
            } else {
                drop(texture);
            }
        } else if state.presented {
            drop(texture);
        } else if state.surface.is_some() {
            state.waiting.push(texture);
        } else {
            // The flag will not change any more, and there is no surface to discard the frame of.
            std::mem::forget(texture);
        }
    }

    /// The surface is dropped: it goes now, before the window, even if the textures of frames are still there.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        if state.current.is_some()
            && !state.device.as_ref().is_some_and(|device| device.loss.is_lost())
        {
            // Nobody can discard the frame later on. Presenting it sets the flag.
            self.present_current(&mut state);
        }
        state.current = None;
        for texture in std::mem::take(&mut state.waiting) {
            std::mem::forget(texture);
        }
        state.surface = None;
        state.device = None;
    }
}

impl std::fmt::Debug for Presentation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = lock(&self.state);
        formatter
            .debug_struct("Presentation")
            .field("surface", &state.surface)
            .field("current", &state.current)
            .finish_non_exhaustive()
    }
}
