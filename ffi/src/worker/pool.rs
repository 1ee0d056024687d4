//! Threads that make calls for others.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{mem, thread};

use super::{Limit, Pending};
use crate::callback::resuming;
use crate::{Error, unwinding};

/// The stack of a thread, unless [`Pool::stack_size`] says otherwise: what main threads have.
const STACK_SIZE: usize = 8 << 20;

/// A bounded number of threads and a bounded queue. Threads start when they are needed.
///
/// Dropping it refuses what has not begun with [`Error::PoolClosed`], and leaves what has begun to end by itself;
/// [`Pool::shut_down`] waits for that.
///
/// What a pool cannot do:
/// - Work that waits for other work of the same pool holds a thread while it waits. When all threads wait, none is left
///   for what they wait for: give such waits a deadline, or use a second pool.
/// - A process made by `fork` has none of the threads, although the pool still counts them: its calls would wait for ever.
///   Make another pool there.
/// - C must not end a thread of the pool. `pthread_exit` aborts the process where it unwinds, as glibc's does; elsewhere
///   the pool goes on with a thread less, and the call never ends.
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

struct State {
    jobs: VecDeque<Job>,
    /// The threads there are.
    running: usize,
    /// Those among them that do a job.
    busy: usize,
    /// Of the threads that are started from now on.
    stack_size: usize,
    closed: bool,
}

struct Job {
    limit: Limit,
    /// Does the work, or with an error refuses it. Does not panic, whatever the work does.
    run: Box<dyn FnOnce(Result<(), Error>) + Send>,
}

thread_local! {
    /// The pool whose thread this is.
    static SERVED: Cell<*const Shared> = const { Cell::new(std::ptr::null()) };
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Jobs run without the lock, so that no panic leaves it in between.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many calls there may be, begun or not.
    fn most(&self) -> usize {
        self.threads.saturating_add(self.queue)
    }

    /// Whether there is room for one more call; starts a thread for it if need be.
    fn admit(self: &Arc<Shared>, state: &mut State) -> Result<(), Error> {
        let calls = state.calls();
        if calls >= self.most() {
            return Err(Error::PoolFull { limit: self.most() });
        }
        if calls < state.running || state.running == self.threads {
            return Ok(());
        }
        let served = Arc::clone(self);
        let thread = thread::Builder::new().name("ffi worker".into()).stack_size(state.stack_size);
        match thread.spawn(move || served.serve()) {
            Ok(_) => state.running += 1,
            // Without a thread of its own the call waits for another, in the queue.
            Err(_) if state.running > 0 && calls - state.running < self.queue => {}
            Err(source) => return Err(Error::ThreadNotStarted { source }),
        }
        Ok(())
    }

    /// Refuses what has not begun.
    fn close(&self) {
        let jobs = {
            let mut state = self.lock();
            state.closed = true;
            mem::take(&mut state.jobs)
        };
        self.work.notify_all();
        for job in jobs {
            (job.run)(Err(Error::PoolClosed));
        }
    }

    /// What each thread does.
    fn serve(&self) {
        SERVED.set(self);
        let mut state = self.lock();
        loop {
            if let Some(Job { limit, run }) = state.jobs.pop_front() {
                state.busy += 1;
                drop(state);
                run(limit.check());
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

impl State {
    /// How many calls there are, begun or not.
    fn calls(&self) -> usize {
        self.jobs.len() + self.busy
    }

    /// Takes the calls out of the queue whose limits are reached, with the reason.
    fn take_over(&mut self) -> Vec<(Job, Error)> {
        let mut over = Vec::new();
        for job in mem::take(&mut self.jobs) {
            match job.limit.check() {
                Ok(()) => self.jobs.push_back(job),
                Err(why) => over.push((job, why)),
            }
        }
        over
    }
}

impl Pool {
    /// A pool of at most `threads` threads, but one, and a queue of at most `queue` calls that have not begun.
    pub fn new(threads: usize, queue: usize) -> Pool {
        Pool(Arc::new(Shared {
            threads: threads.max(1),
            queue,
            state: Mutex::new(State {
                jobs: VecDeque::new(),
                running: 0,
                busy: 0,
                stack_size: STACK_SIZE,
                closed: false,
            }),
            work: Condvar::new(),
            ended: Condvar::new(),
        }))
    }

    /// Gives the threads that are started from now on stacks of so many bytes. It is 8 MiB if nothing is said, as on a main
    /// thread: address space, of which only what is used takes memory.
    pub fn stack_size(self, bytes: usize) -> Pool {
        self.0.lock().stack_size = bytes;
        self
    }

    /// Has `work` done by one of the threads, unless the limit is reached before it begins.
    ///
    /// A panic of `work`, and one that a callback keeps meanwhile ([`OnPanic::Keep`](crate::callback::OnPanic::Keep)),
    /// becomes the error [`Error::WorkPanicked`]. Other panics reach nobody: those of a result that is dropped because nobody waits for
    /// it, or of a waker.
    ///
    /// # Errors
    /// What [`Limit::check`] says now; [`Error::PoolFull`] when all threads are at work and the queue is full of calls
    /// whose own limits are not reached, [`Error::ThreadNotStarted`] when the system starts no thread and the queue is
    /// full, or there is no other thread. The result is an error where the limit was reached later, the pool was closed, or
    /// `work` panicked.
    pub fn run<T: Send + 'static>(
        &self,
        limit: &Limit,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Pending<T>, Error> {
        limit.check()?;
        let (pending, slot) = Pending::new();
        let run = move |begin: Result<(), Error>| {
            let done = match begin {
                Ok(()) => unwinding::catch(&"work on a pool", || resuming(work)).map_err(|panic| {
                    let message = unwinding::message(&*panic).to_owned();
                    unwinding::discard(panic);
                    Error::WorkPanicked { message }
                }),
                Err(error) => {
                    unwinding::contain(|| drop(work));
                    Err(error)
                }
            };
            slot.store(done);
        };
        self.enqueue(Job { limit: limit.clone(), run: Box::new(run) })?;
        Ok(pending)
    }

    fn enqueue(&self, job: Job) -> Result<(), Error> {
        let shared = &self.0;
        let mut state = shared.lock();
        let over = match state.calls() >= shared.most() {
            true => state.take_over(),
            false => Vec::new(),
        };
        let admitted = shared.admit(&mut state);
        if admitted.is_ok() {
            state.jobs.push_back(job);
        }
        drop(state);
        shared.work.notify_one();
        for (job, why) in over {
            (job.run)(Err(why));
        }
        admitted
    }

    /// Closes the pool: what has not begun is refused, what has begun is waited for, until the deadline. Where work of the
    /// pool itself shuts it down, it does not wait for itself.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] when calls still run at the deadline; they end by themselves.
    pub fn shut_down(self, limit: &Limit) -> Result<(), Error> {
        self.0.close();
        let own = usize::from(SERVED.get() == Arc::as_ptr(&self.0));
        let mut state = self.0.lock();
        while state.running > own {
            state = limit.wait(&self.0.ended, state)?;
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
