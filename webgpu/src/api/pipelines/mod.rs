//! Shader modules and the pipelines that run them.

mod clearing_module;
mod common_pipeline;
mod compute_pipeline;
#[cfg(feature = "naga-ir")]
mod naga_module;
mod render_pipeline;
mod shader_module;
mod source_location;
mod targets;

pub use common_pipeline::*;
pub use compute_pipeline::*;
pub use render_pipeline::*;
pub use shader_module::*;
pub use source_location::*;

pub(crate) use targets::Targets;

use super::*;
use crate::shader_source::ShaderSource;
