//! Register images: arguments kept as the registers and stack words that a call loads.
//!
//! ```text
//! word  0 ..  6   rdi, rsi, rdx, rcx, r8, r9
//! word  6 .. 14   the low halves of xmm0 to xmm7
//! word 14 ..      stack words, an even number
//! ```

use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::{MaybeUninit, transmute};

use super::returns::{Returns, enter_for};
use super::stubs::Stub;
use super::unwind::{framed_asm, pop_frame, push_frame};
use crate::abi::{Abi, ArgumentMove, Place, Plan};
use crate::c_type::CType;

/// A register or stack word.
type Word = MaybeUninit<u64>;

/// Functions of integers, under the convention of images: [`Integers::FEW`], in all registers, and on the stack too.
type Few<R> = unsafe extern "sysv64-unwind" fn(Word, Word) -> R;
type InRegisters<R> = unsafe extern "sysv64-unwind" fn(Word, Word, Word, Word, Word, Word) -> R;
type OnStack<R> = unsafe extern "sysv64-unwind" fn(
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
    Word,
) -> R;

const VECTORS: usize = 6;
const STACK: usize = 14;

/// How to call with a register image.
#[derive(Debug)]
pub(crate) struct Image {
    enter: Stub,
    integers: Integers,
    returns: Returns,
    stack_words: usize,
}

/// Whether a call is as good as one from Rust that passes integers: then no stub is needed for a scalar result. A function
/// does not see registers and stack words beyond its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Integers {
    /// In the first [`Integers::FEW`] registers at most.
    InFewRegisters,
    /// In registers.
    InRegisters,
    /// In registers and [`Integers::ON_STACK`] stack words at most.
    OnStack,
    /// There are others, or the function is variadic: it looks at `al`.
    No,
}

impl Integers {
    const FEW: usize = 2;
    const ON_STACK: usize = 8;

    fn of(plan: &Plan) -> Integers {
        let on_stack = plan.stack_size as usize;
        let is_few = |step: &ArgumentMove| match step.piece.place {
            Place::Integer(register) => usize::from(register) < Integers::FEW,
            _ => false,
        };
        match (plan.variadic || plan.vector_registers > 0, on_stack) {
            (false, 0) if plan.moves.iter().all(is_few) => Integers::InFewRegisters,
            (false, 0) => Integers::InRegisters,
            (false, _) if on_stack <= 8 * Integers::ON_STACK => Integers::OnStack,
            _ => Integers::No,
        }
    }
}

impl Image {
    /// For a plan all of whose arguments travel in words of their own; none for what an image cannot call.
    pub(crate) fn of(plan: &Plan) -> Option<Image> {
        let (returns, last) = Returns::of(plan);
        if plan.abi != Abi::SysV64 || last.is_some() || plan.stack_alignment > 16 {
            return None;
        }
        let enter: Stub = match (plan.stack_size, plan.vector_registers) {
            (1.., _) => enter_framed,
            (_, 1..) => enter_any,
            _ => enter_integers,
        };
        let integers = Integers::of(plan);
        let stack_words = match integers {
            Integers::OnStack => Integers::ON_STACK,
            _ => (plan.stack_size as usize).next_multiple_of(16) / 8,
        };
        Some(Image { enter, integers, returns, stack_words })
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
        if self.returns.in_memory() {
            // SAFETY: an image has a word for every register.
            unsafe { words.as_mut_ptr().cast::<*mut u8>().write(result) };
        }
        let (image, count) =
            (words.as_ptr().cast(), std::ptr::without_provenance(self.stack_words));
        // SAFETY: the stub loads all registers of the plan from the image; the rest is the caller's contract.
        unsafe { self.returns.call(self.enter as *const c_void, image, count, code, result) }
    }

    /// Makes the call and returns the result.
    ///
    /// # Safety
    /// As for [`Image::run`], where the result is an `R`, a scalar or `()`.
    #[inline(always)]
    pub(crate) unsafe fn scalar<R: CType>(&self, code: *const c_void, words: &[Word]) -> R {
        debug_assert_eq!(words.len(), self.words());
        if self.integers == Integers::InFewRegisters {
            // SAFETY: an image has a word for every register.
            let [a, b] = unsafe { words.as_ptr().cast::<[Word; Integers::FEW]>().read() };
            macro_rules! call {
                ($result:ty) => {{
                    // SAFETY: by the plan, the function's arguments are among these.
                    let function = unsafe { transmute::<*const c_void, Few<$result>>(code) };
                    // SAFETY: the caller's contract.
                    unsafe { function(a, b) }
                }};
            }
            return scalar_result!(R, call);
        }
        if self.integers != Integers::InRegisters {
            // SAFETY: the caller's contract.
            return unsafe { self.other_scalar(code, words) };
        }
        // SAFETY: as above.
        let [a, b, c, d, e, f] = unsafe { words.as_ptr().cast::<[Word; VECTORS]>().read() };
        macro_rules! call {
            ($result:ty) => {{
                // SAFETY: by the plan, the function's arguments are among these.
                let function = unsafe { transmute::<*const c_void, InRegisters<$result>>(code) };
                // SAFETY: the caller's contract.
                unsafe { function(a, b, c, d, e, f) }
            }};
        }
        scalar_result!(R, call)
    }

    /// [`Image::scalar`] where not all travels in integer registers.
    ///
    /// # Safety
    /// That of `scalar`.
    #[cold]
    unsafe fn other_scalar<R: CType>(&self, code: *const c_void, words: &[Word]) -> R {
        if self.integers == Integers::OnStack
            && let Some((&[a, b, c, d, e, f], rest)) = words.split_first_chunk::<VECTORS>()
            && let Some(&[g, h, i, j, k, l, m, n]) = rest.last_chunk::<{ Integers::ON_STACK }>()
        {
            macro_rules! call {
                ($result:ty) => {{
                    // SAFETY: by the plan, the function's arguments are among these.
                    let function = unsafe { transmute::<*const c_void, OnStack<$result>>(code) };
                    // SAFETY: the caller's contract.
                    unsafe { function(a, b, c, d, e, f, g, h, i, j, k, l, m, n) }
                }};
            }
            return scalar_result!(R, call);
        }
        let count = std::ptr::without_provenance(self.stack_words);
        // SAFETY: as in `run`.
        unsafe { enter_for(self.enter as *const c_void, words.as_ptr().cast(), count, code) }
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
