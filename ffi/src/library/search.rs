//! Finding a library by a name that a user would say.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Library;
use crate::Error;
use crate::error::words;

impl Library {
    /// Opens a library by its path or name: a path as it is, a file name as the system's loader finds it, a bare name
    /// such as `sqlite3` with the platform's decoration (`libsqlite3.so`, `libsqlite3.dylib`, `sqlite3.dll`), and on
    /// systems with versioned names the highest version that is installed (`libsqlite3.so.0`).
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use ffi::Library;
    /// // SAFETY: this program is running it already.
    /// let libc = unsafe { Library::find("c") }?;
    /// assert_eq!(libc.path(), "libc.so.6");
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LibraryNotFound`] with everything that was tried, and the loader's own words for each.
    ///
    /// # Safety
    /// As [`Library::open`], for whichever library is found.
    pub unsafe fn find(name: &str) -> Result<Library, Error> {
        let mut tried = Vec::new();
        for candidate in candidates(name) {
            // SAFETY: the caller's contract.
            match unsafe { Library::open(&candidate) } {
                Ok(library) => return Ok(library),
                Err(error) => {
                    let why = std::error::Error::source(&error).map(words);
                    let candidate = candidate.to_string_lossy().into_owned();
                    tried.push((candidate, why.unwrap_or_else(|| error.to_string())));
                }
            }
        }
        Err(Error::LibraryNotFound { name: name.to_owned(), tried })
    }
}

/// What a name may stand for, the likeliest first.
fn candidates(name: &str) -> Vec<OsString> {
    let is_path = name.contains('/') || (cfg!(windows) && name.contains('\\'));
    if is_path {
        return vec![name.into()];
    }
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let is_file = name.ends_with(suffix) || name.contains(&format!("{suffix}."));
    if is_file {
        return vec![name.into()];
    }
    let mut candidates = Vec::new();
    let stems = if prefix.is_empty() || name.starts_with(prefix) {
        vec![name.to_owned()]
    } else {
        vec![format!("{prefix}{name}"), name.to_owned()]
    };
    // The name without a version is the developers' link, or, as libc's, a script: the versioned ones come first.
    if cfg!(any(target_os = "linux", target_os = "freebsd")) {
        for stem in &stems {
            candidates.extend(versioned(&format!("{stem}{suffix}."), &folders()));
        }
    }
    candidates.extend(stems.iter().map(|stem| format!("{stem}{suffix}").into()));
    candidates.push(name.into());
    candidates
}

/// The file names that begin so and go on with a version, the highest first.
fn versioned(beginning: &str, folders: &[PathBuf]) -> Vec<OsString> {
    let mut found: Vec<(Vec<u64>, String)> = Vec::new();
    for entry in
        folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten()
    {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let version = name.strip_prefix(beginning).map(|version| {
            version.split('.').map(str::parse::<u64>).collect::<Result<Vec<_>, _>>()
        });
        if let Some(Ok(version)) = version {
            found.push((version, name));
        }
    }
    // `libz.so.1` is the name that programs ask for; `libz.so.1.2.13` is the file behind it.
    found.sort_by(|(a, _), (b, _)| b[0].cmp(&a[0]).then(a.len().cmp(&b.len())).then(b.cmp(a)));
    found.dedup();
    found.into_iter().map(|(_, name)| name.into()).collect()
}

/// Where the loader of Linux or FreeBSD looks, as far as that is known without asking it.
fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = match std::env::var_os("LD_LIBRARY_PATH") {
        Some(path) => std::env::split_paths(&path).collect(),
        None => Vec::new(),
    };
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    for base in ["/usr/local/lib", "/lib", "/usr/lib"] {
        folders.push(Path::new(base).join(&triple));
        folders.push(base.into());
    }
    folders.extend(["/lib64", "/usr/lib64", "/usr/local/lib64"].map(PathBuf::from));
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "reads the system's folders")]
    fn a_bare_name_is_decorated() {
        let last = candidates("no-such-thing");
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        assert_eq!(last[0], OsString::from(format!("{prefix}no-such-thing{suffix}")));
        assert_eq!(last.last().unwrap(), "no-such-thing");
        assert_eq!(candidates("./x"), ["./x"]);
        let file = format!("x{suffix}");
        assert_eq!(candidates(&file), [OsString::from(&file)]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "reads the system's folders")]
    fn the_highest_version_comes_first() {
        let folder = std::env::temp_dir().join(format!("ffi-search-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in [
            "libx.so",
            "libx.so.2",
            "libx.so.10",
            "libx.so.10.4",
            "libx.so.9.1",
            "libx.so.a",
            "libxy.so.3",
        ] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        let found = versioned("libx.so.", std::slice::from_ref(&folder));
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, ["libx.so.10", "libx.so.10.4", "libx.so.9.1", "libx.so.2"]);
    }
}
