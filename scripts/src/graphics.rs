//! What the benchmark is started with.

use crate::failure::Result;

/// Nothing any more.
#[derive(Debug)]
pub(crate) struct Graphics;

impl Graphics {
    pub(crate) fn new() -> Result<Graphics> {
        Ok(Graphics)
    }
}
