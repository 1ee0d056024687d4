//! Callbacks: C function pointers made of Rust closures.

mod builder;
mod dynamic;
mod hand_back;
mod incoming;
mod locked;
mod once;
mod panic;
mod rest;
mod route;
mod table;
mod typed;

use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;

use crate::types::Name;
use crate::{Abi, CType, CodePtr, Error, Signature};
pub use builder::CallbackBuilder;
pub use dynamic::{CallbackInterface, Handle};
pub use incoming::Incoming;
pub use locked::{Locked, Unsynchronised};
pub use once::OnceCallback;
pub use panic::{OnPanic, resuming};
pub use rest::Rest;
pub(crate) use table::{SLOTS, Slot};
pub use typed::{Arguments, TypedFn};

/// A C function pointer that calls a Rust closure.
///
/// The pointer, [`Callback::code`], is valid until the `Callback` is dropped; the trampoline behind it is then used
/// again. C may call it from any thread, several at once, and again while a call runs. The closure may borrow: then the
/// `Callback` cannot outlive what it borrows. What remains with the caller: C must not keep the pointer for longer than
/// the `Callback` lives.
///
/// A panic of the closure does not cross into C unless [`OnPanic`] says so: the process aborts with a message that names
/// the callback.
///
/// Where the signature is known only at run time, the closure gets its arguments from an [`Incoming`] call; where it is
/// known at compile time, [`Callback::from_fn`] takes a closure of that signature.
///
/// ```
/// use ffi::{Arg, CallInterface, Callback, Signature, Type};
/// let signature = Signature::new([Type::I32, Type::I32], Type::I32)?;
/// let dynamic = Callback::new("sum", &signature, |call| {
///     let sum = call.argument::<i32>(0)? + call.argument::<i32>(1)?;
///     call.set_result(sum)
/// })?;
/// let typed = Callback::from_fn("sum", |a: i32, b: i32| a + b)?;
/// let interface = CallInterface::new(&signature)?;
/// for sum in [dynamic, typed] {
///     // SAFETY: the callbacks have this signature.
///     let five: i32 = unsafe { interface.call(sum.code(), &[Arg::new(&2), Arg::new(&3)])? };
///     assert_eq!(five, 5);
/// }
/// # Ok::<(), ffi::Error>(())
/// ```
pub struct Callback<'closure> {
    data: Data,
    slot: table::ClaimedSlot,
    closure: PhantomData<&'closure ()>,
}

/// A callback's header and closure, of a type that only their drop knows.
struct Data {
    header: *mut panic::Header,
    drop: unsafe fn(*mut panic::Header),
}

impl<'closure> Callback<'closure> {
    /// A callback of this signature under the host's own convention.
    ///
    /// `name` stands in messages. The closure reads its arguments from the [`Incoming`] call and stores its result
    /// there; a result that is not stored is zero. An error it returns is treated like a panic.
    ///
    /// # Errors
    /// As [`CallbackInterface::with_abi`]; [`Error::CallbacksExhausted`] when all trampolines are taken.
    pub fn new<H>(
        name: impl Into<Name>,
        signature: &Signature,
        handler: H,
    ) -> Result<Callback<'closure>, Error>
    where
        H: Fn(&mut Incoming<'_>) -> Result<(), Error> + Send + Sync + 'closure,
    {
        Callback::builder(name).usual(signature, handler)
    }

    /// A callback of this signature under a convention.
    ///
    /// # Errors
    /// As [`Callback::new`].
    pub fn with_abi<H>(
        abi: Abi,
        name: impl Into<Name>,
        signature: &Signature,
        handler: H,
    ) -> Result<Callback<'closure>, Error>
    where
        H: Fn(&mut Incoming<'_>) -> Result<(), Error> + Send + Sync + 'closure,
    {
        let interface = CallbackInterface::with_abi(abi, signature)?;
        Callback::builder(name).dynamic(&interface, handler)
    }

    /// A callback of the closure's own signature under the host's own convention.
    ///
    /// # Errors
    /// [`Error::CallbacksExhausted`] when all trampolines are taken, [`Error::UnsupportedPlatform`] for what cannot be
    /// received on this processor.
    pub fn from_fn<A, R, T>(name: impl Into<Name>, closure: T) -> Result<Callback<'closure>, Error>
    where
        A: Arguments<R>,
        R: CType,
        T: TypedFn<A, R> + 'closure,
    {
        Callback::builder(name).typed(closure)
    }

    /// A callback with options. `name` stands in messages.
    pub fn builder(name: impl Into<Name>) -> CallbackBuilder {
        CallbackBuilder::new(name.into())
    }

    /// The function pointer for C: a function of the callback's signature and convention.
    ///
    /// It must not be called after the `Callback` was dropped.
    pub fn code(&self) -> CodePtr {
        self.slot.trampoline()
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        // SAFETY: the header lives as long as `self`, and nothing changes it.
        unsafe { &(*self.data.header).name }
    }
}

// SAFETY: the closure is `Send + Sync`, and the slot is claimed and given back by atomic operations.
unsafe impl Send for Callback<'_> {}
// SAFETY: as above; shared access reads only.
unsafe impl Sync for Callback<'_> {}

impl Data {
    /// # Safety
    /// `D` begins with a header.
    unsafe fn new<D>(data: D) -> Data {
        let free: unsafe fn(*mut panic::Header) = |data| {
            // SAFETY: `data` came from this `Box`, once.
            drop(unsafe { Box::from_raw(data.cast::<D>()) });
        };
        Data { header: Box::into_raw(Box::new(data)).cast(), drop: free }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        // SAFETY: `header` came from this function's `Box`; C no longer calls, by the contract of `code`.
        unsafe { (self.drop)(self.header) };
    }
}

impl Debug for Callback<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({:?} at {:?})", self.name(), self.code().as_ptr())
    }
}
