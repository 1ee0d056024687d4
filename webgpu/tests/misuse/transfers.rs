//! Copies of texels, to and from textures.

use crate::{Invalid, Row, Valid, common::Gpu, textures::descriptor};
use webgpu as wgpu;
use wgpu::BufferUsages as Buffers;

/// The strides of a copy, its size, and where in the texture it begins.
struct Copy {
    offset: u64,
    strides: [Option<u32>; 2],
    size: [u32; 3],
    origin: [u32; 3],
    level: u32,
    aspect: wgpu::TextureAspect,
}

/// Four rows of four texels.
const ROWS: Copy = Copy {
    offset: 0,
    strides: [Some(256), None],
    size: [4, 4, 1],
    origin: [0; 3],
    level: 0,
    aspect: wgpu::TextureAspect::All,
};

/// One row.
const ROW: Copy = Copy { size: [4, 1, 1], strides: [None, None], ..ROWS };

impl Copy {
    fn layout(&self) -> wgpu::TexelCopyBufferLayout {
        let [bytes_per_row, rows_per_image] = self.strides;
        wgpu::TexelCopyBufferLayout { offset: self.offset, bytes_per_row, rows_per_image }
    }

    fn size(&self) -> wgpu::Extent3d {
        let [width, height, depth_or_array_layers] = self.size;
        wgpu::Extent3d { width, height, depth_or_array_layers }
    }

    fn side<'a>(&self, texture: &'a wgpu::Texture) -> wgpu::TexelCopyTextureInfo<'a> {
        let [x, y, z] = self.origin;
        let origin = wgpu::Origin3d { x, y, z };
        wgpu::TexelCopyTextureInfo { texture, mip_level: self.level, origin, aspect: self.aspect }
    }

    /// From a buffer to a texture with two layers.
    fn recorded(&self, gpu: &Gpu) {
        let texture = layered(gpu);
        let buffer = gpu.empty_buffer(4096, Buffers::COPY_SRC);
        let mut encoder = gpu.encoder();
        let from = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout: self.layout() };
        encoder.copy_buffer_to_texture(from, self.side(&texture), self.size());
        gpu.queue.submit(crate::recording::valid(gpu, encoder));
    }

    /// From memory to a texture with two layers.
    fn written(&self, gpu: &Gpu) {
        let texture = layered(gpu);
        gpu.queue.write_texture(self.side(&texture), &[1; 4096], self.layout(), self.size());
        gpu.queue.submit([]);
    }
}

fn layered(gpu: &Gpu) -> wgpu::Texture {
    let size = wgpu::Extent3d { width: 16, height: 16, depth_or_array_layers: 2 };
    gpu.device.create_texture(&wgpu::TextureDescriptor { size, ..descriptor() })
}

