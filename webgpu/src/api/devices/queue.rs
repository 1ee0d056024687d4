use super::*;
use crate::{
    convert,
    error::{Error, lock},
    events::{self, Event},
    handle::identity,
};
use std::{ffi::c_void, sync::MutexGuard};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, BufferSize, Extent3d, TexelCopyBufferLayout};

/// Where a device takes its work from.
#[derive(Clone, Debug)]
pub struct Queue {
    shared: Arc<Finishing>,
}

/// Finishes what was submitted when the last clone of the [`Queue`] goes, so that callbacks which wait for it are called
/// while buffers and other objects of the device still live.
#[derive(Debug)]
struct Finishing(Arc<DeviceContext>);

impl Drop for Finishing {
    fn drop(&mut self) {
        self.0.poll(true, None);
        events::deliver();
    }
}

assert_send_sync!(Queue, SubmissionIndex, PollType);
identity!(Queue, |this| Arc::as_ptr(this.context()).addr());

impl Queue {
    pub(crate) fn new(context: Arc<DeviceContext>) -> Self {
        Self { shared: Arc::new(Finishing(context)) }
    }

    /// What the queue shares with its device.
    pub(crate) fn context(&self) -> &Arc<DeviceContext> {
        &self.shared.0
    }

    /// Writes data to a buffer, before the commands that are submitted next.
    #[track_caller]
    pub fn write_buffer(&self, buffer: &Buffer, offset: BufferAddress, data: &[u8]) {
        let (raw, bytes) = (buffer.raw_for(self.context()), data.as_ptr().cast());
        buffer.queue_write(|| {
            let queue = self.context().queue();
            call!(queue, wgpuQueueWriteBuffer(raw, offset, bytes, data.len()));
        });
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
        let texels = texels(data, data_layout);
        let written = match texels.parts(&texture, texture.texture.format(), size) {
            None => self.write_texels(&texture, data, data_layout, size),
            Some(parts) => self.write_parts(data, parts),
        };
        events::deliver();
        if let Err(cause) = written {
            self.context().sink.report(Error::rejected("Queue::write_texture", None, cause));
        }
    }

    /// Writes texels part by part, up to the first that is wrong.
    #[track_caller]
    fn write_parts<'a>(
        &self,
        data: &[u8],
        parts: impl Iterator<Item = convert::Part<&'a Texture>>,
    ) -> Result<(), String> {
        for part in parts {
            let data = &data[part.bytes];
            let write = || self.write_texels(&part.side, data, part.layout, part.size);
            let (written, failed) = events::watch(write);
            written?;
            if failed {
                break;
            }
        }
        Ok(())
    }

    /// Writes texels that the engine can count, or returns what it would not stand.
    #[track_caller]
    fn write_texels(
        &self,
        texture: &TexelCopyTextureInfo<'_>,
        data: &[u8],
        layout: TexelCopyBufferLayout,
        size: Extent3d,
    ) -> Result<(), String> {
        let held = texture.texture.hold_for(self.context());
        let side = convert::texture_side(held.raw(), texture)?;
        let texels = texels(data, layout);
        let (layout, extent) = texels.copy(texture, texture.texture.format(), size)?;
        let (bytes, side) = (data.as_ptr().cast(), &raw const side);
        let (layout, extent) = (&raw const layout, &raw const extent);
        let _gate = lock(&self.context().gate);
        let queue = self.context().queue();
        // The engine checks that the texels lie within the bytes, and can count them in 32 bits, in which it finds each.
        call!(queue, wgpuQueueWriteTexture(side, bytes, data.len(), layout, extent));
        Ok(())
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
        let result = self.context().submit_checked(&command_buffers);
        drop(command_buffers);
        events::deliver();
        if let Err(cause) = result {
            self.context().sink.report(Error::rejected("Queue::submit", None, cause));
        }
        deferred.execute(self);
        SubmissionIndex { index: self.context().last_submission() }
    }

    /// Copies an acceleration structure into as little memory as it needs. As [`Device::create_blas`], this always leads to
    /// an error.
    #[must_use]
    #[track_caller]
    pub fn compact_blas(&self, blas: &Blas) -> Blas {
        blas.compact(self.context())
    }

    /// How many nanoseconds one tick of a timestamp query takes: one, if the engine library does not tell, as `webgpu.h`
    /// has it.
    pub fn get_timestamp_period(&self) -> f32 {
        if !self.context().engine().has(sys::Function::wgpuQueueGetTimestampPeriod) {
            return 1.0;
        }
        call!(self.context().queue(), wgpuQueueGetTimestampPeriod())
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
        // The callback takes the user data back, once.
        call!(self.context().queue(), wgpuQueueOnSubmittedWorkDone(callback));
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

impl DeviceContext {
    /// Submits if that is valid; the engine would end the process if it is not.
    pub(in crate::api) fn submit_checked(
        self: &Arc<Self>,
        command_buffers: &[CommandBuffer],
    ) -> Result<(), String> {
        let gate = lock(&self.gate);
        self.submit_within(&gate, command_buffers)
    }

    /// The same, by whoever holds the gate of the device.
    pub(in crate::api) fn submit_within(
        self: &Arc<Self>,
        _gate: &MutexGuard<'_, ()>,
        command_buffers: &[CommandBuffer],
    ) -> Result<(), String> {
        if self.loss.is_lost() {
            // Whoever wants to know is told by the device-lost callback.
            return Ok(());
        }
        let handles = command_buffers.iter().map(|command_buffer| command_buffer.checked(self));
        let handles = handles.collect::<Result<Vec<_>, _>>()?;
        // They are of this device, and each is submitted once.
        let index = call!(self.queue(), wgpuQueueSubmitForIndex(handles.len(), handles.as_ptr()));
        self.submitted(index);
        Ok(())
    }
}

impl CommandBuffer {
    /// The handle, if the command buffer can be submitted to a queue of `device`; else why not.
    fn checked(&self, device: &Arc<DeviceContext>) -> Result<sys::WGPUCommandBuffer, String> {
        let handle = self.inner.as_ref().map_err(String::clone)?;
        if !Arc::ptr_eq(handle.owner(), device) {
            return Err(format!(
                "{} of CommandBuffer with '' label doesn't match {} of Queue with '' label",
                named("Device", handle.owner().label.as_deref()),
                named("Device", device.label.as_deref())
            ));
        }
        self.recording.usable()?;
        Ok(handle.raw())
    }
}

/// Texels that lie in memory.
fn texels(data: &[u8], layout: TexelCopyBufferLayout) -> convert::Texels {
    convert::Texels { layout, available: data.len() as BufferAddress, in_buffer: false }
}
