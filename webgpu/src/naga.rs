//! The types of the shader compiler that this API names.
//!
//! The compiler itself, the crate `naga`, is part of the engine library. With the feature `naga-ir` it is compiled into
//! the program as well, and is here instead of these.

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
    };
}

crate::storage_formats::for_storage_formats!(storage_formats);
