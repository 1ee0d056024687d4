//! Who gets the errors of a device.

use super::Error;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

/// Which errors an [error scope](crate::Device::push_error_scope) catches.
#[derive(Clone, Copy, Debug, Eq, PartialEq, PartialOrd)]
pub enum ErrorFilter {
    /// Those for lack of memory.
    OutOfMemory,
    /// Those of calls that are not valid.
    Validation,
    /// Those of the engine or the driver.
    Internal,
}

/// What can be given to [`Device::on_uncaptured_error`](crate::Device::on_uncaptured_error): any shareable closure that
/// takes an [`Error`].
pub trait UncapturedErrorHandler: Fn(Error) + Send + Sync + 'static {}

impl<T> UncapturedErrorHandler for T where T: Fn(Error) + Send + Sync + 'static {}

/// Who gets the errors of one device: the error scopes of each thread, then the handler, then the default.
#[derive(Default)]
pub(crate) struct ErrorSink {
    scopes: Mutex<HashMap<ThreadId, Vec<Scope>>>,
    handler: Mutex<Option<Arc<dyn UncapturedErrorHandler>>>,
}

struct Scope {
    filter: ErrorFilter,
    error: Option<Error>,
}

impl ErrorSink {
    /// Hands the error to the innermost fitting scope of this thread, or to the handler.
    ///
    /// # Panics
    /// Without scope and handler, with the error; or if the handler panics. Not while the thread is unwinding.
    #[track_caller]
    pub(crate) fn report(&self, error: Error) {
        let Some(error) = self.capture(error) else {
            return;
        };
        // The handler runs with no lock held: it may call anything, also the device.
        let handler = lock(&self.handler).clone();
        match handler {
            Some(handler) if thread::panicking() => {
                let call = std::panic::AssertUnwindSafe(|| handler(error));
                let _ = std::panic::catch_unwind(call);
            }
            Some(handler) => handler(error),
            None if thread::panicking() => eprintln!("webgpu error while unwinding: {error}"),
            None => panic!("wgpu error: {error}\n"),
        }
    }

    /// Keeps the error in the innermost fitting scope of this thread, or gives it back.
    fn capture(&self, error: Error) -> Option<Error> {
        let mut scopes = lock(&self.scopes);
        let own = scopes.get_mut(&thread::current().id());
        let fitting = own.and_then(|own| {
            let innermost_first = own.iter_mut().rev();
            innermost_first.into_iter().find(|scope| scope.filter == error.filter())
        });
        match fitting {
            Some(scope) => {
                // A scope keeps the first error.
                scope.error.get_or_insert(error);
                None
            }
            None => Some(error),
        }
    }

    /// Sets the handler for errors that no scope catches.
    pub(crate) fn set_handler(&self, handler: Arc<dyn UncapturedErrorHandler>) {
        let before = lock(&self.handler).replace(handler);
        // Dropped with no lock held: it may own anything.
        drop(before);
    }

    /// Nobody is left who would handle errors.
    pub(crate) fn forget_handler(&self) {
        let handler = lock(&self.handler).take();
        // Dropped with no lock held: it may own anything.
        drop(handler);
    }

    /// Opens a scope for the errors of this thread; the result is its index for [`pop_scope`](Self::pop_scope).
    pub(crate) fn push_scope(&self, filter: ErrorFilter) -> usize {
        let mut scopes = lock(&self.scopes);
        let own = scopes.entry(thread::current().id()).or_default();
        own.push(Scope { filter, error: None });
        own.len() - 1
    }

    /// Closes a scope and returns what it caught.
    ///
    /// # Panics
    /// If the scope is not the innermost one of this thread. While unwinding, the innermost one is closed instead.
    #[track_caller]
    pub(crate) fn pop_scope(&self, index: usize) -> Option<Error> {
        let mut scopes = lock(&self.scopes);
        let id = thread::current().id();
        let open = scopes.get(&id).map_or(0, Vec::len);
        if index + 1 != open && !thread::panicking() {
            drop(scopes);
            if open == 0 {
                panic!(
                    "Mismatched pop_error_scope call: no error scope for this thread. \
                     Error scopes are thread-local."
                );
            }
            panic!(
                "Mismatched pop_error_scope call: error scopes must be popped in reverse order."
            );
        }
        let own = scopes.get_mut(&id)?;
        let scope = own.pop();
        if own.is_empty() {
            scopes.remove(&id);
        }
        scope.and_then(|scope| scope.error)
    }
}

impl fmt::Debug for ErrorSink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ErrorSink").finish_non_exhaustive()
    }
}

/// Locks `mutex`. A panic of a user's closure elsewhere does not make what it guards unusable: all of it is changed in
/// steps that leave it whole.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_fitting_scope_keeps_the_first_error() {
        let sink = ErrorSink::default();
        let outer = sink.push_scope(ErrorFilter::Validation);
        let inner = sink.push_scope(ErrorFilter::OutOfMemory);
        sink.report(Error::validation("first"));
        sink.report(Error::validation("second"));
        assert!(sink.pop_scope(inner).is_none());
        assert_eq!(sink.pop_scope(outer).unwrap().to_string(), "first");
        assert!(lock(&sink.scopes).is_empty());
    }

    #[test]
    fn scopes_belong_to_their_thread() {
        let sink = ErrorSink::default();
        sink.push_scope(ErrorFilter::Validation);
        thread::scope(|scope| {
            let there = scope.spawn(|| sink.report(Error::validation("elsewhere")));
            assert!(there.join().is_err(), "nobody there handles it");
        });
        assert!(sink.pop_scope(0).is_none());
    }

    #[test]
    #[should_panic = "reverse order"]
    fn scopes_close_in_reverse_order() {
        let sink = ErrorSink::default();
        let outer = sink.push_scope(ErrorFilter::Validation);
        sink.push_scope(ErrorFilter::Validation);
        sink.pop_scope(outer);
    }

    #[test]
    #[should_panic = "wgpu error: nobody"]
    fn an_unhandled_error_panics() {
        ErrorSink::default().report(Error::validation("nobody"));
    }
}
