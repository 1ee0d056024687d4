use super::*;
use crate::{convert, error::Error, events, handle::identity, recording::Resource};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, BufferSize};

/// Resources that shaders use together.
#[derive(Clone, Debug)]
pub struct BindGroup {
    pub(super) inner: Arc<BindGroupInner>,
}

assert_send_sync!(
    BindGroup,
    BindGroupDescriptor<'_>,
    BindGroupEntry<'_>,
    BindingResource<'_>,
    BufferBinding<'_>,
);
identity!(BindGroup, |this| Arc::as_ptr(&this.inner).addr());

/// A bind group, as clones of it and commands that use it share it.
#[derive(Debug)]
pub(crate) struct BindGroupInner {
    pub(super) handle: Child<sys::WGPUBindGroupImpl>,
    buffers: Box<[Arc<buffer::BufferInner>]>,
    textures: Box<[Arc<texture::TextureInner>]>,
}

impl BindGroup {
    #[track_caller]
    pub(super) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &BindGroupDescriptor<'_>,
    ) -> Self {
        let create = |descriptor| {
            // SAFETY: Device and descriptor, and all that it names, are alive.
            unsafe { device.functions().wgpuDeviceCreateBindGroup(device.raw(), descriptor) }
        };
        let raw = convert::with_bind_group_descriptor(device, descriptor, create).unwrap_or_else(
            |cause| {
                let layout = descriptor.layout.raw_for(device);
                let invalid = events::silence(|| {
                    let sampler = Sampler::create(device, &SamplerDescriptor::default());
                    convert::with_invalid_bind_group(layout, sampler.raw_for(device), create)
                });
                let error = Error::rejected("Device::create_bind_group", descriptor.label, cause);
                events::push(events::Event::Error(device.sink.clone(), error));
                invalid
            },
        );
        // SAFETY: The engine gave a reference away.
        let handle = unsafe { device.adopt(raw) };
        let mut buffers = Vec::new();
        let mut textures = Vec::new();
        for entry in descriptor.entries {
            match &entry.resource {
                BindingResource::Buffer(binding) => buffers.push(binding.buffer.inner.clone()),
                BindingResource::BufferArray(bindings) => {
                    buffers.extend(bindings.iter().map(|binding| binding.buffer.inner.clone()));
                }
                BindingResource::TextureView(view) => textures.push(view.texture().inner.clone()),
                BindingResource::TextureViewArray(views) => {
                    textures.extend(views.iter().map(|view| view.texture().inner.clone()));
                }
                BindingResource::Sampler(_) | BindingResource::SamplerArray(_) => {}
            }
        }
        let inner = BindGroupInner { handle, buffers: buffers.into(), textures: textures.into() };
        events::deliver();
        Self { inner: Arc::new(inner) }
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUBindGroup {
        self.inner.handle.raw_for(device)
    }
}

impl BindGroupInner {
    /// The resources that a submission may turn out not to be able to use.
    pub(super) fn resources(&self) -> impl Iterator<Item = &dyn Resource> {
        let buffers = self.buffers.iter().map(|buffer| &**buffer as &dyn Resource);
        let textures = self.textures.iter().map(|texture| &**texture as &dyn Resource);
        buffers.chain(textures)
    }
}

/// What a bind group should have.
#[derive(Clone, Debug)]
pub struct BindGroupDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// The kinds of its resources.
    pub layout: &'a BindGroupLayout,
    /// Its resources: one for every binding of the layout.
    pub entries: &'a [BindGroupEntry<'a>],
}

/// A resource in a bind group.
#[derive(Clone, Debug)]
pub struct BindGroupEntry<'a> {
    /// The number of the binding, as in the layout.
    pub binding: u32,
    /// The resource.
    pub resource: BindingResource<'a>,
}

/// A resource for shaders.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BindingResource<'a> {
    /// A part of a buffer.
    Buffer(BufferBinding<'a>),
    /// Parts of buffers, for an array of bindings.
    BufferArray(&'a [BufferBinding<'a>]),
    /// A sampler.
    Sampler(&'a Sampler),
    /// Samplers, for an array of bindings.
    SamplerArray(&'a [&'a Sampler]),
    /// A view of a texture.
    TextureView(&'a TextureView),
    /// Views of textures, for an array of bindings.
    TextureViewArray(&'a [&'a TextureView]),
}

/// A part of a buffer for shaders.
#[derive(Clone, Debug)]
pub struct BufferBinding<'a> {
    /// The buffer.
    pub buffer: &'a Buffer,
    /// Where the part begins, in bytes.
    pub offset: BufferAddress,
    /// How long it is, in bytes; to the end of the buffer if `None`.
    pub size: Option<BufferSize>,
}
