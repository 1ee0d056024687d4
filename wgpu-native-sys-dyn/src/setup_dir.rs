//! Which engine this crate binds, and the folder that `cargo xtask setup` puts it in.
//!
//! The loader reads the folder and the automation fills it. Both include this one file, so that they cannot disagree;
//! that is why it uses `std` alone.

#![allow(dead_code, unreachable_pub, reason = "each of the two includers uses its own part")]

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// Version of the engine library and of the two headers that the generated part of this crate was made from.
pub const ENGINE_VERSION: &str = "29.0.1.1";

/// [`ENGINE_VERSION`] as `wgpuGetVersion` gives it: one byte for each of the four numbers, the first on top.
pub const ENGINE_VERSION_CODE: u32 = 0x1d00_0101;

/// Environment variable that names the folder to use instead of the per-user cache.
pub const SETUP_DIR_VARIABLE: &str = "WEBGPU_SETUP_DIR";

/// The two headers, which lie beside the library in the set-up folder.
pub const HEADER_FILES: [&str; 2] = ["webgpu.h", "wgpu.h"];

/// File name of the engine library in the set-up folder: the name it has where it is published.
pub const LIBRARY_FILE: &str = if cfg!(windows) {
    "wgpu_native-release.dll"
} else if cfg!(target_vendor = "apple") {
    "libwgpu_native-release.dylib"
} else {
    "libwgpu_native-release.so"
};

/// The folder that holds the engine library and its headers for this platform and for [`ENGINE_VERSION`]. Nothing is
/// said about whether it exists.
///
/// It is `wgpu-native/<version>/<os>-<arch>` inside of `$WEBGPU_SETUP_DIR` or, where that is not set, of the user's
/// cache folder: `$XDG_CACHE_HOME` or `~/.cache`, on macOS `~/Library/Caches`, on Windows `%LOCALAPPDATA%`.
///
/// `None` where none of the variables that lead to a cache folder is set to an absolute path; then `WEBGPU_SETUP_DIR` has
/// to be set.
pub fn setup_dir() -> Option<PathBuf> {
    let base = base_dir(env::consts::OS, |variable| env::var_os(variable))?;
    let platform = format!("{}-{}", env::consts::OS, env::consts::ARCH);
    Some(base.join("wgpu-native").join(ENGINE_VERSION).join(platform))
}

/// The folder under which every version and platform has its own: the rule of [`setup_dir`] for a given operating
/// system and environment.
fn base_dir(os: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = path(SETUP_DIR_VARIABLE) {
        return Some(chosen);
    }
    // A relative one would lead to another folder from each folder that a program is started in. The XDG specification has
    // those ignored as well.
    let path = |name: &str| path(name).filter(|path| path.is_absolute());
    match os {
        "windows" => path("LOCALAPPDATA"),
        "macos" | "ios" => Some(path("HOME")?.join("Library").join("Caches")),
        _ => match path("XDG_CACHE_HOME") {
            Some(cache) => Some(cache),
            None => Some(path("HOME")?.join(".cache")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`base_dir`] answers on `os` in an environment of just these variables.
    fn base(os: &str, variables: &[(&str, &str)]) -> Option<PathBuf> {
        base_dir(os, |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_chosen_folder_wins_everywhere() {
        for os in ["linux", "macos", "windows"] {
            let variables =
                [(SETUP_DIR_VARIABLE, "/chosen"), ("HOME", "/home/a"), ("LOCALAPPDATA", "/local")];
            assert_eq!(base(os, &variables), Some(PathBuf::from("/chosen")), "{os}");
        }
    }

    #[test]
    fn each_system_has_its_cache() {
        let home = ("HOME", "/home/a");
        assert_eq!(base("linux", &[home]), Some(PathBuf::from("/home/a/.cache")));
        assert_eq!(base("macos", &[home]), Some(PathBuf::from("/home/a/Library/Caches")));
        assert_eq!(
            base("windows", &[home, ("LOCALAPPDATA", "/local")]),
            Some(PathBuf::from("/local"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn caches_count_only_when_absolute() {
        let home = ("HOME", "/home/a");
        assert_eq!(
            base("linux", &[home, ("XDG_CACHE_HOME", "/cache")]),
            Some(PathBuf::from("/cache"))
        );
        assert_eq!(
            base("linux", &[home, ("XDG_CACHE_HOME", "cache")]),
            Some(PathBuf::from("/home/a/.cache"))
        );
        assert_eq!(base("linux", &[("HOME", "a")]), None);
        assert_eq!(base("macos", &[("HOME", ".")]), None);
    }

    #[test]
    fn empty_variables_are_not_set() {
        let empty =
            [(SETUP_DIR_VARIABLE, ""), ("XDG_CACHE_HOME", ""), ("HOME", ""), ("LOCALAPPDATA", "")];
        for os in ["linux", "macos", "windows"] {
            assert_eq!(base(os, &empty), None, "{os}");
        }
    }

    #[test]
    fn code_and_name_of_the_version_agree() {
        let numbers = ENGINE_VERSION_CODE.to_be_bytes().map(|number| number.to_string());
        assert_eq!(numbers.join("."), ENGINE_VERSION);
    }
}
