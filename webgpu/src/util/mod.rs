//! Helpers around the API that need nothing but it.

mod belt;
mod blitter;
mod cache;
mod device;
mod download;
mod encoder;
mod format;
mod init;
mod spirv;

pub use belt::StagingBelt;
pub use blitter::{TextureBlitter, TextureBlitterBuilder};
pub use cache::pipeline_cache_key;
pub use device::{BufferInitDescriptor, DeviceExt};
pub use download::DownloadBuffer;
pub use encoder::RenderEncoder;
pub use format::TextureFormatExt;
pub use init::{
    initialize_adapter_from_env, initialize_adapter_from_env_or_default,
    is_browser_webgpu_supported, new_instance_with_webgpu_detection,
};
pub use spirv::{make_spirv, make_spirv_const, make_spirv_raw};
pub use wgpu_types::{
    DispatchIndirectArgs, DrawIndexedIndirectArgs, DrawIndirectArgs, TextureDataOrder, math::*,
};
