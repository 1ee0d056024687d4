//! The parts of `util`, and macros.

use crate::common::{gpu, record, record_bytes};
use crate::kit::{TEXTURE, extent};
use webgpu as wgpu;
use wgpu::util::{BufferInitDescriptor, DeviceExt, TextureDataOrder};
use wgpu::{BufferUsages as Usages, TextureDescriptor, TextureFormat};

#[test]
fn buffers_with_contents() {
    let gpu = gpu();
    for length in [0, 1, 3, 4, 5, 64] {
        let contents = (1..=length).collect::<Vec<u8>>();
        let buffer = gpu.device.create_buffer_init(&BufferInitDescriptor {
            label: None,
            contents: &contents,
            usage: Usages::COPY_SRC,
        });
        record("size", buffer.size());
        if length > 0 {
            assert_eq!(gpu.read_bytes(&buffer)[..contents.len()], contents);
        }
    }
}

#[test]
fn textures_with_contents() {
    let gpu = gpu();
    for (order, format, size, mip_level_count) in [
        (TextureDataOrder::LayerMajor, TextureFormat::Rgba8Unorm, extent(5, 3, 2), 2),
        (TextureDataOrder::MipMajor, TextureFormat::Rgba8Unorm, extent(5, 3, 2), 2),
        (TextureDataOrder::LayerMajor, TextureFormat::R8Unorm, extent(7, 7, 1), 3),
        (TextureDataOrder::MipMajor, TextureFormat::Rg16Float, extent(4, 4, 3), 1),
    ] {
        let descriptor = TextureDescriptor { size, format, mip_level_count, ..TEXTURE };
        let data = (0..1000).map(|index| (index * 3) as u8).collect::<Vec<_>>();
        let texture = gpu.device.create_texture_with_data(&gpu.queue, &descriptor, order, &data);
        for level in 0..mip_level_count {
            gpu.read_level(&texture, level, wgpu::TextureAspect::All);
        }
    }
}

#[test]
fn too_little_contents() {
    let gpu = gpu();
    gpu.outcome("too little", || {
        gpu.device.create_texture_with_data(
            &gpu.queue,
            &TEXTURE,
            TextureDataOrder::LayerMajor,
            &[0; 100],
        )
    });
}

#[test]
fn arguments_of_draws() {
    let draw = wgpu::util::DrawIndirectArgs {
        vertex_count: 1,
        instance_count: 2,
        first_vertex: 3,
        first_instance: 4,
    };
    record_bytes("draw", draw.as_bytes());
    let indexed = wgpu::util::DrawIndexedIndirectArgs {
        index_count: 1,
        instance_count: 2,
        first_index: 3,
        base_vertex: -4,
        first_instance: 5,
    };
    record_bytes("indexed", indexed.as_bytes());
    record_bytes("dispatch", wgpu::util::DispatchIndirectArgs { x: 1, y: 2, z: 3 }.as_bytes());
    assert_eq!((draw.as_bytes().len(), indexed.as_bytes().len()), (16, 20));
}

#[test]
fn attributes_of_vertices() {
    let attributes =
        wgpu::vertex_attr_array![0 => Float32x2, 3 => Unorm8x4, 1 => Sint16x4, 7 => Float16];
    for attribute in attributes {
        record("attribute", format!("{attribute:?}"));
    }
    assert_eq!(attributes[3].offset, 20);
}

#[test]
fn included_shaders() {
    let gpu = gpu();
    let descriptor = wgpu::include_wgsl!("../../../shaders/triangle.wgsl");
    record(
        "label",
        format!("{:?}", descriptor.label.map(|label| label.ends_with("triangle.wgsl"))),
    );
    gpu.outcome("module", || gpu.device.create_shader_module(descriptor));
}
