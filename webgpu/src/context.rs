//! What objects share: the instance that all come from, and the device that most come from.
//!
//! Every object keeps its context alive, and with it what it needs to be released: dropped in any order, the instance and
//! the engine go last.

use crate::{
    engine::{Engine, Functions},
    error::{ErrorSink, lock},
    events,
    handle::{Handle, Owner},
    loss::Loss,
};
use std::{
    fmt,
    mem::ManuallyDrop,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{AdapterInfo, Backends, Features, Limits, instance::WgpuHasDisplayHandle};

impl Owner for Engine {
    #[inline]
    fn functions(&self) -> &Functions {
        self
    }
}

/// An instance, as its objects hold it.
pub(crate) struct InstanceContext {
    handle: Handle<sys::WGPUInstanceImpl, Engine>,
    /// The backends that were asked for.
    pub(crate) backends: Backends,
    devices: Mutex<Vec<Weak<DeviceContext>>>,
    /// The display that the engine was told of: it goes after the engine's instance.
    pub(crate) display: Option<Box<dyn WgpuHasDisplayHandle>>,
}

impl InstanceContext {
    pub(crate) fn new(
        handle: Handle<sys::WGPUInstanceImpl, Engine>,
        backends: Backends,
        display: Option<Box<dyn WgpuHasDisplayHandle>>,
    ) -> Self {
        Self { handle, backends, devices: Mutex::default(), display }
    }

    /// The handle, for a call.
    pub(crate) fn raw(&self) -> sys::WGPUInstance {
        self.handle.raw()
    }

    /// The engine that made it.
    pub(crate) fn engine(&self) -> &Engine {
        self.handle.owner()
    }

    /// # Panics
    /// If the two are not the same.
    #[track_caller]
    pub(crate) fn assert_same(self: &Arc<Self>, other: &Arc<Self>) {
        assert!(
            Arc::ptr_eq(self, other),
            "objects that come from different instances cannot be used together"
        );
    }

    /// Remembers a device, to be polled with all others.
    pub(crate) fn add_device(&self, device: &Arc<DeviceContext>) {
        let mut devices = lock(&self.devices);
        devices.retain(|device| device.strong_count() > 0);
        devices.push(Arc::downgrade(device));
    }

    /// The devices that are alive.
    pub(crate) fn devices(&self) -> Vec<Arc<DeviceContext>> {
        lock(&self.devices).iter().filter_map(Weak::upgrade).collect()
    }
}

impl Owner for Arc<InstanceContext> {
    #[inline]
    fn functions(&self) -> &Functions {
        self.handle.functions()
    }
}

impl fmt::Debug for InstanceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(formatter)
    }
}

/// A device, as its objects hold it.
pub(crate) struct DeviceContext {
    // Released in this order: the device by `drop`, the queue, the adapter; what the device's callbacks point to goes after
    // it.
    handle: ManuallyDrop<Handle<sys::WGPUDeviceImpl, Arc<InstanceContext>>>,
    queue: Handle<sys::WGPUQueueImpl, Arc<InstanceContext>>,
    /// The adapter that the device came from.
    pub(crate) adapter: Handle<sys::WGPUAdapterImpl, Arc<InstanceContext>>,
    engine: Engine,
    /// Who gets the errors.
    pub(crate) sink: Arc<ErrorSink>,
    /// Whether the device is lost, and who wants to know.
    pub(crate) loss: Arc<Loss>,
    pub(crate) label: Option<Box<str>>,
    pub(crate) features: Features,
    pub(crate) limits: Limits,
    pub(crate) adapter_info: AdapterInfo,
    /// Held while a submission is checked and made, and while a buffer begins or ends to be mapped or a resource, or the
    /// device itself, is destroyed: the engine ends the process over a submission that uses such a resource.
    pub(crate) gate: Mutex<()>,
    last_submission: AtomicU64,
    /// How many threads are polling the device right now.
    polls: AtomicUsize,
    views: Mutex<Views>,
}

/// Mapped memory that is in use, which destroying the device would take away.
#[derive(Default)]
struct Views {
    count: usize,
    destroy_due: bool,
}

/// What a device is made of.
pub(crate) struct DeviceParts {
    pub(crate) handle: Handle<sys::WGPUDeviceImpl, Arc<InstanceContext>>,
    pub(crate) queue: Handle<sys::WGPUQueueImpl, Arc<InstanceContext>>,
    pub(crate) adapter: Handle<sys::WGPUAdapterImpl, Arc<InstanceContext>>,
    pub(crate) sink: Arc<ErrorSink>,
    pub(crate) loss: Arc<Loss>,
    pub(crate) label: Option<Box<str>>,
    pub(crate) features: Features,
    pub(crate) limits: Limits,
    pub(crate) adapter_info: AdapterInfo,
}

