//! From a candidate to an open library that is the engine.

use super::error::{LoadError, Words};
use super::search::{Candidate, Origin};
use super::version::ALLOW_VERSION_VARIABLE;
use crate::{Capability, EngineVersion, Function, Implementation, place};
use ffi::error::LibraryFault;
use ffi::{CodePtr, Library};
use std::fs::{self, File};
use std::io;

/// An open library that passed all checks.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) library: Library,
    pub(super) candidate: Candidate,
    /// The version it gives, if it has the function that does.
    pub(super) version: Option<EngineVersion>,
    /// Who made it.
    pub(super) implementation: Implementation,
    /// The addresses of its functions, in the order of [`Function::ALL`].
    pub(super) addresses: Vec<Option<CodePtr>>,
}

/// Opens the first of the candidates that is there.
///
/// A file that is there and is bad is an error; it is not passed over for the next candidate.
///
/// # Safety
/// As for [`Api::load`](super::Api::load).
pub(super) unsafe fn open_first(
    candidates: Vec<Candidate>,
    any_version: bool,
    except: Option<CodePtr>,
) -> Result<Opened, LoadError> {
    let mut tried = Vec::new();
    for candidate in candidates {
        let named = matches!(candidate.origin, Origin::Program | Origin::Variable);
        if candidate.origin != Origin::System {
            match check_file(&candidate) {
                Ok(()) => {}
                Err(LoadError::Missing { .. }) if !named => {
                    tried.push((candidate, "not there".to_owned()));
                    continue;
                }
                Err(error) => return Err(error),
            }
        }
        // SAFETY: The caller allows the libraries of the search to run their initialisers.
        match unsafe { Library::open(&candidate.path) } {
            Ok(library) if except.is_some() && create_instance(&library) == except => {
                if named {
                    return Err(LoadError::Itself { library: candidate });
                }
                tried.push((candidate, "is the library that searches".to_owned()));
            }
            // SAFETY: The caller vouches for the functions of a library that has all the names.
            Ok(library) => return unsafe { inspect(library, candidate, any_version) },
            // The system's loader does not tell "not there" from "not good": its words are kept.
            Err(error) if candidate.origin == Origin::System => {
                tried.push((candidate, Words(&error).to_string()))
            }
            Err(source) => {
                return Err(LoadError::NotALibrary { library: candidate, source });
            }
        }
    }
    Err(LoadError::NotFound { tried })
}

/// Sees that the file could be the library, as far as can be told without mapping it: the system's loader would say less, or
/// end the process.
fn check_file(candidate: &Candidate) -> Result<(), LoadError> {
    let library = candidate.clone();
    let metadata = match fs::metadata(&candidate.path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(LoadError::Missing { library });
        }
        Err(source) => return Err(LoadError::Unreadable { library, source }),
    };
    if metadata.is_dir() {
        return Err(LoadError::Directory { library });
    }
    if !metadata.is_file() {
        return Err(LoadError::SpecialFile { library });
    }
    if metadata.len() == 0 {
        return Err(LoadError::Empty { library });
    }
    let file = match File::open(&candidate.path) {
        Ok(file) => file,
        Err(source) => return Err(LoadError::Unreadable { library, source }),
    };
    // Whoever names a file vouches for it; what the set-up put there nobody else may have changed.
    if candidate.origin == Origin::SetupDir
        && let Some((place, why)) = place::open_to_others(&candidate.path)
    {
        return Err(LoadError::OpenToOthers { library, place, why });
    }
    match Library::check(&candidate.path) {
        // Of a format that is not known, the system's loader knows more.
        Ok(()) | Err(ffi::Error::LibraryUnfit { fault: LibraryFault::Unknown, .. }) => {}
        Err(ffi::Error::LibraryUnfit { fault, .. }) => {
            return Err(LoadError::Unfit { library, fault });
        }
        Err(ffi::Error::LibraryUnreadable { source, .. }) => {
            return Err(LoadError::Unreadable { library, source });
        }
        Err(source) => return Err(LoadError::NotALibrary { library, source }),
    }
    match place::refuses_execution(&file) {
        Some(source) => Err(LoadError::NotExecutable { library, source }),
        None => Ok(()),
    }
}

