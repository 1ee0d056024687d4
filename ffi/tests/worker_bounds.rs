//! The bounds of a pool: its queue, its stacks, its threads, and its end.
#![allow(missing_docs, reason = "a test has no public items")]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use ffi::Error;
use ffi::worker::{Cancellation, Limit, Pending, Pool};

/// Longer than anything here takes: a test that would hang fails instead.
fn in_time() -> Limit {
    Limit::within(Duration::from_secs(20))
}

/// Makes as many threads wait as the barrier has, less one.
fn occupy(pool: &Pool, barrier: &Arc<Barrier>) -> Pending<()> {
    let barrier = Arc::clone(barrier);
    pool.run(&Limit::none(), move || {
        barrier.wait();
    })
    .unwrap()
}

#[test]
fn calls_whose_limits_are_reached_make_room() {
    let (pool, barrier) = (Pool::new(1, 3), Arc::new(Barrier::new(2)));
    let occupied = occupy(&pool, &barrier);
    let token = Cancellation::new();
    let run = |limit: &Limit| pool.run(limit, || ());
    let kept = run(&in_time()).unwrap();
    let second = run(&Limit::none()).unwrap();
    let cancelled = run(&Limit::none().cancelled_by(&token)).unwrap();
    assert!(matches!(run(&Limit::none()), Err(Error::PoolFull { limit: 4 })));
    token.cancel();
    let late = run(&Limit::within(Duration::from_millis(5))).unwrap();
    std::thread::sleep(Duration::from_millis(10));
    let third = run(&Limit::none()).unwrap();
    // They are told while the pool's thread is still at work.
    assert!(matches!(cancelled.wait_within(&in_time()), Err(Error::Cancelled)));
    assert!(matches!(late.wait_within(&in_time()), Err(Error::DeadlineExceeded)));
    assert!(matches!(run(&Limit::none()), Err(Error::PoolFull { limit: 4 })));
    barrier.wait();
    for pending in [occupied, kept, second, third] {
        pending.wait_within(&in_time()).unwrap();
    }
}

#[test]
fn where_no_thread_can_be_started_the_queue_keeps_its_limit() {
    // No address space has room for such a stack.
    let impossible = 1 << 60;
    let pool = Pool::new(2000, 1).stack_size(impossible);
    let none = pool.run(&Limit::none(), || ()).unwrap_err();
    assert!(matches!(none, Error::ThreadNotStarted { .. }), "{none}");

    let (pool, barrier) = (Pool::new(2000, 1), Arc::new(Barrier::new(2)));
    let occupied = occupy(&pool, &barrier);
    let pool = pool.stack_size(impossible);
    let queued = pool.run(&Limit::none(), || 5).unwrap();
    let refused = pool.run(&Limit::none(), || 6).unwrap_err();
    assert!(matches!(refused, Error::ThreadNotStarted { .. }), "{refused}");
    barrier.wait();
    occupied.wait_within(&in_time()).unwrap();
    assert_eq!(queued.wait_within(&in_time()).unwrap(), 5);
}

/// Uses so many bytes of the stack.
fn deep<const BYTES: usize>() -> bool {
    let mut room = [MaybeUninit::<u8>::uninit(); BYTES];
    black_box(&mut room);
    // The end that is farthest from where the stack was.
    room[0].write(7);
    black_box(&room);
    true
}

#[test]
fn stacks_are_those_of_main_threads_unless_chosen() {
    let done = |pool: Pool, work: fn() -> bool| {
        pool.run(&Limit::none(), work).unwrap().wait_within(&in_time()).unwrap()
    };
    assert!(done(Pool::new(1, 1), deep::<{ 4 << 20 }>));
    assert!(done(Pool::new(1, 1).stack_size(64 << 20), deep::<{ 32 << 20 }>));
}

#[test]
fn work_that_shuts_its_own_pool_down_waits_for_the_others() {
    let (pool, barrier) = (Pool::new(2, 1), Arc::new(Barrier::new(2)));
    let (send, receive) = mpsc::channel::<Pool>();
    let occupied = occupy(&pool, &barrier);
    let closes = pool.run(&Limit::none(), move || {
        let pool = receive.recv().unwrap();
        barrier.wait();
        pool.shut_down(&in_time()).is_ok()
    });
    let closes = closes.unwrap();
    send.send(pool).unwrap();
    assert!(closes.wait_within(&in_time()).unwrap());
    occupied.wait_within(&in_time()).unwrap();
}
