//! What closures, captures, results and wakers do wrong to a pool: no thread, count or message of it is lost.
#![allow(missing_docs, reason = "a test has no public items")]

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker};
use std::thread;
use std::time::Duration;

use ffi::Error;
use ffi::worker::{Cancellation, Limit, Pending, Pool};

/// Longer than anything here takes: a test that would hang fails instead.
fn in_time() -> Limit {
    Limit::within(Duration::from_secs(20))
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a bomb");
    }
}

/// Makes the pool's only thread wait until something is sent.
fn occupy(pool: &Pool) -> (Sender<()>, Pending<()>) {
    let (release, gate) = mpsc::channel::<()>();
    let (tell, begun) = mpsc::channel();
    let pending = pool.run(&Limit::none(), move || {
        tell.send(()).unwrap();
        gate.recv().unwrap();
    });
    begun.recv().unwrap();
    (release, pending.unwrap())
}

/// Makes sure that the pool's one thread is there, is idle, and works.
fn is_whole(pool: Pool) {
    assert_eq!(pool.run(&Limit::none(), || 5).unwrap().wait_within(&in_time()).unwrap(), 5);
    // The result is there a moment before the thread is done with the work.
    for _ in 0..2000 {
        if format!("{pool:?}") == "Pool(1 of 1 threads, 0 at work, 0 calls waiting)" {
            break;
        }
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(format!("{pool:?}"), "Pool(1 of 1 threads, 0 at work, 0 calls waiting)");
    pool.shut_down(&in_time()).unwrap();
}

#[test]
fn payloads_captures_and_results_that_panic_when_dropped() {
    let pool = Pool::new(1, 8);
    let payload = pool.run(&Limit::none(), || panic_any(Bomb)).unwrap();
    let error = payload.wait_within(&in_time()).unwrap_err();
    assert_eq!(error.to_string(), "the work on the pool panicked: a panic without a message");

    let bomb = Bomb;
    let capture = pool.run(&Limit::none(), move || drop(bomb)).unwrap();
    let error = capture.wait_within(&in_time()).unwrap_err();
    assert_eq!(error.to_string(), "the work on the pool panicked: a bomb");

    let (release, occupied) = occupy(&pool);
    let result = pool.run(&Limit::none(), || Bomb).unwrap();
    drop(result);
    release.send(()).unwrap();
    occupied.wait_within(&in_time()).unwrap();
    is_whole(pool);
}

#[test]
fn captures_of_refused_work_that_panic_when_dropped() {
    let pool = Pool::new(1, 8);
    let (release, occupied) = occupy(&pool);
    let token = Cancellation::new();
    let bomb = Bomb;
    let limit = Limit::none().cancelled_by(&token);
    let cancelled = pool.run(&limit, move || drop(bomb)).unwrap();
    token.cancel();
    release.send(()).unwrap();
    assert!(matches!(cancelled.wait_within(&in_time()), Err(Error::Cancelled)));
    occupied.wait_within(&in_time()).unwrap();
    is_whole(pool);

    let pool = Pool::new(1, 8);
    let (release, occupied) = occupy(&pool);
    let refused = [(); 3].map(|()| {
        let bomb = Bomb;
        pool.run(&Limit::none(), move || drop(bomb)).unwrap()
    });
    drop(pool);
    for refused in refused {
        assert!(matches!(refused.wait_within(&in_time()), Err(Error::PoolClosed)));
    }
    release.send(()).unwrap();
    occupied.wait_within(&in_time()).unwrap();
}

/// Does something when it is woken, and something when it is dropped.
struct Odd<W: Fn() + Send + Sync, D: Fn() + Send + Sync>(W, D);

impl<W: Fn() + Send + Sync, D: Fn() + Send + Sync> Wake for Odd<W, D> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

impl<W: Fn() + Send + Sync, D: Fn() + Send + Sync> Drop for Odd<W, D> {
    fn drop(&mut self) {
        (self.1)();
    }
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

fn waker(
    wake: impl Fn() + Send + Sync + 'static,
    drop: impl Fn() + Send + Sync + 'static,
) -> Waker {
    Arc::new(Odd(wake, drop)).into()
}

#[test]
fn wakers_that_panic() {
    for (wake_panics, drop_panics) in [(true, false), (false, true)] {
        let pool = Pool::new(1, 8);
        let (release, mut occupied) = occupy(&pool);
        let woken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&woken);
        let wake = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            assert!(!wake_panics, "woken");
        };
        let odd = waker(wake, move || assert!(!drop_panics, "dropped"));
        assert!(poll(&mut occupied, &odd).is_pending());
        // The pending's clone is the last.
        drop(odd);
        release.send(()).unwrap();
        occupied.wait_within(&in_time()).unwrap();
        is_whole(pool);
        assert_eq!(woken.load(Ordering::SeqCst), 1);
    }
}

