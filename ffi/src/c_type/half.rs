//! Half-precision numbers, for which Rust has no type yet.
#![forbid(unsafe_code)]

use std::cmp::Ordering;
use std::fmt::{self, Debug, Display, Formatter};

/// A half-precision number (IEEE binary16), C's `_Float16`, as its bits.
///
/// It compares as a number and not by its bits, and is shown as the `f32` that it is equal to.
///
/// Rust passes it as it does a `u16`, which is not how C passes a `_Float16`: a `_Float16` in a
/// [`CallInterface`](crate::CallInterface)'s or callback's signature travels as C has it, but a Rust function pointer to
/// C cannot have it among its parameters.
///
/// ```
/// use ffi::c_type::F16;
/// assert_eq!(F16::from_f32(1.5), F16(0x3e00));
/// assert_eq!(F16::from_f32(0.1).to_f32(), 0.099975586);
/// assert_eq!(F16::from_f32(65520.0).to_f32(), f32::INFINITY);
/// ```
///
/// ```compile_fail
/// use ffi::c_type::F16;
/// use ffi::{CodePtr, FunctionPointer};
/// type Half = unsafe extern "C" fn(F16) -> F16;
/// let code = CodePtr::new(std::ptr::dangling()).expect("not null");
/// let half = unsafe { Half::from_code(code) };
/// ```
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
pub struct F16(pub u16);

/// Bits of a half behind the leading one, and of a double.
const FRACTION: u32 = 10;
const DOUBLE_FRACTION: u32 = 52;

impl F16 {
    /// The nearest half, of two as near the even one; an infinity from 65520 on. NaNs stay NaNs.
    pub fn from_f32(value: f32) -> F16 {
        F16::from_f64(value.into())
    }

    /// The nearest half, as [`F16::from_f32`].
    pub fn from_f64(value: f64) -> F16 {
        let bits = value.to_bits();
        let sign = (bits >> 48) as u16 & 0x8000;
        if value.is_nan() {
            // A quiet one, with what there is room for of its other bits.
            return F16(sign | 0x7e00 | (bits >> (DOUBLE_FRACTION - FRACTION)) as u16 & 0x01ff);
        }
        // Below the normal halves the subnormal ones lie as close as the least of these.
        let exponent = ((bits >> DOUBLE_FRACTION) as i32 & 0x7ff) - 1023;
        let exponent = exponent.max(-14);
        if exponent > 15 {
            return F16(sign | 0x7c00);
        }
        let scale = f64::from_bits(((FRACTION as i32 - exponent + 1023) as u64) << DOUBLE_FRACTION);
        // The leading one, where there is one, and a carry both count up the exponent.
        let fraction = (value.abs() * scale).round_ties_even() as u16;
        F16(sign | ((((exponent + 14) as u16) << FRACTION) + fraction))
    }

    /// The same number.
    pub fn to_f32(self) -> f32 {
        let (exponent, fraction) =
            (u32::from(self.0) >> FRACTION & 0x1f, u32::from(self.0) & 0x03ff);
        let magnitude = match exponent {
            0 => (fraction as f32 / f32::from(1_u16 << 12) / f32::from(1_u16 << 12)).to_bits(),
            31 => 0x7f80_0000 | fraction << 13,
            _ => (exponent + 127 - 15) << 23 | fraction << 13,
        };
        f32::from_bits(u32::from(self.0 & 0x8000) << 16 | magnitude)
    }

    /// The bytes, as they lie in memory.
    pub fn to_ne_bytes(self) -> [u8; 2] {
        self.0.to_ne_bytes()
    }
}

impl PartialEq for F16 {
    fn eq(&self, other: &F16) -> bool {
        self.to_f32() == other.to_f32()
    }
}

impl PartialOrd for F16 {
    fn partial_cmp(&self, other: &F16) -> Option<Ordering> {
        self.to_f32().partial_cmp(&other.to_f32())
    }
}

impl From<F16> for f32 {
    fn from(value: F16) -> f32 {
        value.to_f32()
    }
}

impl Display for F16 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.to_f32(), f)
    }
}

impl Debug for F16 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.to_f32(), f)
    }
}
