use super::*;
use std::ops::{Bound, RangeBounds};
use wgpu_types::{BufferAddress, BufferSize, WasmNotSend};

/// A part of a [`Buffer`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BufferSlice<'a> {
    buffer: &'a Buffer,
    offset: BufferAddress,
    size: BufferSize,
}

assert_send_sync!(BufferSlice<'_>);

impl<'a> BufferSlice<'a> {
    #[track_caller]
    pub(in crate::api) fn new(buffer: &'a Buffer, bounds: impl RangeBounds<BufferAddress>) -> Self {
        let (offset, size) = offset_and_size(bounds, buffer.size());
        Self { buffer, offset, size }
    }

    /// A part of the part.
    ///
    /// # Panics
    /// If it is empty, or not inside of this one.
    #[track_caller]
    pub fn slice<S: RangeBounds<BufferAddress>>(&self, bounds: S) -> BufferSlice<'a> {
        let (offset, size) = offset_and_size(bounds, self.size.get());
        BufferSlice { buffer: self.buffer, offset: self.offset + offset, size }
    }

    /// Has the part mapped, as [`Buffer::map_async`] does.
    ///
    /// # Panics
    /// If a part of the buffer is mapped already.
    #[track_caller]
    pub fn map_async(
        &self,
        mode: MapMode,
        callback: impl FnOnce(Result<(), BufferAsyncError>) + WasmNotSend + 'static,
    ) {
        let range = self.offset..self.offset + self.size.get();
        self.buffer.map(mode, range, Box::new(callback));
    }

    /// A view of the part, to read from.
    ///
    /// # Panics
    /// If it is not mapped, or is being written to.
    #[track_caller]
    pub fn get_mapped_range(&self) -> BufferView {
        BufferView::open(self)
    }

    /// A view of the part, to write to.
    ///
    /// # Panics
    /// If it is not mapped, or has another view.
    #[track_caller]
    pub fn get_mapped_range_mut(&self) -> BufferViewMut {
        BufferViewMut::open(self)
    }

    /// The buffer that this is a part of.
    pub fn buffer(&self) -> &'a Buffer {
        self.buffer
    }

    /// Where the part begins, in bytes.
    pub fn offset(&self) -> BufferAddress {
        self.offset
    }

    /// How long the part is, in bytes.
    pub fn size(&self) -> BufferSize {
        self.size
    }
}

impl<'a> From<BufferSlice<'a>> for BufferBinding<'a> {
    fn from(slice: BufferSlice<'a>) -> Self {
        BufferBinding { buffer: slice.buffer, offset: slice.offset, size: Some(slice.size) }
    }
}

impl<'a> From<BufferSlice<'a>> for BindingResource<'a> {
    fn from(slice: BufferSlice<'a>) -> Self {
        BindingResource::Buffer(slice.into())
    }
}

/// The offset and size of a part of `whole` bytes.
#[track_caller]
fn offset_and_size(
    bounds: impl RangeBounds<BufferAddress>,
    whole: BufferAddress,
) -> (BufferAddress, BufferSize) {
    let offset = match bounds.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match bounds.end_bound() {
        Bound::Included(last) => last.checked_add(1),
        Bound::Excluded(end) => Some(*end),
        Bound::Unbounded => Some(whole),
    };
    let size = end.and_then(|end| end.checked_sub(offset)).and_then(BufferSize::new);
    let Some(size) = size else {
        panic!("buffer slices can not be empty");
    };
    if offset >= whole {
        panic!("slice offset {offset} is out of range for buffer of size {whole}");
    }
    if end.is_none_or(|end| end > whole) {
        panic!("slice offset {offset} size {size} is out of range for buffer of size {whole}");
    }
    (offset, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(bounds: impl RangeBounds<u64>) -> (u64, u64) {
        let (offset, size) = offset_and_size(bounds, 100);
        (offset, size.get())
    }

    #[test]
    fn all_forms_of_ranges() {
        assert_eq!(part(..), (0, 100));
        assert_eq!(part(40..), (40, 60));
        assert_eq!(part(..40), (0, 40));
        assert_eq!(part(..=39), (0, 40));
        assert_eq!(part(10..20), (10, 10));
        assert_eq!(part((Bound::Excluded(9), Bound::Included(19))), (10, 10));
    }

    #[test]
    #[should_panic = "can not be empty"]
    fn empty() {
        part(7..7);
    }

    #[test]
    #[should_panic = "can not be empty"]
    #[expect(clippy::reversed_empty_ranges, reason = "what is tested")]
    fn backwards() {
        part(8..7);
    }

    #[test]
    #[should_panic = "offset 100 is out of range"]
    fn behind_the_end() {
        part(100..101);
    }

    #[test]
    #[should_panic = "offset 90 size 11 is out of range"]
    fn over_the_end() {
        part(90..101);
    }
}
