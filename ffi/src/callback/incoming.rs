//! One call from C: its arguments, and the place of its result.

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::mem::MaybeUninit;

use super::route::{GATHERED_WORDS, ResultRoute, Route, Source};
use crate::abi::{Piece, Place};
use crate::arch::CallbackFrame;
use crate::c_type::CType;
use crate::{Error, Signature, Type};

/// A call that came in from C, while a [`Callback`](crate::Callback)'s closure handles it.
pub struct Incoming<'call> {
    name: &'call str,
    route: &'call Route,
    frame: *mut CallbackFrame,
    gathered: Gathered,
    result: ResultBuffer,
    stored: bool,
}

/// Values whose pieces were passed apart, put together again.
#[repr(C, align(32))]
struct Gathered([MaybeUninit<u64>; GATHERED_WORDS]);

/// The result, until it goes to the result registers: four of 16 bytes at most.
#[repr(C, align(32))]
struct ResultBuffer([u64; 8]);

impl<'call> Incoming<'call> {
    /// # Safety
    /// `frame` was saved at a call of the route's plan.
    #[inline]
    pub(super) unsafe fn new(
        name: &'call str,
        route: &'call Route,
        frame: *mut CallbackFrame,
    ) -> Incoming<'call> {
        let mut gathered = Gathered([MaybeUninit::uninit(); GATHERED_WORDS]);
        for piece in &route.gathers {
            let to = gathered.0.as_mut_ptr().wrapping_byte_add(piece.to as usize).cast::<u8>();
            let from = frame.wrapping_byte_add(piece.from as usize).cast::<u8>();
            // SAFETY: the frame and the caller's stack hold the piece, by the plan; registers' pieces fit into the words.
            unsafe { to.copy_from_nonoverlapping(from, piece.size as usize) };
        }
        Incoming { name, route, frame, gathered, result: ResultBuffer([0; 8]), stored: false }
    }

    /// The callback's name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The callback's signature.
    pub fn signature(&self) -> &Signature {
        self.route.signature()
    }

    /// The value of an argument.
    ///
    /// # Errors
    /// [`Error::NoArgument`] past the last one, [`Error::TypeMismatch`] where `T` is not the parameter's type.
    #[inline]
    pub fn argument<T: CType + Copy>(&self, index: usize) -> Result<T, Error> {
        let value = self.argument_ptr(index)?;
        let parameter = &self.route.signature().parameters()[index];
        check_type::<T>(parameter.ty(), || parameter.place("argument", index))?;
        // SAFETY: an argument of T's C type lies there; in a register's place it may be less aligned than a `T`.
        Ok(unsafe { value.cast::<T>().read_unaligned() })
    }

    /// The address of an argument's value, valid until the closure returns. It may be less aligned than its type asks
    /// for.
    ///
    /// # Errors
    /// [`Error::NoArgument`] past the last one.
    #[inline]
    pub fn argument_ptr(&self, index: usize) -> Result<*const c_void, Error> {
        Ok(match self.route.argument(index)? {
            Source::Frame(offset) => self.frame.wrapping_byte_add(offset as usize).cast(),
            Source::Referenced(offset) => self.pointer_at(offset),
            Source::Gathered(offset) => {
                self.gathered.0.as_ptr().wrapping_byte_add(offset as usize).cast()
            }
        })
    }

    /// Stores the result.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] where `T` is not the signature's result type.
    #[inline]
    pub fn set_result<T: CType>(&mut self, value: T) -> Result<(), Error> {
        check_type::<T>(self.route.signature().returns(), || "the result".into())?;
        if size_of::<T>() > 0 {
            // SAFETY: the result has T's size, and `result_ptr` is writable for it.
            unsafe { self.result_ptr().cast::<T>().write_unaligned(value) };
        }
        Ok(())
    }

    /// Where the result is stored: writable for its size until the closure returns. Not for a result that is not there.
    #[inline]
    pub fn result_ptr(&mut self) -> *mut c_void {
        self.stored = true;
        match self.route.result {
            ResultRoute::Memory { pointer } => self.pointer_at(pointer),
            _ => self.result.0.as_mut_ptr().cast(),
        }
    }

    /// The address that the frame holds at an offset.
    fn pointer_at(&self, offset: u32) -> *mut c_void {
        let pointer = self.frame.wrapping_byte_add(offset as usize).cast::<*mut c_void>();
        // SAFETY: the frame holds an address there, by the plan.
        unsafe { pointer.read() }
    }

    /// Fills the frame's result registers; returns the integer result register.
    #[inline]
    pub(super) fn finish(&mut self) -> u64 {
        match self.route.result {
            ResultRoute::Void => 0,
            ResultRoute::Integer { size, signed } => widen(self.result.0[0], size, signed),
            ResultRoute::Pieces { ref pieces } => self.place_pieces(pieces),
            ResultRoute::Memory { pointer } => {
                let memory = self.pointer_at(pointer);
                if !self.stored {
                    let size = self.signature().returns().size();
                    // SAFETY: the caller provides memory for the result.
                    unsafe { memory.cast::<u8>().write_bytes(0, size) };
                }
                memory.addr() as u64
            }
        }
    }

    fn place_pieces(&mut self, pieces: &[Option<Piece>; 4]) -> u64 {
        let mut first_integer = 0;
        // SAFETY: the frame is this call's alone, and nothing else refers to it now.
        let frame = unsafe { &mut *self.frame };
        let result: *const u8 = self.result.0.as_ptr().cast();
        for piece in pieces.iter().flatten() {
            let mut words = [0_u64; 2];
            // SAFETY: the piece lies in the buffer, by the plan, and a register has no more than 16 bytes.
            unsafe {
                result
                    .wrapping_add(piece.offset as usize)
                    .copy_to_nonoverlapping(words.as_mut_ptr().cast(), piece.size as usize)
            };
            match piece.place {
                Place::Integer(0) => first_integer = words[0],
                Place::Integer(register) => frame.set_integer_result(register, words[0]),
                Place::Vector(register) => frame.set_vector_result(register, words),
                Place::X87(number) => frame.set_x87_result(number, words),
                Place::Both(_) | Place::Stack(_) => {
                    unreachable!("no convention returns in two places or on the stack")
                }
            }
        }
        first_integer
    }
}

/// The low `size` bytes of a word, widened as callers may expect.
#[inline]
fn widen(word: u64, size: u8, signed: bool) -> u64 {
    match (size, signed) {
        (1, true) => word as i8 as i64 as u64,
        (1, false) => u64::from(word as u8),
        (2, true) => word as i16 as i64 as u64,
        (2, false) => u64::from(word as u16),
        (4, true) => word as i32 as i64 as u64,
        (4, false) => u64::from(word as u32),
        _ => word,
    }
}

#[inline]
fn check_type<T: CType>(expected: &Type, place: impl FnOnce() -> String) -> Result<(), Error> {
    if T::is_described_by(expected) {
        return Ok(());
    }
    Err(Error::TypeMismatch { place: place(), expected: expected.clone(), found: T::c_type() })
}

impl Debug for Incoming<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({:?} {})", self.name(), self.signature())
    }
}
