//! Macros for constants of a program.

/// The WGSL in a file, as a [`ShaderModuleDescriptor`](crate::ShaderModuleDescriptor) whose label is the path.
///
/// The path is relative to the file that calls the macro.
#[macro_export]
macro_rules! include_wgsl {
    ($($token:tt)*) => {
        $crate::ShaderModuleDescriptor {
            label: $crate::__macro_helpers::Some($($token)*),
            source: $crate::ShaderSource::Wgsl($crate::__macro_helpers::Cow::Borrowed(
                $crate::__macro_helpers::include_str!($($token)*),
            )),
        }
    };
}

/// The SPIR-V in a file, as a [`ShaderModuleDescriptor`](crate::ShaderModuleDescriptor) whose label is the path.
///
/// The path is relative to the file that calls the macro. Bytes that are not SPIR-V do not compile.
#[macro_export]
macro_rules! include_spirv {
    ($($token:tt)*) => {
        $crate::ShaderModuleDescriptor {
            label: $crate::__macro_helpers::Some($($token)*),
            source: $crate::ShaderSource::SpirV($crate::__macro_helpers::Cow::Borrowed(
                $crate::__spirv_words!($($token)*),
            )),
        }
    };
}

/// The SPIR-V in a file, as a [`ShaderModuleDescriptorPassthrough`](crate::ShaderModuleDescriptorPassthrough) whose label
/// is the path.
///
/// The path is relative to the file that calls the macro. Bytes that are not SPIR-V do not compile.
#[macro_export]
macro_rules! include_spirv_raw {
    ($($token:tt)*) => {
        $crate::ShaderModuleDescriptorPassthrough {
            label: $crate::__macro_helpers::Some($($token)*),
            num_workgroups: (0, 0, 0),
            spirv: $crate::__macro_helpers::Some($crate::__macro_helpers::Cow::Borrowed(
                $crate::__spirv_words!($($token)*),
            )),
            dxil: $crate::__macro_helpers::None,
            hlsl: $crate::__macro_helpers::None,
            metallib: $crate::__macro_helpers::None,
            msl: $crate::__macro_helpers::None,
            glsl: $crate::__macro_helpers::None,
            wgsl: $crate::__macro_helpers::None,
        }
    };
}

/// The words of a file of SPIR-V.
#[doc(hidden)]
#[macro_export]
macro_rules! __spirv_words {
    ($($token:tt)*) => {{
        const BYTES: &[u8] = $crate::__macro_helpers::include_bytes!($($token)*);
        const WORDS: [u32; BYTES.len() / 4] =
            $crate::util::make_spirv_const(*$crate::__macro_helpers::include_bytes!($($token)*));
        &WORDS
    }};
}

/// An array of [`VertexAttribute`](crate::VertexAttribute)s that lie one after the other without gaps: pairs of a shader
/// location and the name of a [`VertexFormat`](crate::VertexFormat).
///
/// ```
/// let attributes = webgpu::vertex_attr_array![0 => Float32x3, 1 => Unorm8x4];
/// assert_eq!(attributes[1].offset, 12);
/// assert_eq!(attributes[1].format, webgpu::VertexFormat::Unorm8x4);
/// ```
#[macro_export]
macro_rules! vertex_attr_array {
    ($($location:expr => $format:ident),* $(,)?) => {
        $crate::__vertex_attributes!([]; 0; $($location => $format,)*)
    };
}

/// The attributes so far; the offset of the next; what is left.
#[doc(hidden)]
#[macro_export]
macro_rules! __vertex_attributes {
    ([$($attribute:expr,)*]; $offset:expr;) => {
        [$($attribute,)*]
    };
    ([$($attribute:expr,)*]; $offset:expr; $location:expr => $format:ident, $($rest:tt)*) => {
        $crate::__vertex_attributes!(
            [
                $($attribute,)*
                $crate::VertexAttribute {
                    format: $crate::VertexFormat::$format,
                    offset: $offset,
                    shader_location: $location,
                },
            ];
            $offset + $crate::VertexFormat::$format.size();
            $($rest)*
        )
    };
}

/// What macros need to name from wherever they are called.
#[doc(hidden)]
pub mod helpers {
    pub use std::{
        borrow::Cow,
        include_bytes, include_str,
        option::Option::{None, Some},
    };
}
