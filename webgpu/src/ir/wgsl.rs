//! Modules of `naga` as WGSL.
//!
//! What the writer leaves out is added to its text, which has one line for each thing: the places of the members of
//! structs, tests of depth that come early, and a directive.

use super::{EntryPoint, Written, causes};
use crate::shader_source::ShaderSource;
use naga::back::wgsl as writer;
use naga::proc::{Alignment, Layouter};
use naga::valid::ModuleInfo;
use naga::{ConservativeDepth, EarlyDepthTest, Module, StructMember, TypeInner};
use wgpu_types::Features;

/// Writes a module; returns what there is no WGSL for.
pub(super) fn write(
    module: &Module,
    info: &ModuleInfo,
    features: Features,
) -> Result<Written, String> {
    let text = writer::write_string(module, info, writer::WriterFlags::empty())
        .map_err(|error| causes("There is no WGSL for the module: ", &error))?;
    let mut code = String::with_capacity(text.len() + 64);
    if features.contains(Features::SHADER_F16) {
        // The writer looks for it in types alone.
        code += "enable f16;\n";
    }
    let mut structs = attributes(module)?.into_iter();
    let mut entries = module.entry_points.iter();
    let mut entry_points = Vec::with_capacity(entries.len());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("struct ") {
            push_line(&mut code, line);
            for (attribute, member) in structs.next().into_iter().flatten().zip(&mut lines) {
                code += &attribute;
                push_line(&mut code, member);
            }
            continue;
        }
        if STAGES.iter().any(|stage| line.starts_with(stage))
            && let Some(entry) = entries.next()
        {
            code += early_depth_test(entry.early_depth_test);
            let declaration = lines.clone().next().unwrap_or_default();
            let written = declaration.trim_start_matches("fn ").split('(').next();
            entry_points.push(EntryPoint {
                stage: entry.stage,
                name: entry.name.clone(),
                written: written.unwrap_or_default().to_owned(),
            });
        }
        push_line(&mut code, line);
    }
    if structs.next().is_some() || entries.next().is_some() {
        return Err("There is no WGSL for the module: this release of `naga` writes it in lines of another form".into());
    }
    Ok(Written { source: ShaderSource::Wgsl(code.into()), entry_points })
}

/// What the line before the function of an entry point begins with.
const STAGES: [&str; 3] = ["@vertex ", "@fragment ", "@compute "];

fn push_line(code: &mut String, line: &str) {
    code.push_str(line);
    code.push('\n');
}

fn early_depth_test(test: Option<EarlyDepthTest>) -> &'static str {
    match test {
        None => "",
        Some(EarlyDepthTest::Force) => "@early_depth_test(force) ",
        Some(EarlyDepthTest::Allow { conservative }) => match conservative {
            ConservativeDepth::GreaterEqual => "@early_depth_test(greater_equal) ",
            ConservativeDepth::LessEqual => "@early_depth_test(less_equal) ",
            ConservativeDepth::Unchanged => "@early_depth_test(unchanged) ",
        },
    }
}

/// For each struct that is written, what its members need so that all are in their places; or what no attribute can place.
fn attributes(module: &Module) -> Result<Vec<Vec<String>>, String> {
    let mut layouter = Layouter::default();
    layouter.update(module.to_ctx()).map_err(|error| causes("Layout error: ", &error))?;
    for (_, array) in module.types.iter() {
        if let TypeInner::Array { base, stride, .. } = array.inner
            && stride != layouter[base].to_stride()
        {
            return Err(format!(
                "There is no WGSL for the module: the elements of an array are {stride} bytes apart instead of {}",
                layouter[base].to_stride()
            ));
        }
    }
    let special = &module.special_types;
    let known = |ty| {
        special.predeclared_types.values().any(|known| *known == ty)
            || special.external_texture_params == Some(ty)
            || special.external_texture_transfer_function == Some(ty)
    };
    let structs = module.types.iter().filter(|(ty, _)| !known(*ty));
    let structs = structs.filter_map(|(ty, written)| match &written.inner {
        TypeInner::Struct { members, span } => {
            let end = (*span, layouter[ty].alignment);
            Some(member_attributes(module, &layouter, members, end))
        }
        _ => None,
    });
    Ok(structs.collect())
}