/// A waker that asks a pending whenever something is done with it. Its data is the pending's address.
mod asking {
    use super::{Pending, RawWaker, RawWakerVTable};

    static TABLE: RawWakerVTable = RawWakerVTable::new(clone, ask, ask, ask);

    pub(super) fn waker(pending: *const Pending<()>) -> RawWaker {
        RawWaker::new(pending.cast(), &TABLE)
    }

    unsafe fn clone(data: *const ()) -> RawWaker {
        // SAFETY: `ask` has the same contract.
        unsafe { ask(data) };
        RawWaker::new(data, &TABLE)
    }

    unsafe fn ask(data: *const ()) {
        // SAFETY: the data is the address of a pending, which the test keeps for longer than the waker; polling it changes
        // nothing but what a lock guards.
        let pending = unsafe { &*data.cast::<Pending<()>>() };
        assert!(!pending.is_finished());
    }
}

#[test]
fn no_lock_is_held_while_a_waker_is_cloned_or_dropped() {
    let (done, finished) = mpsc::channel();
    let test = thread::spawn(move || {
        let pool = Pool::new(1, 8);
        let (release, mut occupied) = occupy(&pool);
        let place = &raw mut occupied;
        // SAFETY: the table's functions keep to the contract of wakers, and the pending outlives the waker.
        let asking = unsafe { Waker::from_raw(asking::waker(place)) };
        for waker in [&asking, Waker::noop(), &asking, Waker::noop()] {
            // SAFETY: nobody else polls it.
            assert!(poll(unsafe { &mut *place }, waker).is_pending());
        }
        drop(asking);
        release.send(()).unwrap();
        occupied.wait_within(&in_time()).unwrap();
        is_whole(pool);
        done.send(()).unwrap();
    });
    finished.recv_timeout(Duration::from_secs(60)).unwrap();
    test.join().unwrap();
}

#[test]
fn a_pending_that_is_dropped_forgets_its_waker_at_once() {
    let pool = Pool::new(1, 8);
    let (release, mut occupied) = occupy(&pool);
    let (woken, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let count = |counter: &Arc<AtomicUsize>| {
        let counter = Arc::clone(counter);
        move || {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    };
    let counting = waker(count(&woken), count(&dropped));
    assert!(poll(&mut occupied, &counting).is_pending());
    drop(counting);
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(occupied);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    release.send(()).unwrap();
    is_whole(pool);
    assert_eq!(woken.load(Ordering::SeqCst), 0);
}

#[test]
fn a_result_is_taken_once() {
    let pool = Pool::new(1, 8);
    let polled = || {
        let mut pending = pool.run(&Limit::none(), || 5).unwrap();
        while !pending.is_finished() {
            thread::yield_now();
        }
        assert!(matches!(poll(&mut pending, Waker::noop()), Poll::Ready(Ok(5))));
        assert!(pending.is_finished());
        pending
    };
    let message = |again: &mut dyn FnMut()| {
        let panic = catch_unwind(AssertUnwindSafe(again)).unwrap_err();
        *panic.downcast::<String>().unwrap()
    };
    let mut pending = polled();
    let again = message(&mut || drop(poll(&mut pending, Waker::noop())));
    assert_eq!(again, "a result is taken once, but this one was polled again");
    let mut pending = Some(polled());
    let waited = message(&mut || drop(pending.take().unwrap().wait_within(&in_time())));
    assert_eq!(waited, "a result is taken once, but this one was waited for after it was polled");
    is_whole(pool);
}
