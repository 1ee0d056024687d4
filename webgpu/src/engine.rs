//! The engine beneath an instance: its function table, and what a program is told of it.

use std::path::PathBuf;
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
