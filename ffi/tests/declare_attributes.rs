//! Attributes, pragmas and keywords: those that change a layout or a call are understood, or are mistakes in their place;
//! the others are passed over.
// The values are those of the compilers on this platform.
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#![allow(missing_docs, reason = "a test has no public items")]

mod constants;

use constants::{Entries, assert_compiled, assert_computed, parse};
use ffi::types::DataModel;
use ffi::{Abi, Declarations, Error};

/// Where a text is refused, and why.
fn refused(text: &str) -> (usize, usize, String) {
    match Declarations::parse(text) {
        Err(Error::Declaration(error)) => {
            (error.line(), error.column(), error.message().to_owned())
        }
        other => panic!("{text}\n{other:?}"),
    }
}

/// Texts that gcc 12 compiles, and constant expressions with the values that it gives them.
const GCC: &Entries = &[
    (
        "struct v { long a; int b; };
         struct s { char c; struct v __attribute__((aligned(32))) x; char d; };",
        &[
            ("sizeof(struct s)", 64),
            ("__builtin_offsetof(struct s, x)", 32),
            ("__builtin_offsetof(struct s, d)", 48),
        ],
    ),
    (
        "union v { long a; }; struct s { char c; union v __attribute__((aligned(32))) x; };",
        &[("sizeof(struct s)", 64)],
    ),
    (
        "enum v { A }; struct s { char c; enum v __attribute__((aligned(32))) x; };",
        &[("sizeof(struct s)", 64)],
    ),
    (
        "typedef int v; struct s { char c; v __attribute__((aligned(32))) x, y; };",
        &[("sizeof(struct s)", 96), ("__builtin_offsetof(struct s, y)", 64)],
    ),
    (
        "typedef struct v { int a; } __attribute__((aligned(16))) aligned; struct u { int a; };
         typedef struct u __attribute__((aligned(16))) behind;
         struct s { char c; aligned a; behind b; };",
        &[
            ("sizeof(struct s)", 48),
            ("sizeof(struct v)", 16),
            ("sizeof(behind)", 4),
            ("_Alignof(behind)", 16),
        ],
    ),
    (
        "struct v { int a; }; struct __attribute__((aligned(64))) v x;
         struct s { char c; struct __attribute__((aligned(64))) v y; };",
        &[("sizeof(struct s)", 8)],
    ),
    (
        "struct s { char c; int *__attribute__((aligned(32))) p; int *const q __attribute__((aligned(16))); };",
        &[("sizeof(struct s)", 64), ("__builtin_offsetof(struct s, q)", 48)],
    ),
    (
        "#pragma pack(push, 2)
         struct __attribute__((packed)) U { char c; short m : 15; int d; };
         #pragma pack(pop)",
        &[("sizeof(struct U)", 8), ("_Alignof(struct U)", 2)],
    ),
    (
        "enum e { A, B } __attribute__((mode(byte))); struct s { char c; enum e x; };
         enum __attribute__((__mode__(__DI__))) l { L };",
        &[("sizeof(struct s)", 2), ("sizeof(enum l)", 8)],
    ),
    (
        "struct s { char c; int a : 3 __attribute__((aligned(4))); int b : 4; __int128 d : 70; };
         struct t { int a : 30; int b : 30 __attribute__((packed)); };",
        &[
            ("sizeof(struct s)", 16),
            ("_Alignof(struct s)", 16),
            ("sizeof(struct t)", 8),
            ("_Alignof(struct t)", 4),
        ],
    ),
    (
        "#pragma pack(push, label, 1)
         #pragma pack(push, 2)
         #pragma pack(pop, label)
         struct natural { char c; int x; };
         #pragma pack(2)
         #pragma pack(0)
         struct zero { char c; int x; };
         #pragma pack(1)
         #pragma pack(push)
         #pragma pack(4)
         #pragma pack(pop)
         struct one { char c; int x; };
         _Pragma(\"pack(2)\") struct two { char c; int x; };
         #pragma pack()
         struct none { char c; int x; };",
        &[
            ("sizeof(struct natural)", 8),
            ("sizeof(struct zero)", 8),
            ("sizeof(struct one)", 5),
            ("sizeof(struct two)", 6),
            ("sizeof(struct none)", 8),
        ],
    ),
    (
        "_Complex int c; _Complex unsigned char d; struct s { char c; _Complex int x; };",
        &[("sizeof c", 8), ("sizeof d", 2), ("sizeof(struct s)", 12)],
    ),
    (
        "typedef struct { char a; int b; } late __attribute__((packed));
         struct s { struct { char a; int b; } x __attribute__((packed)); char c; };",
        &[("sizeof(late)", 8), ("sizeof(struct s)", 9)],
    ),
    (
        "[[gnu::packed]] struct [[gnu::packed]] s { char a; [[gnu::aligned(8)]] int b; int c [[gnu::aligned(4)]]; };",
        &[("sizeof(struct s)", 16), ("__builtin_offsetof(struct s, b)", 8)],
    ),
    (
        "typedef union { int *a; const char *b; } any __attribute__((transparent_union));
         int f(any) __attribute__((noreturn, cold));
         void *f2(const char *, int, ...) __attribute__((nonnull(1), format(printf, 1, 3), alloc_size(2), access(none, 1)));
         enum e { A __attribute__((unavailable)) = 3, B [[deprecated(\"no\")]] };
         struct __attribute__((designated_init, may_alias, warn_if_not_aligned(8))) s { int a [[maybe_unused]]; };
         [[nodiscard]] int g([[maybe_unused]] int x); int h(void) [[gnu::pure]];
         struct [[deprecated]] t { int a; };",
        &[("sizeof(any)", 8), ("B", 4), ("sizeof(struct s)", 4)],
    ),
];

/// Texts that clang 14 and 19 compile with `-fms-extensions`, and constant expressions with the values they give them.
const CLANG: &Entries = &[
    (
        "struct __declspec(align(16)) da { int x; };
         __declspec(align(16)) struct db { int x; } variable;
         struct dc { char c; __declspec(align(8)) short x; short y; };
         typedef struct __declspec(align(16)) { int x; } T;
         __declspec(align(32)) typedef struct { int x; } front;
         struct plain { int x; }; struct __declspec(align(64)) plain use;
         __declspec(dllimport, noreturn) void __stdcall f(void); int _stdcall g(int); void (__cdecl *h)(void);
         __declspec(deprecated(\"no\")) __declspec(restrict) void *i(void);",
        &[
            ("sizeof(struct da)", 16),
            ("_Alignof(struct da)", 16),
            ("_Alignof(struct db)", 16),
            ("sizeof(struct dc)", 16),
            ("_Alignof(T)", 16),
            ("sizeof(front)", 32),
            ("_Alignof(struct plain)", 4),
        ],
    ),
    (
        "typedef float f3 __attribute__((ext_vector_type(3))); struct s { char c; f3 v; char d; };
         int aligned_pointer(int *p __attribute__((align_value(64))));
         typedef char c4 __attribute__((__ext_vector_type__(4))); typedef double d4 __attribute__((ext_vector_type(4)));",
        &[
            ("sizeof(struct s)", 48),
            ("_Alignof(f3)", 16),
            ("sizeof(f3)", 16),
            ("sizeof(c4)", 4),
            ("_Alignof(d4)", 32),
        ],
    ),
];

#[test]
fn what_changes_a_layout_is_understood_as_gcc_does() {
    assert_computed(GCC);
    assert_compiled("cc", &[], GCC);
}

#[test]
fn what_changes_a_layout_is_understood_as_clang_does() {
    assert_computed(CLANG);
    assert_compiled("clang", &["-fms-extensions"], CLANG);
}

#[test]
fn qualifiers_of_pointers_are_passed_over() {
    let c =
        parse("int *_Null_unspecified a; int *_Nonnull f(int *_Nullable b, int c[_Nonnull 2]);");
    assert_eq!(c.function("f").unwrap().to_string(), "int *f(int *b, int c[2])");
}

#[test]
fn what_may_change_a_layout_or_a_call_is_refused_in_its_place() {
    let unknown = |name: &str| {
        format!("the attribute `{name}` is not known here: it may change the layout or the call")
    };
    for (text, column, message) in [
        ("__attribute__((regcall)) int f(int, int);", 16, unknown("regcall")),
        ("int f(int) __attribute__((__vectorcall__));", 27, unknown("__vectorcall__")),
        ("int f(int) __attribute__((preserve_all));", 27, unknown("preserve_all")),
        ("struct s { int a; } __attribute__((ms_struct));", 36, unknown("ms_struct")),
        (
            "struct s { int a; } __attribute__((scalar_storage_order(\"big-endian\")));",
            36,
            unknown("scalar_storage_order"),
        ),
        ("[[clang::swiftcall]] int f(void);", 10, unknown("swiftcall")),
        ("[[nonsense]] int f(void);", 3, unknown("nonsense")),
        ("[[other::pure]] int f(void);", 3, "attributes of `other` are not known here".into()),
        (
            "union __declspec(intrin_type) m { int a; };",
            18,
            "`__declspec(intrin_type)` is not known here: it may change the layout or the call"
                .into(),
        ),
        ("int __vectorcall f(int);", 5, "the convention `__vectorcall` is not known here".into()),
        ("int (__regcall *f)(int);", 6, "the convention `__regcall` is not known here".into()),
        ("int *__ptr32 p;", 6, "pointers of 4 bytes are not supported".into()),
        (
            "typedef union { float a; long b; } t __attribute__((transparent_union));",
            36,
            "how a transparent union with these members is passed is not known here".into(),
        ),
        (
            "typedef int f_t(int); f_t f __attribute__((ms_abi));",
            23,
            "a convention belongs to the function's own declaration".into(),
        ),
        // gcc and clang lay these out differently.
        (
            "int *__attribute__((aligned(32))) *p;",
            6,
            "an attribute in this place has no meaning here".into(),
        ),
        (
            "struct s { char c; int *__attribute__((packed)) p; };",
            25,
            "an attribute in this place has no meaning here".into(),
        ),
        (
            "typedef struct __attribute__((aligned(32))) later later_t;",
            16,
            "an attribute of a type that is not defined here".into(),
        ),
        (
            "struct s { char c; _Atomic struct { char a[3]; } x; };",
            20,
            "the layout of an atomic `struct {…}` is not known here".into(),
        ),
        (
            "struct in { int x; }; struct s { struct in; int y; };",
            34,
            "whether this is a member depends on the dialect: name it".into(),
        ),
        (
            "typedef int wide __attribute__((aligned(16))); wide a[4];",
            54,
            "elements of `wide` cannot all be aligned to 16 bytes".into(),
        ),
        ("int [[gnu::aligned(8)]] x;", 5, "an attribute in this place has no meaning here".into()),
        ("int x __attribute__((mode(SF)));", 1, "the machine mode `SF` is none of int".into()),
        (
            "enum e { A = 300 } __attribute__((mode(QI)));",
            8,
            "no integer type holds all of these enumerators".into(),
        ),
        (
            "int f(int) __attribute__((ms_abi(1))) __attribute__((x));",
            33,
            "expected the name of an attribute".into(),
        ),
    ] {
        assert_eq!(refused(text), (1, column, message), "{text}");
    }
}

#[test]
fn pragmas_that_change_a_layout_are_refused_in_their_place() {
    for (text, line, message) in [
        (
            "int x;\n#pragma ms_struct on\n",
            2,
            "what `#pragma ms_struct` does to layouts is not known here",
        ),
        (
            "#pragma options align=packed\n",
            1,
            "what `#pragma options` does to layouts is not known here",
        ),
        (
            "#pragma pack(push, 3)\n",
            1,
            "`#pragma pack` knows push, pop, 1, 2, 4, 8 and 16, not `3`",
        ),
        ("#pragma pack(pop, 2)\n", 1, "`#pragma pack` knows push, pop, 1, 2, 4, 8 and 16, not `2`"),
        ("#pragma pack 1\n", 1, "`#pragma pack` takes its arguments in parentheses"),
        (
            "struct s { char c;\n#pragma pack(1)\nint x; };",
            3,
            "`#pragma pack` in the middle of these members",
        ),
    ] {
        let (found, _, why) = refused(text);
        assert_eq!((found, why.as_str()), (line, message), "{text}");
    }
    // Read leniently, what such a pragma stands before is not laid out wrongly, but lost.
    let (c, mistakes) = Declarations::parse_lenient(
        "#pragma pack(3)\nstruct s { int a; };\n#pragma pack()\nstruct t { char a; };",
    );
    assert_eq!(mistakes.len(), 2);
    let lost = c.size_of("struct s").unwrap_err().to_string();
    assert!(
        lost.contains("line 2, column 10: what `#pragma pack` says here is not known"),
        "{lost}"
    );
    assert_eq!(c.size_of("struct t").unwrap(), 1);
}

#[test]
fn conventions_belong_to_the_function_next_to_them() {
    let c = parse(
        "int __attribute__((ms_abi)) (*f(void))(int); typedef int (__attribute__((ms_abi)) *callback)(int);
         static int g(void) __attribute__((weakref(\"other\")));",
    );
    assert_eq!(c.function("f").unwrap().ty().abi(), Some(Abi::Win64));
    let callback = c.type_named("callback").unwrap();
    assert_eq!(c.function_type(&callback).unwrap().abi(), Some(Abi::Win64));
    assert_eq!(c.function("g").unwrap().symbol(), "other");
    // clang gives each of these another symbol than the name.
    let c = parse(
        "static float __attribute__((__overloadable__)) h(float x) { return x; }
         static double __attribute__((__overloadable__)) h(double x) { return x; } int last(void);",
    );
    assert!(c.function("h").is_err() && c.function("last").is_ok());
    assert_eq!(
        refused("int (__attribute__((ms_abi)) *f(void))(int);").2,
        "which function this convention belongs to is not known here"
    );
}

#[test]
fn windows_keeps_alignments_that_were_asked_for_under_packing() {
    let mut c = Declarations::with_model(DataModel::WINDOWS);
    c.add(
        "struct plain { int x; }; struct __declspec(align(4)) asked { int x; };
         #pragma pack(push, 1)
         struct s { char c; struct plain p; }; struct t { char c; struct asked p; };
         struct u { char c; __declspec(align(8)) char d; };
         #pragma pack(pop)",
    )
    .unwrap();
    // As clang for x86_64-pc-windows-msvc has them.
    assert_eq!(c.size_of("struct s").unwrap(), 5);
    assert_eq!(c.size_of("struct t").unwrap(), 8);
    assert_eq!(c.size_of("struct u").unwrap(), 16);
}
