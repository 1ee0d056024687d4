//! The questions: each is refused, and the words of the refusal are the answer.

use crate::{
    api::{
        Adapter, BindGroupLayoutDescriptor, Device, DeviceDescriptor, FragmentState,
        RenderPipelineDescriptor, ShaderModule, ShaderModuleDescriptor, TextureDescriptor,
        VertexState,
    },
    convert,
    engine_words::{
        NO_ACCESS, NO_COLOR, NO_SAMPLES, NO_USAGES, NOT_BLENDABLE, SAMPLE_COUNT, SAMPLE_COUNTS,
        SECOND_BINDING, VIEW_FORMAT, Words,
    },
    error::lock,
    future,
    shader_source::ShaderSource,
};
use std::sync::{Arc, Mutex};
use wgpu_types::{
    BindGroupLayoutEntry, BindingType, BlendState, ColorTargetState, ColorWrites, Extent3d,
    Features, MultisampleState, PrimitiveState, ShaderStages, StorageTextureAccess,
    TextureDimension, TextureFormat, TextureFormatFeatureFlags as Flags, TextureFormatFeatures,
    TextureSampleType, TextureUsages as Usages, TextureViewDimension,
};

/// A number of samples that a texture may be asked for, and that no format has.
const TOO_MANY_SAMPLES: u32 = 32;

/// A device that is asked for what it must refuse.
pub(super) struct Probe {
    device: Device,
    shader: ShaderModule,
    /// Why the last thing was refused.
    refusal: Arc<Mutex<Option<String>>>,
}

impl Probe {
    /// Opens the device, with all features that formats need or that change what they can do.
    pub(super) fn open(adapter: &Adapter, features: Features) -> Option<Self> {
        if !features.contains(Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES) {
            return None;
        }
        let of_formats = convert::texture_formats()
            .fold(Features::empty(), |features, format| features | format.required_features());
        let request = adapter.request_device(&DeviceDescriptor {
            required_features: Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES
                | (of_formats & features),
            required_limits: adapter.limits(),
            ..Default::default()
        });
        let (device, _) = future::wait(request).ok()?;
        let refusal = Arc::new(Mutex::new(None));
        let last = refusal.clone();
        device.on_uncaptured_error(Arc::new(move |error| *lock(&last) = Some(error.to_string())));
        let shader = device.create_shader_module(ShaderModuleDescriptor {
            label: None,
            source: ShaderSource::Wgsl(
                "@vertex fn main() -> @builtin(position) vec4f { return vec4f(); }".into(),
            ),
        });
        Some(Self { device, shader, refusal })
    }

    /// Why `call` was refused.
    fn refusal<R>(&self, call: impl FnOnce(&Device) -> R) -> Option<String> {
        drop(call(&self.device));
        lock(&self.refusal).take()
    }

    /// What can be done with this format; `None` if the engine says what is not understood here.
    pub(super) fn ask(&self, format: TextureFormat) -> Option<TextureFormatFeatures> {
        let allowed_usages = self.usages(format)?;
        let mut flags = self.sample_counts(format)?;
        if allowed_usages.contains(Usages::STORAGE_BINDING) {
            flags |= self.storage(format)?;
        }
        flags.set(Flags::STORAGE_ATOMIC, allowed_usages.contains(Usages::STORAGE_ATOMIC));
        if allowed_usages.contains(Usages::RENDER_ATTACHMENT) {
            flags.set(Flags::BLENDABLE, self.is_blendable(format)?);
        }
        Some(TextureFormatFeatures { allowed_usages, flags })
    }

