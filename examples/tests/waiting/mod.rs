//! Waiting for what other processes do.

use std::thread;
use std::time::{Duration, Instant};

/// What comes, if it comes in time.
pub(crate) fn in_time<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("not in time: {what}")
}
