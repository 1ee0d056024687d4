//! Copies of texels between buffers and textures.

use super::texture_aspect;
use std::ops::Range;
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
        let (_, block_height) = format.block_dimensions();
        // The engine counts texels, in 32 bits.
        let odd_rows = |rows: Option<u32>| {
            odd(rows) || rows.is_some_and(|rows| rows.checked_mul(block_height).is_none())
        };
        let mut size = size;
        if odd(layout.bytes_per_row) || odd_rows(layout.rows_per_image) {
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
        let bytes_per_row = layout.bytes_per_row.filter(|bytes| !odd(Some(*bytes)));
        let rows_per_image = layout.rows_per_image.filter(|rows| !odd_rows(Some(*rows)));
        let layout = sys::WGPUTexelCopyBufferLayout {
            offset: layout.offset,
            bytesPerRow: bytes_per_row.unwrap_or(UNDEFINED),
            rowsPerImage: rows_per_image.unwrap_or(UNDEFINED),
        };
        Ok((layout, extent(size)))
    }

    /// The parts in which texels are written to a texture of this format, where the engine would lose count of all of
    /// them: it multiplies rows and bytes in 32 bits, and reads and writes wherever that leads. `None` where it does not, or
    /// finds the write to be wrong before it multiplies.
    ///
    /// What is wrong with any of them is wrong with the first one, which is the one that reaches farthest.
    pub(crate) fn parts<T: Copy>(
        &self,
        side: &TexelCopyTextureInfo<T>,
        format: TextureFormat,
        size: Extent3d,
    ) -> Option<impl Iterator<Item = Part<T>> + use<T>> {
        /// No device wants rows of texels to begin at multiples of more bytes.
        const LARGEST_PITCH: u64 = 4096;
        const MOST: u64 = u32::MAX as u64;

        format.block_copy_size(Some(side.aspect))?;
        if size.width == 0 || size.height == 0 {
            return None;
        }
        let (layout, side) = (self.layout, *side);
        let copy = layout.get_buffer_texture_copy_info(format, side.aspect, &size).ok()?;
        let (rows, layers) = (copy.height_blocks, copy.depth_or_array_layers);
        let (row, image) = (copy.row_stride_bytes, copy.image_stride_rows);
        let staged_row = copy.row_bytes_dense.next_multiple_of(LARGEST_PITCH);
        let longest_row = row.max(staged_row);
        let all_rows = layers.checked_sub(1)?.checked_mul(image)?.checked_add(rows)?;
        let counted = all_rows.checked_mul(longest_row)?.checked_add(layout.offset)?;
        let is_complete = (layout.bytes_per_row.is_some() || all_rows <= 1)
            && (layout.rows_per_image.is_some() || layers <= 1);
        if counted <= MOST || !is_complete || self.check(&side, format, size).is_err() {
            return None;
        }
        let at_once = (MOST / longest_row).clamp(1, rows);
        let chunks = rows.div_ceil(at_once);
        let part = move |index: u64| {
            let (layer, first) = (index / chunks, index % chunks * at_once);
            let count = at_once.min(rows - first);
            let start = layout.offset + (layer * image + first) * row;
            let first_texel = first * copy.block_height_texels;
            let height = (count * copy.block_height_texels).min(copy.copy_height - first_texel);
            let mut origin = side.origin;
            // Beyond the largest number no texture reaches.
            origin.y = origin.y.saturating_add(first_texel as u32);
            origin.z = origin.z.saturating_add(layer as u32);
            Part {
                bytes: start as usize..(start + (count - 1) * row + copy.row_bytes_dense) as usize,
                side: TexelCopyTextureInfo { origin, ..side },
                layout: TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: layout.bytes_per_row.filter(|_| count > 1),
                    rows_per_image: None,
                },
                size: Extent3d { height: height as u32, depth_or_array_layers: 1, ..size },
            }
        };
        Some((0..layers * chunks).rev().map(part))
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

/// A part of a write of texels.
pub(crate) struct Part<T> {
    /// Where in the memory it lies.
    pub(crate) bytes: Range<usize>,
    pub(crate) side: TexelCopyTextureInfo<T>,
    pub(crate) layout: TexelCopyBufferLayout,
    pub(crate) size: Extent3d,
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
