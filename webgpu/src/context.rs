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
        Arc, Mutex, RwLock, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering, fence},
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

    /// The function table of its engine.
    #[inline]
    pub(crate) fn functions(&self) -> &Functions {
        self.handle.functions()
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
    /// device itself, is destroyed: the engine ends the process over a submission that uses such a resource. Held too while
    /// something is written, and while a device is polled that is lost: then the engine gives resources back, and would wait
    /// for a thread that writes, which waits for it.
    pub(crate) gate: Mutex<()>,
    /// Written while a resource is destroyed, read while an encoder is finished: the engine ends the process over one that is
    /// found destroyed then.
    pub(crate) destruction: RwLock<()>,
    last_submission: AtomicU64,
    /// How many threads are polling the device right now.
    polls: AtomicUsize,
    /// Those of them that began before it was destroyed, without the gate.
    ungated_polls: AtomicUsize,
    views: Mutex<Views>,
    /// What has to end before the device is destroyed.
    ending: Mutex<Vec<Weak<dyn BeforeDestroy>>>,
}

/// Something of a device that cannot end after it.
pub(crate) trait BeforeDestroy: Send + Sync {
    /// `device` is about to be destroyed.
    fn before_destroy(&self, device: &DeviceContext);
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
            destruction: RwLock::default(),
            last_submission: AtomicU64::new(0),
            polls: AtomicUsize::new(0),
            ungated_polls: AtomicUsize::new(0),
            views: Mutex::default(),
            ending: Mutex::default(),
        });
        instance.add_device(&device);
        device
    }

    /// The handle, for a call.
    pub(crate) fn raw(&self) -> sys::WGPUDevice {
        self.handle.raw()
    }

    /// The handle of its queue, for a call.
    pub(crate) fn queue(&self) -> &Handle<sys::WGPUQueueImpl, Arc<InstanceContext>> {
        &self.queue
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
        self.ungated_polls.fetch_add(1, Ordering::AcqRel);
        // Either this thread sees that the device is being destroyed, or whoever does that sees this poll.
        fence(Ordering::SeqCst);
        let gate = self.loss.is_lost().then(|| {
            self.ungated_polls.fetch_sub(1, Ordering::AcqRel);
            lock(&self.gate)
        });
        // SAFETY: The device is alive; the index is null or points to a number that was returned by a submission.
        let empty =
            unsafe { self.functions().wgpuDevicePoll(self.raw(), wait.into(), submission) } != 0;
        if gate.is_none() {
            self.ungated_polls.fetch_sub(1, Ordering::AcqRel);
        }
        drop(gate);
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

    /// Has `what` called before the device is destroyed.
    pub(crate) fn before_destroy<T: BeforeDestroy + 'static>(&self, what: &Arc<T>) {
        let address = Arc::as_ptr(what).addr();
        let mut ending = lock(&self.ending);
        ending.retain(|known| known.strong_count() > 0 && known.as_ptr().addr() != address);
        let what: Weak<T> = Arc::downgrade(what);
        ending.push(what);
    }

    /// Destroys the device, as soon as no mapped memory of its buffers is in use.
    pub(crate) fn destroy(&self) {
        // From here on no memory and no frame is given out.
        self.loss.set_destroyed();
        let ending = std::mem::take(&mut *lock(&self.ending));
        for what in ending.iter().filter_map(Weak::upgrade) {
            what.before_destroy(self);
        }
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
        fence(Ordering::SeqCst);
        while self.ungated_polls.load(Ordering::Acquire) > 0 {
            std::thread::sleep(Duration::from_micros(20));
        }
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
        // Releasing a device waits for its work. What becomes due by waiting must not be lost, so it happens here, where the
        // callbacks can still be called.
        self.poll(true, None);
        // SAFETY: The handle is not used again.
        let handle = unsafe { ManuallyDrop::take(&mut self.handle) };
        if self.loss.is_broken() {
            Abandoned::keep(handle, self.sink.clone(), self.loss.clone());
        } else {
            drop(handle);
        }
        events::deliver();
    }
}

/// A device that the driver has given up, and over whose release the engine would end the process. It is left alone, with
/// what its callbacks point to: the engine still polls it with the others of its instance.
struct Abandoned {
    _handle: Handle<sys::WGPUDeviceImpl, Arc<InstanceContext>>,
    _sink: Arc<ErrorSink>,
    _loss: Arc<Loss>,
}

impl Abandoned {
    fn keep(
        handle: Handle<sys::WGPUDeviceImpl, Arc<InstanceContext>>,
        sink: Arc<ErrorSink>,
        loss: Arc<Loss>,
    ) {
        /// Never dropped.
        static ALL: Mutex<Vec<Abandoned>> = Mutex::new(Vec::new());
        sink.forget_handler();
        loss.forget_callback();
        lock(&ALL).push(Self { _handle: handle, _sink: sink, _loss: loss });
    }
}

impl fmt::Debug for DeviceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use crate::{DeviceDescriptor, Instance, InstanceDescriptor, InstanceFlags, Queue};
    use std::sync::Arc;

    /// The engine can call back as long as its device is there.
    #[test]
    fn what_callbacks_point_to_stays_with_a_device_that_is_left_alone() {
        let mut descriptor = InstanceDescriptor::new_without_display_handle();
        // With it, loaders of Vulkan crash where other tests make devices at the same time.
        descriptor.flags.remove(InstanceFlags::DEBUG);
        let instance = Instance::new(descriptor);
        let adapter = pollster::block_on(instance.request_adapter(&Default::default())).unwrap();
        let request = adapter.request_device(&DeviceDescriptor::default());
        let (device, queue) = pollster::block_on(request).unwrap();
        let user = Arc::new(());
        let (handler, callback) = (user.clone(), user.clone());
        device.on_uncaptured_error(Arc::new(move |_| drop(handler.clone())));
        device.set_device_lost_callback(move |_, _| drop(callback.clone()));
        let context = Queue::context(&queue);
        let (sink, loss) = (Arc::downgrade(&context.sink), Arc::downgrade(&context.loss));
        loss.upgrade().unwrap().engine_says_lost("given up".into());
        drop((device, queue));
        assert!(sink.upgrade().is_some() && loss.upgrade().is_some());
        assert_eq!(Arc::strong_count(&user), 1, "closures of the user are dropped");
    }
}
