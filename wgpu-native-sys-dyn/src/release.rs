//! The release of the engine that this crate binds: its version, the names of its files, and its published builds.
//!
//! The loader, the set-up, the generator and the tests read this table, and a test of `xtask` holds the documents to it.
//! Several packages include the file, so it uses nothing but `core`.

#![allow(dead_code, unreachable_pub, reason = "each includer uses its own part")]

/// Version of the engine library and of the two headers that the generated part of this crate was made from.
pub const ENGINE_VERSION: &str = "29.0.1.1";

/// [`ENGINE_VERSION`] as `wgpuGetVersion` gives it: one byte for each of the four numbers, the first on top.
pub const ENGINE_VERSION_CODE: u32 = code(ENGINE_VERSION);

/// File name of the engine library: the name it has where it is published.
pub const LIBRARY_FILE: &str = if cfg!(windows) {
    "wgpu_native-release.dll"
} else if cfg!(target_vendor = "apple") {
    "libwgpu_native-release.dylib"
} else {
    "libwgpu_native-release.so"
};

/// The two headers, which lie beside the library.
pub const HEADER_FILES: [&str; 2] = ["webgpu.h", "wgpu.h"];

/// SHA-256 of the two headers, which are the same in all wheels.
pub const HEADER_HASHES: [&str; 2] = [
    "a483031c3fed05ea5dd1c74082a71676c46c5b2b820ccca10da515c033efc997",
    "7bd23656d394f620a804b1f174444ea17082b6d330a2fca0c0e6b1121ec4b284",
];

/// The Python project whose wheels carry the engine library and its headers, and its version.
pub const WHEEL_PROJECT: &str = "wgpu==0.32.0";

/// The folder inside of a wheel that holds the library and its headers.
pub const WHEEL_FOLDER: &str = "wgpu/resources/";

/// The published wheel of one platform. Hashes are SHA-256, in hexadecimal.
#[derive(Debug, PartialEq, Eq)]
pub struct Wheel {
    /// The operating system, by Rust's name for it.
    pub os: &'static str,
    /// The architecture, by Rust's name for it.
    pub arch: &'static str,
    /// The platform tag in the wheel's name.
    pub tag: &'static str,
    /// The hash of the wheel.
    pub sha256: &'static str,
    /// The hash of the library in it.
    pub library: &'static str,
}

/// All of them. Those for Linux need glibc.
#[rustfmt::skip]
pub const WHEELS: [Wheel; 6] = [
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

/// The numbers of a version as the bytes of one number.
const fn code(version: &str) -> u32 {
    let (mut code, mut number, mut index) = (0, 0, 0);
    while index < version.len() {
        match version.as_bytes()[index] {
            b'.' => (code, number) = (code << 8 | number, 0),
            digit => number = 10 * number + (digit - b'0') as u32,
        }
        index += 1;
    }
    code << 8 | number
}
