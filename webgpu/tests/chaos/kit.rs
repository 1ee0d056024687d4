//! Objects that fit together, so that some of what is recorded is valid, whatever else is wrong.

use crate::{
    common::dice::Dice,
    pipelines,
    world::{Call, World},
};
use webgpu as wgpu;
use wgpu::{BufferUsages as Buffers, TextureUsages as Textures};

/// For the first device.
#[derive(Clone)]
pub(crate) struct Kit {
    compute: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    render: wgpu::RenderPipeline,
    view: wgpu::TextureView,
    buffer: wgpu::Buffer,
    texture: wgpu::Texture,
    staging: wgpu::Buffer,
}

pub(crate) const ALL: &[Call] = &[compute, render, bundle, copy, copy_texels, copy_back];

impl Kit {
    pub(crate) fn new(device: &wgpu::Device) -> Self {
        let module = |source: &'static str| {
            device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: None,
                source: wgpu::ShaderSource::Wgsl(source.into()),
            })
        };
        let compute = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module(pipelines::STORING),
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        });
        let drawing = module(pipelines::DRAWING);
        let format = wgpu::TextureFormat::Rgba8Unorm;
        let target =
            wgpu::ColorTargetState { format, blend: None, write_mask: wgpu::ColorWrites::ALL };
        let render = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: None,
            layout: None,
            vertex: wgpu::VertexState {
                module: &drawing,
                entry_point: None,
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            fragment: Some(wgpu::FragmentState {
                module: &drawing,
                entry_point: None,
                compilation_options: Default::default(),
                targets: &[Some(target)],
            }),
            multiview_mask: None,
            cache: None,
        });
        let buffer = |usage| {
            let descriptor = wgpu::BufferDescriptor {
                label: Some("kit"),
                size: 4096,
                usage,
                mapped_at_creation: false,
            };
            device.create_buffer(&descriptor)
        };
        let storage = buffer(Buffers::STORAGE | Buffers::COPY_SRC | Buffers::COPY_DST);
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &compute.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: storage.as_entire_binding() }],
        });
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("kit"),
            size: wgpu::Extent3d { width: 16, height: 16, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: Textures::RENDER_ATTACHMENT
                | Textures::COPY_SRC
                | Textures::COPY_DST
                | Textures::TEXTURE_BINDING,
            view_formats: &[],
        });
        let view = texture.create_view(&Default::default());
        let staging = buffer(Buffers::MAP_READ | Buffers::COPY_DST);
        Self { compute, group, render, view, buffer: storage, texture, staging }
    }

    /// Puts it among the other objects, where it may be destroyed and used in the wrong way.
    pub(crate) fn share(&self, world: &mut World) {
        world.compute_pipelines.add(self.compute.clone());
        world.render_pipelines.add(self.render.clone());
        world.groups.add(self.group.clone());
        world.buffers.add(self.buffer.clone());
        world.buffers.add(self.staging.clone());
        world.textures.add(self.texture.clone());
        world.texture_views.add(self.view.clone());
    }
}

fn compute(world: &mut World, dice: &mut Dice) {
    let (Some(kit), Some(encoder)) = (&world.kit, world.encoders.any_mut(dice)) else { return };
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&kit.compute);
    pass.set_bind_group(0, &kit.group, &[]);
    pass.dispatch_workgroups(1, 1, 1);
    if dice.percent(10) {
        world.compute_passes.add(pass.forget_lifetime());
    }
}

fn render(world: &mut World, dice: &mut Dice) {
    let (Some(kit), Some(encoder)) = (&world.kit, world.encoders.any_mut(dice)) else { return };
    let attachment = wgpu::RenderPassColorAttachment {
        view: &kit.view,
        depth_slice: None,
        resolve_target: None,
        ops: Default::default(),
    };
    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(attachment)],
        occlusion_query_set: world.query_sets.any(dice).filter(|_| dice.percent(10)),
        ..Default::default()
    });
    pass.set_pipeline(&kit.render);
    pass.draw(0..3, 0..1);
    if dice.percent(50) {
        pass.execute_bundles(world.bundles.any(dice));
    }
    if dice.percent(10) {
        world.render_passes.add(pass.forget_lifetime());
    }
}

fn bundle(world: &mut World, dice: &mut Dice) {
    let Some(kit) = &world.kit else { return };
    let device = &world.gpus[0].device;
    let mut encoder = device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
        color_formats: &[Some(wgpu::TextureFormat::Rgba8Unorm)],
        sample_count: 1,
        ..Default::default()
    });
    encoder.set_pipeline(&kit.render);
    // What is bound and not used can be mapped or destroyed meanwhile, and make the bundle invalid.
    if dice.percent(50) {
        encoder.set_bind_group(0, world.groups.any(dice), &[]);
    }
    if let Some(buffer) = world.buffers.any(dice).filter(|_| dice.percent(20)) {
        encoder.set_index_buffer(buffer.slice(..), wgpu::IndexFormat::Uint16);
    }
    encoder.draw(0..3, 0..1);
    world.bundles.add(encoder.finish(&Default::default()));
}

fn copy(world: &mut World, dice: &mut Dice) {
    if let (Some(kit), Some(encoder)) = (&world.kit, world.encoders.any_mut(dice)) {
        encoder.copy_buffer_to_buffer(&kit.buffer, 0, &kit.staging, 0, None);
    }
}

fn copy_texels(world: &mut World, dice: &mut Dice) {
    let (Some(kit), Some(encoder)) = (&world.kit, world.encoders.any_mut(dice)) else { return };
    let layout =
        wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(256), rows_per_image: None };
    let bytes = wgpu::TexelCopyBufferInfo { buffer: &kit.buffer, layout };
    match dice.percent(50) {
        true => {
            encoder.copy_buffer_to_texture(bytes, kit.texture.as_image_copy(), kit.texture.size())
        }
        false => {
            encoder.copy_texture_to_buffer(kit.texture.as_image_copy(), bytes, kit.texture.size())
        }
    }
}

/// Submits, maps and reads, as a program does.
fn copy_back(world: &mut World, dice: &mut Dice) {
    let Some(kit) = &world.kit else { return };
    let gpu = world.gpus[0].clone();
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(&kit.buffer, 0, &kit.staging, 0, None);
    let command_buffer = encoder.finish();
    if dice.percent(20) {
        world.command_buffers.add(command_buffer);
        return;
    }
    gpu.queue.submit([command_buffer]);
    kit.staging.map_async(wgpu::MapMode::Read, .., |_| ());
    let _ = gpu.device.poll(wgpu::PollType::wait_indefinitely());
    let view = kit.staging.get_mapped_range(..);
    std::hint::black_box(view.iter().fold(0_u8, |sum, byte| sum ^ byte));
    if dice.percent(20) {
        world.views.add(view);
    } else {
        drop(view);
        kit.staging.unmap();
    }
}
