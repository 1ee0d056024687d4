//! Memory of workgroups: it is zero when a shader begins, whatever was there before.

use crate::common::{Gpu, gpu, record};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// Leaves ones in all the memory that a workgroup can have.
const FILL: &str = "
    var<workgroup> all: array<u32, 4096>;
    @group(0) @binding(0) var<storage, read_write> out: array<atomic<u32>, 4>;
    @compute @workgroup_size(64) fn main(@builtin(local_invocation_index) index: u32) {
        for (var i = index; i < 4096u; i += 64u) { all[i] = 0xffffffffu; }
        workgroupBarrier();
        atomicAnd(&out[3], all[4095u - index]);
    }";

/// What shaders write to: the bits they see in their memory, and how many of them there are.
pub(crate) const OUT: &str = "
    @group(0) @binding(0) var<storage, read_write> out: array<atomic<u32>, 4>;
    fn see(bits: u32) { atomicOr(&out[0], bits); }
    fn finish() { atomicAdd(&out[1], 1u); }
";

/// Enough workgroups for all threads of the driver.
pub(crate) const GROUPS: u32 = 32;

/// What of a pipeline differs from case to case.
#[derive(Clone, Copy)]
pub(crate) struct Options<'a> {
    pub(crate) entry_point: Option<&'a str>,
    pub(crate) constants: &'a [(&'a str, f64)],
    pub(crate) zero_initialize_workgroup_memory: bool,
}

pub(crate) const PLAIN: Options<'_> =
    Options { entry_point: None, constants: &[], zero_initialize_workgroup_memory: true };

fn pipeline(gpu: &Gpu, module: &wgpu::ShaderModule, options: Options<'_>) -> wgpu::ComputePipeline {
    gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module,
        entry_point: options.entry_point,
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: options.constants,
            zero_initialize_workgroup_memory: options.zero_initialize_workgroup_memory,
        },
        cache: None,
    })
}

/// What a shader writes that runs after one that has filled the memory.
pub(crate) fn after_fill(gpu: &Gpu, module: &wgpu::ShaderModule, options: Options<'_>) -> Vec<u32> {
    let fill = gpu.compute_pipeline(FILL);
    let pipeline = pipeline(gpu, module, options);
    let buffer = gpu.empty_buffer(16, Usages::STORAGE | Usages::COPY_SRC);
    gpu.no_error(|| {
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            for pipeline in [&fill, &pipeline] {
                let group = gpu.bind_group(pipeline, &[&buffer]);
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, &group, &[]);
                pass.dispatch_workgroups(GROUPS, 1, 1);
            }
        });
    });
    bytemuck::pod_collect_to_vec(&gpu.read_unrecorded(&buffer))
}

/// Runs the shader after the memory has been filled: none of its `invocations` in a group may see a bit.
pub(crate) fn expect_zero(
    gpu: &Gpu,
    name: &str,
    source: &str,
    options: Options<'_>,
    invocations: u32,
) {
    let module = gpu.no_error(|| gpu.shader(&format!("{source}{OUT}")));
    let seen = after_fill(gpu, &module, options);
    record(name, format!("{seen:?}"));
    assert_eq!(seen, [0, GROUPS * invocations, 0, 0], "{name}");
}

/// A shader of eight invocations that all do the same.
pub(crate) fn eight(declarations: &str, body: &str) -> String {
    format!(
        "{declarations}
        @compute @workgroup_size(4, 2) fn main() {{ {body} finish(); }}"
    )
}

