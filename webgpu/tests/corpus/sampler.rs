//! Samplers: which can be created, and what is sampled through them.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{Gpu, gpu, gpu_with, record_bytes};
use crate::kit::{TEXTURE, extent, names};
use webgpu as wgpu;
use wgpu::util::{DeviceExt, TextureDataOrder};
use wgpu::{AddressMode, CompareFunction, FilterMode, SamplerDescriptor};

#[test]
fn levels_of_detail() {
    let gpu = gpu();
    gpu.cases(
        &[
            ("all", Valid, (0.0, 32.0)),
            ("a part", Valid, (1.5, 2.5)),
            ("one", Valid, (2.0, 2.0)),
            ("below nought", Validation, (-1.0, 32.0)),
            ("reversed", Validation, (4.0, 2.0)),
            ("not a number", Valid, (f32::NAN, 2.0)),
            ("to not a number", Valid, (0.0, f32::NAN)),
            ("infinite", Valid, (0.0, f32::INFINITY)),
            ("huge", Valid, (0.0, f32::MAX)),
        ],
        |&(lod_min_clamp, lod_max_clamp)| {
            let wanted = SamplerDescriptor { lod_min_clamp, lod_max_clamp, ..Default::default() };
            gpu.device.create_sampler(&wanted)
        },
    );
}

#[test]
fn anisotropy() {
    let gpu = gpu();
    let (near, far) = (FilterMode::Nearest, FilterMode::Linear);
    let (near_mip, far_mip) = (wgpu::MipmapFilterMode::Nearest, wgpu::MipmapFilterMode::Linear);
    gpu.cases(
        &[
            ("none", Validation, (0, far, far, far_mip)),
            ("one", Valid, (1, near, near, near_mip)),
            ("sixteen", Valid, (16, far, far, far_mip)),
            ("more than there is", Valid, (100, far, far, far_mip)),
            ("as much as can be said", Valid, (u16::MAX, far, far, far_mip)),
            ("magnified by the nearest", Validation, (4, near, far, far_mip)),
            ("minified by the nearest", Validation, (4, far, near, far_mip)),
            ("the nearest level", Validation, (4, far, far, near_mip)),
        ],
        |&(anisotropy_clamp, mag_filter, min_filter, mipmap_filter)| {
            gpu.device.create_sampler(&SamplerDescriptor {
                anisotropy_clamp,
                mag_filter,
                min_filter,
                mipmap_filter,
                ..Default::default()
            })
        },
    );
}

#[test]
fn modes_that_need_features() {
    use wgpu::SamplerBorderColor::{OpaqueBlack, OpaqueWhite, TransparentBlack, Zero};
    let border = AddressMode::ClampToBorder;
    let modes = [
        ("repeated", AddressMode::Repeat, None),
        ("mirrored", AddressMode::MirrorRepeat, None),
        ("clamped", AddressMode::ClampToEdge, None),
        ("no border", border, None),
        ("transparent", border, Some(TransparentBlack)),
        ("black", border, Some(OpaqueBlack)),
        ("white", border, Some(OpaqueWhite)),
        ("zero", border, Some(Zero)),
        ("a border that is not needed", AddressMode::Repeat, Some(OpaqueWhite)),
    ];
    let both =
        wgpu::Features::ADDRESS_MODE_CLAMP_TO_BORDER | wgpu::Features::ADDRESS_MODE_CLAMP_TO_ZERO;
    for features in [wgpu::Features::empty(), wgpu::Features::ADDRESS_MODE_CLAMP_TO_BORDER, both] {
        let gpu = gpu_with(features);
        for (name, mode, border_color) in modes {
            gpu.outcome(&format!("{name} with {}", names(features)), || {
                gpu.device.create_sampler(&SamplerDescriptor {
                    address_mode_u: mode,
                    address_mode_v: mode,
                    address_mode_w: mode,
                    border_color,
                    ..Default::default()
                })
            });
        }
    }
}

/// Samples at places from -1 to 2 of a texture of four texels, in one row, at two levels of detail.
fn sample(gpu: &Gpu, sampler: &wgpu::Sampler) -> Vec<u8> {
    let texture = gpu.device.create_texture_with_data(
        &gpu.queue,
        &wgpu::TextureDescriptor {
            size: extent(4, 1, 1),
            mip_level_count: 2,
            usage: wgpu::TextureUsages::TEXTURE_BINDING,
            ..TEXTURE
        },
        TextureDataOrder::LayerMajor,
        &[
            0, 0, 0, 255, 80, 0, 10, 255, 160, 0, 20, 255, 240, 0, 30, 255, 1, 200, 1, 255, 1, 100,
            1, 255,
        ],
    );
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read_write> results: array<u32>;
        @group(0) @binding(1) var image: texture_2d<f32>;
        @group(0) @binding(2) var image_sampler: sampler;
        @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            let place = vec2<f32>(f32(id.x) / 8.0 - 1.0, 0.5);
            let texel = textureSampleLevel(image, image_sampler, place, f32(id.y) * 0.75);
            results[id.y * 24u + id.x] = pack4x8unorm(texel);
        }",
    );
    let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
    let results = gpu.empty_buffer(4 * 48, usage);
    let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
    let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[
            entry(0, results.as_entire_binding()),
            entry(1, wgpu::BindingResource::TextureView(&texture.create_view(&Default::default()))),
            entry(2, wgpu::BindingResource::Sampler(sampler)),
        ],
    });
    gpu.no_error(|| {
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &bind_group, &[]);
            pass.dispatch_workgroups(24, 2, 1);
        });
    });
    gpu.read_unrecorded(&results)
}

