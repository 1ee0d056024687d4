//! Numbers and names in a file, of which nothing is believed.

/// More than the longest name that a compiler makes, in bytes.
pub(super) const LONGEST_NAME: usize = 1 << 16;

/// A number of `size` bytes, little endian. None past the end.
pub(in super::super) fn number(bytes: &[u8], offset: usize, size: usize) -> Option<usize> {
    let mut word = [0; 8];
    word[..size].copy_from_slice(part(bytes, offset, size)?);
    usize::try_from(u64::from_le_bytes(word)).ok()
}

/// A part of the file. None where it does not lie in it whole.
pub(super) fn part(bytes: &[u8], offset: usize, size: usize) -> Option<&[u8]> {
    bytes.get(offset..offset.checked_add(size)?)
}

/// A name that ends in NUL.
pub(super) fn name(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    Some(&rest[..rest.iter().take(LONGEST_NAME).position(|byte| *byte == 0)?])
}

/// A name as text.
pub(super) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}
