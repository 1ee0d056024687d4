//! Futures for the engine's callbacks that work with any executor.

use crate::error::lock;
use std::{
    ffi::c_void,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

/// Where a callback of the engine leaves its result.
pub(crate) struct Promise<T> {
    value: Mutex<Option<T>>,
}

impl<T> Promise<T> {
    /// A promise, and the same one as the pointer to give to the engine as user data.
    ///
    /// The pointer owns a reference: exactly one [`take_back`](Self::take_back) must follow.
    pub(crate) fn new() -> (Arc<Self>, *mut c_void) {
        let value = Mutex::new(None);
        let promise = Arc::new(Self { value });
        let userdata = Arc::into_raw(promise.clone()).cast_mut().cast();
        (promise, userdata)
    }

    /// The promise behind the user data of a callback.
    ///
    /// # Safety
    /// `userdata` must come from [`new`](Self::new) for the same `T`, and must not have been taken back before.
    pub(crate) unsafe fn take_back(userdata: *mut c_void) -> Arc<Self> {
        // SAFETY: The pointer is that of `Arc::into_raw` in `new`, whose reference is claimed once.
        unsafe { Arc::from_raw(userdata.cast_const().cast()) }
    }

    /// Keeps the promise: the future resolves to `value`.
    pub(crate) fn fulfil(&self, value: T) {
        *lock(&self.value) = Some(value);
    }

    fn take(&self) -> Option<T> {
        lock(&self.value).take()
    }
}

/// The result of an asynchronous call, once the engine has called back.
///
/// Where the engine called back during the call itself, the future is ready at once. Where it did not, nobody but the
/// program itself can make it go on; so every poll gives the engine the opportunity (`pump`) and then asks to be polled
/// again, which works with every executor, for the short time that such calls take.
pub(crate) struct Completion<T, P> {
    promise: Arc<Promise<T>>,
    pump: P,
}

impl<T, P: Fn() + Unpin> Completion<T, P> {
    /// Waits for `promise`; `pump` lets the engine work on it.
    pub(crate) fn new(promise: Arc<Promise<T>>, pump: P) -> Self {
        Self { promise, pump }
    }
}

impl<T, P: Fn() + Unpin> Future for Completion<T, P> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if let Some(value) = self.promise.take() {
            return Poll::Ready(value);
        }
        (self.pump)();
        if let Some(value) = self.promise.take() {
            return Poll::Ready(value);
        }
        // Leaves the processor to the engine's threads instead of asking in a tight loop.
        std::thread::sleep(Duration::from_micros(50));
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn ready_at_once_if_the_engine_called_back_already() {
        let (promise, userdata) = Promise::<u32>::new();
        // SAFETY: It is taken back once.
        unsafe { Promise::<u32>::take_back(userdata) }.fulfil(7);
        let completion = Completion::new(promise, || unreachable!("nothing to wait for"));
        assert_eq!(pollster::block_on(completion), 7);
    }

    #[test]
    fn pumps_until_the_engine_calls_back() {
        let (promise, userdata) = Promise::<u32>::new();
        // SAFETY: It is taken back once.
        let engine_side = unsafe { Promise::<u32>::take_back(userdata) };
        let pumped = AtomicU32::new(0);
        let completion = Completion::new(promise, || {
            if pumped.fetch_add(1, Ordering::Relaxed) == 3 {
                engine_side.fulfil(8);
            }
        });
        assert_eq!(pollster::block_on(completion), 8);
        assert_eq!(pumped.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn a_callback_from_another_thread_resolves_it() {
        let (promise, userdata) = Promise::<u32>::new();
        // SAFETY: It is taken back once.
        let engine_side = unsafe { Promise::<u32>::take_back(userdata) };
        let thread = std::thread::spawn(move || engine_side.fulfil(9));
        assert_eq!(pollster::block_on(Completion::new(promise, || ())), 9);
        thread.join().unwrap();
    }
}
