use super::*;
use crate::{convert, error, events, handle::identity};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    TextureAspect, TextureDimension, TextureFormat, TextureUsages, TextureViewDimension,
};

/// A way to look at some of the images of a [`Texture`].
#[derive(Clone, Debug)]
pub struct TextureView {
    inner: Child<sys::WGPUTextureViewImpl>,
    texture: Texture,
    format: TextureFormat,
    dimension: TextureViewDimension,
}

assert_send_sync!(TextureView, TextureViewDescriptor<'_>);
identity!(TextureView, |this| this.inner.raw().addr());

impl TextureView {
    #[track_caller]
    pub(in crate::api) fn create(
        texture: &Texture,
        descriptor: &TextureViewDescriptor<'_>,
    ) -> Self {
        let (device, held) = (texture.device(), texture.hold());
        let create = |descriptor: &sys::WGPUTextureViewDescriptor| {
            // SAFETY: Texture and descriptor are alive.
            let raw = unsafe { device.functions().wgpuTextureCreateView(held.raw(), descriptor) };
            // SAFETY: The engine gave a reference away.
            unsafe { device.adopt(raw) }
        };
        let c_descriptor = valid_plane(texture, descriptor)
            .and_then(|()| allowed_usages(texture, descriptor))
            .and_then(|()| convert::texture_view_descriptor(descriptor));
        let inner = match c_descriptor {
            Ok(c_descriptor) => {
                let reword =
                    |text| error::with_label(text, "Texture::create_view", descriptor.label);
                events::reword(|| create(&c_descriptor), reword).0
            }
            Err(cause) => {
                let invalid = events::silence(|| create(&convert::INVALID_TEXTURE_VIEW));
                device.reject("Texture::create_view", descriptor.label, cause);
                invalid
            }
        };
        let view = Self {
            inner,
            texture: texture.clone(),
            format: format(texture, descriptor),
            dimension: dimension(texture, descriptor),
        };
        events::deliver();
        view
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUTextureView {
        self.inner.raw_for(device)
    }

    /// The format that texels are read and written in.
    pub(in crate::api) fn format(&self) -> TextureFormat {
        self.format
    }

    /// How the images are arranged.
    pub(in crate::api) fn dimension(&self) -> TextureViewDimension {
        self.dimension
    }

    /// The texture that this looks at.
    pub fn texture(&self) -> &Texture {
        &self.texture
    }
}

/// The format of a view, which is that of what it shows of the texture unless it has one of its own.
fn format(texture: &Texture, view: &TextureViewDescriptor<'_>) -> TextureFormat {
    view.format.unwrap_or_else(|| {
        let shown = texture.format().aspect_specific_format(view.aspect);
        shown.unwrap_or(texture.format())
    })
}

/// The dimension of a view, which follows from the texture unless it has one of its own.
fn dimension(texture: &Texture, view: &TextureViewDescriptor<'_>) -> TextureViewDimension {
    view.dimension.unwrap_or_else(|| {
        let layers = || {
            let rest = texture.depth_or_array_layers().saturating_sub(view.base_array_layer);
            view.array_layer_count.unwrap_or(rest)
        };
        match texture.dimension() {
            TextureDimension::D1 => TextureViewDimension::D1,
            TextureDimension::D2 if layers() > 1 => TextureViewDimension::D2Array,
            TextureDimension::D2 => TextureViewDimension::D2,
            TextureDimension::D3 => TextureViewDimension::D3,
        }
    })
}

/// The engine's C interface has no names for planes.
fn valid_plane(texture: &Texture, view: &TextureViewDescriptor<'_>) -> Result<(), String> {
    let (format, aspect) = (texture.format(), view.aspect);
    let is_plane = !matches!(
        aspect,
        TextureAspect::All | TextureAspect::StencilOnly | TextureAspect::DepthOnly
    );
    match is_plane && format.aspect_specific_format(aspect).is_none() {
        true => Err(format!(
            "Aspect {aspect:?} is not a valid aspect of the source texture format {format:?}"
        )),
        false => Ok(()),
    }
}

/// The engine takes any usages of a view, whatever its texture and its format can be used for.
fn allowed_usages(texture: &Texture, view: &TextureViewDescriptor<'_>) -> Result<(), String> {
    let (usage, allowed) = (view.usage.unwrap_or(TextureUsages::empty()), texture.usage());
    if !allowed.contains(usage) {
        return Err(format!(
            "Texture view usages (`{usage:?}`) must be a subset of the texture's original usages (`{allowed:?}`)"
        ));
    }
    let (usage, format) = (if usage.is_empty() { allowed } else { usage }, format(texture, view));
    let features = texture.device().features;
    if features.contains(Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES) {
        return Ok(());
    }
    let able = format.guaranteed_format_features(features).allowed_usages;
    let named = [
        (TextureUsages::RENDER_ATTACHMENT, "render attachment", "RENDER_ATTACHMENT"),
        (TextureUsages::STORAGE_BINDING, "storage binding", "STORAGE"),
    ];
    match named.iter().find(|(one, ..)| usage.contains(*one) && !able.contains(*one)) {
        None => Ok(()),
        Some((_, what, name)) => Err(format!(
            "Texture view format `{format:?}` cannot be used as a {what}. Make sure the format supports {name} usage and \
             required device features are enabled."
        )),
    }
}

/// What a view should show.
pub type TextureViewDescriptor<'a> = wgpu_types::TextureViewDescriptor<Label<'a>>;
