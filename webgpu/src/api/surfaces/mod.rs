//! What windows show.

mod surface;
mod surface_target;
mod surface_texture;

pub use surface::*;
pub use surface_target::*;
pub use surface_texture::*;

use super::*;
