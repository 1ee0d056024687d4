//! Render passes: what fits them, and what becomes of them.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{gpu, gpu_for};
use crate::drawing::{
    COVER, PLAIN, Pipeline, attachment, canvas, cleared, cleared_depth, colors, target,
};
use crate::kit::TEXTURE;
use webgpu as wgpu;
use wgpu::{TextureFormat, TextureUsages};

#[test]
fn pipelines_that_fit_the_pass() {
    let gpu = gpu();
    let plain = Pipeline::default().create(&gpu);
    let wide =
        Pipeline { targets: Some(&[target(TextureFormat::Rgba16Float)]), ..Default::default() }
            .create(&gpu);
    let two = Pipeline { targets: Some(&[PLAIN, None]), ..Default::default() }.create(&gpu);
    let samples = Pipeline {
        multisample: wgpu::MultisampleState { count: 4, ..Default::default() },
        ..Default::default()
    }
    .create(&gpu);
    let depth_state = |write| wgpu::DepthStencilState {
        format: TextureFormat::Depth32Float,
        depth_write_enabled: Some(write),
        depth_compare: Some(wgpu::CompareFunction::Always),
        stencil: Default::default(),
        bias: Default::default(),
    };
    let writing =
        Pipeline { depth_stencil: Some(depth_state(true)), ..Default::default() }.create(&gpu);
    let reading =
        Pipeline { depth_stencil: Some(depth_state(false)), ..Default::default() }.create(&gpu);
    let view = attachment(&gpu, |_| ());
    let deep = attachment(&gpu, |d| d.format = TextureFormat::Depth32Float);
    let read_only =
        wgpu::RenderPassDepthStencilAttachment { view: &deep, depth_ops: None, stencil_ops: None };
    gpu.cases(
        &[
            ("plain", Valid, (&plain, None)),
            ("another format", Validation, (&wide, None)),
            ("two targets", Validation, (&two, None)),
            ("samples", Validation, (&samples, None)),
            ("depth that is not there", Validation, (&writing, None)),
            ("depth", Valid, (&writing, Some(cleared_depth(&deep)))),
            ("depth that nobody wants", Validation, (&plain, Some(cleared_depth(&deep)))),
            ("writing depth that is read", Validation, (&writing, Some(read_only.clone()))),
            ("reading depth that is read", Valid, (&reading, Some(read_only))),
        ],
        |(pipeline, depth_stencil_attachment)| {
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    color_attachments: &[cleared(&view, wgpu::Color::BLACK)],
                    depth_stencil_attachment: depth_stencil_attachment.clone(),
                    ..Default::default()
                });
                pass.set_pipeline(pipeline);
                pass.draw(0..3, 0..1);
            });
        },
    );
}

#[test]
fn textures_read_and_drawn_on_at_once() {
    let gpu = gpu();
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        mip_level_count: 2,
        usage: TextureUsages::RENDER_ATTACHMENT
            | TextureUsages::TEXTURE_BINDING
            | TextureUsages::COPY_SRC
            | TextureUsages::COPY_DST,
        ..TEXTURE
    });
    gpu.fill_level(&texture, 0);
    let level = |base_mip_level| {
        texture.create_view(&wgpu::TextureViewDescriptor {
            base_mip_level,
            mip_level_count: Some(1),
            ..Default::default()
        })
    };
    let shader = COVER.replace(
        "@fragment fn fragment() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }",
        "@group(0) @binding(0) var image: texture_2d<f32>;
        @fragment fn fragment(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
            return textureLoad(image, vec2<i32>(at.xy) * 2, 0);
        }",
    );
    let pipeline = Pipeline { shader: &shader, ..Default::default() }.create(&gpu);
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::TextureView(&level(0)),
        }],
    });
    gpu.cases(&[("another level", Valid, 1), ("the same level", Validation, 0)], |&index| {
        gpu.pass(&level(index), |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.draw(0..3, 0..1);
        });
    });
    gpu.read_level(&texture, 1, wgpu::TextureAspect::All);
}

#[test]
fn immediates() {
    let gpu = gpu_for(&wgpu::DeviceDescriptor {
        required_features: wgpu::Features::IMMEDIATES,
        required_limits: wgpu::Limits { max_immediate_size: 32, ..Default::default() },
        ..Default::default()
    });
    let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[],
        immediate_size: 16,
    });
    let shader = COVER
        .replace("return vec4<f32>(1.0);", "return color;")
        .replace("@fragment", "var<immediate> color: vec4<f32>;\n@fragment");
    let pipeline =
        Pipeline { shader: &shader, layout: Some(&layout), ..Default::default() }.create(&gpu);
    let bytes = |color: [f32; 4]| color.map(f32::to_le_bytes).concat();
    let texels = gpu.draw("two colours", |pass| {
        pass.set_pipeline(&pipeline);
        pass.set_immediates(0, &bytes([1.0, 0.0, 0.0, 1.0]));
        pass.draw(0..3, 0..1);
        pass.set_scissor_rect(0, 0, 8, 16);
        pass.set_immediates(4, &bytes([1.0, 0.0, 0.0, 0.0])[..8]);
        pass.draw(0..3, 0..1);
    });
    assert_eq!((texels[0], texels[15]), ([255, 255, 0, 255], [255, 0, 0, 255]));
}

#[test]
fn forgotten_lifetimes() {
    let gpu = gpu();
    let pipeline = colors(&gpu);
    let canvas = canvas(&gpu, TextureFormat::Rgba8Unorm);
    let view = canvas.create_view(&Default::default());
    let descriptor = wgpu::RenderPassDescriptor {
        color_attachments: &[cleared(&view, wgpu::Color::BLACK)],
        ..Default::default()
    };
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_render_pass(&descriptor).forget_lifetime();
    pass.set_pipeline(&pipeline);
    pass.draw(0..3, 2..3);
    drop(pass);
    let (outcome, commands) = gpu.attempt("used as before", || encoder.finish());
    assert_eq!(outcome, Valid);
    gpu.queue.submit(commands);
    gpu.read_canvas("drawn", &canvas);

    let mut encoder = gpu.encoder();
    let pass = encoder.begin_render_pass(&descriptor).forget_lifetime();
    let (_, second) =
        gpu.attempt("a second pass", || encoder.begin_render_pass(&descriptor).forget_lifetime());
    gpu.outcome("dropping both", || drop((second, pass)));
    gpu.outcome("finishing after that", || encoder.finish());

    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_render_pass(&descriptor).forget_lifetime();
    gpu.outcome("finishing while it is open", || encoder.finish());
    gpu.outcome("going on", || pass.set_pipeline(&pipeline));
    gpu.outcome("dropping it", || drop(pass));
}

#[test]
fn destroyed_while_recording() {
    let gpu = gpu();
    let texture = canvas(&gpu, TextureFormat::Rgba8Unorm);
    let view = texture.create_view(&Default::default());
    let mut encoder = gpu.encoder();
    drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[cleared(&view, wgpu::Color::BLACK)],
        ..Default::default()
    }));
    let commands = encoder.finish();
    texture.destroy();
    assert_eq!(gpu.outcome("submit", || gpu.queue.submit([commands])), Validation);
}
