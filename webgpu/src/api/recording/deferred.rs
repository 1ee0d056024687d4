//! What is to happen when a command buffer is submitted.

use super::*;
use std::{fmt, ops::Range};
use wgpu_types::BufferAddress;

/// Mappings to begin and callbacks to register, after the submission.
#[derive(Default)]
pub(crate) struct Deferred {
    mappings: Vec<DeferredMapping>,
    done: Vec<DoneCallback>,
}

struct DeferredMapping {
    buffer: Buffer,
    mode: MapMode,
    range: Range<BufferAddress>,
    callback: MapCallback,
}

impl Deferred {
    pub(crate) fn map(
        &mut self,
        buffer: &Buffer,
        mode: MapMode,
        range: Range<BufferAddress>,
        callback: impl FnOnce(Result<(), BufferAsyncError>) + Send + 'static,
    ) {
        self.mappings.push(DeferredMapping {
            buffer: buffer.clone(),
            mode,
            range,
            callback: Box::new(callback),
        });
    }

    pub(crate) fn done(&mut self, callback: impl FnOnce() + Send + 'static) {
        self.done.push(Box::new(callback));
    }

    /// Takes over all that `other` has.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.mappings.append(&mut other.mappings);
        self.done.append(&mut other.done);
    }

    /// Does it.
    #[track_caller]
    pub(crate) fn execute(self, queue: &Queue) {
        for mapping in self.mappings {
            mapping.buffer.map(mapping.mode, mapping.range, mapping.callback);
        }
        for callback in self.done {
            queue.on_done(callback);
        }
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Deferred")
            .field("mappings", &self.mappings.len())
            .field("done", &self.done.len())
            .finish()
    }
}

/// The two methods by which encoders, passes and command buffers take what is to happen at the submission, for the
/// recording that the expression gives.
macro_rules! deferred_methods {
    (|$this:ident| $recording:expr) => {
        /// Has a part of the buffer mapped once this is submitted, as [`Buffer::map_async`] does.
        ///
        /// # Panics
        /// If the part is empty. At the submission, if the buffer is mapped.
        pub fn map_buffer_on_submit<S: std::ops::RangeBounds<wgpu_types::BufferAddress>>(
            &self,
            buffer: &crate::api::Buffer,
            mode: crate::api::MapMode,
            bounds: S,
            callback: impl FnOnce(Result<(), crate::api::BufferAsyncError>)
            + wgpu_types::WasmNotSend
            + 'static,
        ) {
            let slice = buffer.slice(bounds);
            let range = slice.offset()..slice.offset() + slice.size().get();
            let $this = self;
            $recording.defer(|deferred| deferred.map(buffer, mode, range, callback));
        }

        /// Has `callback` called once this is submitted and finished, as
        /// [`Queue::on_submitted_work_done`](crate::Queue::on_submitted_work_done) does.
        pub fn on_submitted_work_done(&self, callback: impl FnOnce() + Send + 'static) {
            let $this = self;
            $recording.defer(|deferred| deferred.done(callback));
        }
    };
}

pub(crate) use deferred_methods;
