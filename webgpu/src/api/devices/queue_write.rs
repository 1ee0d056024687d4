use super::*;
use crate::error::Error;
use std::{fmt, ops::RangeBounds};
use wgpu_types::{BufferAddress, BufferSize, BufferUsages, COPY_BUFFER_ALIGNMENT, WriteOnly};

/// Memory to write to, from [`Queue::write_buffer_with`], whose contents go to the buffer when it is dropped.
pub struct QueueWriteBufferView {
    queue: Queue,
    buffer: Buffer,
    offset: BufferAddress,
    data: Vec<u8>,
}

assert_send_sync!(QueueWriteBufferView);

impl QueueWriteBufferView {
    #[track_caller]
    pub(in crate::api) fn new(
        queue: &Queue,
        buffer: &Buffer,
        offset: BufferAddress,
        size: BufferSize,
    ) -> Option<Self> {
        // Here and not when it is dropped, where a panic could be one too many.
        queue.context().assert_same_instance(buffer.device().instance());
        let size = size.get();
        let data = length(buffer, offset, size)
            .map_err(|cause| Error::rejected("Queue::write_buffer_with", None, cause))
            .and_then(zeros);
        match data {
            Ok(data) => Some(Self { queue: queue.clone(), buffer: buffer.clone(), offset, data }),
            Err(error) => {
                queue.context().sink.report(error);
                None
            }
        }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// A part of the memory.
    ///
    /// # Panics
    /// If the bounds are outside of it.
    pub fn slice<'a, S: RangeBounds<usize>>(&'a mut self, bounds: S) -> WriteOnly<'a, [u8]> {
        WriteOnly::from_mut(&mut *self.data).into_slice(bounds)
    }

    /// Writes all of the memory.
    ///
    /// # Panics
    /// If `src` has another length.
    pub fn copy_from_slice(&mut self, src: &[u8]) {
        self.slice(..).copy_from_slice(src);
    }
}

impl Drop for QueueWriteBufferView {
    fn drop(&mut self) {
        self.queue.write_buffer(&self.buffer, self.offset, &self.data);
    }
}

impl fmt::Debug for QueueWriteBufferView {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("QueueWriteBufferView")
            .field("buffer", &self.buffer)
            .field("offset", &self.offset)
            .field("len", &self.data.len())
            .finish_non_exhaustive()
    }
}

/// Memory of this length, unless there is not so much.
fn zeros(length: usize) -> Result<Vec<u8>, Error> {
    let mut data = Vec::new();
    data.try_reserve_exact(length).map_err(Error::out_of_memory)?;
    data.resize(length, 0);
    Ok(data)
}

/// How much memory is needed, or why the buffer cannot be written to there.
fn length(buffer: &Buffer, offset: BufferAddress, size: BufferAddress) -> Result<usize, String> {
    if buffer.inner.invalid {
        return Err(format!("{} is invalid", named("Buffer", buffer.label())));
    }
    buffer.has_usage(BufferUsages::COPY_DST)?;
    if !size.is_multiple_of(COPY_BUFFER_ALIGNMENT) {
        return Err(format!("Copy size {size} does not respect `COPY_BUFFER_ALIGNMENT`"));
    }
    if !offset.is_multiple_of(COPY_BUFFER_ALIGNMENT) {
        return Err(format!(
            "Buffer offset {offset} is not aligned to block size or `COPY_BUFFER_ALIGNMENT`"
        ));
    }
    let end = offset.checked_add(size);
    if end.is_none_or(|end| end > buffer.size()) {
        return Err(format!(
            "Copy of {offset}..{} would end up overrunning the bounds of the destination buffer of size {}",
            offset.saturating_add(size),
            buffer.size()
        ));
    }
    usize::try_from(size)
        .map_err(|_| format!("Copy size {size} is more than this machine can address"))
}
