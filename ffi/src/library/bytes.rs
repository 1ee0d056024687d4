//! Numbers in a file, of which nothing is believed.

/// A number of `size` bytes, little endian. None past the end.
pub(super) fn number(bytes: &[u8], offset: usize, size: usize) -> Option<usize> {
    let mut word = [0; 8];
    word[..size].copy_from_slice(part(bytes, offset, size)?);
    usize::try_from(u64::from_le_bytes(word)).ok()
}

/// A part of the file. None where it does not lie in it whole.
pub(super) fn part(bytes: &[u8], offset: usize, size: usize) -> Option<&[u8]> {
    bytes.get(offset..offset.checked_add(size)?)
}
