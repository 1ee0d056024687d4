//! What the tests need of the system besides Rust: compilers, headers and libraries.

use std::path::Path;

use crate::failure::{Failure, Result};
use crate::packages::{self, Need};
use crate::process;

/// Compilers judge what `ffi` does and what the bindings say; make builds the libffi that the benches measure.
const PROGRAMS: [Need; 4] =
    [("cc", "gcc"), ("c++", "g++"), ("clang-19", "clang-19"), ("make", "make")];

/// Headers of others that `ffi` has to understand, and libraries that the examples call, besides those of these headers.
const OF_LINUX: [Need; 6] = [
    ("sqlite3.h", "libsqlite3-dev"),
    ("zlib.h", "zlib1g-dev"),
    ("libcurl.so.4", "libcurl4"),
    ("libuv.so.1", "libuv1"),
    ("libSDL2-2.0.so.0", "libsdl2-2.0-0"),
    // The package of the library alone has another name in every release.
    ("libgit2.so", "libgit2-dev"),
];

/// Installs what is missing on a Debian-like system, if this user may; elsewhere fails and says what it is. On Windows, where
/// all of it goes by other names, the tests tell.
pub(crate) fn ensure() -> Result {
    let mut needs = Vec::from(if cfg!(windows) { &[][..] } else { &PROGRAMS });
    if cfg!(target_os = "linux") {
        needs.extend(OF_LINUX);
    }
    let missing = packages::lacking(&needs, &process::search_path(), Path::new("/"));
    let (names, packages): (Vec<&str>, Vec<&str>) = missing.into_iter().unzip();
    let what = format!("the tests need {}, which are not there", names.join(", "));
    match names.is_empty() {
        true => Ok(()),
        false if cfg!(target_os = "macos") => {
            Err(Failure::new(what, "run `xcode-select --install`"))
        }
        false => packages::install_on_debian(&packages, &what),
    }
}
