//! What the tests need of the system besides Rust: compilers, headers and libraries.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::packages::{self, Need};
use crate::process;

/// Compilers judge what `ffi` does and what the bindings say; make builds the libffi that the benches measure.
const PROGRAMS: [Need; 4] =
    [("cc", "gcc"), ("c++", "g++"), ("clang-19", "clang-19"), ("make", "make")];

/// Headers of others that `ffi` has to understand.
const HEADERS: [Need; 2] = [("sqlite3.h", "libsqlite3-dev"), ("zlib.h", "zlib1g-dev")];

/// Libraries that the examples call, besides those of these headers.
const LIBRARIES: [Need; 4] = [
    ("libcurl.so.4", "libcurl4"),
    ("libuv.so.1", "libuv1"),
    ("libSDL2-2.0.so.0", "libsdl2-2.0-0"),
    // The package of the library alone has another name in every release.
    ("libgit2.so", "libgit2-dev"),
];

/// Installs what is missing on a Debian-like system, if this user may; elsewhere fails and says what it is.
pub(crate) fn ensure() -> Result {
    let missing = missing(&process::search_path(), Path::new("/"));
    if missing.is_empty() {
        return Ok(());
    }
    if cfg!(target_os = "macos") {
        return Err(Failure::new(what(&missing), "run `xcode-select --install`"));
    }
    let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    packages::install_on_debian(&packages, &what(&missing))
}

/// What is not there; `root` is "/" but for tests. On Windows, where all of it goes by other names, the tests tell.
fn missing(search_path: &OsStr, root: &Path) -> Vec<Need> {
    if cfg!(windows) {
        return Vec::new();
    }
    let has_program = |name| process::find_program(name, search_path).is_some();
    let mut missing: Vec<Need> =
        PROGRAMS.into_iter().filter(|(name, _)| !has_program(name)).collect();
    if cfg!(target_os = "linux") {
        missing.extend(HEADERS.into_iter().filter(|(name, _)| !has_header(name, search_path)));
        let folders = packages::library_folders(root);
        let has_library = |name: &str| folders.iter().any(|folder| folder.join(name).exists());
        missing.extend(LIBRARIES.into_iter().filter(|(name, _)| !has_library(name)));
    }
    missing
}

/// Whether the C compiler finds a header.
fn has_header(name: &str, search_path: &OsStr) -> bool {
    let Some(compiler) = process::find_program("cc", search_path) else { return false };
    let mut command = Command::new(compiler);
    command.args(["-fsyntax-only", "-include", name, "-x", "c", "/dev/null"]);
    process::capture(&mut command, || ()).is_ok_and(|compiled| compiled.status.success())
}

fn what(missing: &[Need]) -> String {
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    format!("the tests need {}, which are not there", names.join(", "))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn everything_is_missed_where_there_is_nothing() {
        let missing = missing(OsStr::new(""), Path::new("/no-such-folder"));
        assert_eq!(missing.len(), PROGRAMS.len() + HEADERS.len() + LIBRARIES.len());
        let text = what(&missing);
        assert!(
            text.contains("cc, c++, clang-19, make, sqlite3.h, zlib.h, libcurl.so.4"),
            "{text}"
        );
    }

    #[test]
    fn the_compiler_tells_whether_a_header_is_there() {
        let search_path = process::search_path();
        assert!(has_header("stddef.h", &search_path));
        assert!(!has_header("no-such-header.h", &search_path));
    }
}
