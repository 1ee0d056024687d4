//! `cargo xtask setup`: the engine library and a graphics driver, found or fetched.

mod command;
mod driver;
mod fetch;
mod folder;
mod pip;
#[path = "../../../wgpu-native-sys-dyn/src/place.rs"]
mod place;
mod platform;
#[path = "../../../wgpu-native-sys-dyn/src/release.rs"]
pub(crate) mod release;
#[path = "../../../wgpu-native-sys-dyn/src/setup_dir.rs"]
pub(crate) mod setup_dir;
mod vulkan;
mod wheel;

pub(crate) use command::{HELP, Options, command, run};
pub(crate) use wheel::sha256;
