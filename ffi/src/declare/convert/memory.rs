//! Memory that arguments lie in while C runs.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Room on the stack for what one call usually needs.
#[repr(C, align(16))]
pub(in super::super) struct Room([MaybeUninit<u8>; SIZE]);

const SIZE: usize = 512;

impl Room {
    #[inline(always)]
    pub(in super::super) fn new() -> Room {
        Room([MaybeUninit::uninit(); SIZE])
    }
}

/// Memory that lives until C has returned: piece by piece out of one room, and out of blocks of the heap when that is full.
#[derive(Debug)]
pub(in super::super) struct Memory<'room> {
    /// The first byte that is free, with `left` of them.
    next: NonNull<u8>,
    left: usize,
    blocks: Vec<(NonNull<u8>, Layout)>,
    room: PhantomData<&'room mut Room>,
}

impl<'room> Memory<'room> {
    #[inline(always)]
    pub(in super::super) fn over(room: &'room mut Room) -> Memory<'room> {
        let next = NonNull::from(&mut room.0).cast();
        Memory { next, left: SIZE, blocks: Vec::new(), room: PhantomData }
    }

    /// Memory of the heap alone, which stays where it is when this is moved.
    pub(in super::super) fn on_heap() -> Memory<'static> {
        Memory { next: NonNull::dangling(), left: 0, blocks: Vec::new(), room: PhantomData }
    }

    /// Uninitialised memory, which nothing else has.
    #[inline(always)]
    pub(in super::super) fn take(&mut self, size: usize, alignment: usize) -> NonNull<u8> {
        let gap = self.next.addr().get().wrapping_neg() & (alignment - 1);
        match self.left.checked_sub(gap.saturating_add(size)) {
            Some(left) => {
                // SAFETY: the gap is no larger than what is left behind `next`.
                let start = unsafe { self.next.add(gap) };
                // SAFETY: gap and size together are no larger than what is left.
                self.next = unsafe { start.add(size) };
                self.left = left;
                start
            }
            None => self.grow(size, alignment),
        }
    }

    /// Memory of zeros, as [`Memory::take`].
    #[inline]
    pub(in super::super) fn zeros(&mut self, size: usize, alignment: usize) -> NonNull<u8> {
        // Zeroing a whole word takes no call of a function.
        if size <= size_of::<u128>() && alignment <= align_of::<u128>() {
            let place = self.take(size_of::<u128>(), align_of::<u128>());
            // SAFETY: the new memory has the size and the alignment of this number, and nothing else lies there.
            unsafe { place.cast::<u128>().write(0) };
            return place;
        }
        let place = self.take(size, alignment);
        // SAFETY: the new memory has this size.
        unsafe { place.write_bytes(0, size) };
        place
    }

    /// A number of at most 8 bytes, the low ones of a word.
    #[inline(always)]
    pub(super) fn word(&mut self, word: u64) -> NonNull<u8> {
        let place = self.take(size_of::<u64>(), align_of::<u64>());
        // SAFETY: the new memory has the size and the alignment of a word, and nothing else lies there.
        unsafe { place.cast().write(word) };
        place
    }

    /// An address, as the value of an argument.
    #[inline]
    pub(super) fn address(&mut self, address: *mut c_void) -> NonNull<u8> {
        // C reads it from there, and may do with it what it likes.
        self.word(address.expose_provenance() as u64)
    }

    /// A copy of these bytes, followed by so many zeros.
    pub(super) fn copy(&mut self, bytes: &[u8], zeros: usize) -> NonNull<u8> {
        let place = self.take(bytes.len() + zeros, 1);
        // SAFETY: the new memory has room for the bytes, and nothing else lies there.
        unsafe { place.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        // SAFETY: the zeros come right behind them, in the same memory.
        let end = unsafe { place.add(bytes.len()) };
        // SAFETY: there is room for them.
        unsafe { end.write_bytes(0, zeros) };
        place
    }

    /// Takes over what another memory of the heap holds.
    pub(in super::super) fn keep(&mut self, mut other: Memory<'static>) {
        self.blocks.append(&mut other.blocks);
    }

    #[cold]
    fn grow(&mut self, size: usize, alignment: usize) -> NonNull<u8> {
        // A large piece gets a block of its own; what is left for small ones stays.
        let block = if size >= SIZE / 2 { size.max(1) } else { SIZE };
        let layout = Layout::from_size_align(block, alignment.max(16))
            .expect("no value is larger than half the address space");
        // SAFETY: the size is not zero.
        let Some(start) = NonNull::new(unsafe { alloc(layout) }) else {
            handle_alloc_error(layout)
        };
        self.blocks.push((start, layout));
        if block == SIZE {
            // SAFETY: the piece is smaller than the block.
            self.next = unsafe { start.add(size) };
            self.left = SIZE - size;
        }
        start
    }
}

impl Drop for Memory<'_> {
    fn drop(&mut self) {
        for (start, layout) in &self.blocks {
            // SAFETY: it was allocated with this layout, and is freed once.
            unsafe { dealloc(start.as_ptr(), *layout) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_aligned_and_apart() {
        let mut room = Room::new();
        let mut memory = Memory::over(&mut room);
        let mut pieces: Vec<(usize, usize)> = Vec::new();
        for size in [1, 24, 0, 7, 100, 3, 200, 255, 256, 700, 1, 511, 512, 2000, 40] {
            for alignment in [1, 2, 16, 8, 64] {
                let piece = memory.zeros(size, alignment).addr().get();
                assert!(piece.is_multiple_of(alignment), "{size} bytes aligned by {alignment}");
                pieces.push((piece, piece + size));
            }
        }
        pieces.sort_unstable();
        assert!(pieces.windows(2).all(|two| two[0].1 <= two[1].0), "{pieces:?}");
    }

    #[test]
    fn memory_of_the_heap_stays_where_it_is() {
        let mut memory = Memory::on_heap();
        let text = memory.copy(b"text", 2);
        let large = memory.zeros(5000, 64);
        let moved = Box::new(memory);
        // SAFETY: the memory lives, and has so many zeros there.
        let zeros = unsafe { std::slice::from_raw_parts(large.as_ptr(), 5000) };
        assert!(zeros.iter().all(|byte| *byte == 0));
        // SAFETY: the memory lives, and six bytes were written there.
        let bytes = unsafe { std::slice::from_raw_parts(text.as_ptr(), 6) };
        assert_eq!(bytes, b"text\0\0");
        drop(moved);
    }
}
