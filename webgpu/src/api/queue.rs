use super::*;
use crate::{
    convert,
    error::{Error, lock},
    events::{self, Event},
    handle::identity,
    recording::Resource,
};
use deferred::Deferred;
use std::ffi::c_void;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, BufferSize, Extent3d, TexelCopyBufferLayout};

/// Where a device takes its work from.
#[derive(Clone, Debug)]
pub struct Queue {
    context: Arc<DeviceContext>,
}

assert_send_sync!(Queue, SubmissionIndex, PollType);
identity!(Queue, |this| Arc::as_ptr(&this.context).addr());

impl Queue {
    pub(crate) fn new(context: Arc<DeviceContext>) -> Self {
        Self { context }
    }

    /// What the queue shares with its device.
    pub(crate) fn context(&self) -> &Arc<DeviceContext> {
        &self.context
    }

    /// Writes data to a buffer, before the commands that are submitted next.
    #[track_caller]
    pub fn write_buffer(&self, buffer: &Buffer, offset: BufferAddress, data: &[u8]) {
        let (queue, raw) = (self.context.raw_queue(), buffer.raw_for(&self.context));
        let pointer = data.as_ptr().cast();
        // SAFETY: Queue and buffer are alive; the pointer is that of as many bytes.
        unsafe {
            self.context.functions().wgpuQueueWriteBuffer(queue, raw, offset, pointer, data.len())
        };
        events::deliver();
    }

    /// Gives memory to write to, whose contents go to the buffer when it is dropped: as
    /// [`write_buffer`](Self::write_buffer) with data that is made in place.
    ///
    /// `None`, and an error, if the buffer cannot be written to there.
    #[must_use]
    #[track_caller]
    pub fn write_buffer_with(
        &self,
        buffer: &Buffer,
        offset: BufferAddress,
        size: BufferSize,
    ) -> Option<QueueWriteBufferView> {
        QueueWriteBufferView::new(self, buffer, offset, size)
    }

    /// Writes texels to a texture, before the commands that are submitted next.
    #[track_caller]
    pub fn write_texture(
        &self,
        texture: TexelCopyTextureInfo<'_>,
        data: &[u8],
        data_layout: TexelCopyBufferLayout,
        size: Extent3d,
    ) {
        let texels = convert::Texels {
            layout: data_layout,
            available: data.len() as BufferAddress,
            in_buffer: false,
        };
        let side = convert::texture_side(texture.texture.raw_for(&self.context), &texture);
        let copy = texels.copy(&texture, texture.texture.format(), size);
        match side.and_then(|side| Ok((side, copy?))) {
            Ok((side, (layout, extent))) => {
                let pointer = data.as_ptr().cast();
                // SAFETY: Queue and texture are alive; the pointers are those of as many bytes and of local structs.
                unsafe {
                    self.context.functions().wgpuQueueWriteTexture(
                        self.context.raw_queue(),
                        &raw const side,
                        pointer,
                        data.len(),
                        &raw const layout,
                        &raw const extent,
                    );
                }
                events::deliver();
            }
            Err(cause) => {
                self.context.sink.report(Error::rejected("Queue::write_texture", None, cause))
            }
        }
    }

    /// Gives commands to the device, in this order.
    #[track_caller]
    pub fn submit<I: IntoIterator<Item = CommandBuffer>>(
        &self,
        command_buffers: I,
    ) -> SubmissionIndex {
        let command_buffers = command_buffers.into_iter().collect::<Vec<_>>();
        let mut deferred = Deferred::default();
        for command_buffer in &command_buffers {
            command_buffer.recording.defer(|own| deferred.append(own));
        }
        let result = self.submit_checked(&command_buffers);
        drop(command_buffers);
        events::deliver();
        if let Err(cause) = result {
            self.context.sink.report(Error::rejected("Queue::submit", None, cause));
        }
        deferred.execute(self);
        SubmissionIndex { index: self.context.last_submission() }
    }

    /// Submits if that is valid; the engine would end the process if it is not.
    pub(super) fn submit_checked(&self, command_buffers: &[CommandBuffer]) -> Result<(), String> {
        let _gate = lock(&self.context.gate);
        if self.context.loss.is_lost() {
            // Whoever wants to know is told by the device-lost callback.
            return Ok(());
        }
        let handles =
            command_buffers.iter().map(|command_buffer| command_buffer.checked(&self.context));
        let handles = handles.collect::<Result<Vec<_>, _>>()?;
        let queue = self.context.raw_queue();
        // SAFETY: Queue and command buffers are alive and of one device, and each is submitted once.
        let index = unsafe {
            self.context.functions().wgpuQueueSubmitForIndex(queue, handles.len(), handles.as_ptr())
        };
        self.context.submitted(index);
        Ok(())
    }

