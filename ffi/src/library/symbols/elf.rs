//! ELF of 64 bits, little endian: Linux and FreeBSD ("Tool Interface Standard, Executable and Linking Format").

use super::name::{name, text};
use crate::library::bytes::{number, part};

const DYNAMIC_SYMBOLS: usize = 11;
/// A number for each dynamic symbol: its version, and whether it is hidden from who names none.
const VERSIONS: usize = 0x6fff_ffff;

/// The sections of symbols that are not defined here, and of those that are no addresses: the names of versions.
const NOWHERE: [usize; 2] = [0, 0xfff1];

/// Part of the file, as a section header says.
struct Section<'a> {
    kind: usize,
    link: usize,
    bytes: &'a [u8],
}

fn section(file: &[u8], index: usize) -> Option<Section<'_>> {
    let table = number(file, 0x28, 8)?;
    let header = part(file, table.checked_add(index.checked_mul(64)?)?, 64)?;
    // A section without content in the file has a size all the same.
    let bytes = part(file, number(header, 0x18, 8)?, number(header, 0x20, 8)?).unwrap_or(&[]);
    Some(Section { kind: number(header, 4, 4)?, link: number(header, 0x28, 4)?, bytes })
}

/// The names of the dynamic symbols that are defined here; none for a broken file.
pub(super) fn exports(file: &[u8]) -> Option<Vec<String>> {
    if part(file, 0, 6)? != b"\x7fELF\x02\x01" || number(file, 0x3a, 2)? != 64 {
        return None;
    }
    let sections: Option<Vec<_>> =
        (0..number(file, 0x3c, 2)?).map(|index| section(file, index)).collect();
    // Without a table of sections, which programs run without, nothing says how many symbols there are.
    let sections = sections.filter(|sections| !sections.is_empty())?;
    let of_kind = |kind| sections.iter().find(|section| section.kind == kind);
    let Some(symbols) = of_kind(DYNAMIC_SYMBOLS) else { return Some(Vec::new()) };
    let versions = of_kind(VERSIONS).map_or(&[] as &[u8], |section| section.bytes);
    let strings = sections.get(symbols.link)?.bytes;
    let mut names = Vec::new();
    for (index, symbol) in symbols.bytes.chunks_exact(24).enumerate() {
        let (info, section) = (symbol[4], number(symbol, 6, 2)?);
        let hidden = number(versions, 2 * index, 2).is_some_and(|version| version & 0x8000 != 0);
        // Global, weak or unique, and a function, variable or something that chooses a function.
        let exported = !NOWHERE.contains(&section)
            && !hidden
            && matches!(info >> 4, 1 | 2 | 10)
            && matches!(info & 15, 0 | 1 | 2 | 10);
        let name = name(strings, number(symbol, 0, 4)?)?;
        if exported && !name.is_empty() {
            names.push(text(name));
        }
    }
    Some(names)
}
