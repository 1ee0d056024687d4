use super::*;
use crate::{events, mapping::Access};
use std::{
    ops::{Deref, Range, RangeBounds},
    ptr::NonNull,
};
use wgpu_types::{BufferAddress, WriteOnly};

/// Mapped memory of a buffer, to read from. It dereferences to the bytes.
#[derive(Debug)]
pub struct BufferView {
    mapped: Mapped,
}

/// Mapped memory of a buffer, to write to.
///
/// It cannot be read: the memory may be of a kind that is slow to read, or that does not give back what was written.
#[derive(Debug)]
pub struct BufferViewMut {
    mapped: Mapped,
}

assert_send_sync!(BufferView, BufferViewMut);

impl BufferView {
    #[track_caller]
    pub(in crate::api) fn open(slice: &BufferSlice<'_>) -> Self {
        Self { mapped: Mapped::open(slice, Access::Shared) }
    }
}

impl Deref for BufferView {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: The memory is mapped as long as the view lives, and nobody writes to it meanwhile.
        unsafe { self.mapped.memory.as_ref() }
    }
}

impl AsRef<[u8]> for BufferView {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl BufferViewMut {
    #[track_caller]
    pub(in crate::api) fn open(slice: &BufferSlice<'_>) -> Self {
        Self { mapped: Mapped::open(slice, Access::Exclusive) }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.mapped.memory.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part of the memory.
    ///
    /// # Panics
    /// If the bounds are outside of it.
    pub fn slice<'a, S: RangeBounds<usize>>(&'a mut self, bounds: S) -> WriteOnly<'a, [u8]> {
        // SAFETY: The memory is mapped as long as the view lives, and nobody else uses it meanwhile: `&mut` excludes other
        // parts of this view, and the mapping excludes other views.
        let memory = unsafe { WriteOnly::new(self.mapped.memory) };
        memory.into_slice(bounds)
    }

    /// Writes all of the memory.
    ///
    /// # Panics
    /// If `src` has another length.
    pub fn copy_from_slice(&mut self, src: &[u8]) {
        self.slice(..).copy_from_slice(src);
    }
}

/// A part of mapped memory that is in use. It keeps the buffer alive and mapped.
#[derive(Debug)]
struct Mapped {
    buffer: Buffer,
    range: Range<BufferAddress>,
    access: Access,
    memory: NonNull<[u8]>,
}

// SAFETY: The memory is plain bytes that no thread owns.
unsafe impl Send for Mapped {}

// SAFETY: A shared reference gives nothing but shared access to the bytes.
unsafe impl Sync for Mapped {}

impl Mapped {
    #[track_caller]
    fn open(slice: &BufferSlice<'_>, access: Access) -> Self {
        let buffer = slice.buffer();
        let range = slice.offset()..slice.offset() + slice.size().get();
        let device = buffer.device();
        device.settle(|| !buffer.inner.mapping.is_pending());
        // From here on the device is not destroyed, which would free the memory.
        device.view_opened();
        let memory = if buffer.inner.invalid {
            Err(refused(&format!("{} is invalid", named("Buffer", buffer.label()))))
        } else if device.loss.is_lost() {
            // Its buffers went with it.
            Err(refused(&format!("{} has been destroyed", named("Buffer", buffer.label()))))
        } else {
            buffer.inner.mapping.open_view(range.clone(), access, || memory(buffer, &range))
        };
        match memory {
            Ok(memory) => Self { buffer: buffer.clone(), range, access, memory },
            Err(message) => {
                device.view_closed();
                panic!("{message}");
            }
        }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        let inner = &self.buffer.inner;
        if inner.mapping.close_view(self.range.clone(), self.access) {
            inner.destroy_now();
        }
        self.buffer.device().view_closed();
        events::deliver();
    }
}

/// The memory of a part that is mapped.
fn memory(buffer: &Buffer, range: &Range<BufferAddress>) -> NonNull<[u8]> {
    // A mapped part lies in memory, so its size and place fit.
    let (offset, size) = (range.start as usize, (range.end - range.start) as usize);
    // SAFETY: The buffer is alive, and the part is mapped.
    let pointer =
        unsafe { buffer.device().functions().wgpuBufferGetMappedRange(buffer.raw(), offset, size) };
    let pointer =
        NonNull::new(pointer.cast::<u8>()).expect("the engine returned null for mapped memory");
    NonNull::slice_from_raw_parts(pointer, size)
}

fn refused(cause: &str) -> String {
    format!("Error in Buffer::get_mapped_range: Validation Error\n\nCaused by:\n  {cause}\n")
}
