use super::*;
use crate::{
    error::lock,
    events::{self, Event, Step},
    handle::identity,
    mapping::{Destruction, Mapping},
};
use std::{
    error,
    ffi::c_void,
    fmt,
    ops::{Range, RangeBounds},
    sync::Weak,
};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, BufferUsages, WasmNotSend};

/// Memory that the GPU works with.
#[derive(Clone, Debug)]
pub struct Buffer {
    pub(super) inner: Arc<BufferInner>,
}

assert_send_sync!(Buffer, BufferDescriptor<'_>, BufferAsyncError, MapMode);
identity!(Buffer, |this| Arc::as_ptr(&this.inner).addr());

/// A buffer, as clones of it and commands that use it share it.
#[derive(Debug)]
pub(crate) struct BufferInner {
    pub(super) handle: Child<sys::WGPUBufferImpl>,
    pub(super) mapping: Mapping,
    label: Option<Box<str>>,
    size: BufferAddress,
    usage: BufferUsages,
    /// Whether the engine refused to make it: then it is an object that only leads to errors.
    pub(super) invalid: bool,
}

impl Buffer {
    #[track_caller]
    pub(super) fn create(device: &Arc<DeviceContext>, descriptor: &BufferDescriptor<'_>) -> Self {
        let c_descriptor = sys::WGPUBufferDescriptor {
            label: descriptor.label.into(),
            usage: buffer_usages(descriptor.usage),
            size: descriptor.size,
            mappedAtCreation: descriptor.mapped_at_creation.into(),
            ..sys::WGPUBufferDescriptor::INIT
        };
        let (raw, invalid) = events::watch(|| {
            // SAFETY: Device and descriptor are alive.
            unsafe {
                device.functions().wgpuDeviceCreateBuffer(device.raw(), &raw const c_descriptor)
            }
        });
        // SAFETY: The engine gave a reference away.
        let handle = unsafe { device.adopt(raw) };
        let mapped = descriptor.mapped_at_creation.then_some(descriptor.size);
        let inner = BufferInner {
            handle,
            mapping: Mapping::new(mapped),
            label: descriptor.label.map(Into::into),
            size: descriptor.size,
            usage: descriptor.usage,
            invalid,
        };
        events::deliver();
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn raw(&self) -> sys::WGPUBuffer {
        self.inner.handle.raw()
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUBuffer {
        self.inner.handle.raw_for(device)
    }

    pub(crate) fn label(&self) -> Option<&str> {
        self.inner.label()
    }

    /// Whether it may be used like this; if not, why, in the engine's words.
    pub(super) fn has_usage(&self, required: BufferUsages) -> Result<(), String> {
        let usage = self.usage();
        if usage.contains(required) {
            return Ok(());
        }
        let name = queue::name("Buffer", self.label());
        Err(format!(
            "Usage flags {usage:?} of {name} do not contain required usage flags {required:?}"
        ))
    }

    /// All of the buffer, as a resource for a bind group.
    pub fn as_entire_binding(&self) -> BindingResource<'_> {
        BindingResource::Buffer(self.as_entire_buffer_binding())
    }

    /// All of the buffer, as a binding.
    pub fn as_entire_buffer_binding(&self) -> BufferBinding<'_> {
        BufferBinding { buffer: self, offset: 0, size: None }
    }

    /// A part of the buffer.
    ///
    /// # Panics
    /// If the part is empty, or not inside of the buffer.
    #[track_caller]
    pub fn slice<S: RangeBounds<BufferAddress>>(&self, bounds: S) -> BufferSlice<'_> {
        BufferSlice::new(self, bounds)
    }

    /// Gives the mapped memory back: what was written to it becomes the contents of the buffer. A mapping that is still
    /// pending is cancelled.
    ///
    /// # Panics
    /// If views of the memory are still alive.
    #[track_caller]
    pub fn unmap(&self) {
        {
            let gate = lock(&self.device().gate);
            if !self.inner.mapping.end() {
                drop(gate);
                panic!("You cannot unmap a buffer that still has accessible mapped views");
            }
            // SAFETY: The buffer is alive, and nobody uses its mapped memory, nor is given it any more.
            unsafe { self.device().functions().wgpuBufferUnmap(self.raw()) };
        }
        events::deliver();
    }

    /// Frees the memory of the buffer as soon as the GPU does not use it any more.
    #[track_caller]
    pub fn destroy(&self) {
        {
            let _gate = lock(&self.device().gate);
            if self.inner.mapping.destroy() == Destruction::Now {
                self.inner.destroy_now();
            }
        }
        events::deliver();
    }

    /// The size in bytes.
    pub fn size(&self) -> BufferAddress {
        self.inner.size
    }

    /// What the buffer can be used for.
    pub fn usage(&self) -> BufferUsages {
        self.inner.usage
    }

    /// Has a part mapped for the program to read or write; `callback` is called when the device is polled after the work
    /// that was submitted until now is finished.
    ///
    /// # Panics
    /// If the part is empty or not inside of the buffer, or if a part is mapped already.
    #[track_caller]
    pub fn map_async<S: RangeBounds<BufferAddress>>(
        &self,
        mode: MapMode,
        bounds: S,
        callback: impl FnOnce(Result<(), BufferAsyncError>) + WasmNotSend + 'static,
    ) {
        self.slice(bounds).map_async(mode, callback);
    }

    /// A view of a mapped part, to read from.
    ///
    /// # Panics
    /// If the part is not mapped, or is being written to.
    #[track_caller]
    pub fn get_mapped_range<S: RangeBounds<BufferAddress>>(&self, bounds: S) -> BufferView {
        self.slice(bounds).get_mapped_range()
    }

    /// A view of a mapped part, to write to.
    ///
    /// # Panics
    /// If the part is not mapped, or has another view.
    #[track_caller]
    pub fn get_mapped_range_mut<S: RangeBounds<BufferAddress>>(&self, bounds: S) -> BufferViewMut {
        self.slice(bounds).get_mapped_range_mut()
    }

    #[track_caller]
    pub(super) fn map(&self, mode: MapMode, range: Range<BufferAddress>, callback: MapCallback) {
        {
            let _gate = lock(&self.device().gate);
            let Some(request) = self.inner.mapping.begin(range.clone()) else {
                drop(_gate);
                panic!("Buffer is already mapped");
            };
            let buffer = Arc::downgrade(&self.inner);
            let request = MapRequest { buffer, request, callback, success: false, kept: None };
            let callback = sys::WGPUBufferMapCallbackInfo {
                mode: sys::WGPUCallbackMode::AllowProcessEvents,
                callback: Some(on_mapped),
                userdata1: Box::into_raw(Box::new(request)).cast(),
                ..sys::WGPUBufferMapCallbackInfo::INIT
            };
            let mode = match mode {
                MapMode::Read => sys::WGPUMapMode::Read,
                MapMode::Write => sys::WGPUMapMode::Write,
            };
            // A buffer that is larger than the address space cannot exist, so neither can such a part.
            let (offset, size) = (range.start as usize, (range.end - range.start) as usize);
            // SAFETY: The buffer is alive; the callback takes the user data back, once.
            unsafe {
                self.device().functions().wgpuBufferMapAsync(
                    self.raw(),
                    mode,
                    offset,
                    size,
                    callback,
                )
            };
        }
        events::deliver();
    }

    pub(super) fn device(&self) -> &Arc<DeviceContext> {
        self.inner.handle.owner()
    }
}

