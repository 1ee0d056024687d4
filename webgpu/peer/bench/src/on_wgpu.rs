//! The work on the `wgpu` crate.

use wgpu as api;

#[path = "gpu.rs"]
mod gpu;
#[path = "work.rs"]
mod work;

pub(crate) use gpu::{Gpu, instance, open};
