use super::*;
use crate::{
    convert,
    error::{Error, lock},
    events,
    handle::identity,
    presentation::Presentation,
};
use std::{
    mem::ManuallyDrop,
    sync::atomic::{AtomicBool, Ordering},
};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    Extent3d, Origin3d, TextureAspect, TextureDimension, TextureFormat, TextureUsages,
};

/// An image that the GPU works with, or several in layers and levels.
#[derive(Clone, Debug)]
pub struct Texture {
    pub(super) inner: Arc<TextureInner>,
    descriptor: TextureDescriptor<'static>,
}

assert_send_sync!(Texture, TextureDescriptor<'_>);
identity!(Texture, |this| Arc::as_ptr(&this.inner).addr());

/// A texture, as clones of it, its views and commands that use it share it.
#[derive(Debug)]
pub(crate) struct TextureInner {
    handle: ManuallyDrop<Child<sys::WGPUTextureImpl>>,
    label: Option<Box<str>>,
    destroyed: AtomicBool,
    /// For the texture of a frame: the surface, and the number of the frame.
    frame: Option<(Arc<Presentation>, u64)>,
}

impl Texture {
    #[track_caller]
    pub(super) fn create(device: &Arc<DeviceContext>, descriptor: &TextureDescriptor<'_>) -> Self {
        let create = |descriptor: *const sys::WGPUTextureDescriptor| {
            // SAFETY: Device and descriptor are alive.
            unsafe { device.functions().wgpuDeviceCreateTexture(device.raw(), descriptor) }
        };
        let raw = convert::with_texture_descriptor(descriptor, create).unwrap_or_else(|cause| {
            let invalid = events::silence(|| create(&convert::INVALID_TEXTURE));
            let error = Error::rejected("Device::create_texture", descriptor.label, cause);
            events::push(events::Event::Error(device.sink.clone(), error));
            invalid
        });
        // SAFETY: The engine gave a reference away.
        let handle = unsafe { device.adopt(raw) };
        let texture = Self::new(handle, descriptor, None);
        events::deliver();
        texture
    }

    pub(super) fn new(
        handle: Child<sys::WGPUTextureImpl>,
        descriptor: &TextureDescriptor<'_>,
        frame: Option<(Arc<Presentation>, u64)>,
    ) -> Self {
        let inner = TextureInner {
            handle: ManuallyDrop::new(handle),
            label: descriptor.label.map(Into::into),
            destroyed: AtomicBool::new(false),
            frame,
        };
        Self {
            inner: Arc::new(inner),
            descriptor: TextureDescriptor { label: None, view_formats: &[], ..descriptor.clone() },
        }
    }

    pub(super) fn raw(&self) -> sys::WGPUTexture {
        self.inner.handle.raw()
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUTexture {
        self.inner.handle.raw_for(device)
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
            if self.inner.frame.is_none() {
                // SAFETY: The texture is alive.
                unsafe { self.device().functions().wgpuTextureDestroy(self.raw()) };
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

    pub(super) fn device(&self) -> &Arc<DeviceContext> {
        self.inner.handle.owner()
    }
}

impl TextureInner {
    pub(crate) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    pub(crate) fn is_destroyed(&self) -> bool {
        self.destroyed.load(Ordering::Acquire)
    }

    /// The frame has ended: commands that use its texture cannot be submitted any more.
    pub(super) fn end_frame(&self) {
        let _gate = lock(&self.handle.owner().gate);
        self.destroyed.store(true, Ordering::Release);
    }
}

impl Drop for TextureInner {
    fn drop(&mut self) {
        // SAFETY: The handle is not used again.
        let handle = unsafe { ManuallyDrop::take(&mut self.handle) };
        match &self.frame {
            None => drop(handle),
            Some((presentation, frame)) => presentation.release(*frame, handle),
        }
    }
}

/// What a texture should be like.
pub type TextureDescriptor<'a> = wgpu_types::TextureDescriptor<Label<'a>, &'a [TextureFormat]>;
