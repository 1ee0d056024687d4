//! Calling conventions: which register or stack slot every piece of every value goes to.
//!
//! A [`Plan`] is pure data. Computing one looks at nothing but the signature: every convention's plan can be made, shown
//! and tested on every host. [`CallInterface`](crate::CallInterface) and [`Callback`](crate::Callback) read the same
//! plan in opposite directions.
#![forbid(unsafe_code)]

mod arm64;
mod check;
mod display;
mod eightbyte;
mod homogeneous;
mod plan;
mod sysv64;
mod win64;

use std::fmt::{self, Display, Formatter};

pub use plan::{ArgumentMove, Copied, Extension, Piece, Place, Plan, ResultPlan};

use crate::{Error, Signature};

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

impl Plan {
    /// Where the arguments and the result of a call of this signature travel.
    ///
    /// # Errors
    /// [`Error::NoMeaning`] for a type that the convention cannot pass, [`Error::TooLarge`] where the arguments take more
    /// than [`MAX_STACK`](Plan::MAX_STACK) bytes of stack.
    pub fn new(abi: Abi, signature: &Signature) -> Result<Plan, Error> {
        match abi {
            Abi::SysV64 => sysv64::plan(signature),
            Abi::Win64 => win64::plan(signature),
            Abi::Aapcs64 => arm64::aapcs64(signature),
            Abi::AppleArm64 => arm64::apple(signature),
            Abi::WindowsArm64 => arm64::windows(signature),
        }
    }
}
