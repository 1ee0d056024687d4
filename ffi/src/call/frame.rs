//! Reusable argument frames: the quickest way to call the same function again and again.

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use crate::abi::{Piece, Place, Plan};
use crate::arch::Image;
use crate::arg::Arg;
use crate::c_type::{CType, Kind, widened_word};
use crate::call::{CallInterface, stored};
use crate::{CodePtr, Error, Parameter, Type};

/// The arguments of calls of one signature, kept between calls; the caller rewrites those that change.
///
/// Where every argument travels in whole words that follow each other, a frame is an image of the registers, and a call
/// loads them at once. Every argument that was never written is zero.
///
/// ```
/// use ffi::call::Frame;
/// use ffi::{CallInterface, CodePtr, Signature, Type};
/// extern "C" fn weigh(count: i32, weight: f64) -> f64 {
///     f64::from(count) * weight
/// }
/// let interface = CallInterface::new(&Signature::new([Type::I32, Type::F64], Type::F64)?)?;
/// let code = CodePtr::new(weigh as *const _).expect("functions are not null");
/// let mut frame = Frame::new(&interface);
/// let (count, weight) = (frame.slot::<i32>(0)?, frame.slot::<f64>(1)?);
/// frame.set(weight, 0.5);
/// let mut total = 0.0;
/// for n in 0..10 {
///     frame.set(count, n);
///     // SAFETY: `weigh` has this signature.
///     total += unsafe { frame.call::<f64>(code) }?;
/// }
/// assert_eq!(total, 22.5);
/// # Ok::<(), ffi::Error>(())
/// ```
pub struct Frame {
    interface: CallInterface,
    words: Box<[MaybeUninit<u64>]>,
    /// The word where each argument begins.
    slots: Box<[usize]>,
    image: Option<Image>,
    /// Without an image, the addresses of the arguments at a call.
    addresses: Box<[*const c_void]>,
}

// SAFETY: the addresses are those of the frame's own words, and set anew at each call.
unsafe impl Send for Frame {}
// SAFETY: as above; shared access reads no address.
unsafe impl Sync for Frame {}

/// The place of one argument in a [`Frame`], for values of type `T`; made by [`Frame::slot`].
pub struct Slot<T> {
    word: usize,
    value: PhantomData<fn(T)>,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Slot<T> {
        *self
    }
}

impl<T> Copy for Slot<T> {}

impl<T> Debug for Slot<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Slot(word {})", self.word)
    }
}

impl Frame {
    /// A frame for calls of an interface, all arguments zero.
    pub fn new(interface: &CallInterface) -> Frame {
        let (plan, parameters) = (interface.plan(), interface.signature().parameters());
        let in_image = image_slots(plan, parameters);
        let (image, slots, end) = match Image::of(plan).zip(in_image) {
            Some((image, slots)) => {
                let words = image.words();
                (Some(image), slots, words)
            }
            None => {
                let mut end = 0;
                let slots = parameters.iter().map(|parameter| {
                    let word = end;
                    end += parameter.ty().size().div_ceil(8);
                    word
                });
                (None, slots.collect(), end)
            }
        };
        let words = vec![MaybeUninit::new(0); end].into();
        let pointers = if image.is_some() { 0 } else { slots.len() };
        let addresses = vec![std::ptr::null(); pointers].into();
        Frame { interface: interface.clone(), words, slots, image, addresses }
    }

    /// The interface it calls through.
    pub fn interface(&self) -> &CallInterface {
        &self.interface
    }

    /// The place of an argument.
    ///
    /// # Errors
    /// [`Error::NoArgument`] past the last one, [`Error::TypeMismatch`] where `T` is not the parameter's type.
    pub fn slot<T: CType>(&self, index: usize) -> Result<Slot<T>, Error> {
        let parameters = self.interface.signature().parameters();
        let count = parameters.len();
        let parameter = parameters.get(index).ok_or(Error::NoArgument { index, count })?;
        if !T::is_described_by(Kind::of(parameter.ty()), parameter.ty()) {
            let found = T::c_type();
            let (place, expected) = (parameter.place("argument", index), parameter.ty().clone());
            return Err(Error::TypeMismatch { place, expected, found });
        }
        Ok(Slot { word: self.slots[index], value: PhantomData })
    }

    /// Writes an argument.
    ///
    /// # Panics
    /// For a slot of another frame that lies beyond this one's.
    #[inline]
    pub fn set<T: CType + Copy>(&mut self, slot: Slot<T>, value: T) {
        if size_of::<T>() <= 8 && T::KIND != Kind::Composite {
            self.words[slot.word] = widened_word(value);
        } else {
            let words = &mut self.words[slot.word..][..size_of::<T>().div_ceil(8)];
            // SAFETY: the words hold the value's bytes; they may be less aligned than a `T`.
            unsafe { words.as_mut_ptr().cast::<T>().write_unaligned(value) };
        }
    }

