//! Textures: what is written is read back, sampled, copied and cleared.

mod common;

use common::{Gpu, gpu};
use webgpu as wgpu;
use wgpu::util::{DeviceExt, TextureDataOrder};

fn descriptor(
    width: u32,
    height: u32,
    usage: wgpu::TextureUsages,
) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: Some("texture"),
        size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage,
        view_formats: &[],
    }
}

fn pattern(width: u32, height: u32) -> Vec<[u8; 4]> {
    let texels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    texels.map(|(x, y)| [x as u8, y as u8, (x * y) as u8, 255]).collect()
}

fn write(gpu: &Gpu, texture: &wgpu::Texture, texels: &[[u8; 4]]) {
    gpu.queue.write_texture(
        texture.as_image_copy(),
        texels.as_flattened(),
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(texture.width() * 4),
            rows_per_image: None,
        },
        texture.size(),
    );
}

#[test]
fn written_and_read() {
    let gpu = gpu();
    let usage = wgpu::TextureUsages::COPY_SRC | wgpu::TextureUsages::COPY_DST;
    let texture = gpu.device.create_texture(&descriptor(33, 17, usage));
    assert_eq!((texture.width(), texture.height(), texture.depth_or_array_layers()), (33, 17, 1));
    assert_eq!((texture.mip_level_count(), texture.sample_count()), (1, 1));
    assert_eq!(texture.format(), wgpu::TextureFormat::Rgba8Unorm);
    assert_eq!(texture.dimension(), wgpu::TextureDimension::D2);
    assert_eq!(texture.usage(), usage);
    let texels = pattern(33, 17);
    write(&gpu, &texture, &texels);
    assert_eq!(gpu.read_texels(&texture), texels);
}

#[test]
fn copied_in_part() {
    let gpu = gpu();
    let usage = wgpu::TextureUsages::COPY_SRC | wgpu::TextureUsages::COPY_DST;
    let source = gpu.device.create_texture(&descriptor(16, 16, usage));
    let destination = gpu.device.create_texture(&descriptor(16, 16, usage));
    write(&gpu, &source, &pattern(16, 16));
    write(&gpu, &destination, &[[7; 4]; 256]);
    gpu.no_error(|| {
        let mut encoder = gpu.encoder();
        encoder.copy_texture_to_texture(
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d { x: 4, y: 8, z: 0 },
                ..source.as_image_copy()
            },
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d { x: 2, y: 1, z: 0 },
                ..destination.as_image_copy()
            },
            wgpu::Extent3d { width: 3, height: 2, depth_or_array_layers: 1 },
        );
        gpu.queue.submit([encoder.finish()]);
    });
    let texels = gpu.read_texels(&destination);
    assert_eq!(texels[16 + 2], [4, 8, 32, 255]);
    assert_eq!(texels[2 * 16 + 4], [6, 9, 54, 255]);
    assert_eq!(texels[2 * 16 + 5], [7; 4]);
    assert_eq!(texels[3 * 16 + 2], [7; 4]);
}

#[test]
fn out_of_a_buffer() {
    let gpu = gpu();
    let usage = wgpu::TextureUsages::COPY_SRC | wgpu::TextureUsages::COPY_DST;
    let texture = gpu.device.create_texture(&descriptor(2, 2, usage));
    let words = (0..128).collect::<Vec<u32>>();
    let buffer = gpu.buffer(&words, wgpu::BufferUsages::COPY_SRC);
    let mut encoder = gpu.encoder();
    encoder.copy_buffer_to_texture(
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 4,
                bytes_per_row: Some(256),
                rows_per_image: Some(2),
            },
        },
        texture.as_image_copy(),
        texture.size(),
    );
    gpu.queue.submit([encoder.finish()]);
    assert_eq!(
        gpu.read_texels(&texture),
        [[1, 0, 0, 0], [2, 0, 0, 0], [65, 0, 0, 0], [66, 0, 0, 0]]
    );
}

