//! Closures that change what they capture.

use std::cell::Cell;
use std::fmt::{self, Debug, Formatter};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};

/// An `FnMut` as the closure of a callback: calls from several threads take turns.
///
/// A closure that is called again while it runs, on its own thread, panics: it would change what it is changing. Calls
/// must not be left by `longjmp`: the closure stays locked then, for its own thread as if it still ran, and other threads
/// wait for ever.
///
/// ```
/// use ffi::callback::Locked;
/// use ffi::{Callback, FunctionPointer};
/// let mut seen = Vec::new();
/// let push = Callback::from_fn("push", Locked::new(|n: i32| seen.push(n)))?;
/// type Push = unsafe extern "C" fn(i32);
/// // SAFETY: the callback has this signature.
/// let function = unsafe { Push::from_code(push.code()) };
/// // SAFETY: the callback lives.
/// unsafe { function(7) };
/// drop(push);
/// assert_eq!(seen, [7]);
/// # Ok::<(), ffi::Error>(())
/// ```
pub struct Locked<F> {
    closure: Mutex<F>,
    /// The thread that runs the closure, by the address of its [`TOKEN`]; 0 for none.
    owner: AtomicUsize,
}

thread_local! {
    static TOKEN: u8 = const { 0 };
}

impl<F> Locked<F> {
    /// Puts a closure behind a lock.
    pub fn new(closure: F) -> Locked<F> {
        Locked { closure: Mutex::new(closure), owner: AtomicUsize::new(0) }
    }

    pub(super) fn with<R>(&self, run: impl FnOnce(&mut F) -> R) -> R {
        self.unless_running(run).unwrap_or_else(|| reentered())
    }

    /// Runs it with the closure, or returns `None` where this thread runs the closure already.
    pub(crate) fn unless_running<R>(&self, run: impl FnOnce(&mut F) -> R) -> Option<R> {
        let own = TOKEN.with(|token| (&raw const *token).addr());
        // A panic of an earlier call has either ended the process or been told to the caller.
        let mut closure = match self.closure.try_lock() {
            Ok(closure) => closure,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // No other thread stores this one's address.
            Err(TryLockError::WouldBlock) if self.owner.load(Ordering::Relaxed) == own => {
                return None;
            }
            Err(TryLockError::WouldBlock) => {
                self.closure.lock().unwrap_or_else(PoisonError::into_inner)
            }
        };
        let _running = Running::new(&self.owner, own);
        Some(run(&mut closure))
    }
}

#[cold]
fn reentered() -> ! {
    panic!("a callback that changes its captures was called again while it ran")
}

/// Marks the thread that runs a closure.
struct Running<'a>(&'a AtomicUsize);

impl<'a> Running<'a> {
    fn new(owner: &'a AtomicUsize, own: usize) -> Running<'a> {
        owner.store(own, Ordering::Relaxed);
        Running(owner)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// An `FnMut` as the closure of a callback that is called on one thread at a time: no lock is taken.
///
/// A closure that is called again while it runs panics, and so does one that was left by `longjmp`, at its next call.
pub struct Unsynchronised<F> {
    closure: Cell<Option<F>>,
}

// SAFETY: the contract of `new`: calls, and the drop, do not happen at the same time.
unsafe impl<F> Sync for Unsynchronised<F> {}
// SAFETY: as above, and what moves between threads may: the contract of `new`.
unsafe impl<F> Send for Unsynchronised<F> {}

impl<F> Unsynchronised<F> {
    /// Takes a closure without a lock.
    ///
    /// # Safety
    /// It is called from one thread at a time, by C or by Rust, each call happening after the one before. Unless `F` is
    /// `Send`, it is always the same thread, on which it is dropped too.
    pub unsafe fn new(closure: F) -> Unsynchronised<F> {
        Unsynchronised { closure: Cell::new(Some(closure)) }
    }

    pub(super) fn with<R>(&self, run: impl FnOnce(&mut F) -> R) -> R {
        let mut lent = Lent { closure: self.closure.take(), home: &self.closure };
        match &mut lent.closure {
            Some(closure) => run(closure),
            None => reentered(),
        }
    }
}

/// A closure that runs; it goes back when that ends.
struct Lent<'a, F> {
    closure: Option<F>,
    home: &'a Cell<Option<F>>,
}

impl<F> Drop for Lent<'_, F> {
    fn drop(&mut self) {
        if let Some(closure) = self.closure.take() {
            self.home.set(Some(closure));
        }
    }
}

impl<F> Debug for Locked<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Locked(closure)")
    }
}

impl<F> Debug for Unsynchronised<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Unsynchronised(closure)")
    }
}
