//! `WEBGPU_TRACE`: prints every call that goes through the engine of [`ffi`], and at the end a summary.

mod decode;
mod sink;
mod summary;

use crate::{Callback, Function};
use decode::Headers;
use ffi::interpose::Invocation;
use ffi::trace::Tracer;
use sink::Sink;
use std::ffi::c_int;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{env, io, process};
use summary::Summary;

/// Environment variable that has every call of the engine library printed: `1` to stderr, any other text into a file of
/// that name. Calls then go through the engine of [`ffi`], as with [`Calls::Engine`](crate::Calls::Engine).
///
/// A call is one line when it returns, with its arguments, result, duration, process and thread:
/// `wgpuBufferGetSize(buffer=0x55d0c8a3e2f0) = 64 [0.2 µs, process 4711, thread 1]`. Calls of the program's callbacks are
/// lines too, before that of the call they happen in and indented. When the process exits, a summary tells calls and time
/// of each function, and which process it was.
///
/// The file is appended to, so that several processes can write to one. Each line is written at once when its call returns:
/// lines of threads and processes do not mix, in a pipe as long as they have at most 4096 bytes. Writing costs some
/// microseconds a call; the bench `calls` of the drop-in library measures how many.
///
/// - A line that cannot be written, for want of space or because nobody reads the pipe any more, is lost. The first such
///   error is told on stderr, and the summary says how many lines were lost. A C program that has not changed what SIGPIPE
///   does is ended by it, as by each write of its own.
/// - A pipe that nobody has opened to read is an error; where somebody has and does not read, the program waits.
/// - A process that ends by a signal, `abort` or `_exit` has its lines in the trace, and no summary.
/// - The trace holds no lock while a line is written, so that a forked process can go on tracing. Its summary includes its
///   parent's calls up to the fork.
pub const TRACE_VARIABLE: &str = "WEBGPU_TRACE";

/// The process's trace.
#[derive(Debug)]
pub(crate) struct Trace {
    tracer: Tracer,
    sink: Arc<Sink>,
    summary: Summary,
    /// The process that made it; a forked one is another.
    process: u32,
}

/// There is one, made by the first load that asks for it.
static TRACE: OnceLock<Trace> = OnceLock::new();

unsafe extern "C" {
    /// C's own, which also runs where a library that called it is closed.
    safe fn atexit(function: extern "C" fn()) -> c_int;
}

/// Whether the environment asks for a trace.
pub(crate) fn is_asked_for() -> bool {
    env::var_os(TRACE_VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
}

/// The trace that the environment asks for.
///
/// # Errors
/// The file that cannot be written, and why.
pub(crate) fn from_environment() -> Result<Option<&'static Trace>, (PathBuf, io::Error)> {
    if !is_asked_for() {
        return Ok(None);
    }
    if let Some(trace) = TRACE.get() {
        return Ok(Some(trace));
    }
    let path = env::var_os(TRACE_VARIABLE).filter(|value| value != "1").map(PathBuf::from);
    let sink = match &path {
        None => Sink::stderr(),
        Some(path) => Sink::file(path),
    };
    let sink = sink
        .map(Arc::new)
        .map_err(|error| (path.unwrap_or_else(|| PathBuf::from("stderr")), error))?;
    let to = Arc::clone(&sink);
    let tracer = Tracer::shared(move |line| to.write(line));
    let tracer = tracer.decoder(Headers::new()).processes(true).threads(true);
    Ok(Some(TRACE.get_or_init(|| {
        // Where it refuses, which it does when memory ends, there is no summary.
        atexit(print_summary);
        Trace { tracer, sink, summary: Summary::new(), process: process::id() }
    })))
}

extern "C" fn print_summary() {
    if let Some(trace) = TRACE.get() {
        // At once, so that summaries of processes do not mix.
        let heading = [trace.lost(), trace.summary.lines(&trace.whose())].concat();
        trace.tracer.print(&heading.join("\n"));
    }
}

impl Trace {
    /// The process of the summary, in words.
    fn whose(&self) -> String {
        let own = process::id();
        let program = env::current_exe().ok();
        let program = program.as_deref().and_then(Path::file_name).unwrap_or_default();
        let forked = match own == self.process {
            true => String::new(),
            false => format!(", forked from {}", self.process),
        };
        format!("process {own}{forked} ({})", program.display())
    }

    /// A line about the lines that are not there.
    fn lost(&self) -> Vec<String> {
        match self.sink.lost() {
            0 => Vec::new(),
            lost => vec![format!("{lost} of the lines could not be written")],
        }
    }

    /// Has `handle` forward a call of `function`, and prints it.
    pub(crate) fn function(
        &self,
        function: Function,
        call: &mut Invocation<'_>,
        handle: impl FnOnce(&mut Invocation<'_>),
    ) {
        let duration = self.tracer.watch(call, handle);
        self.summary.function(function, duration);
    }

    /// Forwards a call of a callback, and prints it.
    pub(crate) fn callback(&self, callback: Callback, call: &mut Invocation<'_>) {
        let duration = self.tracer.forward(call);
        self.summary.callback(callback, duration);
    }
}
