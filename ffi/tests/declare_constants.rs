//! Constants as C writes them: macros, constant variables, expressions, numbers of every format.
// On Windows `long`, `wchar_t` and `long double` are other types.
#![cfg(not(windows))]
#![allow(missing_docs, reason = "a test has no public items")]

use ffi::{Argument, Declarations, Value};

fn parse(text: &str) -> Declarations {
    Declarations::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A constant with its type.
fn shown(c: &Declarations, name: &str) -> String {
    match c.constant_value(name) {
        Ok(value) => format!("{}: {value}", value.ty().resolve()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn macros_stand_for_numbers_characters_and_strings() {
    let c = parse(
        "#define LIMIT 100\n#define NEGATIVE (-LIMIT)\n# define UNSIGNED 0xffu /* all\n of them */\n\
         #define LETTER 'x'\n#define WIDE L'x'\n#define NAME \"lib\" \"rary\"\n#define RATE 1.5f\n\
         #define SPLICED 1 + \\\n 2\n#define POINTER ((void *)-1)\n#define SIZE sizeof(struct pair)\n\
         #define F(x) (x)\n#define NOTHING\n#define SELF SELF\n#define GONE 1\n#undef GONE\n\
         #define TWICE SPLICED * 2\n#define BOTH SPLICED\n#define CALL f(1)\n\
         struct pair { int a[LIMIT]; char b; }; enum { SELF = 3 };",
    );
    let wide = format!("{}: 120", c.value_type_named("wchar_t").unwrap().resolve());
    for (name, expected) in [
        ("LIMIT", "int32_t: 100"),
        ("NEGATIVE", "int32_t: -100"),
        ("UNSIGNED", "uint32_t: 255"),
        ("LETTER", "int32_t: 120"),
        ("WIDE", &wide),
        ("NAME", "char[8]: \"library\""),
        ("RATE", "float: 1.5"),
        ("SPLICED", "int32_t: 3"),
        ("BOTH", "int32_t: 3"),
        ("SELF", "int32_t: 3"),
        ("SIZE", "uint64_t: 404"),
        ("F", "`F` was not declared as a constant"),
        ("GONE", "`GONE` was not declared as a constant"),
    ] {
        let found = shown(&c, name);
        assert_eq!(found, expected, "{name}");
    }
    assert!(
        shown(&c, "POINTER").ends_with("(void *) 0xffffffffffffffff")
            || shown(&c, "POINTER").ends_with("0xffffffffffffffff")
    );
    // As C would substitute it, it is 1 + 2 * 2.
    assert!(
        shown(&c, "TWICE").contains("depends on the operators beside it"),
        "{}",
        shown(&c, "TWICE")
    );
    assert!(shown(&c, "NOTHING").contains("expected a constant, found the end of the text"));
    assert!(
        shown(&c, "CALL").contains("`f` is no constant that was declared"),
        "{}",
        shown(&c, "CALL")
    );
    assert_eq!((c.constant("LIMIT"), c.constant("NAME"), c.constant("F")), (Some(100), None, None));
    assert_eq!(c.size_of("struct pair").unwrap(), 404);
    assert!(c.macros().any(|name| name == "LIMIT") && c.macros().all(|name| name != "GONE"));
}

/// What a macro stands for is remembered until there are more declarations.
#[test]
fn macros_change_with_what_they_are_made_of() {
    let mut c = Declarations::parse("#define OUTER (INNER + 1)\n#define INNER 1").unwrap();
    assert_eq!((shown(&c, "OUTER"), c.constant("OUTER")), ("int32_t: 2".to_owned(), Some(2)));
    let before = c.clone();
    c.add("#undef INNER\n#define INNER 2.5").unwrap();
    assert_eq!((shown(&c, "OUTER"), c.constant("OUTER")), ("double: 3.5".to_owned(), None));
    let _ = c.add_lenient("#undef INNER\n#define INNER 0x10LL\nint f(");
    assert_eq!(c.constant("OUTER"), Some(17));
    assert!(c.add("#undef INNER\n#define INNER 7\nint f(").is_err());
    assert_eq!(c.constant("OUTER"), Some(17));
    assert_eq!(shown(&before, "OUTER"), "int32_t: 2");
}

/// Names for names make more macros than anybody can look into.
#[test]
fn macros_made_of_macros_end() {
    let mut text = "#define M0 1\n".to_owned();
    for index in 1..60 {
        text += &format!("#define M{index} (M{0} + M{0})\n", index - 1);
    }
    text += "#define A B\n#define B A\n";
    let c = parse(&text);
    assert_eq!(c.constant("M3"), Some(8));
    for name in ["M59", "M30", "A"] {
        assert!(
            shown(&c, name).contains("too many macros")
                || shown(&c, name).contains("nested deeper"),
            "{name}"
        );
    }
}

#[test]
fn a_text_with_a_mistake_defines_no_macro() {
    let mut c = parse("#define KEPT 1\n#define CHANGED 1\n");
    assert!(c.add("#define NEW 1\n#undef KEPT\n#define CHANGED 2\nint f(").is_err());
    assert_eq!(
        (c.constant("KEPT"), c.constant("CHANGED"), c.constant("NEW")),
        (Some(1), Some(1), None)
    );
    assert!(Declarations::parse("#define 1 2").unwrap_err().to_string().contains("names no macro"));
}

#[test]
fn constant_variables_tell_their_values() {
    let c = parse(
        "static const double RATE = 1.5 * 3; static const float THIRD = 1.0f / 3; const char NAME[] = \"abc\";
         static const char *const OTHER = \"other\"; static const char SHORT[2] = \"ab\"; int changes = 1;
         static const unsigned char BYTE = 300; const char *changing = \"x\"; static const long N = sizeof NAME;
         constexpr int C23 = 5; static const wchar_t WIDE[] = L\"hi\"; static const char NUMBERS[] = {1, 2};",
    );
    for (name, expected) in [
        ("RATE", "double: 4.5"),
        ("THIRD", "float: 0.33333334"),
        ("NAME", "char[4]: \"abc\""),
        ("OTHER", "char[6]: \"other\""),
        ("SHORT", "char[2]: \"ab\""),
        ("BYTE", "uint8_t: 44"),
        ("C23", "int32_t: 5"),
    ] {
        assert_eq!(shown(&c, name), expected, "{name}");
    }
    for name in ["changes", "changing", "NUMBERS", "none"] {
        assert!(c.constant_value(name).is_err(), "{name}");
    }
    assert_eq!((c.constant("BYTE"), c.constant("RATE")), (Some(44), None));
}

#[test]
fn expressions_have_cs_types() {
    let c = parse("enum colour { RED, GREEN = 5 }; typedef struct { char c; long l; } pair;");
    let value = |text: &str| match c.evaluate(text) {
        Ok(value) => format!("{}: {value}", value.ty().resolve()),
        Err(error) => panic!("{error}"),
    };
    for (text, expected) in [
        ("1 << 3 | GREEN", "int32_t: 13"),
        ("sizeof(pair) + sizeof(int[3])", "uint64_t: 28"),
        ("_Alignof(pair)", "uint64_t: 8"),
        ("-1u", "uint32_t: 4294967295"),
        ("10 / 4.0", "double: 2.5"),
        ("1 ? 2 : 3.5f", "float: 2"),
        ("3 > 2.5 && !0", "int32_t: 1"),
        ("(unsigned char)-1", "uint8_t: 255"),
        ("0x1.8p1", "double: 3"),
        ("0b101'1", "int32_t: 11"),
        ("\"a\\0b\"", "char[4]: \"a\\000b\""),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
    for wrong in [
        "",
        "1 +",
        "none",
        "1 2",
        "1 / 0",
        "1 << 64",
        "1.5 % 2",
        "*(int *)8",
        "1.0L * 0.1L",
        "0x1.8",
    ] {
        assert!(c.evaluate(wrong).is_err(), "{wrong}: {:?}", c.evaluate(wrong));
    }
}

/// The value of a number as text in a type, as C's bytes.
fn literal(ty: &str, text: &str) -> Result<Value, String> {
    Declarations::default()
        .value(ty, Argument::Literal(text.into()))
        .map_err(|error| error.to_string())
}

#[test]
fn numbers_are_rounded_once() {
    let c = |ty: &str, text: &str| {
        literal(ty, text).unwrap_or_else(|why| panic!("{ty} {text}: {why}")).to_string()
    };
    // In double, these are the middle between two floats, or between two halves; in truth they are a little above.
    assert_eq!(c("float", "1.00000005960464477539062500000001"), "1.0000001");
    assert_eq!(c("float", "1.000000059604644775390625"), "1");
    assert_eq!(c("_Float16", "1.00048828125000000000000001"), "1.0009766");
    assert_eq!(c("_Float16", "1.00048828125"), "1");
    assert_eq!(c("float", "0x1.fffffefp0"), "1.9999999");
    assert_eq!(c("double", "0x.8p1"), "1");
    assert_eq!(c("double", "-0x1.8p+2"), "-6");
    assert_eq!(c("double", "1e5"), "100000");
    assert_eq!(c("double", "1.5f"), "1.5");
    assert_eq!(c("double", "0.1f"), "0.10000000149011612");
    assert_eq!(c("int", "10UL"), "10");
    assert_eq!(c("int", "'a' + 1"), "98");
    assert_eq!(c("double", ".5"), "0.5");
    assert_eq!(c("double", "-0"), "-0");
    assert_eq!(c("double _Complex", "-1.5"), "-1.5+0i");
    for (ty, text, why) in [
        ("float", "1e39", "does not fit float"),
        ("double", "1e309", "does not fit double"),
        ("_Float16", "65520", "does not fit"),
        ("int", "1.5", "is no integer"),
        ("int", "1.5.5", "is no number"),
        ("double", "1.5x", "is no number"),
        ("double", "0x1.8", "is no number"),
        ("int", "09", "is no number"),
        ("int", "1 +", "is no number: expected a constant"),
        ("unsigned char", "255 + 1", "does not fit"),
    ] {
        let found = literal(ty, text).expect_err(text);
        assert!(
            found.contains(why) || text == "65520" && found.contains("exact"),
            "{ty} {text}: {found}"
        );
    }
}

/// The C library reads and writes its `long double`s.
#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod long_double {
    use super::*;
    use ffi::Library;

    /// As many significant digits as tell all of them apart.
    const DIGITS: usize = if cfg!(target_arch = "x86_64") { 21 } else { 36 };
    /// Bytes that are no padding.
    const BYTES: usize = if cfg!(target_arch = "x86_64") { 10 } else { 16 };

    fn numbers() -> Vec<String> {
        let mut numbers: Vec<String> = [
            "0",
            "1",
            "0.1",
            "3.14159265358979323846264338327950288",
            "1e4932",
            "1.18973149535723176502e4932",
            "1e-4950",
            "3.6451995318824746025e-4951",
            "1e-4940",
            "6.47517511943802511092443895822764655e-4966",
            "9007199254740993",
            "18446744073709551615",
            "18446744073709551615.5",
            "18446744073709551616.5",
            "0x1.23456789abcdefp-100",
            "0xf.fffffffffffffff8p0",
            "0x1p-16445",
            "0x1p16383",
            "1e-5000",
            "99999999999999999999999999999999999999e-10",
        ]
        .map(str::to_owned)
        .into();
        // Some of every size.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..100 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let exponent = (state >> 33) as i32 % 4900;
            numbers.push(format!("{}.{}e{exponent}", state % 10, state >> 3));
            numbers.push(format!("{}e{}", state, -exponent));
        }
        numbers
    }

    #[test]
    fn decimal_digits_are_read_and_written_as_c_does() {
        let libc = Library::this().unwrap();
        let strtold = libc.declare("long double strtold(const char *text, char **end)").unwrap();
        let snprintf = libc
            .declare("int snprintf(char *to, unsigned long size, const char *format, ...)")
            .unwrap();
        for text in numbers() {
            let ours = literal("long double", &text).unwrap_or_else(|why| panic!("{text}: {why}"));
            // SAFETY: this is its declaration, and null is allowed as the end.
            let theirs = unsafe { strtold.call((text.as_str(), None::<&str>)) }.unwrap();
            assert_eq!(ours.to_bytes()[..BYTES], theirs.to_bytes()[..BYTES], "{text}");
            // What is printed is read back as the same, and no digit is spared: with one less it is another number.
            let shown = ours.to_string();
            let again =
                literal("long double", &shown).unwrap_or_else(|why| panic!("{shown}: {why}"));
            assert_eq!(
                again.to_bytes()[..BYTES],
                ours.to_bytes()[..BYTES],
                "{text} shown as {shown}"
            );
            let digits = shown.split('e').next().unwrap().replace('.', "");
            let count = digits.trim_matches('0').len();
            assert!(count <= DIGITS, "{text} shown as {shown}");
            if count > 1 {
                let mut printed = [0_u8; 64];
                let format = format!("%.{}Le", count - 2);
                // SAFETY: the number is a long double, and there is room.
                unsafe { snprintf.call((&mut printed, 64, format.as_str(), ours.clone())) }
                    .unwrap();
                let printed =
                    std::ffi::CStr::from_bytes_until_nul(&printed).unwrap().to_str().unwrap();
                let shorter = literal("long double", printed);
                assert_ne!(
                    shorter.map(|value| value.to_bytes()),
                    Ok(ours.to_bytes()),
                    "{text} shown as {shown}, not {printed}"
                );
            }
        }
    }

    #[test]
    fn more_than_a_double() {
        let shown = |text: &str| literal("long double", text).unwrap().to_string();
        assert_eq!(shown("0.1"), "0.1");
        assert_eq!(shown("-2.5e100"), "-2.5e100");
        assert_eq!(shown("18446744073709551615"), "18446744073709551615");
        assert_eq!(shown("1e-20"), "1e-20");
        assert_eq!(shown("inf"), "inf");
        assert_eq!(shown("-0.0"), "-0");
        assert_eq!(
            literal("long double", "1e5000").unwrap_err(),
            "a value of long double: 1e5000 does not fit long double"
        );
        // A double is what it is.
        let widened = Declarations::default().value("long double", 0.1_f64).unwrap().to_string();
        assert!(widened.starts_with("0.1000000000000000055"), "{widened}");
    }
}

/// The macros of the system's headers: the C compiler is the judge of what they stand for.
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu", not(miri)))]
#[test]
fn macros_of_headers_stand_for_what_the_compiler_says() {
    use std::fmt::Write as _;
    use std::process::Command;

    let folder = std::env::temp_dir().join(format!("ffi-macros-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let source = folder.join("macros.c");
    let headers = [
        "errno",
        "fcntl",
        "float",
        "limits",
        "locale",
        "math",
        "signal",
        "stdint",
        "stdio",
        "sys/stat",
        "sys/socket",
        "time",
        "wchar",
    ];
    let mut text = headers.map(|name| format!("#include <{name}.h>\n")).concat();
    std::fs::write(&source, &text).unwrap();
    let compiled = Command::new("cc").args(["-E", "-dD"]).arg(&source).output().unwrap();
    assert!(compiled.status.success(), "{compiled:?}");
    let preprocessed = String::from_utf8(compiled.stdout).unwrap();
    let (c, mistakes) = Declarations::parse_lenient(&preprocessed);
    assert!(mistakes.is_empty(), "{}", mistakes[0]);
    let (mut integers, mut floats, mut strings) = (0, 0, 0);
    for name in c.macros() {
        let Ok(value) = c.constant_value(name) else { continue };
        match &value {
            Value::Bytes(bytes) => {
                strings += 1;
                let length = bytes.as_slice().len();
                writeln!(text, "_Static_assert(sizeof({name}) == {length}, \"{name}\");").unwrap();
            }
            Value::F64(_) | Value::F32(_) => {
                floats += 1;
                let number: f64 = value.convert().unwrap();
                // A comparison of constants, which the compiler folds.
                writeln!(text, "char f{floats}[(double)({name}) == {number:e} ? 1 : -1];").unwrap();
            }
            _ => {
                let Ok(number) = value.convert::<i128>() else { continue };
                integers += 1;
                let suffix = if number > i128::from(i64::MAX) { "ULL" } else { "LL" };
                let (number, size) = (
                    if number == i128::from(i64::MIN) {
                        "(-0x7fffffffffffffffLL - 1)".to_owned()
                    } else {
                        format!("{number}{suffix}")
                    },
                    value.ty().size(),
                );
                writeln!(
                    text,
                    "_Static_assert(({name}) == {number} && sizeof({name}) == {size}, \"{name}\");"
                )
                .unwrap();
            }
        }
    }
    assert!(
        integers > 1000 && floats > 20 && strings > 5,
        "{integers} integers, {floats} numbers, {strings} strings"
    );
    std::fs::write(&source, &text).unwrap();
    let judged = Command::new("cc").args(["-fsyntax-only", "-w"]).arg(&source).output().unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    std::fs::remove_dir_all(&folder).unwrap();
}
