//! Register images: arguments kept as the registers and stack words that a call loads.
//!
//! ```text
//! word  0 ..  8   x0 to x7
//! word  8 .. 16   the low halves of v0 to v7
//! word 16 ..      stack words, an even number
//! ```

use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::MaybeUninit;

use super::program::is_of_this_processor;
use super::returns::{Returns, enter_for};
use super::stubs::Stub;
use super::unwind::{framed_asm, pop_frame, push_frame};
use crate::abi::{Place, Plan};
use crate::c_type::CType;

const VECTORS: usize = 8;
const STACK: usize = 16;

/// How to call with a register image.
#[derive(Debug)]
pub(crate) struct Image {
    enter: Stub,
    returns: Returns,
    stack_words: usize,
}

impl Image {
    /// For a plan all of whose arguments travel in words of their own; none for what an image cannot call.
    pub(crate) fn of(plan: &Plan) -> Option<Image> {
        let (returns, last) = Returns::of(plan);
        let known = is_of_this_processor(plan.abi);
        if !known || last.is_some() || plan.stack_alignment > 16 {
            return None;
        }
        let enter: Stub = match (plan.stack_size, plan.vector_registers) {
            (1.., _) => enter_framed,
            (_, 1..) => enter_any,
            _ => enter_integers,
        };
        let stack_words = (plan.stack_size as usize).next_multiple_of(16) / 8;
        Some(Image { enter, returns, stack_words })
    }

    /// The number of words.
    pub(crate) fn words(&self) -> usize {
        STACK + self.stack_words
    }

    /// The word where the value of a place begins.
    pub(crate) fn word(place: Place) -> usize {
        match place {
            Place::Integer(register) => register.into(),
            Place::Vector(register) => VECTORS + usize::from(register),
            Place::Stack(offset) => STACK + offset as usize / 8,
            Place::Both(_) | Place::X87(_) => unreachable!("{place:?} is no place of arm64"),
        }
    }

    /// Makes the call and stores the result at exactly its size.
    ///
    /// # Safety
    /// `words` is an image for this plan whose values are valid arguments; otherwise as for
    /// [`Program::run`](super::Program::run).
    #[inline]
    pub(crate) unsafe fn run(
        &self,
        code: *const c_void,
        words: &mut [MaybeUninit<u64>],
        result: *mut u8,
    ) {
        debug_assert_eq!(words.len(), self.words());
        let (image, count) =
            (words.as_ptr().cast(), std::ptr::without_provenance(self.stack_words));
        // SAFETY: the stub loads all registers of the plan from the image; the rest is the caller's contract.
        unsafe { self.returns.call(self.enter as *const c_void, image, count, code, result) }
    }

    /// Makes the call and returns the result.
    ///
    /// # Safety
    /// As for [`Image::run`], where the result is an `R`, a scalar or `()`.
    #[inline]
    pub(crate) unsafe fn scalar<R: CType>(
        &self,
        code: *const c_void,
        words: &[MaybeUninit<u64>],
    ) -> R {
        debug_assert_eq!(words.len(), self.words());
        let (image, count) =
            (words.as_ptr().cast(), std::ptr::without_provenance(self.stack_words));
        // SAFETY: as in `run`.
        unsafe { enter_for(self.enter as *const c_void, image, count, code) }
    }
}

/// Loads the registers from the image at `x9`; the address for the result and the C function from where they are at entry.
macro_rules! load_integers {
    () => {
        "mov x8, x0
         mov x17, x3
         ldp x0, x1, [x9]
         ldp x2, x3, [x9, #16]
         ldp x4, x5, [x9, #32]
         ldp x6, x7, [x9, #48]"
    };
}

/// Loads the vector registers from the image at `x9`.
macro_rules! load_vectors {
    () => {
        "ldp d0, d1, [x9, #64]
         ldp d2, d3, [x9, #80]
         ldp d4, d5, [x9, #96]
         ldp d6, d7, [x9, #112]"
    };
}

/// Integer registers only. Like the others here entered with `x0` the address for the result, `x1` the image, `x2` the
/// number of its stack words, and `x3` the C function.
#[unsafe(naked)]
unsafe extern "C" fn enter_integers() {
    naked_asm!("bti c", "mov x9, x1", load_integers!(), "br x17")
}

/// All registers.
#[unsafe(naked)]
unsafe extern "C" fn enter_any() {
    naked_asm!("bti c", "mov x9, x1", load_vectors!(), load_integers!(), "br x17")
}

/// All registers and stack words, at least two.
///
/// ```text
/// [x29 + 8]  return address
/// [x29]      the caller's x29
/// [sp]       stack arguments; sp is a multiple of 16
/// ```
#[unsafe(naked)]
unsafe extern "C" fn enter_framed() {
    framed_asm!(
        enter_framed,
        [
            push_frame!(),
            "mov x9, x1",
            // From the last pair of words to the first.
            "add x10, x9, #128",
            "add x10, x10, x2, lsl #3",
            "2: ldp x12, x13, [x10, #-16]!",
            "stp x12, x13, [sp, #-16]!",
            "subs x2, x2, #2",
            "b.ne 2b",
            load_vectors!(),
            load_integers!(),
            "blr x17",
            pop_frame!(),
        ]
    )
}

const _: () = assert!(8 * VECTORS == 64 && 8 * STACK == 128, "the offsets in the stubs");
