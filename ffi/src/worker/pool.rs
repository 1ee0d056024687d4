//! Threads that make calls for others.

use std::any::Any;
use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{Limit, Pending};
use crate::Error;

/// A bounded number of threads and a bounded queue. Threads start when they are needed.
///
/// Dropping it refuses what has not begun with [`Error::PoolClosed`], and leaves what has begun to end by itself;
/// [`Pool::shut_down`] waits for that.
///
/// ```
/// use ffi::worker::{Limit, Pool};
/// let pool = Pool::new(2, 16);
/// let sum = pool.run(&Limit::none(), || (1..=10).sum::<i32>())?;
/// assert_eq!(sum.wait()?, 55);
/// pool.shut_down(&Limit::none())?;
/// # Ok::<(), ffi::Error>(())
/// ```
pub struct Pool(Arc<Shared>);

struct Shared {
    threads: usize,
    queue: usize,
    state: Mutex<State>,
    /// Something to do, or nothing any more.
    work: Condvar,
    /// A thread has ended.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// The threads there are.
    running: usize,
    /// Those among them that do a job.
    busy: usize,
    closed: bool,
}

/// Does its work, or with an error refuses it.
type Job = Box<dyn FnOnce(Result<(), Error>) + Send>;

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Jobs run without the lock, so that no panic leaves it in between.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses what has not begun.
    fn close(&self) {
        let jobs = {
            let mut state = self.lock();
            state.closed = true;
            std::mem::take(&mut state.jobs)
        };
        self.work.notify_all();
        for job in jobs {
            job(Err(Error::PoolClosed));
        }
    }

    /// What each thread does.
    fn serve(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                state.busy += 1;
                drop(state);
                job(Ok(()));
                state = self.lock();
                state.busy -= 1;
            } else if state.closed {
                state.running -= 1;
                drop(state);
                self.ended.notify_all();
                return;
            } else {
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Pool {
    /// A pool of at most `threads` threads, but one, and a queue of at most `queue` calls that have not begun.
    pub fn new(threads: usize, queue: usize) -> Pool {
        Pool(Arc::new(Shared {
            threads: threads.max(1),
            queue,
            state: Mutex::default(),
            work: Condvar::new(),
            ended: Condvar::new(),
        }))
    }

    /// Has `work` done by one of the threads, unless the limit is reached before it begins.
    ///
    /// # Errors
    /// What [`Limit::check`] says now; [`Error::PoolFull`] when all threads are at work and the queue is full,
    /// [`Error::ThreadNotStarted`] when the system has no thread left. The result is an error where the limit was
    /// reached later, the pool was closed, or `work` panicked ([`Error::WorkPanicked`]).
    pub fn run<T: Send + 'static>(
        &self,
        limit: &Limit,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Pending<T>, Error> {
        limit.check()?;
        let (pending, slot) = Pending::new();
        let limit = limit.clone();
        let job = move |begin: Result<(), Error>| {
            let done = begin.and_then(|()| limit.check()).and_then(|()| {
                catch_unwind(AssertUnwindSafe(work))
                    .map_err(|panic| Error::WorkPanicked { message: message(&*panic) })
            });
            slot.store(done);
        };
        self.enqueue(Box::new(job))?;
        Ok(pending)
    }

    fn enqueue(&self, job: Job) -> Result<(), Error> {
        let shared = &self.0;
        let mut state = shared.lock();
        let (calls, limit) = (state.jobs.len() + state.busy, shared.queue + shared.threads);
        if calls >= limit {
            return Err(Error::PoolFull { limit });
        }
        if calls >= state.running && state.running < shared.threads {
            let served = Arc::clone(shared);
            let thread = std::thread::Builder::new().name("ffi worker".into());
            match thread.spawn(move || served.serve()) {
                Ok(_) => state.running += 1,
                // Without a thread of its own the job waits for another; without any it would wait for ever.
                Err(source) if state.running == 0 => {
                    return Err(Error::ThreadNotStarted { source });
                }
                Err(_) => {}
            }
        }
        state.jobs.push_back(job);
        drop(state);
        shared.work.notify_one();
        Ok(())
    }

    /// Closes the pool: what has not begun is refused, what has begun is waited for, until the deadline.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] when calls still run at the deadline; they end by themselves.
    pub fn shut_down(self, limit: &Limit) -> Result<(), Error> {
        self.0.close();
        let mut state = self.0.lock();
        while state.running > 0 {
            state = match limit.remaining() {
                None => self.0.ended.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return Err(Error::DeadlineExceeded),
                Some(left) => {
                    let waited = self.0.ended.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Debug for Pool {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let state = self.0.lock();
        let (threads, busy, waiting) = (state.running, state.busy, state.jobs.len());
        let most = self.0.threads;
        write!(f, "Pool({threads} of {most} threads, {busy} at work, {waiting} calls waiting)")
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(message), _) => (*message).to_owned(),
        (_, Some(message)) => message.clone(),
        _ => "a panic without a message".to_owned(),
    }
}
