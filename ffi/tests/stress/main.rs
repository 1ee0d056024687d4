//! Pools, callbacks and tracers under load.
//!
//! Each test goes on for as many seconds as the environment variable `FFI_STRESS_SECONDS` says, half a second without it.
//! `cargo xtask ci stress` runs all at once for a minute, `cargo xtask ci threads` under ThreadSanitizer.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

mod callbacks;
mod pools;
mod tracers;

use std::any::Any;
use std::panic;
use std::sync::Once;
use std::time::{Duration, Instant};

/// What panics say that are made on purpose: the hook does not print them.
const ON_PURPOSE: &str = "on purpose";

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{ON_PURPOSE}");
    }
}

/// Runs `round` again and again until the time is over.
fn rounds(mut round: impl FnMut()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let payload = info.payload();
            if !payload.is::<Bomb>() && message(payload) != Some(ON_PURPOSE) {
                usual(info);
            }
        }));
    });
    let seconds = std::env::var("FFI_STRESS_SECONDS")
        .map_or(0.5, |seconds| seconds.parse().expect("FFI_STRESS_SECONDS is a number of seconds"));
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    while Instant::now() < end {
        round();
    }
}

/// What a panic says.
fn message(payload: &dyn Any) -> Option<&str> {
    let literal = payload.downcast_ref::<&str>().copied();
    literal.or(payload.downcast_ref::<String>().map(String::as_str))
}

/// Numbers that differ, the same in every run.
struct Random(u64);

impl Random {
    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        // Marsaglia's xorshift: zero is the one state it does not leave.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
