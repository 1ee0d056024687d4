//! The answers, with what is known without asking.

use super::probe::Probe;
use crate::{api::Adapter, convert};
use std::collections::HashMap;
use wgpu_types::{
    Backend, Features, TextureFormat, TextureFormatFeatureFlags as Flags, TextureFormatFeatures,
    TextureSampleType, TextureUsages as Usages,
};

/// What an adapter can do with each format.
#[derive(Debug)]
pub(crate) struct FormatTable {
    /// The features of the adapter.
    features: Features,
    backend: Backend,
    /// What was found out.
    known: HashMap<TextureFormat, TextureFormatFeatures>,
}

impl FormatTable {
    /// Asks for all formats. Nothing is known if there is no device to be asked.
    pub(crate) fn of(adapter: &Adapter) -> Self {
        let (features, backend) = (adapter.features(), adapter.get_info().backend);
        let probe = match backend {
            // The devices of an adapter share one context there, and the end of one takes away what the others draw with.
            Backend::Gl => None,
            _ => Probe::open(adapter, features),
        };
        let known = probe.into_iter().flat_map(|probe| {
            let formats = convert::texture_formats().filter(|format| {
                // What a texture of planes can do is looked up for its planes, which are other formats.
                features.contains(format.required_features()) && !format.is_multi_planar_format()
            });
            let known = formats.filter_map(|format| Some((format, probe.ask(format)?)));
            known.collect::<Vec<_>>()
        });
        Self { features, backend, known: known.collect() }
    }

    /// What the adapter can do with this format.
    pub(crate) fn get(&self, format: TextureFormat) -> TextureFormatFeatures {
        let guaranteed = match self.features.contains(format.required_features()) {
            true => format.guaranteed_format_features(self.features),
            false => {
                TextureFormatFeatures { allowed_usages: Usages::empty(), flags: Flags::empty() }
            }
        };
        let Some(known) = self.known.get(&format) else {
            let flags = guaranteed.flags | self.flags_of_kind(format);
            return TextureFormatFeatures { flags, ..guaranteed };
        };
        let mut features = *known;
        // What no check looks at: a device takes a format for filterable by its features, and for one that can be resolved
        // only where it can be drawn on. On Vulkan, the engine has a rule for the latter.
        features.flags |= guaranteed.flags & Flags::FILTERABLE;
        let resolves = match self.backend {
            Backend::Vulkan => !format.is_compressed(),
            _ => guaranteed.flags.contains(Flags::MULTISAMPLE_RESOLVE),
        };
        features.flags.set(Flags::MULTISAMPLE_RESOLVE, resolves);
        features
    }

    /// What the adapter can do with a format that it could not be asked for, because of what kind it is: Vulkan has one
    /// number of samples for all formats of a kind.
    fn flags_of_kind(&self, format: TextureFormat) -> Flags {
        let counts = Flags::MULTISAMPLE_X2
            | Flags::MULTISAMPLE_X4
            | Flags::MULTISAMPLE_X8
            | Flags::MULTISAMPLE_X16;
        let like = match format.sample_type(None, None) {
            _ if format.has_depth_aspect() => TextureFormat::Depth16Unorm,
            Some(TextureSampleType::Uint | TextureSampleType::Sint) => TextureFormat::R8Uint,
            _ => TextureFormat::R8Unorm,
        };
        match self.known.get(&like) {
            Some(like) if self.backend == Backend::Vulkan => {
                let mut flags = like.flags & counts;
                flags.set(Flags::MULTISAMPLE_RESOLVE, !format.is_compressed());
                flags
            }
            _ => Flags::empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::{Instance, RequestAdapterOptions},
        future,
    };
    use std::sync::LazyLock;
    use wgpu_types::{InstanceDescriptor, InstanceFlags};

    /// A table of an adapter that could be asked for these formats only.
    fn table(
        features: Features,
        backend: Backend,
        known: &[(TextureFormat, Flags)],
    ) -> FormatTable {
        let known = known.iter().map(|&(format, flags)| {
            (format, TextureFormatFeatures { allowed_usages: Usages::RENDER_ATTACHMENT, flags })
        });
        FormatTable { features, backend, known: known.collect() }
    }

    #[test]
    fn every_refusal_is_understood() {
        // Never dropped: with the last instance the driver would be unloaded, which loses track of what it never frees.
        static INSTANCE: LazyLock<Instance> = LazyLock::new(|| {
            let mut descriptor = InstanceDescriptor::new_without_display_handle();
            descriptor.flags.remove(InstanceFlags::DEBUG);
            Instance::new(descriptor)
        });
        let instance = &*INSTANCE;
        let adapter = instance.request_adapter(&RequestAdapterOptions::default());
        let adapter = future::wait(adapter).expect("a driver: run `cargo xtask setup`");
        let features = adapter.features();
        assert!(features.contains(Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES));
        let table = FormatTable::of(&adapter);
        let missing = convert::texture_formats().filter(|format| {
            features.contains(format.required_features())
                && !format.is_multi_planar_format()
                && !table.known.contains_key(format)
        });
        assert_eq!(missing.collect::<Vec<_>>(), []);
        assert!(table.known.len() > 40);
    }

    #[test]
    fn what_is_not_known_is_as_guaranteed() {
        let features = Features::TEXTURE_COMPRESSION_BC | Features::FLOAT32_FILTERABLE;
        let table = table(features, Backend::Metal, &[]);
        for format in [TextureFormat::Bc1RgbaUnorm, TextureFormat::R32Float] {
            assert_eq!(table.get(format), format.guaranteed_format_features(features));
        }
        let lacking = table.get(TextureFormat::EacR11Unorm);
        assert!(lacking.allowed_usages.is_empty() && lacking.flags.is_empty());
    }

    #[test]
    fn what_is_not_checked_is_added() {
        let (float, depth) = (TextureFormat::R8Unorm, TextureFormat::Depth16Unorm);
        let known = [(float, Flags::MULTISAMPLE_X2), (depth, Flags::MULTISAMPLE_X8)];
        let flags = |backend, format| table(Features::empty(), backend, &known).get(format).flags;
        let resolve = Flags::MULTISAMPLE_RESOLVE;
        let filtered = Flags::MULTISAMPLE_X2 | Flags::FILTERABLE | resolve;
        assert_eq!(flags(Backend::Vulkan, float), filtered);
        assert_eq!(flags(Backend::Metal, float), filtered);
        assert_eq!(flags(Backend::Vulkan, depth), Flags::MULTISAMPLE_X8 | resolve);
        assert_eq!(flags(Backend::Metal, depth), Flags::MULTISAMPLE_X8);
        // The adapter lacks their features: what is left is what Vulkan says of their kind.
        let combined = TextureFormat::Depth32FloatStencil8;
        assert_eq!(flags(Backend::Vulkan, combined), Flags::MULTISAMPLE_X8 | resolve);
        assert_eq!(flags(Backend::Vulkan, TextureFormat::NV12), Flags::MULTISAMPLE_X2 | resolve);
        assert_eq!(flags(Backend::Vulkan, TextureFormat::EacR11Unorm), Flags::MULTISAMPLE_X2);
        assert_eq!(flags(Backend::Metal, TextureFormat::EacR11Unorm), Flags::empty());
    }
}
