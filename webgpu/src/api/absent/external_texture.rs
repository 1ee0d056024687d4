use super::*;
use crate::handle::identity;
use wgpu_types::Features;

/// A frame of a video, in several planes, that shaders sample like one texture.
///
/// It needs [`Features::EXTERNAL_TEXTURE`], for which the engine's C interface has no name: everything that is done with it
/// leads to an error.
#[derive(Clone, Debug)]
pub struct ExternalTexture {
    identity: Arc<u8>,
}

assert_send_sync!(ExternalTexture, ExternalTextureDescriptor<'_>);
identity!(ExternalTexture, |this| Arc::as_ptr(&this.identity).addr());

impl ExternalTexture {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &ExternalTextureDescriptor<'_>,
    ) -> Self {
        let call = "Device::create_external_texture";
        device.refuse(call, descriptor.label, "An external texture", Features::EXTERNAL_TEXTURE);
        Self { identity: Arc::new(0) }
    }

    /// Frees what belongs to it alone: nothing, as there is nothing in the engine.
    pub fn destroy(&self) {}
}

/// What an external texture should be like.
pub type ExternalTextureDescriptor<'a> = wgpu_types::ExternalTextureDescriptor<Label<'a>>;
