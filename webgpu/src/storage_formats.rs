//! The formats that shaders can store, whose names the shader compiler and textures share.

/// Applies a macro to the names of the formats that shaders can store.
macro_rules! for_storage_formats {
    ($apply:ident) => {
        $apply! {
            R8Unorm R8Snorm R8Uint R8Sint
            R16Uint R16Sint R16Float Rg8Unorm Rg8Snorm Rg8Uint Rg8Sint
            R32Uint R32Sint R32Float Rg16Uint Rg16Sint Rg16Float
            Rgba8Unorm Rgba8Snorm Rgba8Uint Rgba8Sint Bgra8Unorm
            Rgb10a2Uint Rgb10a2Unorm Rg11b10Ufloat
            R64Uint Rg32Uint Rg32Sint Rg32Float Rgba16Uint Rgba16Sint Rgba16Float
            Rgba32Uint Rgba32Sint Rgba32Float
            R16Unorm R16Snorm Rg16Unorm Rg16Snorm Rgba16Unorm Rgba16Snorm
        }
    };
}

pub(crate) use for_storage_formats;
