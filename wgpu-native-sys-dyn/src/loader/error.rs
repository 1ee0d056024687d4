//! Why no engine could be loaded.

use super::search::{Candidate, LIBRARY_NAMES, LIBRARY_VARIABLE, Origin};
use super::version::ALLOW_VERSION_VARIABLE;
use crate::{EngineVersion, Function, SETUP_DIR_VARIABLE, TRACE_VARIABLE};
use ffi::error::LibraryFault;
use std::error::Error;
use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::{env, io};

/// Why the engine library could not be loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The search ended without a library.
    NotFound {
        /// What was tried, in this order, and what became of it.
        tried: Vec<(Candidate, String)>,
    },
    /// The path that was given is empty.
    NoPath {
        /// The library asked for.
        library: Candidate,
    },
    /// There is nothing at the path that was given.
    Missing {
        /// The library asked for.
        library: Candidate,
    },
    /// The path is that of a folder.
    Directory {
        /// The library asked for.
        library: Candidate,
    },
    /// The path is that of a device, a pipe or a socket.
    SpecialFile {
        /// The library asked for.
        library: Candidate,
    },
    /// The file has no contents.
    Empty {
        /// The library asked for.
        library: Candidate,
    },
    /// The system does not let this program read the file.
    Unreadable {
        /// The library asked for.
        library: Candidate,
        /// The system's answer.
        source: io::Error,
    },
    /// The file cannot be a library of this platform, or is not whole.
    Unfit {
        /// The file.
        library: Candidate,
        /// What is wrong with it.
        fault: LibraryFault,
    },
    /// The file lies on a file system from which no code may run.
    NotExecutable {
        /// The file.
        library: Candidate,
        /// The system's answer.
        source: io::Error,
    },
    /// Others can write to the set-up folder or a file in it: the library there may be anybody's.
    OpenToOthers {
        /// The library.
        library: Candidate,
        /// The file or folder that others can write to.
        place: PathBuf,
        /// Why they can.
        why: String,
    },
    /// The system's loader does not take the file for a library of this platform.
    NotALibrary {
        /// The file.
        library: Candidate,
        /// What the loader says.
        source: ffi::Error,
    },
    /// Dawn, of a generation that has other types and functions.
    OtherDawn {
        /// The library.
        library: Candidate,
    },
    /// A library that forwards to the engine was given itself as the engine.
    Itself {
        /// The library.
        library: Candidate,
    },
    /// A library, and without functions that the headers declare.
    MissingSymbols {
        /// The library.
        library: Candidate,
        /// The first function that it lacks.
        first: Function,
        /// How many it lacks.
        count: usize,
    },
    /// The engine, of a generation that has other types and functions.
    OtherVersion {
        /// The library.
        library: Candidate,
        /// Its version.
        found: EngineVersion,
    },
    /// An environment variable has a value that means nothing.
    BadVariable {
        /// The variable.
        variable: &'static str,
        /// Its value.
        value: OsString,
        /// The values that mean something.
        allowed: &'static [&'static str],
    },
    /// The file of the trace cannot be written.
    TraceFile {
        /// What the environment variable names.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The function table could not be filled with calls through [`ffi`].
    Interpose {
        /// The function at which it stopped.
        function: Function,
        /// What stopped it.
        source: ffi::Error,
    },
}

