//! Which published build of the engine library belongs to which platform.

use std::env::consts::{ARCH, OS};

use super::release::{ENGINE_VERSION, HEADER_HASHES, WHEELS, Wheel};
use crate::failure::{Failure, Result};

/// The wheel for the platform this program was built for.
pub(crate) fn wheel() -> Result<&'static Wheel> {
    find(OS, ARCH, cfg!(target_env = "musl"))
}

/// SHA-256 of the files that are taken out of a wheel, in the order of [`files`](super::wheel::files).
pub(crate) fn hashes(wheel: &Wheel) -> [&'static str; 3] {
    [wheel.library, HEADER_HASHES[0], HEADER_HASHES[1]]
}

fn find(os: &str, arch: &str, is_musl: bool) -> Result<&'static Wheel> {
    let found = WHEELS.iter().find(|wheel| wheel.os == os && wheel.arch == arch && !is_musl);
    found.ok_or_else(|| {
        let libc = if is_musl { " with musl" } else { "" };
        let known = WHEELS.each_ref().map(|wheel| format!("{}-{}", wheel.os, wheel.arch)).join(", ");
        Failure::new(
            format!("no build of the engine library is published for {os}-{arch}{libc}; there are: {known}"),
            format!(
                "build wgpu-native {ENGINE_VERSION} for this platform and set WGPU_NATIVE_LIB to the library's path"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_has_its_own_wheel() {
        for wheel in &WHEELS {
            assert_eq!(find(wheel.os, wheel.arch, false).unwrap(), wheel);
            for hash in hashes(wheel).iter().chain([&wheel.sha256]) {
                assert_eq!(hash.len(), 64);
                assert!(hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')));
            }
            let twins = WHEELS.iter().filter(|other| {
                other.tag == wheel.tag
                    || other.sha256 == wheel.sha256
                    || other.library == wheel.library
            });
            assert_eq!(twins.count(), 1, "{}", wheel.tag);
        }
    }

    #[test]
    fn another_platform_is_told_the_known_ones_and_the_way_out() {
        for (os, is_musl, shown) in
            [("freebsd", false, "freebsd-x86_64;"), ("linux", true, "linux-x86_64 with musl;")]
        {
            let text = find(os, "x86_64", is_musl).unwrap_err().to_string();
            assert!(text.contains(shown) && text.contains("linux-aarch64"), "{text}");
            assert!(text.contains("WGPU_NATIVE_LIB"), "{text}");
        }
    }

    /// The documents say what the table of the release says.
    #[test]
    fn the_documents_name_this_release() {
        let workspace = crate::process::workspace();
        let documents = ["README.md", "docs/setup.md", "CHANGELOG.md"];
        for name in documents {
            let text = std::fs::read_to_string(workspace.join(name)).unwrap();
            // Of the changelog, what is not released yet.
            let text = text.split("\n## [").take(2).collect::<String>();
            let is_part =
                |character: char| character.is_ascii_alphanumeric() || "=.".contains(character);
            let words =
                text.split(|character| !is_part(character)).map(|word| word.trim_end_matches('.'));
            let is_version = |word: &&str| {
                let numbers: Vec<&str> = word.split('.').collect();
                numbers.len() == 4 && numbers.iter().all(|number| number.parse::<u8>().is_ok())
            };
            let versions: Vec<&str> = words.clone().filter(is_version).collect();
            assert!(!versions.is_empty(), "{name} does not name the engine's version");
            assert!(
                versions.iter().all(|version| *version == ENGINE_VERSION),
                "{name}: {versions:?}"
            );
            for wheel in words.filter(|word| word.starts_with("wgpu==")) {
                assert_eq!(wheel, super::super::release::WHEEL_PROJECT, "{name}");
            }
        }
    }
}
