//! The engine's instances, adapters, devices and queues.

mod adapter;
mod device;
mod error_scope;
mod formats;
mod instance;
mod queue;
mod queue_write;

pub use adapter::*;
pub use device::*;
pub use error_scope::*;
pub use instance::*;
pub use queue::*;
pub use queue_write::*;

#[cfg(test)]
pub(crate) use formats::FormatTable;

use super::*;
