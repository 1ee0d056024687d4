//! The work on `webgpu`.

use webgpu as api;

#[path = "work.rs"]
mod work;

pub(crate) use work::*;
