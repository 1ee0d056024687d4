//! What happens to a panic of a callback's closure.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::types::Name;

/// What happens when a callback's closure panics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnPanic {
    /// The process aborts with a message that names the callback.
    #[default]
    Abort,
    /// The panic unwinds through C, as an exception does. Only for C that was compiled for that (`-fexceptions`), or for
    /// callers in C++ or in Rust with `extern "C-unwind"`: elsewhere it is undefined behaviour.
    Unwind,
    /// C gets a zero as result; the panic goes on where [`resuming`] surrounds the call that led to the callback.
    /// Later panics before that are dropped.
    Keep,
}

/// What every callback has.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) name: Name,
    pub(super) on_panic: OnPanic,
}

thread_local! {
    static KEPT: RefCell<Option<Box<dyn Any + Send>>> = const { RefCell::new(None) };
}

impl Header {
    /// Runs a callback's closure; `zero` is its result where a panic is kept.
    #[inline]
    pub(super) fn guard<R>(&self, run: impl FnOnce() -> R, zero: impl FnOnce() -> R) -> R {
        if self.on_panic == OnPanic::Unwind { run() } else { self.catch(run, zero) }
    }

    /// [`Header::guard`] where panics do not unwind into C.
    #[inline(always)]
    pub(super) fn catch<R>(&self, run: impl FnOnce() -> R, zero: impl FnOnce() -> R) -> R {
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(result) => result,
            Err(panic) => {
                self.stop(panic);
                zero()
            }
        }
    }

    /// Keeps the panic, or aborts.
    #[cold]
    fn stop(&self, panic: Box<dyn Any + Send>) {
        if self.on_panic == OnPanic::Keep {
            KEPT.with_borrow_mut(|kept| {
                kept.get_or_insert(panic);
            });
            return;
        }
        let message = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(message), _) => message,
            (_, Some(message)) => message.as_str(),
            _ => "a panic without a message",
        };
        eprintln!(
            "ffi: the callback {:?} failed, and no panic may cross into C: {message}",
            self.name
        );
        std::process::abort()
    }
}

/// Runs `call`, which calls C; then goes on with a panic that a callback has kept meanwhile on this thread.
///
/// ```
/// use ffi::{Arg, CallInterface, Callback, OnPanic, Signature, Type};
/// let callback = Callback::builder("strict")
///     .on_panic(OnPanic::Keep)
///     .typed(|n: i32| if n < 0 { panic!("negative") } else { n })?;
/// let interface = CallInterface::new(&Signature::new([Type::I32], Type::I32)?)?;
/// let outcome = std::panic::catch_unwind(|| {
///     // SAFETY: the callback has this signature.
///     ffi::resuming(|| unsafe { interface.call::<i32>(callback.code(), &[Arg::new(&-1)]) })
/// });
/// assert_eq!(*outcome.unwrap_err().downcast::<&str>().unwrap(), "negative");
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// # Panics
/// With the panic that was kept.
pub fn resuming<R>(call: impl FnOnce() -> R) -> R {
    let outer = KEPT.take();
    let result = call();
    let kept = KEPT.replace(outer);
    if let Some(panic) = kept {
        resume_unwind(panic);
    }
    result
}
