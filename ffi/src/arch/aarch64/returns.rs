//! Into the first stub of a call, and back with the result.

use std::arch::aarch64::uint8x16_t;
use std::ffi::c_void;
use std::mem::transmute;

use super::stubs::{self, Stub};
use crate::abi::{Piece, Place, Plan, ResultPlan};
use crate::c_type::CType;

/// How the result of a call is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Returns {
    shape: Shape,
    /// Bytes of the result in the only or last register; of a homogeneous aggregate, in each.
    size: u8,
    /// The number of registers.
    count: u8,
}

/// Where the result of a call comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing to store: there is none, or the callee or the last step stores it.
    Stored,
    /// From x0.
    Integer,
    /// From x0 and x1.
    Integers,
    /// From the low half of v0.
    Vector,
    /// From the low halves of v0 to v3, as many as members.
    Vectors,
    /// From v0.
    Quad,
}

/// A result in x0 and x1.
#[repr(C)]
struct Integers(u64, u64);

/// A result in the low halves of v0 to v3.
#[repr(C)]
struct Vectors([f64; 4]);

/// The first stub as seen from Rust: the C function's result is its result.
type Enter<R> =
    unsafe extern "C-unwind" fn(*mut u8, *const c_void, *const c_void, *const c_void) -> R;

/// Enters a stub and takes the result out of its register.
///
/// # Safety
/// The stub, with `first` and `second`, calls `code`, whose result is an `R`, a scalar or nothing; the call is sound.
#[inline(always)]
pub(super) unsafe fn enter_for<R: CType>(
    enter: *const c_void,
    first: *const c_void,
    second: *const c_void,
    code: *const c_void,
) -> R {
    macro_rules! enter {
        ($result:ty) => {{
            // SAFETY: the stub's registers at entry are those of this type, and a scalar comes back in the register of
            // `$result`.
            let enter = unsafe { transmute::<*const c_void, Enter<$result>>(enter) };
            // SAFETY: by this function's contract.
            unsafe { enter(std::ptr::dangling_mut(), first, second, code) }
        }};
    }
    scalar_result!(R, enter)
}

impl Returns {
    /// How results of a plan are stored; where no shape of a return does it, by the stub that is the last step.
    pub(super) fn of(plan: &Plan) -> (Returns, Option<Stub>) {
        let stored = Returns { shape: Shape::Stored, size: 0, count: 0 };
        let ResultPlan::Registers(pieces) = &plan.result else {
            return (stored, None);
        };
        let shape = match **pieces {
            [] => Shape::Stored,
            [Piece { place: Place::Integer(_), .. }] => Shape::Integer,
            [Piece { place: Place::Integer(_), .. }, ..] => Shape::Integers,
            [Piece { size: 16, .. }] => Shape::Quad,
            // Rust has no type that comes back so.
            [Piece { size: 16, .. }, ..] => {
                return (stored, Some(stubs::CALL_STORE_QUADS[pieces.len() - 2]));
            }
            [_] => Shape::Vector,
            _ => Shape::Vectors,
        };
        let size = pieces.last().map_or(0, |last| last.size as u8);
        (Returns { shape, size, count: pieces.len() as u8 }, None)
    }

    /// Enters a stub and stores the result at exactly its size.
    ///
    /// # Safety
    /// The stub, with `first` and `second`, calls `code`, a function whose result comes back as planned; the call is
    /// sound. `result` is writable for the size of the result (dangling if that is 0).
    #[inline]
    pub(super) unsafe fn call(
        &self,
        enter: *const c_void,
        first: *const c_void,
        second: *const c_void,
        code: *const c_void,
        result: *mut u8,
    ) {
        macro_rules! enter {
            ($result:ty) => {{
                // SAFETY: the stub's registers at entry are those of this type; what the C function leaves in the result
                // registers is a `$result` by the plan, of which no more is used than there is.
                let enter = unsafe { transmute::<*const c_void, Enter<$result>>(enter) };
                // SAFETY: by this function's contract.
                unsafe { enter(result, first, second, code) }
            }};
        }
        // The frequent shapes by comparison: a jump table would cost one more indirect jump.
        if self.shape == Shape::Integer {
            let value = enter!(u64);
            // SAFETY: the result has these bytes, by the plan.
            unsafe { self.store(result, value) }
        } else if self.shape == Shape::Stored {
            enter!(())
        } else if self.shape == Shape::Vector {
            let value = enter!(f64).to_bits();
            // SAFETY: the result has these bytes, by the plan.
            unsafe { self.store(result, value) }
        } else {
            // SAFETY: this function's contract.
            unsafe { self.call_registers(enter, first, second, code, result) }
        }
    }

    /// [`Returns::call`] for a result in several registers, or in a whole vector register.
    ///
    /// # Safety
    /// That of `call`.
    #[inline(never)]
    unsafe fn call_registers(
        &self,
        enter: *const c_void,
        first: *const c_void,
        second: *const c_void,
        code: *const c_void,
        result: *mut u8,
    ) {
        macro_rules! enter {
            ($result:ty) => {{
                // SAFETY: as in `call`.
                let enter = unsafe { transmute::<*const c_void, Enter<$result>>(enter) };
                // SAFETY: by this function's contract.
                unsafe { enter(result, first, second, code) }
            }};
        }
        match self.shape {
            Shape::Integers => {
                let Integers(low, high) = enter!(Integers);
                // SAFETY: a result in two registers has 8 bytes from the first.
                unsafe { result.cast::<[u8; 8]>().write(low.to_ne_bytes()) };
                // SAFETY: and these from the second, by the plan.
                unsafe { self.store(result.add(8), high) }
            }
            Shape::Quad => {
                let register = enter!(uint8x16_t);
                // SAFETY: the result has 16 bytes, by the plan.
                unsafe { result.cast::<uint8x16_t>().write_unaligned(register) }
            }
            _ => {
                let Vectors(registers) = enter!(Vectors);
                // SAFETY: the result has these bytes, by the plan.
                unsafe { self.store_members(result, &registers) }
            }
        }
    }

    /// Stores the bytes from the only, the last, or any of several equal registers.
    ///
    /// # Safety
    /// They are writable at `target`.
    #[inline]
    unsafe fn store(&self, target: *mut u8, value: u64) {
        match self.size {
            // SAFETY: the caller's contract, here and below; a byte array is never unaligned.
            8 => unsafe { target.cast::<[u8; 8]>().write(value.to_ne_bytes()) },
            // SAFETY: as above.
            4 => unsafe { target.cast::<[u8; 4]>().write((value as u32).to_ne_bytes()) },
            // SAFETY: as above.
            _ => unsafe { self.store_odd(target, value) },
        }
    }

    /// # Safety
    /// That of `store`.
    #[inline(never)]
    unsafe fn store_odd(&self, target: *mut u8, value: u64) {
        let bytes = value.to_ne_bytes();
        // SAFETY: the caller's contract; a register has no more than 8 bytes.
        unsafe { target.copy_from_nonoverlapping(bytes.as_ptr(), usize::from(self.size.min(8))) };
    }

    /// Stores the members of a homogeneous aggregate, one from the low bytes of each register.
    ///
    /// # Safety
    /// They are writable at `target`.
    unsafe fn store_members(&self, target: *mut u8, registers: &[f64; 4]) {
        for (member, register) in registers.iter().take(self.count.into()).enumerate() {
            // SAFETY: the result has this member.
            let to = unsafe { target.add(member * usize::from(self.size)) };
            // SAFETY: the caller's contract.
            unsafe { self.store(to, register.to_bits()) };
        }
    }
}
