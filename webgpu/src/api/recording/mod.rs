//! Encoders, passes and bundles, and the commands that they record.

mod command_buffer;
mod command_encoder;
mod compute_pass;
pub(crate) mod deferred;
mod encoder_borrow;
mod end_time;
mod indirect;
mod notes;
mod pass;
mod rehearsal;
mod render_bundle;
mod render_bundle_encoder;
mod render_pass;
mod render_pass_descriptor;
mod uses;

pub use command_buffer::*;
pub use command_encoder::*;
pub use compute_pass::*;
pub use render_bundle::*;
pub use render_bundle_encoder::*;
pub use render_pass::*;
pub use render_pass_descriptor::*;

pub(crate) use deferred::Deferred;
pub(crate) use notes::Recording;
pub(crate) use uses::{PassUses, Resource, Uses};

use super::*;
