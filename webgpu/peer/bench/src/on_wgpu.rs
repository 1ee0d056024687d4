//! The work on the `wgpu` crate.

use wgpu as api;

#[path = "work.rs"]
mod work;

pub(crate) use work::*;
