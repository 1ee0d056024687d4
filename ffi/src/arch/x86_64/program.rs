//! Prepared calls: through the steps to C, and the result back.

use std::ffi::c_void;
use std::mem::{MaybeUninit, transmute};

use super::compile::compile;
use super::stubs::{self, Step, Stub};
use crate::Error;
use crate::abi::{Abi, Piece, Place, Plan, ResultPlan};
use crate::call::Arg;

/// The steps of a prepared call.
#[derive(Debug)]
pub(crate) struct Program {
    /// The first stub; none where nothing is to be loaded, and the C function is called at once.
    enter: Option<Stub>,
    shape: Shape,
    /// Where the bytes from the only or last register begin in the result, and their number.
    offset: u8,
    size: u8,
    steps: Box<[Step]>,
}

/// How the result is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing to store: there is none, or the callee or the last step stores it.
    Stored,
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
    *const Step,
    *const Arg<'_>,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    *const c_void,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
) -> R;

impl Program {
    /// Chooses the stubs for a plan.
    ///
    /// # Errors
    /// [`Error::UnsupportedPlatform`] for a convention of another processor, or a vector register this one lacks.
    pub(crate) fn compile(plan: &Plan) -> Result<Program, Error> {
        if !matches!(plan.abi, Abi::SysV64 | Abi::Win64) {
            return Err(unsupported(plan));
        }
        let (shape, last) = result(plan);
        let wide = |piece: &Piece| matches!(piece.place, Place::Vector(_)) && piece.size > 16;
        let wide_result =
            last.is_some_and(|stub| std::ptr::fn_addr_eq(stub, stubs::CALL_STORE_YMM));
        if (wide_result || plan.moves.iter().any(|step| wide(&step.piece)))
            && !std::arch::is_x86_feature_detected!("avx")
        {
            return Err(unsupported(plan));
        }
        let (enter, steps) = compile(plan, last);
        let (offset, size) = match &plan.result {
            ResultPlan::Registers(pieces) => {
                pieces.last().map_or((0, 0), |last| (last.offset as u8, last.size as u8))
            }
            _ => (0, 0),
        };
        Ok(Program { enter, shape, offset, size, steps: steps.into_boxed_slice() })
    }

    /// Makes the call and stores the result at exactly its size.
    ///
    /// # Safety
    /// `code` is a function of the plan's signature and convention, and the call is sound. `arguments` points to as many
    /// valid arguments as the plan has. `result` is writable for the size of the result (dangling if that is 0).
    #[inline]
    pub(crate) unsafe fn run(
        &self,
        code: *const c_void,
        arguments: *const Arg<'_>,
        result: *mut u8,
    ) {
        let enter = self.enter.map_or(code, |stub| stub as *const c_void);
        macro_rules! enter {
            ($result:ty) => {{
                // SAFETY: the stub's registers at entry are those of this type; what the C function leaves in the result
                // registers has the class of `$result` by the plan.
                let enter = unsafe { transmute::<*const c_void, Enter<$result>>(enter) };
                let steps = self.steps.as_ptr();
                // SAFETY: by this function's contract.
                unsafe { enter(result, steps, arguments, UNUSED, UNUSED, UNUSED, code, UNUSED, UNUSED, UNUSED) }
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
            unsafe { self.run_pair(enter, code, arguments, result) }
        }
    }

    /// [`Program::run`] for a result in two registers.
    ///
    /// # Safety
    /// That of `run`; `enter` is what to enter.
    #[inline(never)]
    unsafe fn run_pair(
        &self,
        enter: *const c_void,
        code: *const c_void,
        arguments: *const Arg<'_>,
        result: *mut u8,
    ) {
        macro_rules! pair {
            ($low:ty, $high:ty) => {{
                // SAFETY: as in `run`.
                let enter = unsafe { transmute::<*const c_void, Enter<Pair<$low, $high>>>(enter) };
                let steps = self.steps.as_ptr();
                // SAFETY: by this function's contract.
                let pair = unsafe {
                    enter(
                        result, steps, arguments, UNUSED, UNUSED, UNUSED, code, UNUSED, UNUSED,
                        UNUSED,
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
        match (self.size, self.offset) {
            // SAFETY: the caller's contract, here and below; a byte array is never unaligned.
            (8, 0) => unsafe { result.cast::<[u8; 8]>().write(value.to_ne_bytes()) },
            // SAFETY: as above.
            (4, 0) => unsafe { result.cast::<[u8; 4]>().write((value as u32).to_ne_bytes()) },
            // SAFETY: as above.
            _ => unsafe { self.store_odd(result, value) },
        }
    }

    /// # Safety
    /// That of `store`.
    #[inline(never)]
    unsafe fn store_odd(&self, result: *mut u8, value: u64) {
        // SAFETY: the caller's contract.
        let target = unsafe { result.add(self.offset.into()) };
        // SAFETY: the caller's contract; a register has no more than 8 bytes.
        unsafe {
            target.copy_from_nonoverlapping(
                value.to_ne_bytes().as_ptr(),
                usize::from(self.size.min(8)),
            )
        };
    }
}

fn unsupported(plan: &Plan) -> Error {
    Error::UnsupportedPlatform { abi: plan.abi, architecture: "x86_64" }
}

/// How the result is stored: after the return by its shape, or by the last step.
fn result(plan: &Plan) -> (Shape, Option<Stub>) {
    let ResultPlan::Registers(pieces) = &plan.result else {
        return (Shape::Stored, None);
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