impl Display for LoadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotFound { tried } => {
                f.write_str("no engine library was found. Tried, in this order:")?;
                for (candidate, outcome) in tried {
                    write!(f, "\n  {candidate}: {outcome}")?;
                }
                if in_workspace() {
                    return write!(
                        f,
                        "\nRun `cargo xtask setup` to fetch it, or set {LIBRARY_VARIABLE} to the path of the library. \
                         (The folder of the set-up can be changed with {SETUP_DIR_VARIABLE}.)"
                    );
                }
                write!(
                    f,
                    "\nGet {Needed}, and put it beside the program, or set {LIBRARY_VARIABLE} to its path."
                )
            }
            LoadError::NoPath { library } => {
                // Of an empty path, the candidate shows only where it is from.
                write!(f, "the path of the engine library{library} is empty: {}", Remedy(library))
            }
            LoadError::Missing { library } => {
                write!(f, "the engine library {library} does not exist: {}", Remedy(library))
            }
            LoadError::Directory { library } => {
                write!(f, "{library} is a folder, not the engine library: {}", Remedy(library))
            }
            LoadError::SpecialFile { library } => {
                write!(
                    f,
                    "{library} is no regular file, so not the engine library: {}",
                    Remedy(library)
                )
            }
            LoadError::Empty { library } => {
                write!(f, "the engine library {library} is an empty file: {}", Remedy(library))
            }
            LoadError::Unreadable { library, source } => {
                write!(
                    f,
                    "the engine library {library} cannot be read: {source}. Make it readable, or {}",
                    Remedy(library)
                )
            }
            LoadError::Unfit { library, fault } => {
                write!(f, "{library} cannot be the engine library: {fault}; {}", Remedy(library))
            }
            LoadError::NotExecutable { library, source } => {
                write!(
                    f,
                    "the engine library {library} lies on a file system from which no code may run (mounted with noexec): \
                     {source}. "
                )?;
                match library.origin {
                    Origin::SetupDir if in_workspace() => write!(
                        f,
                        "Set {SETUP_DIR_VARIABLE} to a folder on another file system and run `cargo xtask setup`."
                    ),
                    Origin::Program => f.write_str("Move it to another file system."),
                    _ => write!(
                        f,
                        "Move it to another file system and set {LIBRARY_VARIABLE} to its path there."
                    ),
                }
            }
            LoadError::OpenToOthers { library, place, why } => write!(
                f,
                "the engine library {library} is not loaded, since it may be anybody's: {} {why}. Take that right away \
                 from them (`chmod go-w`, `chown`) and fetch the library again, or set {SETUP_DIR_VARIABLE} to a folder \
                 of your own; to use the library as it is, set {LIBRARY_VARIABLE} to its path.",
                place.display()
            ),
            LoadError::NotALibrary { library, source } => {
                write!(
                    f,
                    "{library} is not a shared library for this platform: {}; {}",
                    Words(source),
                    Remedy(library)
                )
            }
            LoadError::OtherDawn { library } => write!(
                f,
                "{library} is Dawn, of another generation of webgpu.h than this program was made for: {}",
                Remedy(library)
            ),
            LoadError::Itself { library } => write!(
                f,
                "{library} is the very library that forwards to the engine, not the engine: {}",
                Remedy(library)
            ),
            LoadError::MissingSymbols { library, first, count } => write!(
                f,
                "{library} is a library, but not the engine: it lacks {count} of the {} functions, the first of them \
                 {first}; {}",
                Function::COUNT,
                Remedy(library)
            ),
            LoadError::OtherVersion { library, found } => write!(
                f,
                "{library} is version {found} of the engine, and this program was made for version {}; {} (To use it all \
                 the same, at the risk of wrong memory accesses, set {ALLOW_VERSION_VARIABLE}=1.)",
                EngineVersion::BOUND,
                Remedy(library)
            ),
            LoadError::BadVariable { variable, value, allowed } => {
                let allowed: Vec<String> =
                    allowed.iter().map(|value| format!("`{value}`")).collect();
                write!(
                    f,
                    "{variable} is {value:?}, which means nothing: set it to {}, or unset it",
                    allowed.join(" or ")
                )
            }
            LoadError::TraceFile { path, source } => write!(
                f,
                "the trace cannot be written to {}: {source}; set {TRACE_VARIABLE} to a file that can be written, or to 1 \
                 for stderr, or unset it",
                path.display()
            ),
            LoadError::Interpose { function, source } => {
                write!(
                    f,
                    "calls of {function} cannot go through the engine of `ffi`: {source}; unset WEBGPU_CALLS"
                )
            }
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            LoadError::Unreadable { source, .. }
            | LoadError::NotExecutable { source, .. }
            | LoadError::TraceFile { source, .. } => Some(source),
            LoadError::NotALibrary { source, .. } | LoadError::Interpose { source, .. } => {
                Some(source)
            }
            LoadError::NotFound { .. }
            | LoadError::NoPath { .. }
            | LoadError::Missing { .. }
            | LoadError::Directory { .. }
            | LoadError::SpecialFile { .. }
            | LoadError::Empty { .. }
            | LoadError::Unfit { .. }
            | LoadError::OpenToOthers { .. }
            | LoadError::Itself { .. }
            | LoadError::OtherDawn { .. }
            | LoadError::MissingSymbols { .. }
            | LoadError::OtherVersion { .. }
            | LoadError::BadVariable { .. } => None,
        }
    }
}

/// What to do about a bad library, by who chose it.
struct Remedy<'a>(&'a Candidate);

impl Display for Remedy<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.origin {
            Origin::Program => f.write_str("give the path of the engine library."),
            Origin::Variable => {
                write!(
                    f,
                    "set {LIBRARY_VARIABLE} to the path of the engine library, or unset it to have it searched for."
                )
            }
            Origin::Executable => {
                f.write_str("remove the file, or put the engine library in its place.")
            }
            Origin::SetupDir if in_workspace() => {
                f.write_str("run `cargo xtask setup` to fetch it again.")
            }
            Origin::SetupDir => write!(
                f,
                "remove the file, and get {Needed}: put it beside the program, or set {LIBRARY_VARIABLE} to its path."
            ),
            Origin::System => {
                write!(f, "set {LIBRARY_VARIABLE} to the path of the engine library.")
            }
        }
    }
}

/// The engine library, for somebody who has none.
struct Needed;

impl Display for Needed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of version {} of wgpu-native (https://github.com/gfx-rs/wgpu-native/releases)",
            LIBRARY_NAMES[0],
            EngineVersion::BOUND
        )
    }
}

/// Whether the program or its user is in this project's folder, where `cargo xtask` can be run.
fn in_workspace() -> bool {
    let places = [env::current_exe().ok(), env::current_dir().ok()];
    let folders = places.iter().flatten().flat_map(|place| place.ancestors());
    let mut folders = folders.filter(|folder| folder.join("scripts").join("Cargo.toml").is_file());
    folders.any(|folder| folder.join("wgpu-native-sys-dyn").is_dir())
}

/// The system loader's own words in the error of a library that could not be opened.
pub(super) struct Words<'a>(pub(super) &'a ffi::Error);

impl Display for Words<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // libloading's own text only names the call that failed; the loader's words are the source of it.
        let mut innermost: &dyn Error = self.0;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        write!(f, "{innermost}")
    }
}

/// The engine library lacks a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFunction {
    /// The function.
    pub function: Function,
    /// The library.
    pub library: PathBuf,
}

impl Display for MissingFunction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the engine library {} has no function {}: use version {}",
            self.library.display(),
            self.function,
            EngineVersion::BOUND
        )
    }
}

impl Error for MissingFunction {}
