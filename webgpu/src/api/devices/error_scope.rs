use crate::{
    error::{Error, ErrorFilter, ErrorSink},
    events,
};
use std::{fmt, future::Future, marker::PhantomData, sync::Arc};
use wgpu_types::WasmNotSend;

/// An open error scope of this thread, which catches errors until it is popped. Dropping it forgets what it caught.
#[must_use = "Error scopes must be explicitly popped to retrieve errors they catch"]
pub struct ErrorScopeGuard {
    sink: Arc<ErrorSink>,
    index: usize,
    open: bool,
    // A scope belongs to its thread.
    _not_send: PhantomData<*mut ()>,
}

impl ErrorScopeGuard {
    pub(crate) fn push(sink: Arc<ErrorSink>, filter: ErrorFilter) -> Self {
        let index = sink.push_scope(filter);
        Self { sink, index, open: true, _not_send: PhantomData }
    }

    /// Closes the scope. The future resolves to the first error that it caught, if any.
    ///
    /// # Panics
    /// If another scope of this thread was opened later and is still open.
    #[track_caller]
    pub fn pop(mut self) -> impl Future<Output = Option<Error>> + WasmNotSend {
        // What calls have left to be delivered happened in this scope.
        events::deliver();
        self.open = false;
        std::future::ready(self.sink.pop_scope(self.index))
    }
}

impl Drop for ErrorScopeGuard {
    fn drop(&mut self) {
        if self.open {
            drop(self.sink.pop_scope(self.index));
        }
    }
}

impl fmt::Debug for ErrorScopeGuard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ErrorScopeGuard")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}
