//! Signals that ask this program to end, held back while there is something to clear away.

#[cfg(unix)]
mod system {
    use std::ffi::c_int;
    use std::sync::atomic::{AtomicI32, Ordering};

    /// SIGHUP, SIGINT and SIGTERM, which have these numbers on every Unix.
    const HELD: [c_int; 3] = [1, 2, 15];
    const DEFAULT: usize = 0;

    /// The signal that came; 0 for none.
    static CAME: AtomicI32 = AtomicI32::new(0);

    unsafe extern "C" {
        fn signal(number: c_int, handler: usize) -> usize;
        safe fn raise(number: c_int) -> c_int;
    }

    extern "C" fn note(number: c_int) {
        CAME.store(number, Ordering::Relaxed);
    }

    pub(super) fn set(held: bool) {
        let handler = if held { note as extern "C" fn(c_int) as usize } else { DEFAULT };
        for number in HELD {
            // SAFETY: the handler is the default one, or a function of this signature that does no more than store a number.
            unsafe { signal(number, handler) };
        }
    }

    pub(super) fn came() -> i32 {
        CAME.load(Ordering::Relaxed)
    }

    pub(super) fn end_by(number: i32) {
        raise(number);
    }
}

/// Where there are no such signals.
#[cfg(not(unix))]
mod system {
    pub(super) fn set(_: bool) {}

    pub(super) fn came() -> i32 {
        0
    }

    pub(super) fn end_by(_: i32) {}
}

/// While it lives, a signal that asks this program to end is noted and does nothing else.
#[derive(Debug)]
pub(crate) struct Held(());

impl Held {
    /// Holds signals back from now on.
    pub(crate) fn back() -> Held {
        system::set(true);
        Held(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        system::set(false);
    }
}

/// Whether a signal was held back: what is done can be left off.
pub(crate) fn came() -> bool {
    system::came() != 0
}

/// Ends this program by the signal that was held back, if one was: whoever started it sees what ended it.
pub(crate) fn pass_on() {
    if came() {
        system::end_by(system::came());
    }
}
