//! The arguments behind the declared ones of a variadic call.

#[cfg(feature = "value")]
mod value;

use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::incoming::Incoming;
use crate::abi::{Abi, Plan};
use crate::arch::{CallbackFrame, place_offset};
use crate::{CType, Error, Parameter, Signature, Type};

/// What stands for `...` in a call of a variadic callback, read one argument after the other, as `va_arg` does in C. From
/// [`Incoming::rest`].
///
/// ```
/// use ffi::{Callback, FunctionPointer};
/// type Sum = unsafe extern "C" fn(i32, ...) -> i32;
/// let sum = Callback::new("sum", &Sum::signature()?, |call| {
///     let (mut sum, mut rest) = (0, call.rest());
///     for _ in 0..call.argument::<i32>(0)? {
///         // SAFETY: by its contract, `sum` is called with as many ints as its first argument says.
///         sum += unsafe { rest.next::<i32>() }?;
///     }
///     call.set_result(sum)
/// })?;
/// // SAFETY: the callback has this signature.
/// let sum = unsafe { Sum::from_code(sum.code()) };
/// // SAFETY: three ints, as the first argument says.
/// assert_eq!(unsafe { sum(3, 10, 20, 12) }, 42);
/// # Ok::<(), ffi::Error>(())
/// ```
pub struct Rest<'call> {
    abi: Abi,
    frame: *const CallbackFrame,
    returns: Type,
    /// The declared parameters, and what has been read.
    parameters: Vec<Parameter>,
    fixed: usize,
    call: PhantomData<&'call ()>,
}

impl Incoming<'_> {
    /// What the call passes behind the parameters of a [variadic](Signature::variadic) signature: behind all of them, also
    /// those that the signature says stand for `...`. A function that is not variadic has no such arguments.
    pub fn rest(&self) -> Rest<'_> {
        let signature = self.signature();
        let parameters = signature.parameters().to_vec();
        Rest {
            abi: self.route.abi,
            frame: self.frame,
            returns: signature.returns().clone(),
            fixed: signature.fixed().unwrap_or(parameters.len()),
            parameters,
            call: PhantomData,
        }
    }
}

impl Rest<'_> {
    /// The next argument.
    ///
    /// # Errors
    /// [`Error::Unpromoted`] for a type that C promotes before it passes it: `float` travels as `double`, integers narrower
    /// than `int` as `int`. [`Error::NoMeaning`] and [`Error::TooLarge`] for what the convention cannot pass. What is
    /// refused is not skipped.
    ///
    /// # Safety
    /// The callback's signature is variadic, and the caller passed a next argument, of this type.
    pub unsafe fn next<T: CType + Copy>(&mut self) -> Result<T, Error> {
        let mut value = MaybeUninit::<T>::uninit();
        // SAFETY: the caller's contract; the place has the size of T, which is that of its C type.
        unsafe { self.read(T::c_type(), |_| value.as_mut_ptr().cast()) }?;
        // SAFETY: all that is not padding was copied, and what C passes under that type is a `T`.
        Ok(unsafe { value.assume_init() })
    }

    /// Copies the next argument to the place that `place` gives for its size.
    ///
    /// # Safety
    /// As [`Rest::next`]; the place is writable for the size.
    unsafe fn read(&mut self, ty: Type, place: impl FnOnce(usize) -> *mut u8) -> Result<(), Error> {
        let (index, size) = (self.parameters.len(), ty.size());
        // Where an argument travels depends on all before it.
        let parameters = self.parameters.iter().cloned().chain([ty.clone().into()]);
        let signature = Signature::variadic(parameters, self.fixed, self.returns.clone())?;
        let plan = Plan::new(self.abi, &signature)?;
        let to = place(size);
        for step in plan.moves.iter().filter(|step| usize::from(step.argument) == index) {
            let from = self.frame.wrapping_byte_add(place_offset(self.abi, step.piece.place));
            let (from, to, size) = if step.copy.is_some() {
                // SAFETY: the caller passed the address of a copy there.
                (unsafe { from.cast::<*const u8>().read() }, to, size)
            } else {
                let to = to.wrapping_add(step.piece.offset as usize);
                (from.cast(), to, step.piece.size as usize)
            };
            // SAFETY: the frame or the caller's memory holds the piece, by the plan, and there is room for it.
            unsafe { from.copy_to_nonoverlapping(to, size) };
        }
        self.parameters.push(ty.into());
        Ok(())
    }
}

impl Debug for Rest<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let read = self.parameters.len() - self.fixed.min(self.parameters.len());
        f.debug_struct("Rest").field("read", &read).finish_non_exhaustive()
    }
}
