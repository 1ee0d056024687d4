//! Shaders in GLSL.

mod common;

use common::{Gpu, gpu, record};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;
use wgpu::naga::ShaderStage;

fn module(
    gpu: &Gpu,
    stage: ShaderStage,
    source: &str,
    defines: &[(&str, &str)],
) -> wgpu::ShaderModule {
    gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("glsl"),
        source: wgpu::ShaderSource::Glsl { shader: source.into(), stage, defines },
    })
}

fn compute_pipeline(gpu: &Gpu, module: &wgpu::ShaderModule) -> wgpu::ComputePipeline {
    gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module,
        entry_point: Some("main"),
        compilation_options: Default::default(),
        cache: None,
    })
}

/// What a compute shader makes of the numbers at its only binding.
fn compute(gpu: &Gpu, module: &wgpu::ShaderModule, numbers: &[u32]) -> Vec<u32> {
    let pipeline = compute_pipeline(gpu, module);
    let buffer = gpu.buffer(numbers, Usages::STORAGE | Usages::COPY_SRC);
    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&pipeline);
    pass.set_bind_group(0, &bind_group, &[]);
    pass.dispatch_workgroups(numbers.len() as u32, 1, 1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    gpu.read(&buffer)
}

#[test]
fn a_compute_shader() {
    let gpu = gpu();
    let source = include_str!("shaders/double.comp");
    let module = module(&gpu, ShaderStage::Compute, source, &[]);
    assert_eq!(compute(&gpu, &module, &[3, 40, 500]), [6, 80, 1000]);
    assert!(pollster::block_on(module.get_compilation_info()).messages.is_empty());
}

#[test]
fn the_preprocessor_has_the_definitions() {
    let gpu = gpu();
    let source = include_str!("shaders/double.comp").replace("*= 2", "= FIRST + SECOND");
    let defines = [("FIRST", "30"), ("SECOND", "(4 + 5)")];
    let module = module(&gpu, ShaderStage::Compute, &source, &defines);
    assert_eq!(compute(&gpu, &module, &[0]), [39]);
}

#[test]
fn shaders_that_draw() {
    let gpu = gpu();
    let vertex = "
        #version 450
        void main() {
            gl_Position = vec4(vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1) * 4.0 - 1.0, 0.0, 1.0);
        }";
    let fragment = "
        #version 450
        layout(location = 0) out vec4 color;
        void main() { color = vec4(0.0, 0.2, 0.4, 1.0); }";
    let vertex = module(&gpu, ShaderStage::Vertex, vertex.trim(), &[]);
    let fragment = module(&gpu, ShaderStage::Fragment, fragment.trim(), &[]);
    let target = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d { width: 4, height: 4, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: None,
        layout: None,
        vertex: wgpu::VertexState {
            module: &vertex,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            buffers: &[],
        },
        primitive: Default::default(),
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module: &fragment,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            targets: &[Some(target.format().into())],
        }),
        multiview_mask: None,
        cache: None,
    });
    let view = target.create_view(&Default::default());
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view: &view,
            depth_slice: None,
            resolve_target: None,
            ops: Default::default(),
        })],
        ..Default::default()
    });
    pass.set_pipeline(&pipeline);
    pass.draw(0..3, 0..1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    assert_eq!(gpu.read_texels(&target), [[0, 51, 102, 255]; 16]);
}

#[test]
fn a_mistake_has_a_place() {
    let gpu = gpu();
    let source =
        "#version 450\nlayout(local_size_x = 1) in;\nvoid main() {\n    int a = missing;\n}";
    let mut faulty = None;
    let message = gpu.validation_error(|| {
        faulty = Some(module(&gpu, ShaderStage::Compute, source, &[]));
    });
    assert!(message.contains("In Device::create_shader_module, label = 'glsl'"), "{message}");
    let faulty = faulty.unwrap();
    let messages = pollster::block_on(faulty.get_compilation_info()).messages;
    assert_eq!(messages[0].message_type, wgpu::CompilationMessageType::Error);
    let location = messages[0].location.expect("a place");
    assert_eq!((location.line_number, location.line_position), (4, 13));
    let (offset, length) = (location.offset as usize, location.length as usize);
    assert_eq!(&source[offset..offset + length], "missing");
    gpu.validation_error(|| compute_pipeline(&gpu, &faulty));
}

#[test]
fn mistakes_are_shown_in_their_lines() {
    let gpu = gpu();
    for body in [
        "int a = missing;",
        "\tfloat größe = 1.0;\tint a = größe.q;",
        "int a = 1; int a = 2;",
        "foo(1);",
        "float x = ;",
        "if (1 {}",
        "for",
        "none x;",
        "layout(wrong) uniform;",
        "x = 1; y = 2; z = 3;",
        "vec4 v = vec4(1.0,\n    2.0);\n    v = missing(v,\n  v);",
        "\n#if 1\nint a;",
        "int a = \"text\";",
    ] {
        let source = format!("#version 450\nvoid main() {{\n    {body}\n}}\n");
        let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let faulty = module(&gpu, ShaderStage::Compute, &source, &[]);
        let Some(error) = pollster::block_on(scope.pop()) else { panic!("no mistake: {body}") };
        assert!(error.to_string().contains("Shader 'glsl' parsing error: "), "{error}");
        record("message", error);
        for message in pollster::block_on(faulty.get_compilation_info()).messages {
            let at = message.location.map(|at| (at.line_number, at.line_position, at.length));
            record("mistake", format!("{} {at:?}", message.message));
        }
    }
}

#[test]
fn formats_as_the_compiler_names_them() {
    use wgpu::util::TextureFormatExt;
    let format = wgpu::TextureFormat::Rgba16Snorm;
    let stored = format.to_storage_format();
    assert_eq!(stored, Some(wgpu::naga::StorageFormat::Rgba16Snorm));
    assert_eq!(wgpu::TextureFormat::from_storage_format(stored.unwrap()), format);
    assert_eq!(wgpu::TextureFormat::Depth32Float.to_storage_format(), None);
}
