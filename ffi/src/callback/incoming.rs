//! One call from C: its arguments, and the place of its result.

use std::cell::{Cell, UnsafeCell};
use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::mem::MaybeUninit;

use super::hand_back::{ResultBuffer, pointer_at};
use super::panic::Header;
use super::route::{GATHERED_WORDS, ResultRoute, Route, Source};
use crate::arch::{CallbackFrame, Word};
use crate::c_type::{AnyValue, CType, Kind, widened};
use crate::{Error, Signature};

/// A call that came in from C, while a [`Callback`](crate::Callback)'s closure handles it.
pub struct Incoming<'call> {
    header: &'call Header,
    pub(super) route: &'call Route,
    pub(super) frame: *mut CallbackFrame,
    /// Arguments whose pieces were passed apart, once one of them is asked for.
    gathered: &'call UnsafeCell<Gathered>,
    is_gathered: Cell<bool>,
    result: &'call mut MaybeUninit<ResultBuffer>,
    /// A scalar result, widened to a word.
    word: u64,
    state: ResultState,
}

/// Room for values that do not lie whole in a frame. Apart from [`Incoming`], which then fits into registers.
pub(super) struct Scratch {
    gathered: UnsafeCell<Gathered>,
    result: MaybeUninit<ResultBuffer>,
}

impl Scratch {
    #[inline(always)]
    pub(super) fn new() -> Scratch {
        let gathered = Gathered([MaybeUninit::uninit(); GATHERED_WORDS]);
        Scratch { gathered: UnsafeCell::new(gathered), result: MaybeUninit::uninit() }
    }
}

/// Arguments whose pieces were passed apart, put together again.
#[repr(C, align(16))]
struct Gathered([MaybeUninit<u64>; GATHERED_WORDS]);

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
        scratch: &'call mut Scratch,
    ) -> Incoming<'call> {
        Incoming {
            header,
            route,
            frame,
            gathered: &scratch.gathered,
            is_gathered: Cell::new(false),
            result: &mut scratch.result,
            word: 0,
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
    pub fn argument<T: AnyValue>(&self, index: usize) -> Result<T, Error> {
        // SAFETY: whoever calls passes a value of the parameter's type, and every such value is a valid `T`.
        unsafe { self.argument_unchecked(index) }
    }

    /// As [`Incoming::argument`], for a type that does not take every value of its C type, such as a function pointer.
    ///
    /// # Errors
    /// As [`Incoming::argument`].
    ///
    /// # Safety
    /// The argument that is passed is a valid `T`.
    #[inline(always)]
    pub unsafe fn argument_unchecked<T: CType + Copy>(&self, index: usize) -> Result<T, Error> {
        let argument = self.route.argument(index)?;
        let place = if T::KIND == Kind::Composite {
            if !argument.described.is::<T>(argument.kind, self.route.parameter(index)) {
                return refusal(self.route.wrong_argument(index, T::c_type()));
            }
            self.place(argument.source)
        } else {
            if T::KIND != argument.kind {
                return refusal(self.route.wrong_argument(index, T::c_type()));
            }
            self.frame.wrapping_byte_add(argument.source.offset() as usize).cast()
        };
        // SAFETY: an argument of T's C type lies there, by the caller's contract a valid `T`; in a register's place it may be
        // less aligned than a `T`.
        Ok(unsafe { place.cast::<T>().read_unaligned() })
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
            Source::Gathered(offset) => self.gathered().wrapping_byte_add(offset as usize).cast(),
        }
    }

    /// The arguments whose pieces were passed apart, put together.
    #[inline(never)]
    fn gathered(&self) -> *const Gathered {
        let gathered = self.gathered.get();
        if !self.is_gathered.replace(true) {
            for piece in &self.route.gathers {
                let to = gathered.wrapping_byte_add(piece.to as usize).cast::<u8>();
                let from = self.frame.wrapping_byte_add(piece.from as usize).cast::<u8>();
                // SAFETY: the frame and the caller's stack hold the piece, by the plan; registers' pieces fit into the words;
                // nobody was given their address yet.
                unsafe { to.copy_from_nonoverlapping(from, piece.size as usize) };
            }
        }
        gathered
    }

    /// Stores the result.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] where `T` is not the signature's result type.
    #[inline(always)]
    pub fn set_result<T: CType>(&mut self, value: T) -> Result<(), Error> {
        let (kind, expected) = (self.route.result_kind, self.route.signature().returns());
        if !self.route.result_described.is::<T>(kind, expected) {
            return refusal(self.route.wrong_result(T::c_type()));
        }
        if T::KIND == Kind::Composite {
            // SAFETY: the result has T's size, and its place is writable for it.
            unsafe { self.result_place().cast::<T>().write_unaligned(value) };
            self.result_is_stored();
            return Ok(());
        }
        self.word = widened(value);
        self.state = ResultState::Word;
        if T::KIND.is_float() {
            // SAFETY: the frame is this call's alone, and nothing else refers to it now.
            unsafe { (*self.frame).set_float_result(Word::new(self.word)) };
        }
        Ok(())
    }

    /// Where the result is stored: writable for its size until the closure returns, and zero until something is stored.
    /// Not for a result that is not there.
    #[inline]
    pub fn result_ptr(&mut self) -> *mut c_void {
        let place = self.result_place();
        if self.state == ResultState::Unset {
            // SAFETY: the caller provides memory for the result.
            unsafe { place.cast::<u8>().write_bytes(0, self.signature().returns().size()) };
        }
        self.state = ResultState::Bytes;
        place
    }

    /// [`Incoming::result_ptr`] for who stores a result there and then says so: the caller's memory is as it was.
    #[inline]
    pub(crate) fn result_place(&mut self) -> *mut c_void {
        if let ResultRoute::Memory { pointer } = self.route.result {
            return self.pointer_at(pointer);
        }
        if self.state != ResultState::Bytes {
            self.result.write(ResultBuffer::of(self.word));
            self.state = ResultState::Bytes;
        }
        self.result.as_mut_ptr().cast()
    }

    /// Says that there is a result in its place now.
    #[inline]
    pub(crate) fn result_is_stored(&mut self) {
        self.state = ResultState::Bytes;
    }

    /// The address that the frame holds at an offset.
    fn pointer_at(&self, offset: u32) -> *mut c_void {
        // SAFETY: the frame holds an address there, by the plan.
        unsafe { pointer_at(self.frame, offset) }
    }

    /// Makes the result zero, as one that was never stored.
    #[cold]
    pub(super) fn forget_result(&mut self) {
        (self.word, self.state) = (0, ResultState::Unset);
    }

    /// Fills the frame's result registers; returns the integer result register.
    #[inline(always)]
    pub(super) fn finish(self) -> Word {
        if self.state == ResultState::Word || self.route.result_kind == Kind::Void {
            return Word::new(self.word);
        }
        let unset = self.state == ResultState::Unset;
        // SAFETY: the frame is one of this route's plan; a result that is not unset was stored.
        unsafe { self.route.hand_back(self.frame, self.result, unset) }
    }
}

/// An error, known to be one: else the compiler keeps registers for what would follow a success.
#[inline(always)]
pub(super) fn refusal<T>(error: Error) -> Result<T, Error> {
    match error {
        Error::TypeMismatch { .. } | Error::NoArgument { .. } => Err(error),
        _ => unreachable!("an argument or a result is refused for no other reason"),
    }
}

impl Debug for Incoming<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({:?} {})", self.name(), self.signature())
    }
}
