//! Shaders whose parts lie deep within one another: the engine's readers call themselves for each, and would overflow the
//! stack. Whatever they consist of, it takes no more stack to refuse them.

mod common;

use common::{Gpu, gpu};
use webgpu as wgpu;

/// A text with this many parts within one another.
type Form = fn(usize) -> String;

/// WGSL whose function computes `x` in this way.
fn wgsl(statements: String) -> String {
    format!(
        "@group(0) @binding(0) var<storage, read_write> out: array<f32>;
         @compute @workgroup_size(1) fn main() {{
             var x = 1.0; var b = true; var v = vec4<f32>();
             {statements}
             out[0] = x + v.x + f32(b);
         }}"
    )
}

/// The same in GLSL.
fn glsl(statements: String) -> String {
    format!(
        "#version 450
         layout(local_size_x = 1) in;
         layout(set = 0, binding = 0) buffer Out {{ float values[]; }};
         void main() {{
             float x = 1.0; bool b = true; vec4 v = vec4(1.0);
             {statements}
             values[0] = x + v.x + (b ? 1.0 : 0.0);
         }}"
    )
}

/// Many declarations, each of which needs the next one.
fn chained(declare: impl Fn(usize) -> String, last: &str, count: usize) -> String {
    let declarations = (0..count).map(declare).collect::<String>();
    format!("{declarations} {last} @compute @workgroup_size(1) fn main() {{}}")
}

#[rustfmt::skip]
const WGSL: &[(&str, usize, Form)] = &[
    ("brackets", 250, |n| wgsl(format!("x = {}x{};", "(".repeat(n), ")".repeat(n)))),
    ("calls", 250, |n| wgsl(format!("x = {}x{};", "abs(".repeat(n), ")".repeat(n)))),
    ("indices", 250, |n| wgsl(format!("let a = array(0u, 0u); x = f32({}0{});", "a[".repeat(n), "]".repeat(n)))),
    ("sums", 990, |n| wgsl(format!("x = x{};", " + x".repeat(n)))),
    ("sums of constants", 990, |n| wgsl(format!("x = 1{};", " + 1".repeat(n)))),
    ("conditions", 990, |n| wgsl(format!("b = b{};", " && b".repeat(n)))),
    ("members", 990, |n| wgsl(format!("v = v{};", ".xyzw".repeat(n)))),
    ("negations", 990, |n| wgsl(format!("b = {}b;", "!".repeat(n)))),
    ("pointers", 490, |n| wgsl(format!("x = {}x;", "*&".repeat(n)))),
    ("blocks", 120, |n| wgsl(format!("{}x = 2.0;{}", "{".repeat(n), "}".repeat(n)))),
    ("loops", 60, |n| wgsl(format!("{}x = 2.0;{}", "while b {".repeat(n), "}".repeat(n)))),
    ("branches", 990, |n| wgsl(format!("if b {{}} {}", "else if b { x = 3.0; }".repeat(n)))),
    ("types", 250, |n| chained(|_| String::new(), &format!("alias A = {}f32{};", "array<".repeat(n), ", 1>".repeat(n)), 0)),
    ("names", 990, |n| chained(|k| format!("alias A{k} = A{};", k + 1), &format!("alias A{n} = f32;"), n)),
    ("arrays", 250, |n| chained(|k| format!("alias A{k} = array<A{}, 1>;", k + 1), &format!("alias A{n} = f32;"), n)),
    ("structs", 250, |n| chained(|k| format!("struct A{k} {{ a: A{} }}", k + 1), &format!("alias A{n} = f32;"), n)),
    ("constants", 990, |n| chained(|k| format!("const c{k} = c{} + 1;", k + 1), &format!("const c{n} = 1;"), n)),
    ("functions", 990, |n| chained(|k| format!("fn g{k}() {{ g{}(); }}", k + 1), &format!("fn g{n}() {{}}"), n)),
];

#[rustfmt::skip]
const GLSL: &[(&str, usize, Form)] = &[
    ("brackets", 250, |n| glsl(format!("x = {}x{};", "(".repeat(n), ")".repeat(n)))),
    ("calls", 250, |n| glsl(format!("x = {}x{};", "abs(".repeat(n), ")".repeat(n)))),
    ("sums", 990, |n| glsl(format!("x = x{};", " + x".repeat(n)))),
    ("members", 990, |n| glsl(format!("v = v{};", ".xyzw".repeat(n)))),
    ("choices", 490, |n| glsl(format!("x = {}x;", "b ? x : ".repeat(n)))),
    ("assignments", 990, |n| glsl(format!("{}x;", "x = ".repeat(n)))),
    ("blocks", 250, |n| glsl(format!("{}x = 2.0;{}", "{".repeat(n), "}".repeat(n)))),
    ("loops", 60, |n| glsl(format!("{}x = 2.0;", "while (b) ".repeat(n)))),
    ("conditions", 490, |n| glsl(format!("{}x = 2.0;", "if (b) ".repeat(n)))),
    ("branches", 490, |n| glsl(format!("if (b) x = 1.0; {}", "else if (b) x = 3.0;".repeat(n)))),
    ("macros", 9, |n| {
        let define = |k| format!("#define A{} A{k}+A{k}\n", k + 1);
        let defines = (0..n.min(30)).map(define).collect::<String>();
        format!("#version 450\n#define A0 x\n{defines}{}", glsl(format!("x = A{};", n.min(30))).replace("#version 450", ""))
    }),
    ("conditions of lines", 250, |n| {
        let text = glsl("x = 2.0;".into()).replace("#version 450", "");
        format!("#version 450\n#if {}1{}\n#endif\n{text}", "(".repeat(n), ")".repeat(n))
    }),
];

fn create(gpu: &Gpu, source: wgpu::ShaderSource<'_>) {
    let descriptor = wgpu::ShaderModuleDescriptor { label: None, source };
    let module = gpu.device.create_shader_module(descriptor);
    let _ = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point: None,
        compilation_options: Default::default(),
        cache: None,
    });
}

fn check(forms: &[(&str, usize, Form)], source: impl Fn(String) -> wgpu::ShaderSource<'static>) {
    let gpu = gpu();
    for &(name, depth, form) in forms {
        eprintln!("{depth} {name}");
        gpu.no_error(|| create(&gpu, source(form(depth))));
        let message = gpu.validation_error(|| create(&gpu, source(form(20_000))));
        assert!(message.contains("more than") || message.contains("limit"), "{name}: {message}");
    }
}

#[test]
fn of_wgsl() {
    check(WGSL, |code| wgpu::ShaderSource::Wgsl(code.into()));
}

#[test]
fn of_glsl() {
    check(GLSL, |shader| wgpu::ShaderSource::Glsl {
        shader: shader.into(),
        stage: wgpu::naga::ShaderStage::Compute,
        defines: &[],
    });
}

/// The process overflowed its stack over each of them.
#[test]
fn of_texts_that_do_not_end() {
    let gpu = gpu();
    for text in ["(", "((x+", "if x {", "array<", "x+", "else if x {", "*&", "f(", "a["] {
        let text = text.repeat(20_000);
        for code in [text.clone(), wgsl(text.clone()), wgsl(format!("x = {text}"))] {
            gpu.validation_error(|| create(&gpu, wgpu::ShaderSource::Wgsl(code.into())));
        }
        gpu.validation_error(|| {
            let stage = wgpu::naga::ShaderStage::Compute;
            let shader = glsl(format!("x = {text}")).into();
            create(&gpu, wgpu::ShaderSource::Glsl { shader, stage, defines: &[] });
        });
    }
}