#[rustfmt::skip]
const RECORDED: &[Row] = &[
    Row("rows", Valid, |gpu| ROWS.recorded(gpu)),
    Row("one row", Valid, |gpu| ROW.recorded(gpu)),
    Row("rows without a stride", Invalid, |gpu| Copy { strides: [None, None], ..ROWS }.recorded(gpu)),
    Row("an odd stride", Invalid, |gpu| Copy { strides: [Some(16), None], ..ROWS }.recorded(gpu)),
    Row("a stride of nothing", Invalid, |gpu| Copy { strides: [Some(0), None], ..ROWS }.recorded(gpu)),
    Row("a stride of nothing for one row", Invalid, |gpu| Copy { strides: [Some(0), None], ..ROW }.recorded(gpu)),
    Row("a stride of nothing for nothing", Valid, |gpu| {
        Copy { strides: [Some(0), None], size: [0, 1, 1], ..ROWS }.recorded(gpu);
    }),
    Row("the largest stride", Invalid, |gpu| Copy { strides: [Some(u32::MAX), None], ..ROW }.recorded(gpu)),
    Row("nearly the largest stride for one row", Valid, |gpu| Copy { strides: [Some(u32::MAX - 255), None], ..ROW }.recorded(gpu)),
    Row("nearly the largest stride", Invalid, |gpu| Copy { strides: [Some(u32::MAX - 255), None], ..ROWS }.recorded(gpu)),
    Row("images of no rows", Invalid, |gpu| Copy { strides: [Some(256), Some(0)], ..ROWS }.recorded(gpu)),
    Row("images of no rows, and none copied", Valid, |gpu| {
        Copy { strides: [Some(256), Some(0)], size: [4, 0, 1], ..ROWS }.recorded(gpu);
    }),
    Row("images of too few rows", Invalid, |gpu| Copy { strides: [Some(256), Some(3)], ..ROWS }.recorded(gpu)),
    Row("an image of the most rows", Valid, |gpu| Copy { strides: [Some(256), Some(u32::MAX)], ..ROWS }.recorded(gpu)),
    Row("images of the most rows", Invalid, |gpu| {
        Copy { strides: [Some(256), Some(u32::MAX)], size: [4, 4, 2], ..ROWS }.recorded(gpu);
    }),
    Row("images without a stride", Invalid, |gpu| Copy { size: [4, 4, 2], ..ROWS }.recorded(gpu)),
    Row("images", Valid, |gpu| Copy { strides: [Some(256), Some(4)], size: [4, 4, 2], ..ROWS }.recorded(gpu)),
    Row("from an odd offset", Invalid, |gpu| Copy { offset: 2, ..ROWS }.recorded(gpu)),
    Row("from beyond the buffer", Invalid, |gpu| Copy { offset: 4096, ..ROWS }.recorded(gpu)),
    Row("from the largest offset", Invalid, |gpu| Copy { offset: u64::MAX - 3, ..ROWS }.recorded(gpu)),
    Row("over the edge of the texture", Invalid, |gpu| Copy { origin: [13, 0, 0], ..ROWS }.recorded(gpu)),
    Row("at the largest origin", Invalid, |gpu| Copy { origin: [u32::MAX, 0, 0], ..ROWS }.recorded(gpu)),
    Row("the largest width", Invalid, |gpu| Copy { size: [u32::MAX, 1, 1], ..ROWS }.recorded(gpu)),
    Row("nothing", Valid, |gpu| Copy { size: [0, 0, 0], ..ROWS }.recorded(gpu)),
    Row("nothing, at the far end", Valid, |gpu| Copy { size: [0, 0, 0], origin: [16, 16, 2], ..ROWS }.recorded(gpu)),
    Row("nothing, beyond the end", Invalid, |gpu| Copy { size: [0, 0, 0], origin: [17, 0, 0], ..ROWS }.recorded(gpu)),
    Row("a level that is not there", Invalid, |gpu| Copy { level: 1, ..ROWS }.recorded(gpu)),
    Row("the last level that can be said", Invalid, |gpu| Copy { level: u32::MAX, ..ROWS }.recorded(gpu)),
    Row("an aspect that is not there", Invalid, |gpu| Copy { aspect: wgpu::TextureAspect::DepthOnly, ..ROWS }.recorded(gpu)),
    Row("a plane that is not there", Invalid, |gpu| Copy { aspect: wgpu::TextureAspect::Plane0, ..ROWS }.recorded(gpu)),
];

#[rustfmt::skip]
const WRITTEN: &[Row] = &[
    Row("rows", Valid, |gpu| ROWS.written(gpu)),
    Row("one row", Valid, |gpu| ROW.written(gpu)),
    Row("an odd stride", Valid, |gpu| Copy { strides: [Some(17), None], ..ROWS }.written(gpu)),
    Row("a stride of nothing", Invalid, |gpu| Copy { strides: [Some(0), None], ..ROWS }.written(gpu)),
    Row("a stride of nothing for nothing", Valid, |gpu| {
        Copy { strides: [Some(0), Some(0)], size: [0, 0, 1], ..ROWS }.written(gpu);
    }),
    Row("the largest stride for one row", Valid, |gpu| Copy { strides: [Some(u32::MAX), None], ..ROW }.written(gpu)),
    Row("the largest stride", Invalid, |gpu| Copy { strides: [Some(u32::MAX), None], ..ROWS }.written(gpu)),
    Row("an image of the most rows", Valid, |gpu| Copy { strides: [Some(256), Some(u32::MAX)], ..ROWS }.written(gpu)),
    Row("from an odd offset", Valid, |gpu| Copy { offset: 3, ..ROWS }.written(gpu)),
    Row("from the largest offset", Invalid, |gpu| Copy { offset: u64::MAX, ..ROWS }.written(gpu)),
    Row("more than there is", Invalid, |gpu| Copy { size: [16, 16, 2], strides: [Some(256), Some(16)], ..ROWS }.written(gpu)),
    Row("at the largest origin", Invalid, |gpu| Copy { origin: [0, u32::MAX, 0], ..ROWS }.written(gpu)),
    Row("to a level that is not there", Invalid, |gpu| Copy { level: 32, ..ROWS }.written(gpu)),
    Row("to a plane that is not there", Invalid, |gpu| Copy { aspect: wgpu::TextureAspect::Plane2, ..ROWS }.written(gpu)),
    Row("after destruction", Invalid, |gpu| {
        let texture = layered(gpu);
        texture.destroy();
        gpu.queue.write_texture(ROWS.side(&texture), &[1; 4096], ROWS.layout(), ROWS.size());
    }),
];

#[test]
fn recorded() {
    crate::check(RECORDED);
}

#[test]
fn written() {
    crate::check(WRITTEN);
}
