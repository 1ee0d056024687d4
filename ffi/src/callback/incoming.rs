//! One call from C: its arguments, and the place of its result.

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::mem::MaybeUninit;

use super::panic::Header;
use super::route::{GATHERED_WORDS, Gather, ResultRoute, Route, Source};
use crate::abi::{Piece, Place};
use crate::arch::CallbackFrame;
use crate::c_type::{CType, Kind, widened};
use crate::{Error, Signature};

/// A call that came in from C, while a [`Callback`](crate::Callback)'s closure handles it.
pub struct Incoming<'call> {
    header: &'call Header,
    route: &'call Route,
    frame: *mut CallbackFrame,
    gathered: &'call mut Gathered,
    /// A scalar result, widened to a word.
    word: u64,
    result: MaybeUninit<ResultBuffer>,
    state: ResultState,
}

/// Values whose pieces were passed apart, put together again.
#[repr(C, align(16))]
pub(super) struct Gathered([MaybeUninit<u64>; GATHERED_WORDS]);

impl Gathered {
    /// Room for them.
    #[inline(always)]
    pub(super) fn new() -> Gathered {
        Gathered([MaybeUninit::uninit(); GATHERED_WORDS])
    }

    /// # Safety
    /// The frame holds the pieces, by their plan.
    #[inline(never)]
    unsafe fn gather(&mut self, pieces: &[Gather], frame: *const CallbackFrame) {
        for piece in pieces {
            let to = self.0.as_mut_ptr().wrapping_byte_add(piece.to as usize).cast::<u8>();
            let from = frame.wrapping_byte_add(piece.from as usize).cast::<u8>();
            // SAFETY: the frame and the caller's stack hold the piece, by the plan; registers' pieces fit into the words.
            unsafe { to.copy_from_nonoverlapping(from, piece.size as usize) };
        }
    }
}

/// The result, until it goes to the result registers: four of 16 bytes at most.
#[repr(C, align(16))]
struct ResultBuffer([u64; 8]);

/// Where the result is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ResultState {
    /// Nowhere yet.
    Unset,
    /// In the word, and for a floating-point number in the frame.
    Word,
    /// In the buffer or in the caller's memory.
    Bytes,
}

