//! `WEBGPU_TRACE`: prints every call that goes through the engine of [`ffi`], and at the end a summary.

mod decode;
mod summary;

use crate::loader::LoadError;
use crate::{Callback, Function};
use decode::Headers;
use ffi::Invocation;
use ffi::trace::Tracer;
use std::env;
use std::ffi::c_int;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;
use summary::Summary;

/// Environment variable that has every call of the engine library printed: `1` to stderr, any other text into a file of
/// that name. Calls then go through the engine of [`ffi`], as with [`Calls::Engine`](crate::Calls::Engine).
///
/// A call is one line when it returns, with its arguments, result, duration and thread:
/// `wgpuBufferGetSize(buffer=0x55d0c8a3e2f0) = 64 [0.2 µs, thread 1]`. Calls of the program's callbacks are lines too,
/// before that of the call they happen in and indented. When the process exits, a summary tells calls and time of each
/// function. The file is written anew.
pub const TRACE_VARIABLE: &str = "WEBGPU_TRACE";

/// The process's trace.
#[derive(Debug)]
pub(crate) struct Trace {
    tracer: Tracer,
    summary: Summary,
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
/// [`LoadError::TraceFile`].
pub(crate) fn from_environment() -> Result<Option<&'static Trace>, LoadError> {
    if !is_asked_for() {
        return Ok(None);
    }
    if let Some(trace) = TRACE.get() {
        return Ok(Some(trace));
    }
    let tracer = match env::var_os(TRACE_VARIABLE).filter(|value| value != "1") {
        None => Tracer::new(io::stderr()),
        Some(path) => match File::create(&path) {
            Ok(file) => Tracer::new(file),
            Err(source) => {
                return Err(LoadError::TraceFile { path: PathBuf::from(path), source });
            }
        },
    };
    let tracer = tracer.decoder(Headers::new()).threads(true);
    Ok(Some(TRACE.get_or_init(|| {
        // Where it refuses, which it does when memory ends, there is no summary.
        atexit(print_summary);
        Trace { tracer, summary: Summary::new() }
    })))
}

extern "C" fn print_summary() {
    if let Some(trace) = TRACE.get() {
        for line in trace.summary.lines() {
            trace.tracer.print(&line);
        }
    }
}

impl Trace {
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
