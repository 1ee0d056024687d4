//! Formats of texels and vertices.

use wgpu_native_sys_dyn as sys;
use wgpu_types::{AstcBlock, AstcChannel, TextureFormat, VertexFormat};

macro_rules! texture_formats {
    (
        plain { $($plain:ident = $plain_c:ident,)* }
        native { $($native:ident = $native_c:ident,)* }
        astc { $($block:ident: $unorm_c:ident, $srgb_c:ident,)* }
        missing { $($missing:ident,)* }
    ) => {
        /// The engine's name of a texture format; `None` for the few that its C interface cannot express.
        pub(crate) fn texture_format(format: TextureFormat) -> Option<sys::WGPUTextureFormat> {
            Some(match format {
                $(TextureFormat::$plain => sys::WGPUTextureFormat::$plain_c,)*
                $(TextureFormat::$native => sys::WGPUNativeTextureFormat::$native_c.into(),)*
                TextureFormat::Astc { block, channel } => match (block, channel) {
                    $(
                        (AstcBlock::$block, AstcChannel::Unorm) => sys::WGPUTextureFormat::$unorm_c,
                        (AstcBlock::$block, AstcChannel::UnormSrgb) => sys::WGPUTextureFormat::$srgb_c,
                    )*
                    (_, AstcChannel::Hdr) => return None,
                },
                $(TextureFormat::$missing => return None,)*
            })
        }

        /// The texture format of this name in the engine; `None` for one that is not known here.
        pub(crate) fn texture_format_from(format: sys::WGPUTextureFormat) -> Option<TextureFormat> {
            $(
                if format == sys::WGPUTextureFormat::from(sys::WGPUNativeTextureFormat::$native_c) {
                    return Some(TextureFormat::$native);
                }
            )*
            Some(match format {
                $(sys::WGPUTextureFormat::$plain_c => TextureFormat::$plain,)*
                $(
                    sys::WGPUTextureFormat::$unorm_c => TextureFormat::Astc {
                        block: AstcBlock::$block,
                        channel: AstcChannel::Unorm,
                    },
                    sys::WGPUTextureFormat::$srgb_c => TextureFormat::Astc {
                        block: AstcBlock::$block,
                        channel: AstcChannel::UnormSrgb,
                    },
                )*
                _ => return None,
            })
        }
    };
}

