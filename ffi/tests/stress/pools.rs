//! Pools that are given all kinds of work, and wait, drop and close at all kinds of moments.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use ffi::Error;
use ffi::worker::{Cancellation, Limit, Pending, Pool};

use crate::{Bomb, ON_PURPOSE, Random, message, rounds};

/// What has become of calls.
#[derive(Default)]
struct Counts {
    accepted: AtomicU64,
    /// Work that began.
    begun: AtomicU64,
    /// Work whose closure is gone, whether it began or not.
    gone: AtomicU64,
}

/// What every closure captures.
struct Captured(Arc<Counts>);

impl Captured {
    fn begin(&self) {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Captured {
    fn drop(&mut self) {
        self.0.gone.fetch_add(1, Ordering::Relaxed);
    }
}

struct PanickingWaker;

impl Wake for PanickingWaker {
    fn wake(self: Arc<Self>) {
        panic!("{ON_PURPOSE}");
    }
}

/// A result that may panic when it is dropped.
type Outcome = Option<Bomb>;

/// Gives the pool some work.
fn start(
    pool: &Pool,
    random: &mut Random,
    counts: &Arc<Counts>,
) -> Result<Pending<Outcome>, Error> {
    let limit = match random.below(6) {
        0 => Limit::within(Duration::from_micros(random.below(200))),
        1 => {
            let token = Cancellation::new();
            let limit = Limit::none().cancelled_by(&token);
            // After the first check, or before it.
            if random.below(2) == 0 {
                token.cancel();
            } else {
                thread::spawn(move || token.cancel());
            }
            limit
        }
        _ => Limit::none(),
    };
    let captured = Captured(Arc::clone(counts));
    let kind = random.below(6);
    let bomb = (kind == 0).then(|| Bomb);
    let work = move || {
        captured.begin();
        match kind {
            0 => drop(bomb),
            1 => panic!("{ON_PURPOSE}"),
            2 => panic_any(Bomb),
            3 => return Some(Bomb),
            _ => {}
        }
        None
    };
    let pending = pool.run(&limit, work)?;
    counts.accepted.fetch_add(1, Ordering::Relaxed);
    Ok(pending)
}

/// Waits, polls or forgets.
fn finish(mut pending: Pending<Outcome>, random: &mut Random) {
    let waker = Waker::from(Arc::new(PanickingWaker));
    let result = match random.below(5) {
        0 => return,
        1 => {
            let mut context = Context::from_waker(&waker);
            match Pin::new(&mut pending).poll(&mut context) {
                Poll::Ready(result) => result,
                Poll::Pending => return,
            }
        }
        2 => {
            let _ = Pin::new(&mut pending).poll(&mut Context::from_waker(&waker));
            return;
        }
        3 => pending.wait_within(&Limit::within(Duration::from_micros(random.below(300)))),
        _ => pending.wait(),
    };
    match result {
        Ok(bomb) => std::mem::forget(bomb),
        Err(
            Error::WorkPanicked { .. }
            | Error::Cancelled
            | Error::DeadlineExceeded
            | Error::PoolClosed,
        ) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Runs what drops results and refused work, which panic on purpose.
fn survive(run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        assert_eq!(message(&*panic), Some(ON_PURPOSE));
    }
}

#[test]
fn a_pool_that_is_given_everything() {
    let (pool, counts) = (Pool::new(3, 8), Arc::new(Counts::default()));
    thread::scope(|scope| {
        for seed in 1..=4 {
            let (pool, counts) = (&pool, &counts);
            scope.spawn(move || {
                let mut random = Random(seed);
                rounds(|| {
                    survive(|| match start(pool, &mut random, counts) {
                        Ok(pending) => finish(pending, &mut random),
                        Err(Error::PoolFull { limit: 11 }) => thread::yield_now(),
                        Err(Error::DeadlineExceeded | Error::Cancelled) => {}
                        Err(error) => panic!("{error}"),
                    });
                });
            });
        }
    });
    // Nobody waits for what may still fill the queue.
    let last = loop {
        match pool.run(&Limit::none(), || 5) {
            Err(Error::PoolFull { .. }) => thread::yield_now(),
            last => break last.unwrap(),
        }
    };
    assert_eq!(last.wait_within(&Limit::within(Duration::from_secs(20))).unwrap(), 5);
    assert!(format!("{pool:?}").starts_with("Pool(3 of 3 threads, "), "{pool:?}");
    pool.shut_down(&Limit::within(Duration::from_secs(20))).unwrap();
    let [accepted, begun, gone] =
        [&counts.accepted, &counts.begun, &counts.gone].map(|count| count.load(Ordering::Relaxed));
    assert!(begun <= accepted && accepted <= gone, "{begun} of {accepted} began, {gone} are gone");
    assert_eq!(Arc::strong_count(&counts), 1, "every closure is gone");
}

#[test]
fn pools_that_come_and_go() {
    let mut random = Random(99);
    rounds(|| {
        let pool = Pool::new(1 + random.below(4) as usize, random.below(4) as usize);
        let counts = Arc::new(Counts::default());
        let mut started = Vec::new();
        for _ in 0..6 {
            survive(|| started.extend(start(&pool, &mut random, &counts)));
        }
        let closer = (random.below(2) == 0).then(|| {
            thread::spawn(move || drop(pool.shut_down(&Limit::within(Duration::from_secs(20)))))
        });
        for pending in started {
            let result = pending.wait_within(&Limit::within(Duration::from_secs(20)));
            assert!(!matches!(result, Err(Error::PoolFull { .. })), "refused after it was taken");
            if let Ok(bomb) = result {
                std::mem::forget(bomb);
            }
        }
        if let Some(closer) = closer {
            closer.join().unwrap();
        }
    });
}
