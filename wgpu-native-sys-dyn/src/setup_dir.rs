//! The folder that `cargo xtask setup` puts the engine in.
//!
//! The loader reads the folder and the automation fills it. Both include this file and `release.rs` beside it, so that they
//! cannot disagree; that is why it uses `std` alone.

#![allow(dead_code, unreachable_pub, reason = "each of the two includers uses its own part")]

use super::release::ENGINE_VERSION;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// Environment variable that names the folder to use instead of the per-user cache.
pub const SETUP_DIR_VARIABLE: &str = "WEBGPU_SETUP_DIR";

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
}
