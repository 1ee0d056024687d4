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
    sync::{
        Weak,
        atomic::{AtomicU64, Ordering},
    },
};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, BufferUsages, WasmNotSend};

/// Memory that the GPU works with.
#[derive(Clone, Debug)]
pub struct Buffer {
    pub(in crate::api) inner: Arc<BufferInner>,
}

assert_send_sync!(Buffer, BufferDescriptor<'_>, BufferAsyncError, MapMode);
identity!(Buffer, |this| Arc::as_ptr(&this.inner).addr());

/// A buffer, as clones of it and commands that use it share it.
#[derive(Debug)]
pub(crate) struct BufferInner {
    pub(in crate::api) handle: Child<sys::WGPUBufferImpl>,
    pub(in crate::api) mapping: Mapping,
    label: Option<Box<str>>,
    size: BufferAddress,
    usage: BufferUsages,
    /// Whether the engine refused to make it: then it is an object that only leads to errors.
    pub(in crate::api) invalid: bool,
    /// Whether its first contents, written while it was mapped at creation, are copied to it by the queue.
    is_staged: bool,
    /// The submission that what is queued to be written to it will be a part of, if it can be mapped. Read and written with
    /// the gate of the device closed.
    written_by: AtomicU64,
}

impl Buffer {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &BufferDescriptor<'_>,
    ) -> Self {
        let c_descriptor = sys::WGPUBufferDescriptor {
            label: descriptor.label.into(),
            usage: buffer_usages(descriptor.usage),
            size: descriptor.size,
            mappedAtCreation: descriptor.mapped_at_creation.into(),
            ..sys::WGPUBufferDescriptor::INIT
        };
        let (handle, invalid) = events::watch(|| {
            create!(device, device, wgpuDeviceCreateBuffer(&raw const c_descriptor))
        });
        let mapped = descriptor.mapped_at_creation.then_some(descriptor.size);
        let inner = BufferInner {
            handle,
            mapping: Mapping::new(mapped),
            label: descriptor.label.map(Into::into),
            size: descriptor.size,
            usage: descriptor.usage,
            invalid,
            is_staged: descriptor.mapped_at_creation
                && !descriptor.usage.contains(BufferUsages::MAP_WRITE),
            written_by: AtomicU64::new(0),
        };
        events::deliver();
        Self { inner: Arc::new(inner) }
    }

    pub(in crate::api) fn raw(&self) -> sys::WGPUBuffer {
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
    pub(in crate::api) fn has_usage(&self, required: BufferUsages) -> Result<(), String> {
        let usage = self.usage();
        if usage.contains(required) {
            return Ok(());
        }
        let name = named("Buffer", self.label());
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
            // Nobody uses its mapped memory, nor is given it any more.
            call!(self.inner.handle, wgpuBufferUnmap());
            if self.inner.is_staged {
                self.note_write();
            }
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
    pub(in crate::api) fn map(
        &self,
        mode: MapMode,
        range: Range<BufferAddress>,
        callback: MapCallback,
    ) {
        {
            let gate = lock(&self.device().gate);
            let Some(request) = self.inner.mapping.begin(range.clone()) else {
                drop(gate);
                panic!("Buffer is already mapped");
            };
            if self.inner.written_by.load(Ordering::Relaxed) > self.device().last_submission() {
                // What is queued would be written to memory that is mapped by then.
                let _ = self.device().submit_within(&gate, &[]);
            }
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
            // The callback takes the user data back, once.
            call!(self.inner.handle, wgpuBufferMapAsync(mode, offset, size, callback));
        }
        events::deliver();
    }

    /// Has the engine queue something to be written to the buffer.
    pub(in crate::api) fn queue_write(&self, write: impl FnOnce()) {
        // Neither a submission nor a mapping nor the end of the device comes between.
        let _gate = lock(&self.device().gate);
        write();
        if self.usage().intersects(BufferUsages::MAP_READ | BufferUsages::MAP_WRITE) {
            self.note_write();
        }
    }

    /// Notes that something is queued to be written, with the gate closed.
    fn note_write(&self) {
        self.inner.written_by.store(self.device().last_submission() + 1, Ordering::Relaxed);
    }

    pub(in crate::api) fn device(&self) -> &Arc<DeviceContext> {
        self.inner.handle.owner()
    }
}

impl BufferInner {
    pub(crate) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Destroys the buffer, whose memory nobody uses.
    pub(in crate::api) fn destroy_now(&self) {
        let _destruction = self.handle.owner().destruction.write();
        call!(self.handle, wgpuBufferDestroy());
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

impl Resource for BufferInner {
    fn usable(&self) -> Result<(), String> {
        let usable = self.mapping.usable();
        usable.map_err(|problem| format!("{} {problem}", named("Buffer", self.label())))
    }

    fn destroyed(&self) -> Option<String> {
        let cause = || format!("{} has been destroyed", named("Buffer", self.label()));
        self.mapping.is_destroyed().then(cause)
    }
}
