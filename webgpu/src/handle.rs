//! Counted references to the engine's objects: the only place where `AddRef` and `Release` are called.

use crate::engine::Functions;
use std::{fmt, ptr::NonNull};
use wgpu_native_sys_dyn as sys;

/// An object of the engine, by the opaque type that its handle points to.
pub(crate) trait Object: Sized {
    /// The C name, for `Debug`.
    const NAME: &'static str;

    /// Takes one more reference.
    ///
    /// # Safety
    /// `raw` must be a live handle of the engine whose table this is.
    unsafe fn add_ref(functions: &Functions, raw: *mut Self);

    /// Gives one reference back.
    ///
    /// # Safety
    /// `raw` must be a live handle of the engine whose table this is, and the caller must own a reference.
    unsafe fn release(functions: &Functions, raw: *mut Self);
}

macro_rules! objects {
    ($($object:ident: $add_ref:ident, $release:ident;)*) => {$(
        impl Object for sys::$object {
            const NAME: &'static str = stringify!($object);

            unsafe fn add_ref(functions: &Functions, raw: *mut Self) {
                // SAFETY: The caller vouches for the handle.
                unsafe { functions.$add_ref(raw) }
            }

            unsafe fn release(functions: &Functions, raw: *mut Self) {
                // SAFETY: The caller vouches for the handle and its reference.
                unsafe { functions.$release(raw) }
            }
        }
    )*};
}

objects! {
    WGPUAdapterImpl: wgpuAdapterAddRef, wgpuAdapterRelease;
    WGPUBindGroupImpl: wgpuBindGroupAddRef, wgpuBindGroupRelease;
    WGPUBindGroupLayoutImpl: wgpuBindGroupLayoutAddRef, wgpuBindGroupLayoutRelease;
    WGPUBufferImpl: wgpuBufferAddRef, wgpuBufferRelease;
    WGPUCommandBufferImpl: wgpuCommandBufferAddRef, wgpuCommandBufferRelease;
    WGPUCommandEncoderImpl: wgpuCommandEncoderAddRef, wgpuCommandEncoderRelease;
    WGPUComputePassEncoderImpl: wgpuComputePassEncoderAddRef, wgpuComputePassEncoderRelease;
    WGPUComputePipelineImpl: wgpuComputePipelineAddRef, wgpuComputePipelineRelease;
    WGPUDeviceImpl: wgpuDeviceAddRef, wgpuDeviceRelease;
    WGPUInstanceImpl: wgpuInstanceAddRef, wgpuInstanceRelease;
    WGPUPipelineLayoutImpl: wgpuPipelineLayoutAddRef, wgpuPipelineLayoutRelease;
    WGPUQuerySetImpl: wgpuQuerySetAddRef, wgpuQuerySetRelease;
    WGPUQueueImpl: wgpuQueueAddRef, wgpuQueueRelease;
    WGPURenderBundleImpl: wgpuRenderBundleAddRef, wgpuRenderBundleRelease;
    WGPURenderBundleEncoderImpl: wgpuRenderBundleEncoderAddRef, wgpuRenderBundleEncoderRelease;
    WGPURenderPassEncoderImpl: wgpuRenderPassEncoderAddRef, wgpuRenderPassEncoderRelease;
    WGPURenderPipelineImpl: wgpuRenderPipelineAddRef, wgpuRenderPipelineRelease;
    WGPUSamplerImpl: wgpuSamplerAddRef, wgpuSamplerRelease;
    WGPUShaderModuleImpl: wgpuShaderModuleAddRef, wgpuShaderModuleRelease;
    WGPUSurfaceImpl: wgpuSurfaceAddRef, wgpuSurfaceRelease;
    WGPUTextureImpl: wgpuTextureAddRef, wgpuTextureRelease;
    WGPUTextureViewImpl: wgpuTextureViewAddRef, wgpuTextureViewRelease;
}

/// What must outlive a handle, and leads to the function table that releases it: the engine, the instance or the device.
pub(crate) trait Owner: Clone {
    /// The function table of the engine that made the object.
    fn functions(&self) -> &Functions;
}

/// One reference to an object of the engine. Cloning takes another one, dropping gives it back, then the owner's.
pub(crate) struct Handle<T: Object, O: Owner> {
    raw: NonNull<T>,
    owner: O,
}

// SAFETY: The engine counts references atomically and locks what its objects share, whichever thread calls; what it
// leaves to the caller (an encoder is used by one thread at a time) is enforced by `&mut` in the public API.
unsafe impl<T: Object, O: Owner + Send> Send for Handle<T, O> {}

// SAFETY: As above; a shared reference to a handle gives access to calls that the engine allows from all threads.
unsafe impl<T: Object, O: Owner + Sync> Sync for Handle<T, O> {}

impl<T: Object, O: Owner> Handle<T, O> {
    /// Takes over the reference that a function of the engine returned; `None` if it returned null.
    ///
    /// # Safety
    /// `raw` must be null or a live handle of the engine that `owner` leads to, with a reference that the caller owns and
    /// gives away here.
    pub(crate) unsafe fn from_owned(raw: *mut T, owner: O) -> Option<Self> {
        NonNull::new(raw).map(|raw| Self { raw, owner })
    }

    /// The handle, for a call.
    pub(crate) fn raw(&self) -> *mut T {
        self.raw.as_ptr()
    }

    /// What keeps the object alive.
    pub(crate) fn owner(&self) -> &O {
        &self.owner
    }

    /// The function table to call with this handle.
    pub(crate) fn functions(&self) -> &Functions {
        self.owner.functions()
    }
}

impl<T: Object, O: Owner> Clone for Handle<T, O> {
    fn clone(&self) -> Self {
        // SAFETY: `raw` is alive as long as `self` is, and belongs to the owner's engine.
        unsafe { T::add_ref(self.owner.functions(), self.raw.as_ptr()) };
        Self { raw: self.raw, owner: self.owner.clone() }
    }
}

impl<T: Object, O: Owner> Drop for Handle<T, O> {
    fn drop(&mut self) {
        // SAFETY: The reference is ours, and this is the only place where it is given back.
        unsafe { T::release(self.owner.functions(), self.raw.as_ptr()) };
    }
}

impl<T: Object, O: Owner> fmt::Debug for Handle<T, O> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}({:p})", T::NAME, self.raw)
    }
}

/// Implements equality, order and hash by the identity of the object: its address, given by an expression of type `usize`.
macro_rules! identity {
    ($name:ty, |$this:ident| $address:expr) => {
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.identity() == other.identity()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.identity().cmp(&other.identity())
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.identity().hash(state);
            }
        }

        impl $name {
            /// What tells this object from others while it is alive.
            fn identity(&self) -> usize {
                let $this = self;
                $address
            }
        }
    };
}

pub(crate) use identity;
