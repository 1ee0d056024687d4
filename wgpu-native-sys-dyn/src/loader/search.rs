//! Where the engine library is looked for.

use crate::LoadError;
use crate::release::LIBRARY_FILE;
use crate::setup_dir::setup_dir;
use std::env;
use std::fmt;
use std::path::{self, Path, PathBuf};

/// Environment variable with the path of the engine library to use instead of searching for one.
pub const LIBRARY_VARIABLE: &str = "WGPU_NATIVE_LIB";

/// The file names of the engine library on this system: as built from source, then as published.
pub const LIBRARY_NAMES: [&str; 2] = [
    if cfg!(windows) {
        "wgpu_native.dll"
    } else if cfg!(target_vendor = "apple") {
        "libwgpu_native.dylib"
    } else {
        "libwgpu_native.so"
    },
    LIBRARY_FILE,
];

/// Why a file is taken for the engine library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The program named it.
    Program,
    /// The environment variable [`LIBRARY_VARIABLE`] named it.
    Variable,
    /// It lies beside the executable.
    Executable,
    /// It lies in the folder that `cargo xtask setup` fills.
    SetupDir,
    /// The system's own search for libraries is to find it by its name.
    System,
}

/// A file that may be the engine library.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// Its absolute path, or its name alone for [`Origin::System`].
    pub path: PathBuf,
    /// Why it is one.
    pub origin: Origin,
}

impl fmt::Display for Candidate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.origin {
            Origin::Program => write!(formatter, "{path} (named by the program)"),
            Origin::Variable => write!(formatter, "{path} (named by {LIBRARY_VARIABLE})"),
            Origin::Executable => write!(formatter, "{path} (beside the executable)"),
            Origin::SetupDir => write!(formatter, "{path} (from `cargo xtask setup`)"),
            Origin::System => write!(formatter, "{path} (by the system's search for libraries)"),
        }
    }
}

/// All candidates in the order in which they are to be tried. One that was named is the only one.
pub(super) fn candidates(named: Option<&Path>) -> Result<Vec<Candidate>, LoadError> {
    if let Some(path) = named {
        return Ok(vec![given(path, Origin::Program)?]);
    }
    if let Some(path) = env::var_os(LIBRARY_VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(vec![given(Path::new(&path), Origin::Variable)?]);
    }
    let mut candidates = Vec::new();
    let executable = env::current_exe().ok();
    let folders = [
        (executable.as_deref().and_then(Path::parent).map(Path::to_path_buf), Origin::Executable),
        (setup_dir(), Origin::SetupDir),
    ];
    for (folder, origin) in folders {
        for name in LIBRARY_NAMES {
            candidates
                .extend(folder.iter().map(|folder| Candidate { path: folder.join(name), origin }));
        }
    }
    candidates
        .extend(LIBRARY_NAMES.map(|name| Candidate { path: name.into(), origin: Origin::System }));
    Ok(candidates)
}

/// A candidate that somebody named. It is a path even where it has no separator, which the system's loader would take
/// for a name to search for: so it is made absolute.
fn given(path: &Path, origin: Origin) -> Result<Candidate, LoadError> {
    if path.as_os_str().is_empty() {
        let library = Candidate { path: path.to_path_buf(), origin };
        return Err(LoadError::NoPath { library });
    }
    match path::absolute(path) {
        Ok(path) => Ok(Candidate { path, origin }),
        Err(source) => {
            let library = Candidate { path: path.to_path_buf(), origin };
            Err(LoadError::Unreadable { library, source })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_file_is_the_only_one() -> Result<(), LoadError> {
        let found = candidates(Some(Path::new("engine.so")))?;
        let path = path::absolute("engine.so").expect("the current folder exists");
        assert_eq!(found, [Candidate { path, origin: Origin::Program }]);
        Ok(())
    }

    #[test]
    fn folders_before_the_system() {
        // The rule for the variable is tested where the environment of a process can be chosen.
        let order = [Origin::Executable, Origin::SetupDir, Origin::System];
        let found: Vec<Origin> = candidates(None).map_or_else(
            |_| Vec::new(),
            |found| found.iter().map(|candidate| candidate.origin).collect(),
        );
        if env::var_os(LIBRARY_VARIABLE).is_some_and(|path| !path.is_empty()) {
            assert_eq!(found, [Origin::Variable]);
        } else {
            let mut distinct = found;
            distinct.dedup();
            assert_eq!(distinct, order);
        }
    }
}
