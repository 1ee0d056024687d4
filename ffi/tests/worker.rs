//! Deadlines, cancellation, futures, and a pool that stays within its bounds.
// A static program cannot open a library.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(missing_docs, reason = "a test has no public items")]

mod kit;

use std::ffi::c_void;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use ffi::callback::OnPanic;
use ffi::worker::{Cancellation, Limit, Pool};
use ffi::{Argument, Callback, Declared, Error, Value};
use kit::declare;
use pollster::block_on;

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
fn the_caller_goes_on_and_the_call_to_its_end() {
    let pool = Pool::new(1, 1);
    let read = declare("long read(int file, void *into, size_t count)");
    let (reader, mut writer) = std::io::pipe().unwrap();
    static BYTE: AtomicU8 = AtomicU8::new(0);
    let arguments = || {
        let into = Value::Pointer(BYTE.as_ptr().cast());
        (Argument::from(reader.as_raw_fd()), Argument::Value(into), Argument::from(1))
    };
    writer.write_all(b"a").unwrap();
    // SAFETY: there is room for the byte. The thread has begun to work when this returns.
    let first = unsafe { read.call_on(&pool, &Limit::none(), arguments()) }.unwrap().wait();
    assert_eq!((first.unwrap(), BYTE.load(Ordering::SeqCst)), (Value::I64(1), b'a'));
    // SAFETY: as above.
    let late = unsafe { read.call_within(&pool, Duration::from_millis(500), arguments()) };
    assert!(matches!(late, Err(Error::DeadlineExceeded)));
    writer.write_all(b"b").unwrap();
    pool.shut_down(&Limit::none()).unwrap();
    assert_eq!(BYTE.load(Ordering::SeqCst), b'b', "the call was waited for");
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
    let (reader, writer) = std::io::pipe().unwrap();
    static BYTE: AtomicU8 = AtomicU8::new(0);
    let declared = ["read", "write"]
        .map(|name| declare(&format!("long {name}(int file, void *bytes, size_t count)")));
    let transfer = |declared: &Declared, file: i32| {
        let place = Value::Pointer(BYTE.as_ptr().cast());
        let arguments = (Argument::from(file), Argument::Value(place), Argument::from(1));
        // SAFETY: the byte is there for ever.
        unsafe { declared.call_on(&pool, &Limit::within(LONG), arguments) }.unwrap()
    };
    // Those that read wait for those that write: one runs beside the other.
    let results = block_on(async {
        let from = reader.as_raw_fd();
        let (a, b) = (transfer(&declared[0], from), transfer(&declared[0], from));
        let to = writer.as_raw_fd();
        let (c, d) = (transfer(&declared[1], to), transfer(&declared[1], to));
        [a.await.unwrap(), b.await.unwrap(), c.await.unwrap(), d.await.unwrap()]
    });
    assert_eq!(results, [1, 1, 1, 1].map(Value::I64));
    fn is_send<T: Send>(_: &T) {}
    // SAFETY: any thread may sleep.
    let pending = unsafe { usleep().call_async(&pool, (1_000,)) }.unwrap();
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
    assert!(format!("{pool:?}").starts_with("Pool(2 of 2 threads"), "{pool:?}");
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

#[test]
fn a_panic_that_a_callback_keeps_reaches_who_waits() {
    let pool = Pool::new(1, 8);
    let qsort = declare(
        "void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))",
    );
    let compare = Callback::builder("strict").on_panic(OnPanic::Keep);
    let compare = compare.typed(|_: *const c_void, _: *const c_void| -> i32 { panic!("no order") });
    let compare = compare.unwrap();
    static mut NUMBERS: [i32; 3] = [3, 2, 1];
    let arguments = ((&raw mut NUMBERS).cast::<c_void>(), 3, 4, compare.code());
    // SAFETY: the numbers are this call's alone, and the callback is dropped after it has ended.
    let pending = unsafe { qsort.call_on(&pool, &Limit::none(), arguments) }.unwrap();
    let error = pending.wait().unwrap_err();
    assert_eq!(error.to_string(), "the work on the pool panicked: no order");
    assert_eq!(pool.run(&Limit::none(), || 5).unwrap().wait().unwrap(), 5);
}