    /// Copies an acceleration structure into as little memory as it needs. As [`Device::create_blas`], this always leads to
    /// an error.
    #[must_use]
    #[track_caller]
    pub fn compact_blas(&self, blas: &Blas) -> Blas {
        blas.compact(&self.context)
    }

    /// How many nanoseconds one tick of a timestamp query takes: one, if the engine library does not tell, as `webgpu.h`
    /// has it.
    pub fn get_timestamp_period(&self) -> f32 {
        if !self.context.engine().has(sys::Function::wgpuQueueGetTimestampPeriod) {
            return 1.0;
        }
        // SAFETY: The queue is alive.
        unsafe { self.context.functions().wgpuQueueGetTimestampPeriod(self.context.raw_queue()) }
    }

    /// Has `callback` called when all that was submitted until now is finished, and the device is polled.
    #[track_caller]
    pub fn on_submitted_work_done(&self, callback: impl FnOnce() + Send + 'static) {
        self.on_done(Box::new(callback));
    }

    #[track_caller]
    pub(crate) fn on_done(&self, callback: DoneCallback) {
        let userdata = Box::into_raw(Box::new(callback)).cast::<c_void>();
        let callback = sys::WGPUQueueWorkDoneCallbackInfo {
            mode: sys::WGPUCallbackMode::AllowProcessEvents,
            callback: Some(on_work_done),
            userdata1: userdata,
            ..sys::WGPUQueueWorkDoneCallbackInfo::INIT
        };
        // SAFETY: The queue is alive; the callback takes the user data back, once.
        unsafe {
            self.context
                .functions()
                .wgpuQueueOnSubmittedWorkDone(self.context.raw_queue(), callback)
        };
        events::deliver();
    }
}

/// A submission, to wait for with [`Device::poll`].
#[derive(Clone, Debug)]
pub struct SubmissionIndex {
    pub(crate) index: u64,
}

/// How [`Device::poll`] polls.
pub type PollType = wgpu_types::PollType<SubmissionIndex>;

/// A callback of the user for finished work.
pub(crate) type DoneCallback = Box<dyn FnOnce() + Send>;

unsafe extern "C" fn on_work_done(
    _status: sys::WGPUQueueWorkDoneStatus,
    _message: sys::WGPUStringView,
    userdata: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: The user data is the box of `on_done`, and the engine calls back once.
    let callback = unsafe { Box::from_raw(userdata.cast::<DoneCallback>()) };
    events::push(Event::Due(callback));
}

impl CommandBuffer {
    /// The handle, if the command buffer can be submitted to a queue of `device`; else why not.
    fn checked(&self, device: &Arc<DeviceContext>) -> Result<sys::WGPUCommandBuffer, String> {
        let handle = self.inner.as_ref().map_err(String::clone)?;
        if !Arc::ptr_eq(handle.owner(), device) {
            return Err(format!(
                "{} of CommandBuffer with '' label doesn't match {} of Queue with '' label",
                name("Device", handle.owner().label.as_deref()),
                name("Device", device.label.as_deref())
            ));
        }
        self.recording.usable()?;
        Ok(handle.raw())
    }
}

/// A resource by its kind and label, in the engine's words.
pub(crate) fn name(kind: &str, label: Option<&str>) -> String {
    format!("{kind} with '{}' label", label.unwrap_or_default())
}

impl Resource for texture::TextureInner {
    fn usable(&self) -> Result<(), String> {
        match self.is_destroyed() {
            true => Err(format!("{} has been destroyed", name("Texture", self.label()))),
            false => Ok(()),
        }
    }
}

impl Resource for buffer::BufferInner {
    fn usable(&self) -> Result<(), String> {
        let usable = self.mapping.usable();
        usable.map_err(|problem| format!("{} {problem}", name("Buffer", self.label())))
    }
}

impl Resource for bind_group::BindGroupInner {
    fn usable(&self) -> Result<(), String> {
        self.resources.iter().try_for_each(|resource| resource.usable())
    }
}
