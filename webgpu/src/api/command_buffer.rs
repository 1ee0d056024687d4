use super::*;
use crate::recording::Recording;
use deferred::deferred_methods;
use wgpu_native_sys_dyn as sys;

/// Recorded commands, to be submitted to a [`Queue`].
#[derive(Debug)]
pub struct CommandBuffer {
    /// The error if what was recorded is not valid.
    pub(super) inner: Result<Child<sys::WGPUCommandBufferImpl>, String>,
    pub(super) recording: Arc<Recording>,
}

assert_send_sync!(CommandBuffer);

impl CommandBuffer {
    deferred_methods!(|this| this.recording);
}
