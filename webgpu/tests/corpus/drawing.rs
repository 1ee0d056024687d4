//! Shorthands for drawing: a pipeline that differs from the usual in a point or two, and what a pass leaves.

use crate::common::{Gpu, record_bytes};
use crate::kit::{TEXTURE, extent};
use webgpu as wgpu;
use wgpu::{TextureFormat, TextureUsages};

/// Width and height of what is drawn on.
pub(crate) const SIZE: u32 = 16;

/// Vertices of a triangle over everything, at half the depth; fragments in white.
pub(crate) const COVER: &str = "
    @vertex fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
        return vec4<f32>(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.5, 1.0);
    }
    @fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }";

/// Draws over everything in a colour of the instance's: red, green, blue, and so on.
pub(crate) const COLORS: &str = "
    struct Output { @builtin(position) position: vec4<f32>, @location(0) @interpolate(flat) color: vec4<f32> }
    @vertex fn vertex(@builtin(vertex_index) index: u32, @builtin(instance_index) instance: u32) -> Output {
        let corner = vec2<f32>(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0);
        let bits = vec4<f32>(vec4<u32>(instance & 1u, (instance >> 1u) & 1u, (instance >> 2u) & 1u, 1u));
        return Output(vec4<f32>(corner, 0.5, 1.0), bits);
    }
    @fragment fn fragment(input: Output) -> @location(0) vec4<f32> { return input.color; }";

/// Draws a triangle in the lower left half, with a colour that changes from corner to corner.
pub(crate) const TRIANGLE: &str = "
    struct Output { @builtin(position) position: vec4<f32>, @location(0) color: vec4<f32> }
    @vertex fn vertex(@builtin(vertex_index) index: u32) -> Output {
        let corner = vec2<f32>(f32(index & 1u), f32(index >> 1u));
        return Output(vec4<f32>(corner * 1.8 - 0.9, 0.5, 1.0), vec4<f32>(corner, 1.0, 1.0));
    }
    @fragment fn fragment(input: Output) -> @location(0) vec4<f32> { return input.color; }";

/// Commands of a render pass, in a table.
pub(crate) type InPass<'a> = &'a dyn Fn(&mut wgpu::RenderPass<'_>);

/// A colour target that takes what is drawn as it is.
pub(crate) const PLAIN: Option<wgpu::ColorTargetState> = target(TextureFormat::Rgba8Unorm);

/// A colour target of this format.
pub(crate) const fn target(format: TextureFormat) -> Option<wgpu::ColorTargetState> {
    Some(wgpu::ColorTargetState { format, blend: None, write_mask: wgpu::ColorWrites::ALL })
}

/// What makes a pipeline.
#[derive(Clone)]
pub(crate) struct Pipeline<'a> {
    pub(crate) shader: &'a str,
    pub(crate) layout: Option<&'a wgpu::PipelineLayout>,
    pub(crate) buffers: &'a [wgpu::VertexBufferLayout<'a>],
    pub(crate) primitive: wgpu::PrimitiveState,
    pub(crate) depth_stencil: Option<wgpu::DepthStencilState>,
    pub(crate) multisample: wgpu::MultisampleState,
    /// None: without a fragment stage.
    pub(crate) targets: Option<&'a [Option<wgpu::ColorTargetState>]>,
}

impl Default for Pipeline<'_> {
    fn default() -> Self {
        Self {
            shader: COVER,
            layout: None,
            buffers: &[],
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            targets: Some(&[PLAIN]),
        }
    }
}

impl Pipeline<'_> {
    pub(crate) fn create(&self, gpu: &Gpu) -> wgpu::RenderPipeline {
        let module = gpu.shader(self.shader);
        gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: None,
            layout: self.layout,
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                buffers: self.buffers,
            },
            primitive: self.primitive,
            depth_stencil: self.depth_stencil.clone(),
            multisample: self.multisample,
            fragment: self.targets.map(|targets| wgpu::FragmentState {
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                targets,
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

/// A texture to draw on, of one layer and one sample, that can be copied.
pub(crate) fn canvas(gpu: &Gpu, format: TextureFormat) -> wgpu::Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        size: extent(SIZE, SIZE, 1),
        format,
        usage: TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC,
        ..TEXTURE
    })
}

/// An attachment that is cleared to this colour.
pub(crate) fn cleared(
    view: &wgpu::TextureView,
    color: wgpu::Color,
) -> Option<wgpu::RenderPassColorAttachment<'_>> {
    Some(wgpu::RenderPassColorAttachment {
        view,
        depth_slice: None,
        resolve_target: None,
        ops: wgpu::Operations { load: wgpu::LoadOp::Clear(color), store: wgpu::StoreOp::Store },
    })
}

/// A pipeline that draws over everything in the colour of the instance.
pub(crate) fn colors(gpu: &Gpu) -> wgpu::RenderPipeline {
    Pipeline { shader: COLORS, ..Default::default() }.create(gpu)
}

/// A texture to draw on that differs from the usual in a point or two.
pub(crate) fn attachment(
    gpu: &Gpu,
    change: impl FnOnce(&mut wgpu::TextureDescriptor<'static>),
) -> wgpu::TextureView {
    let mut descriptor = wgpu::TextureDescriptor {
        size: extent(SIZE, SIZE, 1),
        usage: TextureUsages::RENDER_ATTACHMENT,
        ..TEXTURE
    };
    change(&mut descriptor);
    gpu.device.create_texture(&descriptor).create_view(&Default::default())
}

/// A depth attachment that is cleared to 1.
pub(crate) fn cleared_depth(
    view: &wgpu::TextureView,
) -> wgpu::RenderPassDepthStencilAttachment<'_> {
    wgpu::RenderPassDepthStencilAttachment {
        view,
        depth_ops: Some(wgpu::Operations {
            load: wgpu::LoadOp::Clear(1.0),
            store: wgpu::StoreOp::Store,
        }),
        stencil_ops: None,
    }
}

impl Gpu {
    /// The texels after a pass over a cleared canvas; written down. Mistakes fail the test.
    pub(crate) fn draw(
        &self,
        name: &str,
        record: impl FnOnce(&mut wgpu::RenderPass<'_>),
    ) -> Vec<[u8; 4]> {
        let canvas = canvas(self, TextureFormat::Rgba8Unorm);
        let view = canvas.create_view(&Default::default());
        self.no_error(|| self.pass(&view, record));
        let bytes = self.read_canvas(name, &canvas);
        bytemuck::pod_collect_to_vec(&bytes)
    }

    /// Submits a pass over a view that is cleared.
    pub(crate) fn pass(
        &self,
        view: &wgpu::TextureView,
        record: impl FnOnce(&mut wgpu::RenderPass<'_>),
    ) {
        self.submit(|encoder| {
            record(&mut encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                color_attachments: &[cleared(view, wgpu::Color::TRANSPARENT)],
                ..Default::default()
            }));
        });
    }

    /// The texels of a canvas, written down under a name.
    pub(crate) fn read_canvas(&self, name: &str, canvas: &wgpu::Texture) -> Vec<u8> {
        let bytes = self.level_bytes(canvas, 0, wgpu::TextureAspect::All);
        record_bytes(name, &bytes);
        bytes
    }
}