impl<'call> Incoming<'call> {
    /// # Safety
    /// `frame` was saved at a call of the route's plan.
    #[inline]
    pub(super) unsafe fn new(
        header: &'call Header,
        route: &'call Route,
        frame: *mut CallbackFrame,
        gathered: &'call mut Gathered,
    ) -> Incoming<'call> {
        if !route.gathers.is_empty() {
            // SAFETY: the caller's contract.
            unsafe { gathered.gather(&route.gathers, frame) };
        }
        Incoming {
            header,
            route,
            frame,
            gathered,
            word: 0,
            result: MaybeUninit::uninit(),
            state: ResultState::Unset,
        }
    }

    /// The callback's name.
    pub fn name(&self) -> &str {
        &self.header.name
    }

    /// The callback's signature.
    pub fn signature(&self) -> &Signature {
        self.route.signature()
    }

    /// The value of an argument.
    ///
    /// # Errors
    /// [`Error::NoArgument`] past the last one, [`Error::TypeMismatch`] where `T` is not the parameter's type.
    #[inline(always)]
    pub fn argument<T: CType + Copy>(&self, index: usize) -> Result<T, Error> {
        let argument = self.route.argument(index)?;
        let expected = self.signature().parameters();
        // The index is in bounds: there are as many routes as parameters.
        if !argument.described.is::<T>(argument.kind, expected[index].ty()) {
            return Err(self.route.wrong_argument(index, T::c_type()));
        }
        // SAFETY: an argument of T's C type lies there; in a register's place it may be less aligned than a `T`.
        Ok(unsafe { self.place(argument.source).cast::<T>().read_unaligned() })
    }

    /// The address of an argument's value, valid until the closure returns. It may be less aligned than its type asks
    /// for.
    ///
    /// # Errors
    /// [`Error::NoArgument`] past the last one.
    #[inline]
    pub fn argument_ptr(&self, index: usize) -> Result<*const c_void, Error> {
        Ok(self.place(self.route.argument(index)?.source))
    }

    #[inline(always)]
    fn place(&self, source: Source) -> *const c_void {
        match source {
            Source::Frame(offset) => self.frame.wrapping_byte_add(offset as usize).cast(),
            Source::Referenced(offset) => self.pointer_at(offset),
            Source::Gathered(offset) => {
                self.gathered.0.as_ptr().wrapping_byte_add(offset as usize).cast()
            }
        }
    }

    /// Stores the result.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] where `T` is not the signature's result type.
    #[inline(always)]
    pub fn set_result<T: CType>(&mut self, value: T) -> Result<(), Error> {
        let (kind, expected) = (self.route.result_kind, self.route.signature().returns());
        if !self.route.result_described.is::<T>(kind, expected) {
            return Err(self.route.wrong_result(T::c_type()));
        }
        if T::KIND == Kind::Composite {
            // SAFETY: the result has T's size, and `result_ptr` is writable for it.
            unsafe { self.result_ptr().cast::<T>().write_unaligned(value) };
            return Ok(());
        }
        self.word = widened(value);
        self.state = ResultState::Word;
        if T::KIND.is_float() {
            // SAFETY: the frame is this call's alone, and nothing else refers to it now.
            unsafe { (*self.frame).set_vector_result(0, [self.word, 0, 0, 0]) };
        }
        Ok(())
    }

    /// Where the result is stored: writable for its size until the closure returns. Not for a result that is not there.
    #[inline]
    pub fn result_ptr(&mut self) -> *mut c_void {
        if let ResultRoute::Memory { pointer } = self.route.result {
            self.state = ResultState::Bytes;
            return self.pointer_at(pointer);
        }
        if self.state != ResultState::Bytes {
            self.result.write(ResultBuffer([self.word, 0, 0, 0, 0, 0, 0, 0]));
            self.state = ResultState::Bytes;
        }
        self.result.as_mut_ptr().cast()
    }

    /// The address that the frame holds at an offset.
    fn pointer_at(&self, offset: u32) -> *mut c_void {
        let pointer = self.frame.wrapping_byte_add(offset as usize).cast::<*mut c_void>();
        // SAFETY: the frame holds an address there, by the plan.
        unsafe { pointer.read() }
    }

    /// Fills the frame's result registers; returns the integer result register.
    #[inline(always)]
    pub(super) fn finish(&mut self) -> u64 {
        if self.state == ResultState::Word || self.route.result_kind == Kind::Void {
            return self.word;
        }
        self.finish_bytes()
    }

    #[inline(never)]
    fn finish_bytes(&mut self) -> u64 {
        if let ResultRoute::Memory { pointer } = self.route.result {
            let memory = self.pointer_at(pointer);
            if self.state == ResultState::Unset {
                let size = self.signature().returns().size();
                // SAFETY: the caller provides memory for the result.
                unsafe { memory.cast::<u8>().write_bytes(0, size) };
            }
            return memory.addr() as u64;
        }
        let bytes = self.result_ptr().cast_const();
        macro_rules! read {
            ($ty:ty) => {
                // SAFETY: the buffer is initialised, larger than the integers that are read, and as aligned.
                unsafe { bytes.cast::<$ty>().read() }
            };
        }
        // Each at its own width: a load of a word that was stored in part waits for the store.
        match self.route.result {
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
                // SAFETY: the frame is this call's alone, and nothing else refers to it now.
                unsafe { (*self.frame).set_vector_result(0, [word, 0, 0, 0]) };
                word
            }
            ResultRoute::Pieces { pieces } => self.place_pieces(bytes.cast(), &pieces),
        }
    }

    fn place_pieces(&mut self, result: *const u8, pieces: &[Option<Piece>; 4]) -> u64 {
        let mut first_integer = 0;
        // SAFETY: the frame is this call's alone, and nothing else refers to it now.
        let frame = unsafe { &mut *self.frame };
        for piece in pieces.iter().flatten() {
            let mut words = [0_u64; 4];
            // SAFETY: the piece lies in the buffer, by the plan, and a register has no more than 32 bytes.
            unsafe {
                result
                    .wrapping_add(piece.offset as usize)
                    .copy_to_nonoverlapping(words.as_mut_ptr().cast(), piece.size as usize)
            };
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
}

impl Debug for Incoming<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({:?} {})", self.name(), self.signature())
    }
}
