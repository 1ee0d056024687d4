//! Bit-fields within the bytes of their struct.

use super::Value;
use crate::Type;
use crate::types::{BitRange, FieldLayout};

/// How many bytes hold the bits of a bit-field.
pub(crate) fn held_bytes(bits: BitRange) -> usize {
    (bits.first + bits.width).div_ceil(8) as usize
}

fn is_signed(ty: &Type) -> bool {
    matches!(ty.resolve(), Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::I128)
}

/// The value of a bit-field whose first bytes these are.
pub(crate) fn load(field: &FieldLayout, bits: BitRange, bytes: &[u8]) -> Value {
    let mut word = [0_u8; 16];
    let held = held_bytes(bits);
    word[..held].copy_from_slice(&bytes[..held]);
    let above = 128 - bits.width;
    let raw = u128::from_le_bytes(word) >> bits.first << above;
    let value = if is_signed(field.ty()) { raw as i128 >> above } else { (raw >> above) as i128 };
    let bytes = value.to_le_bytes();
    // SAFETY: the low bytes of the number, which fits the declared type; for `bool` it is one bit.
    unsafe { Value::from_bytes(field.ty(), &bytes[..field.ty().size()]) }
}

/// Stores a value of a bit-field's declared type, as bytes, among the bytes of its struct.
///
/// # Errors
/// The number, where it has too many bits.
pub(crate) fn store(
    field: &FieldLayout,
    bits: BitRange,
    value: &[u8],
    into: &mut [u8],
) -> Result<(), i128> {
    let mut word = [0_u8; 16];
    word[..value.len()].copy_from_slice(value);
    let (signed, value, unused) =
        (is_signed(field.ty()), u128::from_le_bytes(word), 128 - 8 * value.len() as u32);
    let number = if signed { (value << unused) as i128 >> unused } else { value as i128 };
    let (low, high) = match signed {
        true => (-(1_i128 << (bits.width - 1)), (1_i128 << (bits.width - 1)) - 1),
        false => (0, (1_i128 << bits.width) - 1),
    };
    if number < low || number > high {
        return Err(number);
    }
    let mask = ((1_u128 << bits.width) - 1) << bits.first;
    let placed = (value << bits.first & mask).to_le_bytes();
    for (index, byte) in into[..held_bytes(bits)].iter_mut().enumerate() {
        *byte = *byte & !mask.to_le_bytes()[index] | placed[index];
    }
    Ok(())
}
