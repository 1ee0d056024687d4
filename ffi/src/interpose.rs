//! Standing between a C function and its callers.

use std::ops::{Deref, DerefMut};
use std::ptr::null_mut;

use crate::callback::{Callback, Incoming};
use crate::types::Name;
use crate::{Arg, CallInterface, CodePtr, Error, Signature};

/// A C function pointer of another function's signature, whose handler sees each call and may forward it.
///
/// ```
/// use ffi::interpose::Interposer;
/// use ffi::{CodePtr, FunctionPointer};
/// use std::sync::atomic::{AtomicU32, Ordering};
/// extern "C" fn double(x: i32) -> i32 {
///     2 * x
/// }
/// static CALLS: AtomicU32 = AtomicU32::new(0);
/// type Double = unsafe extern "C" fn(i32) -> i32;
/// let signature = Double::signature()?;
/// let target = (double as Double).code();
/// // SAFETY: `double` has this signature.
/// let counted = unsafe {
///     Interposer::new("double", &signature, target, |call| {
///         CALLS.fetch_add(1, Ordering::Relaxed);
///         call.forward();
///     })
/// }?;
/// // SAFETY: the interposer has the signature of `double`.
/// let counted_double = unsafe { Double::from_code(counted.code()) };
/// // SAFETY: `double` takes any number.
/// assert_eq!(unsafe { counted_double(21) }, 42);
/// assert_eq!(CALLS.load(Ordering::Relaxed), 1);
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Debug)]
pub struct Interposer {
    callback: Callback<'static>,
    signature: Signature,
    target: CodePtr,
}

/// A call that an [`Interposer`] has caught: an [`Incoming`] call that can be forwarded to its target.
#[derive(Debug)]
pub struct Invocation<'call> {
    incoming: &'call mut Incoming<'call>,
    target: &'call Target,
}

#[derive(Debug)]
struct Target {
    interface: CallInterface,
    code: CodePtr,
}

/// Up to so many arguments are forwarded without an allocation.
const INLINE_ARGUMENTS: usize = 24;

impl Interposer {
    /// Stands before `target`, a function of this signature under the host's own convention.
    ///
    /// # Errors
    /// As [`Callback::with_abi`](crate::Callback::with_abi).
    ///
    /// # Safety
    /// `target` is a function of this signature, and stays one while the interposer lives. Whoever calls
    /// [`Interposer::code`] keeps to what `target` asks of its callers, for as many calls as the handler forwards: none, one
    /// or several, one after the other.
    pub unsafe fn new(
        name: impl Into<Name>,
        signature: &Signature,
        target: CodePtr,
        handler: impl Fn(&mut Invocation<'_>) + Send + Sync + 'static,
    ) -> Result<Interposer, Error> {
        let ahead = Target { interface: CallInterface::new(signature)?, code: target };
        let callback = Callback::new(name, signature, move |incoming| {
            let incoming: *mut Incoming<'_> = incoming;
            // SAFETY: only the lifetime inside is shortened; nothing that lives shorter is ever stored in an `Incoming`.
            let incoming = unsafe { &mut *incoming.cast::<Incoming<'_>>() };
            handler(&mut Invocation { incoming, target: &ahead });
            Ok(())
        })?;
        Ok(Interposer { callback, signature: signature.clone(), target })
    }

    /// The function pointer to hand out instead of the target's; valid until the interposer is dropped.
    pub fn code(&self) -> CodePtr {
        self.callback.code()
    }

    /// The function it stands before.
    pub fn target(&self) -> CodePtr {
        self.target
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        self.callback.name()
    }

    /// The signature of the target and of [`Interposer::code`].
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

impl Invocation<'_> {
    /// Calls the target with the arguments as they are and stores its result as this call's.
    ///
    /// The arguments are those of the signature: of a variadic function, what comes behind them ([`Incoming::rest`]) is not
    /// passed on.
    #[inline]
    pub fn forward(&mut self) {
        let count = self.incoming.signature().parameters().len();
        let argument = |index: usize| {
            let value = self.incoming.argument_ptr(index).unwrap_or(std::ptr::dangling());
            // SAFETY: the value lies there until the closure of this call returns; the address is not null.
            unsafe { Arg::from_ptr(value) }.unwrap_or(Arg::new(&()))
        };
        if count <= INLINE_ARGUMENTS {
            let mut arguments = [Arg::new(&()); INLINE_ARGUMENTS];
            for (index, slot) in arguments[..count].iter_mut().enumerate() {
                *slot = argument(index);
            }
            self.call(&arguments[..count]);
        } else {
            let arguments: Vec<_> = (0..count).map(argument).collect();
            self.call(&arguments);
        }
    }

    fn call(&mut self, arguments: &[Arg<'_>]) {
        let Target { interface, code } = self.target;
        let result = if interface.signature().returns().is_void() {
            null_mut()
        } else {
            self.incoming.result_place()
        };
        // SAFETY: by the contract of `Interposer::new`, and because the arguments are those of a call of this signature.
        let called = unsafe { interface.call_into(*code, arguments, result) };
        debug_assert!(called.is_ok(), "one argument for each parameter");
        // Only now: a target that unwinds stores none.
        self.incoming.result_is_stored();
    }
}

impl<'call> Deref for Invocation<'call> {
    type Target = Incoming<'call>;

    fn deref(&self) -> &Incoming<'call> {
        self.incoming
    }
}

impl<'call> DerefMut for Invocation<'call> {
    fn deref_mut(&mut self) -> &mut Incoming<'call> {
        self.incoming
    }
}
