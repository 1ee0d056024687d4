//! Callbacks that are made, called and dropped on many threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use ffi::callback::{CallbackInterface, Locked, OnPanic, resuming};
use ffi::worker::{Limit, Pool};
use ffi::{Callback, CodePtr, Error, FunctionPointer, Incoming, Signature, Type};

use crate::{Random, rounds};

type One = unsafe extern "C" fn(u64) -> u64;

/// Calls a function of this signature.
fn call(code: CodePtr, n: u64) -> u64 {
    // SAFETY: every callback here has this signature.
    let function = unsafe { One::from_code(code) };
    // SAFETY: the callbacks live until their calls have returned.
    unsafe { function(n) }
}

fn interface() -> CallbackInterface {
    CallbackInterface::new(&Signature::new([Type::U64], Type::U64).unwrap()).unwrap()
}

#[test]
fn made_called_and_dropped() {
    let total = AtomicU64::new(0);
    let shared = Callback::from_fn("shared", |n: u64| total.fetch_add(n, Ordering::Relaxed));
    let (shared, interface) = (shared.unwrap(), interface());
    let calls: u64 = thread::scope(|scope| {
        let threads = [1, 2, 3, 4].map(|seed| {
            let (shared, interface) = (&shared, &interface);
            scope.spawn(move || {
                let (mut random, mut calls) = (Random(seed), 0);
                rounds(|| {
                    let own = random.below(1 << 40);
                    let typed = Callback::from_fn("typed", move |n: u64| n + own).unwrap();
                    let add = move |call: &mut Incoming<'_>| {
                        let sum = call.argument::<u64>(0)? + own;
                        call.set_result(sum)
                    };
                    let dynamic = Callback::builder("dynamic").dynamic(interface, add).unwrap();
                    for n in 0..random.below(20) {
                        assert_eq!(call(typed.code(), n), n + own);
                        assert_eq!(call(dynamic.code(), n), n + own);
                        call(shared.code(), 1);
                        calls += 1;
                    }
                });
                calls
            })
        });
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    drop(shared);
    assert_eq!(total.into_inner(), calls);
}

#[test]
fn called_once_by_another_thread() {
    let interface = interface();
    let (send, receive) = mpsc::sync_channel::<(CodePtr, u64)>(64);
    let caller = thread::spawn(move || {
        for (code, n) in receive {
            assert_eq!(call(code, n), 2 * n);
        }
    });
    let (held, mut made) = (Arc::new(()), 0);
    rounds(|| {
        made += 1;
        let (own, capture) = (made, Arc::clone(&held));
        let once = match made % 3 {
            0 => Callback::builder("typed").typed_once(move |(n,): (u64,)| {
                let _capture = capture;
                n + own
            }),
            _ => Callback::builder("dynamic").once(&interface, move |call| {
                let sum = call.argument::<u64>(0)? + own;
                drop(capture);
                call.set_result(sum)
            }),
        };
        match once {
            Ok(once) if made % 5 == 0 => drop(once),
            Ok(once) => send.send((once.into_code(), own)).unwrap(),
            Err(error @ Error::CallbacksExhausted { .. }) => panic!("{error}"),
            Err(error) => panic!("{error}"),
        }
    });
    drop(send);
    caller.join().unwrap();
    assert_eq!(Arc::strong_count(&held), 1, "each has given back what it held");
}

#[test]
fn a_closure_that_changes_takes_turns() {
    let mut count = 0;
    let counting = Locked::new(|n: u64| {
        count += n;
        count
    });
    let counting = Callback::from_fn("counting", counting).unwrap();
    let calls: u64 = thread::scope(|scope| {
        let threads = [(); 4].map(|()| {
            let code = counting.code();
            scope.spawn(move || {
                let (mut calls, mut before) = (0, 0);
                rounds(|| {
                    let now = call(code, 1);
                    assert!(now > before);
                    before = now;
                    calls += 1;
                });
                calls
            })
        });
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    drop(counting);
    assert_eq!(count, calls);
}

#[test]
fn kept_panics_stay_with_their_calls() {
    let strict = Callback::builder("strict").on_panic(OnPanic::Keep).typed(|n: u64| -> u64 {
        match n % 3 {
            0 => std::panic::panic_any(crate::Bomb),
            1 => panic!("{}", crate::ON_PURPOSE),
            _ => n,
        }
    });
    let strict = strict.unwrap();
    let (code, pool) = (strict.code(), Pool::new(2, 64));
    thread::scope(|scope| {
        for seed in 1..=2 {
            let pool = &pool;
            scope.spawn(move || {
                let mut random = Random(seed);
                rounds(|| {
                    let n = random.below(1 << 30);
                    let pooled = pool.run(&Limit::none(), move || call(code, n)).unwrap();
                    let own = catch_unwind(AssertUnwindSafe(|| resuming(|| call(code, n))));
                    assert_eq!(own.is_err(), n % 3 < 2);
                    if let Err(payload) = own
                        && let Ok(bomb) = payload.downcast::<crate::Bomb>()
                    {
                        std::mem::forget(*bomb);
                    }
                    match pooled.wait() {
                        Ok(result) => assert_eq!((result, n % 3), (n, 2)),
                        Err(error) => assert!(n % 3 < 2, "{error}"),
                    }
                });
            });
        }
    });
    pool.shut_down(&Limit::none()).unwrap();
}
