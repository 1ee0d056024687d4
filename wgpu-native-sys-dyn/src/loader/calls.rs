//! The two ways to fill the function table.

use super::error::LoadError;
use crate::{Function, Functions};
use ffi::{CodePtr, Interposer};
use std::env;
use std::ffi::c_void;
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Environment variable that chooses the [`Calls`] where the program does not: `direct` or `engine`.
pub const CALLS_VARIABLE: &str = "WEBGPU_CALLS";

/// What stands in the entries of the function table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Calls {
    /// The library's functions: a call costs what a linked one costs.
    #[default]
    Direct,
    /// A trampoline of [`ffi::Interposer`] for each function, which counts the call, and forwards it with the call
    /// interface of its signature.
    Engine,
}

impl Calls {
    /// What [`CALLS_VARIABLE`] chooses; [`Direct`](Calls::Direct) where it is not set.
    ///
    /// # Errors
    /// [`LoadError::BadVariable`] where it is neither `direct` nor `engine`.
    pub fn from_environment() -> Result<Calls, LoadError> {
        let Some(value) = env::var_os(CALLS_VARIABLE) else {
            return Ok(Calls::Direct);
        };
        match value.to_str() {
            Some("" | "direct") => Ok(Calls::Direct),
            Some("engine") => Ok(Calls::Engine),
            _ => Err(LoadError::BadVariable {
                variable: CALLS_VARIABLE,
                value,
                allowed: &["direct", "engine"],
            }),
        }
    }
}

/// Counts the calls of each function.
type Counters = Arc<[AtomicU64; Function::COUNT]>;

/// What stands between the table and the library, and must live as long as the table is used: nothing for
/// [`Calls::Direct`].
pub(super) struct Between {
    counters: Option<Counters>,
    _interposers: Vec<Interposer>,
}

impl Between {
    /// Fills a function table with the functions at `addresses`, in the order of [`Function::ALL`].
    ///
    /// # Safety
    /// Every address must be that of the function of its name, and stay callable as long as the results are used.
    pub(super) unsafe fn fill(
        calls: Calls,
        addresses: &[Option<CodePtr>],
    ) -> Result<(Functions, Between), LoadError> {
        match calls {
            Calls::Direct => {
                // SAFETY: The caller vouches for the addresses.
                let functions = unsafe { table(addresses) };
                Ok((functions, Between { counters: None, _interposers: Vec::new() }))
            }
            Calls::Engine => {
                let counters: Counters = Arc::new([const { AtomicU64::new(0) }; Function::COUNT]);
                let mut interposers = Vec::with_capacity(Function::COUNT);
                let mut trampolines = vec![None; Function::COUNT];
                for (function, address) in Function::ALL.iter().zip(addresses) {
                    let Some(target) = *address else { continue };
                    // SAFETY: The caller vouches for the address; the signature is that of the headers.
                    let interposer =
                        unsafe { interpose(*function, target, Arc::clone(&counters)) }?;
                    trampolines[*function as usize] = Some(interposer.code());
                    interposers.push(interposer);
                }
                // SAFETY: A trampoline has the signature of its function and lives in the result.
                let functions = unsafe { table(&trampolines) };
                Ok((functions, Between { counters: Some(counters), _interposers: interposers }))
            }
        }
    }

    /// How often `function` was called through the engine.
    pub(super) fn count(&self, function: Function) -> u64 {
        self.counters
            .as_ref()
            .map_or(0, |counters| counters[function as usize].load(Ordering::Relaxed))
    }
}

impl fmt::Debug for Between {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trampolines = self._interposers.len();
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

/// # Safety
/// `target` must be `function`, and stay callable as long as the result lives.
unsafe fn interpose(
    function: Function,
    target: CodePtr,
    counters: Counters,
) -> Result<Interposer, LoadError> {
    let handler = move |invocation: &mut ffi::Invocation<'_>| {
        counters[function as usize].fetch_add(1, Ordering::Relaxed);
        invocation.forward();
    };
    // SAFETY: The signature is the one that the headers declare for the function.
    let interposer =
        unsafe { Interposer::new(function.name(), function.signature(), target, handler) };
    interposer.map_err(|source| LoadError::Interpose { function, source })
}
