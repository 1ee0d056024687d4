//! Pipelines of modules that have memory of workgroups: entry points, options, errors.

use crate::common::{gpu, record};
use crate::workgroups::{GROUPS, LOOK, OUT, Options, PLAIN, after_fill, expect_zero};
use webgpu as wgpu;

#[test]
fn entry_points_of_one_module() {
    let gpu = gpu();
    let source = "
        var<workgroup> few: array<u32, 10>;
        var<workgroup> many: array<atomic<u32>, 3000>;
        fn look_at_many() { for (var i = 0; i < 3000; i++) { see(atomicLoad(&many[i])); } }
        @vertex fn draw() -> @builtin(position) vec4f { return vec4f(); }
        @compute @workgroup_size(8) fn one() { see(few[9]); finish(); }
        @compute @workgroup_size(8, 1, 1) fn two(@builtin(local_invocation_index) at: u32) { look_at_many(); finish(); }
        @compute @workgroup_size(8) fn both() { look_at_many(); for (var i = 0; i < 10; i++) { see(few[i]); } finish(); }
        @compute @workgroup_size(8) fn none() { finish(); }
    ";
    for entry_point in ["one", "two", "both", "none"] {
        let options = Options { entry_point: Some(entry_point), ..PLAIN };
        expect_zero(&gpu, entry_point, source, options, 8);
    }
}

#[test]
fn memory_that_is_written_and_read() {
    let gpu = gpu();
    // The clearing is over before the first invocation goes on.
    let source = "
        var<workgroup> sums: array<atomic<u32>, 64>;
        @compute @workgroup_size(64) fn main(@builtin(local_invocation_index) index: u32) {
            for (var i = 0u; i < 64u; i++) { atomicAdd(&sums[(i + index) % 64u], 1u); }
            workgroupBarrier();
            see(atomicLoad(&sums[index]) ^ 64u);
            finish();
        }";
    expect_zero(&gpu, "sums", source, PLAIN, 64);
}

#[test]
fn memory_that_is_not_to_be_cleared() {
    let gpu = gpu();
    let module =
        gpu.shader(&format!("{OUT}{LOOK}@compute @workgroup_size(8) fn main() {{ look(); }}"));
    let options = Options { zero_initialize_workgroup_memory: false, ..PLAIN };
    // What is there is nobody's business.
    assert_eq!(after_fill(&gpu, &module, options)[1], 8 * GROUPS);
    assert_eq!(after_fill(&gpu, &module, PLAIN)[..2], [0, 8 * GROUPS]);
}

#[test]
fn modules_with_fewer_checks() {
    let gpu = gpu();
    let source = format!("{OUT}{LOOK}@compute @workgroup_size(8) fn main() {{ look(); }}");
    for checks in [wgpu::ShaderRuntimeChecks::checked(), wgpu::ShaderRuntimeChecks::unchecked()] {
        let descriptor = wgpu::ShaderModuleDescriptor {
            label: Some("unchecked"),
            source: wgpu::ShaderSource::Wgsl(source.as_str().into()),
        };
        // SAFETY: The shader stays within its arrays, and its loops end.
        let module = unsafe { gpu.device.create_shader_module_trusted(descriptor, checks) };
        assert_eq!(after_fill(&gpu, &module, PLAIN)[..2], [0, 8 * GROUPS]);
    }
}

#[test]
fn errors_of_pipelines() {
    let gpu = gpu();
    let none = gpu.device.create_pipeline_layout(&Default::default());
    let source = format!(
        "@id(3) override size: u32; override other = 2u;
        {LOOK}
        @compute @workgroup_size(size) fn main() {{ look(); }}
        @compute @workgroup_size(1000, other) fn large() {{ look(); }}
        @vertex fn draw() -> @builtin(position) vec4f {{ return vec4f(); }}
        {OUT}"
    );
    let module = gpu.shader(&source);
    for (name, layout, entry_point, constants, expected) in [
        ("valid", None, Some("main"), &[("3", 4.0)][..], None),
        ("a constant without a value", None, Some("main"), &[], Some("'3'")),
        (
            "a constant that is not there",
            None,
            Some("main"),
            &[("3", 4.0), ("x", 1.0)],
            Some("'x'"),
        ),
        ("no invocations", None, Some("main"), &[("3", 0.0)], Some("strictly positive")),
        ("too many invocations", None, Some("main"), &[("3", 1e6)], Some("main at Compute")),
        (
            "too many in another entry point",
            None,
            Some("large"),
            &[("3", 4.0)],
            Some("size [1000, "),
        ),
        (
            "a layout without the buffer",
            Some(&none),
            Some("main"),
            &[("3", 4.0)],
            Some("not available in the pipeline layout"),
        ),
        ("one entry point of two", None, None, &[("3", 4.0)], Some("multiple entry points")),
        ("an entry point of another stage", None, Some("draw"), &[("3", 4.0)], Some("draw")),
        (
            "no entry point",
            None,
            Some("clear_workgroup_0_"),
            &[("3", 4.0)],
            Some("clear_workgroup_0_"),
        ),
    ] {
        let create = || {
            gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some("p"),
                layout,
                module: &module,
                entry_point,
                compilation_options: wgpu::PipelineCompilationOptions {
                    constants,
                    ..Default::default()
                },
                cache: None,
            })
        };
        let Some(expected) = expected else {
            gpu.no_error(create);
            continue;
        };
        let message = gpu.validation_error(create);
        record(name, &message);
        assert!(message.contains(expected), "{name}: {message}");
    }
}
