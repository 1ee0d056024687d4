//! The loaded engine.

use super::calls::{Between, Calls};
use super::error::{LoadError, MissingFunction};
use super::open::{Opened, open_first};
use super::search::{Candidate, Origin, candidates};
use super::version::any_version_allowed;
use crate::{Capability, EngineVersion, Function, Functions, Implementation};
use ffi::{CodePtr, Library};
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What to load, where the program and not the environment decides.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    library: Option<PathBuf>,
    calls: Option<Calls>,
    except: Option<CodePtr>,
}

impl LoadOptions {
    /// Leaves everything to the environment and the search.
    pub fn new() -> Self {
        Self::default()
    }

    /// Loads this file and no other; a relative path begins at the current folder.
    pub fn library(mut self, path: impl Into<PathBuf>) -> Self {
        self.library = Some(path.into());
        self
    }

    /// Fills the function table in this way.
    pub fn calls(mut self, calls: Calls) -> Self {
        self.calls = Some(calls);
        self
    }

    /// Does not take the library whose function `wgpuCreateInstance` is this one: for a library that exports the names of
    /// the engine itself, and would else find itself.
    pub fn except(mut self, create_instance: CodePtr) -> Self {
        self.except = Some(create_instance);
        self
    }
}

/// The engine: an open library and its function table, to which it dereferences.
///
/// Clones share one table. The library stays open until the last clone is dropped; what was made with its functions
/// must be gone by then.
///
/// ```no_run
/// use wgpu_native_sys_dyn::{Api, LoadOptions};
///
/// // SAFETY: The library that is found is the engine.
/// let api = unsafe { Api::load(&LoadOptions::new()) }?;
/// // SAFETY: The function takes nothing and reads a constant.
/// let version = unsafe { api.wgpuGetVersion() };
/// assert_eq!(version >> 24, 29);
/// # Ok::<(), wgpu_native_sys_dyn::LoadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Api(Arc<Loaded>);

#[derive(Debug)]
struct Loaded {
    functions: Functions,
    // Dropped in this order: what calls the library goes before it.
    between: Between,
    calls: Calls,
    candidate: Candidate,
    version: Option<EngineVersion>,
    implementation: Implementation,
    _library: Library,
}

impl Api {
    /// Finds the engine library, checks it and fills the function table.
    ///
    /// The first of these is taken:
    /// 1. the path in `options`;
    /// 2. the path in the environment variable `WGPU_NATIVE_LIB`;
    /// 3. beside the executable, `libwgpu_native.so` or `libwgpu_native-release.so` (`.dylib` on macOS;
    ///    `wgpu_native.dll` and `wgpu_native-release.dll` on Windows);
    /// 4. the same names in the folder that `cargo xtask setup` fills ([`setup_dir`](crate::setup_dir));
    /// 5. the same names by the system's own search for libraries.
    ///
    /// A path from 1 or 2 is the only one tried. A file that is there and cannot be used is an error in every case.
    ///
    /// The library has to have all functions, and to be of the generation that this crate was generated from.
    /// `WGPU_NATIVE_ALLOW_VERSION=1` in the environment lifts both, **at the risk of wrong memory accesses**
    /// ([`ALLOW_VERSION_VARIABLE`](crate::ALLOW_VERSION_VARIABLE)): a function that is lacking then has an empty entry.
    ///
    /// Loading the same file in the same way again, while the first is in use, gives a clone of the first.
    ///
    /// # Errors
    /// See [`LoadError`].
    ///
    /// # Safety
    /// The initialisers of the library run, and its functions are what their names say: the file must be the engine
    /// library, or one made to take its place.
    pub unsafe fn load(options: &LoadOptions) -> Result<Api, LoadError> {
        let calls = match options.calls {
            Some(calls) => calls,
            None => Calls::from_environment()?,
        };
        let candidates = candidates(options.library.as_deref())?;
        let any_version = any_version_allowed()?;
        // SAFETY: The caller vouches for the library.
        let opened = unsafe { open_first(candidates, any_version, options.except) }?;
        // SAFETY: The same.
        unsafe { shared(opened, calls) }
    }

