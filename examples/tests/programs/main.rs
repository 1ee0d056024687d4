//! Runs the example programs against the real engine library, and looks at what they draw, print and complain about.
//!
//! Where there is no engine library, or no adapter, these tests fail and say what to do.

mod bundles;
mod common;
mod compute;
mod doctor;
mod doctor_faults;
mod error_scopes;
mod errors;
mod gpu;
mod hello_windows;
mod hot_reload;
mod immediates;
mod indirect;
mod info;
mod interpose;
mod kernels;
mod pictures;
mod queries;
mod shaders;
mod texture_arrays;
mod trace;
mod triangle;
#[path = "../waiting/mod.rs"]
mod waiting;
