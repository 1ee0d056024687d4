//! Bind groups, their layouts, and the layouts of pipelines.

use super::{optional_chain, size_or_whole, texture_format, unnamed, view_dimension};
use crate::api::{
    BindGroupDescriptor, BindGroupEntry, BindGroupLayoutDescriptor, BindingResource, BufferBinding,
};
use crate::context::DeviceContext;
use std::sync::Arc;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    BindGroupLayoutEntry, BindingType, BufferBindingType, BufferSize, Features, SamplerBindingType,
    ShaderStages, StorageTextureAccess, TextureSampleType,
};

/// Hands the struct for this descriptor to `call`, or returns what in it has no name in C.
///
/// `enabled` are the features of the device.
pub(crate) fn with_bind_group_layout_descriptor<R>(
    descriptor: &BindGroupLayoutDescriptor<'_>,
    enabled: Features,
    call: impl FnOnce(*const sys::WGPUBindGroupLayoutDescriptor) -> R,
) -> Result<R, String> {
    count_elements(descriptor.entries)?;
    let mut extras = descriptor.entries.iter().map(array_extras).collect::<Vec<_>>();
    let entries = descriptor.entries.iter().zip(&mut extras);
    let entries = entries.map(|(entry, extras)| layout_entry(entry, extras, enabled));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let descriptor = sys::WGPUBindGroupLayoutDescriptor {
        label: descriptor.label.into(),
        entryCount: entries.len(),
        entries: entries.as_ptr(),
        ..sys::WGPUBindGroupLayoutDescriptor::INIT
    };
    Ok(call(&raw const descriptor))
}

/// Hands a layout to `call` that the engine is sure to refuse, for a binding that appears twice.
pub(crate) fn with_invalid_bind_group_layout<R>(
    call: impl FnOnce(*const sys::WGPUBindGroupLayoutDescriptor) -> R,
) -> R {
    let mut entry = sys::WGPUBindGroupLayoutEntry::ZERO;
    entry.visibility = sys::WGPUShaderStage::Compute;
    entry.sampler.r#type = sys::WGPUSamplerBindingType::Filtering;
    let entries = [entry; 2];
    let descriptor = sys::WGPUBindGroupLayoutDescriptor {
        entryCount: entries.len(),
        entries: entries.as_ptr(),
        ..sys::WGPUBindGroupLayoutDescriptor::INIT
    };
    call(&raw const descriptor)
}

/// Whether the elements of all binding arrays can be counted in 32 bits, as the engine does before it looks at limits.
fn count_elements(entries: &[BindGroupLayoutEntry]) -> Result<(), String> {
    let elements = entries.iter().filter_map(|entry| entry.count);
    let all = elements.map(|count| u64::from(count.get())).sum::<u64>();
    match u32::try_from(all) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!(
            "Too many elements in binding arrays, limit is {}, count was {all}",
            u32::MAX
        )),
    }
}

/// The number of elements of a binding array, which the engine reads from a chained struct.
fn array_extras(entry: &BindGroupLayoutEntry) -> Option<sys::WGPUBindGroupLayoutEntryExtras> {
    entry.count.map(|count| sys::WGPUBindGroupLayoutEntryExtras {
        count: count.get(),
        ..sys::WGPUBindGroupLayoutEntryExtras::INIT
    })
}

