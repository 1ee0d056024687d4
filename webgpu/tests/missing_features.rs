//! What needs a feature that the device does not have, and that the engine library cannot offer.

mod common;

use common::{Gpu, gpu};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// Fails unless the message names the call and the feature.
fn assert_missing(message: &str, call: &str, feature: &str) {
    assert!(message.contains(&format!("In {call}")), "{message}");
    assert!(
        message.contains(feature) && message.contains("are required but not enabled"),
        "{message}"
    );
}

fn blas(gpu: &Gpu) -> wgpu::Blas {
    let descriptor = wgpu::CreateBlasDescriptor {
        label: Some("triangles"),
        flags: wgpu::AccelerationStructureFlags::PREFER_FAST_TRACE,
        update_mode: wgpu::AccelerationStructureUpdateMode::Build,
    };
    let sizes = wgpu::BlasGeometrySizeDescriptors::Triangles { descriptors: vec![size()] };
    gpu.device.create_blas(&descriptor, sizes)
}

fn size() -> wgpu::BlasTriangleGeometrySizeDescriptor {
    wgpu::BlasTriangleGeometrySizeDescriptor {
        vertex_format: wgpu::VertexFormat::Float32x3,
        vertex_count: 3,
        index_format: None,
        index_count: None,
        flags: wgpu::AccelerationStructureGeometryFlags::OPAQUE,
    }
}

fn tlas(gpu: &Gpu) -> wgpu::Tlas {
    gpu.device.create_tlas(&wgpu::CreateTlasDescriptor {
        label: Some("world"),
        max_instances: 4,
        flags: wgpu::AccelerationStructureFlags::empty(),
        update_mode: wgpu::AccelerationStructureUpdateMode::Build,
    })
}

/// Makes something, whose error is not looked at.
fn quietly<T>(gpu: &Gpu, make: impl FnOnce(&Gpu) -> T) -> T {
    let mut made = None;
    gpu.validation_error(|| made = Some(make(gpu)));
    made.unwrap()
}

#[test]
fn acceleration_structures() {
    let gpu = gpu();
    let feature = "EXPERIMENTAL_RAY_QUERY";
    let message = gpu.validation_error(|| blas(&gpu));
    assert_missing(&message, "Device::create_blas, label = 'triangles'", feature);
    let message = gpu.validation_error(|| tlas(&gpu));
    assert_missing(&message, "Device::create_tlas, label = 'world'", feature);

    let blas = quietly(&gpu, blas);
    assert_eq!(blas.handle(), None);
    assert_eq!(blas, blas.clone());
    assert_ne!(blas, quietly(&gpu, self::blas));
    let message = gpu.validation_error(|| gpu.queue.compact_blas(&blas));
    assert_missing(&message, "Queue::compact_blas", feature);
    let message = gpu.validation_error(|| assert!(!blas.ready_for_compaction()));
    assert!(message.contains("is invalid"), "{message}");
}

#[test]
fn what_cannot_be_compacted_says_so() {
    let gpu = gpu();
    let blas = quietly(&gpu, blas);
    let called = Arc::new(AtomicBool::new(false));
    let flag = called.clone();
    let message = gpu.validation_error(|| {
        blas.prepare_compaction_async(move |result| {
            assert_eq!(result, Err(wgpu::BlasAsyncError));
            flag.store(true, Ordering::Relaxed);
        });
    });
    assert!(message.contains("is invalid"), "{message}");
    assert!(called.load(Ordering::Relaxed));
}

