//! Memory that arguments lie in while C runs.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Memory that lives until C has returned.
#[derive(Debug, Default)]
pub(in super::super) struct Memory(Vec<(NonNull<u8>, Layout)>);

impl Memory {
    /// Whether nothing was kept.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A copy of these bytes with an alignment.
    pub(in super::super) fn keep(&mut self, bytes: &[u8], alignment: usize) -> NonNull<u8> {
        // An alignment is a power of two; a size beyond half the address space was refused with the type.
        let layout = Layout::from_size_align(bytes.len().max(1), alignment.max(16))
            .unwrap_or_else(|_| Layout::new::<u128>());
        // SAFETY: the size is not zero.
        let Some(place) = NonNull::new(unsafe { alloc_zeroed(layout) }) else {
            handle_alloc_error(layout)
        };
        // SAFETY: the new memory has room for the bytes.
        unsafe { place.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        self.0.push((place, layout));
        place
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        for (place, layout) in &self.0 {
            // SAFETY: it was allocated with this layout, once.
            unsafe { dealloc(place.as_ptr(), *layout) };
        }
    }
}
