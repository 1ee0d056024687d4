//! Declared functions called with a limit, and on other threads.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{Limit, Pending, Pool};
use crate::call::ErrorNumbers;
use crate::declare::{ArgumentList, PreparedCall};
use crate::{Declared, Error, Value};

/// A call that a [`Pool`] makes: a [`Future`] for any executor, or something to wait for.
#[derive(Debug)]
#[must_use = "the result comes through this"]
pub struct PendingCall(Pending<Sent<(Value, ErrorNumbers)>>);

/// Something that goes to another thread although it holds addresses.
#[derive(Debug)]
struct Sent<T>(T);

// SAFETY: all that keeps arguments and results from being `Send` is addresses. Those of arguments are used by the call, which
// by the contract of `call_on` may happen on any thread; nothing uses the others without `unsafe`.
unsafe impl<T> Send for Sent<T> {}

impl<T> Sent<T> {
    /// A method, so that closures capture the whole.
    fn into_inner(self) -> T {
        self.0
    }
}

impl Declared {
    /// Calls it unless the limit is reached: nothing is called then. A call that has begun is not interrupted.
    ///
    /// # Errors
    /// What [`Limit::check`] says; as [`Declared::call`].
    ///
    /// # Safety
    /// As [`Declared::call`].
    pub unsafe fn call_limited<'a>(
        &self,
        limit: &Limit,
        arguments: impl ArgumentList<'a>,
    ) -> Result<Value, Error> {
        let mut call = self.prepare(arguments)?;
        limit.check()?;
        // SAFETY: the caller's contract.
        Ok(unsafe { call.call() })
    }

    /// Has a pool make the call. The arguments are owned by it, and live until C returns.
    ///
    /// # Errors
    /// As [`Declared::call`] for the arguments, and as [`Pool::run`].
    ///
    /// # Safety
    /// As [`Declared::call`]; the function may be called on any thread, and what pointers among the arguments lead to
    /// stays there, untouched by others, until the call has ended, however long the caller waits for it.
    pub unsafe fn call_on(
        &self,
        pool: &Pool,
        limit: &Limit,
        arguments: impl ArgumentList<'static>,
    ) -> Result<PendingCall, Error> {
        let call: Sent<PreparedCall<'static>> = Sent(self.prepare(arguments)?);
        let work = move || {
            let (mut call, mut numbers) = (call.into_inner(), ErrorNumbers::default());
            // SAFETY: the caller's contract.
            let result = unsafe { call.call_with_errno(&mut numbers) };
            Sent((result, numbers))
        };
        pool.run(limit, work).map(PendingCall)
    }

    /// Has a pool make the call, without a limit: the result comes through the future that this returns.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use ffi::worker::Pool;
    /// use ffi::{Library, Value};
    /// let (abs, pool) = (Library::this()?.declare("int abs(int)")?, Pool::new(1, 4));
    /// // SAFETY: any thread may call it.
    /// let pending = unsafe { abs.call_async(&pool, (-3,)) }?;
    /// // Any executor drives it.
    /// assert_eq!(pollster::block_on(pending)?, Value::I32(3));
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Declared::call_on`].
    ///
    /// # Safety
    /// As [`Declared::call_on`].
    pub unsafe fn call_async(
        &self,
        pool: &Pool,
        arguments: impl ArgumentList<'static>,
    ) -> Result<PendingCall, Error> {
        // SAFETY: the caller's contract.
        unsafe { self.call_on(pool, &Limit::none(), arguments) }
    }

    /// Has a pool make the call and waits for it so long: then the caller goes on, and so does the call.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use ffi::Library;
    /// use ffi::worker::Pool;
    /// use std::time::{Duration, Instant};
    /// let usleep = Library::this()?.declare("int usleep(unsigned microseconds)")?;
    /// let (pool, start) = (Pool::new(1, 4), Instant::now());
    /// // SAFETY: any thread may sleep.
    /// let late = unsafe { usleep.call_within(&pool, Duration::from_millis(20), (900_000,)) };
    /// assert!(matches!(late, Err(ffi::Error::DeadlineExceeded)));
    /// assert!(start.elapsed() < Duration::from_millis(800));
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`], before the call or while it runs; as [`Declared::call_on`].
    ///
    /// # Safety
    /// As [`Declared::call_on`].
    pub unsafe fn call_within(
        &self,
        pool: &Pool,
        duration: Duration,
        arguments: impl ArgumentList<'static>,
    ) -> Result<Value, Error> {
        let limit = Limit::within(duration);
        // SAFETY: the caller's contract.
        unsafe { self.call_on(pool, &limit, arguments) }?.wait_within(&limit)
    }
}

impl PendingCall {
    /// Whether the function has returned.
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// As [`Pending::wait`].
    ///
    /// # Panics
    /// As [`Pending::wait`].
    pub fn wait(self) -> Result<Value, Error> {
        Ok(self.wait_with_errno()?.0)
    }

    /// Waits for the result, and the error numbers that the function left on its thread: those before it were zero.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use ffi::worker::{Limit, Pool};
    /// use ffi::{Library, Value};
    /// let (close, pool) = (Library::this()?.declare("int close(int file)")?, Pool::new(1, 4));
    /// // SAFETY: there is no file -1, on any thread.
    /// let pending = unsafe { close.call_on(&pool, &Limit::none(), (-1,)) }?;
    /// let (result, numbers) = pending.wait_with_errno()?;
    /// assert_eq!((result, numbers.errno), (Value::I32(-1), 9)); // EBADF
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Pending::wait`].
    ///
    /// # Panics
    /// As [`Pending::wait`].
    pub fn wait_with_errno(self) -> Result<(Value, ErrorNumbers), Error> {
        self.0.wait().map(Sent::into_inner)
    }

    /// Waits for the result until the deadline.
    ///
    /// # Errors
    /// As [`Pending::wait_within`].
    ///
    /// # Panics
    /// As [`Pending::wait`].
    pub fn wait_within(self, limit: &Limit) -> Result<Value, Error> {
        Ok(self.wait_within_with_errno(limit)?.0)
    }

    /// As [`PendingCall::wait_with_errno`], until the deadline.
    ///
    /// # Errors
    /// As [`Pending::wait_within`].
    ///
    /// # Panics
    /// As [`Pending::wait`].
    pub fn wait_within_with_errno(self, limit: &Limit) -> Result<(Value, ErrorNumbers), Error> {
        self.0.wait_within(limit).map(Sent::into_inner)
    }
}

impl Future for PendingCall {
    type Output = Result<Value, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<Value, Error>> {
        Pin::new(&mut self.0).poll(context).map(|result| Ok(result?.into_inner().0))
    }
}
