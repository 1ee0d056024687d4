//! A texture whose levels of detail the GPU draws, each out of the one before. A floor is tiled with it: with its first
//! level alone on the left, with all of them on the right.

use webgpu as wgpu;

use std::process::ExitCode;

use bytemuck::{Pod, Zeroable};
use examples::{Example, Frame, Gpu, Target, resources};

/// Width and height of the texture's first level.
const SIZE: u32 = 512;
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8UnormSrgb;

/// What the shader calls `Scene`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Scene {
    aspect: f32,
    way: f32,
}

struct Mipmaps {
    pipeline: wgpu::RenderPipeline,
    scene: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
}

impl Example for Mipmaps {
    const NAME: &'static str = "mipmaps";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<Mipmaps> {
        let shader =
            gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/mipmaps.wgsl"));
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("tiles"),
            size: wgpu::Extent3d { width: SIZE, height: SIZE, depth_or_array_layers: 1 },
            mip_level_count: SIZE.ilog2() + 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        });
        draw_levels(gpu, &shader, &texture);

        let pipeline = pipeline(gpu, &shader, "floor_and_sky", target.format);
        let scene = resources::uniform::<Scene>(gpu, "scene");
        let bind_group = resources::bind_group(
            gpu,
            "scene",
            &pipeline.get_bind_group_layout(0),
            &[
                scene.as_entire_binding(),
                wgpu::BindingResource::TextureView(&texture.create_view(&Default::default())),
                wgpu::BindingResource::Sampler(&sampler(gpu, 0.0)),
                wgpu::BindingResource::Sampler(&sampler(gpu, f32::MAX)),
            ],
        );
        Ok(Mipmaps { pipeline, scene, bind_group })
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        let scene = Scene {
            aspect: frame.target.width as f32 / frame.target.height as f32,
            way: frame.time.as_secs_f32(),
        };
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::bytes_of(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        cover(&mut encoder, frame.view, &self.pipeline, Some(&self.bind_group));
        gpu.queue.submit([encoder.finish()]);
    }
}

/// Draws the pattern on the first level of `texture`, and each other level out of the one before.
fn draw_levels(gpu: &Gpu, shader: &wgpu::ShaderModule, texture: &wgpu::Texture) {
    let pattern = pipeline(gpu, shader, "pattern", FORMAT);
    let halve = pipeline(gpu, shader, "halve", FORMAT);
    let sampler = sampler(gpu, 0.0);
    let level = |level| {
        texture.create_view(&wgpu::TextureViewDescriptor {
            label: Some("level"),
            base_mip_level: level,
            mip_level_count: Some(1),
            ..Default::default()
        })
    };

    let mut encoder = gpu
        .device
        .create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("levels") });
    cover(&mut encoder, &level(0), &pattern, None);
    for smaller in 1..texture.mip_level_count() {
        let larger = resources::bind_group(
            gpu,
            "larger level",
            &halve.get_bind_group_layout(0),
            &[
                wgpu::BindingResource::TextureView(&level(smaller - 1)),
                wgpu::BindingResource::Sampler(&sampler),
            ],
        );
        cover(&mut encoder, &level(smaller), &halve, Some(&larger));
    }
    gpu.queue.submit([encoder.finish()]);
}

/// Records a pass that draws on all of `view`.
fn cover(
    encoder: &mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    pipeline: &wgpu::RenderPipeline,
    bind_group: Option<&wgpu::BindGroup>,
) {
    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[resources::cleared(view, wgpu::Color::BLACK)],
        ..Default::default()
    });
    pass.set_pipeline(pipeline);
    pass.set_bind_group(0, bind_group, &[]);
    pass.draw(0..3, 0..1);
}

/// A sampler that uses the texture's levels up to `last_level`, and blends the two that fit best.
fn sampler(gpu: &Gpu, last_level: f32) -> wgpu::Sampler {
    gpu.device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("levels"),
        address_mode_u: wgpu::AddressMode::Repeat,
        address_mode_v: wgpu::AddressMode::Repeat,
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        mipmap_filter: wgpu::MipmapFilterMode::Linear,
        lod_max_clamp: last_level,
        ..Default::default()
    })
}

/// A pipeline that covers all it is drawn on with what one of the shader's entry points computes.
fn pipeline(
    gpu: &Gpu,
    shader: &wgpu::ShaderModule,
    fragment: &str,
    format: wgpu::TextureFormat,
) -> wgpu::RenderPipeline {
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(fragment),
        layout: None,
        vertex: wgpu::VertexState {
            module: shader,
            entry_point: Some("vertex"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: shader,
            entry_point: Some(fragment),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn main() -> ExitCode {
    examples::draw::<Mipmaps>()
}
