//! Textures, views and samplers.

use super::{defined_or, extent, optional_chain, texture_format};
use crate::api::{SamplerDescriptor, TextureDescriptor, TextureViewDescriptor};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    AddressMode, CompareFunction, FilterMode, ImageSubresourceRange, MipmapFilterMode,
    SamplerBorderColor, TextureAspect, TextureDimension, TextureUsages, TextureViewDimension,
};

/// Hands the struct for this descriptor to `call`, or returns what in it the engine has no name for.
pub(crate) fn with_texture_descriptor<R>(
    descriptor: &TextureDescriptor<'_>,
    call: impl FnOnce(*const sys::WGPUTextureDescriptor) -> R,
) -> Result<R, String> {
    let named = |format| {
        texture_format(format)
            .ok_or_else(|| format!("Texture format {format:?} cannot be passed to the engine"))
    };
    let view_formats = descriptor.view_formats.iter().map(|format| named(*format));
    let view_formats = view_formats.collect::<Result<Vec<_>, _>>()?;
    let descriptor = sys::WGPUTextureDescriptor {
        label: descriptor.label.into(),
        usage: texture_usages(descriptor.usage),
        dimension: texture_dimension(descriptor.dimension),
        size: extent(descriptor.size),
        format: named(descriptor.format)?,
        mipLevelCount: descriptor.mip_level_count,
        sampleCount: descriptor.sample_count,
        viewFormatCount: view_formats.len(),
        viewFormats: view_formats.as_ptr(),
        ..sys::WGPUTextureDescriptor::INIT
    };
    Ok(call(&raw const descriptor))
}

/// A texture that the engine is sure to refuse: its answer is an invalid texture, which behaves as such everywhere.
pub(crate) const INVALID_TEXTURE: sys::WGPUTextureDescriptor = sys::WGPUTextureDescriptor {
    usage: sys::WGPUTextureUsage::None,
    format: sys::WGPUTextureFormat::RGBA8Unorm,
    dimension: sys::WGPUTextureDimension::_2D,
    ..sys::WGPUTextureDescriptor::INIT
};

/// The bits for these usages. The engine ends the process over a bit that it does not know, and refuses an empty set
/// properly: with unknown bits, the set becomes empty.
pub(crate) fn texture_usages(usages: TextureUsages) -> sys::WGPUTextureUsage {
    if !TextureUsages::all().contains(usages) {
        sys::WGPUTextureUsage::None
    } else {
        // The engine reads bits beyond those of the header as those of `wgpu-types`, which are the same below.
        sys::WGPUTextureUsage(usages.bits().into())
    }
}

/// The usages of these bits.
pub(crate) fn texture_usages_from(usages: sys::WGPUTextureUsage) -> TextureUsages {
    TextureUsages::from_bits_truncate(u32::try_from(usages.0 & 0xffff_ffff).unwrap_or(0))
}

fn texture_dimension(dimension: TextureDimension) -> sys::WGPUTextureDimension {
    match dimension {
        TextureDimension::D1 => sys::WGPUTextureDimension::_1D,
        TextureDimension::D2 => sys::WGPUTextureDimension::_2D,
        TextureDimension::D3 => sys::WGPUTextureDimension::_3D,
    }
}

/// The struct for this descriptor, or what in it the engine would not stand or has no name for.
pub(crate) fn texture_view_descriptor(
    descriptor: &TextureViewDescriptor<'_>,
) -> Result<sys::WGPUTextureViewDescriptor, String> {
    let format = match descriptor.format {
        None => sys::WGPUTextureFormat::Undefined,
        Some(format) => texture_format(format)
            .ok_or_else(|| format!("Texture format {format:?} cannot be passed to the engine"))?,
    };
    if descriptor.mip_level_count == Some(0) {
        return Err("Mip level count is 0".into());
    }
    if descriptor.array_layer_count == Some(0) {
        return Err("Array layer count is 0".into());
    }
    Ok(sys::WGPUTextureViewDescriptor {
        label: descriptor.label.into(),
        format,
        dimension: descriptor
            .dimension
            .map_or(sys::WGPUTextureViewDimension::Undefined, view_dimension),
        baseMipLevel: descriptor.base_mip_level,
        mipLevelCount: defined_or(descriptor.mip_level_count, sys::WGPU_MIP_LEVEL_COUNT_UNDEFINED),
        baseArrayLayer: descriptor.base_array_layer,
        arrayLayerCount: defined_or(
            descriptor.array_layer_count,
            sys::WGPU_ARRAY_LAYER_COUNT_UNDEFINED,
        ),
        aspect: texture_aspect(descriptor.aspect).ok_or_else(|| {
            format!("Aspect {:?} cannot be passed to the engine", descriptor.aspect)
        })?,
        usage: descriptor.usage.map_or(sys::WGPUTextureUsage::None, texture_usages),
        ..sys::WGPUTextureViewDescriptor::INIT
    })
}