texture_formats! {
    plain {
        R8Unorm = R8Unorm,
        R8Snorm = R8Snorm,
        R8Uint = R8Uint,
        R8Sint = R8Sint,
        R16Uint = R16Uint,
        R16Sint = R16Sint,
        R16Unorm = R16Unorm,
        R16Snorm = R16Snorm,
        R16Float = R16Float,
        Rg8Unorm = RG8Unorm,
        Rg8Snorm = RG8Snorm,
        Rg8Uint = RG8Uint,
        Rg8Sint = RG8Sint,
        R32Uint = R32Uint,
        R32Sint = R32Sint,
        R32Float = R32Float,
        Rg16Uint = RG16Uint,
        Rg16Sint = RG16Sint,
        Rg16Unorm = RG16Unorm,
        Rg16Snorm = RG16Snorm,
        Rg16Float = RG16Float,
        Rgba8Unorm = RGBA8Unorm,
        Rgba8UnormSrgb = RGBA8UnormSrgb,
        Rgba8Snorm = RGBA8Snorm,
        Rgba8Uint = RGBA8Uint,
        Rgba8Sint = RGBA8Sint,
        Bgra8Unorm = BGRA8Unorm,
        Bgra8UnormSrgb = BGRA8UnormSrgb,
        Rgb9e5Ufloat = RGB9E5Ufloat,
        Rgb10a2Uint = RGB10A2Uint,
        Rgb10a2Unorm = RGB10A2Unorm,
        Rg11b10Ufloat = RG11B10Ufloat,
        Rg32Uint = RG32Uint,
        Rg32Sint = RG32Sint,
        Rg32Float = RG32Float,
        Rgba16Uint = RGBA16Uint,
        Rgba16Sint = RGBA16Sint,
        Rgba16Unorm = RGBA16Unorm,
        Rgba16Snorm = RGBA16Snorm,
        Rgba16Float = RGBA16Float,
        Rgba32Uint = RGBA32Uint,
        Rgba32Sint = RGBA32Sint,
        Rgba32Float = RGBA32Float,
        Stencil8 = Stencil8,
        Depth16Unorm = Depth16Unorm,
        Depth24Plus = Depth24Plus,
        Depth24PlusStencil8 = Depth24PlusStencil8,
        Depth32Float = Depth32Float,
        Depth32FloatStencil8 = Depth32FloatStencil8,
        Bc1RgbaUnorm = BC1RGBAUnorm,
        Bc1RgbaUnormSrgb = BC1RGBAUnormSrgb,
        Bc2RgbaUnorm = BC2RGBAUnorm,
        Bc2RgbaUnormSrgb = BC2RGBAUnormSrgb,
        Bc3RgbaUnorm = BC3RGBAUnorm,
        Bc3RgbaUnormSrgb = BC3RGBAUnormSrgb,
        Bc4RUnorm = BC4RUnorm,
        Bc4RSnorm = BC4RSnorm,
        Bc5RgUnorm = BC5RGUnorm,
        Bc5RgSnorm = BC5RGSnorm,
        Bc6hRgbUfloat = BC6HRGBUfloat,
        Bc6hRgbFloat = BC6HRGBFloat,
        Bc7RgbaUnorm = BC7RGBAUnorm,
        Bc7RgbaUnormSrgb = BC7RGBAUnormSrgb,
        Etc2Rgb8Unorm = ETC2RGB8Unorm,
        Etc2Rgb8UnormSrgb = ETC2RGB8UnormSrgb,
        Etc2Rgb8A1Unorm = ETC2RGB8A1Unorm,
        Etc2Rgb8A1UnormSrgb = ETC2RGB8A1UnormSrgb,
        Etc2Rgba8Unorm = ETC2RGBA8Unorm,
        Etc2Rgba8UnormSrgb = ETC2RGBA8UnormSrgb,
        EacR11Unorm = EACR11Unorm,
        EacR11Snorm = EACR11Snorm,
        EacRg11Unorm = EACRG11Unorm,
        EacRg11Snorm = EACRG11Snorm,
    }
    native {
        NV12 = NV12,
    }
    astc {
        B4x4: ASTC4x4Unorm, ASTC4x4UnormSrgb,
        B5x4: ASTC5x4Unorm, ASTC5x4UnormSrgb,
        B5x5: ASTC5x5Unorm, ASTC5x5UnormSrgb,
        B6x5: ASTC6x5Unorm, ASTC6x5UnormSrgb,
        B6x6: ASTC6x6Unorm, ASTC6x6UnormSrgb,
        B8x5: ASTC8x5Unorm, ASTC8x5UnormSrgb,
        B8x6: ASTC8x6Unorm, ASTC8x6UnormSrgb,
        B8x8: ASTC8x8Unorm, ASTC8x8UnormSrgb,
        B10x5: ASTC10x5Unorm, ASTC10x5UnormSrgb,
        B10x6: ASTC10x6Unorm, ASTC10x6UnormSrgb,
        B10x8: ASTC10x8Unorm, ASTC10x8UnormSrgb,
        B10x10: ASTC10x10Unorm, ASTC10x10UnormSrgb,
        B12x10: ASTC12x10Unorm, ASTC12x10UnormSrgb,
        B12x12: ASTC12x12Unorm, ASTC12x12UnormSrgb,
    }
    missing {
        R64Uint,
        // It has a name, which the engine ends the process over.
        P010,
    }
}

/// All texture formats that have a name in C.
pub(crate) fn texture_formats() -> impl Iterator<Item = TextureFormat> {
    let named = sys::WGPUTextureFormat::NAMES.iter().map(|(format, _)| *format);
    let native = sys::WGPUNativeTextureFormat::NAMES.iter().map(|(format, _)| (*format).into());
    named.chain(native).filter_map(texture_format_from)
}

