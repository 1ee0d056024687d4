//! Copies of texels between buffers and textures.

use super::texture_aspect;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    BufferAddress, BufferTextureCopyInfoError as Error, Extent3d, Origin3d, TexelCopyBufferLayout,
    TexelCopyTextureInfo, TextureFormat,
};

/// The struct for a size.
pub(crate) fn extent(size: Extent3d) -> sys::WGPUExtent3D {
    sys::WGPUExtent3D {
        width: size.width,
        height: size.height,
        depthOrArrayLayers: size.depth_or_array_layers,
    }
}

fn origin(origin: Origin3d) -> sys::WGPUOrigin3D {
    sys::WGPUOrigin3D { x: origin.x, y: origin.y, z: origin.z }
}

/// The struct for the side of a copy that is a texture, or what in it has no name in C.
pub(crate) fn texture_side<T>(
    texture: sys::WGPUTexture,
    side: &TexelCopyTextureInfo<T>,
) -> Result<sys::WGPUTexelCopyTextureInfo, String> {
    let aspect = texture_aspect(side.aspect)
        .ok_or_else(|| format!("Aspect {:?} cannot be passed to the engine", side.aspect))?;
    Ok(sys::WGPUTexelCopyTextureInfo {
        texture,
        mipLevel: side.mip_level,
        origin: origin(side.origin),
        aspect,
    })
}

/// Where texels lie in a buffer, or in memory.
pub(crate) struct Texels {
    pub(crate) layout: TexelCopyBufferLayout,
    /// The size of the buffer, or of the memory.
    pub(crate) available: BufferAddress,
    /// Whether it is a buffer, where rows begin at multiples of 256 bytes.
    pub(crate) in_buffer: bool,
}

impl Texels {
    /// The structs for the layout and the size of a copy from or to `side`, a texture of this format; or what the engine
    /// would not stand.
    ///
    /// The engine ends the process over a stride of 0, which is valid where there is nothing to copy, and takes the largest
    /// number for no stride at all.
    pub(crate) fn copy<T>(
        &self,
        side: &TexelCopyTextureInfo<T>,
        format: TextureFormat,
        size: Extent3d,
    ) -> Result<(sys::WGPUTexelCopyBufferLayout, sys::WGPUExtent3D), String> {
        const UNDEFINED: u32 = sys::WGPU_COPY_STRIDE_UNDEFINED;
        let layout = &self.layout;
        let odd = |stride| matches!(stride, Some(0 | UNDEFINED));
        let mut size = size;
        if odd(layout.bytes_per_row) || odd(layout.rows_per_image) {
            if self.in_buffer && layout.bytes_per_row == Some(UNDEFINED) {
                return Err("Bytes per row does not respect `COPY_BYTES_PER_ROW_ALIGNMENT`".into());
            }
            // For an aspect that cannot be copied, the engine has an error.
            if format.block_copy_size(Some(side.aspect)).is_some() {
                self.check(side, format, size)?;
            }
            if size.width == 0 || size.height == 0 || size.depth_or_array_layers == 0 {
                size = Extent3d { width: 0, height: 0, depth_or_array_layers: 0 };
            }
        }
        let stride = |stride: Option<u32>| stride.filter(|_| !odd(stride)).unwrap_or(UNDEFINED);
        let layout = sys::WGPUTexelCopyBufferLayout {
            offset: layout.offset,
            bytesPerRow: stride(layout.bytes_per_row),
            rowsPerImage: stride(layout.rows_per_image),
        };
        Ok((layout, extent(size)))
    }

    /// Whether the texels lie within what is there.
    fn check<T>(
        &self,
        side: &TexelCopyTextureInfo<T>,
        format: TextureFormat,
        size: Extent3d,
    ) -> Result<(), String> {
        let copy = self.layout.get_buffer_texture_copy_info(format, side.aspect, &size);
        let copy = copy.map_err(|error| match error {
            Error::InvalidBytesPerRow => {
                "Number of bytes per row is less than the number of bytes in a complete row"
            }
            Error::InvalidRowsPerImage => "Number of rows per image is invalid",
            _ => "Copy is larger than 64 bits can count",
        })?;
        let end = copy.offset.checked_add(copy.bytes_in_copy);
        match end {
            Some(end) if end <= self.available => Ok(()),
            _ => Err(format!(
                "Copy of {} bytes from {} would end up overrunning the bounds of the buffer of size {}",
                copy.bytes_in_copy, copy.offset, self.available
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_types::TextureAspect;

    const SIDE: TexelCopyTextureInfo<()> = TexelCopyTextureInfo {
        texture: (),
        mip_level: 0,
        origin: Origin3d::ZERO,
        aspect: TextureAspect::All,
    };

    /// The strides and the size that the engine is told, for texels of four bytes.
    fn copy(
        bytes_per_row: Option<u32>,
        rows_per_image: Option<u32>,
        [width, height, depth_or_array_layers]: [u32; 3],
    ) -> Result<(u32, u32, [u32; 3]), String> {
        let layout = TexelCopyBufferLayout { offset: 0, bytes_per_row, rows_per_image };
        let size = Extent3d { width, height, depth_or_array_layers };
        let texels = Texels { layout, available: 4096, in_buffer: bytes_per_row != Some(64) };
        let (layout, size) = texels.copy(&SIDE, TextureFormat::Rgba8Unorm, size)?;
        let size = [size.width, size.height, size.depthOrArrayLayers];
        Ok((layout.bytesPerRow, layout.rowsPerImage, size))
    }

    #[test]
    fn what_is_left_open_is_undefined_in_c() {
        assert_eq!(copy(None, Some(4), [4, 1, 1]), Ok((u32::MAX, 4, [4, 1, 1])));
        assert_eq!(copy(Some(256), None, [4, 4, 1]), Ok((256, u32::MAX, [4, 4, 1])));
    }

    #[test]
    fn a_stride_of_nothing_goes_with_nothing() {
        assert!(copy(Some(0), None, [4, 1, 1]).unwrap_err().contains("bytes per row"));
        assert!(copy(None, Some(0), [4, 1, 1]).unwrap_err().contains("rows per image"));
        assert_eq!(copy(Some(0), Some(1), [0, 1, 1]), Ok((u32::MAX, 1, [0, 0, 0])));
        assert_eq!(copy(Some(256), Some(0), [4, 0, 7]), Ok((256, u32::MAX, [0, 0, 0])));
    }

    #[test]
    fn a_stride_that_c_has_no_number_for() {
        assert!(copy(Some(u32::MAX), None, [4, 1, 1]).unwrap_err().contains("ALIGNMENT"));
        assert_eq!(copy(Some(64), Some(u32::MAX), [4, 4, 1]), Ok((64, u32::MAX, [4, 4, 1])));
        assert!(copy(Some(64), Some(u32::MAX), [4, 4, 2]).unwrap_err().contains("overrunning"));
    }
}