#[test]
fn instances_of_a_structure_are_kept() {
    let gpu = gpu();
    let (blas, mut tlas) = (quietly(&gpu, blas), quietly(&gpu, tlas));
    assert!(tlas.get().len() == 4 && tlas.get().iter().all(Option::is_none));
    tlas[1] = Some(wgpu::TlasInstance::new(&blas, [0.5; 12], 7, 0xff));
    let instance = tlas[1].as_ref().unwrap();
    assert_eq!((instance.transform, instance.custom_data, instance.mask), ([0.5; 12], 7, 0xff));
    assert_eq!(tlas[1..3].iter().flatten().count(), 1);
    tlas.get_mut_single(1).unwrap().as_mut().unwrap().set_blas(&blas);
    assert!(tlas.get_mut_single(4).is_none() && tlas.get_mut_slice(2..5).is_none());
    tlas.get_mut_slice(0..4).unwrap().fill(None);
    assert_eq!(tlas.get().iter().flatten().count(), 0);
}

#[test]
fn structures_are_not_built() {
    let gpu = gpu();
    let (blas, tlas) = (quietly(&gpu, blas), quietly(&gpu, tlas));
    let (size, vertices) = (size(), gpu.buffer(&[0; 9], Usages::VERTEX));
    let entry = wgpu::BlasBuildEntry {
        blas: &blas,
        geometry: wgpu::BlasGeometries::TriangleGeometries(vec![wgpu::BlasTriangleGeometry {
            size: &size,
            vertex_buffer: &vertices,
            first_vertex: 0,
            vertex_stride: 12,
            index_buffer: None,
            first_index: None,
            transform_buffer: None,
            transform_buffer_offset: None,
        }]),
    };
    let mut encoder = gpu.encoder();
    encoder.build_acceleration_structures([&entry], [&tlas]);
    let mut commands = None;
    gpu.validation_error(|| commands = Some(encoder.finish()));
    gpu.validation_error(|| gpu.queue.submit(commands));

    let encoder = gpu.encoder();
    // SAFETY: There is nothing to be built.
    unsafe { encoder.mark_acceleration_structures_built([&blas], []) };
    let message = gpu.validation_error(|| encoder.finish());
    assert!(message.contains("EXPERIMENTAL_RAY_QUERY"), "{message}");
}

#[test]
fn bindings() {
    let gpu = gpu();
    let layout = |ty| {
        gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("layout"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty,
                count: None,
            }],
        })
    };
    let call = "Device::create_bind_group_layout, label = 'layout'";
    let structure = wgpu::BindingType::AccelerationStructure { vertex_return: false };
    let message = gpu.validation_error(|| layout(structure));
    assert_missing(&message, call, "EXPERIMENTAL_RAY_QUERY");
    let message = gpu.validation_error(|| layout(wgpu::BindingType::ExternalTexture));
    assert_missing(&message, call, "EXTERNAL_TEXTURE");

    let layout = layout(wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering));
    let (tlas, texture) = (quietly(&gpu, tlas), quietly(&gpu, external_texture));
    for resource in [tlas.as_binding(), wgpu::BindingResource::ExternalTexture(&texture)] {
        gpu.validation_error(|| {
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &layout,
                entries: &[wgpu::BindGroupEntry { binding: 0, resource }],
            })
        });
    }
}

fn external_texture(gpu: &Gpu) -> wgpu::ExternalTexture {
    gpu.device.create_external_texture(
        &wgpu::ExternalTextureDescriptor {
            label: Some("video"),
            width: 16,
            height: 16,
            format: wgpu::ExternalTextureFormat::Rgba,
            yuv_conversion_matrix: [0.0; 16],
            gamut_conversion_matrix: [0.0; 9],
            src_transfer_function: Default::default(),
            dst_transfer_function: Default::default(),
            sample_transform: [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            load_transform: [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        },
        &[],
    )
}

#[test]
fn external_textures() {
    let gpu = gpu();
    let message = gpu.validation_error(|| external_texture(&gpu));
    let call = "Device::create_external_texture, label = 'video'";
    assert_missing(&message, call, "EXTERNAL_TEXTURE");
    let texture = quietly(&gpu, external_texture);
    assert_eq!(texture, texture.clone());
    gpu.no_error(|| texture.destroy());
}

/// Something with as many layers to draw to.
fn target(gpu: &Gpu, layers: u32) -> wgpu::TextureView {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: 4, height: 4, depth_or_array_layers: layers },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
        view_formats: &[],
    });
    texture.create_view(&Default::default())
}

