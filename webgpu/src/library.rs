//! The engine library, loaded once and kept.

use crate::{engine::Engine, error::lock, logging, needs};
use std::{error, fmt, path::PathBuf, sync::Mutex};
use wgpu_native_sys_dyn::{self as sys, Function};

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
        logging::connect(&engine);
        loaded.push(engine.clone());
    }
    logging::follow(&engine);
    Ok(engine)
}

/// How many calls this process has made through the engine of `ffi` instead of directly.
///
/// Not 0 only if the environment variable `WEBGPU_CALLS` was `engine` when the library was loaded: then every call of the
/// engine library goes through a prepared call interface, which counts it.
pub fn engine_calls() -> u64 {
    lock(&LOADED).iter().map(Engine::calls_through_engine).sum()
}

/// Why there is no [`Instance`](crate::Instance).
#[derive(Debug)]
#[non_exhaustive]
pub enum CreateInstanceError {
    /// The engine library was not found, or is not the right one.
    Load(sys::LoadError),
    /// The engine was loaded, and lacks functions that this crate cannot do without, or ends the process over them.
    MissingFunctions {
        /// The library.
        library: PathBuf,
        /// What it lacks.
        functions: Vec<Function>,
    },
    /// The engine was loaded and returned no instance.
    Refused,
}

impl fmt::Display for CreateInstanceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(formatter),
            Self::MissingFunctions { library, functions } => {
                let names: Vec<&str> = functions.iter().map(|function| function.name()).collect();
                write!(
                    formatter,
                    "the engine library {} lacks functions that this crate cannot do without: {}; set WGPU_NATIVE_LIB to \
                     libwgpu_native of version {}",
                    library.display(),
                    names.join(", "),
                    sys::EngineVersion::BOUND
                )
            }
            Self::Refused => formatter.write_str(
                "the engine library was loaded and returned no instance; set WGPU_NATIVE_LIB to another one",
            ),
        }
    }
}

impl error::Error for CreateInstanceError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Load(error) => error.source(),
            Self::MissingFunctions { .. } | Self::Refused => None,
        }
    }
}
