//! All of `webgpu.h` and `wgpu.h`, found in a shared library at run time: nothing is linked, nothing is compiled but this.
//!
//! Types, fields and functions have exactly the names that they have in C. Enumerations and flags are integers with
//! named values, as associated constants without the prefix: `WGPUTextureFormat::RGBA8Unorm`. A name that begins with
//! a digit gets a `_` in front (`WGPUTextureDimension::_2D`), a word of Rust is written raw (`r#type`).
//!
//! # Safety of calls
//! Calling a function of the table is what calling it from C is: handles must be alive and of the right kind, pointers
//! must point to as many initialised values as the function reads, text must be UTF-8, and the documentation of the
//! header must be kept to. The engine ends the process on much of what it finds wrong.

#[macro_use]
mod macros;

mod description;
#[rustfmt::skip]
#[allow(
    clippy::too_many_arguments,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "names and forms are the headers'"
)]
mod generated;
mod setup_dir;
mod values;

pub use generated::*;
pub use setup_dir::{ENGINE_VERSION, ENGINE_VERSION_CODE, SETUP_DIR_VARIABLE, setup_dir};
