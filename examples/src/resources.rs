//! Textures to draw on, samplers, uniform buffers, bind groups and attachments, as most programs need them.

use webgpu as wgpu;

use crate::{Gpu, Target};

/// The format of depth that every adapter has in full precision.
pub const DEPTH: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

/// A texture of the target's size and format, which passes draw on and shaders read.
#[must_use]
pub fn attachment(gpu: &Gpu, label: &str, target: Target, samples: u32) -> wgpu::TextureView {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d {
            width: target.width,
            height: target.height,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: samples,
        dimension: wgpu::TextureDimension::D2,
        format: target.format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    });
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

/// A texture of the target's size and the format [`DEPTH`].
#[must_use]
pub fn depth(gpu: &Gpu, target: Target) -> wgpu::TextureView {
    attachment(gpu, "depth", Target { format: DEPTH, ..target }, 1)
}

/// A sampler that blends the four texels around a place, and repeats those at the edges.
#[must_use]
pub fn linear(gpu: &Gpu) -> wgpu::Sampler {
    gpu.device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("linear"),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        ..Default::default()
    })
}

/// A uniform buffer for one `T`, to be written before each frame.
#[must_use]
pub fn uniform<T>(gpu: &Gpu, label: &str) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: size_of::<T>() as wgpu::BufferAddress,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// A bind group of `resources`, at the bindings 0, 1, 2, and so on.
#[must_use]
pub fn bind_group(
    gpu: &Gpu,
    label: &str,
    layout: &wgpu::BindGroupLayout,
    resources: &[wgpu::BindingResource<'_>],
) -> wgpu::BindGroup {
    let entries: Vec<_> = (0..)
        .zip(resources)
        .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource: resource.clone() })
        .collect();
    gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some(label),
        layout,
        entries: &entries,
    })
}

/// A colour attachment that is filled with `background` before anything is drawn.
#[must_use]
pub fn cleared(
    view: &wgpu::TextureView,
    background: wgpu::Color,
) -> Option<wgpu::RenderPassColorAttachment<'_>> {
    color(view, wgpu::LoadOp::Clear(background))
}

/// A colour attachment that keeps what is on it.
#[must_use]
pub fn kept(view: &wgpu::TextureView) -> Option<wgpu::RenderPassColorAttachment<'_>> {
    color(view, wgpu::LoadOp::Load)
}

fn color(
    view: &wgpu::TextureView,
    load: wgpu::LoadOp<wgpu::Color>,
) -> Option<wgpu::RenderPassColorAttachment<'_>> {
    Some(wgpu::RenderPassColorAttachment {
        view,
        depth_slice: None,
        resolve_target: None,
        ops: wgpu::Operations { load, store: wgpu::StoreOp::Store },
    })
}

/// A depth attachment on which everything is infinitely far before anything is drawn.
#[must_use]
pub fn cleared_depth(
    view: &wgpu::TextureView,
) -> Option<wgpu::RenderPassDepthStencilAttachment<'_>> {
    Some(wgpu::RenderPassDepthStencilAttachment {
        view,
        depth_ops: Some(wgpu::Operations {
            load: wgpu::LoadOp::Clear(1.0),
            store: wgpu::StoreOp::Store,
        }),
        stencil_ops: None,
    })
}

/// What a pipeline needs so that nearer things hide what is behind them, in a depth attachment of the format [`DEPTH`].
#[must_use]
pub fn nearer_hides() -> wgpu::DepthStencilState {
    wgpu::DepthStencilState {
        format: DEPTH,
        depth_write_enabled: Some(true),
        depth_compare: Some(wgpu::CompareFunction::Less),
        stencil: wgpu::StencilState::default(),
        bias: wgpu::DepthBiasState::default(),
    }
}

/// A colour as screens show it, `0xrrggbb` in sRGB, with the linear channels that WebGPU computes with.
#[must_use]
pub fn rgb(color: u32) -> wgpu::Color {
    let channel = |shift: u32| {
        let encoded = f64::from((color >> shift) & 0xff) / 255.0;
        if encoded <= 0.04045 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
    };
    wgpu::Color { r: channel(16), g: channel(8), b: channel(0), a: 1.0 }
}
