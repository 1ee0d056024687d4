//! Calls with a deadline, calls that can be cancelled, calls on other threads.
//!
//! C cannot be interrupted. A [`Limit`] therefore refuses what has not begun: a call whose deadline is over or whose
//! [`Cancellation`] was cancelled is not made. A caller that must have an answer in time makes the call on a [`Pool`]: when
//! the deadline passes it gets [`Error::DeadlineExceeded`](crate::Error::DeadlineExceeded), while the call goes on, with
//! everything it was given, until C returns.

#[cfg(feature = "declare")]
mod call;
mod limit;
mod pending;
mod pool;

#[cfg(feature = "declare")]
pub use call::PendingCall;
pub use limit::{Cancellation, Limit};
pub use pending::Pending;
pub use pool::Pool;