    /// Writes the bytes of an argument of any type.
    ///
    /// # Errors
    /// [`Error::NoArgument`] past the last one, [`Error::WrongSize`] for another number of bytes than the parameter's
    /// type has.
    pub fn write(&mut self, index: usize, bytes: &[u8]) -> Result<(), Error> {
        let parameters = self.interface.signature().parameters();
        let count = parameters.len();
        let parameter = parameters.get(index).ok_or(Error::NoArgument { index, count })?;
        let (expected, found) = (parameter.ty().size(), bytes.len());
        if expected != found {
            let what = format!("{} of type {}", parameter.place("argument", index), parameter.ty());
            return Err(Error::WrongSize { what, expected, found });
        }
        let word = self.slots[index];
        match (parameter.ty().resolve(), bytes) {
            (Type::I8, &[a]) => self.words[word] = widened_word(a as i8),
            (Type::I16, &[a, b]) => self.words[word] = widened_word(i16::from_ne_bytes([a, b])),
            (Type::I32, &[a, b, c, d]) => {
                self.words[word] = widened_word(i32::from_ne_bytes([a, b, c, d]));
            }
            _ => {
                let place = &mut self.words[word..][..found.div_ceil(8)];
                place.fill(MaybeUninit::new(0));
                // SAFETY: the words have room for the bytes, which are someone else's.
                unsafe { place.as_mut_ptr().cast::<u8>().copy_from(bytes.as_ptr(), found) };
            }
        }
        Ok(())
    }

    /// Calls `code` with the frame's arguments and returns its result as an `R`.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] where `R` is not the signature's result type.
    ///
    /// # Safety
    /// As [`CallInterface::call`].
    // Always: as that.
    #[inline(always)]
    pub unsafe fn call<R: CType>(&mut self, code: CodePtr) -> Result<R, Error> {
        if !self.interface.returns::<R>() {
            return Err(self.interface.refusal::<R>(self.slots.len()));
        }
        if R::KIND == Kind::Composite {
            // SAFETY: the caller's contract, and the type of the result was checked.
            return Ok(unsafe { self.call_stored(code) });
        }
        Ok(match &self.image {
            // SAFETY: the caller's contract; the words are an image for this plan, and the result is the scalar `R`.
            Some(image) => unsafe { image.scalar(code.as_ptr(), &self.words) },
            // SAFETY: the caller's contract, and the type of the result was checked.
            None => unsafe { self.call_without_image(code) },
        })
    }

    /// # Safety
    /// That of [`Frame::call`]; the result is an `R`.
    #[cold]
    unsafe fn call_without_image<R: CType>(&mut self, code: CodePtr) -> R {
        // SAFETY: the caller's contract.
        unsafe { self.call_stored(code) }
    }

    /// [`Frame::call`] for a result that is stored before it is returned.
    ///
    /// # Safety
    /// That of `call`; the result is an `R`.
    #[inline(always)]
    unsafe fn call_stored<R: CType>(&mut self, code: CodePtr) -> R {
        let mut result = MaybeUninit::<R>::uninit();
        // SAFETY: the caller's contract; the result has the size of an `R`.
        unsafe { self.call_into(code, result.as_mut_ptr().cast()) };
        // SAFETY: the call has stored a result of R's C type.
        unsafe { stored(&result) }
    }

    /// Calls `code` with the frame's arguments and stores its result, at exactly its size, at `result`.
    ///
    /// # Safety
    /// As [`CallInterface::call_into`], but that `result` is not null unless there is none.
    #[inline]
    pub unsafe fn call_into(&mut self, code: CodePtr, result: *mut c_void) {
        match &self.image {
            // SAFETY: the caller's contract; the words are an image for this plan.
            Some(image) => unsafe { image.run(code.as_ptr(), &mut self.words, result.cast()) },
            // SAFETY: the caller's contract.
            None => unsafe { self.call_with_addresses(code, result) },
        }
    }

    /// # Safety
    /// That of [`Frame::call_into`].
    unsafe fn call_with_addresses(&mut self, code: CodePtr, result: *mut c_void) {
        for (address, word) in self.addresses.iter_mut().zip(&self.slots) {
            *address = self.words.as_ptr().wrapping_add(*word).cast();
        }
        let first = self.addresses.as_ptr().cast::<Arg<'_>>();
        // SAFETY: an `Arg` is an address that is not null, and those of words are not.
        let arguments = unsafe { std::slice::from_raw_parts(first, self.addresses.len()) };
        // SAFETY: the caller's contract; the words hold a value for each parameter.
        let called = unsafe { self.interface.call_into(code, arguments, result) };
        debug_assert!(called.is_ok(), "one argument for each parameter");
    }
}

/// The word of an image where each argument begins, if every argument is the words from there on.
fn image_slots(plan: &Plan, parameters: &[Parameter]) -> Option<Box<[usize]>> {
    let mut moves = plan.moves.iter().peekable();
    let mut slot = |(index, parameter): (usize, &Parameter)| {
        let mut first = None;
        let mut words = 0;
        while let Some(step) = moves.next_if(|step| usize::from(step.argument) == index) {
            let Piece { place, offset, size, .. } = step.piece;
            let begin = Image::word(place).checked_sub(words)?;
            let follows = *first.get_or_insert(begin) == begin && offset as usize == 8 * words;
            let in_words = match place {
                // Apple packs: two arguments can lie in one word.
                Place::Stack(offset) => offset.is_multiple_of(8),
                _ => size <= 8,
            };
            if step.copy.is_some() || !follows || !in_words {
                return None;
            }
            words += (size as usize).div_ceil(8);
        }
        // Padding at the end travels in no piece; what has no bytes has no place.
        (words == parameter.ty().size().div_ceil(8)).then(|| first.unwrap_or(0))
    };
    parameters.iter().enumerate().map(&mut slot).collect()
}

impl Debug for Frame {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({})", self.interface.signature())
    }
}
