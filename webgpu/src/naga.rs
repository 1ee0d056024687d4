//! The types of the shader compiler that this API names.
//!
//! The compiler itself, the crate `naga`, is part of the engine library: what `wgpu` re-exports of it beyond these is not
//! there.

/// A stage of a pipeline, as the compiler names it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ShaderStage {
    /// Vertices.
    Vertex,
    /// How many groups of meshes there are.
    Task,
    /// Meshes.
    Mesh,
    /// Texels.
    Fragment,
    /// Anything that is computed.
    Compute,
    /// The rays to begin with.
    RayGeneration,
    /// Rays that hit nothing.
    Miss,
    /// Rays that may have hit something.
    AnyHit,
    /// Where rays first hit something.
    ClosestHit,
}

macro_rules! storage_formats {
    ($($name:ident)*) => {
        /// A format of texels that shaders store, as the compiler names it: that of the same name in
        /// [`TextureFormat`](crate::TextureFormat).
        #[allow(missing_docs, reason = "each is that of the same name in `TextureFormat`")]
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum StorageFormat {
            $($name,)*
        }

        impl StorageFormat {
            /// The one with the name of this format of textures.
            pub(crate) fn of(format: wgpu_types::TextureFormat) -> Option<Self> {
                match format {
                    $(wgpu_types::TextureFormat::$name => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The format of textures with this name.
            pub(crate) fn texture_format(self) -> wgpu_types::TextureFormat {
                match self {
                    $(Self::$name => wgpu_types::TextureFormat::$name,)*
                }
            }
        }
    };
}

storage_formats! {
    R8Unorm R8Snorm R8Uint R8Sint
    R16Uint R16Sint R16Float Rg8Unorm Rg8Snorm Rg8Uint Rg8Sint
    R32Uint R32Sint R32Float Rg16Uint Rg16Sint Rg16Float
    Rgba8Unorm Rgba8Snorm Rgba8Uint Rgba8Sint Bgra8Unorm
    Rgb10a2Uint Rgb10a2Unorm Rg11b10Ufloat
    R64Uint Rg32Uint Rg32Sint Rg32Float Rgba16Uint Rgba16Sint Rgba16Float
    Rgba32Uint Rgba32Sint Rgba32Float
    R16Unorm R16Snorm Rg16Unorm Rg16Snorm Rgba16Unorm Rgba16Snorm
}
