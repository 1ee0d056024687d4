//! Which published build of the engine library belongs to which platform.

use std::env::consts::{ARCH, OS};

use crate::failure::{Failure, Result};

/// The Python project whose wheels carry the engine library, and its version.
pub(crate) const WHEEL_PROJECT: &str = "wgpu==0.32.0";

/// One published wheel.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wheel {
    os: &'static str,
    arch: &'static str,
    /// The platform tag in the wheel's name.
    pub(crate) tag: &'static str,
    /// SHA-256 of the wheel, in hexadecimal.
    pub(crate) sha256: &'static str,
    /// SHA-256 of the library in it.
    library: &'static str,
}

/// SHA-256 of the two headers, which are the same in all wheels.
const HEADERS: [&str; 2] = [
    "a483031c3fed05ea5dd1c74082a71676c46c5b2b820ccca10da515c033efc997",
    "7bd23656d394f620a804b1f174444ea17082b6d330a2fca0c0e6b1121ec4b284",
];

#[rustfmt::skip]
const WHEELS: [Wheel; 6] = [
    Wheel { os: "linux", arch: "x86_64", tag: "manylinux_2_28_x86_64",
            sha256: "6499a31b5a29a10b4f1089fea4a0806411f42605fa86b6c0b543a07ca0de8568",
            library: "be0d8270dd9d78e1039eeb413ee21be8a89776a752e56d6b0f57eefbbc2d749c" },
    Wheel { os: "linux", arch: "aarch64", tag: "manylinux_2_28_aarch64",
            sha256: "00454ba1bc794d38c8365f4ad29f381b88ce0a7f115133bfaa6f1dfad7eb2764",
            library: "51d8a711c9a687f824712c42a206800b69f14eff8667a88f2f86936cdef0ebd0" },
    Wheel { os: "macos", arch: "x86_64", tag: "macosx_10_9_x86_64",
            sha256: "cfd3967616a3c42e2b7a234407df38668c697f5aa505d56e0814d647b6746302",
            library: "d5175b3c0675e7f66b677a7c28537ff260a698c82fff96179247cd9c9dec6c8d" },
    Wheel { os: "macos", arch: "aarch64", tag: "macosx_11_0_arm64",
            sha256: "6c3f654ea01ab2de8a2903354ced02a3c6ef161d0fba1aa4fea60aa86d021908",
            library: "e72e8f1777dd0315bfee91c6b7e7b105234d5c1cc1621db4cf92ffee2ac2ae32" },
    Wheel { os: "windows", arch: "x86_64", tag: "win_amd64",
            sha256: "493c8a0425c7d3cc728a2489bce40d1a016d800306e59763ff1b21e176e66323",
            library: "5e26249c40dcdac43f5adca3195fcf40e4ec6c67472b38510165f411fcc198e7" },
    Wheel { os: "windows", arch: "aarch64", tag: "win_arm64",
            sha256: "cb0414107825bd94538220cf3f329c83697b99b8e39c6e16e4e6726e427de75c",
            library: "511b4494a0104c6cba25d7974b9bd31879169377dd68c732a885153952071330" },
];

impl Wheel {
    /// SHA-256 of the files that are taken out of it, in the order of [`files`](super::wheel::files).
    pub(crate) fn hashes(&self) -> [&'static str; 3] {
        [self.library, HEADERS[0], HEADERS[1]]
    }

    /// A wheel of a test's own.
    #[cfg(test)]
    pub(crate) fn of(sha256: &'static str, library: &'static str) -> Wheel {
        Wheel { os: OS, arch: ARCH, tag: "test", sha256, library }
    }

    /// The wheel for the platform this program was built for.
    pub(crate) fn for_host() -> Result<&'static Wheel> {
        let libc = if cfg!(target_env = "musl") { "musl" } else { "" };
        Wheel::find(OS, ARCH, libc)
    }

    /// The wheel for an operating system and an architecture, by Rust's names for them. The Linux ones need glibc, so
    /// a `libc` of "musl" has none.
    fn find(os: &str, arch: &str, libc: &str) -> Result<&'static Wheel> {
        let found = WHEELS.iter().find(|wheel| wheel.os == os && wheel.arch == arch);
        found.filter(|_| libc != "musl").ok_or_else(|| {
            let libc = if libc.is_empty() { String::new() } else { format!(" with {libc}") };
            let known: Vec<String> = WHEELS.iter().map(|wheel| format!("{}-{}", wheel.os, wheel.arch)).collect();
            Failure::new(
                format!(
                    "no build of the engine library is published for {os}-{arch}{libc}; there are: {}",
                    known.join(", ")
                ),
                format!(
                    "build wgpu-native {} for this platform and set WGPU_NATIVE_LIB to the library's path",
                    super::setup_dir::ENGINE_VERSION
                ),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_has_its_own_wheel() {
        for wheel in &WHEELS {
            assert_eq!(Wheel::find(wheel.os, wheel.arch, "").unwrap(), wheel);
            for hash in wheel.hashes().iter().chain([&wheel.sha256]) {
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
    fn an_unknown_platform_lists_the_known_ones_and_the_way_out() {
        let text = Wheel::find("freebsd", "x86_64", "").unwrap_err().to_string();
        assert!(text.contains("freebsd-x86_64") && text.contains("linux-aarch64"), "{text}");
        assert!(text.contains("WGPU_NATIVE_LIB"), "{text}");
    }

    #[test]
    fn musl_is_another_platform() {
        let text = Wheel::find("linux", "x86_64", "musl").unwrap_err().to_string();
        assert!(text.contains("linux-x86_64 with musl"), "{text}");
    }
}