fn member_attributes(
    module: &Module,
    layouter: &Layouter,
    members: &[StructMember],
    end: (u32, Alignment),
) -> Vec<String> {
    let next = members.iter().skip(1).map(|next| (next.offset, layouter[next.ty].alignment));
    let next = next.chain([end]);
    let mut alignment_of_all = String::new();
    let sizes = members.iter().zip(next).map(|(member, (next, alignment))| {
        let natural = member.offset + layouter[member.ty].size;
        // Between stages, places mean nothing, and some readers give none.
        if member.binding.is_some() || alignment.round_up(natural) >= next {
            return String::new();
        }
        if !module.types[member.ty].inner.is_dynamically_sized(&module.types) {
            return format!("    @size({})", next - member.offset);
        }
        // An array without an end has no size. What lies behind its first element is there for the struct's alignment.
        let mut alignments = (0..u32::BITS).map(|power| 1 << power).filter_map(Alignment::new);
        if let Some(alignment) = alignments.find(|alignment| alignment.round_up(natural) == next) {
            alignment_of_all = format!("    @align({})", alignment.round_up(1));
        }
        String::new()
    });
    let mut attributes = sizes.collect::<Vec<_>>();
    if let Some(first) = attributes.first_mut() {
        first.insert_str(0, &alignment_of_all);
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::{super::Valid, *};
    use naga::{AddressSpace, Handle, ShaderStage, Type, front};
    use std::{borrow::Cow, fs, path::Path};

    fn valid(wgsl: &str) -> Valid {
        let module = front::wgsl::parse_str(wgsl)
            .unwrap_or_else(|error| panic!("{}", error.emit_to_string(wgsl)));
        Valid::new(Cow::Owned(module), Features::all()).unwrap()
    }

    fn written(module: &Valid) -> Result<Written, String> {
        write(&module.module, &module.info, module.features)
    }

    fn text(written: &Written) -> &str {
        match &written.source {
            ShaderSource::Wgsl(text) => text,
            other => panic!("{other:?}"),
        }
    }

    /// What comes out of the text that is written.
    fn again(module: &Valid) -> Valid {
        valid(text(&written(module).unwrap()))
    }

    /// What others see of a module: its bindings, where everything lies in them, and its entry points.
    fn face(module: &Module) -> Vec<String> {
        let bound = module.global_variables.iter().filter(|(_, global)| {
            global.binding.is_some() || global.space == AddressSpace::Immediate
        });
        let mut face = bound
            .map(|(_, it)| format!("{:?} {:?} {}", it.binding, it.space, layout(module, it.ty)))
            .collect::<Vec<_>>();
        face.sort();
        face.extend(module.entry_points.iter().map(|entry| {
            format!("{:?} {:?} {:?}", entry.stage, entry.workgroup_size, entry.early_depth_test)
        }));
        face
    }

    fn layout(module: &Module, ty: Handle<Type>) -> String {
        match &module.types[ty].inner {
            TypeInner::Struct { members, span } => {
                let member =
                    |it: &StructMember| format!("{}: {}", it.offset, layout(module, it.ty));
                let members = members.iter().map(member).collect::<Vec<_>>();
                format!("{span} {{ {} }}", members.join(", "))
            }
            TypeInner::Array { base, size, stride } => {
                format!("[{}; {size:?}] of {stride}", layout(module, *base))
            }
            TypeInner::BindingArray { base, size } => {
                format!("bindings [{}; {size:?}]", layout(module, *base))
            }
            inner => format!("{inner:?}"),
        }
    }

    #[test]
    fn shaders_come_back_as_they_were() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shaders");
        let mut count = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // Some are in other languages, one has a mistake that an example is about.
            let Ok(Ok(module)) =
                fs::read_to_string(&path).map(|text| front::wgsl::parse_str(&text))
            else {
                continue;
            };
            let module = Valid::new(Cow::Owned(module), Features::all()).unwrap();
            if !module.is_open() {
                assert_eq!(face(&again(&module).module), face(&module.module), "{path:?}");
                count += 1;
            }
        }
        assert!(count > 10, "{count}");
    }

    #[test]
    fn what_the_writer_leaves_out_is_there() {
        let module = valid(
            "enable f16;
            struct Small { @size(8) a: f32, b: vec2f }
            struct Large { a: f32, @align(32) small: array<Small, 3>, @size(40) b: vec3f, @align(64) c: f32 }
            struct Endless { @align(128) large: Large, rest: array<f32> }
            struct Between { @location(0) color: vec4f, @builtin(position) position: vec4f }
            @group(0) @binding(0) var<storage> endless: Endless;
            @group(0) @binding(1) var<uniform> uniforms: array<vec4f, 2>;
            @group(1) @binding(3) var textures: binding_array<texture_2d<f32>, 4>;
            @group(1) @binding(4) var stored: texture_storage_2d<rgba8unorm, read_write>;
            var<immediate> pushed: Small;
            @fragment @early_depth_test(less_equal) fn fs(in: Between) -> @location(0) vec4f {
                let index = u32(in.color.x);
                textureStore(stored, vec2u(), textureLoad(textures[index], vec2u(), 0) * pushed.a);
                return f32(f16(endless.rest[index]) * 1.5h) * uniforms[0];
            }
            @fragment @early_depth_test(force) fn second() {}
            @compute @workgroup_size(4, 2) fn third() {}",
        );
        assert_eq!(face(&again(&module).module), face(&module.module));
    }

    #[test]
    fn nothing_else_is_given_a_size() {
        let natural = "
            struct S { a: f32, b: vec3f, c: mat3x3f, d: array<vec3f, 2>, e: f32 }
            struct Endless { a: vec4f, b: array<f32> }
            @group(0) @binding(0) var<storage> s: array<S>;
            @group(0) @binding(1) var<storage> endless: Endless;
            @compute @workgroup_size(1) fn main() { _ = s[0].e + endless.b[1]; }";
        let written = written(&valid(natural)).unwrap();
        assert!(!text(&written).contains("@size"), "{}", text(&written));
    }

    #[test]
    fn entry_points_are_found_by_stage_and_name() {
        let module =
            "@vertex fn v1() -> @builtin(position) vec4f { return vec4f(); } @fragment fn f1() {}";
        let mut module = front::wgsl::parse_str(module).unwrap();
        module.entry_points.iter_mut().for_each(|entry| entry.name = "main".into());
        let module = Valid::new(Cow::Owned(module), Features::empty()).unwrap();
        let written = written(&module).unwrap();
        let (code, entry_points) = (text(&written), &written.entry_points);
        let find = |stage| EntryPoint::find(entry_points, stage, "main").unwrap().written.as_str();
        let (vertex, fragment) = (find(ShaderStage::Vertex), find(ShaderStage::Fragment));
        assert!(vertex != fragment, "{code}");
        assert!(
            code.contains(&format!("fn {vertex}(")) && code.contains(&format!("fn {fragment}("))
        );
        assert!(EntryPoint::find(entry_points, ShaderStage::Compute, "main").is_none());
    }

    #[test]
    fn what_there_is_no_wgsl_for_is_told() {
        let module = |shader: &str| {
            let options = front::glsl::Options::from(ShaderStage::Compute);
            let module = front::glsl::Frontend::default().parse(&options, shader).unwrap();
            Valid::new(Cow::Owned(module), Features::empty()).unwrap()
        };
        let apart = module(
            "#version 450
            layout(std140, binding = 0) uniform Block { float numbers[4]; };
            layout(binding = 1) buffer Result { float result; };
            void main() { result = numbers[gl_LocalInvocationIndex]; }",
        );
        let message = written(&apart).unwrap_err();
        assert!(message.contains("are 16 bytes apart instead of 4"), "{message}");
        let relation = module(
            "#version 450
            layout(binding = 1) buffer Result { float result; };
            void main() { if (isnan(result)) { result = 0.0; } }",
        );
        let message = written(&relation).unwrap_err();
        assert!(message.starts_with("There is no WGSL for the module: Unsupported"), "{message}");
    }
}