/// A view that the engine is sure to refuse, of every texture.
pub(crate) const INVALID_TEXTURE_VIEW: sys::WGPUTextureViewDescriptor =
    sys::WGPUTextureViewDescriptor {
        baseMipLevel: 1000,
        mipLevelCount: 1,
        ..sys::WGPUTextureViewDescriptor::INIT
    };

/// The name of a view dimension.
pub(crate) fn view_dimension(dimension: TextureViewDimension) -> sys::WGPUTextureViewDimension {
    match dimension {
        TextureViewDimension::D1 => sys::WGPUTextureViewDimension::_1D,
        TextureViewDimension::D2 => sys::WGPUTextureViewDimension::_2D,
        TextureViewDimension::D2Array => sys::WGPUTextureViewDimension::_2DArray,
        TextureViewDimension::Cube => sys::WGPUTextureViewDimension::Cube,
        TextureViewDimension::CubeArray => sys::WGPUTextureViewDimension::CubeArray,
        TextureViewDimension::D3 => sys::WGPUTextureViewDimension::_3D,
    }
}

/// The name of an aspect; `None` for the planes of video formats, which have none in C.
pub(crate) fn texture_aspect(aspect: TextureAspect) -> Option<sys::WGPUTextureAspect> {
    match aspect {
        TextureAspect::All => Some(sys::WGPUTextureAspect::All),
        TextureAspect::StencilOnly => Some(sys::WGPUTextureAspect::StencilOnly),
        TextureAspect::DepthOnly => Some(sys::WGPUTextureAspect::DepthOnly),
        TextureAspect::Plane0 | TextureAspect::Plane1 | TextureAspect::Plane2 => None,
    }
}

/// The struct for a part of a texture, or what in it has no name in C. The part must not be empty: the engine would end the
/// process over that.
pub(crate) fn subresource_range(
    range: &ImageSubresourceRange,
) -> Result<sys::WGPUImageSubresourceRange, String> {
    Ok(sys::WGPUImageSubresourceRange {
        aspect: texture_aspect(range.aspect)
            .ok_or_else(|| format!("Aspect {:?} cannot be passed to the engine", range.aspect))?,
        baseMipLevel: range.base_mip_level,
        mipLevelCount: range.mip_level_count.unwrap_or(sys::WGPU_MIP_LEVEL_COUNT_UNDEFINED),
        baseArrayLayer: range.base_array_layer,
        arrayLayerCount: range.array_layer_count.unwrap_or(sys::WGPU_ARRAY_LAYER_COUNT_UNDEFINED),
    })
}

/// Hands the struct for this descriptor to `call`.
pub(crate) fn with_sampler_descriptor<R>(
    descriptor: &SamplerDescriptor<'_>,
    call: impl FnOnce(*const sys::WGPUSamplerDescriptor) -> R,
) -> R {
    let mut extras = descriptor.border_color.map(|color| sys::WGPUSamplerDescriptorExtras {
        samplerBorderColor: match color {
            SamplerBorderColor::TransparentBlack => sys::WGPUSamplerBorderColor::TransparentBlack,
            SamplerBorderColor::OpaqueBlack => sys::WGPUSamplerBorderColor::OpaqueBlack,
            SamplerBorderColor::OpaqueWhite => sys::WGPUSamplerBorderColor::OpaqueWhite,
            SamplerBorderColor::Zero => sys::WGPUSamplerBorderColor::Zero,
        },
        ..sys::WGPUSamplerDescriptorExtras::INIT
    });
    let descriptor = sys::WGPUSamplerDescriptor {
        nextInChain: optional_chain(extras.as_mut()),
        label: descriptor.label.into(),
        addressModeU: address_mode(descriptor.address_mode_u),
        addressModeV: address_mode(descriptor.address_mode_v),
        addressModeW: address_mode(descriptor.address_mode_w),
        magFilter: filter_mode(descriptor.mag_filter),
        minFilter: filter_mode(descriptor.min_filter),
        mipmapFilter: match descriptor.mipmap_filter {
            MipmapFilterMode::Nearest => sys::WGPUMipmapFilterMode::Nearest,
            MipmapFilterMode::Linear => sys::WGPUMipmapFilterMode::Linear,
        },
        lodMinClamp: descriptor.lod_min_clamp,
        lodMaxClamp: descriptor.lod_max_clamp,
        compare: descriptor.compare.map_or(sys::WGPUCompareFunction::Undefined, compare_function),
        maxAnisotropy: descriptor.anisotropy_clamp,
    };
    call(&raw const descriptor)
}

