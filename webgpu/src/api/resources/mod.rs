//! Memory: buffers, textures, samplers.

mod buffer;
mod buffer_slice;
mod buffer_view;
mod sampler;
mod texture;
mod texture_view;

pub use buffer::*;
pub use buffer_slice::*;
pub use buffer_view::*;
pub use sampler::*;
pub use texture::*;
pub use texture_view::*;

use super::*;
