//! See the crate's description; the rooms are being furnished.
