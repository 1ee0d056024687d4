use crate::{
    BufferAsyncError, BufferDescriptor, BufferSlice, BufferUsages, BufferView, Device, MapMode,
    Queue,
};
use std::ops::Deref;

/// A copy of a part of a buffer, in memory that the program can read. It dereferences to the bytes.
#[derive(Debug)]
pub struct DownloadBuffer {
    view: BufferView,
}

impl DownloadBuffer {
    /// Has a part of a buffer copied; `callback` gets the copy when the device is polled after that is done.
    ///
    /// The buffer needs [`BufferUsages::COPY_SRC`], and offset and size have to be multiples of
    /// [`COPY_BUFFER_ALIGNMENT`](crate::COPY_BUFFER_ALIGNMENT).
    #[track_caller]
    pub fn read_buffer(
        device: &Device,
        queue: &Queue,
        buffer: &BufferSlice<'_>,
        callback: impl FnOnce(Result<Self, BufferAsyncError>) + Send + 'static,
    ) {
        let size = buffer.size().get();
        let copy = device.create_buffer(&BufferDescriptor {
            label: Some("DownloadBuffer"),
            size,
            usage: BufferUsages::COPY_DST | BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer.buffer(), buffer.offset(), &copy, 0, size);
        queue.submit([encoder.finish()]);
        let mapped = copy.clone();
        copy.map_async(MapMode::Read, .., move |result| {
            callback(result.map(|()| Self { view: mapped.get_mapped_range(..) }));
        });
    }
}

impl Deref for DownloadBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.view
    }
}