#[test]
fn what_each_mode_and_filter_samples() {
    let gpu = gpu();
    for mode in [AddressMode::ClampToEdge, AddressMode::Repeat, AddressMode::MirrorRepeat] {
        for filter in [FilterMode::Nearest, FilterMode::Linear] {
            for mipmap_filter in [wgpu::MipmapFilterMode::Nearest, wgpu::MipmapFilterMode::Linear] {
                let sampler = gpu.device.create_sampler(&SamplerDescriptor {
                    address_mode_u: mode,
                    mag_filter: filter,
                    min_filter: filter,
                    mipmap_filter,
                    ..Default::default()
                });
                let name = format!("{mode:?} {filter:?} {mipmap_filter:?}");
                record_bytes(&name, &sample(&gpu, &sampler));
            }
        }
    }
}

#[test]
fn what_borders_and_clamped_levels_sample() {
    let gpu = gpu_with(wgpu::Features::ADDRESS_MODE_CLAMP_TO_BORDER);
    for border_color in [
        wgpu::SamplerBorderColor::TransparentBlack,
        wgpu::SamplerBorderColor::OpaqueBlack,
        wgpu::SamplerBorderColor::OpaqueWhite,
    ] {
        let sampler = gpu.device.create_sampler(&SamplerDescriptor {
            address_mode_u: AddressMode::ClampToBorder,
            border_color: Some(border_color),
            ..Default::default()
        });
        record_bytes(&format!("{border_color:?}"), &sample(&gpu, &sampler));
    }
    for (lod_min_clamp, lod_max_clamp) in [(0.0, 0.0), (1.0, 1.0), (0.25, 0.5)] {
        let sampler = gpu.device.create_sampler(&SamplerDescriptor {
            lod_min_clamp,
            lod_max_clamp,
            mipmap_filter: wgpu::MipmapFilterMode::Linear,
            ..Default::default()
        });
        record_bytes(&format!("{lod_min_clamp} to {lod_max_clamp}"), &sample(&gpu, &sampler));
    }
}

#[test]
fn what_comparing_samplers_answer() {
    let gpu = gpu();
    let depth = gpu.device.create_texture(&wgpu::TextureDescriptor {
        size: extent(1, 1, 1),
        format: wgpu::TextureFormat::Depth32Float,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::RENDER_ATTACHMENT,
        ..TEXTURE
    });
    let view = depth.create_view(&Default::default());
    gpu.submit(|encoder| {
        drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &view,
                depth_ops: Some(wgpu::Operations {
                    load: wgpu::LoadOp::Clear(0.5),
                    store: wgpu::StoreOp::Store,
                }),
                stencil_ops: None,
            }),
            ..Default::default()
        }));
    });
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read_write> results: array<f32>;
        @group(0) @binding(1) var image: texture_depth_2d;
        @group(0) @binding(2) var image_sampler: sampler_comparison;
        @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            results[id.x] = textureSampleCompareLevel(image, image_sampler, vec2(0.5), f32(id.x) / 4.0);
        }",
    );
    let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
    for (compare, expected) in [
        (CompareFunction::Never, [0.0; 5]),
        (CompareFunction::Less, [1.0, 1.0, 0.0, 0.0, 0.0]),
        (CompareFunction::LessEqual, [1.0, 1.0, 1.0, 0.0, 0.0]),
        (CompareFunction::Equal, [0.0, 0.0, 1.0, 0.0, 0.0]),
        (CompareFunction::NotEqual, [1.0, 1.0, 0.0, 1.0, 1.0]),
        (CompareFunction::GreaterEqual, [0.0, 0.0, 1.0, 1.0, 1.0]),
        (CompareFunction::Greater, [0.0, 0.0, 0.0, 1.0, 1.0]),
        (CompareFunction::Always, [1.0; 5]),
    ] {
        let sampler = gpu
            .device
            .create_sampler(&SamplerDescriptor { compare: Some(compare), ..Default::default() });
        let results = gpu.empty_buffer(20, usage);
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[
                entry(0, results.as_entire_binding()),
                entry(1, wgpu::BindingResource::TextureView(&view)),
                entry(2, wgpu::BindingResource::Sampler(&sampler)),
            ],
        });
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &bind_group, &[]);
            pass.dispatch_workgroups(5, 1, 1);
        });
        let answers: Vec<f32> = bytemuck::pod_collect_to_vec(&gpu.read_bytes(&results));
        assert_eq!(answers, expected, "{compare:?}");
    }
}
