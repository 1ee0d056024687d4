//! What calls of `webgpu` cost, beside those of the `wgpu` crate: the same source, compiled against both, measured in turns.

#![allow(clippy::duplicate_mod, reason = "that is how both are measured doing the same")]

mod on_webgpu;
mod on_wgpu;
mod rows;
mod start;
#[path = "../../../../ffi/benches/table/mod.rs"]
mod table;

pub use rows::all;
