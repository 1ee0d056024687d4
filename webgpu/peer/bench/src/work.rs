//! What is measured: compiled once for each crate, as `wgpu`.

use super::api as wgpu;
use crate::table::repeated;
use std::hint::black_box;
use std::time::Duration;

/// A device, and what the rows draw with.
pub(crate) struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pipelines: [wgpu::RenderPipeline; 2],
    groups: [wgpu::BindGroup; 2],
    many_groups: Vec<wgpu::BindGroup>,
    layout: wgpu::BindGroupLayout,
    /// For uniforms, vertices, indirect draws, and to be written to.
    buffers: [wgpu::Buffer; 2],
    readable: wgpu::Buffer,
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    sampler: wgpu::Sampler,
    bundle: wgpu::RenderBundle,
}

/// A row: its name, and what it does so many times.
pub(crate) type Row<'a> = (&'static str, Box<dyn FnMut(u32) -> Duration + 'a>);

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

    /// All rows, in the order of the table.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let mut rows = self.commands();
        rows.extend(self.objects());
        rows.extend(self.recordings());
        rows.extend(self.work());
        rows
    }

    /// Recording commands. What is set alternates: setting the same again is no command.
    fn commands(&self) -> Vec<Row<'_>> {
        vec![
            (
                "set_bind_group, draw",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                        let mut turn = 0;
                    }
                    {
                        turn ^= 1;
                        pass.set_bind_group(0, black_box(&self.groups[turn]), &[]);
                        pass.draw(black_box(0..3), 0..1);
                    }
                    {}
                ),
            ),
            (
                "1000 groups, draw each",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                        let mut groups = self.many_groups.iter();
                    }
                    {
                        pass.set_bind_group(0, groups.next(), &[]);
                        pass.draw(black_box(0..3), 0..1);
                    }
                    {}
                ),
            ),
            (
                "set_pipeline",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                        let mut turn = 0;
                    }
                    {
                        turn ^= 1;
                        pass.set_pipeline(black_box(&self.pipelines[turn]));
                    }
                    {}
                ),
            ),
            (
                "set_vertex_buffer",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                        let mut turn = 0;
                    }
                    {
                        turn ^= 1;
                        pass.set_vertex_buffer(0, black_box(&self.buffers[turn]).slice(..));
                    }
                    {}
                ),
            ),
            (
                "draw_indirect",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                    }
                    {
                        pass.draw_indirect(black_box(&self.buffers[0]), 0);
                    }
                    {}
                ),
            ),
            (
                "copy_buffer_to_buffer",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                    }
                    {
                        let [from, to] = black_box(&self.buffers);
                        encoder.copy_buffer_to_buffer(from, 0, to, 0, 16);
                    }
                    {}
                ),
            ),
            (
                "execute a bundle",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                    }
                    {
                        pass.execute_bundles([black_box(&self.bundle)]);
                    }
                    {}
                ),
            ),
        ]
    }

    /// Making objects and dropping them.
    fn objects(&self) -> Vec<Row<'_>> {
        vec![
            (
                "buffer",
                repeated!({
                    black_box(buffer(&self.device, wgpu::BufferUsages::UNIFORM));
                }),
            ),
            (
                "bind group",
                repeated!({
                    let (buffer, view) = (&self.buffers[0], &self.view);
                    let group = bind_group(&self.device, &self.layout, buffer, view, &self.sampler);
                    black_box(group);
                }),
            ),
            (
                "texture view",
                repeated!({
                    black_box(self.texture.create_view(&wgpu::TextureViewDescriptor::default()));
                }),
            ),
        ]
    }

    /// Ending a recording. What is recorded is submitted, not dropped: the engine library never frees commands that are not.
    fn recordings(&self) -> Vec<Row<'_>> {
        vec![
            (
                "encoder, finish",
                repeated!(
                    16,
                    {
                        let mut finished = Vec::with_capacity(16);
                    }
                    {
                        finished.push(self.encoder().finish());
                    }
                    {
                        self.queue.submit(finished);
                        self.wait();
                    }
                ),
            ),
            (
                "encoder, pass, finish",
                repeated!(
                    16,
                    {
                        let mut finished = Vec::with_capacity(16);
                    }
                    {
                        let mut encoder = self.encoder();
                        drop(self.pass(&mut encoder));
                        finished.push(encoder.finish());
                    }
                    {
                        self.queue.submit(finished);
                        self.wait();
                    }
                ),
            ),
            (
                "1000 draws, finish",
                repeated!(
                    1,
                    {
                        let mut finished = None;
                    }
                    {
                        finished = Some(self.frame(|pass| self.thousand_draws(pass)));
                    }
                    {
                        self.queue.submit(finished);
                        self.wait();
                    }
                ),
            ),
            (
                "10 bundles of 100, finish",
                repeated!(
                    1,
                    {
                        let mut finished = None;
                    }
                    {
                        finished = Some(self.frame(|pass| {
                            pass.execute_bundles([&self.bundle; 10]);
                        }));
                    }
                    {
                        self.queue.submit(finished);
                        self.wait();
                    }
                ),
            ),
        ]
    }

    /// What goes to the queue, and comes back.
    fn work(&self) -> Vec<Row<'_>> {
        vec![
            (
                "write_buffer, 4 bytes",
                repeated!(
                    1000,
                    {}
                    {
                        self.queue.write_buffer(black_box(&self.buffers[0]), 0, &[1, 2, 3, 4]);
                    }
                    {
                        self.queue.submit([]);
                        self.wait();
                    }
                ),
            ),
            (
                "encoder, finish, submit",
                repeated!(
                    16,
                    {}
                    {
                        self.queue.submit([self.encoder().finish()]);
                    }
                    { self.wait() }
                ),
            ),
            (
                "map, read, unmap",
                repeated!({
                    self.readable.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
                    self.wait();
                    black_box(self.readable.get_mapped_range(..)[0]);
                    self.readable.unmap();
                }),
            ),
            (
                "1000 draws, submit, wait",
                repeated!({
                    self.queue.submit([self.frame(|pass| self.thousand_draws(pass))]);
                    self.wait();
                }),
            ),
        ]
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default())
    }

    /// A pass that has all that a draw needs.
    fn pass<'a>(&self, encoder: &'a mut wgpu::CommandEncoder) -> wgpu::RenderPass<'a> {
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
    fn frame(&self, draw: impl FnOnce(&mut wgpu::RenderPass<'_>)) -> wgpu::CommandBuffer {
        let mut encoder = self.encoder();
        draw(&mut self.pass(&mut encoder));
        encoder.finish()
    }

    fn thousand_draws(&self, pass: &mut wgpu::RenderPass<'_>) {
        for turn in 0..1000 {
            pass.set_bind_group(0, &self.groups[turn % 2], &[]);
            pass.draw(0..3, 0..1);
        }
    }

    fn wait(&self) {
        self.device.poll(wgpu::PollType::wait_indefinitely()).expect("waiting works");
    }
}

fn buffer(device: &wgpu::Device, usage: wgpu::BufferUsages) -> wgpu::Buffer {
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

fn bind_group(
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
