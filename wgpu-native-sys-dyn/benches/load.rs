//! What loading costs beyond the dynamic linker's own time.
//!
//! The linker's time is that of opening and closing the library alone. The rest is the search, the version and 228 symbols,
//! and for calls through the engine as many trampolines.

use ffi::Library;
use std::time::{Duration, Instant};
use wgpu_native_sys_dyn::{Api, Calls, LoadOptions};

const ROUNDS: usize = 30;

fn main() {
    // SAFETY: what the set-up fetches is the engine.
    let found = unsafe { Api::load(&LoadOptions::new()) };
    let path = found.unwrap_or_else(|error| panic!("{error}")).path().to_path_buf();
    let linker = median(|| {
        // SAFETY: as above.
        drop(unsafe { Library::open(&path) }.expect("it was opened before"));
    });
    println!("{:<22} {:>9.3} ms", "the linker alone", milliseconds(linker));
    for calls in [Calls::Direct, Calls::Engine] {
        let options = LoadOptions::new().calls(calls);
        let load = || {
            // SAFETY: as above.
            unsafe { Api::load(&options) }.expect("it was loaded before")
        };
        let whole = median(|| drop(load()));
        let beyond = milliseconds(whole) - milliseconds(linker);
        let name = format!("Api::load, {calls:?}");
        println!("{name:<22} {:>9.3} ms, {beyond:.3} ms beyond the linker", milliseconds(whole));
        let kept = load();
        let again = median(|| drop(load()));
        println!("{:<22} {:>9.3} ms", "  while it is loaded", milliseconds(again));
        drop(kept);
    }
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
