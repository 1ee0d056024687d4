use super::*;
use deferred::deferred_methods;
use wgpu_native_sys_dyn as sys;

/// Recorded commands, to be submitted to a [`Queue`].
#[derive(Debug)]
pub struct CommandBuffer {
    /// The error if what was recorded is not valid.
    pub(in crate::api) inner: Result<Child<sys::WGPUCommandBufferImpl>, String>,
    pub(in crate::api) recording: Arc<Recording>,
}

assert_send_sync!(CommandBuffer);

impl CommandBuffer {
    deferred_methods!(|this| this.recording);
}
