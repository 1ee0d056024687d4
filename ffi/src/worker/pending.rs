//! A result that another thread will bring.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Limit;
use crate::{Error, unwinding};

/// What a [`Pool`](super::Pool) is working on: a [`Future`] for any executor, or something to wait for.
///
/// Dropping it drops the result and forgets whom to wake; the work goes on.
#[derive(Debug)]
#[must_use = "the result comes through this"]
pub struct Pending<T>(Arc<Slot<T>>);

/// Where the result passes from one thread to the other. Results and wakers are dropped, cloned and woken without the
/// lock: what they do may ask for it.
#[derive(Debug)]
pub(super) struct Slot<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

#[derive(Debug)]
enum State<T> {
    Awaited(Option<Waker>),
    Arrived(Result<T, Error>),
    /// Given away, or wanted by nobody.
    Taken,
}

impl<T> State<T> {
    /// The result, if it has arrived.
    fn take(&mut self) -> Option<Result<T, Error>> {
        match std::mem::replace(self, State::Taken) {
            State::Arrived(result) => Some(result),
            other => {
                *self = other;
                None
            }
        }
    }
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nobody panics while holding the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores the result and wakes who waits. Does not panic, whatever the waker and the result do.
    pub(super) fn store(&self, result: Result<T, Error>) {
        let mut state = self.lock();
        let State::Awaited(waker) = &mut *state else {
            drop(state);
            return unwinding::contain(|| drop(result));
        };
        let waker = waker.take();
        *state = State::Arrived(result);
        drop(state);
        self.arrived.notify_all();
        if let Some(waker) = waker {
            unwinding::contain(|| waker.wake());
        }
    }
}

impl<T> Pending<T> {
    pub(super) fn new() -> (Pending<T>, Arc<Slot<T>>) {
        let state = Mutex::new(State::Awaited(None));
        let slot = Arc::new(Slot { state, arrived: Condvar::new() });
        (Pending(Arc::clone(&slot)), slot)
    }

    /// Whether the result is there.
    pub fn is_finished(&self) -> bool {
        !matches!(*self.0.lock(), State::Awaited(_))
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// Whatever the work failed with.
    ///
    /// # Panics
    /// Where polling has given the result away.
    pub fn wait(self) -> Result<T, Error> {
        self.wait_within(&Limit::none())
    }

    /// Waits for the result until the deadline. (A cancellation keeps work from beginning; it does not end a wait.)
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] when the deadline passes first; the work then goes on, and its result is dropped.
    /// Otherwise whatever the work failed with.
    ///
    /// # Panics
    /// As [`Pending::wait`].
    pub fn wait_within(self, limit: &Limit) -> Result<T, Error> {
        let mut state = self.0.lock();
        while matches!(*state, State::Awaited(_)) {
            state = limit.wait(&self.0.arrived, state)?;
        }
        let result = state.take();
        drop(state);
        result.expect("a result is taken once, but this one was waited for after it was polled")
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, Error>;

    /// # Panics
    /// Where an earlier poll was ready.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        let waker = context.waker().clone();
        let mut state = self.0.lock();
        let State::Awaited(waiting) = &mut *state else {
            let result = state.take();
            drop(state);
            return Poll::Ready(
                result.expect("a result is taken once, but this one was polled again"),
            );
        };
        let before = waiting.replace(waker);
        drop(state);
        drop(before);
        Poll::Pending
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        let state = std::mem::replace(&mut *self.0.lock(), State::Taken);
        drop(state);
    }
}
