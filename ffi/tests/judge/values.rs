//! Values that name their argument and byte, and which of their bits C must carry.

use ffi::Type;
use ffi::types::Float;

/// The bits of a value that are not padding, as a mask of its bytes.
pub(crate) fn mask(ty: &Type) -> Vec<u8> {
    let mut mask = vec![0; ty.size()];
    cover(ty, &mut mask);
    mask
}

fn cover(ty: &Type, mask: &mut [u8]) {
    match ty {
        Type::F80 => mask[..10].fill(0xff),
        Type::Complex(Float::F80) => {
            mask[..10].fill(0xff);
            mask[16..26].fill(0xff);
        }
        Type::Array(array) => {
            let size = array.element().size();
            for element in mask.chunks_exact_mut(size.max(1)).take(array.length()) {
                cover(array.element(), element);
            }
        }
        Type::Struct(composite) => cover_fields(composite.fields(), mask),
        Type::Union(composite) => cover_fields(composite.fields(), mask),
        _ => mask.fill(0xff),
    }
}

fn cover_fields(fields: &[ffi::types::FieldLayout], mask: &mut [u8]) {
    for field in fields {
        let place = &mut mask[field.offset()..];
        match field.bits() {
            None => cover(field.ty(), &mut place[..field.ty().size()]),
            Some(_) if field.name().is_empty() => {}
            Some(range) => {
                for bit in range.first..range.first + range.width {
                    place[(bit / 8) as usize] |= 1 << (bit % 8);
                }
            }
        }
    }
}

/// A value of the type whose bytes depend on `seed` and differ from each other; no bit of it is left to chance.
pub(crate) fn pattern(ty: &Type, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes: Vec<u8> = (0..ty.size())
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        })
        .collect();
    make_valid(ty, &mut bytes);
    bytes
}

/// Makes every `bool` 0 or 1 and every x87 number a normal one: C may not carry other bits unchanged.
fn make_valid(ty: &Type, bytes: &mut [u8]) {
    match ty {
        Type::Bool => bytes[0] &= 1,
        Type::F80 => normal(bytes),
        Type::Complex(Float::F80) => {
            normal(&mut bytes[..16]);
            normal(&mut bytes[16..]);
        }
        Type::Array(array) => {
            let size = array.element().size();
            for element in bytes.chunks_exact_mut(size.max(1)).take(array.length()) {
                make_valid(array.element(), element);
            }
        }
        Type::Struct(composite) => valid_fields(composite.fields(), bytes),
        Type::Union(composite) => valid_fields(composite.fields(), bytes),
        _ => {}
    }
}

fn valid_fields(fields: &[ffi::types::FieldLayout], bytes: &mut [u8]) {
    for field in fields.iter().filter(|field| field.bits().is_none()) {
        make_valid(field.ty(), &mut bytes[field.offset()..][..field.ty().size()]);
    }
}

fn normal(bytes: &mut [u8]) {
    bytes[7] |= 0x80;
    bytes[8] = bytes[8].wrapping_add(1).max(1);
    bytes[9] = (bytes[9] & 0xbf) | 0x20;
}

/// The number that an integer's bytes stand for.
pub(crate) fn number(ty: &Type, bytes: &[u8]) -> i64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    let number = i64::from_le_bytes(word);
    let above = 64 - 8 * bytes.len() as u32;
    match ty {
        Type::I8 | Type::I16 | Type::I32 => number << above >> above,
        _ => number,
    }
}

/// Where two values differ in bits that C must carry, as text.
pub(crate) fn difference(expected: &[u8], found: &[u8], mask: &[u8]) -> Option<String> {
    let differs = expected.iter().zip(found).zip(mask).any(|((a, b), mask)| (a ^ b) & mask != 0);
    differs.then(|| {
        format!("\n  expected {expected:02x?}\n  found    {found:02x?}\n  mask     {mask:02x?}")
    })
}
