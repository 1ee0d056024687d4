//! The two ways to fill the function table.

use super::callbacks::{Callbacks, Passed};
use super::error::LoadError;
use crate::trace::{self, Trace};
use crate::{Function, Functions, WGPUBool};
use ffi::CodePtr;
use ffi::interpose::{Interposer, Invocation};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fmt};

/// Environment variable that chooses the [`Calls`] where the program does not: `direct` or `engine`.
pub const CALLS_VARIABLE: &str = "WEBGPU_CALLS";

/// What stands in the entries of the function table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Calls {
    /// The library's functions: a call costs what a linked one costs.
    #[default]
    Direct,
    /// A trampoline of [`ffi::interpose::Interposer`] for each function, which counts the call, and forwards it with the call
    /// interface of its signature. The library gets such trampolines in place of the program's callbacks.
    Engine,
}

impl Calls {
    /// What [`CALLS_VARIABLE`] chooses; [`Direct`](Calls::Direct) where it is not set. A trace, for which
    /// [`TRACE_VARIABLE`](crate::TRACE_VARIABLE) asks, needs [`Engine`](Calls::Engine), and so chooses it.
    ///
    /// # Errors
    /// [`LoadError::BadVariable`] where it is neither `direct` nor `engine`.
    pub fn from_environment() -> Result<Calls, LoadError> {
        let value = env::var_os(CALLS_VARIABLE).unwrap_or_default();
        match value.to_str() {
            Some("" | "direct") if !trace::is_asked_for() => Ok(Calls::Direct),
            Some("" | "direct" | "engine") => Ok(Calls::Engine),
            _ => Err(LoadError::BadVariable {
                variable: CALLS_VARIABLE,
                value,
                allowed: &["direct", "engine"],
            }),
        }
    }
}

/// What stands between the table and the library, and must live as long as the table is used: nothing for
/// [`Calls::Direct`].
#[derive(Default)]
pub(super) struct Between {
    engine: Option<Engine>,
}

/// The calls through [`ffi`].
struct Engine {
    counters: Arc<Counters>,
    callbacks: Arc<Callbacks>,
    interposers: Vec<Interposer>,
}

/// Counts the calls of each function.
type Counters = [AtomicU64; Function::COUNT];

impl Between {
    /// Fills a function table with the functions at `addresses`, in the order of [`Function::ALL`].
    ///
    /// # Safety
    /// Every address must be that of the function of its name, and stay callable as long as the results are used.
    pub(super) unsafe fn fill(
        calls: Calls,
        addresses: &[Option<CodePtr>],
    ) -> Result<(Functions, Between), LoadError> {
        if calls == Calls::Direct {
            // SAFETY: The caller vouches for the addresses.
            return Ok((unsafe { table(addresses) }, Between::default()));
        }
        let trace = trace::from_environment()
            .map_err(|(path, source)| LoadError::TraceFile { path, source })?;
        let mut engine = Engine {
            counters: Arc::new([const { AtomicU64::new(0) }; Function::COUNT]),
            callbacks: Arc::new(Callbacks::new(trace)),
            interposers: Vec::with_capacity(Function::COUNT),
        };
        let mut trampolines = vec![None; Function::COUNT];
        for (function, address) in Function::ALL.iter().zip(addresses) {
            let Some(target) = *address else { continue };
            // SAFETY: The caller vouches for the address.
            let interposer = unsafe { engine.interpose(*function, target, trace) }?;
            trampolines[*function as usize] = Some(interposer.code());
            engine.interposers.push(interposer);
        }
        // SAFETY: A trampoline has the signature of its function and lives in the result.
        let functions = unsafe { table(&trampolines) };
        Ok((functions, Between { engine: Some(engine) }))
    }

    /// How often `function` was called through the engine.
    pub(super) fn count(&self, function: Function) -> u64 {
        self.engine
            .as_ref()
            .map_or(0, |engine| engine.counters[function as usize].load(Ordering::Relaxed))
    }

    /// How often callbacks were called through the engine.
    pub(super) fn count_of_callbacks(&self) -> u64 {
        self.engine.as_ref().map_or(0, |engine| engine.callbacks.count())
    }
}

impl Engine {
    /// # Safety
    /// `target` must be `function`, and stay callable as long as the result lives.
    unsafe fn interpose(
        &self,
        function: Function,
        target: CodePtr,
        trace: Option<&'static Trace>,
    ) -> Result<Interposer, LoadError> {
        let counters = Arc::clone(&self.counters);
        let callbacks = Arc::clone(&self.callbacks);
        let passed = Passed::to(function);
        let adjust = function.adjustment();
        let forward = move |call: &mut Invocation<'_>| {
            if passed.is_empty() {
                call.forward();
            } else {
                callbacks.forward(&passed, call);
            }
            if let Some(adjust) = adjust {
                let result = call.result_ptr().cast::<WGPUBool>();
                // SAFETY: The result is a `WGPUBool`, which the function has stored.
                let value = unsafe { result.read() };
                // SAFETY: As above.
                unsafe { result.write(adjust(value)) };
            }
        };
        let handler = move |call: &mut Invocation<'_>| {
            counters[function as usize].fetch_add(1, Ordering::Relaxed);
            match trace {
                Some(trace) => trace.function(function, call, &forward),
                None => forward(call),
            }
        };
        // SAFETY: The signature is the one that the headers declare for the function.
        let interposer =
            unsafe { Interposer::new(function.name(), function.signature(), target, handler) };
        interposer.map_err(|source| LoadError::Interpose { function, source })
    }
}

impl fmt::Debug for Between {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trampolines = self.engine.as_ref().map_or(0, |engine| engine.interposers.len());
        formatter.debug_struct("Between").field("trampolines", &trampolines).finish_non_exhaustive()
    }
}

/// # Safety
/// As for [`Functions::from_addresses`], of the addresses in the order of [`Function::ALL`].
unsafe fn table(addresses: &[Option<CodePtr>]) -> Functions {
    let find = |function: Function| {
        let address: *const c_void = addresses[function as usize]?.as_ptr();
        NonNull::new(address.cast_mut())
    };
    // SAFETY: The caller vouches for the addresses.
    unsafe { Functions::from_addresses(find) }
}