    /// Why there is no such texture.
    fn texture_refusal(
        &self,
        format: TextureFormat,
        usage: Usages,
        sample_count: u32,
        view_formats: &[TextureFormat],
    ) -> Option<String> {
        let (width, height) = format.size_multiple_requirement();
        self.refusal(|device| {
            device.create_texture(&TextureDescriptor {
                label: None,
                size: Extent3d { width, height, depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count,
                dimension: TextureDimension::D2,
                format,
                usage,
                view_formats,
            })
        })
    }

    /// Asks for a texture with all usages that can be together, whose views can have a format that does not fit.
    fn usages(&self, format: TextureFormat) -> Option<Usages> {
        let together = Usages::all() - Usages::TRANSIENT;
        let misfit = match format {
            TextureFormat::R8Unorm => TextureFormat::R8Snorm,
            _ => TextureFormat::R8Unorm,
        };
        let refusal = self.texture_refusal(format, together, 1, &[misfit])?;
        let mut usages = match between(&refusal, NO_USAGES, ")") {
            Some(missing) => together - bitflags::parser::from_str(missing).ok()?,
            None if VIEW_FORMAT.stand_in(&refusal) => together,
            None => return None,
        };
        usages.set(Usages::TRANSIENT, usages.contains(Usages::RENDER_ATTACHMENT));
        Some(usages)
    }

    /// Asks for a texture with more samples than there can be.
    fn sample_counts(&self, format: TextureFormat) -> Option<Flags> {
        let refusal =
            self.texture_refusal(format, Usages::RENDER_ATTACHMENT, TOO_MANY_SAMPLES, &[])?;
        if NO_SAMPLES.stand_in(&refusal) {
            return Some(Flags::empty());
        }
        let counts = between(&refusal, SAMPLE_COUNTS, "]")?;
        let flags = counts.split(", ").map(|count| {
            Some(match count {
                "1" => Flags::empty(),
                "2" => Flags::MULTISAMPLE_X2,
                "4" => Flags::MULTISAMPLE_X4,
                "8" => Flags::MULTISAMPLE_X8,
                "16" => Flags::MULTISAMPLE_X16,
                _ => return None,
            })
        });
        flags.collect()
    }

    /// Asks, for each access, for a layout with a second binding that cannot be.
    fn storage(&self, format: TextureFormat) -> Option<Flags> {
        let entry = |binding, ty| BindGroupLayoutEntry {
            binding,
            visibility: ShaderStages::COMPUTE,
            ty,
            count: None,
        };
        let view_dimension = TextureViewDimension::D2;
        let impossible = BindingType::Texture {
            sample_type: TextureSampleType::Float { filterable: true },
            view_dimension,
            multisampled: true,
        };
        let accesses = [
            (StorageTextureAccess::ReadOnly, Flags::STORAGE_READ_ONLY),
            (StorageTextureAccess::WriteOnly, Flags::STORAGE_WRITE_ONLY),
            (StorageTextureAccess::ReadWrite, Flags::STORAGE_READ_WRITE),
        ];
        let flags = accesses.into_iter().map(|(access, flag)| {
            let storage = BindingType::StorageTexture { access, format, view_dimension };
            let refusal = self.refusal(|device| {
                device.create_bind_group_layout(&BindGroupLayoutDescriptor {
                    label: None,
                    entries: &[entry(0, storage), entry(1, impossible)],
                })
            })?;
            match refusal {
                text if NO_ACCESS.stand_in(&text) => Some(Flags::empty()),
                text if SECOND_BINDING.stand_in(&text) => Some(flag),
                _ => None,
            }
        });
        flags.collect()
    }

    /// Asks for a pipeline that blends, with more samples than there can be.
    fn is_blendable(&self, format: TextureFormat) -> Option<bool> {
        let target = ColorTargetState {
            format,
            blend: Some(BlendState::ALPHA_BLENDING),
            write_mask: ColorWrites::ALL,
        };
        let refusal = self.refusal(|device| {
            device.create_render_pipeline(&RenderPipelineDescriptor {
                label: None,
                layout: None,
                vertex: VertexState {
                    module: &self.shader,
                    entry_point: None,
                    compilation_options: Default::default(),
                    buffers: &[],
                },
                primitive: PrimitiveState::default(),
                depth_stencil: None,
                multisample: MultisampleState { count: TOO_MANY_SAMPLES, ..Default::default() },
                fragment: Some(FragmentState {
                    module: &self.shader,
                    entry_point: None,
                    compilation_options: Default::default(),
                    targets: &[Some(target)],
                }),
                multiview_mask: None,
                cache: None,
            })
        })?;
        match refusal {
            text if NOT_BLENDABLE.stand_in(&text) => Some(false),
            text if SAMPLE_COUNT.stand_in(&text) || NO_COLOR.stand_in(&text) => Some(true),
            _ => None,
        }
    }
}

/// What stands in `text` between these two.
fn between<'a>(text: &'a str, before: Words, after: &str) -> Option<&'a str> {
    let (_, rest) = before.split(text)?;
    Some(rest.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_refusal() {
        assert_eq!(between("your device supports [1, 4].", SAMPLE_COUNTS, "]"), Some("1, 4"));
        assert_eq!(between("your device supports [1, 4", SAMPLE_COUNTS, "]"), None);
        assert_eq!(between("it has none", SAMPLE_COUNTS, "]"), None);
    }
}