impl DeviceContext {
    pub(crate) fn new(parts: DeviceParts) -> Arc<Self> {
        let engine = parts.handle.owner().engine().clone();
        let instance = parts.handle.owner().clone();
        let device = Arc::new(Self {
            handle: ManuallyDrop::new(parts.handle),
            queue: parts.queue,
            adapter: parts.adapter,
            engine,
            sink: parts.sink,
            loss: parts.loss,
            label: parts.label,
            features: parts.features,
            limits: parts.limits,
            adapter_info: parts.adapter_info,
            gate: Mutex::default(),
            last_submission: AtomicU64::new(0),
            polls: AtomicUsize::new(0),
            views: Mutex::default(),
        });
        instance.add_device(&device);
        device
    }

    /// The handle, for a call.
    pub(crate) fn raw(&self) -> sys::WGPUDevice {
        self.handle.raw()
    }

    /// The handle of its queue, for a call.
    pub(crate) fn raw_queue(&self) -> sys::WGPUQueue {
        self.queue.raw()
    }

    /// Its engine.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The function table of its engine.
    #[inline]
    pub(crate) fn functions(&self) -> &Functions {
        &self.engine
    }

    /// The instance that it comes from.
    pub(crate) fn instance(&self) -> &Arc<InstanceContext> {
        self.handle.owner()
    }

    /// # Panics
    /// If the device comes from another instance.
    #[track_caller]
    pub(crate) fn assert_same_instance(&self, instance: &Arc<InstanceContext>) {
        self.instance().assert_same(instance);
    }

    /// The index of the latest submission.
    pub(crate) fn last_submission(&self) -> u64 {
        self.last_submission.load(Ordering::Acquire)
    }

    /// Notes a submission that the engine accepted.
    pub(crate) fn submitted(&self, index: u64) {
        self.last_submission.fetch_max(index, Ordering::AcqRel);
    }

    /// Lets the engine look at what the device has finished, or wait for it: for a submission, or for all. Returns whether
    /// nothing is left to do. What became due meanwhile is on the list of [`events`].
    pub(crate) fn poll(&self, wait: bool, submission: Option<u64>) -> bool {
        // The engine ends the process when it waits for a device that the driver has given up.
        if self.loss.is_broken() {
            return true;
        }
        let submission = submission.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        self.polls.fetch_add(1, Ordering::AcqRel);
        // SAFETY: The device is alive; the index is null or points to a number that was returned by a submission.
        let empty =
            unsafe { self.functions().wgpuDevicePoll(self.raw(), wait.into(), submission) } != 0;
        self.polls.fetch_sub(1, Ordering::AcqRel);
        if empty {
            self.loss.queue_is_empty();
        }
        empty
    }

    /// Waits until `settled`, as long as other threads are polling the device: a thread that was told that the device has
    /// nothing left to do may be ahead of the one that is just learning the details.
    pub(crate) fn settle(&self, settled: impl Fn() -> bool) {
        while self.polls.load(Ordering::Acquire) > 0 && !settled() {
            std::thread::sleep(Duration::from_micros(20));
        }
    }

    /// Destroys the device, as soon as no mapped memory of its buffers is in use.
    pub(crate) fn destroy(&self) {
        // From here on no memory is given out.
        self.loss.set_destroyed();
        let in_use = {
            let mut views = lock(&self.views);
            views.destroy_due = views.count > 0;
            views.destroy_due
        };
        if !in_use {
            self.destroy_now();
        }
    }

    fn destroy_now(&self) {
        let _gate = lock(&self.gate);
        // SAFETY: The device is alive, and no memory that it would free is in use.
        unsafe { self.functions().wgpuDeviceDestroy(self.raw()) };
    }

    /// Counts mapped memory that is in use.
    pub(crate) fn view_opened(&self) {
        lock(&self.views).count += 1;
    }

    /// The opposite of [`view_opened`](Self::view_opened).
    pub(crate) fn view_closed(&self) {
        let last_of_destroyed = {
            let mut views = lock(&self.views);
            views.count -= 1;
            views.count == 0 && std::mem::take(&mut views.destroy_due)
        };
        if last_of_destroyed {
            self.destroy_now();
        }
    }
}

impl Owner for Arc<DeviceContext> {
    #[inline]
    fn functions(&self) -> &Functions {
        &self.engine
    }
}

impl Drop for DeviceContext {
    fn drop(&mut self) {
        // Releasing a device waits for its work, and the engine ends the process if the driver has given the device up: then
        // it is left alone.
        if self.loss.is_broken() {
            return;
        }
        // What becomes due by waiting must not be lost, so it happens here, where the callbacks can still be called.
        self.poll(true, None);
        if !self.loss.is_broken() {
            // SAFETY: The handle is not used again.
            unsafe { ManuallyDrop::drop(&mut self.handle) };
        }
        events::deliver();
    }
}

impl fmt::Debug for DeviceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(formatter)
    }
}
