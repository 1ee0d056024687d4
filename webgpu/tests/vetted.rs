//! Shaders over which the compiler panics, and with it the engine would end the process: with the feature `vetted-shaders`,
//! each is an error.

mod common;

use common::{Gpu, gpu};
use webgpu as wgpu;
use wgpu::naga::ShaderStage;

fn create(gpu: &Gpu, source: wgpu::ShaderSource<'_>) -> wgpu::ShaderModule {
    gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor { label: Some("s"), source })
}

fn pipeline(gpu: &Gpu, module: &wgpu::ShaderModule) -> wgpu::ComputePipeline {
    gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module,
        entry_point: None,
        compilation_options: Default::default(),
        cache: None,
    })
}

/// The internal error that the source leads to.
fn internal_error(gpu: &Gpu, source: wgpu::ShaderSource<'_>) -> String {
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Internal);
    let module = create(gpu, source);
    match pollster::block_on(scope.pop()) {
        Some(wgpu::Error::Internal { description, .. }) => {
            gpu.validation_error(|| pipeline(gpu, &module));
            description
        }
        other => panic!("expected an internal error, got {other:?}"),
    }
}

#[test]
fn a_pointer_into_an_array_behind_a_pointer() {
    let gpu = gpu();
    let code = "
        @group(0) @binding(0) var<storage, read_write> out: array<f32>;
        fn bump(p: ptr<function, f32>) { *p += 1.0; }
        fn all(grid: ptr<function, array<array<array<f32, 3>, 2>, 5>>, a: u32, b: u32) {
            bump(&(*grid)[a][1][b]);
        }
        @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            var grid: array<array<array<f32, 3>, 2>, 5>;
            all(&grid, id.x, id.y);
            out[0] = grid[0][1][0];
        }";
    let message = internal_error(&gpu, wgpu::ShaderSource::Wgsl(code.into()));
    assert!(message.starts_with("Internal Error\n\nCaused by:\n"), "{message}");
    assert!(message.contains("label = 's'") && message.contains("panicked"), "{message}");
}

#[test]
fn an_array_that_no_number_counts() {
    let gpu = gpu();
    let shader = "#version 450
        layout(local_size_x = 1) in;
        void main() { float x[2147483647][2147483647]; x[0][0] = 1.0; }";
    let (stage, defines) = (ShaderStage::Compute, &[][..]);
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Internal);
    let outer = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let module = create(&gpu, wgpu::ShaderSource::Glsl { shader: shader.into(), stage, defines });
    let _ = pipeline(&gpu, &module);
    let errors = [pollster::block_on(outer.pop()), pollster::block_on(scope.pop())];
    assert!(errors.iter().any(Option::is_some), "{errors:?}");
}

/// Each mistake is shown with its line: all of these took minutes.
#[test]
fn thousands_of_mistakes_in_one_line() {
    let gpu = gpu();
    let mistakes = "std430, set =".repeat(2000);
    let code = format!(
        "#version 450\nlayout({mistakes} set = 0) buffer B {{ uint a[]; }};\nvoid main() {{}}"
    );
    let source = || wgpu::ShaderSource::Glsl {
        shader: code.as_str().into(),
        stage: ShaderStage::Compute,
        defines: &[],
    };
    gpu.validation_error(|| create(&gpu, source()));
}

#[test]
fn what_is_fine_computes() {
    let gpu = gpu();
    let code = "
        override add: u32 = 3;
        var<workgroup> sum: atomic<u32>;
        @group(0) @binding(0) var<storage, read_write> out: array<u32>;
        @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
            atomicAdd(&sum, i + add);
            workgroupBarrier();
            out[i] = atomicLoad(&sum) + i;
        }";
    let module = create(&gpu, wgpu::ShaderSource::Wgsl(code.into()));
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: &[("add", 5.0)],
            ..Default::default()
        },
        cache: None,
    });
    let buffer = gpu.buffer(&[0; 4], wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC);
    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&pipeline);
    pass.set_bind_group(0, &bind_group, &[]);
    pass.dispatch_workgroups(1, 1, 1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    assert_eq!(gpu.read(&buffer), [26, 27, 28, 29]);
}

#[test]
fn mistakes_are_told_with_their_places() {
    let gpu = gpu();
    let code = "fn main() {\n    let x = missing;\n}";
    let mut module = None;
    let message = gpu.validation_error(|| {
        module = Some(create(&gpu, wgpu::ShaderSource::Wgsl(code.into())));
    });
    assert!(message.contains("no definition in scope for identifier: `missing`"), "{message}");
    let info = pollster::block_on(module.unwrap().get_compilation_info());
    let place = info.messages[0].location.expect("a place");
    assert_eq!((place.line_number, place.line_position), (2, 13));
}