fn layout_entry(
    entry: &BindGroupLayoutEntry,
    extras: &mut Option<sys::WGPUBindGroupLayoutEntryExtras>,
    enabled: Features,
) -> Result<sys::WGPUBindGroupLayoutEntry, String> {
    // All zeros means "not used" for each kind of binding; one of them is filled in.
    let mut output = sys::WGPUBindGroupLayoutEntry::ZERO;
    output.nextInChain = optional_chain(extras.as_mut());
    output.binding = entry.binding;
    output.visibility = shader_stages(entry.visibility)?;
    match entry.ty {
        BindingType::Buffer { ty, has_dynamic_offset, min_binding_size } => {
            output.buffer.r#type = match ty {
                BufferBindingType::Uniform => sys::WGPUBufferBindingType::Uniform,
                BufferBindingType::Storage { read_only: false } => {
                    sys::WGPUBufferBindingType::Storage
                }
                BufferBindingType::Storage { read_only: true } => {
                    sys::WGPUBufferBindingType::ReadOnlyStorage
                }
            };
            output.buffer.hasDynamicOffset = has_dynamic_offset.into();
            // The engine ends the process over the largest number; no buffer is as large as the one before it either.
            output.buffer.minBindingSize =
                min_binding_size.map_or(0, |size| size.get().min(u64::MAX - 1));
        }
        BindingType::Sampler(ty) => {
            output.sampler.r#type = match ty {
                SamplerBindingType::Filtering => sys::WGPUSamplerBindingType::Filtering,
                SamplerBindingType::NonFiltering => sys::WGPUSamplerBindingType::NonFiltering,
                SamplerBindingType::Comparison => sys::WGPUSamplerBindingType::Comparison,
            };
        }
        BindingType::Texture { sample_type, view_dimension: dimension, multisampled } => {
            output.texture.sampleType = match sample_type {
                TextureSampleType::Float { filterable: true } => sys::WGPUTextureSampleType::Float,
                TextureSampleType::Float { filterable: false } => {
                    sys::WGPUTextureSampleType::UnfilterableFloat
                }
                TextureSampleType::Depth => sys::WGPUTextureSampleType::Depth,
                TextureSampleType::Sint => sys::WGPUTextureSampleType::Sint,
                TextureSampleType::Uint => sys::WGPUTextureSampleType::Uint,
            };
            output.texture.viewDimension = view_dimension(dimension);
            output.texture.multisampled = multisampled.into();
        }
        BindingType::StorageTexture { access, format, view_dimension: dimension } => {
            output.storageTexture.access = match access {
                StorageTextureAccess::WriteOnly => sys::WGPUStorageTextureAccess::WriteOnly,
                StorageTextureAccess::ReadOnly => sys::WGPUStorageTextureAccess::ReadOnly,
                StorageTextureAccess::ReadWrite => sys::WGPUStorageTextureAccess::ReadWrite,
                StorageTextureAccess::Atomic => {
                    let what = "Atomic access to a storage texture";
                    return Err(unnamed_binding(entry, what, Features::TEXTURE_ATOMIC, enabled));
                }
            };
            output.storageTexture.format = texture_format(format).ok_or_else(|| {
                let what = format!("Texture format {format:?}");
                unnamed_binding(entry, &what, Features::empty(), enabled)
            })?;
            output.storageTexture.viewDimension = view_dimension(dimension);
        }
        BindingType::AccelerationStructure { .. } => {
            let what = "An acceleration structure";
            return Err(unnamed_binding(entry, what, Features::EXPERIMENTAL_RAY_QUERY, enabled));
        }
        BindingType::ExternalTexture => {
            let what = "An external texture";
            return Err(unnamed_binding(entry, what, Features::EXTERNAL_TEXTURE, enabled));
        }
    }
    Ok(output)
}

/// Why this binding, for which C has no name, cannot be.
fn unnamed_binding(
    entry: &BindGroupLayoutEntry,
    what: &str,
    feature: Features,
    enabled: Features,
) -> String {
    let cause = unnamed(what, feature, enabled);
    format!("Binding {} entry is invalid\n      {cause}", entry.binding)
}

/// The bits for these stages. The engine ends the process over unknown ones.
fn shader_stages(stages: ShaderStages) -> Result<sys::WGPUShaderStage, String> {
    if !ShaderStages::all().contains(stages) {
        return Err(format!("Invalid visibility {stages:?}"));
    }
    Ok(sys::WGPUShaderStage(stages.bits().into()))
}

/// So many entries of a bind group need no memory of their own. Bind groups are made all the time, and most are small.
const FEW: usize = 4;

