//! From cases to C text to a shared library.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use ffi::{Abi, Library};

use super::Case;
use super::spec::Spec;

/// Bytes of the buffers shared with C.
pub(crate) const BUFFER: usize = 1 << 16;

/// Compiles the cases.
///
/// The C compiler is `cc`, or what the environment variable `CC` names; without one the test fails and says so.
pub(crate) fn library(name: &str, abi: Abi, cases: &[Case]) -> Library {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = folder.join(format!("judge-{name}-{abi}.c"));
    let object = folder.join(format!("libjudge-{name}-{abi}.so"));
    std::fs::write(&source, text(abi, cases)).unwrap();
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".into());
    let output = Command::new(&compiler)
        .args(["-O1", "-fPIC", "-shared", "-w", "-mavx", "-o"])
        .args([&object, &source])
        .output()
        .unwrap_or_else(|error| panic!("these tests need a C compiler, and {compiler:?} does not start ({error}): install gcc"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}", errors.chars().take(2000).collect::<String>());
    // SAFETY: the library has no initialisers.
    unsafe { Library::open(&object) }.unwrap()
}

/// The C text of all cases.
fn text(abi: Abi, cases: &[Case]) -> String {
    let mut text = String::from(
        "#include <string.h>\n#include <stddef.h>\n#include <stdarg.h>\n#include <stdint.h>\n",
    );
    writeln!(text, "unsigned char received[{BUFFER}], returned[{BUFFER}], misaligned;").unwrap();
    let convention = match abi {
        Abi::Win64 => {
            text.push_str("#undef va_start\n#undef va_end\n#undef va_list\n#define va_list __builtin_ms_va_list\n");
            text.push_str(
                "#define va_start __builtin_ms_va_start\n#define va_end __builtin_ms_va_end\n",
            );
            "__attribute__((ms_abi)) "
        }
        _ => "",
    };
    for (index, case) in cases.iter().enumerate() {
        functions(&mut text, convention, index, case).unwrap();
    }
    text
}

fn functions(text: &mut String, convention: &str, index: usize, case: &Case) -> std::fmt::Result {
    for (number, spec) in case.parameters.iter().enumerate() {
        let ty = spec.c(text, &format!("T{index}_{number}"));
        writeln!(text, "typedef {ty} P{index}_{number};")?;
    }
    let ty = case.returns.c(text, &format!("T{index}"));
    writeln!(text, "typedef {ty} R{index};")?;
    layout(text, index, case)?;
    callee(text, convention, index, case)?;
    if case.fixed.is_none() {
        caller(text, convention, index, case)?;
    }
    Ok(())
}

fn layout(text: &mut String, index: usize, case: &Case) -> std::fmt::Result {
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
                write!(text, "offsetof({name}, m{member}), ")?;
            }
        }
    }
    writeln!(text, "0 }};")
}

fn parameters(index: usize, range: std::ops::Range<usize>) -> String {
    let list: Vec<_> = range.map(|number| format!("P{index}_{number} a{number}")).collect();
    list.join(", ")
}

fn callee(text: &mut String, convention: &str, index: usize, case: &Case) -> std::fmt::Result {
    let count = case.parameters.len();
    let fixed = case.fixed.unwrap_or(count);
    let declared = match (parameters(index, 0..fixed), case.fixed) {
        (list, None) if list.is_empty() => "void".into(),
        (list, None) => list,
        (list, Some(_)) => format!("{list}, ..."),
    };
    writeln!(text, "{convention}__attribute__((noinline)) R{index} callee_{index}({declared}) {{")?;
    // Read through volatile: the compiler may otherwise assume what is being tested.
    writeln!(
        text,
        "  volatile uintptr_t frame = (uintptr_t)__builtin_frame_address(0); misaligned = frame % 16 != 0;"
    )?;
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

fn caller(text: &mut String, convention: &str, index: usize, case: &Case) -> std::fmt::Result {
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
    let types: Vec<_> = (0..count).map(|number| format!("P{index}_{number}")).collect();
    let types = if count == 0 { "void".into() } else { types.join(", ") };
    let arguments: Vec<_> = (0..count).map(|number| format!("a{number}")).collect();
    let call = format!("(({convention}R{index} (*)({types}))function)({})", arguments.join(", "));
    match case.returns {
        Spec::Void => writeln!(text, "  {call};")?,
        _ => writeln!(text, "  R{index} r = {call}; memcpy(result, &r, sizeof r);")?,
    }
    writeln!(text, "}}")
}
