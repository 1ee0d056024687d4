//! The work on `webgpu`.

use webgpu as api;

#[path = "gpu.rs"]
mod gpu;
#[path = "work.rs"]
mod work;

pub(crate) use gpu::{Gpu, instance, open};
