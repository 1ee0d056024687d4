//! Shaders as modules of `naga`.

mod common;

use common::{Gpu, gpu, gpu_for};
use std::borrow::Cow;
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;
use wgpu::naga::{self, Module, ShaderStage};

fn parsed(wgsl: &str) -> Module {
    naga::front::wgsl::parse_str(wgsl).unwrap_or_else(|error| panic!("{}", error.message()))
}

fn module_of(gpu: &Gpu, module: Module) -> wgpu::ShaderModule {
    gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("naga"),
        source: wgpu::ShaderSource::Naga(Cow::Owned(module)),
    })
}

fn pipeline(
    gpu: &Gpu,
    module: &wgpu::ShaderModule,
    entry_point: Option<&str>,
    constants: &[(&str, f64)],
) -> wgpu::ComputePipeline {
    gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some("naga"),
        layout: None,
        module,
        entry_point,
        compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
        cache: None,
    })
}

/// What one workgroup makes of the numbers at its only binding.
fn run(gpu: &Gpu, pipeline: &wgpu::ComputePipeline, numbers: &[u32]) -> Vec<u32> {
    let buffer = gpu.buffer(numbers, Usages::STORAGE | Usages::COPY_SRC);
    let bind_group = gpu.bind_group(pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(pipeline);
    pass.set_bind_group(0, &bind_group, &[]);
    pass.dispatch_workgroups(1, 1, 1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    gpu.read(&buffer)
}

/// What a shader makes of these numbers as a module of `naga`, which has to be what it makes of them as WGSL.
fn the_same(
    gpu: &Gpu,
    wgsl: &str,
    entry_point: Option<&str>,
    constants: &[(&str, f64)],
    numbers: &[u32],
) -> Vec<u32> {
    let modules = [gpu.shader(wgsl), module_of(gpu, parsed(wgsl))];
    let results =
        modules.map(|module| run(gpu, &pipeline(gpu, &module, entry_point, constants), numbers));
    assert_eq!(results[0], results[1]);
    let [_, result] = results;
    result
}

const DOUBLE: &str = "
    @group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
    @compute @workgroup_size(2) fn main(@builtin(local_invocation_index) index: u32) {
        numbers[index] *= 2u;
    }";

#[test]
fn a_compute_shader() {
    let gpu = gpu();
    assert_eq!(the_same(&gpu, DOUBLE, None, &[], &[3, 40]), [6, 80]);
    let module = module_of(&gpu, parsed(DOUBLE));
    assert!(pollster::block_on(module.get_compilation_info()).messages.is_empty());
}

#[test]
fn a_module_that_is_borrowed() {
    let module: &'static Module = Box::leak(Box::new(parsed(DOUBLE)));
    let gpu = gpu();
    let descriptor = || wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Naga(Cow::Borrowed(module)),
    };
    let checked = gpu.device.create_shader_module(descriptor());
    // SAFETY: The shader stays within its buffer, which has two numbers.
    let trusted = unsafe {
        gpu.device
            .create_shader_module_trusted(descriptor(), wgpu::ShaderRuntimeChecks::unchecked())
    };
    for module in [checked, trusted] {
        assert_eq!(run(&gpu, &pipeline(&gpu, &module, Some("main"), &[]), &[3, 40]), [6, 80]);
    }
}

#[test]
fn members_of_structs_are_where_attributes_put_them() {
    let wgsl = "
        struct Inner { a: u32, @size(12) b: u32 }
        struct Outer { first: u32, @align(32) inner: array<Inner, 2>, @size(20) c: u32, d: u32 }
        @group(0) @binding(0) var<storage, read_write> outer: Outer;
        @compute @workgroup_size(1) fn main() {
            outer.first = 1u;
            outer.inner[0].a = 2u;
            outer.inner[0].b = 3u;
            outer.inner[1].a = 4u;
            outer.inner[1].b = 5u;
            outer.c = 6u;
            outer.d = 7u;
        }";
    let result = the_same(&gpu(), wgsl, None, &[], &[0; 24]);
    let places = [0, 32, 36, 48, 52, 64, 84].map(|place| result[place / 4]);
    assert_eq!(places, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn names_that_end_in_digits_or_mean_something() {
    let wgsl = "
        @group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
        @compute @workgroup_size(1) fn pass1() { numbers[0] = 1u; }
        @compute @workgroup_size(1) fn pass2() { numbers[0] = 2u; }
        @compute @workgroup_size(1) fn pass_1() { numbers[0] = 3u; }
        @compute @workgroup_size(1) fn max() { numbers[0] = 4u; }
        @compute @workgroup_size(1) fn größe() { numbers[0] = 5u; }";
    let gpu = gpu();
    for (name, number) in [("pass1", 1), ("pass2", 2), ("pass_1", 3), ("max", 4), ("größe", 5)] {
        assert_eq!(the_same(&gpu, wgsl, Some(name), &[], &[0]), [number], "{name}");
    }
    let module = module_of(&gpu, parsed(wgsl));
    gpu.validation_error(|| pipeline(&gpu, &module, Some("pass3"), &[]));
    gpu.validation_error(|| pipeline(&gpu, &module, None, &[]));
}

const OPEN: &str = "
    override scale2: u32 = 3u;
    override twice = scale2 * 2u + 1u;
    @id(7) override width: u32;
    override never_used: f32;
    @group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
    var<workgroup> memory: array<u32, width>;
    @compute @workgroup_size(width) fn fill(@builtin(local_invocation_index) index: u32) {
        memory[index] = twice;
        workgroupBarrier();
        numbers[index] = memory[width - 1u - index] + scale2;
    }
    @compute @workgroup_size(1) fn other() { numbers[0] = scale2; }";

#[test]
fn constants_that_are_overridden() {
    let gpu = gpu();
    assert_eq!(the_same(&gpu, OPEN, Some("fill"), &[("7", 3.0)], &[0; 4]), [10, 10, 10, 0]);
    let constants = [("7", 2.0), ("scale2", 10.0)];
    assert_eq!(the_same(&gpu, OPEN, Some("fill"), &constants, &[0; 4]), [31, 31, 0, 0]);
    assert_eq!(the_same(&gpu, OPEN, Some("other"), &[], &[0; 2]), [3, 0]);
}

#[test]
fn constants_that_cannot_be_overridden() {
    let gpu = gpu();
    let module = module_of(&gpu, parsed(OPEN));
    let faults: [(&str, &[(&str, f64)]); 4] = [
        ("fill", &[]),
        ("fill", &[("7", 1.0), ("missing", 1.0)]),
        ("fill", &[("7", f64::NAN)]),
        ("missing", &[]),
    ];
    for (name, constants) in faults {
        gpu.validation_error(|| pipeline(&gpu, &module, Some(name), constants));
    }
    let message = gpu.validation_error(|| pipeline(&gpu, &module, None, &[]));
    assert!(message.contains("In Device::create_compute_pipeline, label = 'naga'"), "{message}");
    let message = gpu.validation_error(|| draw(&gpu, &module, (None, None), &[], &[]));
    assert!(message.contains("In Device::create_render_pipeline"), "{message}");
    let closed = module_of(&gpu, parsed(DOUBLE));
    gpu.validation_error(|| pipeline(&gpu, &closed, None, &[("scale2", 1.0)]));
}

/// The first texel of what a triangle over all of them draws.
fn draw(
    gpu: &Gpu,
    module: &wgpu::ShaderModule,
    names: (Option<&str>, Option<&str>),
    vertex: &[(&str, f64)],
    fragment: &[(&str, f64)],
) -> [u8; 4] {
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
    let options = |constants| wgpu::PipelineCompilationOptions { constants, ..Default::default() };
    let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: None,
        layout: None,
        vertex: wgpu::VertexState {
            module,
            entry_point: names.0,
            compilation_options: options(vertex),
            buffers: &[],
        },
        primitive: Default::default(),
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: names.1,
            compilation_options: options(fragment),
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
    gpu.read_texels(&target)[0]
}

const DRAWING: &str = "
    struct Varying {
        @builtin(position) position: vec4f,
        @location(0) @interpolate(flat) number: u32,
        @location(1) @interpolate(linear, centroid) color: vec4f,
    }
    @vertex fn vs(@builtin(vertex_index) index: u32) -> Varying {
        let place = vec2f(vec2u(index & 1u, index >> 1u)) * 4.0 - 1.0;
        return Varying(vec4f(place, 0.0, 1.0), 51u, vec4f(0.0, 0.2, 0.4, 1.0));
    }
    @fragment fn fs(in: Varying) -> @location(0) vec4f {
        return in.color + vec4f(f32(in.number) / 255.0, 0.0, 0.0, 0.0);
    }";

#[test]
fn shaders_that_draw_with_one_name_for_both_stages() {
    let gpu = gpu();
    let mut module = parsed(DRAWING);
    for entry_point in &mut module.entry_points {
        entry_point.name = "main".into();
    }
    let module = module_of(&gpu, module);
    for names in [(None, None), (Some("main"), Some("main"))] {
        assert_eq!(draw(&gpu, &module, names, &[], &[]), [51, 51, 102, 255]);
    }
}

#[test]
fn shaders_that_draw_with_constants_for_each_stage() {
    let gpu = gpu();
    let wgsl =
        format!("override red: f32 = 0.2; {DRAWING}").replace("f32(in.number) / 255.0", "red");
    let module = module_of(&gpu, parsed(&wgsl));
    assert_eq!(draw(&gpu, &module, (None, None), &[], &[])[0], 51);
    assert_eq!(draw(&gpu, &module, (None, None), &[("red", 0.0)], &[("red", 1.0)])[0], 255);
}

#[test]
fn what_there_is_no_wgsl_for() {
    let glsl = "
        #version 450
        layout(local_size_x = 4) in;
        layout(constant_id = 3) const uint STEP = 10;
        layout(std140, binding = 0) buffer Apart { uint numbers[4]; };
        void main() {
            uint index = gl_LocalInvocationIndex;
            uint number = numbers[index];
            switch (number) {
                case 1: number += STEP;
                case 2: number += 20; break;
                default: number = isnan(uintBitsToFloat(number)) ? 7 : 8;
            }
            numbers[index] = number;
        }";
    let closed = glsl.replace("layout(constant_id = 3)", "");
    let gpu = gpu();
    let mut numbers = [0; 16];
    [numbers[0], numbers[4], numbers[8], numbers[12]] = [1, 2, 3, f32::NAN.to_bits()];
    let constant: &[(&str, f64)] = &[("3", 100.0)];
    for (glsl, constants, first) in [(glsl, &[][..], 31), (glsl, constant, 121), (&closed, &[], 31)]
    {
        let options = naga::front::glsl::Options::from(ShaderStage::Compute);
        let module = naga::front::glsl::Frontend::default().parse(&options, glsl.trim()).unwrap();
        let module = module_of(&gpu, module);
        let result = run(&gpu, &pipeline(&gpu, &module, Some("main"), constants), &numbers);
        assert_eq!([result[0], result[4], result[8], result[12]], [first, 22, 8, 7]);
    }
}

#[test]
fn what_needs_a_feature() {
    let features = wgpu::Features::IMMEDIATES | wgpu::Features::SHADER_F16;
    let limits = wgpu::Limits { max_immediate_size: 16, ..Default::default() };
    let gpu = gpu_for(&wgpu::DeviceDescriptor {
        required_features: features,
        required_limits: limits,
        ..Default::default()
    });
    let wgsl = "
        enable f16;
        var<immediate> number: u32;
        @group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
        @compute @workgroup_size(1) fn main() {
            numbers[0] = u32(f16(numbers[1]) * 1.5h) + (number & 0u);
        }";
    let module = module_of(&gpu, parsed(wgsl));
    gpu.no_error(|| pipeline(&gpu, &module, None, &[]));

    let plain = common::gpu();
    let message = plain.validation_error(|| module_of(&plain, parsed(wgsl)));
    assert!(message.contains("In Device::create_shader_module, label = 'naga'"), "{message}");
}

#[test]
fn a_module_that_is_invalid() {
    let gpu = gpu();
    let mut module = parsed(DOUBLE);
    // Between its group of statements and the end, the function gives something back that it has not promised.
    let function = &mut module.entry_points[0].function;
    let value = function.expressions.iter().next().map(|(handle, _)| handle);
    function.body.push(naga::Statement::Return { value }, naga::Span::UNDEFINED);
    let mut faulty = None;
    let message = gpu.validation_error(|| faulty = Some(module_of(&gpu, module)));
    assert!(message.contains("In Device::create_shader_module, label = 'naga'"), "{message}");
    let faulty = faulty.unwrap();
    let messages = pollster::block_on(faulty.get_compilation_info()).messages;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].message_type, wgpu::CompilationMessageType::Error);
    gpu.validation_error(|| pipeline(&gpu, &faulty, None, &[]));
}

#[test]
fn the_types_of_the_compiler_are_those_of_its_crate() {
    let stage: ShaderStage = naga::front::glsl::Options::from(ShaderStage::Compute).stage;
    let gpu = gpu();
    let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Glsl {
            shader: include_str!("shaders/double.comp").into(),
            stage,
            defines: &[],
        },
    });
    assert_eq!(run(&gpu, &pipeline(&gpu, &module, None, &[]), &[3]), [6]);
}

#[test]
fn what_the_compiler_says_becomes_a_message() {
    let source = "fn f() {\n    let x = y;\n}";
    let inner = naga::front::wgsl::parse_str(source).unwrap_err();
    let inner = Box::new(inner);
    let error = naga::error::ShaderError { source: source.into(), label: None, inner };
    let message = wgpu::CompilationInfo::from(error).messages.remove(0);
    let location = message.location.expect("a place");
    assert_eq!((location.line_number, location.line_position, location.length), (2, 13, 1));
}
