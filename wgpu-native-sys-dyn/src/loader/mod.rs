//! Finds the engine library, sees that it is the right one, and fills the function table.

mod api;
mod callbacks;
mod calls;
mod error;
mod open;
mod search;
mod version;

pub use api::{Api, LoadOptions};
pub use calls::{CALLS_VARIABLE, Calls};
pub use error::{LoadError, MissingFunction};
pub use search::{Candidate, LIBRARY_NAMES, LIBRARY_VARIABLE, Origin};
pub use version::ALLOW_VERSION_VARIABLE;