/// Hands the struct for this descriptor to `call`, or returns what in it has no place in C.
pub(crate) fn with_bind_group_descriptor<R>(
    device: &Arc<DeviceContext>,
    descriptor: &BindGroupDescriptor<'_>,
    call: impl FnOnce(*const sys::WGPUBindGroupDescriptor) -> R,
) -> Result<R, String> {
    let mut arrays = Vec::new();
    for entry in descriptor.entries {
        arrays.extend(ArrayHandles::of(device, entry)?);
    }
    let mut extras = arrays.iter().map(ArrayHandles::extras).collect::<Vec<_>>();
    let mut next_extras = extras.iter_mut();
    let mut few = [sys::WGPUBindGroupEntry::ZERO; FEW];
    let mut many = Vec::new();
    let entries = match few.get_mut(..descriptor.entries.len()) {
        Some(few) => few,
        None => {
            many.resize(descriptor.entries.len(), sys::WGPUBindGroupEntry::ZERO);
            &mut many[..]
        }
    };
    for (entry, output) in descriptor.entries.iter().zip(&mut *entries) {
        *output = group_entry(device, entry, &mut next_extras);
    }
    let descriptor = sys::WGPUBindGroupDescriptor {
        label: descriptor.label.into(),
        layout: descriptor.layout.raw_for(device),
        entryCount: entries.len(),
        entries: entries.as_ptr(),
        ..sys::WGPUBindGroupDescriptor::INIT
    };
    Ok(call(&raw const descriptor))
}

/// Hands a bind group of this layout to `call` that the engine is sure to refuse, for a binding with no resource.
pub(crate) fn with_invalid_bind_group<R>(
    layout: sys::WGPUBindGroupLayout,
    sampler: sys::WGPUSampler,
    call: impl FnOnce(*const sys::WGPUBindGroupDescriptor) -> R,
) -> R {
    let mut entry = sys::WGPUBindGroupEntry::ZERO;
    entry.binding = u32::MAX;
    entry.sampler = sampler;
    let entries = [entry; 2];
    let descriptor = sys::WGPUBindGroupDescriptor {
        layout,
        entryCount: entries.len(),
        entries: entries.as_ptr(),
        ..sys::WGPUBindGroupDescriptor::INIT
    };
    call(&raw const descriptor)
}

/// The handles of a binding that is an array: they have to lie in a row.
enum ArrayHandles {
    Buffers(Vec<sys::WGPUBuffer>),
    Samplers(Vec<sys::WGPUSampler>),
    TextureViews(Vec<sys::WGPUTextureView>),
}

impl ArrayHandles {
    /// Those of this binding, if it is an array.
    fn of(device: &Arc<DeviceContext>, entry: &BindGroupEntry<'_>) -> Result<Option<Self>, String> {
        Ok(Some(match &entry.resource {
            BindingResource::Buffer(_)
            | BindingResource::Sampler(_)
            | BindingResource::TextureView(_) => return Ok(None),
            BindingResource::BufferArray(bindings) => {
                let whole = |binding: &BufferBinding<'_>| {
                    let size = binding.size.map_or(binding.buffer.size(), BufferSize::get);
                    binding.offset == 0 && size == binding.buffer.size()
                };
                if !bindings.iter().all(whole) {
                    return Err(format!(
                        "A part of a buffer in an array, at binding {}, cannot be passed to the engine, only whole \
                         buffers can",
                        entry.binding
                    ));
                }
                Self::Buffers(
                    bindings.iter().map(|binding| binding.buffer.raw_for(device)).collect(),
                )
            }
            BindingResource::SamplerArray(samplers) => {
                Self::Samplers(samplers.iter().map(|sampler| sampler.raw_for(device)).collect())
            }
            BindingResource::TextureViewArray(views) => {
                Self::TextureViews(views.iter().map(|view| view.raw_for(device)).collect())
            }
            BindingResource::AccelerationStructure(_)
            | BindingResource::AccelerationStructureArray(_) => {
                let feature = Features::EXPERIMENTAL_RAY_QUERY;
                return Err(unnamed("An acceleration structure", feature, device.features));
            }
            BindingResource::ExternalTexture(_) => {
                let feature = Features::EXTERNAL_TEXTURE;
                return Err(unnamed("An external texture", feature, device.features));
            }
        }))
    }

    fn extras(&self) -> sys::WGPUBindGroupEntryExtras {
        let mut extras = sys::WGPUBindGroupEntryExtras::INIT;
        match self {
            Self::Buffers(buffers) => {
                extras.buffers = buffers.as_ptr();
                extras.bufferCount = buffers.len();
            }
            Self::Samplers(samplers) => {
                extras.samplers = samplers.as_ptr();
                extras.samplerCount = samplers.len();
            }
            Self::TextureViews(views) => {
                extras.textureViews = views.as_ptr();
                extras.textureViewCount = views.len();
            }
        }
        extras
    }
}