fn depth() -> wgpu::DepthStencilState {
    wgpu::DepthStencilState {
        format: wgpu::TextureFormat::Depth32Float,
        depth_write_enabled: Some(false),
        depth_compare: Some(wgpu::CompareFunction::Always),
        stencil: Default::default(),
        bias: Default::default(),
    }
}

/// The error that a pass with these commands leads to, by the end of its encoder.
fn pass_error(
    gpu: &Gpu,
    multiview_mask: Option<std::num::NonZeroU32>,
    record: impl FnOnce(&mut wgpu::RenderPass<'_>),
) -> String {
    let view = target(gpu, multiview_mask.map_or(1, |mask| mask.get().count_ones()));
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view: &view,
            depth_slice: None,
            resolve_target: None,
            ops: Default::default(),
        })],
        multiview_mask,
        ..Default::default()
    });
    record(&mut pass);
    drop(pass);
    gpu.validation_error(|| encoder.finish())
}

#[test]
fn meshes() {
    let gpu = gpu();
    let module = gpu.shader("@compute @workgroup_size(1) fn main() {}");
    let state = wgpu::MeshState {
        module: &module,
        entry_point: Some("main"),
        compilation_options: Default::default(),
    };
    let message = gpu.validation_error(|| {
        gpu.device.create_mesh_pipeline(&wgpu::MeshPipelineDescriptor {
            label: Some("meshes"),
            layout: None,
            task: None,
            mesh: state,
            primitive: Default::default(),
            depth_stencil: Some(depth()),
            multisample: Default::default(),
            fragment: None,
            multiview: None,
            cache: None,
        })
    });
    assert!(message.contains("label = 'meshes'"), "{message}");
    assert!(message.contains("EXPERIMENTAL_MESH_SHADER"), "{message}");

    let buffer = gpu.buffer(&[1; 16], Usages::INDIRECT);
    pass_error(&gpu, None, |pass| pass.draw_mesh_tasks(1, 1, 1));
    pass_error(&gpu, None, |pass| pass.draw_mesh_tasks_indirect(&buffer, 0));
    pass_error(&gpu, None, |pass| pass.multi_draw_mesh_tasks_indirect(&buffer, 0, 2));
    pass_error(&gpu, None, |pass| {
        pass.multi_draw_mesh_tasks_indirect_count(&buffer, 0, &buffer, 0, 2);
    });
}

#[test]
fn several_layers_at_once() {
    let gpu = gpu();
    let mask = std::num::NonZeroU32::new(0b11);
    let message = pass_error(&gpu, mask, |_| ());
    assert!(message.contains("MULTIVIEW"), "{message}");

    let module = gpu.shader("@vertex fn main() -> @builtin(position) vec4f { return vec4f(); }");
    let message = gpu.validation_error(|| {
        gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("layers"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: Default::default(),
            depth_stencil: Some(depth()),
            multisample: Default::default(),
            fragment: None,
            multiview_mask: mask,
            cache: None,
        })
    });
    assert_missing(&message, "Device::create_render_pipeline, label = 'layers'", "MULTIVIEW");
}

#[test]
fn transitions_are_noted() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(16, Usages::COPY_SRC | Usages::COPY_DST);
    let transition = || {
        let mut encoder = gpu.encoder();
        let buffers =
            [wgpu::BufferTransition { buffer: &buffer, state: wgpu::BufferUses::COPY_SRC }];
        encoder.transition_resources(buffers.into_iter(), std::iter::empty());
        gpu.queue.submit([encoder.finish()]);
    };
    gpu.no_error(transition);
    buffer.destroy();
    let message = gpu.validation_error(transition);
    assert!(message.contains("has been destroyed"), "{message}");
}
