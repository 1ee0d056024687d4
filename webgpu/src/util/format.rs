use crate::{TextureFormat, naga::StorageFormat};

/// Formats of textures as the shader compiler names them.
pub trait TextureFormatExt {
    /// The format of textures that a shader stores in this form.
    fn from_storage_format(storage_format: StorageFormat) -> Self;

    /// The form in which a shader stores texels of this format; `None` if none can.
    fn to_storage_format(&self) -> Option<StorageFormat>;
}

impl TextureFormatExt for TextureFormat {
    fn from_storage_format(storage_format: StorageFormat) -> Self {
        storage_format.texture_format()
    }

    fn to_storage_format(&self) -> Option<StorageFormat> {
        StorageFormat::of(*self)
    }
}
