use super::*;
use crate::recording::Uses;
use deferred::{SharedDeferred, deferred_methods};
use wgpu_native_sys_dyn as sys;

/// Recorded commands, to be submitted to a [`Queue`].
#[derive(Debug)]
pub struct CommandBuffer {
    /// The error if what was recorded is not valid.
    pub(super) inner: Result<Child<sys::WGPUCommandBufferImpl>, String>,
    pub(super) uses: Uses,
    pub(super) deferred: SharedDeferred,
}

assert_send_sync!(CommandBuffer);

impl CommandBuffer {
    deferred_methods!();
}
