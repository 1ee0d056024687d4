//! Calls of C functions whose arguments somebody writes as text: what `ffi-call` and `ffi-shell` share.

mod build;
mod given;
pub mod outcome;
pub mod show;

pub use build::Builder;
pub use given::{Given, parse};
