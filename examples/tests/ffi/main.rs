//! Runs `ffi-call` and the examples of `ffi` alone as a user does, against the libraries of a Debian system.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod command;
mod ffi_call;
mod libraries;
mod processes;
#[cfg(feature = "shell")]
mod shell;
#[path = "../waiting/mod.rs"]
mod waiting;
