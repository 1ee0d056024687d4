use super::*;
use crate::{
    convert,
    error::{self, Error},
    events,
    handle::identity,
};
use wgpu_native_sys_dyn as sys;
use wgpu_types::TextureUsages;

/// A way to look at some of the images of a [`Texture`].
#[derive(Clone, Debug)]
pub struct TextureView {
    inner: Child<sys::WGPUTextureViewImpl>,
    texture: Texture,
}

assert_send_sync!(TextureView, TextureViewDescriptor<'_>);
identity!(TextureView, |this| this.inner.raw().addr());

impl TextureView {
    #[track_caller]
    pub(super) fn create(texture: &Texture, descriptor: &TextureViewDescriptor<'_>) -> Self {
        let device = texture.device();
        let create = |descriptor: &sys::WGPUTextureViewDescriptor| {
            // SAFETY: Texture and descriptor are alive.
            unsafe { device.functions().wgpuTextureCreateView(texture.raw(), descriptor) }
        };
        let c_descriptor = allowed_usages(texture, descriptor)
            .and_then(|()| convert::texture_view_descriptor(descriptor));
        let raw = match c_descriptor {
            Ok(c_descriptor) => {
                let reword =
                    |text| error::with_label(text, "Texture::create_view", descriptor.label);
                events::reword(|| create(&c_descriptor), reword).0
            }
            Err(cause) => {
                let invalid = events::silence(|| create(&convert::INVALID_TEXTURE_VIEW));
                let error = Error::rejected("Texture::create_view", descriptor.label, cause);
                events::push(events::Event::Error(device.sink.clone(), error));
                invalid
            }
        };
        // SAFETY: The engine gave a reference away.
        let inner = unsafe { device.adopt(raw) };
        let view = Self { inner, texture: texture.clone() };
        events::deliver();
        view
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUTextureView {
        self.inner.raw_for(device)
    }

    /// The texture that this looks at.
    pub fn texture(&self) -> &Texture {
        &self.texture
    }
}

/// The engine takes any usages of a view.
fn allowed_usages(texture: &Texture, view: &TextureViewDescriptor<'_>) -> Result<(), String> {
    let (usage, allowed) = (view.usage.unwrap_or(TextureUsages::empty()), texture.usage());
    match allowed.contains(usage) {
        true => Ok(()),
        false => Err(format!(
            "Usages of the view ({usage:?}) are not among those of the texture ({allowed:?})"
        )),
    }
}

/// What a view should show.
pub type TextureViewDescriptor<'a> = wgpu_types::TextureViewDescriptor<Label<'a>>;
