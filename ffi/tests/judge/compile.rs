//! From cases to C text to a shared library.

use std::fmt::{Result, Write};
use std::path::Path;

use ffi::Library;

use super::dialect::{self, Build, Judge};
use super::spec::Spec;
use super::typed::Typed;
use super::{buffers, differences};

/// Begins to compile the cases. `name` is that of the files.
pub(super) fn begin(name: &str, judge: Judge, cases: &[Typed]) -> Build {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    dialect::build(judge, &folder.join(format!("judge-{name}-{judge}")), &text(judge, cases))
}

/// Waits for the library.
pub(super) fn finish(build: Build) -> Library {
    // SAFETY: the library has no initialisers.
    build.finish(|library| unsafe { Library::open(library) }.unwrap())
}

/// C's numbers that a vector can have.
const VECTOR_ELEMENTS: [&str; 10] = [
    "signed char",
    "short",
    "int",
    "long long",
    "unsigned char",
    "unsigned short",
    "unsigned int",
    "unsigned long long",
    "float",
    "double",
];

/// The C text of all cases. It includes no header: those of other systems are not here.
///
/// What a callee does with its parameters beside storing numbers is written once, in `buffers`: compiling takes most of
/// a case's time, and cannot assume there what is being tested.
fn text(judge: Judge, cases: &[Typed]) -> String {
    let mut text = String::from(
        "#ifdef __x86_64__\n\
         typedef _Complex float complex_quad __attribute__((mode(TC)));\n\
         #endif\n\
         #ifdef __aarch64__\n\
         #define STACK_ADDRESS ({ void *sp; __asm__ volatile(\"mov %0, sp\" : \"=r\"(sp)); sp; })\n\
         #else\n\
         #define STACK_ADDRESS __builtin_frame_address(0)\n\
         #endif\n",
    );
    text += &buffers::declarations(judge.abi);
    for element in VECTOR_ELEMENTS {
        for size in [8, 16, 32] {
            let name = element.replace(' ', "_");
            writeln!(
                text,
                "typedef {element} v{size}_{name} __attribute__((vector_size({size})));"
            )
            .unwrap();
        }
    }
    let convention = buffers::convention(judge.abi);
    let ms = if convention.is_empty() { "" } else { "ms_" };
    writeln!(text, "#define va_list __builtin_{ms}va_list").unwrap();
    writeln!(text, "#define va_start __builtin_{ms}va_start").unwrap();
    writeln!(text, "#define va_end __builtin_{ms}va_end").unwrap();
    writeln!(text, "#define va_arg __builtin_va_arg").unwrap();
    for case in cases {
        functions(&mut text, judge, convention, case).unwrap();
    }
    text
}

/// A case's types, its callee and its caller.
fn functions(text: &mut String, judge: Judge, convention: &str, case: &Typed) -> Result {
    let index = case.index;
    let mut types = Vec::new();
    for (number, spec) in case.parameters.iter().enumerate() {
        types.push(spec.c(text, &format!("T{index}_{number}")));
    }
    let returns = case.returns.c(text, &format!("T{index}"));
    layout(text, case, &types, &returns)?;
    callee(text, convention, case, &types, &returns)?;
    if differences::only_functions(case, judge) {
        return Ok(());
    }
    caller(text, convention, case, &types, &returns)
}

fn layout(text: &mut String, case: &Typed, types: &[String], returns: &String) -> Result {
    write!(text, "const unsigned long long layout_{}[] = {{ ", case.index)?;
    let specs = case.parameters.iter().chain([&case.returns]);
    for (spec, name) in specs.zip(types.iter().chain([returns])) {
        if *spec == Spec::Void {
            continue;
        }
        write!(text, "sizeof({name}), _Alignof({name}), ")?;
        if let Spec::Struct(composite) = spec {
            for (member, _) in
                composite.members.iter().enumerate().filter(|(_, member)| member.bits.is_none())
            {
                write!(text, "__builtin_offsetof({name}, m{member}), ")?;
            }
        }
    }
    writeln!(text, "0 }};")
}

fn callee(
    text: &mut String,
    convention: &str,
    case: &Typed,
    types: &[String],
    returns: &str,
) -> Result {
    let index = case.index;
    let fixed = case.fixed.unwrap_or(types.len());
    let named = types[..fixed].iter().enumerate().map(|(number, ty)| format!("{ty} a{number}"));
    let declared = declared(named, case);
    writeln!(text, "{convention}{returns} callee_{index}({declared}) {{")?;
    writeln!(text, "  begin(STACK_ADDRESS);")?;
    let (offsets, _) = case.offsets();
    if fixed < types.len() {
        writeln!(text, "  va_list list; va_start(list, a{});", fixed - 1)?;
        for (number, name) in types.iter().enumerate().skip(fixed) {
            // In one statement gcc 12 ends on some of them.
            writeln!(text, "  {name} a{number} = va_arg(list, {name});")?;
        }
        writeln!(text, "  va_end(list);")?;
    }
    for (number, ty) in case.parameter_types.iter().enumerate() {
        let (name, offset, size, alignment) =
            (&types[number], offsets[number], ty.size(), ty.alignment());
        // What has no bytes is nowhere; what `va_arg` returned lies where the compiler wants it.
        if size > 0 && (ty.is_aggregate() || alignment >= 16) {
            let alignment = if number < fixed { case.kept_alignment(number) } else { 1 };
            writeln!(text, "  take(&a{number}, {offset}, {size}, {alignment});")?;
        } else if size > 0 {
            writeln!(text, "  *({name} *)(received + {offset}) = a{number};")?;
        }
        // A callee may rely on how small integers fill their places.
        if number < fixed && case.parameters[number].is_integer() {
            writeln!(text, "  widened[{number}] = a{number};")?;
        }
    }
    if case.returns != Spec::Void {
        writeln!(text, "  return *({returns} *)returned;")?;
    }
    writeln!(text, "}}")
}

fn caller(
    text: &mut String,
    convention: &str,
    case: &Typed,
    types: &[String],
    returns: &str,
) -> Result {
    let index = case.index;
    // gcc takes many times as long over a file where functions of two conventions take turns.
    writeln!(text, "{convention}void caller_{index}(void *function, void *result) {{")?;
    let declared = declared(types[..case.fixed.unwrap_or(types.len())].iter().cloned(), case);
    let places = types.iter().zip(case.offsets().0);
    let arguments: Vec<_> =
        places.map(|(ty, offset)| format!("*({ty} *)(given + {offset})")).collect();
    let arguments = arguments.join(", ");
    let call = format!("(({convention}{returns} (*)({declared}))function)({arguments})");
    match &case.returns {
        Spec::Void => writeln!(text, "  {call};")?,
        spec if spec.is_integer() => {
            writeln!(text, "  {returns} r = {call}; widened[0] = r; *({returns} *)result = r;")?;
        }
        _ => writeln!(text, "  *({returns} *)result = {call};")?,
    }
    writeln!(text, "}}")
}

/// The list of declared parameters.
fn declared(parameters: impl Iterator<Item = String>, case: &Typed) -> String {
    let dots = case.fixed.map(|_| "...".to_owned());
    let list: Vec<String> = parameters.chain(dots).collect();
    if list.is_empty() { "void".into() } else { list.join(", ") }
}