macro_rules! vertex_formats {
    (named { $($rust:ident = $c:ident,)* } missing { $($missing:ident,)* }) => {
        /// The engine's name of a vertex format; `None` for those that its C interface cannot express.
        pub(crate) fn vertex_format(format: VertexFormat) -> Option<sys::WGPUVertexFormat> {
            Some(match format {
                $(VertexFormat::$rust => sys::WGPUVertexFormat::$c,)*
                $(VertexFormat::$missing => return None,)*
            })
        }
    };
}

vertex_formats! {
    named {
        Uint8 = Uint8,
        Uint8x2 = Uint8x2,
        Uint8x4 = Uint8x4,
        Sint8 = Sint8,
        Sint8x2 = Sint8x2,
        Sint8x4 = Sint8x4,
        Unorm8 = Unorm8,
        Unorm8x2 = Unorm8x2,
        Unorm8x4 = Unorm8x4,
        Snorm8 = Snorm8,
        Snorm8x2 = Snorm8x2,
        Snorm8x4 = Snorm8x4,
        Uint16 = Uint16,
        Uint16x2 = Uint16x2,
        Uint16x4 = Uint16x4,
        Sint16 = Sint16,
        Sint16x2 = Sint16x2,
        Sint16x4 = Sint16x4,
        Unorm16 = Unorm16,
        Unorm16x2 = Unorm16x2,
        Unorm16x4 = Unorm16x4,
        Snorm16 = Snorm16,
        Snorm16x2 = Snorm16x2,
        Snorm16x4 = Snorm16x4,
        Float16 = Float16,
        Float16x2 = Float16x2,
        Float16x4 = Float16x4,
        Float32 = Float32,
        Float32x2 = Float32x2,
        Float32x3 = Float32x3,
        Float32x4 = Float32x4,
        Uint32 = Uint32,
        Uint32x2 = Uint32x2,
        Uint32x3 = Uint32x3,
        Uint32x4 = Uint32x4,
        Sint32 = Sint32,
        Sint32x2 = Sint32x2,
        Sint32x3 = Sint32x3,
        Sint32x4 = Sint32x4,
        Unorm10_10_10_2 = Unorm10_10_10_2,
    }
    missing {
        // It has a name, which the engine ends the process over.
        Unorm8x4Bgra,
        Float64,
        Float64x2,
        Float64x3,
        Float64x4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_texture_format_of_the_header_goes_both_ways() {
        let named = sys::WGPUTextureFormat::NAMES.iter().map(|(value, name)| (*value, *name));
        let native = sys::WGPUNativeTextureFormat::NAMES.iter();
        let native = native.map(|(value, name)| (sys::WGPUTextureFormat::from(*value), *name));
        for (format, name) in named.chain(native) {
            if matches!(name, "Undefined" | "Force32" | "P010") {
                assert_eq!(texture_format_from(format), None);
                continue;
            }
            let here = texture_format_from(format).unwrap_or_else(|| panic!("{name} is unknown"));
            assert_eq!(texture_format(here), Some(format), "{name}");
        }
    }

    #[test]
    fn formats_without_a_name_in_c_are_told_apart() {
        assert_eq!(texture_format(TextureFormat::R64Uint), None);
        let hdr = TextureFormat::Astc { block: AstcBlock::B4x4, channel: AstcChannel::Hdr };
        assert_eq!(texture_format(hdr), None);
        assert_eq!(vertex_format(VertexFormat::Float64x3), None);
        assert_eq!(texture_format_from(sys::WGPUTextureFormat(0x7000_0000)), None);
    }

    #[test]
    fn vertex_formats_have_different_names() {
        assert_eq!(vertex_format(VertexFormat::Float32x3), Some(sys::WGPUVertexFormat::Float32x3));
        assert_eq!(vertex_format(VertexFormat::Unorm8x4), Some(sys::WGPUVertexFormat::Unorm8x4));
        assert_eq!(vertex_format(VertexFormat::Unorm8x4Bgra), None);
    }
}
