//! What shaders get: bind groups and their layouts.

mod bind_group;
mod bind_group_layout;
mod pipeline_layout;

pub use bind_group::*;
pub use bind_group_layout::*;
pub use pipeline_layout::*;

use super::*;
