//! Copies of short strings on the stack, for the length of a call.

use std::mem::MaybeUninit;

/// Copies of strings, in room that is not initialised for them.
pub(super) struct Texts<'room> {
    pub(super) left: &'room mut [MaybeUninit<u8>],
}

/// So many bytes are copied at once.
const CHUNK: usize = size_of::<u64>();

impl Texts<'_> {
    /// The address of a copy that ends in NUL. None for a string that is too long, or has a NUL inside.
    #[inline(always)]
    pub(super) fn copy(&mut self, text: &str) -> Option<u64> {
        let bytes = text.as_bytes();
        let (copy, left) = std::mem::take(&mut self.left).split_at_mut_checked(bytes.len() + 1)?;
        self.left = left;
        let start = copy.as_mut_ptr();
        let (nul, copy) = copy.split_last_mut()?;
        nul.write(0);
        let mut has_nul = false;
        if let (Some(last), Some(last_copy)) = (bytes.last_chunk(), copy.last_chunk_mut()) {
            // What the last chunk has in common with the one before it is copied twice.
            let mut copy_chunk = |from: &[u8; CHUNK], to: &mut [MaybeUninit<u8>; CHUNK]| {
                *to = from.map(MaybeUninit::new);
                has_nul |= has_zero(u64::from_ne_bytes(*from));
            };
            copy_chunk(last, last_copy);
            let (chunks, copies) = (bytes.as_chunks().0, copy.as_chunks_mut().0);
            chunks.iter().zip(copies).for_each(|(from, to)| copy_chunk(from, to));
        } else {
            for (to, from) in copy.iter_mut().zip(bytes) {
                has_nul |= *from == 0;
                to.write(*from);
            }
        }
        (!has_nul).then(|| start.expose_provenance() as u64)
    }
}

/// Whether a byte of a word is zero: then subtracting one from each sets the high bit of the lowest such byte.
#[inline(always)]
fn has_zero(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([0x01; CHUNK]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; CHUNK]);
    word.wrapping_sub(ONES) & !word & HIGH != 0
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;

    /// The bytes of a copy, its NUL included, and how much room is left; none where none was made.
    fn copied(text: &str, room: usize) -> Option<(Vec<u8>, usize)> {
        let mut room = vec![MaybeUninit::uninit(); room];
        let start = room.as_mut_ptr().cast::<u8>();
        let mut texts = Texts { left: &mut room };
        let address = texts.copy(text)?;
        assert_eq!(address, start.addr() as u64);
        let left = texts.left.len();
        // SAFETY: the copy of the text and its NUL were written there.
        let bytes = unsafe { slice::from_raw_parts(start, text.len() + 1) };
        Some((bytes.to_vec(), left))
    }

    #[test]
    fn copies_end_in_nul_and_have_none_inside() {
        for length in (0..12).chain([15, 16, 17, 23, 24, 25]) {
            let text: String = (0..length).map(|index| char::from(1 + index as u8)).collect();
            let expected = [text.as_bytes(), &[0]].concat();
            let copy = copied(&text, 45).unwrap();
            assert_eq!(copy, (expected.clone(), 44 - length));
            assert_eq!(copied(&text, length + 1).unwrap(), (expected, 0));
            assert_eq!(copied(&text, length), None);
            for nul in 0..length {
                let mut wrong = text.clone();
                wrong.replace_range(nul..=nul, "\0");
                assert_eq!(copied(&wrong, 45), None, "{length}, {nul}");
            }
        }
    }
}
