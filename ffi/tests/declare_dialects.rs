//! C11, C17, C23 and the dialects of gcc, clang and Microsoft, as preprocessors emit them.
// The values are those of the compilers on this platform.
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#![allow(missing_docs, reason = "a test has no public items")]

mod constants;

use constants::{Entries, assert_compiled, assert_computed, parse};
use ffi::types::DataModel;
use ffi::{Declarations, Type};

/// Texts that gcc 12 compiles with `-std=gnu2x`, and constant expressions with the values it gives them.
const GCC: &Entries = &[
    // The type of enumerators whose values no int holds.
    (
        "enum f { TOP = 0x80000000u, REST = ~TOP }; struct s { enum f f; char c; };",
        &[("REST", 2_147_483_647), ("sizeof(struct s)", 8), ("sizeof(TOP)", 4), ("-1 < REST", 1)],
    ),
    (
        "enum e { BIG = 5000000000, SMALL = 1u, BELOW = SMALL - 2 };",
        &[("BELOW", -1), ("sizeof(BIG)", 8), ("sizeof(SMALL)", 4), ("SMALL - 2 < 0", 1)],
    ),
    (
        "enum { WIDE = L'\\xff', U8 = u8'\\xff', U = u'\\xffff', PLAIN = '\\xff', OCTAL = '\\377', TWO = 'ab', FOUR = '\\0abc' };",
        &[
            ("WIDE", 255),
            ("U8", 255),
            ("U", 65535),
            ("PLAIN", -1),
            ("OCTAL", -1),
            ("TWO", 24930),
            ("FOUR", 6_382_179),
            ("U'\\xffffffff'", 0xffff_ffff),
            ("L'\\xffffffff'", -1),
            ("u'\\u00e9' + L'é'", 466),
            ("'\\e'", 27),
            ("sizeof(u8'x')", 1),
            ("sizeof('x')", 4),
        ],
    ),
    // What is not evaluated is no mistake.
    (
        "enum { A = 1 ? 2 : 1 / 0, B = 0 && 1 / 0, C = 1 || 1 / 0, D = 0 ? 1 / 0 : 3 };",
        &[("A", 2), ("B", 0), ("C", 1), ("D", 3), ("7 ?: 1 / 0", 7)],
    ),
    (
        "struct M { int a; long b; char t[7]; struct { unsigned short u[3]; } n; }; int variable; char text[9];
         extern struct M m; struct M *pm; double f(int); enum e { E };",
        &[
            ("sizeof(((struct M *)0)->t)", 7),
            ("sizeof ((struct M *)0)->n.u[1]", 2),
            ("(unsigned long)&((struct M *)0)->b", 8),
            ("(char *)&((struct M *)0)->n.u[2] - (char *)0", 28),
            ("&((struct M *)8)->t[3] - (char *)0", 27),
            ("sizeof \"x\"", 2),
            ("sizeof \"a\\n\\x41\" \"b\"", 5),
            ("sizeof L\"ab\"", 12),
            ("sizeof u\"\\U0001F600\"", 6),
            ("sizeof u8\"é\"", 3),
            ("sizeof 1.0", 8),
            ("sizeof 1.0f", 4),
            ("sizeof 1.0L", 16),
            ("sizeof 0x1p3", 8),
            ("sizeof variable", 4),
            ("sizeof(variable)", 4),
            ("sizeof variable + 1", 5),
            ("sizeof text", 9),
            ("sizeof(text) / sizeof(text[0])", 9),
            ("sizeof m.b", 8),
            ("sizeof(*pm)", 32),
            ("sizeof pm->n", 6),
            ("sizeof &m", 8),
            ("sizeof f(1)", 8),
            ("sizeof(f)", 1),
            ("sizeof(void)", 1),
            ("sizeof(char) + 1u", 2),
            ("sizeof(int[3])", 12),
            ("sizeof(variable ? 1 : 2L)", 8),
            ("sizeof((char)1 + (char)2)", 4),
            ("sizeof(1 ? (char)1 : (short)2)", 4),
            ("sizeof(1u + 1L)", 8),
            ("_Alignof(m)", 8),
            ("__alignof__(text)", 1),
            ("sizeof(enum e)", 4),
            ("(int)2.9", 2),
            ("(int)-2.9f", -2),
            ("(_Bool)0.5", 1),
            ("(unsigned char)300", 44),
            ("1'000'000", 1_000_000),
            ("0b1010'1010", 170),
            ("0x7fff'ffff", 0x7fff_ffff),
            ("017", 15),
            ("00", 0),
        ],
    ),
    (
        "__extension__ _Static_assert(1, \"\"); _Static_assert(sizeof(int) == 4); struct s { int a; _Static_assert(1, \"\"); };
         struct t { int a; __extension__ _Static_assert(sizeof(int) == 4, \"\"); };",
        &[("sizeof(struct s)", 4)],
    ),
    (
        "struct s { char c; __int128 x : 70; char d; }; struct t { unsigned __int128 y : 100; };",
        &[("sizeof(struct s)", 16), ("sizeof(struct t)", 16)],
    ),
    ("int f(a, b, c) int a; char *b; struct s { int x; } c; { return a; } int after;", &[("sizeof after", 4)]),
    ("const int twelve = 12; static const unsigned char wrapped = 300;", &[]),
    (
        "struct flexible { int n; struct { } none; int a[]; }; struct two { struct flexible f; };",
        &[("sizeof(struct flexible)", 4)],
    ),
];

/// Texts of C23 and of clang, and constant expressions with the values that clang 19 gives them with `-std=gnu2x`. (It takes no
/// struct twice yet, as C23 does, and neither a comma in a length nor `constexpr` of this text.)
const CLANG: &Entries = &[
    (
        "enum { T = true, F = false, N = sizeof(nullptr) }; typedef typeof(nullptr) nullptr_t; nullptr_t null;
         typedef __typeof__(sizeof 0) size; typeof(int *) p; __typeof__(p) q; typeof(1 + 1L) l; typeof(const int) ci;
         __typeof__(((struct s { int a; char b[5]; } *)0)->b) array;",
        &[
            ("T", 1),
            ("N", 8),
            ("sizeof(nullptr_t)", 8),
            ("sizeof(size)", 8),
            ("sizeof q", 8),
            ("sizeof l", 8),
            ("sizeof array", 5),
        ],
    ),
    (
        "typedef float _Float32; typedef double _Float64; typedef double _Float32x; typedef long double _Float64x;
         typedef __float128 _Float128; typedef _Complex float __cfloat128 __attribute__((__mode__(__TC__)));
         _Float32 f(_Float64 x, _Float64x y); _Complex double g(_Complex _Float16);",
        &[("sizeof(_Float32)", 4), ("sizeof(_Float64x)", 16), ("sizeof(__cfloat128)", 32)],
    ),
    (
        "enum e : long long { A, B = 0x100000000 }; enum small : unsigned char { S = 255 }; enum ahead : short;
         struct s { enum e e; enum small s; enum ahead a; unsigned bits : 3; enum small : 2; };
         enum ahead : short { AHEAD = -1 };",
        &[("sizeof(struct s)", 16), ("sizeof(enum ahead)", 2), ("sizeof(A)", 8), ("AHEAD", -1)],
    ),
    (
        "struct s { int a; struct { char b; } c; }; struct s { int a; struct { char b; } c; };
         enum e { A, B = 7 }; enum e { A, B = 7 }; union u { int a; float b; }; union u { int a; float b; };",
        &[("sizeof(struct s)", 8), ("B", 7)],
    ),
    (
        "static_assert(sizeof(int) == 4); enum { COMMA = sizeof(char[(1, 2)]), NEXT = 0x7fffffff, OVER }; constexpr int three = 3; int a[three];
         struct only { int a[]; }; union flexible { int n; int a[]; };",
        &[("COMMA", 2), ("OVER", 0x8000_0000), ("sizeof a", 12), ("sizeof(struct only)", 0)],
    ),
    (
        "typedef __attribute__((__ext_vector_type__(4), __aligned__(4))) float unaligned;
         typedef __bf16 brain; typedef __builtin_va_list list; typedef __builtin_ms_va_list ms;
         struct s { char c; unaligned u; };",
        &[("sizeof(struct s)", 20), ("sizeof(brain)", 2), ("sizeof(ms)", 8)],
    ),
];

#[test]
fn values_are_gccs() {
    assert_computed(GCC);
    assert_compiled("cc", &[], GCC);
}

#[test]
fn values_are_clangs() {
    assert_computed(CLANG);
}

#[test]
fn wide_characters_and_chars_are_the_platforms() {
    let value = |data, expression: &str| {
        let mut c = Declarations::with_model(data);
        c.add(&format!("enum {{ V = {expression} }};")).unwrap();
        c.constant("V").unwrap()
    };
    assert_eq!(value(DataModel::LINUX_ARM64, "'\\xff'"), 255);
    assert_eq!(value(DataModel::LINUX_X86_64, "'\\xff'"), -1);
    assert_eq!(value(DataModel::LINUX_ARM64, "L'\\xffffffff'"), 0xffff_ffff);
    assert_eq!(value(DataModel::WINDOWS, "L'\\xffff'"), 0xffff);
    assert_eq!(value(DataModel::WINDOWS, "sizeof L\"ab\""), 6);
    assert_eq!(value(DataModel::WINDOWS, "sizeof 1L"), 4);
    assert_eq!(value(DataModel::WINDOWS, "sizeof 0x100000000L"), 8);
    assert_eq!(value(DataModel::WINDOWS, "sizeof 4000000000"), 8);
}

#[test]
fn constant_variables_have_values() {
    let c = parse(
        "const int twelve = 12; static const unsigned char wrapped = 300; constexpr long n = 1 << 4; int v = 3; const double d = 2;",
    );
    assert_eq!(
        ["twelve", "wrapped", "n", "v", "d"].map(|name| c.constant(name)),
        [Some(12), Some(44), Some(16), None, None]
    );
}

/// Before C23, `int f()` says nothing of what it takes.
#[test]
fn functions_without_a_prototype_take_any_arguments() {
    let c = parse(
        "int f(); int g(); int g(int, char *); int h(a, b) int a; char *b; { return 0; } int v(void);",
    );
    let f = c.function("f").unwrap();
    assert_eq!(
        (f.to_string(), f.ty().is_prototyped(), f.ty().is_variadic()),
        ("int f()".into(), false, true)
    );
    let arguments = [Type::I32, Type::F64];
    // They go where a function that declares them looks for them, not where a variadic one does.
    let signature = f.signature(&arguments).unwrap();
    assert_eq!(
        (signature.to_string().as_str(), signature.fixed()),
        ("int (int32_t, double)", None)
    );
    assert!(f.signature(&[Type::F32]).unwrap_err().to_string().contains("passes as double"));
    assert_eq!(c.function("g").unwrap().to_string(), "int g(int, char *)");
    assert_eq!(c.function("h").unwrap().to_string(), "int h()");
    assert!(c.function("v").unwrap().ty().is_prototyped());
    assert_eq!(
        Declarations::parse("int h(a, b);").unwrap_err().to_string().lines().next(),
        Some("line 1, column 7: `a` is not a type that was declared")
    );
}

#[test]
fn attributes_of_c23_stand_in_any_place() {
    let c = parse(
        "[[nodiscard]] int f([[maybe_unused]] int a [[maybe_unused]], int *[[maybe_unused]] b) [[gnu::pure]];
         struct [[deprecated]] s { [[maybe_unused]] int a [[maybe_unused]]; int b [[gnu::unused]] : 3; } [[gnu::unused]] v;
         enum [[deprecated(\"text\")]] e { A [[maybe_unused]], B [[deprecated]] = 2 }; typedef int t [[maybe_unused]];
         [[noreturn]] [[__nodiscard__]] void g [[gnu::cold]] (void); int array [[maybe_unused]] [3]; [[]];
         [[gnu::format(printf, 1, 2), clang::noduplicate]] int h(const char *, ...);",
    );
    assert_eq!(c.function("f").unwrap().to_string(), "int f(int a, int *b)");
    assert_eq!(c.function("g").unwrap().to_string(), "void g(void)");
}

#[test]
fn rows_of_parameters_may_have_lengths_that_a_call_knows() {
    let c = parse(
        "void f(int n, double a[n][n]); void g(int n, int m, double (*a)[*], int b[n + 1][2][m], int c[static n]);",
    );
    assert_eq!(c.function("f").unwrap().to_string(), "void f(int n, double (*a)[])");
    c.function("g").unwrap().signature(&[]).unwrap();
}

#[test]
fn offsets_are_computed_or_refused() {
    let c = parse("struct b { int a, b; }; struct s { struct b a[3]; char c[4]; int bits : 3; };");
    assert_eq!(c.offset_of("struct s", "a[2].b").unwrap(), 20);
    assert_eq!(c.offset_of("struct s", " c [ 1 + 2 ] ").unwrap(), 27);
    for member in [
        "a[0x3fffffffffffffff].b",
        "c[0xffffffffffffffff]",
        "c[-1]",
        "a[268435456].b",
        "c[1]) + __builtin_offsetof(struct s, c[1]",
        "bits",
        "",
        "a.b",
        "c[1",
        "a[1]]",
    ] {
        c.offset_of("struct s", member).unwrap_err();
        let text = format!("char x[__builtin_offsetof(struct s, {member})];");
        if !member.contains(')') {
            Declarations::parse(&format!(
                "struct b {{ int a, b; }}; struct s {{ struct b a[3]; char c[4]; int bits : 3; }}; {text}"
            ))
            .unwrap_err();
        }
    }
}

#[test]
fn other_languages_and_unknown_types_are_refused_clearly() {
    for (text, message) in [
        ("_BitInt(128) x;", "`_BitInt` is not supported"),
        ("_Fract x;", "fixed-point numbers are not supported"),
        ("_Imaginary double x;", "imaginary numbers are not supported"),
        ("enum e : double { A };", "`double` is no type of enumerators"),
        ("enum e : char { A = 300 };", "300 does not fit `char`"),
        ("int a[_Generic(1, int: 3)];", "`_Generic` needs a compiler"),
        ("int a['ab\\u00e9'];", "this is not one character"),
        ("int a['\\q'];", "this is not one character"),
        ("int a[12wb];", "`12wb` is not a number of at most 64 bits"),
        ("int v; int a[v];", "`v` is a variable"),
    ] {
        let error = Declarations::parse(text).unwrap_err().to_string();
        assert!(error.contains(message), "{text}\n{error}");
    }
}

#[test]
fn decimal_constants_stay_signed() {
    let mut c = Declarations::with_model(ffi::types::DataModel::LINUX_X86_64);
    c.add(
        "enum { A = sizeof(4294967295), B = sizeof(0xffffffff), C = 0xffffffff > -1, D = 4294967295 > -1 };",
    )
    .unwrap();
    // As gcc has it.
    assert_eq!(["A", "B", "C", "D"].map(|name| c.constant(name)), [8, 4, 0, 1].map(Some));
}
