use super::*;
use crate::{convert, events, handle::identity};
use std::fmt;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{BufferAddress, BufferSize};

/// Resources that shaders use together.
#[derive(Clone, Debug)]
pub struct BindGroup {
    pub(in crate::api) inner: Arc<BindGroupInner>,
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
pub(crate) struct BindGroupInner {
    pub(in crate::api) handle: Child<sys::WGPUBindGroupImpl>,
    /// Those that a submission may turn out not to be able to use.
    pub(in crate::api) resources: Vec<Arc<dyn Resource>>,
}

impl BindGroup {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &BindGroupDescriptor<'_>,
    ) -> Self {
        let create = |descriptor| create!(device, device, wgpuDeviceCreateBindGroup(descriptor));
        let handle = convert::with_bind_group_descriptor(device, descriptor, create)
            .unwrap_or_else(|cause| {
                let layout = descriptor.layout.raw_for(device);
                let invalid = events::silence(|| {
                    let sampler = Sampler::create(device, &SamplerDescriptor::default());
                    convert::with_invalid_bind_group(layout, sampler.raw_for(device), create)
                });
                device.reject("Device::create_bind_group", descriptor.label, cause);
                invalid
            });
        let mut resources = Vec::with_capacity(descriptor.entries.len());
        for entry in descriptor.entries {
            entry.resource.add_to(&mut resources);
        }
        let inner = BindGroupInner { handle, resources };
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

impl fmt::Debug for BindGroupInner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(formatter)
    }
}

impl BindingResource<'_> {
    /// Lists what a submission may turn out not to be able to use.
    fn add_to(&self, resources: &mut Vec<Arc<dyn Resource>>) {
        match self {
            Self::Buffer(binding) => resources.push(binding.buffer.inner.clone()),
            Self::BufferArray(bindings) => {
                for binding in *bindings {
                    resources.push(binding.buffer.inner.clone());
                }
            }
            Self::TextureView(view) => resources.push(view.texture().inner.clone()),
            Self::TextureViewArray(views) => {
                for view in *views {
                    resources.push(view.texture().inner.clone());
                }
            }
            Self::Sampler(_)
            | Self::SamplerArray(_)
            | Self::AccelerationStructure(_)
            | Self::AccelerationStructureArray(_)
            | Self::ExternalTexture(_) => {}
        }
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
    /// An acceleration structure. Needs [`Features::EXPERIMENTAL_RAY_QUERY`](crate::Features::EXPERIMENTAL_RAY_QUERY).
    AccelerationStructure(&'a Tlas),
    /// Acceleration structures, for an array of bindings.
    AccelerationStructureArray(&'a [&'a Tlas]),
    /// An external texture. Needs [`Features::EXTERNAL_TEXTURE`](crate::Features::EXTERNAL_TEXTURE).
    ExternalTexture(&'a ExternalTexture),
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

impl Resource for BindGroupInner {
    fn usable(&self) -> Result<(), String> {
        self.resources.iter().try_for_each(|resource| resource.usable())
    }

    fn destroyed_part(&self) -> Option<String> {
        self.resources.iter().find_map(|resource| resource.destroyed())
    }
}
