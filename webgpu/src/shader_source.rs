//! Shaders as the program gives them.

use crate::naga::ShaderStage;
use std::{borrow::Cow, marker::PhantomData};

/// The source of shaders.
#[cfg_attr(
    feature = "naga-ir",
    expect(clippy::large_enum_variant, reason = "`wgpu` has the module in place as well")
)]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ShaderSource<'a> {
    /// SPIR-V, as words in the byte order of this machine.
    SpirV(Cow<'a, [u32]>),
    /// GLSL, for one stage of a pipeline.
    Glsl {
        /// The source.
        shader: Cow<'a, str>,
        /// The stage: vertex, fragment or compute.
        stage: ShaderStage,
        /// What the preprocessor replaces, and by what.
        defines: &'a [(&'a str, &'a str)],
    },
    /// WGSL.
    Wgsl(Cow<'a, str>),
    /// A module of `naga`. It is handed to the engine as WGSL, once for each pipeline stage where it has constants that can
    /// be overridden.
    #[cfg(feature = "naga-ir")]
    Naga(Cow<'static, crate::naga::Module>),
    /// None: this is here for the lifetime's sake.
    #[doc(hidden)]
    Dummy(PhantomData<&'a ()>),
}