#[test]
fn types() {
    let gpu = gpu();
    for (name, declarations, body) in [
        ("u32", "var<workgroup> a: u32;", "see(a);"),
        ("i32 and f32", "var<workgroup> a: i32; var<workgroup> b: f32;",
            "see(bitcast<u32>(a) | bitcast<u32>(b));"),
        ("bool", "var<workgroup> a: bool; var<workgroup> b: array<bool, 9>;",
            "see(u32(a)); for (var i = 0; i < 9; i++) { see(u32(b[i])); }"),
        ("vectors", "var<workgroup> a: vec3<u32>; var<workgroup> b: vec4f; var<workgroup> c: vec2<bool>;",
            "see(a.x | a.y | a.z); see(bitcast<u32>(b.x) | bitcast<u32>(b.w)); see(u32(c.x) | u32(c.y));"),
        ("matrices", "var<workgroup> a: mat4x4<f32>; var<workgroup> b: mat3x2f;",
            "for (var i = 0; i < 4; i++) { see(bitcast<u32>(a[i].x) | bitcast<u32>(a[i].w)); }
             see(bitcast<u32>(b[2].y));"),
        ("atomics", "var<workgroup> a: atomic<u32>; var<workgroup> b: atomic<i32>;",
            "see(atomicLoad(&a)); see(u32(atomicLoad(&b)));"),
        ("an array", "var<workgroup> a: array<u32, 1000>;",
            "for (var i = 0; i < 1000; i++) { see(a[i]); }"),
        ("an array of one", "var<workgroup> a: array<vec2<i32>, 1>;", "see(u32(a[0].x) | u32(a[0].y));"),
        ("an array of atomics", "var<workgroup> a: array<atomic<u32>, 37>;",
            "for (var i = 0; i < 37; i++) { see(atomicLoad(&a[i])); }"),
        ("an array of arrays", "var<workgroup> a: array<array<array<u32, 5>, 7>, 11>;",
            "for (var i = 0; i < 385; i++) { see(a[i / 35][i / 5 % 7][i % 5]); }"),
        ("an array of arrays of atomics", "var<workgroup> a: array<array<atomic<i32>, 3>, 50>;",
            "for (var i = 0; i < 150; i++) { see(u32(atomicLoad(&a[i / 3][i % 3]))); }"),
        ("an array of matrices", "var<workgroup> a: array<mat2x2f, 20>;",
            "for (var i = 0; i < 20; i++) { see(bitcast<u32>(a[i][0].x) | bitcast<u32>(a[i][1].y)); }"),
        ("a struct", "struct S { a: u32, b: vec3f, c: array<u32, 30>, d: mat2x2f } var<workgroup> s: S;",
            "see(s.a | bitcast<u32>(s.b.z) | bitcast<u32>(s.d[1].y));
             for (var i = 0; i < 30; i++) { see(s.c[i]); }"),
        ("a struct of atomics", "struct S { count: atomic<u32>, all: array<atomic<i32>, 20>, plain: f32, }
            var<workgroup> s: S;",
            "see(atomicLoad(&s.count) | bitcast<u32>(s.plain));
             for (var i = 0; i < 20; i++) { see(u32(atomicLoad(&s.all[i]))); }"),
        ("an array of structs", "struct S { a: u32, b: vec3f } var<workgroup> s: array<S, 100>;",
            "for (var i = 0; i < 100; i++) { see(s[i].a | bitcast<u32>(s[i].b.y)); }"),
        ("an array of structs of arrays of atomics",
            "struct Inner { a: array<array<atomic<u32>, 3>, 4>, b: u32 } struct Outer { b: u32, inner: Inner, }
            var<workgroup> s: array<array<Outer, 2>, 9>;",
            "for (var i = 0; i < 9; i++) {
                see(s[i][1].b | s[i][0].inner.b);
                for (var j = 0; j < 12; j++) { see(atomicLoad(&s[i][j % 2].inner.a[j / 3][j % 3])); }
             }"),
        ("aliases", "alias Number = u32; alias Row = array<Number, SIZE>; alias Rows = array<Row, 2 * SIZE>;
            alias Counter = atomic<Number>; alias Other = Tile; const SIZE = 4; struct Tile { rows: Rows, counter: Counter }
            var<workgroup> tile: Other; var<workgroup> rows: Rows; var<workgroup> counter: Counter;",
            "see(atomicLoad(&tile.counter) | atomicLoad(&counter));
             for (var i = 0; i < 32; i++) { see(rows[i / 4][i % 4] | tile.rows[i / 4][i % 4]); }"),
        ("constants as lengths", "const A: i32 = 6; const B = u32(A) * 2u; const C: u32 = (B << 1u) - 4;
            var<workgroup> a: array<u32, A>; var<workgroup> b: array<array<u32, (B)>, C + 1,>;",
            "for (var i = 0; i < 6; i++) { see(a[i]); }
             for (var i = 0; i < 252; i++) { see(b[i / 12][i % 12]); }"),
        ("names of types with another meaning",
            "struct vec3f { x: atomic<u32> } alias vec2u = array<u32, 40>;
            var<workgroup> a: vec3f; var<workgroup> b: vec2u;",
            "see(atomicLoad(&a.x)); for (var i = 0; i < 40; i++) { see(b[i]); }"),
    ] {
        expect_zero(&gpu, name, &eight(declarations, body), PLAIN, 8);
    }
}

/// Memory, and a function that looks at it.
pub(crate) const LOOK: &str = "
    var<workgroup> words: array<u32, 256>;
    fn look() { for (var i = 0; i < 256; i++) { see(words[i]); } finish(); }
";

#[test]
fn parameters_of_the_entry_point() {
    let gpu = gpu();
    for (name, declarations, parameters, body) in [
        ("none", "", "", ""),
        ("a comment", "", "/* nothing) { */", ""),
        ("another builtin", "", "@builtin(workgroup_id) id: vec3<u32>", "see(id.y);"),
        ("a comma at the end", "", "@builtin(workgroup_id) id: vec3<u32>,", "see(id.y);"),
        ("the index", "", "@builtin(local_invocation_index) index: u32", "see(index >> 3u);"),
        (
            "the index among others",
            "",
            "@builtin(workgroup_id) id: vec3<u32>, @builtin( local_invocation_index /* it */ ) index: u32,",
            "see(id.y | index >> 3u);",
        ),
        (
            "a struct without the index",
            "struct In { @builtin(workgroup_id) id: vec3<u32>, }",
            "in: In",
            "see(in.id.z);",
        ),
        (
            "a struct with the index",
            "struct In { @builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) index: u32 }",
            "in: In",
            "see(in.id.z | in.index >> 3u);",
        ),
        (
            "a struct by another name",
            "alias Word = u32; alias Same = In; struct In { @builtin(local_invocation_index) index: Word }",
            "@builtin(workgroup_id) id: vec3<u32>, in: Same",
            "see(id.y | in.index >> 3u);",
        ),
        (
            "the index with a name of its own",
            "",
            "@builtin(local_invocation_index) clear_workgroup_at: u32",
            "see(clear_workgroup_at >> 3u);",
        ),
    ] {
        let source = format!(
            "{LOOK}{declarations}
            @compute @workgroup_size(8) fn main({parameters}) {{ {body} look(); }}"
        );
        expect_zero(&gpu, name, &source, PLAIN, 8);
    }
}

#[test]
fn sizes() {
    let gpu = gpu();
    for (name, declarations, size, constants, invocations) in [
        ("one", "", "1", &[][..], 1),
        ("all dimensions", "", "2, 3, 4", &[], 24),
        ("a comma at the end", "", "5 , 2,", &[], 10),
        ("hexadecimal", "", "0x10u", &[], 16),
        ("more than there are words", "", "256", &[], 256),
        ("a constant", "const SIZE: i32 = 6;", "SIZE, SIZE / 2", &[], 18),
        ("a constant to be overridden", "override size: u32 = 3;", "size", &[], 3),
        ("an overridden constant", "override size: u32 = 3;", "size, 2", &[("size", 16.0)], 32),
        (
            "an overridden constant without a value",
            "@id(7) override size: u32;",
            "size",
            &[("7", 9.0)],
            9,
        ),
        ("a number and a constant", "override other = 3u;", "8, other", &[], 24),
        (
            "a number and an overridden constant",
            "override other = 3u;",
            "8, 2, other",
            &[("other", 2.0)],
            32,
        ),
        (
            "an expression",
            "override size = 3u; override other = size + 1;",
            "other * 2u, size",
            &[("size", 2.0)],
            12,
        ),
    ] {
        let source = format!(
            "{LOOK}{declarations}
            @compute @workgroup_size({size}) fn main() {{ look(); }}"
        );
        expect_zero(&gpu, name, &source, Options { constants, ..PLAIN }, invocations);
    }
}

#[test]
fn lengths_that_are_overridden() {
    let gpu = gpu();
    for (name, element, look) in [
        ("words", "u32", "words[i]"),
        ("atomics", "atomic<u32>", "atomicLoad(&words[i])"),
        ("arrays", "array<u32, 4>", "words[i][3]"),
        ("arrays of atomics", "array<atomic<u32>, 4>", "atomicLoad(&words[i][3])"),
    ] {
        let source = eight(
            &format!("override half = 20u; var<workgroup> words: array<{element}, 2 * half>;"),
            &format!("for (var i = 0u; i < 2u * half; i++) {{ see({look}); }}"),
        );
        expect_zero(&gpu, &format!("{name} as declared"), &source, PLAIN, 8);
        let constants = &[("half", 77.0)];
        expect_zero(&gpu, name, &source, Options { constants, ..PLAIN }, 8);
    }
}

#[test]
fn ways_to_the_memory() {
    let gpu = gpu();
    for (name, source) in [
        ("through functions declared later",
            "@compute @workgroup_size(8) fn main() { first(); }
            fn first() { second(); }
            fn second() { see(word | words[99]); finish(); }
            var<workgroup> word: u32;
            var<workgroup> words: array<u32, 100>;"),
        ("through pointers",
            "var<workgroup> words: array<u32, 100>;
            @compute @workgroup_size(8) fn main() { let all = &words; see((*all)[50]); finish(); }"),
        ("a variable of the same name",
            "var<workgroup> words: array<u32, 100>;
            var<workgroup> i: u32;
            @compute @workgroup_size(8) fn main() {
                for (var i = 0; i < 100; i++) { let word = words[i]; see(word); }
                see(i);
                { let words = words[70]; see(words); }
                finish();
            }"),
        ("spread over lines",
            "var\n<\nworkgroup\n>\nwords//:\n:\n/* array<f32, 3>; /* */ */ array\n<\nu32\n,\n100\n>\n;
            @\ncompute\n@workgroup_size\n(\n8 /* } */\n)\nfn\nmain\n(\n// {\n)\n{\nsee(words[99]);\nfinish();\n}"),
        ("diagnostics and attributes",
            "diagnostic(off, derivative_uniformity); const_assert 1 < 2;
            @must_use fn one(a: u32) -> u32 { return a; }
            var<workgroup> words: array<u32, 100>;
            @workgroup_size(8) @diagnostic(off, derivative_uniformity) @compute
            fn main() { see(one(words[98])); finish(); }"),
        ("names that clearing would use",
            "var<workgroup> clear_workgroup: array<u32, 100>;
            fn clear_workgroup_0_() { see(clear_workgroup[98]); }
            @compute @workgroup_size(8) fn main() { let u32 = 1; clear_workgroup_0_(); finish(); }"),
        ("letters beyond ASCII",
            "var<workgroup> wörter: array<u32, 100>; var<workgroup> 言葉: u32;
            @compute @workgroup_size(8) fn größe() { see(wörter[98] | 言葉); finish(); }"),
        ("comparisons like template lists",
            "var<workgroup> a: array<u32, 100>;
            @compute @workgroup_size(8) fn main() {
                let i = 3u; let b = 7u;
                if a[i] < b && b > a[i] { see(a[i]); }
                see(u32(a[i] < i) >> 5u);
                var<function> c = vec2<u32>(a[i] << b, b >> 4u);
                see(c.x | c.y);
                finish();
            }"),
    ] {
        expect_zero(&gpu, name, source, PLAIN, 8);
    }
}
