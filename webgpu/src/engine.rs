//! The engine library, loaded once and kept.

use crate::{CreateInstanceError, error::lock, needs};
use std::path::PathBuf;
use std::sync::Mutex;
use wgpu_native_sys_dyn as sys;

pub(crate) use sys::{Api as Engine, Functions};
pub use sys::{Calls, EngineVersion};

/// Which engine library an instance runs on, and how it is called: [`Instance::engine_info`](crate::Instance::engine_info).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineInfo {
    /// The file that was loaded, or the name by which the system found it.
    pub library: PathBuf,
    /// Its version; `None` where the library does not tell it, which is only let pass on demand.
    pub version: Option<EngineVersion>,
    /// Whether it is called directly or through `ffi`.
    pub calls: Calls,
}

impl EngineInfo {
    pub(crate) fn of(engine: &Engine) -> Self {
        Self { library: engine.path().to_owned(), version: engine.version(), calls: engine.calls() }
    }
}

/// Every engine that this process has loaded. They are never unloaded: a driver may have left threads or thread-local
/// data behind that run its code when nobody expects it.
static LOADED: Mutex<Vec<Engine>> = Mutex::new(Vec::new());

/// Finds and opens the engine library, as the environment and the search order of the raw bindings say, and sees whether it
/// has what the wrapper needs.
pub(crate) fn load() -> Result<Engine, CreateInstanceError> {
    // SAFETY: What lies at the places of the search, or where the user's own environment variable points, is taken for the
    // engine after its version and its symbols have been checked; running the initialisers of that library is the purpose.
    let engine =
        unsafe { sys::Api::load(&sys::LoadOptions::new()) }.map_err(CreateInstanceError::Load)?;
    let mut loaded = lock(&LOADED);
    let known = |other: &Engine| other.path() == engine.path() && other.calls() == engine.calls();
    if !loaded.iter().any(known) {
        let functions = needs::lacking(&engine);
        if !functions.is_empty() {
            let library = engine.path().to_owned();
            return Err(CreateInstanceError::MissingFunctions { library, functions });
        }
        loaded.push(engine.clone());
    }
    Ok(engine)
}

/// How many calls this process has made through the engine of `ffi` instead of directly.
///
/// Not 0 only if the environment variable `WEBGPU_CALLS` was `engine` when the library was loaded: then every call of the
/// engine library goes through a prepared call interface, which counts it.
pub fn engine_calls() -> u64 {
    lock(&LOADED).iter().map(Engine::calls_through_engine).sum()
}
