//! Declarations as text: what is read out of them, and what every mistake says.
#![allow(missing_docs, reason = "a test has no public items")]

use ffi::types::{BitRange, DataModel};
use ffi::{Abi, Declarations, Error, Type};

fn parse(text: &str) -> Declarations {
    Declarations::parse(text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

/// The declaration of the function `f` as it is shown again.
fn shown(text: &str) -> String {
    parse(text).function("f").unwrap().to_string()
}

#[test]
fn declarators_are_shown_as_they_were_read() {
    for text in [
        "double f(double x, double y)",
        "void f(void)",
        "int f(const char *format, ...)",
        "char *f(char *const *argv, const char *const text)",
        "void (*f(int signal, void (*handler)(int)))(int)",
        "int (*f(void))[3]",
        "int *(*(*f(int))(long))(char *)",
        "int f(int (*rows)[4], int (*compare)(const void *, const void *))",
        "unsigned long long f(unsigned char a, signed char b, unsigned short c, long double d)",
        "float _Complex f(double _Complex z, long)",
        "struct s *f(union u *u, enum e *e)",
        "__attribute__((ms_abi)) int f(int a)",
        "int f(int ends[2], const double (*rows[3])[4], char name[16])",
    ] {
        assert_eq!(shown(text), text);
        assert_eq!(shown(&format!("extern {text};")), text);
    }
}

#[test]
fn what_is_written_otherwise_means_the_same() {
    for (text, meaning) in [
        (
            "int long unsigned static f(register int a[restrict static 4])",
            "unsigned long f(int a[4])",
        ),
        ("int f(int n, int rows[n][4])", "int f(int n, int (*rows)[4])"),
        ("int f(int g(void), const int a[2])", "int f(int (*g)(void), const int a[2])"),
        ("int f()", "int f()"),
        ("int ((f))(int (a))", "int f(int a)"),
        (
            "__extension__ extern __inline int __attribute__((pure)) f(int) { return \"}\"[0] + '}'; }",
            "int f(int)",
        ),
        (
            "static inline int f(void) { if (1) { return 2; } return 3; } int g(void);",
            "int f(void)",
        ),
        (
            "# 1 \"x.h\" 3 4\n/* a */ int // b\nf\\\n(int); #line".split(" #").next().unwrap(),
            "int f(int)",
        ),
        (
            "_Noreturn void f(int) __attribute__((noreturn, format(printf, 1, 2))) __asm__(\"g\");",
            "void f(int)",
        ),
        ("typedef int T; T f(T T, int (T2), int (*)(T));", "T f(T T, int T2, int (*)(T))"),
        ("typedef int T; int f(int (T));", "int f(int (*)(T))"),
        ("int f(int size_t, bool b, uint8_t *u)", "int f(int size_t, bool b, uint8_t *u)"),
        ("int x = sizeof(int), y[] = { 1, {2, 3}, ')' }; int f(void)", "int f(void)"),
        ("void f(va_list list)", "void f(VA_LIST list)"),
        ("_Thread_local extern int v; _Atomic(int) f(volatile _Atomic int *a)", "int f(int *a)"),
    ] {
        let list = if cfg!(all(target_arch = "x86_64", not(windows))) {
            "struct {…} *"
        } else {
            "va_list "
        };
        assert_eq!(shown(text), meaning.replace("VA_LIST ", list), "{text}");
    }
}

#[test]
fn functions_have_symbols_conventions_and_signatures() {
    let c = parse(
        "int scan(const char *, ...) __asm__(\"\" \"__isoc99_scan\");
         int __attribute__((ms_abi)) windows(int);
         typedef int (__attribute__((ms_abi)) *callback)(int); void take(callback);
         struct hidden; struct hidden *open(void); void pass(struct hidden);",
    );
    let scan = c.function("scan").unwrap();
    assert_eq!(
        (scan.name(), scan.symbol(), scan.ty().is_variadic()),
        ("scan", "__isoc99_scan", true)
    );
    assert_eq!(scan.signature(&[]).unwrap().fixed(), Some(1));
    assert_eq!(
        scan.signature(&[Type::F32]).unwrap_err().to_string(),
        "variadic argument 1 is float, which C passes as double: use that type"
    );
    let windows = c.function("windows").unwrap();
    assert_eq!((windows.symbol(), windows.ty().abi()), ("windows", Some(Abi::Win64)));
    let take = c.function("take").unwrap();
    let callback = take.ty().parameters().next().unwrap().1.clone();
    assert_eq!(c.function_type(&callback).unwrap().abi(), Some(Abi::Win64));
    assert_eq!(
        c.function("open").unwrap().signature(&[]).unwrap().to_string(),
        "struct hidden * (void)"
    );
    assert_eq!(
        c.function("pass").unwrap().signature(&[]).unwrap_err().to_string(),
        "`pass` cannot be called: parameter 0: `struct hidden` is only announced here, so its size is not known"
    );
    assert!(matches!(c.function("nothing"), Err(Error::NotDeclared { .. })));
}

#[test]
fn types_have_layouts_by_name() {
    let c = parse(
        "typedef struct point { float x, y; } point;
         struct box { point corner[2]; struct { unsigned depth : 4, : 4, tag : 9; }; struct box *next; };
         enum colour { RED, GREEN = 5, BLUE, DEEP = 1u << 31 };",
    );
    assert_eq!((c.size_of("struct box").unwrap(), c.align_of("struct box").unwrap()), (32, 8));
    assert_eq!(c.offset_of("struct box", "corner[1].y").unwrap(), 12);
    assert_eq!(c.size_of("point [3]").unwrap(), 24);
    assert_eq!(c.size_of("const struct box *(*)(int)").unwrap(), 8);
    assert_eq!(
        (c.constant("BLUE"), c.constant("DEEP"), c.constant("x")),
        (Some(6), Some(1 << 31), None)
    );
    let members = c.members(&c.type_named("struct box").unwrap()).unwrap();
    let tag = members.iter().find(|member| member.name() == "tag").unwrap();
    assert_eq!((tag.offset(), tag.bits()), (17, Some(BitRange { first: 0, width: 9 })));
    assert_eq!(c.composites(), ["struct point", "struct box", "point"]);
    assert!(c.size_of("struct circle").unwrap_err().to_string().contains("not declared before"));
    assert!(c.size_of("void (int)").unwrap_err().to_string().contains("a function is not a value"));
    assert!(
        c.offset_of("point", "z").unwrap_err().to_string().contains("`point` has no member `z`")
    );
}

#[test]
fn the_platform_decides_over_sizes() {
    let mut windows = Declarations::with_model(DataModel::WINDOWS);
    windows.add("struct s { char a; long b; wchar_t c; long double d; }; struct bits { char a : 4; int b : 4; };").unwrap();
    assert_eq!(
        (windows.size_of("struct s").unwrap(), windows.offset_of("struct s", "c").unwrap()),
        (24, 8)
    );
    assert_eq!(windows.size_of("struct bits").unwrap(), 8);
    assert_eq!(windows.size_of("va_list").unwrap(), 8);
    let mut linux = Declarations::with_model(DataModel::LINUX_ARM64);
    linux.add("struct s { char a; long b; wchar_t c; long double d; }; char c;").unwrap();
    assert_eq!(linux.size_of("struct s").unwrap(), 48);
    assert_eq!(linux.size_of("va_list").unwrap(), 32);
    let char = linux.variables().next().unwrap().1.clone();
    assert_eq!(linux.value_type(&char).unwrap().resolve(), &Type::U8);
}

#[test]
fn text_is_added_to_text() {
    let mut c = parse("typedef struct node node;");
    assert!(c.size_of("node").is_err());
    c.add("struct node { node *next; int value; };").unwrap();
    assert_eq!(c.size_of("node").unwrap(), 16);
    // A mistake adds nothing.
    c.add("int good(void); int bad(").unwrap_err();
    assert!(c.function("good").is_err());
    c.add("typedef long size_t; typedef struct node node; int f(size_t); int f(long);").unwrap();
}

/// Every mistake, with its line, column and message.
#[test]
fn mistakes_are_pointed_at() {
    let mistakes = [
        ("double pow(duble, double)", 1, 12, "`duble` is not a type that was declared"),
        ("int f(int", 1, 10, "expected `)`, found the end of the text"),
        ("int f(int) int g", 1, 12, "expected `;`, found `int`"),
        ("int\n  f(int a b)", 2, 11, "expected `)`, found `b`"),
        ("int int f(void)", 1, 5, "a second type"),
        ("unsigned double f(void)", 1, 1, "these words together are no type"),
        ("long long long f(void)", 1, 11, "`long` once too often"),
        ("int a[-1]", 1, 7, "an array cannot have -1 elements"),
        ("int a[1 / 0]", 1, 9, "a division by zero"),
        ("int a[1 << 99]", 1, 9, "a shift by 99 bits"),
        ("int a[n]", 1, 7, "`n` is no constant that was declared"),
        (
            "int a[0x7fffffffff]",
            1,
            6,
            "an array of 549755813887 elements of int is past the limit of 2147483647",
        ),
        ("int a[2.5]", 1, 7, "a constant of integers is needed here"),
        ("int a[2][]", 1, 6, "only the first dimension may be without a length"),
        ("struct s { int a; int a; };", 1, 23, "a second member `a`"),
        (
            "struct s { int a[]; int b; };",
            1,
            16,
            "only the last member of a struct may be an array without a length",
        ),
        (
            "struct s { struct s inner; };",
            1,
            21,
            "`struct s` is only announced here, so its size is not known",
        ),
        (
            "struct s { int b : 40; };",
            1,
            10,
            "bit-field \"b\" of \"s\": a int cannot have 40 bits (width 0 has no name, and a \
          bit-field is an integer or bool no wider than its type)",
        ),
        (
            "struct s { int a; }; struct s { int b; };",
            1,
            29,
            "`struct s` was defined before, otherwise",
        ),
        ("struct s; union s *u;", 1, 17, "`s` was declared before, as `struct s`"),
        ("enum e { A = 1, A = 2 };", 1, 17, "`A` was declared as something else"),
        ("typedef int T; typedef float T;", 1, 30, "`T` was declared before, as `int T`"),
        ("int f(int); int f(float);", 1, 17, "`f` was declared before, as `int f(int)`"),
        ("int f(void, int)", 1, 7, "a parameter cannot be void"),
        ("int f(void)(void)", 1, 6, "a function cannot return a function"),
        ("int f(void)[2]", 1, 6, "a function cannot return an array"),
        ("int f[2](void)", 1, 6, "an array cannot hold functions"),
        ("__auto_type x = 1;", 1, 1, "`__auto_type` needs a compiler: write the type itself"),
        ("_BitInt(7) f(void)", 1, 1, "`_BitInt` is not supported"),
        ("long _Float16 f(void)", 1, 15, "expected `;`, found `f`"),
        ("_Float16 x __attribute__((vector_size(3)))", 1, 1, "3 bytes are no vector of _Float16"),
        (
            "int x __attribute__((aligned(3)))",
            1,
            30,
            "3 is no alignment: use a power of two up to 2^28",
        ),
        ("int x __attribute__((mode(ZZ)))", 1, 1, "the machine mode `ZZ` is not known here"),
        ("int v __attribute__((vector_size(12)))", 1, 1, "12 bytes are no vector of int"),
        (
            "_Static_assert(sizeof(int) == 8, \"int has 8 bytes\");",
            1,
            16,
            "this assertion does not hold: int has 8 bytes",
        ),
        (
            "#include <math.h>\nint x;",
            1,
            1,
            "a directive of the preprocessor: give the text that `cc -E` makes of this file",
        ),
        ("extern \"C\" { int x; }", 1, 1, "this is C++: give the text that the C compiler sees"),
        ("int f(int) { return", 1, 12, "this bracket is not closed"),
        ("int x; /* no end", 1, 8, "this comment does not end"),
        ("char *s = \"no end\nint x;", 1, 11, "the closing \" is missing"),
        ("int x = 1 @ 2;", 1, 11, "`@` has no meaning in C"),
        (
            "int a[99999999999999999999]",
            1,
            7,
            "`99999999999999999999` is not a number of at most 64 bits",
        ),
        (
            "#pragma pack(3)\nstruct s { int a; };",
            1,
            1,
            "`#pragma pack` knows push, pop, 1, 2, 4, 8 and 16, not `3`",
        ),
        ("struct;", 1, 7, "expected a name or `{` behind `struct`, found `;`"),
        ("int *;", 1, 5, "expected a name"),
        ("42", 1, 1, "expected a type, found a number"),
    ];
    for (text, line, column, message) in mistakes {
        let Err(Error::Declaration(error)) = Declarations::parse(text) else {
            panic!("{text} was taken");
        };
        assert_eq!(
            (error.line(), error.column(), error.message()),
            (line, column, message),
            "{text}\n{error}"
        );
    }
}

#[test]
fn the_caret_stands_under_the_place() {
    let caret = |text: &str| {
        let error = Declarations::parse(text).unwrap_err().to_string();
        let lines: Vec<String> = error.lines().skip(1).map(|line| line[4..].to_owned()).collect();
        lines.join("\n")
    };
    assert_eq!(caret("\tint\tf(duble);"), "\tint\tf(duble);\n\t   \t  ^~~~~");
    assert_eq!(caret("int größe(größer);"), "int größe(größer);\n          ^~~~~~");
    let count = if cfg!(miri) { 50 } else { 1000 };
    let long = format!("int f({}duble)", "int, ".repeat(count));
    let shown = caret(&long);
    let (excerpt, caret) = shown.split_once('\n').unwrap();
    assert!(excerpt.len() <= 120, "{excerpt}");
    assert!(excerpt[caret.find('^').unwrap()..].starts_with("duble"), "{shown}");
}

#[test]
#[cfg_attr(miri, ignore = "hours in Miri, where the stack has no end")]
fn nothing_nests_so_deep_that_the_stack_ends() {
    for text in [
        format!("int x[{}1", "(".repeat(100_000)),
        format!("int x[{}1", "~".repeat(100_000)),
        format!("int {}x;", "(".repeat(100_000)),
        format!("int x{}", "(int (*)".repeat(100_000)),
        format!("int {}x;", "*".repeat(100_000)),
        format!("int x{};", "[1]".repeat(100_000)),
        format!("int x[{}1];", "1?".repeat(100_000)),
        format!("{}int x;{}", "struct {".repeat(100_000), "};".repeat(100_000)),
        format!("int f{};", "(int g".repeat(100_000)),
        format!("int x[{}", "sizeof(int[".repeat(100_000)),
        format!(
            "typedef int t0; {}",
            (0..100_000).map(|n| format!("typedef t{n} *t{};", n + 1)).collect::<String>()
        ),
        format!(
            "typedef int t0; {}",
            (0..100_000).map(|n| format!("typedef t{n} t{}[1];", n + 1)).collect::<String>()
        ),
        format!(
            "struct s0 {{ int x; }}; {}",
            (0..100_000)
                .map(|n| format!("struct s{} {{ struct s{n} s; }};", n + 1))
                .collect::<String>()
        ),
    ] {
        let error = Declarations::parse(&text).unwrap_err().to_string();
        assert!(
            ["nest", "parts", "levels", "deep"].iter().any(|word| error.contains(word)),
            "{error}"
        );
    }
    // Names for names are no deeper than the first.
    let names: String = (0..10_000).map(|n| format!("typedef t{n} t{};", n + 1)).collect();
    assert_eq!(parse(&format!("typedef int t0; {names}")).size_of("t10000").unwrap(), 4);
}
