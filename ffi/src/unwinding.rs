//! What unwinds, and how far: panics of closures, captures, results and wakers that users bring.

use std::any::Any;
use std::fmt::Display;
use std::io::{self, Write};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// Runs what a user brought; a panic is the error.
///
/// What unwinds and is no panic cannot be caught: `pthread_exit`, or an exception of another language. There
/// the process aborts, with a message about `whose` it is.
#[inline(always)]
pub(crate) fn catch<R>(whose: &impl Display, run: impl FnOnce() -> R) -> Result<R, Payload> {
    catch_unwind(AssertUnwindSafe(|| {
        let foreign = Foreign(whose);
        let result = run();
        mem::forget(foreign);
        result
    }))
}

/// Runs what a user brought where nobody can be told of a panic.
pub(crate) fn contain(run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        discard(panic);
    }
}

/// Drops a panic's payload, whose drop may panic too.
pub(crate) fn discard(panic: Payload) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        // It may be a bomb as well, unless it is but a message.
        match panic.is::<&str>() || panic.is::<String>() {
            true => drop(panic),
            false => mem::forget(panic),
        }
    }
}

/// The message of a panic.
pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(message), _) => message,
        (_, Some(message)) => message,
        _ => "a panic without a message",
    }
}

/// Ends the process with a message. Nothing unwinds, not even where standard error takes no more.
#[cold]
pub(crate) fn abort(message: impl Display) -> ! {
    let _ = writeln!(io::stderr(), "ffi: {message}");
    std::process::abort()
}

/// Dropped only while something unwinds.
struct Foreign<'a, W: Display>(&'a W);

impl<W: Display> Drop for Foreign<'_, W> {
    #[cold]
    fn drop(&mut self) {
        if !std::thread::panicking() {
            abort(format_args!(
                "{} was left by pthread_exit or an exception of another language, which must not pass it",
                self.0
            ));
        }
    }
}
