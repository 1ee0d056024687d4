//! The way back to C: from the bytes of a result to the registers or the memory where C expects it.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use super::route::{ResultRoute, Route};
use crate::abi::{Piece, Place};
use crate::arch::CallbackFrame;

/// A result, until it goes to the result registers: four of 16 bytes at most.
#[repr(C, align(16))]
pub(super) struct ResultBuffer(pub(super) [u64; 8]);

impl Route {
    /// Fills the frame's result registers from the buffer; returns the integer result register. A result that is `unset`
    /// is zero.
    ///
    /// # Safety
    /// The frame was saved at a call of this route's plan, and is this call's alone. The buffer is initialised, or `unset`,
    /// or the result is in the caller's memory.
    #[inline(never)]
    pub(super) unsafe fn hand_back(
        &self,
        frame: *mut CallbackFrame,
        buffer: &mut MaybeUninit<ResultBuffer>,
        unset: bool,
    ) -> u64 {
        if let ResultRoute::Memory { pointer } = self.result {
            // SAFETY: the frame holds the address there, by the plan.
            let memory = unsafe { pointer_at(frame, pointer) };
            if unset {
                // SAFETY: the caller provides memory for the result.
                unsafe { memory.cast::<u8>().write_bytes(0, self.signature().returns().size()) };
            }
            return memory.addr() as u64;
        }
        if unset {
            buffer.write(ResultBuffer([0; 8]));
        }
        // SAFETY: this function's contract.
        let buffer = unsafe { buffer.assume_init_ref() };
        macro_rules! read {
            ($ty:ty) => {
                // SAFETY: the buffer is larger than the integers that are read, and as aligned.
                unsafe { (&raw const *buffer).cast::<$ty>().read() }
            };
        }
        // Each at its own width: a load of a word that was stored in part waits for the store.
        match self.result {
            ResultRoute::Void | ResultRoute::Memory { .. } => 0,
            ResultRoute::Word => read!(u64),
            ResultRoute::I8 => i64::from(read!(i8)) as u64,
            ResultRoute::I16 => i64::from(read!(i16)) as u64,
            ResultRoute::I32 => i64::from(read!(i32)) as u64,
            ResultRoute::U8 => read!(u8).into(),
            ResultRoute::U16 => read!(u16).into(),
            ResultRoute::U32 => read!(u32).into(),
            ResultRoute::Float => {
                let word = read!(u64);
                // SAFETY: this function's contract.
                unsafe { (*frame).set_float_result(word) };
                word
            }
            // SAFETY: this function's contract.
            ResultRoute::Pieces { pieces } => unsafe { place_pieces(&mut *frame, buffer, &pieces) },
        }
    }
}

/// Fills result registers with the pieces of a result; returns the first integer register.
///
/// # Safety
/// The pieces lie in the buffer.
unsafe fn place_pieces(
    frame: &mut CallbackFrame,
    buffer: &ResultBuffer,
    pieces: &[Option<Piece>; 4],
) -> u64 {
    let mut first_integer = 0;
    let bytes = (&raw const *buffer).cast::<u8>();
    for piece in pieces.iter().flatten() {
        let mut words = [0_u64; 4];
        let from = bytes.wrapping_add(piece.offset as usize);
        // SAFETY: the piece lies in the buffer, by the plan, and a register has no more than 32 bytes.
        unsafe { from.copy_to_nonoverlapping(words.as_mut_ptr().cast(), piece.size as usize) };
        match piece.place {
            Place::Integer(0) => first_integer = words[0],
            Place::Integer(register) => frame.set_integer_result(register, words[0]),
            Place::Vector(register) => frame.set_vector_result(register, words),
            Place::X87(number) => frame.set_x87_result(number, [words[0], words[1]]),
            Place::Both(_) | Place::Stack(_) => {
                unreachable!("no convention returns in two places or on the stack")
            }
        }
    }
    first_integer
}

/// The address that a frame holds at an offset.
///
/// # Safety
/// It does, by its plan.
pub(super) unsafe fn pointer_at(frame: *const CallbackFrame, offset: u32) -> *mut c_void {
    let pointer = frame.wrapping_byte_add(offset as usize).cast::<*mut c_void>();
    // SAFETY: the caller's contract.
    unsafe { pointer.read() }
}
