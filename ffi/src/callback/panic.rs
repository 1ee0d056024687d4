//! What happens to a panic of a callback's closure.

use std::cell::Cell;
use std::fmt::{self, Display, Formatter};
use std::mem::ManuallyDrop;
use std::panic::resume_unwind;

use crate::types::Name;
use crate::unwinding::{self, Payload};

/// What happens when a callback's closure panics.
///
/// `pthread_exit` within a closure, and an exception of another language that leaves it, are no panics: they abort the
/// process with a message that names the callback. With [`OnPanic::Unwind`] they pass, and are undefined behaviour unless
/// they are exceptions that what they pass was compiled for. To end its thread, a closure returns to where the thread began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnPanic {
    /// The process aborts with a message that names the callback.
    #[default]
    Abort,
    /// The panic unwinds through C, as an exception does. Only for C that was compiled for that (`-fexceptions`), or for
    /// callers in C++ or in Rust with `extern "C-unwind"`: elsewhere it is undefined behaviour.
    Unwind,
    /// C gets a zero as result; the panic goes on where [`resuming`] surrounds the call that led to the callback, on the same
    /// thread. Later panics before that are dropped, as all are where nothing surrounds the call. Work on a
    /// [`Pool`](crate::worker::Pool) is surrounded.
    Keep,
}

/// What every callback has.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) name: Name,
    pub(super) on_panic: OnPanic,
}

impl Display for Header {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "the callback {:?}", self.name)
    }
}

/// What the innermost [`resuming`] of a thread is to go on with.
enum Kept {
    /// There is none.
    NobodyAsks,
    Nothing,
    Panic(ManuallyDrop<Payload>),
}

thread_local! {
    /// Without a destructor: threads that end call back too.
    static KEPT: Cell<Kept> = const { Cell::new(Kept::NobodyAsks) };
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
        match unwinding::catch(self, run) {
            Ok(result) => result,
            Err(panic) => {
                self.stop(panic);
                zero()
            }
        }
    }

    /// Keeps the panic, or aborts.
    #[cold]
    fn stop(&self, panic: Payload) {
        if self.on_panic != OnPanic::Keep {
            let message = unwinding::message(&*panic);
            unwinding::abort(format_args!(
                "{self} failed, and no panic may cross into C: {message}"
            ));
        }
        let (kept, late) = match KEPT.replace(Kept::NobodyAsks) {
            Kept::Nothing => (Kept::Panic(ManuallyDrop::new(panic)), None),
            kept => (kept, Some(panic)),
        };
        KEPT.set(kept);
        if let Some(panic) = late {
            unwinding::discard(panic);
        }
    }
}

/// Runs `call`, which calls C; then goes on with a panic that a callback has kept meanwhile on this thread.
///
/// ```
/// use ffi::callback::OnPanic;
/// use ffi::{Arg, CallInterface, Callback, Signature, Type};
/// let callback = Callback::builder("strict")
///     .on_panic(OnPanic::Keep)
///     .typed(|n: i32| if n < 0 { panic!("negative") } else { n })?;
/// let interface = CallInterface::new(&Signature::new([Type::I32], Type::I32)?)?;
/// let outcome = std::panic::catch_unwind(|| {
///     // SAFETY: the callback has this signature.
///     ffi::callback::resuming(|| unsafe { interface.call::<i32>(callback.code(), &[Arg::new(&-1)]) })
/// });
/// assert_eq!(*outcome.unwrap_err().downcast::<&str>().unwrap(), "negative");
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// # Panics
/// With the panic that was kept.
pub fn resuming<R>(call: impl FnOnce() -> R) -> R {
    let mut asking = Asking { outer: KEPT.replace(Kept::Nothing) };
    let result = call();
    let kept = asking.end();
    std::mem::forget(asking);
    if let Some(panic) = kept {
        unwinding::contain(|| drop(result));
        resume_unwind(panic);
    }
    result
}

/// A [`resuming`] that runs. Dropped where it is left by unwinding.
struct Asking {
    outer: Kept,
}

impl Asking {
    /// Gives way to the outer one; returns what was kept.
    fn end(&mut self) -> Option<Payload> {
        let outer = std::mem::replace(&mut self.outer, Kept::NobodyAsks);
        match KEPT.replace(outer) {
            Kept::Panic(panic) => Some(ManuallyDrop::into_inner(panic)),
            Kept::NobodyAsks | Kept::Nothing => None,
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(panic) = self.end() {
            unwinding::discard(panic);
        }
    }
}
