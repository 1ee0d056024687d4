//! All of `webgpu.h` and `wgpu.h`, found in a shared library at run time: nothing is linked, and nothing of the engine is
//! compiled.
//!
//! [`Api::load`] finds the engine library and fills [`Functions`], the table with every function of the two headers.
//! Types, fields and functions have exactly the names that they have in C. Enumerations and flags are integers with
//! named values, as associated constants without the prefix: `WGPUTextureFormat::RGBA8Unorm`. A name that begins with
//! a digit gets a `_` in front (`WGPUTextureDimension::_2D`), a word of Rust is written raw (`r#type`). Every struct has
//! the value of its `…_INIT` macro as `INIT` and as its `Default`.
//!
//! What a call looks like is known at run time too: [`Function::signature`], [`Callback::signature`] and
//! [`Struct::descriptor`] give it in terms of [`ffi`]. With `WEBGPU_CALLS=engine` ([`Calls`]) every call goes through
//! that, and with `WEBGPU_TRACE=1` ([`TRACE_VARIABLE`]) every call is printed.
//!
//! # Safety of calls
//! Calling a function of the table is what calling it from C is: handles must be alive and of the right kind, pointers
//! must point to as many initialised values as the function reads, text must be UTF-8, and what the headers say about
//! the function must be kept to. The engine ends the process on much of what it finds wrong.

#[macro_use]
mod macros;

#[cfg(test)]
mod against_c;
mod capability;
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
mod loader;
mod place;
mod release;
mod setup_dir;
mod string_view;
mod trace;
mod values;
mod version;

pub use capability::{Capability, Implementation};
pub use generated::*;
pub use loader::{
    ALLOW_VERSION_VARIABLE, Api, CALLS_VARIABLE, Calls, Candidate, LIBRARY_NAMES, LIBRARY_VARIABLE,
    LoadError, LoadOptions, MissingFunction, Origin,
};
pub use release::{ENGINE_VERSION, ENGINE_VERSION_CODE};
pub use setup_dir::{SETUP_DIR_VARIABLE, setup_dir};
pub use trace::TRACE_VARIABLE;
pub use version::EngineVersion;