impl BufferInner {
    pub(crate) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Destroys the buffer, whose memory nobody uses.
    pub(super) fn destroy_now(&self) {
        // SAFETY: The buffer is alive, and nobody uses its mapped memory.
        unsafe { self.handle.functions().wgpuBufferDestroy(self.handle.raw()) };
    }
}

/// What a buffer should be like.
pub type BufferDescriptor<'a> = wgpu_types::BufferDescriptor<Label<'a>>;

/// A part of a buffer could not be mapped.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BufferAsyncError;

impl fmt::Display for BufferAsyncError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Error occurred when trying to async map a buffer")
    }
}

impl error::Error for BufferAsyncError {}

/// What mapped memory is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MapMode {
    /// Reading.
    Read,
    /// Writing.
    Write,
}

/// A callback of the user for a mapping.
pub(crate) type MapCallback = Box<dyn FnOnce(Result<(), BufferAsyncError>) + Send>;

/// A mapping that the engine was asked for.
struct MapRequest {
    /// Not kept alive: its end takes the request back.
    buffer: Weak<BufferInner>,
    request: u64,
    callback: MapCallback,
    /// The answer.
    success: bool,
    /// The buffer, from the answer on: if this is the last one, it must not be dropped inside of a call of the engine.
    kept: Option<Arc<BufferInner>>,
}

impl Step for MapRequest {
    fn go(self: Box<Self>) {
        (self.callback)(if self.success { Ok(()) } else { Err(BufferAsyncError) });
    }
}

unsafe extern "C" fn on_mapped(
    status: sys::WGPUMapAsyncStatus,
    _message: sys::WGPUStringView,
    userdata: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: The user data is the box of `map`, and the engine calls back once.
    let mut request = unsafe { Box::from_raw(userdata.cast::<MapRequest>()) };
    request.success = status == sys::WGPUMapAsyncStatus::Success;
    request.kept = request.buffer.upgrade();
    // At once, for other threads: only the user's callback has to wait.
    if let Some(buffer) = &request.kept {
        buffer.mapping.finish(request.request, request.success);
    }
    events::push(Event::Due(request));
}

/// The bits for these usages. The engine ends the process over a bit that it does not know, and refuses an empty set
/// properly: with unknown bits, the set becomes empty.
fn buffer_usages(usages: BufferUsages) -> sys::WGPUBufferUsage {
    if !BufferUsages::all().contains(usages) {
        sys::WGPUBufferUsage::None
    } else {
        sys::WGPUBufferUsage(usages.bits().into())
    }
}
