use crate::{
    Buffer, BufferAddress, BufferDescriptor, BufferUsages, COPY_BUFFER_ALIGNMENT, Device, Extent3d,
    Label, Origin3d, Queue, TexelCopyBufferLayout, TexelCopyTextureInfo, Texture, TextureAspect,
    TextureDescriptor, TextureDimension, TextureUsages,
};
use wgpu_types::TextureDataOrder;

/// A buffer and its contents.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct BufferInitDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// The contents. The buffer is as long, rounded up to [`COPY_BUFFER_ALIGNMENT`].
    pub contents: &'a [u8],
    /// What the buffer can be used for.
    pub usage: BufferUsages,
}

/// Objects with their contents in one call.
pub trait DeviceExt {
    /// Makes a buffer with contents.
    fn create_buffer_init(&self, desc: &BufferInitDescriptor<'_>) -> Buffer;

    /// Makes a texture with contents for all its layers and levels, in the order given, without gaps.
    ///
    /// # Panics
    /// If there is too little data.
    fn create_texture_with_data(
        &self,
        queue: &Queue,
        desc: &TextureDescriptor<'_>,
        order: TextureDataOrder,
        data: &[u8],
    ) -> Texture;
}

impl DeviceExt for Device {
    #[track_caller]
    fn create_buffer_init(&self, desc: &BufferInitDescriptor<'_>) -> Buffer {
        let length = desc.contents.len();
        let size = (length as BufferAddress).next_multiple_of(COPY_BUFFER_ALIGNMENT);
        let buffer = self.create_buffer(&BufferDescriptor {
            label: desc.label,
            size,
            usage: desc.usage,
            // Nothing can be mapped of an empty buffer.
            mapped_at_creation: size > 0,
        });
        if size > 0 {
            buffer.get_mapped_range_mut(..).slice(..length).copy_from_slice(desc.contents);
            buffer.unmap();
        }
        buffer
    }

    #[track_caller]
    fn create_texture_with_data(
        &self,
        queue: &Queue,
        desc: &TextureDescriptor<'_>,
        order: TextureDataOrder,
        data: &[u8],
    ) -> Texture {
        let texture = self.create_texture(&TextureDescriptor {
            usage: desc.usage | TextureUsages::COPY_DST,
            ..desc.clone()
        });
        let (layers, levels) = (desc.array_layer_count(), desc.mip_level_count);
        let mut rest = data;
        for index in 0..layers * levels {
            let (layer, level) = match order {
                TextureDataOrder::LayerMajor => (index / levels, index % levels),
                TextureDataOrder::MipMajor => (index % layers, index / layers),
            };
            let image = Image::of(desc, level);
            let (contents, after) = rest.split_at(image.length);
            rest = after;
            let destination = TexelCopyTextureInfo {
                texture: &texture,
                mip_level: level,
                origin: Origin3d { x: 0, y: 0, z: layer },
                aspect: TextureAspect::All,
            };
            queue.write_texture(destination, contents, image.layout, image.size);
        }
        texture
    }
}

/// One image of a texture: a layer of a level.
struct Image {
    /// Its size, in whole blocks.
    size: Extent3d,
    layout: TexelCopyBufferLayout,
    /// How many bytes it has.
    length: usize,
}

impl Image {
    fn of(desc: &TextureDescriptor<'_>, level: u32) -> Self {
        let mut size = desc.size.mip_level_size(level, desc.dimension);
        if desc.dimension != TextureDimension::D3 {
            size.depth_or_array_layers = 1;
        }
        let size = size.physical_size(desc.format);
        // Formats of depth and stencil together have no size; writing to them is an error that the queue reports.
        let block_size = desc.format.block_copy_size(None).unwrap_or(4);
        let (block_width, block_height) = desc.format.block_dimensions();
        let bytes_per_row = size.width / block_width * block_size;
        let rows = size.height / block_height;
        Self {
            size,
            layout: TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(bytes_per_row),
                rows_per_image: Some(rows),
            },
            length: bytes_per_row as usize * rows as usize * size.depth_or_array_layers as usize,
        }
    }
}
