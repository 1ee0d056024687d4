//! Callbacks: C function pointers made of Rust closures.

mod incoming;
mod route;
mod table;

use std::any::Any;
use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::abi::{Abi, Plan};
use crate::arch::{self, CallbackFrame};
use crate::types::Name;
use crate::{CodePtr, Error, Signature};
pub use incoming::Incoming;
use route::Route;
pub(crate) use table::{SLOTS, Slot};

/// A C function pointer that calls a Rust closure.
///
/// The pointer, [`Callback::code`], is valid until the `Callback` is dropped; the trampoline behind it is then used
/// again. C may call it from any thread, several at once, and again while a call runs.
///
/// A panic of the closure does not cross into C: the process aborts with a message that names the callback.
///
/// ```
/// use ffi::{Arg, CallInterface, Callback, Signature, Type};
/// let signature = Signature::new([Type::I32, Type::I32], Type::I32)?;
/// let sum = Callback::new("sum", &signature, |call| {
///     let sum = call.argument::<i32>(0)? + call.argument::<i32>(1)?;
///     call.set_result(sum)
/// })?;
/// let interface = CallInterface::new(&signature)?;
/// // SAFETY: the callback has this signature.
/// let five: i32 = unsafe { interface.call(sum.code(), &[Arg::new(&2), Arg::new(&3)])? };
/// assert_eq!(five, 5);
/// # Ok::<(), ffi::Error>(())
/// ```
pub struct Callback<'closure> {
    slot: table::ClaimedSlot,
    data: *mut (),
    drop: unsafe fn(*mut ()),
    route: *const Route,
    closure: PhantomData<&'closure ()>,
}

/// What a slot's data points to.
#[repr(C)]
struct Data<F> {
    route: Route,
    closure: F,
}

impl<'closure> Callback<'closure> {
    /// A callback of this signature under the host's own convention.
    ///
    /// `name` stands in messages. The closure reads its arguments from the [`Incoming`] call and stores its result
    /// there; a result that is not stored is zero. An error it returns is treated like a panic.
    ///
    /// # Errors
    /// As [`Callback::with_abi`].
    pub fn new<F>(
        name: impl Into<Name>,
        signature: &Signature,
        closure: F,
    ) -> Result<Callback<'closure>, Error>
    where
        F: Fn(&mut Incoming<'_>) -> Result<(), Error> + Send + Sync + 'closure,
    {
        Callback::with_abi(Abi::HOST, name, signature, closure)
    }

    /// A callback of this signature under a convention.
    ///
    /// # Errors
    /// [`Error::NoMeaning`], [`Error::TooLarge`] and [`Error::UnsupportedPlatform`] as for
    /// [`CallInterface::with_abi`](crate::CallInterface::with_abi); [`Error::CallbacksExhausted`] when all
    /// trampolines are taken.
    pub fn with_abi<F>(
        abi: Abi,
        name: impl Into<Name>,
        signature: &Signature,
        closure: F,
    ) -> Result<Callback<'closure>, Error>
    where
        F: Fn(&mut Incoming<'_>) -> Result<(), Error> + Send + Sync + 'closure,
    {
        let plan = Plan::new(abi, signature)?;
        let entry = arch::callback_entry(&plan)?;
        let route = Route::new(name.into(), signature, &plan);
        let data = Box::into_raw(Box::new(Data { route, closure }));
        let free: unsafe fn(*mut ()) = |data| {
            // SAFETY: `data` came from this `Box`, once.
            drop(unsafe { Box::from_raw(data.cast::<Data<F>>()) });
        };
        match table::ClaimedSlot::claim(entry, arch::handler::<Data<F>>(abi), data.cast()) {
            Ok(slot) => Ok(Callback {
                slot,
                data: data.cast(),
                drop: free,
                route: data.cast(),
                closure: PhantomData,
            }),
            Err(error) => {
                // SAFETY: as above; no slot leads to it.
                unsafe { free(data.cast()) };
                Err(error)
            }
        }
    }

    /// The function pointer for C: a function of this signature and convention.
    ///
    /// It must not be called after the `Callback` was dropped.
    pub fn code(&self) -> CodePtr {
        self.slot.trampoline()
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        self.route().name()
    }

    /// Its signature.
    pub fn signature(&self) -> &Signature {
        self.route().signature()
    }

    fn route(&self) -> &Route {
        // SAFETY: it is the first field of the data, which live as long as `self`.
        unsafe { &*self.route }
    }
}

// SAFETY: the closure is `Send + Sync`, and the slot is claimed and given back by atomic operations.
unsafe impl Send for Callback<'_> {}
// SAFETY: as above; shared access reads only.
unsafe impl Sync for Callback<'_> {}

impl Drop for Callback<'_> {
    fn drop(&mut self) {
        // SAFETY: `data` came from this function's `Box`; C no longer calls, by the contract of `code`. The slot is given
        // back after this, by the drop of its field.
        unsafe { (self.drop)(self.data) };
    }
}

impl Debug for Callback<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({:?} {} at {:?})", self.name(), self.signature(), self.code().as_ptr())
    }
}

// SAFETY: it returns the result register's value by the plan, and does not unwind.
unsafe impl<F> arch::Receive for Data<F>
where
    F: Fn(&mut Incoming<'_>) -> Result<(), Error> + Send + Sync,
{
    unsafe fn receive(data: *const (), frame: *mut CallbackFrame) -> u64 {
        // SAFETY: the slot was claimed with a pointer to such data, which live as long as the callback.
        let data = unsafe { &*data.cast::<Data<F>>() };
        // SAFETY: the frame is one of this route's plan.
        let mut incoming = unsafe { Incoming::new(&data.route, frame) };
        match catch_unwind(AssertUnwindSafe(|| (data.closure)(&mut incoming))) {
            Ok(Ok(())) => incoming.finish(),
            Ok(Err(error)) => abort(data.route.name(), &error.to_string()),
            Err(panic) => abort(data.route.name(), panic_message(&*panic)),
        }
    }
}

#[cold]
fn abort(name: &str, why: &str) -> ! {
    eprintln!("ffi: the callback {name:?} failed, and no panic may cross into C: {why}");
    std::process::abort()
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(message), _) => message,
        (_, Some(message)) => message,
        _ => "a panic without a message",
    }
}
