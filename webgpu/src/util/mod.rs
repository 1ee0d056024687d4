//! Helpers around the API that need nothing but it.

mod device;
mod init;

pub use device::{BufferInitDescriptor, DeviceExt};
pub use init::{initialize_adapter_from_env, initialize_adapter_from_env_or_default};
pub use wgpu_types::{
    DispatchIndirectArgs, DrawIndexedIndirectArgs, DrawIndirectArgs, TextureDataOrder, math::*,
};
