//! What the API has and the engine's C interface has no place for: each says so where it is asked for.

mod acceleration_structure;
mod blas;
mod external_texture;
mod mesh_pipeline;
mod pipeline_cache;
mod tlas;

pub use acceleration_structure::*;
pub use blas::*;
pub use external_texture::*;
pub use mesh_pipeline::*;
pub use pipeline_cache::*;
pub use tlas::*;

use super::*;
use acceleration_structure::ACCELERATION_STRUCTURE;
