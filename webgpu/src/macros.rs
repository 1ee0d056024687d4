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
    pub use std::{borrow::Cow, include_str, option::Option::Some};
}
