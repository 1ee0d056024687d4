//! A device and what is made with it, compiled once for each crate, as `wgpu`.

use super::api as wgpu;

/// A device, and what the rows draw with.
pub(crate) struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) pipelines: [wgpu::RenderPipeline; 2],
    pub(super) groups: [wgpu::BindGroup; 2],
    pub(super) many_groups: Vec<wgpu::BindGroup>,
    pub(super) layout: wgpu::BindGroupLayout,
    /// For uniforms, vertices, indirect draws, and to be written to.
    pub(super) buffers: [wgpu::Buffer; 2],
    pub(super) readable: wgpu::Buffer,
    pub(super) texture: wgpu::Texture,
    pub(super) view: wgpu::TextureView,
    pub(super) sampler: wgpu::Sampler,
    pub(super) bundle: wgpu::RenderBundle,
}

const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// No pixel is covered: what drawing costs the driver is not the subject.
const SHADER: &str = "
    @group(0) @binding(0) var<uniform> factor: vec4f;
    @group(0) @binding(1) var image: texture_2d<f32>;
    @group(0) @binding(2) var image_sampler: sampler;
    @vertex fn vertex(@location(0) position: vec4f) -> @builtin(position) vec4f {
        return position * 0.0;
    }
    @fragment fn fragment() -> @location(0) vec4f {
        return factor * textureSample(image, image_sampler, vec2f());
    }
";

/// An instance: the first step of [`open`].
pub(crate) fn instance() -> wgpu::Instance {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    // What the `wgpu` crate is compiled with here.
    descriptor.backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
    wgpu::Instance::new(descriptor)
}

/// A device.
pub(crate) fn open(instance: &wgpu::Instance) -> (wgpu::Device, wgpu::Queue) {
    let adapter = instance.request_adapter(&wgpu::RequestAdapterOptions::default());
    let adapter = pollster::block_on(adapter).expect("a driver; `cargo xtask setup` sees to it");
    let request = adapter.request_device(&wgpu::DeviceDescriptor::default());
    pollster::block_on(request).expect("a device")
}

impl Gpu {
    pub(crate) fn new(instance: &wgpu::Instance) -> Self {
        let (device, queue) = open(instance);
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(SHADER.into()),
        });
        let layout = bind_group_layout(&device);
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipelines = [(), ()].map(|()| pipeline(&device, &pipeline_layout, &module));
        let usage = wgpu::BufferUsages::UNIFORM
            | wgpu::BufferUsages::VERTEX
            | wgpu::BufferUsages::INDIRECT
            | wgpu::BufferUsages::COPY_SRC
            | wgpu::BufferUsages::COPY_DST;
        let buffers = [(), ()].map(|()| buffer(&device, usage));
        let readable = buffer(&device, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
        let [texture, image] = [(), ()].map(|()| texture(&device));
        let [view, image] = [&texture, &image]
            .map(|texture| texture.create_view(&wgpu::TextureViewDescriptor::default()));
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor::default());
        let group = || bind_group(&device, &layout, &buffers[0], &image, &sampler);
        let groups = [group(), group()];
        let many_groups = (0..1000).map(|_| group()).collect();
        let bundle = bundle(&device, &pipelines[0], &groups, &buffers[0]);
        Self {
            device,
            queue,
            pipelines,
            groups,
            many_groups,
            layout,
            buffers,
            readable,
            texture,
            view,
            sampler,
            bundle,
        }
    }

    pub(super) fn encoder(&self) -> wgpu::CommandEncoder {
        self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default())
    }

    /// A pass that has all that a draw needs.
    pub(super) fn pass<'a>(&self, encoder: &'a mut wgpu::CommandEncoder) -> wgpu::RenderPass<'a> {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: None,
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: None,
            timestamp_writes: None,
            occlusion_query_set: None,
            multiview_mask: None,
        });
        pass.set_pipeline(&self.pipelines[0]);
        pass.set_bind_group(0, &self.groups[0], &[]);
        pass.set_vertex_buffer(0, self.buffers[0].slice(..));
        pass
    }

    /// The commands of a frame of one pass.
    pub(super) fn frame(
        &self,
        draw: impl FnOnce(&mut wgpu::RenderPass<'_>),
    ) -> wgpu::CommandBuffer {
        let mut encoder = self.encoder();
        draw(&mut self.pass(&mut encoder));
        encoder.finish()
    }

    pub(super) fn wait(&self) {
        self.device.poll(wgpu::PollType::wait_indefinitely()).expect("waiting works");
    }
}

pub(super) fn buffer(device: &wgpu::Device, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 256,
        usage,
        mapped_at_creation: false,
    })
}

fn texture(device: &wgpu::Device) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: 16, height: 16, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    })
}

pub(super) fn bind_group(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    buffer: &wgpu::Buffer,
    view: &wgpu::TextureView,
    sampler: &wgpu::Sampler,
) -> wgpu::BindGroup {
    let resources = [
        buffer.as_entire_binding(),
        wgpu::BindingResource::TextureView(view),
        wgpu::BindingResource::Sampler(sampler),
    ];
    let mut binding = 0..;
    let entries = resources.map(|resource| wgpu::BindGroupEntry {
        binding: binding.next().unwrap_or_default(),
        resource,
    });
    device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
}

fn bind_group_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let types = [
        wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: true },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
        wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
    ];
    let entries = types.iter().zip(0..).map(|(ty, binding)| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: *ty,
        count: None,
    });
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &entries.collect::<Vec<_>>(),
    })
}

fn pipeline(
    device: &wgpu::Device,
    layout: &wgpu::PipelineLayout,
    module: &wgpu::ShaderModule,
) -> wgpu::RenderPipeline {
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: None,
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: None,
            compilation_options: Default::default(),
            buffers: &[wgpu::VertexBufferLayout {
                array_stride: 16,
                step_mode: wgpu::VertexStepMode::Vertex,
                attributes: &wgpu::vertex_attr_array![0 => Float32x4],
            }],
        },
        primitive: Default::default(),
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: None,
            compilation_options: Default::default(),
            targets: &[Some(FORMAT.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// A bundle of a hundred draws.
fn bundle(
    device: &wgpu::Device,
    pipeline: &wgpu::RenderPipeline,
    groups: &[wgpu::BindGroup; 2],
    vertices: &wgpu::Buffer,
) -> wgpu::RenderBundle {
    let mut encoder = device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
        label: None,
        color_formats: &[Some(FORMAT)],
        depth_stencil: None,
        sample_count: 1,
        multiview: None,
    });
    encoder.set_pipeline(pipeline);
    encoder.set_vertex_buffer(0, vertices.slice(..));
    for turn in 0..100 {
        encoder.set_bind_group(0, &groups[turn % 2], &[]);
        encoder.draw(0..3, 0..1);
    }
    encoder.finish(&wgpu::RenderBundleDescriptor::default())
}
