//! Futures for the engine's callbacks that work with any executor.

use crate::error::lock;
use std::{
    ffi::c_void,
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

/// Where a callback of the engine leaves its result.
pub(crate) struct Promise<T, C> {
    // Dropped in this order: a result that nobody waited for may need the context.
    value: Mutex<Option<T>>,
    context: C,
}

impl<T, C> Promise<T, C> {
    /// A promise, and the same one as the pointer to give to the engine as user data. The callback finds `context` in it.
    ///
    /// The pointer owns a reference: exactly one [`take_back`](Self::take_back) must follow.
    pub(crate) fn new(context: C) -> (Arc<Self>, *mut c_void) {
        let value = Mutex::new(None);
        let promise = Arc::new(Self { value, context });
        let userdata = Arc::into_raw(promise.clone()).cast_mut().cast();
        (promise, userdata)
    }

    /// The promise behind the user data of a callback.
    ///
    /// # Safety
    /// `userdata` must come from [`new`](Self::new) for the same types, and must not have been taken back before.
    pub(crate) unsafe fn take_back(userdata: *mut c_void) -> Arc<Self> {
        // SAFETY: The pointer is that of `Arc::into_raw` in `new`, whose reference is claimed once.
        unsafe { Arc::from_raw(userdata.cast_const().cast()) }
    }

    /// What the callback needs.
    pub(crate) fn context(&self) -> &C {
        &self.context
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
pub(crate) struct Completion<T, C, P> {
    promise: Arc<Promise<T, C>>,
    pump: P,
}

impl<T, C, P: Fn() + Unpin> Completion<T, C, P> {
    /// Waits for `promise`; `pump` lets the engine work on it.
    pub(crate) fn new(promise: Arc<Promise<T, C>>, pump: P) -> Self {
        Self { promise, pump }
    }
}

impl<T, C, P: Fn() + Unpin> Future for Completion<T, C, P> {
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

/// Waits for a future that goes on by being polled, as [`Completion`] does.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn ready_at_once_if_the_engine_called_back_already() {
        let (promise, userdata) = Promise::<u32, ()>::new(());
        // SAFETY: It is taken back once.
        unsafe { Promise::<u32, ()>::take_back(userdata) }.fulfil(7);
        let completion = Completion::new(promise, || unreachable!("nothing to wait for"));
        assert_eq!(pollster::block_on(completion), 7);
    }

    #[test]
    fn pumps_until_the_engine_calls_back() {
        let (promise, userdata) = Promise::<u32, ()>::new(());
        // SAFETY: It is taken back once.
        let engine_side = unsafe { Promise::<u32, ()>::take_back(userdata) };
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
    fn waiting_polls_until_the_end() {
        let mut polls = 0;
        let third = std::future::poll_fn(|_| {
            polls += 1;
            if polls == 3 { Poll::Ready(polls) } else { Poll::Pending }
        });
        assert_eq!(wait(third), 3);
    }

    #[test]
    fn a_result_that_nobody_waited_for_goes_before_the_context() {
        struct Goes(&'static str, std::sync::mpsc::Sender<&'static str>);
        impl Drop for Goes {
            fn drop(&mut self) {
                self.1.send(self.0).unwrap();
            }
        }
        let (sender, gone) = std::sync::mpsc::channel();
        let (promise, userdata) = Promise::<Goes, Goes>::new(Goes("context", sender.clone()));
        // SAFETY: It is taken back once, and the types are those of the lines above and below.
        let engine_side = unsafe { Promise::<Goes, Goes>::take_back(userdata) };
        drop(Completion::new(promise, || ()));
        engine_side.fulfil(Goes("result", sender));
        drop(engine_side);
        assert_eq!(gone.iter().collect::<Vec<_>>(), ["result", "context"]);
    }

    #[test]
    fn a_callback_from_another_thread_resolves_it() {
        let (promise, userdata) = Promise::<u32, ()>::new(());
        // SAFETY: It is taken back once.
        let engine_side = unsafe { Promise::<u32, ()>::take_back(userdata) };
        let thread = std::thread::spawn(move || engine_side.fulfil(9));
        assert_eq!(pollster::block_on(Completion::new(promise, || ())), 9);
        thread.join().unwrap();
    }
}