/// The struct for this binding; one that is an array takes the next of the extras.
fn group_entry<'a>(
    device: &Arc<DeviceContext>,
    entry: &BindGroupEntry<'_>,
    extras: &mut impl Iterator<Item = &'a mut sys::WGPUBindGroupEntryExtras>,
) -> sys::WGPUBindGroupEntry {
    let mut output = sys::WGPUBindGroupEntry::ZERO;
    output.binding = entry.binding;
    match &entry.resource {
        BindingResource::Buffer(binding) => {
            output.buffer = binding.buffer.raw_for(device);
            output.offset = binding.offset;
            output.size = size_or_whole(binding.size);
        }
        BindingResource::Sampler(sampler) => output.sampler = sampler.raw_for(device),
        BindingResource::TextureView(view) => output.textureView = view.raw_for(device),
        BindingResource::BufferArray(_)
        | BindingResource::SamplerArray(_)
        | BindingResource::TextureViewArray(_) => {
            output.nextInChain = optional_chain(extras.next());
        }
        // They were refused above.
        BindingResource::AccelerationStructure(_)
        | BindingResource::AccelerationStructureArray(_)
        | BindingResource::ExternalTexture(_) => {}
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;
    use wgpu_types::TextureFormat;

    fn entry(ty: BindingType) -> BindGroupLayoutEntry {
        BindGroupLayoutEntry { binding: 3, visibility: ShaderStages::COMPUTE, ty, count: None }
    }

    #[test]
    fn one_kind_of_binding_is_filled_in() {
        let buffer = BindingType::Buffer {
            ty: BufferBindingType::Storage { read_only: true },
            has_dynamic_offset: true,
            min_binding_size: BufferSize::new(16),
        };
        let output = layout_entry(&entry(buffer), &mut None, Features::empty()).unwrap();
        assert_eq!(output.binding, 3);
        assert_eq!(output.visibility, sys::WGPUShaderStage::Compute);
        assert_eq!(output.buffer.r#type, sys::WGPUBufferBindingType::ReadOnlyStorage);
        assert_eq!((output.buffer.hasDynamicOffset, output.buffer.minBindingSize), (1, 16));
        assert_eq!(output.sampler.r#type, sys::WGPUSamplerBindingType::BindingNotUsed);
        assert_eq!(output.texture.sampleType, sys::WGPUTextureSampleType::BindingNotUsed);
        assert!(output.nextInChain.is_null());
    }

    #[test]
    fn an_array_has_its_extras() {
        let array = BindGroupLayoutEntry {
            count: NonZeroU32::new(5),
            ..entry(BindingType::Sampler(SamplerBindingType::Filtering))
        };
        let mut extras = array_extras(&array);
        let output = layout_entry(&array, &mut extras, Features::empty()).unwrap();
        assert!(!output.nextInChain.is_null());
        assert_eq!(extras.unwrap().count, 5);
    }

    #[test]
    fn elements_are_counted_beyond_32_bits() {
        let array = |count| BindGroupLayoutEntry {
            count: NonZeroU32::new(count),
            ..entry(BindingType::Sampler(SamplerBindingType::Filtering))
        };
        assert_eq!(count_elements(&[array(u32::MAX - 1), array(1)]), Ok(()));
        assert!(count_elements(&[array(1 << 31), array(1 << 31)]).is_err());
        assert!(count_elements(&[array(u32::MAX); 3]).unwrap_err().contains("12884901885"));
    }

    #[test]
    fn what_has_no_name_in_c_is_refused() {
        let atomic = BindingType::StorageTexture {
            access: StorageTextureAccess::Atomic,
            format: TextureFormat::R32Uint,
            view_dimension: wgpu_types::TextureViewDimension::D2,
        };
        for ty in [atomic, BindingType::ExternalTexture] {
            let message =
                layout_entry(&entry(ty), &mut None, Features::TEXTURE_ATOMIC).unwrap_err();
            assert!(message.starts_with("Binding 3 entry is invalid"), "{message}");
        }
    }
}
