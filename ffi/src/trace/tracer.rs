//! Who prints the lines.

use std::cell::Cell;
use std::fmt::{self, Debug, Formatter};
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::line::{Limits, Line};
use super::operand::{CallView, Operand};
use crate::callback::Locked;
use crate::interpose::Invocation;
use crate::{Signature, unwinding};

/// Knows more of the traced values than their types say.
///
/// A closure `Fn(&Operand, &mut Line) -> bool` is one, with [`decode`](Decoder::decode) as its body.
pub trait Decoder: Send + Sync {
    /// Writes a value, and returns whether it did. What it does not write, or panics at, is written as the type says.
    ///
    /// Called for every value of a call: arguments, results, fields, elements, and what [`Line::pointee`] and
    /// [`Line::pointees`] are told to follow.
    fn decode(&self, value: &Operand<'_>, line: &mut Line<'_>) -> bool;

    /// Whether the argument at `index` says where the function is to put something. Such an argument is written after the
    /// call, when [`Operand::call_result`] tells whether it was; all others before, while what they point to is there.
    fn is_output(&self, signature: &Signature, index: usize) -> bool {
        let _ = (signature, index);
        false
    }
}

impl<F> Decoder for F
where
    F: Fn(&Operand<'_>, &mut Line<'_>) -> bool + Send + Sync,
{
    fn decode(&self, value: &Operand<'_>, line: &mut Line<'_>) -> bool {
        self(value, line)
    }
}

/// Prints a line for every call that is given to it, in the order in which the calls return.
///
/// A line is written at once: lines of several threads do not mix. A call made during another one, such as that of a
/// callback, is indented by two spaces more; its line comes first.
///
/// The traced program goes on as it would without: what the sink does not take, or panics at, is lost, and calls that the
/// sink or the decoder make themselves pass untraced. But it waits: while the sink blocks, so do all threads that make
/// traced calls. A sink that must not hold them up hands its bytes to a thread of its own, or is [shared](Tracer::shared).
pub struct Tracer {
    sink: Sink,
    decoder: Box<dyn Decoder>,
    limits: Limits,
    threads: bool,
    processes: bool,
}

/// Writes a line.
type WriteLine = dyn Fn(&[u8]) + Send + Sync;

/// Where the lines go.
enum Sink {
    /// To one writer, a line after the other.
    Locked(Locked<Box<dyn Write + Send>>),
    /// To a function that all threads call.
    Shared(Box<WriteLine>),
}

