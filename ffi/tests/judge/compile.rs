//! From cases to C text to a shared library.

use std::fmt::Write;
use std::path::Path;

use ffi::{Abi, Library};

use super::buffers::WIDENED;
use super::spec::Spec;
use super::typed::Typed;
use super::{buffers, dialect};

/// Compiles the cases.
pub(super) fn library(name: &str, abi: Abi, cases: &[Typed<'_>]) -> Library {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, shared) =
        (format!("judge-{name}-{abi}.c"), format!("judge-{name}-{abi}-shared.c"));
    let (source, shared) = (folder.join(source), folder.join(shared));
    let library = folder.join(format!("libjudge-{name}-{abi}.so"));
    std::fs::write(&source, text(abi, cases)).unwrap();
    std::fs::write(&shared, buffers::text()).unwrap();
    dialect::compile(abi, &source, &shared, &library);
    // SAFETY: the library has no initialisers.
    unsafe { Library::open(&library) }.unwrap()
}

/// The C text of all cases. It includes no header: those of other systems are not here.
///
/// Addresses are looked at through volatile variables: the compiler may otherwise assume what is being tested.
fn text(abi: Abi, cases: &[Typed<'_>]) -> String {
    let mut text = String::from(
        "#define HIDDEN __attribute__((visibility(\"hidden\")))\n\
         extern HIDDEN unsigned char received[], returned[], misaligned;\n\
         #ifdef __aarch64__\n\
         #define STACK_ADDRESS ({ __UINTPTR_TYPE__ sp; __asm__ volatile(\"mov %0, sp\" : \"=r\"(sp)); sp; })\n\
         #else\n\
         #define STACK_ADDRESS ({ void *volatile frame = __builtin_frame_address(0); (__UINTPTR_TYPE__)frame; })\n\
         #endif\n\
         #define ADDRESS(value) ({ void *volatile place = (void *)&value; (__UINTPTR_TYPE__)place; })\n\
         #define memcpy __builtin_memcpy\n\
         #define memset __builtin_memset\n",
    );
    let (convention, ms) = match abi {
        Abi::Win64 => ("__attribute__((ms_abi)) ", "ms_"),
        _ => ("", ""),
    };
    writeln!(text, "#define va_list __builtin_{ms}va_list").unwrap();
    writeln!(text, "#define va_start __builtin_{ms}va_start").unwrap();
    writeln!(text, "#define va_end __builtin_{ms}va_end").unwrap();
    writeln!(text, "#define va_arg __builtin_va_arg").unwrap();
    for case in cases {
        functions(&mut text, convention, case).unwrap();
    }
    text
}

fn functions(text: &mut String, convention: &str, case: &Typed<'_>) -> std::fmt::Result {
    let index = case.index;
    for (number, spec) in case.parameters.iter().enumerate() {
        let ty = spec.c(text, &format!("T{index}_{number}"));
        writeln!(text, "typedef {ty} P{index}_{number};")?;
    }
    let ty = case.returns.c(text, &format!("T{index}"));
    writeln!(text, "typedef {ty} R{index};")?;
    layout(text, case)?;
    callee(text, convention, case)?;
    match case.has_unsound_caller(case.abi) {
        true => Ok(()),
        false => caller(text, convention, case),
    }
}

fn layout(text: &mut String, case: &Typed<'_>) -> std::fmt::Result {
    let index = case.index;
    write!(text, "const unsigned long long layout_{index}[] = {{ ")?;
    let names = (0..case.parameters.len()).map(|number| format!("P{index}_{number}"));
    let specs = case.parameters.iter().chain([&case.returns]);
    for (spec, name) in specs.zip(names.chain([format!("R{index}")])) {
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

fn parameters(index: usize, range: std::ops::Range<usize>) -> String {
    let list: Vec<_> = range.map(|number| format!("P{index}_{number} a{number}")).collect();
    list.join(", ")
}

fn callee(text: &mut String, convention: &str, case: &Typed<'_>) -> std::fmt::Result {
    let index = case.index;
    let count = case.parameters.len();
    let fixed = case.fixed.unwrap_or(count);
    let declared = match (parameters(index, 0..fixed), case.fixed) {
        (list, None) if list.is_empty() => "void".into(),
        (list, None) => list,
        (list, Some(_)) => format!("{list}, ..."),
    };
    writeln!(text, "{convention}__attribute__((noinline)) R{index} callee_{index}({declared}) {{")?;
    writeln!(text, "  misaligned = STACK_ADDRESS % 16 != 0;")?;
    for number in 0..fixed {
        let ty = format!("P{index}_{number}");
        writeln!(text, "  misaligned |= ADDRESS(a{number}) % _Alignof({ty}) != 0;")?;
    }
    if fixed < count {
        writeln!(text, "  va_list list; va_start(list, a{});", fixed - 1)?;
        for number in fixed..count {
            writeln!(text, "  P{index}_{number} a{number} = va_arg(list, P{index}_{number});")?;
        }
        writeln!(text, "  va_end(list);")?;
    }
    let (offsets, _) = case.offsets();
    for (number, offset) in offsets.iter().enumerate() {
        writeln!(text, "  memcpy(received + {offset}, &a{number}, sizeof a{number});")?;
    }
    // A callee may rely on how small integers fill their places.
    for (number, spec) in case.parameters.iter().enumerate() {
        if spec.is_integer() {
            writeln!(text, "  long long w{number} = a{number};")?;
            let place = WIDENED + 8 * number;
            writeln!(text, "  memcpy(received + {place}, &w{number}, 8);")?;
        }
    }
    // The callee owns its parameters and may spoil them: nobody else may notice.
    for (number, spec) in case.parameters.iter().enumerate() {
        if matches!(spec, Spec::Struct(_) | Spec::Union(_)) {
            writeln!(
                text,
                "  memset((void *)&a{number}, 0x5c, sizeof a{number}); __asm__ volatile(\"\" :: \"r\"(&a{number}) : \"memory\");"
            )?;
        }
    }
    if case.returns != Spec::Void {
        writeln!(text, "  R{index} r; memcpy(&r, returned, sizeof r); return r;")?;
    }
    writeln!(text, "}}")
}

fn caller(text: &mut String, convention: &str, case: &Typed<'_>) -> std::fmt::Result {
    let index = case.index;
    let count = case.parameters.len();
    writeln!(
        text,
        "void caller_{index}(void *function, const unsigned char *given, unsigned char *result) {{"
    )?;
    let (offsets, _) = case.offsets();
    for (number, offset) in offsets.iter().enumerate() {
        writeln!(
            text,
            "  P{index}_{number} a{number}; memcpy(&a{number}, given + {offset}, sizeof a{number});"
        )?;
    }
    let declared = 0..case.fixed.unwrap_or(count);
    let mut types: Vec<_> = declared.map(|number| format!("P{index}_{number}")).collect();
    if case.fixed.is_some() {
        types.push("...".into());
    }
    let types = if types.is_empty() { "void".into() } else { types.join(", ") };
    let arguments: Vec<_> = (0..count).map(|number| format!("a{number}")).collect();
    let call = format!("(({convention}R{index} (*)({types}))function)({})", arguments.join(", "));
    match case.returns {
        Spec::Void => writeln!(text, "  {call};")?,
        _ => writeln!(text, "  R{index} r = {call}; memcpy(result, &r, sizeof r);")?,
    }
    if case.returns.is_integer() {
        writeln!(text, "  long long w = r; memcpy(received + {WIDENED}, &w, 8);")?;
    }
    writeln!(text, "}}")
}
