//! Sinks and decoders that call what they trace, panic, or print themselves: the traced program goes on.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

use ffi::interpose::Interposer;
use ffi::trace::{Decoder, Line, Operand, Tracer};
use ffi::{FunctionPointer, Parameter, Signature, Type};

type Step = unsafe extern "C" fn(u32) -> u32;

extern "C" fn next(number: u32) -> u32 {
    number + 1
}

/// Stands before `next`; a tracer watches.
fn traced(tracer: Arc<Tracer>) -> Interposer {
    let signature = Signature::new([Parameter::new("number", Type::U32)], Type::U32).unwrap();
    // SAFETY: `next` has this signature.
    let traced = unsafe {
        Interposer::new("next", &signature, (next as Step).code(), move |call| {
            tracer.forward(call);
        })
    };
    traced.unwrap()
}

fn call(traced: &Interposer, number: u32) -> u32 {
    // SAFETY: it stands before `next`, which takes any number but the last.
    unsafe { Step::from_code(traced.code())(number) }
}

/// What `run` returns, if it returns in time.
fn in_time<R: Send + 'static>(run: impl FnOnce() -> R + Send + 'static) -> R {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || send.send(run()));
    receive.recv_timeout(Duration::from_secs(20)).expect("it comes back")
}

/// A sink that does something with every line.
struct Does<F>(F);

impl<F: FnMut(&str) + Send> Write for Does<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)(std::str::from_utf8(bytes).unwrap());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The line without what is in brackets at its end.
fn cut(line: &str) -> String {
    line.split(" [").next().unwrap().to_owned()
}

#[test]
fn calls_of_the_sink_pass_untraced_and_what_it_prints_is_lost() {
    static AGAIN: OnceLock<(Interposer, Arc<Tracer>)> = OnceLock::new();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let sink = Does(move |line: &str| {
        let (traced, tracer) = AGAIN.get().unwrap();
        tracer.print("a word of its own");
        seen.lock().unwrap().push((cut(line), call(traced, 10)));
    });
    let tracer = Arc::new(Tracer::new(sink));
    AGAIN.set((traced(Arc::clone(&tracer)), tracer)).unwrap();
    assert_eq!(in_time(|| call(&AGAIN.get().unwrap().0, 1)), 2);
    in_time(|| AGAIN.get().unwrap().1.print("heading"));
    let lines = lines.lock().unwrap();
    assert_eq!(*lines, [("next(number=1) = 2".to_owned(), 11), ("heading\n".to_owned(), 11)]);
}

#[test]
fn a_sink_that_panics_loses_its_line_only() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let tracer = Tracer::new(Does(move |line: &str| {
        assert!(!line.contains("number=2"), "no twos");
        seen.lock().unwrap().push(cut(line));
    }));
    let traced = traced(Arc::new(tracer));
    assert_eq!([1, 2, 3].map(|number| call(&traced, number)), [2, 3, 4]);
    assert_eq!(*lines.lock().unwrap(), ["next(number=1) = 2", "next(number=3) = 4"]);
}

/// Panics in different ways, and calls what is traced.
struct Odd;

static DECODED: OnceLock<Interposer> = OnceLock::new();
static CALLS: AtomicUsize = AtomicUsize::new(0);

impl Decoder for Odd {
    fn decode(&self, value: &Operand<'_>, line: &mut Line<'_>) -> bool {
        CALLS.fetch_add(1, Ordering::Relaxed);
        match value.read::<u32>() {
            Some(1) => {
                line.push("half a wo");
                panic!("no ones");
            }
            Some(number) if number < 100 => {
                line.push(&format!("#{}", call(DECODED.get().unwrap(), number)));
                true
            }
            _ => false,
        }
    }

    fn is_output(&self, _: &Signature, _: usize) -> bool {
        panic!("no outputs")
    }
}

#[test]
fn what_a_decoder_panics_at_is_written_as_the_type_says() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let tracer = Tracer::new(Does(move |line: &str| seen.lock().unwrap().push(cut(line))));
    DECODED.set(traced(Arc::new(tracer.decoder(Odd)))).unwrap();
    let results = [1, 50, 100].map(|number| in_time(move || call(DECODED.get().unwrap(), number)));
    assert_eq!(results, [2, 51, 101]);
    assert_eq!(
        *lines.lock().unwrap(),
        ["next(number=1) = #3", "next(number=#51) = #52", "next(number=100) = 101"]
    );
    assert_eq!(CALLS.load(Ordering::Relaxed), 6, "the decoder's own calls are not decoded");
}

#[test]
fn a_shared_sink_is_called_by_all_threads_at_once() {
    static SHARED: OnceLock<(Interposer, Arc<Tracer>)> = OnceLock::new();
    let both = std::sync::Barrier::new(2);
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let tracer = Arc::new(Tracer::shared(move |line: &[u8]| {
        // Under a lock neither thread would ever meet the other here.
        both.wait();
        SHARED.get().unwrap().1.print("a word of its own");
        seen.lock().unwrap().push(cut(std::str::from_utf8(line).unwrap()));
        panic!("the line is written");
    }));
    SHARED.set((traced(Arc::clone(&tracer)), tracer)).unwrap();
    let results = in_time(|| {
        let call = |number| call(&SHARED.get().unwrap().0, number);
        std::thread::scope(|scope| {
            let other = scope.spawn(move || [call(1), call(2)]);
            [[call(3), call(4)], other.join().unwrap()]
        })
    });
    assert_eq!(results, [[4, 5], [2, 3]]);
    let mut lines = lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    lines.sort();
    assert_eq!(lines, [1, 2, 3, 4].map(|n| format!("next(number={n}) = {}", n + 1)));
}
