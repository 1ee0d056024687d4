//! Deadlines, cancellation, futures, and a pool that stays within its bounds.
// A static program cannot open a library.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use ffi::worker::{Cancellation, Limit, Pool};
use ffi::{Argument, Declared, Error, Library, Value};
use pollster::block_on;

fn declare(declaration: &str) -> Declared {
    Library::this().unwrap().declare(declaration).unwrap()
}

/// Sleeps: the argument is in microseconds.
fn usleep() -> Declared {
    declare("int usleep(unsigned microseconds)")
}

const SOON: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3600);

#[test]
fn what_is_due_or_cancelled_does_not_begin() {
    let getpid = declare("int getpid(void)");
    let token = Cancellation::new();
    // SAFETY: getpid asks for nothing.
    let call = |limit: &Limit| unsafe { getpid.call_limited(limit, ()) };
    let pid = Value::I32(std::process::id() as i32);
    assert_eq!(call(&Limit::none()).unwrap(), pid);
    assert_eq!(call(&Limit::within(LONG).cancelled_by(&token)).unwrap(), pid);
    assert_eq!(call(&Limit::within(Duration::MAX)).unwrap(), pid);
    assert!(matches!(call(&Limit::within(Duration::ZERO)), Err(Error::DeadlineExceeded)));
    assert!(matches!(call(&Limit::until(Instant::now() - SOON)), Err(Error::DeadlineExceeded)));
    token.cancel();
    assert!(matches!(call(&Limit::within(LONG).cancelled_by(&token)), Err(Error::Cancelled)));
    let pool = Pool::new(1, 1);
    // SAFETY: as above.
    let refused = unsafe { getpid.call_on(&pool, &Limit::none().cancelled_by(&token), ()) };
    assert!(matches!(refused, Err(Error::Cancelled)));
}

#[test]
fn the_caller_goes_on_in_time_and_the_call_to_its_end() {
    let pool = Pool::new(1, 1);
    let start = Instant::now();
    // SAFETY: any thread may sleep.
    let late = unsafe { usleep().call_within(&pool, SOON, (400_000,)) };
    assert!(matches!(late, Err(Error::DeadlineExceeded)));
    assert!(start.elapsed() < Duration::from_millis(350), "{:?}", start.elapsed());
    pool.shut_down(&Limit::none()).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(400), "the call was waited for");
}

#[test]
fn owned_arguments_live_until_c_returns() {
    let pool = Pool::new(2, 8);
    // Its first argument is a copy that it reads long after the caller has gone.
    let nanosleep = declare(
        "struct span { long seconds, nanoseconds; }; size_t strlen(const char *); int nanosleep(const struct span *, void *);",
    );
    let span = || Argument::reference(Argument::list([0, 30_000_000]));
    // SAFETY: any thread may sleep.
    let pending =
        unsafe { nanosleep.call_on(&pool, &Limit::none(), (span(), Argument::Null)) }.unwrap();
    assert_eq!(pending.wait().unwrap(), Value::I32(0));
    let strdup = declare("char *strdup(const char *)");
    // SAFETY: any thread may copy a string.
    let copy = unsafe { strdup.call_on(&pool, &Limit::none(), (String::from("owned"),)) }
        .unwrap()
        .wait()
        .unwrap();
    // SAFETY: it is the copy.
    assert_eq!(unsafe { copy.c_string(10) }.unwrap().unwrap().to_bytes(), b"owned");
    // SAFETY: strdup's copy is freed once.
    unsafe { declare("void free(void *)").call((copy,)) }.unwrap();
}

#[test]
fn futures_on_any_executor() {
    let pool = Pool::new(4, 64);
    let usleep = usleep();
    let start = Instant::now();
    // SAFETY: any thread may sleep.
    let sleep = || unsafe { usleep.call_async(&pool, (60_000,)) }.unwrap();
    let results = block_on(async {
        let (a, b, c) = (sleep(), sleep(), sleep());
        [a.await.unwrap(), b.await.unwrap(), c.await.unwrap()]
    });
    assert_eq!(results, [Value::I32(0), Value::I32(0), Value::I32(0)]);
    assert!(
        start.elapsed() < Duration::from_millis(170),
        "one beside the other: {:?}",
        start.elapsed()
    );
    fn is_send<T: Send>(_: &T) {}
    let pending = sleep();
    is_send(&pending);
    let slept = thread::spawn(move || block_on(pending).unwrap() == Value::I32(0));
    assert!(slept.join().unwrap());
}