    /// The file that was loaded, or the name by which the system found it.
    pub fn path(&self) -> &Path {
        &self.0.candidate.path
    }

    /// Why this file was loaded.
    pub fn origin(&self) -> Origin {
        self.0.candidate.origin
    }

    /// The version of the engine; `None` where the library does not tell it, which is only let pass on demand.
    pub fn version(&self) -> Option<EngineVersion> {
        self.0.version
    }

    /// What becomes of a call of `function`: by the loaded library's symbols, and by what is known of its version.
    pub fn capability(&self, function: Function) -> Capability {
        if self.address(function).is_none() {
            return Capability::Absent;
        }
        self.implementation().capability(self.version(), function)
    }

    /// Whether `function` can be called and does what the headers say.
    pub fn has(&self, function: Function) -> bool {
        self.capability(function) == Capability::Implemented
    }

    /// Who made the engine.
    pub fn implementation(&self) -> Implementation {
        self.0.implementation
    }

    /// How the function table was filled.
    pub fn calls(&self) -> Calls {
        self.0.calls
    }

    /// How many calls of all functions went through the engine of `ffi` so far: 0 for [`Calls::Direct`].
    pub fn calls_through_engine(&self) -> u64 {
        Function::ALL.iter().map(|function| self.0.between.count(*function)).sum()
    }

    /// How many calls of `function` went through the engine of `ffi` so far: 0 for [`Calls::Direct`].
    pub fn calls_of(&self, function: Function) -> u64 {
        self.0.between.count(function)
    }

    /// How many calls of the program's callbacks went through the engine of `ffi` so far: 0 for [`Calls::Direct`].
    pub fn callbacks_through_engine(&self) -> u64 {
        self.0.between.count_of_callbacks()
    }

    /// The address in the entry of `function`.
    ///
    /// # Errors
    /// [`MissingFunction`] where the library lacks it.
    pub fn require(&self, function: Function) -> Result<CodePtr, MissingFunction> {
        let address = self.address(function).and_then(|address| CodePtr::new(address.as_ptr()));
        address.ok_or_else(|| MissingFunction { function, library: self.path().to_path_buf() })
    }
}

impl Deref for Api {
    type Target = Functions;

    #[inline]
    fn deref(&self) -> &Functions {
        &self.0.functions
    }
}

/// What makes two loads the same.
type Key = (PathBuf, Calls);

/// The loads that are in use.
static LOADED: Mutex<Vec<(Key, Weak<Loaded>)>> = Mutex::new(Vec::new());

/// The load of the same file in the same way that is in use, or a new one.
///
/// # Safety
/// As for [`Api::load`].
unsafe fn shared(opened: Opened, calls: Calls) -> Result<Api, LoadError> {
    // Two names of one file are one file. A name that the system searched for stays as it is.
    let path = &opened.candidate.path;
    let key = (fs::canonicalize(path).unwrap_or_else(|_| path.clone()), calls);
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    loaded.retain(|(_, load)| load.strong_count() > 0);
    if let Some(found) =
        loaded.iter().find(|(other, _)| *other == key).and_then(|(_, load)| load.upgrade())
    {
        return Ok(Api(found));
    }
    // SAFETY: The addresses are those of the library's functions, and the library is kept beside the table.
    let (functions, between) = unsafe { Between::fill(calls, &opened.addresses) }?;
    let Opened { library, candidate, version, implementation, .. } = opened;
    let api = Api(Arc::new(Loaded {
        functions,
        between,
        calls,
        candidate,
        version,
        implementation,
        _library: library,
    }));
    loaded.push((key, Arc::downgrade(&api.0)));
    Ok(api)
}

const _: () = {
    const fn send_and_sync<T: Send + Sync>() {}
    send_and_sync::<Api>();
    send_and_sync::<LoadError>();
};
