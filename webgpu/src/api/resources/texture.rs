use super::*;
use crate::{
    convert,
    error::lock,
    events,
    handle::identity,
    presentation::{Acquired, Frame},
};
use std::sync::atomic::{AtomicBool, Ordering};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    Extent3d, Origin3d, TextureAspect, TextureDimension, TextureFormat, TextureUsages,
};

/// An image that the GPU works with, or several in layers and levels.
#[derive(Clone, Debug)]
pub struct Texture {
    pub(in crate::api) inner: Arc<TextureInner>,
    descriptor: TextureDescriptor<'static>,
}

assert_send_sync!(Texture, TextureDescriptor<'_>);
identity!(Texture, |this| Arc::as_ptr(&this.inner).addr());

/// A texture, as clones of it, its views and commands that use it share it.
#[derive(Debug)]
pub(crate) struct TextureInner {
    origin: Origin,
    label: Option<Box<str>>,
    destroyed: AtomicBool,
}

/// Where a texture comes from.
#[derive(Debug)]
enum Origin {
    Device(Child<sys::WGPUTextureImpl>),
    Surface(Arc<Frame>),
}

/// The engine's texture, held for the time of a call.
pub(crate) enum Held<'a> {
    Own(&'a Child<sys::WGPUTextureImpl>),
    OfFrame(Arc<Acquired>),
    /// The texture of a frame that has ended.
    Past(&'a Frame, &'a TextureDescriptor<'static>),
}

impl Held<'_> {
    /// The handle, for a call that ends before this goes.
    #[inline]
    pub(crate) fn raw(&self) -> sys::WGPUTexture {
        match self {
            Self::Own(handle) => handle.raw(),
            Self::OfFrame(acquired) => acquired.raw(),
            Self::Past(frame, descriptor) => {
                frame.stand_in(|| create_valid_or_not(frame.device(), descriptor))
            }
        }
    }
}

impl Texture {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &TextureDescriptor<'_>,
    ) -> Self {
        let handle = create_valid_or_not(device, descriptor);
        let texture = Self::new(Origin::Device(handle), descriptor);
        events::deliver();
        texture
    }

    /// The texture of a frame.
    pub(in crate::api) fn of_frame(frame: Arc<Frame>, descriptor: &TextureDescriptor<'_>) -> Self {
        Self::new(Origin::Surface(frame), descriptor)
    }

    fn new(origin: Origin, descriptor: &TextureDescriptor<'_>) -> Self {
        let inner = TextureInner {
            origin,
            label: descriptor.label.map(Into::into),
            destroyed: AtomicBool::new(false),
        };
        Self {
            inner: Arc::new(inner),
            descriptor: TextureDescriptor { label: None, view_formats: &[], ..descriptor.clone() },
        }
    }

    /// The engine's texture, for a call.
    #[inline]
    pub(in crate::api) fn hold(&self) -> Held<'_> {
        match &self.inner.origin {
            Origin::Device(handle) => Held::Own(handle),
            Origin::Surface(frame) => match frame.acquired() {
                Some(acquired) => Held::OfFrame(acquired),
                None => Held::Past(frame, &self.descriptor),
            },
        }
    }

    /// The engine's texture, for a call about `device`.
    ///
    /// # Panics
    /// If the texture comes from another instance than `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn hold_for(&self, device: &Arc<DeviceContext>) -> Held<'_> {
        if !Arc::ptr_eq(self.device(), device) {
            self.device().assert_same_instance(device.instance());
        }
        self.hold()
    }

    /// Makes a view: a way to look at some of the texture's images.
    #[track_caller]
    pub fn create_view(&self, desc: &TextureViewDescriptor<'_>) -> TextureView {
        TextureView::create(self, desc)
    }

    /// Frees the memory of the texture as soon as the GPU does not use it any more.
    #[track_caller]
    pub fn destroy(&self) {
        {
            let _gate = lock(&self.device().gate);
            self.inner.destroyed.store(true, Ordering::Release);
            // The memory of a frame is the surface's: the engine takes it back when the frame ends.
            if let Origin::Device(handle) = &self.inner.origin {
                let _destruction = self.device().destruction.write();
                call!(handle, wgpuTextureDestroy());
            }
        }
        events::deliver();
    }

    /// All of the texture's first level, as a side of a copy.
    pub fn as_image_copy(&self) -> TexelCopyTextureInfo<'_> {
        TexelCopyTextureInfo {
            texture: self,
            mip_level: 0,
            origin: Origin3d::ZERO,
            aspect: TextureAspect::All,
        }
    }

    /// The size.
    pub fn size(&self) -> Extent3d {
        self.descriptor.size
    }

    /// The width in texels.
    pub fn width(&self) -> u32 {
        self.descriptor.size.width
    }

    /// The height in texels.
    pub fn height(&self) -> u32 {
        self.descriptor.size.height
    }

    /// The depth in texels, or the number of layers.
    pub fn depth_or_array_layers(&self) -> u32 {
        self.descriptor.size.depth_or_array_layers
    }

    /// The number of levels, each half as wide and high as the one before.
    pub fn mip_level_count(&self) -> u32 {
        self.descriptor.mip_level_count
    }

    /// The number of samples of each texel.
    pub fn sample_count(&self) -> u32 {
        self.descriptor.sample_count
    }

    /// The number of dimensions.
    pub fn dimension(&self) -> TextureDimension {
        self.descriptor.dimension
    }

    /// The format of the texels.
    pub fn format(&self) -> TextureFormat {
        self.descriptor.format
    }

    /// What the texture can be used for.
    pub fn usage(&self) -> TextureUsages {
        self.descriptor.usage
    }

    pub(in crate::api) fn device(&self) -> &Arc<DeviceContext> {
        match &self.inner.origin {
            Origin::Device(handle) => handle.owner(),
            Origin::Surface(frame) => frame.device(),
        }
    }
}

/// A new texture of the engine; an invalid one, and an event for the error, if it cannot be.
fn create_valid_or_not(
    device: &Arc<DeviceContext>,
    descriptor: &TextureDescriptor<'_>,
) -> Child<sys::WGPUTextureImpl> {
    let create = |descriptor: *const sys::WGPUTextureDescriptor| {
        create!(device, device, wgpuDeviceCreateTexture(descriptor))
    };
    convert::with_texture_descriptor(descriptor, create).unwrap_or_else(|cause| {
        let invalid = events::silence(|| create(&convert::INVALID_TEXTURE));
        device.reject("Device::create_texture", descriptor.label, cause);
        invalid
    })
}

impl TextureInner {
    pub(crate) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Whether commands that use it cannot be submitted any more.
    pub(crate) fn is_destroyed(&self) -> bool {
        let ended = matches!(&self.origin, Origin::Surface(frame) if frame.has_ended());
        ended || self.destroyed.load(Ordering::Acquire)
    }
}

/// What a texture should be like.
pub type TextureDescriptor<'a> = wgpu_types::TextureDescriptor<Label<'a>, &'a [TextureFormat]>;

impl Resource for TextureInner {
    fn usable(&self) -> Result<(), String> {
        self.destroyed().map_or(Ok(()), Err)
    }

    fn destroyed(&self) -> Option<String> {
        let cause = || format!("{} has been destroyed", named("Texture", self.label()));
        self.is_destroyed().then(cause)
    }
}
