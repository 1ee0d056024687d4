//! The frames of a surface, and when their textures can be given back.
//!
//! Releasing the texture of a frame that was not presented discards the frame; but the engine knows only one flag per
//! surface, "presented", and ends the process if that says no and there is no frame to discard. So the texture of an older
//! frame is released only while the flag says yes, and waits for that in a queue otherwise.
//!
//! Views, bind groups and clones of the texture may outlive the frame. So its texture is taken away from them when it ends:
//! then they have a stand-in that was destroyed, which is what the engine says about it in every call.

use crate::{
    call::call,
    context::{BeforeDestroy, DeviceContext, InstanceContext},
    error::lock,
    events,
    handle::{Handle, Owner},
};
use std::{
    mem::ManuallyDrop,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};
use wgpu_native_sys_dyn as sys;

/// What can be done with a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Anything.
    Free,
    /// A frame is acquired, and has to be presented or discarded first.
    Acquired,
    /// A frame of a device that the driver has given up could be neither: nothing.
    Stuck,
}

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
    current: Option<Arc<Frame>>,
    next: u64,
    /// What the engine's flag says.
    presented: bool,
    /// Whether the engine still has a frame that nobody can end any more.
    stuck: bool,
    /// Textures of older frames, to be released when the flag says yes.
    waiting: Vec<FrameTexture>,
}

impl State {
    fn is_current(&self, frame: u64) -> bool {
        self.current.as_ref().is_some_and(|current| current.number == frame)
    }
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

    /// Configures the surface for `device` by `configure`, unless something has come in between.
    pub(crate) fn configure(
        self: &Arc<Self>,
        device: &Arc<DeviceContext>,
        configure: impl FnOnce(sys::WGPUSurface),
    ) {
        device.before_destroy(self);
        // The last reference to a device may go with `_before`, and its callbacks may use the surface: not under the lock.
        let _before = {
            let mut state = lock(&self.state);
            let State { surface: Some(surface), current: None, stuck: false, .. } = &*state else {
                return;
            };
            if device.loss.is_lost() {
                return;
            }
            configure(surface.raw());
            state.presented = false;
            state.device.replace(device.clone())
        };
    }

    /// Acquires a frame by `acquire`, which returns its texture, or none.
    pub(crate) fn acquire(
        self: &Arc<Self>,
        acquire: impl FnOnce(sys::WGPUSurface) -> sys::WGPUTexture,
    ) -> Option<Arc<Frame>> {
        let mut state = lock(&self.state);
        let State {
            surface: Some(surface), device: Some(device), current: None, stuck: false, ..
        } = &*state
        else {
            return None;
        };
        if device.loss.is_lost() {
            return None;
        }
        let texture = acquire(surface.raw());
        // SAFETY: The engine gave a reference away, or null.
        let texture = unsafe { Handle::from_owned(texture, device.clone()) }?;
        let frame = Frame::new(self.clone(), state.next, texture);
        state.next += 1;
        state.presented = false;
        state.current = Some(frame.clone());
        Some(frame)
    }

    /// Presents the frame. Returns whether that worked; `None` if it is not the current one.
    fn present(&self, frame: u64) -> Option<bool> {
        let mut state = lock(&self.state);
        if !state.is_current(frame) {
            return None;
        }
        Some(self.present_current(&mut state))
    }

    fn present_current(&self, state: &mut State) -> bool {
        state.current = None;
        let State { surface: Some(surface), device: Some(device), .. } = &*state else {
            return false;
        };
        // The engine ends the process over presenting for a device that is lost.
        state.presented = !device.loss.is_lost() && {
            // SAFETY: The surface is alive, configured for a device that is not lost, and has a frame.
            let status = unsafe { self.instance.functions().wgpuSurfacePresent(surface.raw()) };
            status == sys::WGPUStatus::Success
        };
        if state.presented {
            state.waiting.clear();
        } else {
            state.stuck = true;
        }
        state.presented
    }

