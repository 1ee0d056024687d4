//! Shader modules: languages, what is told about them, constants.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{Gpu, gpu, gpu_with, record};
use crate::kit::{Case, names};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// What a module's pipeline computes with one invocation into four words.
fn computed(gpu: &Gpu, module: &wgpu::ShaderModule, constants: &[(&str, f64)]) -> Vec<u32> {
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module,
        entry_point: None,
        compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
        cache: None,
    });
    let buffer = gpu.empty_buffer(16, Usages::STORAGE | Usages::COPY_SRC);
    let group = gpu.bind_group(&pipeline, &[&buffer]);
    gpu.no_error(|| {
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        });
    });
    bytemuck::pod_collect_to_vec(&gpu.read_unrecorded(&buffer))
}

fn module(gpu: &Gpu, source: wgpu::ShaderSource<'_>) -> wgpu::ShaderModule {
    gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source })
}

/// WGSL around a body that stores into four words.
fn wgsl(body: &str) -> String {
    format!(
        "@group(0) @binding(0) var<storage, read_write> out: array<u32, 4>;
        @compute @workgroup_size(1) fn main() {{ {body} }}"
    )
}

#[test]
fn wgsl_that_is_valid_or_not() {
    let gpu = gpu();
    let cases: &[Case<'_, &str>] = &[
        ("nothing", Valid, ""),
        ("no entry point", Valid, "fn f() -> u32 { return 1u; }"),
        ("an entry point", Valid, "@compute @workgroup_size(1) fn main() {}"),
        ("no WGSL", Validation, "void main() {}"),
        ("an unknown name", Validation, "fn f() { let x = y; }"),
        ("types that differ", Validation, "fn f() { let x: u32 = 1.0; }"),
        ("no size", Validation, "@compute fn main() {}"),
        ("too large a workgroup", Valid, "@compute @workgroup_size(4096) fn main() {}"),
        ("recursion", Validation, "fn f() { f(); }"),
        ("no result", Validation, "fn f() -> u32 {}"),
        ("division by zero", Validation, "const x = 1 / 0;"),
        ("overflow", Validation, "const x: i32 = 2147483647 + 1;"),
        ("a name twice", Validation, "fn f() {} fn f() {}"),
        ("an unknown extension", Validation, "enable nothing_of_this_name;"),
        ("halves without the feature", Validation, "enable f16; fn f() -> f16 { return 1.0h; }"),
        ("doubles without the feature", Validation, "fn f(x: f64) -> f64 { return x; }"),
        ("not ASCII", Valid, "// Größe 数 🎨\nfn größe() {}"),
        ("a comment left open", Valid, "/* fn f() {}"),
        ("NUL", Validation, "fn f() {}\0"),
    ];
    gpu.cases(cases, |source| module(&gpu, wgpu::ShaderSource::Wgsl((*source).into())));
}

#[test]
fn what_features_allow() {
    for (name, features, source) in [
        ("f16", wgpu::Features::SHADER_F16, "enable f16; fn f() -> f16 { return 1.0h; }"),
        ("f64", wgpu::Features::SHADER_F64, "fn f(x: f64) -> f64 { return x; }"),
        ("i64", wgpu::Features::SHADER_INT64, "fn f(x: i64) -> i64 { return x; }"),
        ("subgroups", wgpu::Features::SUBGROUP, "fn f(x: u32) -> u32 { return subgroupAdd(x); }"),
    ] {
        for features in [wgpu::Features::empty(), features] {
            let gpu = gpu_with(features);
            gpu.outcome(&format!("{name} with {}", names(features)), || {
                module(&gpu, wgpu::ShaderSource::Wgsl(source.into()))
            });
        }
    }
}

