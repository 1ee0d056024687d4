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
pub use typed::{Arguments, TypedFn};

/// A C function pointer that calls a Rust closure.
///
/// The pointer, [`Callback::code`], is valid until the `Callback` is dropped; the trampoline behind it is then used
/// again. C may call it from any thread, several at once, and again while a call runs. The closure may borrow: then the
/// `Callback` cannot outlive what it borrows. What remains with the caller: C must not keep the pointer for longer than
/// the `Callback` lives, and not be inside of it when the `Callback` is dropped, neither on another thread nor because the
/// closure itself drops its `Callback`: closure and captures would be gone under the call that uses them.
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
///
/// What the closure borrows is there until the `Callback` is dropped, for what the closure holds may look at it then:
///
/// ```compile_fail,E0597
/// struct Farewell<'a>(&'a String);
/// impl Drop for Farewell<'_> {
///     fn drop(&mut self) {
///         println!("{}", self.0);
///     }
/// }
/// let _callback;
/// let word = String::from("goodbye");
/// let farewell = Farewell(&word);
/// _callback = ffi::Callback::from_fn("farewell", move || {
///     let _ = &farewell;
/// })?;
/// # Ok::<(), ffi::Error>(())
/// ```
pub struct Callback<'closure> {
    /// Given back first: what C calls while captures are dropped is no longer this.
    slot: table::ClaimedSlot,
    data: Data<'closure>,
}

/// A callback's header and closure, of a type that only their drop knows.
struct Data<'closure> {
    header: *mut panic::Header,
    drop: unsafe fn(*mut panic::Header),
    describe: Describe,
    /// As the drop is this type's own, what the closure borrows has to outlive it.
    closure: PhantomData<&'closure ()>,
}

/// Finds out the convention and the signature of the callback whose header is given.
type Describe = unsafe fn(*const panic::Header) -> Result<(Abi, Signature), Error>;

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
    /// Whoever calls it passes values of the parameters' types; to a typed callback valid ones of the closure's own types,
    /// among which can be pointers to functions. The call begins and returns while the `Callback` lives.
    pub fn code(&self) -> CodePtr {
        self.slot.trampoline()
    }

    /// The convention that it is called under, and its signature.
    ///
    /// # Errors
    /// As [`Signature::new`]; there is none for a closure of numbers and pointers.
    pub fn signature(&self) -> Result<(Abi, Signature), Error> {
        // SAFETY: the header is the one that the function was stored with, and lives as long as `self`.
        unsafe { (self.data.describe)(self.data.header) }
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        // SAFETY: the header lives as long as `self`, and nothing changes it.
        unsafe { &(*self.data.header).name }
    }
}

// SAFETY: the closure is `Send + Sync` as a `Handle` and a `TypedFn` are, and the slot is claimed and given back by atomic operations.
unsafe impl Send for Callback<'_> {}
// SAFETY: as above; shared access reads only.
unsafe impl Sync for Callback<'_> {}

impl<'closure> Data<'closure> {
    /// # Safety
    /// `D` begins with a header, and `describe` may be called with a pointer to a `D`.
    unsafe fn new<D: 'closure>(data: D, describe: Describe) -> Data<'closure> {
        let free: unsafe fn(*mut panic::Header) = |data| {
            // SAFETY: `data` came from this `Box`, once.
            drop(unsafe { Box::from_raw(data.cast::<D>()) });
        };
        let header = Box::into_raw(Box::new(data)).cast();
        Data { header, drop: free, describe, closure: PhantomData }
    }
}

impl Drop for Data<'_> {
    fn drop(&mut self) {
        // SAFETY: `header` came from this function's `Box`; no call runs any more, by the contract of `code`.
        unsafe { (self.drop)(self.header) };
    }
}

impl Debug for Callback<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({:?} at {:?})", self.name(), self.code().as_ptr())
    }
}