fn address_mode(mode: AddressMode) -> sys::WGPUAddressMode {
    match mode {
        AddressMode::ClampToEdge => sys::WGPUAddressMode::ClampToEdge,
        AddressMode::Repeat => sys::WGPUAddressMode::Repeat,
        AddressMode::MirrorRepeat => sys::WGPUAddressMode::MirrorRepeat,
        AddressMode::ClampToBorder => sys::WGPUNativeAddressMode::ClampToBorder.into(),
    }
}

fn filter_mode(mode: FilterMode) -> sys::WGPUFilterMode {
    match mode {
        FilterMode::Nearest => sys::WGPUFilterMode::Nearest,
        FilterMode::Linear => sys::WGPUFilterMode::Linear,
    }
}

/// The name of a comparison.
pub(crate) fn compare_function(function: CompareFunction) -> sys::WGPUCompareFunction {
    match function {
        CompareFunction::Never => sys::WGPUCompareFunction::Never,
        CompareFunction::Less => sys::WGPUCompareFunction::Less,
        CompareFunction::Equal => sys::WGPUCompareFunction::Equal,
        CompareFunction::LessEqual => sys::WGPUCompareFunction::LessEqual,
        CompareFunction::Greater => sys::WGPUCompareFunction::Greater,
        CompareFunction::NotEqual => sys::WGPUCompareFunction::NotEqual,
        CompareFunction::GreaterEqual => sys::WGPUCompareFunction::GreaterEqual,
        CompareFunction::Always => sys::WGPUCompareFunction::Always,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_the_process_is_refused() {
        let empty = TextureViewDescriptor { mip_level_count: Some(0), ..Default::default() };
        assert_eq!(texture_view_descriptor(&empty).unwrap_err(), "Mip level count is 0");
        let plane = TextureViewDescriptor { aspect: TextureAspect::Plane1, ..Default::default() };
        assert!(texture_view_descriptor(&plane).unwrap_err().contains("Plane1"));
        assert_eq!(
            texture_usages(TextureUsages::from_bits_retain(1 << 30)),
            sys::WGPUTextureUsage::None
        );
    }

    #[test]
    fn what_is_left_open_is_undefined_in_c() {
        let view = texture_view_descriptor(&TextureViewDescriptor::default()).unwrap();
        assert_eq!(view.format, sys::WGPUTextureFormat::Undefined);
        assert_eq!(view.dimension, sys::WGPUTextureViewDimension::Undefined);
        assert_eq!(view.mipLevelCount, sys::WGPU_MIP_LEVEL_COUNT_UNDEFINED);
        assert_eq!(view.arrayLayerCount, sys::WGPU_ARRAY_LAYER_COUNT_UNDEFINED);
    }

    #[test]
    fn usages_go_there_and_back() {
        for usages in [
            TextureUsages::COPY_SRC,
            TextureUsages::RENDER_ATTACHMENT | TextureUsages::STORAGE_ATOMIC,
        ] {
            assert_eq!(texture_usages_from(texture_usages(usages)), usages);
        }
        assert_eq!(
            texture_usages(TextureUsages::STORAGE_BINDING),
            sys::WGPUTextureUsage::StorageBinding
        );
    }

    #[test]
    fn a_sampler_carries_its_border() {
        let descriptor = SamplerDescriptor {
            border_color: Some(SamplerBorderColor::OpaqueWhite),
            address_mode_u: AddressMode::ClampToBorder,
            ..Default::default()
        };
        with_sampler_descriptor(&descriptor, |pointer| {
            // SAFETY: The pointer is that of a live struct with the extras in its chain.
            let extras =
                unsafe { &*(*pointer).nextInChain.cast::<sys::WGPUSamplerDescriptorExtras>() };
            assert_eq!(extras.samplerBorderColor, sys::WGPUSamplerBorderColor::OpaqueWhite);
            // SAFETY: As above.
            assert_eq!(unsafe { (*pointer).maxAnisotropy }, 1);
        });
    }
}
