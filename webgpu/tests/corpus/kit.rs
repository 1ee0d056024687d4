//! Shorthands: tables of calls, textures and their contents, pipelines that draw.

use crate::common::{Gpu, Outcome, record_bytes};
use webgpu as wgpu;

/// One row of a table of calls: what it is about, how it ends, what it is called with.
pub(crate) type Case<'a, T> = (&'a str, Outcome, T);

impl Gpu {
    /// Makes a call for each row, and writes down how it ends.
    pub(crate) fn cases<T, R>(&self, cases: &[Case<'_, T>], call: impl Fn(&T) -> R) {
        let outcomes = cases.iter().map(|(name, expected, input)| {
            let outcome = self.outcome(name, || call(input));
            (outcome != *expected).then(|| format!("{name}: {outcome:?} instead of {expected:?}"))
        });
        let wrong = outcomes.flatten().collect::<Vec<_>>();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// Records commands and submits them: the first of the two that is not valid decides.
    pub(crate) fn submit(&self, record: impl FnOnce(&mut wgpu::CommandEncoder)) {
        let mut encoder = self.encoder();
        record(&mut encoder);
        self.queue.submit([encoder.finish()]);
    }

    /// The contents of a mip level of all layers, without padding; written down.
    pub(crate) fn read_level(
        &self,
        texture: &wgpu::Texture,
        mip_level: u32,
        aspect: wgpu::TextureAspect,
    ) -> Vec<u8> {
        let bytes = self.level_bytes(texture, mip_level, aspect);
        record_bytes(&format!("level {mip_level}"), &bytes);
        bytes
    }

    /// The contents of a mip level of all layers, without padding.
    pub(crate) fn level_bytes(
        &self,
        texture: &wgpu::Texture,
        mip_level: u32,
        aspect: wgpu::TextureAspect,
    ) -> Vec<u8> {
        let level = Level::of(texture, mip_level, aspect);
        let usage = wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        let buffer = self.empty_buffer(level.padded_size(), usage);
        self.no_error(|| {
            self.submit(|encoder| {
                encoder.copy_texture_to_buffer(
                    wgpu::TexelCopyTextureInfo { mip_level, aspect, ..texture.as_image_copy() },
                    wgpu::TexelCopyBufferInfo { buffer: &buffer, layout: level.layout() },
                    level.size,
                );
            });
        });
        level.without_padding(&self.read_unrecorded(&buffer))
    }

    /// The first level of a colour texture.
    pub(crate) fn read_texture(&self, texture: &wgpu::Texture) -> Vec<u8> {
        self.read_level(texture, 0, wgpu::TextureAspect::All)
    }

    /// Fills a mip level of all layers with bytes that count up, and returns them.
    pub(crate) fn fill_level(&self, texture: &wgpu::Texture, mip_level: u32) -> Vec<u8> {
        let aspect = wgpu::TextureAspect::All;
        let level = Level::of(texture, mip_level, aspect);
        let bytes = (0..level.row * level.rows * level.size.depth_or_array_layers)
            .map(|index| (index * 7 + mip_level * 31) as u8)
            .collect::<Vec<_>>();
        self.queue.write_texture(
            wgpu::TexelCopyTextureInfo { mip_level, aspect, ..texture.as_image_copy() },
            &bytes,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(level.row),
                rows_per_image: Some(level.rows),
            },
            level.size,
        );
        bytes
    }
}

/// How a mip level lies in a buffer.
struct Level {
    /// Physical: whole blocks.
    size: wgpu::Extent3d,
    /// Bytes of a row of blocks, and rows of an image.
    row: u32,
    rows: u32,
}

impl Level {
    fn of(texture: &wgpu::Texture, mip_level: u32, aspect: wgpu::TextureAspect) -> Self {
        let format = texture.format();
        let size = texture.size().mip_level_size(mip_level, texture.dimension());
        let (width, height) = format.block_dimensions();
        let size = wgpu::Extent3d {
            width: size.width.next_multiple_of(width),
            height: size.height.next_multiple_of(height),
            ..size
        };
        let block = format.block_copy_size(Some(aspect)).expect("an aspect that can be copied");
        Self { size, row: size.width / width * block, rows: size.height / height }
    }

    fn stride(&self) -> u32 {
        self.row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT)
    }

    fn padded_size(&self) -> u64 {
        u64::from(self.stride() * self.rows * self.size.depth_or_array_layers)
    }

    fn layout(&self) -> wgpu::TexelCopyBufferLayout {
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(self.stride()),
            rows_per_image: Some(self.rows),
        }
    }

    fn without_padding(&self, bytes: &[u8]) -> Vec<u8> {
        let rows = bytes.chunks(self.stride() as usize);
        rows.flat_map(|row| &row[..self.row as usize]).copied().collect()
    }
}

/// The names of features.
pub(crate) fn names(features: wgpu::Features) -> String {
    features.iter_names().map(|(name, _)| name).collect::<Vec<_>>().join(" and ")
}

/// A size.
pub(crate) const fn extent(width: u32, height: u32, depth: u32) -> wgpu::Extent3d {
    wgpu::Extent3d { width, height, depth_or_array_layers: depth }
}

/// Eight by eight RGBA texels that can be copied: for descriptors that differ from it in a point or two.
pub(crate) const TEXTURE: wgpu::TextureDescriptor<'static> = wgpu::TextureDescriptor {
    label: None,
    size: extent(8, 8, 1),
    mip_level_count: 1,
    sample_count: 1,
    dimension: wgpu::TextureDimension::D2,
    format: wgpu::TextureFormat::Rgba8Unorm,
    usage: wgpu::TextureUsages::COPY_SRC.union(wgpu::TextureUsages::COPY_DST),
    view_formats: &[],
};