thread_local! {
    /// How many traced calls of this thread have not returned. Without a destructor: threads that end make calls too.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Whether a tracer decodes or prints on this thread.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
    /// Whether this thread is in a sink that all threads share.
    static IN_SINK: Cell<bool> = const { Cell::new(false) };
    /// The thread's number; 0 until it is asked for.
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

/// The number of the next thread that asks for one.
static NEXT_NUMBER: AtomicU32 = AtomicU32::new(1);

impl Tracer {
    /// A tracer that writes to `sink` and shows values as their types say.
    pub fn new(sink: impl Write + Send + 'static) -> Tracer {
        Tracer::to(Sink::Locked(Locked::new(Box::new(sink))))
    }

    /// A tracer that gives each line, with the newline at its end, to `sink`, on the thread that made the call and under no
    /// lock: threads do not wait for each other here, and none is left waiting in a process that was forked meanwhile.
    pub fn shared(sink: impl Fn(&[u8]) + Send + Sync + 'static) -> Tracer {
        Tracer::to(Sink::Shared(Box::new(sink)))
    }

    fn to(sink: Sink) -> Tracer {
        let undecoded = |_: &Operand<'_>, _: &mut Line<'_>| false;
        Tracer {
            sink,
            decoder: Box::new(undecoded),
            limits: Limits::default(),
            threads: false,
            processes: false,
        }
    }

    /// Shows values as `decoder` has them.
    pub fn decoder(mut self, decoder: impl Decoder + 'static) -> Tracer {
        self.decoder = Box::new(decoder);
        self
    }

    /// Shows no more than these limits let it.
    pub fn limits(mut self, limits: Limits) -> Tracer {
        self.limits = limits;
        self
    }

    /// Shows in every line which thread made the call: `[0.2 µs, thread 1]`. Threads are numbered in the order of their
    /// first lines.
    pub fn threads(mut self, shown: bool) -> Tracer {
        self.threads = shown;
        self
    }

    /// Shows in every line which process made the call: `[0.2 µs, process 4711]`.
    pub fn processes(mut self, shown: bool) -> Tracer {
        self.processes = shown;
        self
    }

    /// Forwards a call, prints it, and returns how long it took.
    pub fn forward(&self, call: &mut Invocation<'_>) -> Duration {
        self.watch(call, |call| call.forward())
    }

    /// Has `handle` forward a call or store its result, prints it with the arguments it came with, and returns how long
    /// `handle` took.
    ///
    /// Nothing is printed where `handle` unwinds.
    pub fn watch(
        &self,
        call: &mut Invocation<'_>,
        handle: impl FnOnce(&mut Invocation<'_>),
    ) -> Duration {
        if AT_WORK.get() {
            return timed(call, handle);
        }
        let work = AtWork::begin();
        let signature = call.signature().clone();
        let count = signature.parameters().len();
        let arguments = (0..count).filter_map(|index| call.argument_ptr(index).ok()).collect();
        let mut view = CallView { signature: &signature, arguments, result: None };
        let is_output =
            |index| surviving(|| self.decoder.is_output(&signature, index)).unwrap_or(false);
        let written = |view: &CallView<'_>, index| {
            let mut line = Line::new(&*self.decoder, self.limits);
            line.value(&view.argument(index));
            line.into_text()
        };
        let before: Vec<Option<String>> =
            (0..count).map(|index| (!is_output(index)).then(|| written(&view, index))).collect();

        drop(work);
        let inside = Inside::enter();
        let duration = timed(call, handle);
        let depth = inside.leave();
        let _work = AtWork::begin();

        if !signature.returns().is_void() {
            view.result = Some(call.result_ptr().cast_const());
        }
        let mut line = Line::new(&*self.decoder, self.limits);
        line.push(&"  ".repeat(depth));
        line.push(call.name());
        line.push("(");
        for (index, text) in before.into_iter().enumerate() {
            line.push(if index > 0 { ", " } else { "" });
            line.label(signature.parameters()[index].name());
            line.push(&text.unwrap_or_else(|| written(&view, index)));
        }
        line.push(")");
        if let Some(result) = view.result() {
            line.push(" = ");
            line.value(&result);
        }
        line.push(&format!(" [{}", Shown(duration)));
        if self.processes {
            line.push(&format!(", process {}", std::process::id()));
        }
        if self.threads {
            line.push(&format!(", thread {}", thread_number()));
        }
        line.push("]");
        self.print(&line.into_text());
        duration
    }

    /// Writes a line of the program's own, such as a heading. What the sink itself writes so is lost.
    pub fn print(&self, line: &str) {
        let _work = AtWork::begin();
        let line = format!("{line}\n");
        // There is nobody to tell: the traced program must go on as it would without.
        match &self.sink {
            Sink::Locked(sink) => {
                sink.unless_running(|sink| {
                    unwinding::contain(|| {
                        let _ = sink.write_all(line.as_bytes());
                        let _ = sink.flush();
                    });
                });
            }
            Sink::Shared(_) if IN_SINK.replace(true) => {}
            Sink::Shared(sink) => {
                unwinding::contain(|| sink(line.as_bytes()));
                IN_SINK.set(false);
            }
        }
    }
}

/// Has `handle` handle a call; returns how long it took.
fn timed<'call>(
    call: &mut Invocation<'call>,
    handle: impl FnOnce(&mut Invocation<'call>),
) -> Duration {
    let started = Instant::now();
    handle(call);
    started.elapsed()
}

/// What a decoder returns, unless it panics.
pub(super) fn surviving(decode: impl FnOnce() -> bool) -> Option<bool> {
    match unwinding::catch(&"the decoder of a trace", decode) {
        Ok(decoded) => Some(decoded),
        Err(panic) => {
            unwinding::discard(panic);
            None
        }
    }
}

/// While it lives, calls of this thread pass untraced.
struct AtWork {
    before: bool,
}

impl AtWork {
    fn begin() -> AtWork {
        AtWork { before: AT_WORK.replace(true) }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        AT_WORK.set(self.before);
    }
}

/// A traced call of this thread that has not returned.
struct Inside;

impl Inside {
    fn enter() -> Inside {
        DEPTH.set(DEPTH.get() + 1);
        Inside
    }

    /// How many others there are.
    fn leave(self) -> usize {
        DEPTH.get() - 1
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

fn thread_number() -> u32 {
    if NUMBER.get() == 0 {
        NUMBER.set(NEXT_NUMBER.fetch_add(1, Ordering::Relaxed));
    }
    NUMBER.get()
}

/// A duration with one decimal.
struct Shown(Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_secs_f64() * 1e6;
        match micros {
            0.0..1e3 => write!(f, "{micros:.1} µs"),
            1e3..1e6 => write!(f, "{:.1} ms", micros / 1e3),
            _ => write!(f, "{:.1} s", micros / 1e6),
        }
    }
}

impl Debug for Tracer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer").field("limits", &self.limits).finish_non_exhaustive()
    }
}
