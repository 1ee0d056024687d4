//! Into the first stub of a call, and back with the result.

use std::ffi::c_void;
use std::mem::{MaybeUninit, transmute};

use super::stubs::{self, Stub};
use crate::abi::{Piece, Place, Plan, ResultPlan};
use crate::c_type::CType;

/// How the result of a call is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Returns {
    shape: Shape,
    /// Where the bytes from the only or last register begin in the result, and their number.
    offset: u8,
    size: u8,
}

/// Where the result of a call comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing to store: there is none, or the last step stores it.
    Stored,
    /// The callee stores it, at the address that is its first argument.
    Memory,
    /// From the first integer register.
    Integer,
    /// From the first vector register.
    Vector,
    IntegerInteger,
    IntegerVector,
    VectorInteger,
    VectorVector,
}

/// A result in two registers, by class.
#[repr(C)]
struct Pair<A, B>(A, B);

/// A register or stack word that a stub does not read.
const UNUSED: MaybeUninit<u64> = MaybeUninit::uninit();

/// The first stub as seen from Rust: the C function's result is its result. The last four words lie on the stack,
/// where the C function of Win64 has its shadow space.
type Enter<R> = unsafe extern "sysv64-unwind" fn(
    *mut u8,
    *const c_void,
    *const c_void,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    *const c_void,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
) -> R;

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
            let result = std::ptr::dangling_mut();
            // SAFETY: by this function's contract.
            unsafe { enter(result, first, second, UNUSED, UNUSED, UNUSED, code, UNUSED, UNUSED, UNUSED) }
        }};
    }
    scalar_result!(R, enter)
}

impl Returns {
    /// How results of a plan are stored; where no shape of a return does it, by the stub that is the last step.
    pub(super) fn of(plan: &Plan) -> (Returns, Option<Stub>) {
        let (shape, last) = shape(plan);
        let (offset, size) = match &plan.result {
            ResultPlan::Registers(pieces) => {
                pieces.last().map_or((0, 0), |last| (last.offset as u8, last.size as u8))
            }
            _ => (0, 0),
        };
        (Returns { shape, offset, size }, last)
    }

    /// Whether the callee stores the result at an address that it is passed.
    pub(super) fn in_memory(&self) -> bool {
        self.shape == Shape::Memory
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
        if !matches!(self.shape, Shape::Stored | Shape::Memory) {
            // SAFETY: this function's contract.
            return unsafe { self.call_and_store(enter, first, second, code, result) };
        }
        // SAFETY: the stub's registers at entry are those of this type; nothing comes back in registers.
        let enter = unsafe { transmute::<*const c_void, Enter<()>>(enter) };
        // SAFETY: by this function's contract.
        unsafe {
            enter(result, first, second, UNUSED, UNUSED, UNUSED, code, UNUSED, UNUSED, UNUSED)
        }
    }

    /// [`Returns::call`] for a result in registers.
    ///
    /// # Safety
    /// That of `call`.
    #[inline(never)]
    unsafe fn call_and_store(
        &self,
        enter: *const c_void,
        first: *const c_void,
        second: *const c_void,
        code: *const c_void,
        result: *mut u8,
    ) {
        macro_rules! enter {
            ($result:ty) => {{
                // SAFETY: what the C function leaves in the result register has the class of `$result` by the plan.
                unsafe { enter_for::<$result>(enter, first, second, code) }
            }};
        }
        // Two comparisons: a jump table of all shapes would cost one more indirect jump.
        if self.shape == Shape::Integer {
            let value = enter!(u64);
            // SAFETY: the result has these bytes, by the plan.
            unsafe { self.store(result, value) }
        } else if self.shape == Shape::Vector {
            let value = enter!(f64).to_bits();
            // SAFETY: the result has these bytes, by the plan.
            unsafe { self.store(result, value) }
        } else {
            // SAFETY: this function's contract.
            unsafe { self.call_pair(enter, first, second, code, result) }
        }
    }

    /// [`Returns::call`] for a result in two registers.
    ///
    /// # Safety
    /// That of `call`.
    #[inline(never)]
    unsafe fn call_pair(
        &self,
        enter: *const c_void,
        first: *const c_void,
        second: *const c_void,
        code: *const c_void,
        result: *mut u8,
    ) {
        macro_rules! pair {
            ($low:ty, $high:ty) => {{
                // SAFETY: as in `call`.
                let enter = unsafe { transmute::<*const c_void, Enter<Pair<$low, $high>>>(enter) };
                // SAFETY: by this function's contract.
                let pair = unsafe {
                    enter(
                        result, first, second, UNUSED, UNUSED, UNUSED, code, UNUSED, UNUSED, UNUSED,
                    )
                };
                (pair.0.to_ne_bytes(), u64::from_ne_bytes(pair.1.to_ne_bytes()))
            }};
        }
        let (low, high) = match self.shape {
            Shape::IntegerInteger => pair!(u64, u64),
            Shape::IntegerVector => pair!(u64, f64),
            Shape::VectorInteger => pair!(f64, u64),
            _ => pair!(f64, f64),
        };
        // SAFETY: a result in two registers has 8 bytes from the first.
        unsafe { result.cast::<[u8; 8]>().write(low) };
        // SAFETY: and these from the second, by the plan.
        unsafe { self.store(result, high) }
    }

    /// Stores the bytes from the only or last register.
    ///
    /// # Safety
    /// They are writable in `result`.
    #[inline]
    unsafe fn store(&self, result: *mut u8, value: u64) {
        // SAFETY: the caller's contract.
        let target = unsafe { result.add(self.offset.into()) };
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
    /// That of `store`, where the bytes begin.
    #[inline(never)]
    unsafe fn store_odd(&self, target: *mut u8, value: u64) {
        let (bytes, count) = (value.to_ne_bytes(), usize::from(self.size.min(8)));
        // SAFETY: the caller's contract; a register has no more than 8 bytes.
        unsafe { target.copy_from_nonoverlapping(bytes.as_ptr(), count) };
    }
}

/// How the result is stored: after the return by its shape, or by the last step.
fn shape(plan: &Plan) -> (Shape, Option<Stub>) {
    let pieces = match &plan.result {
        ResultPlan::Registers(pieces) => pieces,
        ResultPlan::Memory { .. } => return (Shape::Memory, None),
        ResultPlan::Void => return (Shape::Stored, None),
    };
    let stored = |stub| (Shape::Stored, Some(stub));
    match **pieces {
        [Piece { place: Place::Integer(_), .. }] => (Shape::Integer, None),
        [Piece { place: Place::Vector(_), size: ..=8, .. }] => (Shape::Vector, None),
        [Piece { place: Place::Vector(_), size: 16, .. }] => stored(stubs::CALL_STORE_XMM),
        [Piece { place: Place::Vector(_), .. }] => stored(stubs::CALL_STORE_YMM),
        [Piece { place: Place::X87(_), .. }] => stored(stubs::CALL_STORE_X87),
        [Piece { place: Place::X87(_), .. }, _] => stored(stubs::CALL_STORE_X87_PAIR),
        [low, high, ..] => {
            let shape = match (low.place, high.place) {
                (Place::Integer(_), Place::Integer(_)) => Shape::IntegerInteger,
                (Place::Integer(_), _) => Shape::IntegerVector,
                (_, Place::Integer(_)) => Shape::VectorInteger,
                _ => Shape::VectorVector,
            };
            (shape, None)
        }
        _ => (Shape::Stored, None),
    }
}
