use crate::{TextureFormat, naga::StorageFormat, storage_formats::for_storage_formats};

/// Formats of textures as the shader compiler names them.
pub trait TextureFormatExt {
    /// The format of textures that a shader stores in this form.
    fn from_storage_format(storage_format: StorageFormat) -> Self;

    /// The form in which a shader stores texels of this format; `None` if none can.
    fn to_storage_format(&self) -> Option<StorageFormat>;
}

macro_rules! implement {
    ($($name:ident)*) => {
        impl TextureFormatExt for TextureFormat {
            fn from_storage_format(storage_format: StorageFormat) -> Self {
                match storage_format {
                    $(StorageFormat::$name => Self::$name,)*
                }
            }

            fn to_storage_format(&self) -> Option<StorageFormat> {
                match self {
                    $(Self::$name => Some(StorageFormat::$name),)*
                    _ => None,
                }
            }
        }
    };
}

for_storage_formats!(implement);
