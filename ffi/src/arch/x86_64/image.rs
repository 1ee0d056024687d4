//! Register images: arguments kept as the registers and stack words that a call loads.
//!
//! ```text
//! word  0 ..  6   rdi, rsi, rdx, rcx, r8, r9
//! word  6 .. 14   the low halves of xmm0 to xmm7
//! word 14 ..      stack words, an even number
//! ```

use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::MaybeUninit;

use super::returns::Returns;
use super::stubs::Stub;
use super::unwind::{framed_asm, pop_frame, push_frame};
use crate::Signature;
use crate::abi::{Abi, Place, Plan, ResultPlan};

const VECTORS: usize = 6;
const STACK: usize = 14;

/// How to call with a register image.
#[derive(Debug)]
pub(crate) struct Image {
    enter: Stub,
    returns: Returns,
    stack_words: usize,
    result_in_memory: bool,
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
                    let on_stack = matches!(step.piece.place, Place::Stack(_));
                    (on_stack || size <= 8) && step.piece.offset == 0 && step.copy.is_none()
                }
                _ => false,
            }
        });
        if plan.abi != Abi::SysV64 || last.is_some() || !fits || plan.stack_alignment > 16 {
            return None;
        }
        let enter: Stub = match (plan.stack_size, plan.vector_registers) {
            (1.., _) => enter_framed,
            (_, 1..) => enter_any,
            _ => enter_integers,
        };
        let stack_words = (plan.stack_size as usize).next_multiple_of(16) / 8;
        let result_in_memory = matches!(plan.result, ResultPlan::Memory { .. });
        Some(Image { enter, returns, stack_words, result_in_memory })
    }

    /// The number of words.
    pub(crate) fn words(&self) -> usize {
        STACK + self.stack_words
    }

    /// The word where the value of a place begins.
    pub(crate) fn word(place: Place) -> usize {
        match place {
            Place::Integer(register) | Place::Both(register) => register.into(),
            Place::Vector(register) => VECTORS + usize::from(register),
            Place::X87(_) => unreachable!("no convention passes arguments on the x87 stack"),
            Place::Stack(offset) => STACK + offset as usize / 8,
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
        if self.result_in_memory {
            // SAFETY: an image has a word for every register.
            unsafe { words.as_mut_ptr().cast::<*mut u8>().write(result) };
        }
        let (image, count) =
            (words.as_ptr().cast(), std::ptr::without_provenance(self.stack_words));
        // SAFETY: the stub loads all registers of the plan from the image; the rest is the caller's contract.
        unsafe { self.returns.call(self.enter as *const c_void, image, count, code, result) }
    }
}

/// Loads the registers from the image at `r11`.
macro_rules! load_integers {
    () => {
        "mov rdi, qword ptr [r11]
         mov rsi, qword ptr [r11 + 8]
         mov rdx, qword ptr [r11 + 16]
         mov rcx, qword ptr [r11 + 24]
         mov r8, qword ptr [r11 + 32]
         mov r9, qword ptr [r11 + 40]"
    };
}

/// Loads the vector registers from the image at `r11`, and their number for a variadic function (psABI 3.2.3: al).
macro_rules! load_vectors {
    () => {
        "movsd xmm0, qword ptr [r11 + 48]
         movsd xmm1, qword ptr [r11 + 56]
         movsd xmm2, qword ptr [r11 + 64]
         movsd xmm3, qword ptr [r11 + 72]
         movsd xmm4, qword ptr [r11 + 80]
         movsd xmm5, qword ptr [r11 + 88]
         movsd xmm6, qword ptr [r11 + 96]
         movsd xmm7, qword ptr [r11 + 104]
         mov eax, 8"
    };
}

/// Integer registers only. Like the others here entered with `rsi` the image, `rdx` the number of its stack words, and
/// `[rsp + 8]` the C function.
#[unsafe(naked)]
unsafe extern "C" fn enter_integers() {
    naked_asm!(
        "endbr64",
        "mov r11, rsi",
        load_integers!(),
        "xor eax, eax",
        "jmp qword ptr [rsp + 8]"
    )
}

/// All registers.
#[unsafe(naked)]
unsafe extern "C" fn enter_any() {
    naked_asm!(
        "endbr64",
        "mov r11, rsi",
        load_vectors!(),
        load_integers!(),
        "jmp qword ptr [rsp + 8]"
    )
}

/// All registers and stack words, at least two.
///
/// ```text
/// [rbp + 16]  the C function
/// [rbp +  8]  return address
/// [rbp]       the caller's rbp
///             stack arguments; rsp is a multiple of 16 at the call
/// ```
#[unsafe(naked)]
unsafe extern "C" fn enter_framed() {
    framed_asm!(
        enter_framed,
        [
            "endbr64",
            push_frame!(),
            "mov r11, rsi",
            "2: push qword ptr [r11 + 8 * rdx + 104]",
            "dec rdx",
            "jnz 2b",
            load_vectors!(),
            load_integers!(),
            "call qword ptr [rbp + 16]",
            pop_frame!(),
        ]
    )
}

const _: () = assert!(8 * VECTORS == 48 && 8 * STACK - 8 == 104, "the offsets in the stubs");