    /// Releases the texture of a frame, now or as soon as it can be. If the frame is the current one, it is discarded.
    fn release(&self, frame: u64, texture: FrameTexture) {
        // It may be the last reference to the device, whose callbacks must not be called under the lock.
        let _device = texture.owner().clone();
        let mut state = lock(&self.state);
        if state.is_current(frame) {
            state.current = None;
            // The engine ends the process over discarding a frame of a lost device.
            if texture.owner().loss.is_broken() {
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

    /// Discards the frame that was acquired, if any, whatever still uses its texture.
    fn discard_current(&self) {
        let current = lock(&self.state).current.clone();
        if let Some(frame) = current {
            frame.end();
        }
    }

    /// The surface is dropped: it goes now, before the window, even if the textures of frames are still there.
    pub(crate) fn close(&self) {
        self.discard_current();
        // What goes last may call back: not under the lock.
        let _device = {
            let mut state = lock(&self.state);
            if state.current.is_some() {
                // Another thread is in a call with the frame's texture. Presenting sets the flag.
                self.present_current(&mut state);
            }
            for texture in std::mem::take(&mut state.waiting) {
                std::mem::forget(texture);
            }
            match state.surface.take() {
                // The engine ends the process over a surface that goes with a frame.
                Some(surface) if state.stuck => std::mem::forget(surface),
                surface => drop(surface),
            }
            state.device.take()
        };
    }
}

impl BeforeDestroy for Presentation {
    /// The engine cannot give the frame back once its device is destroyed.
    fn before_destroy(&self, device: &DeviceContext) {
        let current = lock(&self.state).current.clone();
        if let Some(frame) = current.filter(|frame| std::ptr::eq(&*frame.device, device)) {
            frame.end();
        }
    }
}

impl std::fmt::Debug for Presentation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = lock(&self.state);
        formatter
            .debug_struct("Presentation")
            .field("surface", &state.surface)
            .field("frame", &state.current.as_ref().map(|frame| frame.number))
            .finish_non_exhaustive()
    }
}

/// A frame that was acquired.
#[derive(Debug)]
pub(crate) struct Frame {
    number: u64,
    presentation: Arc<Presentation>,
    device: Arc<DeviceContext>,
    /// `None` when the frame has ended.
    texture: Mutex<Option<Arc<Acquired>>>,
    ended: AtomicBool,
    stand_in: OnceLock<FrameTexture>,
}

/// The texture of a frame that has not ended. Calls hold it, so that it stays as long as they last.
#[derive(Debug)]
pub(crate) struct Acquired {
    number: u64,
    presentation: Arc<Presentation>,
    texture: ManuallyDrop<FrameTexture>,
}

impl Frame {
    fn new(presentation: Arc<Presentation>, number: u64, texture: FrameTexture) -> Arc<Self> {
        let device = texture.owner().clone();
        let acquired = Acquired {
            number,
            presentation: presentation.clone(),
            texture: ManuallyDrop::new(texture),
        };
        Arc::new(Self {
            number,
            presentation,
            device,
            texture: Mutex::new(Some(Arc::new(acquired))),
            ended: AtomicBool::new(false),
            stand_in: OnceLock::new(),
        })
    }

    pub(crate) fn device(&self) -> &Arc<DeviceContext> {
        &self.device
    }

    /// Whether commands that use the texture cannot be submitted any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// The texture, if the frame has not ended.
    pub(crate) fn acquired(&self) -> Option<Arc<Acquired>> {
        lock(&self.texture).clone()
    }

    /// A destroyed texture, for calls after the end. `create` makes a texture that is like the one of the frame.
    pub(crate) fn stand_in(&self, create: impl FnOnce() -> FrameTexture) -> sys::WGPUTexture {
        let make = || {
            let texture = events::silence(create);
            call!(texture, wgpuTextureDestroy());
            texture
        };
        self.stand_in.get_or_init(make).raw()
    }

    /// Presents the frame, and ends it. Returns whether that worked; `None` if it has ended before.
    pub(crate) fn present(&self) -> Option<bool> {
        self.set_ended();
        let presented = self.presentation.present(self.number);
        self.release();
        presented
    }

    /// Ends the frame, if that has not happened: it is discarded.
    pub(crate) fn end(&self) {
        self.set_ended();
        self.release();
    }

    fn set_ended(&self) {
        // A submission that was found valid is made with the gate closed, and so before the end.
        let _gate = lock(&self.device.gate);
        self.ended.store(true, Ordering::Release);
    }

    fn release(&self) {
        let acquired = lock(&self.texture).take();
        // Not under the lock: it may be the last reference to more than the texture.
        drop(acquired);
    }
}

impl Acquired {
    /// The handle, for a call.
    pub(crate) fn raw(&self) -> sys::WGPUTexture {
        self.texture.raw()
    }
}

impl Drop for Acquired {
    fn drop(&mut self) {
        // SAFETY: The handle is not used again.
        let texture = unsafe { ManuallyDrop::take(&mut self.texture) };
        self.presentation.release(self.number, texture);
    }
}