/// What a shader reads at these places of the view, as four floats each.
fn sample(
    gpu: &Gpu,
    view: &wgpu::TextureView,
    sampler: &wgpu::Sampler,
    places: &[[f32; 2]],
) -> Vec<[f32; 4]> {
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read> places: array<vec2<f32>>;
        @group(0) @binding(1) var<storage, read_write> results: array<vec4<f32>>;
        @group(0) @binding(2) var image: texture_2d<f32>;
        @group(0) @binding(3) var image_sampler: sampler;

        @compute @workgroup_size(1)
        fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            results[id.x] = textureSampleLevel(image, image_sampler, places[id.x], 0.0);
        }",
    );
    let places_buffer = gpu.buffer(bytemuck::cast_slice(places), wgpu::BufferUsages::STORAGE);
    let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
    let results = gpu.empty_buffer(places.len() as u64 * 16, usage);
    let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
    let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[
            entry(0, places_buffer.as_entire_binding()),
            entry(1, results.as_entire_binding()),
            entry(2, wgpu::BindingResource::TextureView(view)),
            entry(3, wgpu::BindingResource::Sampler(sampler)),
        ],
    });
    gpu.no_error(|| {
        let mut encoder = gpu.encoder();
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &bind_group, &[]);
            pass.dispatch_workgroups(places.len() as u32, 1, 1);
        }
        gpu.queue.submit([encoder.finish()]);
    });
    bytemuck::pod_collect_to_vec(&gpu.read_bytes(&results))
}

#[test]
fn sampled_between_texels_and_beyond_the_edge() {
    let gpu = gpu();
    let usage = wgpu::TextureUsages::TEXTURE_BINDING;
    let texture = gpu.device.create_texture_with_data(
        &gpu.queue,
        &descriptor(2, 1, usage),
        TextureDataOrder::LayerMajor,
        &[0, 0, 0, 255, 255, 0, 0, 255],
    );
    let view = texture.create_view(&Default::default());
    let nearest = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
        address_mode_u: wgpu::AddressMode::Repeat,
        ..Default::default()
    });
    let linear = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("linear"),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        ..Default::default()
    });
    let red = |sampler, x| sample(&gpu, &view, sampler, &[[x, 0.5]])[0][0];
    assert_eq!(red(&nearest, 0.3), 0.0);
    assert_eq!(red(&nearest, 0.7), 1.0);
    assert_eq!(red(&nearest, 1.2), 0.0, "repeated");
    assert_eq!(red(&linear, 1.2), 1.0, "clamped");
    assert!((red(&linear, 0.5) - 0.5).abs() < 0.01, "between");
}

#[test]
fn layers_and_levels_have_their_own_contents() {
    let gpu = gpu();
    let descriptor = wgpu::TextureDescriptor {
        size: wgpu::Extent3d { width: 2, height: 2, depth_or_array_layers: 2 },
        mip_level_count: 2,
        ..descriptor(2, 2, wgpu::TextureUsages::TEXTURE_BINDING)
    };
    let image = |value: u8, texels: usize| vec![[value, 0, 0, 255]; texels].concat();
    let layer_major = [image(10, 4), image(20, 1), image(30, 4), image(40, 1)].concat();
    let mip_major = [image(10, 4), image(30, 4), image(20, 1), image(40, 1)].concat();
    let sampler = gpu.device.create_sampler(&Default::default());
    for (order, data) in
        [(TextureDataOrder::LayerMajor, layer_major), (TextureDataOrder::MipMajor, mip_major)]
    {
        let texture = gpu.device.create_texture_with_data(&gpu.queue, &descriptor, order, &data);
        for (layer, level, expected) in [(0, 0, 10), (0, 1, 20), (1, 0, 30), (1, 1, 40)] {
            let view = texture.create_view(&wgpu::TextureViewDescriptor {
                dimension: Some(wgpu::TextureViewDimension::D2),
                base_mip_level: level,
                mip_level_count: Some(1),
                base_array_layer: layer,
                array_layer_count: Some(1),
                ..Default::default()
            });
            assert_eq!(view.texture(), &texture);
            let red = sample(&gpu, &view, &sampler, &[[0.5, 0.5]])[0][0];
            assert_eq!(
                (red * 255.0).round() as u32,
                expected,
                "{order:?}, layer {layer}, level {level}"
            );
        }
    }
}

#[test]
fn buffers_are_cleared() {
    let gpu = gpu();
    let usage = wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
    let buffer = gpu.buffer(&[1, 2, 3, 4], usage);
    gpu.no_error(|| {
        let mut encoder = gpu.encoder();
        encoder.clear_buffer(&buffer, 4, Some(4));
        encoder.clear_buffer(&buffer, 12, None);
        encoder.clear_buffer(&buffer, 8, Some(0));
        gpu.queue.submit([encoder.finish()]);
    });
    assert_eq!(gpu.read(&buffer), [1, 0, 3, 0]);
}