#[test]
fn what_shaders_compute() {
    let gpu = gpu();
    for (name, body) in [
        ("integers", "out = array(7u / 2u, 7u % 4u, u32(-7i / 2i), u32(-7i % 4i));"),
        ("by zero", "var z = 0u; out = array(7u / z, 7u % z, 0u, 0u);"),
        ("shifts", "var s = 33u; out = array(1u << (s & 31u), 0x80000000u >> 31u, ~0u, 1u ^ 3u);"),
        (
            "bits",
            "out = array(countOneBits(0xffu), reverseBits(1u), firstLeadingBit(8u), extractBits(0xf0u, 4u, 4u));",
        ),
        (
            "floats",
            "out = array(bitcast<u32>(0.1 + 0.2), bitcast<u32>(sqrt(2.0)), bitcast<u32>(floor(-1.5)), bitcast<u32>(fract(1.75)));",
        ),
        (
            "more floats",
            "var x = 0.7; out = array(bitcast<u32>(sin(x)), bitcast<u32>(exp(x)), bitcast<u32>(pow(x, 3.0)), bitcast<u32>(inverseSqrt(x)));",
        ),
        (
            "conversions",
            "var f = 3e9; out = array(u32(f), u32(i32(-2.9)), u32(f32(16777217u)), u32(true));",
        ),
        (
            "packing",
            "out = array(pack4x8unorm(vec4(0.0, 0.5, 1.0, 2.0)), pack2x16float(vec2(1.0, -2.0)), pack4x8snorm(vec4(-1.0)), 0u);",
        ),
        ("beyond an array", "var i = 9u; out[i] = 5u; out[1] = out[i] + 1u;"),
        (
            "vectors",
            "let v = vec4<u32>(1, 2, 3, 4).wzyx; out = array(v.x, v.y, dot(v, v), cross(vec3(1.0, 0, 0), vec3(0, 1.0, 0)).z == 1.0 && all(v > vec4(0u)) == true).x == 4u ? 0u : 0u;",
        ),
        (
            "matrices",
            "let m = mat2x2<f32>(1.0, 2.0, 3.0, 4.0) * vec2(1.0, 10.0); out = array(u32(m.x), u32(m.y), u32(-determinant(mat2x2<f32>(1.0, 2.0, 3.0, 4.0))), 0u);",
        ),
        (
            "loops",
            "var sum = 0u; for (var i = 0u; i < 10u; i++) { if i == 5u { continue; } sum += i; } out[0] = sum;",
        ),
        (
            "switches",
            "for (var i = 0u; i < 4u; i++) { switch i { case 0u, 2u: { out[i] = 1u; } default: { out[i] = 2u; } } }",
        ),
    ] {
        let source = wgsl(body);
        let (outcome, shader) =
            gpu.attempt(name, || module(&gpu, wgpu::ShaderSource::Wgsl(source.into())));
        if outcome == Valid {
            record("computed", format!("{:08x?}", computed(&gpu, &shader.unwrap(), &[])));
        }
    }
}

#[test]
fn what_the_compiler_says() {
    let gpu = gpu();
    for (name, source) in [
        ("fine", "fn f() {}"),
        ("in the first line", "fn f() { let x = nothing; }"),
        ("in the third line", "fn f() {\n\n  let größe = 1; let x = nothing;\n}"),
        ("after tabs", "fn f() {\n\t\tlet x =\tnothing;\n}"),
        ("at the end", "fn f() {"),
        ("two places", "fn f() {\n let x = 1;\n let größe = 1; let x = 2;\n}"),
        ("two places after tabs", "\tvar<private> a: u32;\n\t\tvar<private> a: u32;"),
        ("two in a line", "fn f(a: u32, a: u32) {}"),
        ("two types in a line", "fn f() { let x = vec3<u32>(1.0, 2.0, 3.0); }"),
        ("a function", "fn g() {}\n  fn f() {\n  if true { return 1u; }\n  } // ß"),
        ("a function in a line", "fn f() { if true { return 1u; } }"),
        ("a call of several lines", "fn f() {\n g(1u,\n  2u);\n}\nfn g(a: u32) {}"),
        ("an entry point", "@vertex fn f() {}"),
        ("a variable", "var<private> a: f32;\nvar<storage> b: array<f32>;"),
    ] {
        says(&gpu, name, source);
    }
}

#[test]
fn a_place_that_is_in_no_source() {
    // A type that nothing in the source asks for.
    says(&gpu(), "of a type", "fn f() -> u32 {\n return 1.0;\n}");
}

/// Records what the compiler says about this source.
fn says(gpu: &Gpu, name: &str, source: &str) {
    let (_, module) = gpu.attempt(name, || module(gpu, wgpu::ShaderSource::Wgsl(source.into())));
    let info = pollster::block_on(module.unwrap().get_compilation_info());
    for message in info.messages {
        let at =
            message.location.map(|at| (at.line_number, at.line_position, at.offset, at.length));
        record("message", format!("{name}: {:?} {at:?}", message.message_type));
        record("words", format!("{:?}", message.message));
    }
}

/// `out = array(42, 0, 0, 0)`, assembled by hand: SPIR-V 1.0 of a compute shader with one storage buffer.
const SPIRV: &[u32] = &[
    0x0723_0203,
    0x0001_0000,
    0,
    20,
    0,
    0x0002_0011,
    1,
    0x0003_000e,
    0,
    1,
    0x0005_000f,
    5,
    1,
    0x6e69_616d,
    0,
    0x0006_0010,
    1,
    17,
    1,
    1,
    1,
    0x0004_0047,
    8,
    6,
    4,
    0x0003_0047,
    9,
    3,
    0x0005_0048,
    9,
    0,
    35,
    0,
    0x0004_0047,
    11,
    34,
    0,
    0x0004_0047,
    11,
    33,
    0,
    0x0002_0013,
    2,
    0x0003_0021,
    3,
    2,
    0x0004_0015,
    4,
    32,
    0,
    0x0004_002b,
    4,
    5,
    0,
    0x0004_002b,
    4,
    6,
    42,
    0x0004_002b,
    4,
    7,
    4,
    0x0004_001c,
    8,
    4,
    7,
    0x0003_001e,
    9,
    8,
    0x0004_0020,
    10,
    2,
    9,
    0x0004_003b,
    10,
    11,
    2,
    0x0004_0020,
    12,
    2,
    4,
    0x0005_0036,
    2,
    1,
    0,
    3,
    0x0002_00f8,
    13,
    0x0006_0041,
    12,
    14,
    11,
    5,
    5,
    0x0003_003e,
    14,
    6,
    0x0001_00fd,
    0x0001_0038,
];

