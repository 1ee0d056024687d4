//! Until when, and whether at all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Error;

/// A token that calls off what has not begun. Clones are the same token.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// A token that is not cancelled.
    pub fn new() -> Cancellation {
        Cancellation::default()
    }

    /// Cancels, for good.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A deadline, a cancellation, both or none of them.
///
/// ```
/// use ffi::worker::{Cancellation, Limit};
/// use std::time::Duration;
/// let token = Cancellation::new();
/// let limit = Limit::within(Duration::from_secs(60)).cancelled_by(&token);
/// limit.check()?;
/// token.cancel();
/// assert_eq!(limit.check().unwrap_err().to_string(), "the call was cancelled before it began");
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Limit {
    deadline: Option<Instant>,
    cancellation: Option<Cancellation>,
}

impl Limit {
    /// No limit.
    pub fn none() -> Limit {
        Limit::default()
    }

    /// A deadline so far from now.
    pub fn within(duration: Duration) -> Limit {
        // A deadline that no clock reaches is none.
        Limit { deadline: Instant::now().checked_add(duration), cancellation: None }
    }

    /// A deadline.
    pub fn until(deadline: Instant) -> Limit {
        Limit { deadline: Some(deadline), cancellation: None }
    }

    /// Adds a token.
    pub fn cancelled_by(mut self, cancellation: &Cancellation) -> Limit {
        self.cancellation = Some(cancellation.clone());
        self
    }

    /// The time that is left; none without a deadline.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Whether a call may still begin.
    ///
    /// # Errors
    /// [`Error::Cancelled`], or [`Error::DeadlineExceeded`] at or behind the deadline.
    pub fn check(&self) -> Result<(), Error> {
        if self.cancellation.as_ref().is_some_and(Cancellation::is_cancelled) {
            return Err(Error::Cancelled);
        }
        match self.remaining() {
            Some(Duration::ZERO) => Err(Error::DeadlineExceeded),
            _ => Ok(()),
        }
    }

    /// Waits for a signal, but not past the deadline.
    pub(super) fn wait<'a, T>(
        &self,
        signal: &Condvar,
        state: MutexGuard<'a, T>,
    ) -> Result<MutexGuard<'a, T>, Error> {
        match self.remaining() {
            None => Ok(signal.wait(state).unwrap_or_else(PoisonError::into_inner)),
            Some(Duration::ZERO) => Err(Error::DeadlineExceeded),
            Some(left) => {
                let waited = signal.wait_timeout(state, left);
                Ok(waited.unwrap_or_else(PoisonError::into_inner).0)
            }
        }
    }
}
