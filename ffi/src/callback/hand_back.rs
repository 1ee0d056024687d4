//! The way back to C: from the bytes of a result to the registers or the memory where C expects it.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use super::route::{ResultRoute, Route};
use crate::abi::{Piece, Place};
use crate::arch::{CallbackFrame, Word};

/// A result, until it goes to the result registers: four of 16 bytes at most. A struct's padding may be uninitialised.
#[repr(C, align(16))]
pub(super) struct ResultBuffer(pub(super) [Word; 8]);

impl ResultBuffer {
    /// A result whose first word this is.
    pub(super) fn of(word: u64) -> ResultBuffer {
        let mut words = [Word::new(0); 8];
        words[0] = Word::new(word);
        ResultBuffer(words)
    }
}

impl Route {
    /// Fills the frame's result registers from the buffer; returns the integer result register. A result that is `unset`
    /// is zero.
    ///
    /// # Safety
    /// The frame was saved at a call of this route's plan, and is this call's alone. The buffer was written, or `unset`,
    /// or the result is in the caller's memory; a number in it is initialised.
    #[inline(never)]
    pub(super) unsafe fn hand_back(
        &self,
        frame: *mut CallbackFrame,
        buffer: &mut MaybeUninit<ResultBuffer>,
        unset: bool,
    ) -> Word {
        if let ResultRoute::Memory { pointer } = self.result {
            // SAFETY: the frame holds the address there, by the plan.
            let memory = unsafe { pointer_at(frame, pointer) };
            if unset {
                // SAFETY: the caller provides memory for the result.
                unsafe { memory.cast::<u8>().write_bytes(0, self.signature().returns().size()) };
            }
            return Word::new(memory.addr() as u64);
        }
        if unset {
            buffer.write(ResultBuffer::of(0));
        }
        // SAFETY: this function's contract.
        let buffer = unsafe { buffer.assume_init_ref() };
        macro_rules! read {
            ($ty:ty) => {
                // SAFETY: the buffer is larger than what is read, and as aligned; an integer in it is initialised.
                unsafe { (&raw const *buffer).cast::<$ty>().read() }
            };
        }
        // Of a struct, which may have padding, as of an integer.
        macro_rules! zero_extended {
            ($ty:ty) => {{
                let mut word = Word::new(0);
                let value = read!(MaybeUninit<$ty>);
                // SAFETY: the word has room for an integer.
                unsafe { word.as_mut_ptr().cast::<MaybeUninit<$ty>>().write(value) };
                word
            }};
        }
        // Each at its own width: a load of a word that was stored in part waits for the store.
        match self.result {
            ResultRoute::Void | ResultRoute::Memory { .. } => Word::new(0),
            ResultRoute::Word => read!(Word),
            ResultRoute::I8 => Word::new(i64::from(read!(i8)) as u64),
            ResultRoute::I16 => Word::new(i64::from(read!(i16)) as u64),
            ResultRoute::I32 => Word::new(i64::from(read!(i32)) as u64),
            ResultRoute::U8 => zero_extended!(u8),
            ResultRoute::U16 => zero_extended!(u16),
            ResultRoute::U32 => zero_extended!(u32),
            ResultRoute::Float => {
                let word = read!(Word);
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
) -> Word {
    let mut first_integer = Word::new(0);
    let bytes = (&raw const *buffer).cast::<u8>();
    for piece in pieces.iter().flatten() {
        let mut words = [Word::new(0); 4];
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