#[test]
fn a_pool_stays_within_its_bounds() {
    let pool = Pool::new(2, 3);
    let (release, gate) = mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    let (most, now) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let start = || {
        let (gate, most, now) = (Arc::clone(&gate), Arc::clone(&most), Arc::clone(&now));
        pool.run(&Limit::none(), move || {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            gate.lock().unwrap().recv().unwrap();
            now.fetch_sub(1, Ordering::SeqCst);
        })
    };
    let pending: Vec<_> = (0..5).map(|_| start().unwrap()).collect();
    let full = start().unwrap_err();
    assert!(matches!(full, Error::PoolFull { limit: 5 }), "{full}");
    assert_eq!(
        full.to_string(),
        "the pool has its 5 calls: wait for one of them, or make it larger"
    );
    for _ in 0..5 {
        release.send(()).unwrap();
    }
    for pending in pending {
        pending.wait().unwrap();
    }
    assert!(most.load(Ordering::SeqCst) <= 2);
    // There is room again.
    release.send(()).unwrap();
    start().unwrap().wait().unwrap();
}

#[test]
fn waiting_calls_can_be_cancelled_or_come_too_late() {
    let pool = Pool::new(1, 8);
    let token = Cancellation::new();
    let busy = Arc::new(Barrier::new(2));
    let blocker = {
        let busy = Arc::clone(&busy);
        pool.run(&Limit::none(), move || busy.wait()).unwrap()
    };
    let ran = Arc::new(AtomicUsize::new(0));
    let count = |limit: &Limit| {
        let ran = Arc::clone(&ran);
        pool.run(limit, move || ran.fetch_add(1, Ordering::SeqCst)).unwrap()
    };
    let cancelled = count(&Limit::none().cancelled_by(&token));
    let late = count(&Limit::within(SOON));
    let kept = count(&Limit::none());
    token.cancel();
    thread::sleep(2 * SOON);
    busy.wait();
    assert!(matches!(cancelled.wait(), Err(Error::Cancelled)));
    assert!(matches!(late.wait(), Err(Error::DeadlineExceeded)));
    assert_eq!(kept.wait().unwrap(), 0);
    assert_eq!(ran.load(Ordering::SeqCst), 1);
    drop(blocker);
}

#[test]
fn shutting_down() {
    let pool = Pool::new(1, 8);
    let busy = Arc::new(Barrier::new(2));
    let running = {
        let busy = Arc::clone(&busy);
        pool.run(&Limit::none(), move || busy.wait()).unwrap()
    };
    // Only what has begun is waited for.
    while format!("{pool:?}") != "Pool(1 of 1 threads, 1 at work, 0 calls waiting)" {
        thread::yield_now();
    }
    let waiting = pool.run(&Limit::none(), || ()).unwrap();
    let closed = pool.shut_down(&Limit::within(SOON));
    assert!(matches!(closed, Err(Error::DeadlineExceeded)));
    assert!(matches!(waiting.wait(), Err(Error::PoolClosed)));
    busy.wait();
    running.wait().unwrap();
}

#[test]
fn a_panic_is_an_error_and_the_thread_goes_on() {
    let pool = Pool::new(1, 8);
    let panicked = pool.run(&Limit::none(), || panic!("on purpose")).unwrap();
    let error = panicked.wait().map(|(): ()| ()).unwrap_err();
    assert_eq!(error.to_string(), "the work on the pool panicked: on purpose");
    assert_eq!(pool.run(&Limit::none(), || 5).unwrap().wait().unwrap(), 5);
    pool.shut_down(&Limit::none()).unwrap();
}
