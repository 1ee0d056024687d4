//! PE32+: Windows ("PE Format", Microsoft).

use super::name::{name, text};
use crate::library::bytes::{number, part};

/// The magic number of an optional header of 64 bits.
const PE32_PLUS: usize = 0x20b;

/// The most sections that Windows loads.
const MOST_SECTIONS: usize = 96;

/// Bytes of a section header.
const SECTION_HEADER: usize = 40;

/// Where the sections lie in the file.
struct Sections<'a> {
    file: &'a [u8],
    headers: &'a [u8],
}

impl Sections<'_> {
    /// The place in the file of an address in memory, counted from the library's beginning.
    fn place(&self, address: usize) -> Option<usize> {
        self.headers.chunks_exact(SECTION_HEADER).find_map(|header| {
            let offset = address.checked_sub(number(header, 12, 4)?)?;
            let (size, start) = (number(header, 16, 4)?, number(header, 20, 4)?);
            (offset < size).then(|| start.checked_add(offset))?
        })
    }

    fn part(&self, address: usize, size: usize) -> Option<&[u8]> {
        part(self.file, self.place(address)?, size)
    }
}

/// The names in the export table, which a program may be without; none for a broken file.
pub(super) fn exports(file: &[u8]) -> Option<Vec<String>> {
    let start = number(file, 0x3c, 4)?;
    if part(file, start, 4)? != b"PE\0\0" {
        return None;
    }
    let coff = part(file, start.checked_add(4)?, 20)?;
    let (sections, optional_size) = (number(coff, 2, 2)?, number(coff, 16, 2)?);
    let optional_start = start.checked_add(24)?;
    let optional = part(file, optional_start, optional_size)?;
    if number(optional, 0, 2)? != PE32_PLUS || sections > MOST_SECTIONS {
        return None;
    }
    let headers = part(file, optional_start + optional_size, sections * SECTION_HEADER)?;
    let sections = Sections { file, headers };
    // The first of the data directories is that of the exports.
    let (directories, exports) = (number(optional, 108, 4)?, number(optional, 112, 4).unwrap_or(0));
    if directories == 0 || exports == 0 {
        return Some(Vec::new());
    }
    let exports = sections.part(exports, 40)?;
    let (count, table) = (number(exports, 24, 4)?, number(exports, 32, 4)?);
    if count == 0 {
        return Some(Vec::new());
    }
    let addresses = sections.part(table, count.checked_mul(4)?)?.chunks_exact(4);
    addresses
        .map(|address| Some(text(name(file, sections.place(number(address, 0, 4)?)?)?)))
        .collect()
}