fn create_instance(library: &Library) -> Option<CodePtr> {
    library.address(Function::wgpuCreateInstance.name()).ok()
}

/// Finds the functions and checks the version.
///
/// # Safety
/// A symbol `wgpuGetVersion` must be the engine's function of that name.
unsafe fn inspect(
    library: Library,
    candidate: Candidate,
    any_version: bool,
) -> Result<Opened, LoadError> {
    if is_dawn(&library) {
        return take_dawn(library, candidate);
    }
    let addresses = addresses(|function| library.address(function.name()).ok());
    // SAFETY: The caller vouches for the function.
    let version =
        addresses[Function::wgpuGetVersion as usize].map(|address| unsafe { version(address) });
    if let Some(found) = version
        && found.generation() != EngineVersion::BOUND.generation()
    {
        if !any_version {
            return Err(LoadError::OtherVersion { library: candidate, found });
        }
        eprintln!(
            "WARNING: {candidate} is version {found} of the engine and this program was made for {}: \
             {ALLOW_VERSION_VARIABLE} lets it pass, and calls may read and write the wrong memory.",
            EngineVersion::BOUND
        );
    }
    // Any version has the function that everything begins with; that much even the override asks for.
    let usable = any_version && addresses[Function::wgpuCreateInstance as usize].is_some();
    let missing = missing(&addresses);
    match missing.first() {
        Some(first) if !usable => Err(LoadError::MissingSymbols {
            library: candidate,
            first: *first,
            count: missing.len(),
        }),
        _ => {
            let implementation = match version {
                Some(_) => Implementation::WgpuNative,
                None => Implementation::Unknown,
            };
            Ok(Opened { library, candidate, version, implementation, addresses })
        }
    }
}

fn addresses(find: impl Fn(Function) -> Option<CodePtr>) -> Vec<Option<CodePtr>> {
    Function::ALL.iter().map(|function| find(*function)).collect()
}

/// The functions without an address.
fn missing(addresses: &[Option<CodePtr>]) -> Vec<Function> {
    let functions = Function::ALL.iter().zip(addresses);
    functions.filter(|(_, address)| address.is_none()).map(|(function, _)| *function).collect()
}

/// Whether the library is Dawn, by a function that no other engine has.
fn is_dawn(library: &Library) -> bool {
    library.address("wgpuDeviceTick").is_ok()
}

/// Takes Dawn, which has no version to ask for: the header generation is that of its functions.
fn take_dawn(library: Library, candidate: Candidate) -> Result<Opened, LoadError> {
    let addresses = addresses(|function| {
        // Where Dawn has such a name too it stands for a function of its own, with other parameters.
        if function.header() == "wgpu.h" {
            return None;
        }
        let name = function.name_in_dawn().unwrap_or(function.name());
        library.address(name).ok()
    });
    let implementation = Implementation::Dawn;
    let is_absent = |function| implementation.capability(None, function) == Capability::Absent;
    let expected = Function::ALL.iter().copied().filter(|function| is_absent(*function));
    // In the generations before and after, other functions are absent.
    let generation = library.address("wgpuGetInstanceCapabilities").is_ok();
    if !generation || !expected.eq(missing(&addresses)) {
        return Err(LoadError::OtherDawn { library: candidate });
    }
    Ok(Opened { library, candidate, version: None, implementation, addresses })
}

/// # Safety
/// `address` must be that of `wgpuGetVersion`.
unsafe fn version(address: CodePtr) -> EngineVersion {
    // SAFETY: The function has this signature in every version; a function pointer is an address.
    let function: unsafe extern "C" fn() -> u32 = unsafe { std::mem::transmute(address.as_ptr()) };
    // SAFETY: It takes nothing and reads a constant.
    EngineVersion(unsafe { function() })
}
