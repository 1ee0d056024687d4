//! Mach-O of 64 bits: macOS ("OS X ABI Mach-O File Format Reference", and the headers `loader.h` and `fat.h`).
//!
//! What can be found by name is in a trie: dynamic libraries have had one since macOS 10.6.

use std::collections::HashSet;

use super::name::{LONGEST_NAME, name, text};
use crate::library::bytes::{number, part};
use crate::library::image::{MACH_O, PROCESSOR, UNIVERSAL};

const DYLD_INFO: usize = 0x22;
const DYLD_INFO_ONLY: usize = 0x8000_0022;
const EXPORTS_TRIE: usize = 0x8000_0033;

/// Whether a file begins like one of this format. Java's classes begin like universal files: their next number is larger
/// than any count of processors.
pub(super) fn is_magic(file: &[u8]) -> bool {
    file.starts_with(&MACH_O)
        || (file.starts_with(&UNIVERSAL) && big(file, 4).is_some_and(|count| count < 40))
}

/// A number of a universal file.
fn big(file: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_be_bytes(part(file, offset, 4)?.try_into().ok()?))
}

/// The exported names; none for a broken file, or one for other processors.
pub(super) fn exports(file: &[u8]) -> Option<Vec<String>> {
    if !file.starts_with(&UNIVERSAL) {
        return single(file);
    }
    let count = big(file, 4)? as usize;
    let entry = (0..count)
        .map(|index| 8 + 20 * index)
        .find(|entry| big(file, *entry) == Some(PROCESSOR))?;
    single(part(file, big(file, entry + 8)? as usize, big(file, entry + 12)? as usize)?)
}

/// Those of a file for one processor.
fn single(file: &[u8]) -> Option<Vec<String>> {
    if !file.starts_with(&MACH_O) {
        return None;
    }
    let (mut trie, mut start) = ((0, 0), 32_usize);
    for _ in 0..number(file, 16, 4)? {
        let size = number(file, start.checked_add(4)?, 4)?.max(8);
        let command = part(file, start, size)?;
        let field = |offset| number(command, offset, 4);
        match field(0)? {
            DYLD_INFO | DYLD_INFO_ONLY => trie = (field(40)?, field(44)?),
            EXPORTS_TRIE => trie = (field(8)?, field(12)?),
            _ => {}
        }
        start += size;
    }
    let names = match trie {
        (_, 0) => Vec::new(),
        (start, size) => of_trie(part(file, start, size)?)?,
    };
    // What is not written in C, and has no underscore, the loader does not find by name.
    Some(names.iter().filter_map(|name| name.strip_prefix(b"_")).map(text).collect())
}

/// The names of a trie: each edge adds to the name of its node, and what ends at a node is exported.
fn of_trie(trie: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    let mut reached = HashSet::from([0]);
    let mut ahead = vec![(0, Vec::new())];
    while let Some((start, prefix)) = ahead.pop() {
        let mut at = start;
        let size = uleb(trie, &mut at)?;
        let edges = at.checked_add(size)?;
        if size > 0 {
            // The flags begin with the kind: 1 is a variable of each thread.
            if uleb(trie, &mut at)? & 3 != 1 {
                names.push(prefix.clone());
            }
        }
        at = edges.checked_add(1)?;
        for _ in 0..*trie.get(edges)? {
            let label = name(trie, at)?;
            at += label.len() + 1;
            let node = uleb(trie, &mut at)?;
            let name = [&prefix, label].concat();
            // No two edges of a tree lead to one node.
            if name.len() > LONGEST_NAME || !reached.insert(node) {
                return None;
            }
            ahead.push((node, name));
        }
    }
    Some(names)
}

/// A number in groups of seven bits, the lowest first.
fn uleb(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return usize::try_from(number).ok();
        }
    }
    None
}