#[test]
fn spirv() {
    let gpu = gpu();
    let spirv = |words: &'static [u32]| wgpu::ShaderSource::SpirV(words.into());
    let (outcome, shader) = gpu.attempt("whole", || module(&gpu, spirv(SPIRV)));
    assert_eq!(outcome, Valid);
    assert_eq!(computed(&gpu, &shader.unwrap(), &[])[0], 42);
    let cases: &[Case<'_, &'static [u32]>] = &[
        ("nothing", Validation, &[]),
        ("no magic number", Validation, &[1, 2, 3, 4, 5]),
        ("a header alone", Valid, &SPIRV[..5]),
        ("cut off", Validation, &SPIRV[..40]),
        ("cut off in the header", Validation, &SPIRV[..3]),
    ];
    gpu.cases(cases, |words| module(&gpu, spirv(words)));
}

#[test]
fn constants() {
    let gpu = gpu();
    let source = format!(
        "override a: u32 = 1u;
        @id(5) override b: f32;
        override c: bool = false;
        override d: i32 = i32(a) * -2;
        {}",
        wgsl("out = array(a, u32(b * 10.0), u32(c), u32(d));")
    );
    let shader = module(&gpu, wgpu::ShaderSource::Wgsl(source.into()));
    for constants in [
        &[("5", 0.5)][..],
        &[("5", 1.5), ("a", 7.0)],
        &[("5", 1.5), ("c", 1.0)],
        &[("5", 1.5), ("c", 3.0), ("d", -4.0)],
        &[("5", 1e3), ("a", 4294967295.0)],
    ] {
        let (_, result) =
            gpu.attempt(&format!("{constants:?}"), || computed(&gpu, &shader, constants));
        record("computed", format!("{result:?}"));
    }
    gpu.cases(
        &[
            ("one missing", Validation, &[][..]),
            ("an unknown one", Validation, &[("5", 1.0), ("e", 1.0)]),
            ("an unknown number", Validation, &[("5", 1.0), ("77", 1.0)]),
            ("too large", Validation, &[("5", 1.0), ("a", 4294967296.0)]),
            ("negative", Validation, &[("5", 1.0), ("a", -1.0)]),
            ("not a number", Validation, &[("5", f64::NAN)]),
            ("infinite", Validation, &[("5", f64::INFINITY)]),
            ("too large a float", Validation, &[("5", 1e300)]),
            ("a fraction", Valid, &[("5", 1.0), ("a", 1.5)]),
            ("by its name instead of its number", Validation, &[("b", 1.0)]),
        ],
        |constants| {
            gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: None,
                module: &shader,
                entry_point: None,
                compilation_options: wgpu::PipelineCompilationOptions {
                    constants,
                    ..Default::default()
                },
                cache: None,
            })
        },
    );
}

#[test]
fn constants_that_size_a_workgroup() {
    let gpu = gpu();
    let shader = module(
        &gpu,
        wgpu::ShaderSource::Wgsl(
            "override size: u32 = 2u;
            @group(0) @binding(0) var<storage, read_write> out: array<atomic<u32>, 4>;
            @compute @workgroup_size(size) fn main() { atomicAdd(&out[0], 1u); }"
                .into(),
        ),
    );
    assert_eq!(computed(&gpu, &shader, &[])[0], 2);
    assert_eq!(computed(&gpu, &shader, &[("size", 9.0)])[0], 9);
}

#[test]
fn memory_of_workgroups_begins_as_nought() {
    let gpu = gpu();
    let source = "
        var<workgroup> words: array<u32, 64>;
        @group(0) @binding(0) var<storage, read_write> out: array<u32, 4>;
        @compute @workgroup_size(1) fn main() {
            for (var i = 0u; i < 64u; i++) {
                out[0] |= words[i];
                words[i] = 0xffffffffu;
            }
        }";
    let shader = module(&gpu, wgpu::ShaderSource::Wgsl(source.into()));
    // The first time, nobody may have used the memory.
    let all = [0; 4].map(|_| computed(&gpu, &shader, &[])[0]);
    record("the last time", all[3]);
}

#[test]
fn unchecked_modules() {
    let gpu = gpu();
    let source = wgsl("var i = 2u; out[i] = 9u;");
    for checks in [wgpu::ShaderRuntimeChecks::checked(), wgpu::ShaderRuntimeChecks::unchecked()] {
        let descriptor = wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(source.as_str().into()),
        };
        // SAFETY: The shader stays within its array.
        let shader = unsafe { gpu.device.create_shader_module_trusted(descriptor, checks) };
        assert_eq!(computed(&gpu, &shader, &[]), [0, 0, 9, 0]);
    }
}
