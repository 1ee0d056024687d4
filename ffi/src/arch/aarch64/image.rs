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
use super::returns::Returns;
use super::stubs::Stub;
use super::unwind::{framed_asm, pop_frame, push_frame};
use crate::Signature;
use crate::abi::{Place, Plan};

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
    /// For a plan all of whose arguments travel in one word, or in stack words; none for others.
    pub(crate) fn of(plan: &Plan, signature: &Signature) -> Option<Image> {
        let (returns, last) = Returns::of(plan);
        let mut moves = plan.moves.iter().peekable();
        let fits = signature.parameters().iter().enumerate().all(|(index, parameter)| {
            let mut own = || moves.next_if(|step| usize::from(step.argument) == index);
            match (own(), own(), parameter.ty().size()) {
                // What has no bytes has no place.
                (None, None, 0) => true,
                (Some(step), None, size) => {
                    let one_word = match step.piece.place {
                        // Apple packs: two arguments can lie in one word.
                        Place::Stack(offset) => offset.is_multiple_of(8),
                        _ => size <= 8,
                    };
                    one_word && step.piece.offset == 0 && step.copy.is_none()
                }
                _ => false,
            }
        });
        let known = is_of_this_processor(plan.abi);
        if !known || last.is_some() || !fits || plan.stack_alignment > 16 {
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
