//! Calling conventions, as run-time values.

use std::fmt::{self, Display, Formatter};

/// A calling convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Abi {
    /// x86-64 of Linux, macOS, FreeBSD: the System V psABI.
    SysV64,
    /// x86-64 of Windows; `__attribute__((ms_abi))` elsewhere.
    Win64,
    /// arm64 of Linux and FreeBSD: the AAPCS64.
    Aapcs64,
    /// arm64 of macOS and iOS.
    AppleArm64,
    /// arm64 of Windows.
    WindowsArm64,
}

impl Abi {
    /// The convention of C functions on the platform this program was compiled for; on a processor without one here,
    /// [`Abi::SysV64`], under which nothing can be prepared there.
    pub const HOST: Abi = if cfg!(target_arch = "aarch64") {
        if cfg!(windows) {
            Abi::WindowsArm64
        } else if cfg!(target_vendor = "apple") {
            Abi::AppleArm64
        } else {
            Abi::Aapcs64
        }
    } else if cfg!(windows) {
        Abi::Win64
    } else {
        Abi::SysV64
    };
}

impl Display for Abi {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Abi::SysV64 => "SysV64",
            Abi::Win64 => "Win64",
            Abi::Aapcs64 => "Aapcs64",
            Abi::AppleArm64 => "AppleArm64",
            Abi::WindowsArm64 => "WindowsArm64",
        })
    }
}
