//! A result that another thread will bring.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Limit;
use crate::Error;

/// What a [`Pool`](super::Pool) is working on: a [`Future`] for any executor, or something to wait for.
///
/// Dropping it drops the result; the work goes on.
#[derive(Debug)]
#[must_use = "the result comes through this"]
pub struct Pending<T>(Arc<Slot<T>>);

#[derive(Debug)]
pub(super) struct Slot<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

#[derive(Debug)]
struct State<T> {
    result: Option<Result<T, Error>>,
    waker: Option<Waker>,
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nobody panics while holding the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn store(&self, result: Result<T, Error>) {
        let waker = {
            let mut state = self.lock();
            state.result = Some(result);
            state.waker.take()
        };
        self.arrived.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Pending<T> {
    pub(super) fn new() -> (Pending<T>, Arc<Slot<T>>) {
        let state = Mutex::new(State { result: None, waker: None });
        let slot = Arc::new(Slot { state, arrived: Condvar::new() });
        (Pending(Arc::clone(&slot)), slot)
    }

    /// Whether the result is there.
    pub fn is_finished(&self) -> bool {
        self.0.lock().result.is_some()
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// Whatever the work failed with.
    pub fn wait(self) -> Result<T, Error> {
        self.wait_within(&Limit::none())
    }

    /// Waits for the result until the deadline. (A cancellation keeps work from beginning; it does not end a wait.)
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] when the deadline passes first; the work then goes on, and its result is dropped.
    /// Otherwise whatever the work failed with.
    pub fn wait_within(self, limit: &Limit) -> Result<T, Error> {
        let mut state = self.0.lock();
        loop {
            if let Some(result) = state.result.take() {
                return result;
            }
            state = match limit.remaining() {
                None => self.0.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return Err(Error::DeadlineExceeded),
                Some(left) => {
                    let waited = self.0.arrived.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        let mut state = self.0.lock();
        match state.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
