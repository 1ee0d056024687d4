//! A tracer whose sink panics, prints and calls what is traced, on many threads.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use ffi::FunctionPointer;
use ffi::interpose::Interposer;
use ffi::trace::Tracer;

use crate::{ON_PURPOSE, rounds};

type Step = unsafe extern "C" fn(u32) -> u32;

extern "C" fn next(number: u32) -> u32 {
    number.wrapping_add(1)
}

static TRACED: OnceLock<(Interposer, Arc<Tracer>)> = OnceLock::new();
static LINES: AtomicU64 = AtomicU64::new(0);

fn call(number: u32) -> u32 {
    let (traced, _) = TRACED.get().unwrap();
    // SAFETY: it stands before `next`, which takes any number.
    unsafe { Step::from_code(traced.code())(number) }
}

struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert_eq!(bytes.last(), Some(&b'\n'), "a line whole");
        match LINES.fetch_add(1, Ordering::Relaxed) % 4 {
            0 => panic!("{ON_PURPOSE}"),
            1 => assert_eq!(call(7), 8),
            2 => TRACED.get().unwrap().1.print("lost"),
            _ => return Err(io::Error::other(ON_PURPOSE)),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_that_does_everything() {
    let tracer = Arc::new(Tracer::new(Sink).threads(true));
    let watching = Arc::clone(&tracer);
    let (signature, target) = (Step::signature().unwrap(), (next as Step).code());
    // SAFETY: `next` has this signature.
    let traced = unsafe {
        Interposer::new("next", &signature, target, move |call| {
            watching.forward(call);
        })
    };
    assert!(TRACED.set((traced.unwrap(), tracer)).is_ok());
    let calls: u64 = thread::scope(|scope| {
        let threads = [1, 2, 3, 4].map(|thread| {
            scope.spawn(move || {
                let mut calls = 0;
                rounds(|| {
                    assert_eq!(call(thread), thread + 1);
                    calls += 1;
                });
                calls
            })
        });
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(LINES.load(Ordering::Relaxed), calls, "one line for each call, and no other");
}
