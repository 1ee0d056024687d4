//! Names in a file, of which nothing is believed.

/// More than the longest name that a compiler makes, in bytes.
pub(super) const LONGEST_NAME: usize = 1 << 16;

/// A name that ends in NUL.
pub(super) fn name(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    Some(&rest[..rest.iter().take(LONGEST_NAME).position(|byte| *byte == 0)?])
}

/// A name as text.
pub(super) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}
