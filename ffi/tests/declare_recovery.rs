//! One declaration that cannot be read costs no other; what needs it says where it was lost.
#![allow(missing_docs, reason = "a test has no public items")]

use ffi::{Declarations, Error};

const TEXT: &str = "struct fine { int a; };
struct lost { int a; duble b; char c; };
typedef struct { _BitInt(7) odd; } odd_t, *odd_pointer;
enum colours { RED = 1, GREEN = unknown(3), BLUE };
int needs_lost(struct lost by_value);
int pointer_is_enough(struct lost *pointer, odd_t *other);
struct holder { struct lost *pointer; odd_t *other; int last; };
struct holds { struct lost inner; };
unknown_t one(int), two(void), *three;
int (*lost_pointer)(nothing);
static inline int body(void) { return @ 3 `; } int after_body(int a);
int unbalanced(int (a;
int f(int a b) { if (a) { return 1; } } int after_function(void);
#pragma pack(3)
#pragma pack()
double last(double);
";

#[test]
fn the_others_are_kept_and_each_mistake_is_told() {
    let (c, mistakes) = Declarations::parse_lenient(TEXT);
    let told: Vec<(usize, usize, &str)> =
        mistakes.iter().map(|error| (error.line(), error.column(), error.message())).collect();
    assert_eq!(
        told,
        [
            (2, 22, "`duble` is not a type that was declared"),
            (3, 18, "`_BitInt` is not supported"),
            (4, 33, "`unknown` is no constant that was declared"),
            (
                8,
                28,
                "the declaration of `struct lost` could not be read: line 2, column 22: `duble` is not a type that was declared"
            ),
            (9, 1, "`unknown_t` is not a type that was declared"),
            (10, 21, "`nothing` is not a type that was declared"),
            (11, 39, "`@` has no meaning in C"),
            (12, 22, "expected `)`, found `;`"),
            (13, 13, "expected `)`, found `b`"),
            (14, 1, "`#pragma pack` knows push, pop, 1, 2, 4, 8 and 16, not `3`"),
        ]
    );
    assert_eq!(c.mistakes(), mistakes);
    let functions: Vec<String> = c.functions().map(|function| function.name().to_owned()).collect();
    assert_eq!(
        functions,
        ["needs_lost", "pointer_is_enough", "body", "after_body", "after_function", "last"]
    );
    assert_eq!(c.size_of("struct fine").unwrap(), 4);
    assert_eq!(c.size_of("struct holder").unwrap(), 24);
    assert_eq!(c.constant("RED"), Some(1));
}

#[test]
fn what_depends_on_a_lost_one_says_so() {
    let (c, _) = Declarations::parse_lenient(TEXT);
    let place = "could not be read: line 2, column 22: `duble` is not a type that was declared";
    let message = |result: Result<usize, Error>| result.unwrap_err().to_string();
    for text in [
        message(c.size_of("struct lost")),
        message(c.align_of("struct lost")),
        message(c.offset_of("struct lost", "c")),
        message(c.size_of("struct lost [3]")),
        message(c.function("needs_lost").unwrap().signature(&[]).map(|_| 0)),
    ] {
        assert!(text.contains(place), "{text}");
    }
    let message = message(c.size_of("odd_t"));
    assert!(message.contains("line 3, column 18: `_BitInt` is not supported"), "{message}");
    c.function("pointer_is_enough").unwrap().signature(&[]).unwrap();
    for (name, line) in [("one", 9), ("two", 9), ("f", 13), ("unbalanced", 12)] {
        match c.function(name) {
            Err(Error::Lost { name: found, mistake }) => {
                assert_eq!((found.as_str(), mistake.line()), (name, line));
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    let error = c.function("two").unwrap_err().to_string();
    assert!(
        error.starts_with("the declaration of `two` could not be read: line 9, column 1"),
        "{error}"
    );
    // Others were never there.
    assert!(matches!(c.function("nowhere"), Err(Error::NotDeclared { .. })));
    // A constant that was lost is not taken for one that was never declared.
    let mut c = c;
    let error = c.add("int a[BLUE];").unwrap_err().to_string();
    assert!(error.contains("`BLUE` could not be read: line 4"), "{error}");
}

#[test]
fn a_later_declaration_takes_the_place_of_a_lost_one() {
    let (mut c, mistakes) =
        Declarations::parse_lenient("int f(duble); struct s { duble x; }; typedef duble t;");
    assert_eq!(mistakes.len(), 3);
    c.add("int f(double); struct s { double x; };").unwrap();
    assert_eq!(c.function("f").unwrap().to_string(), "int f(double)");
    assert_eq!(c.size_of("struct s").unwrap(), 8);
    // And a declaration that was read is not lost by a later mistake.
    assert_eq!(c.add_lenient("int f(double, oops);").len(), 1);
    assert!(c.function("f").is_ok());
    assert_eq!(c.mistakes().len(), 4);
}

#[test]
fn the_strict_form_adds_all_or_nothing() {
    let mut c = Declarations::default();
    c.add("struct s; int f(); extern int a[]; typedef struct s t;").unwrap();
    let before = format!("{c:?}");
    let error = c.add(
        "struct s { int a; }; int f(int) __asm__(\"g\"); extern int a[3]; enum { E }; typedef long size_t;
         int new(void); struct t { int x; } v; oops",
    );
    assert!(error.unwrap_err().to_string().starts_with("line 2"));
    assert_eq!(format!("{c:?}"), before);
    let f = c.function("f").unwrap();
    assert_eq!((f.to_string().as_str(), f.symbol()), ("int f()", "f"));
    assert!(c.size_of("struct s").is_err() && c.size_of("struct t").is_err());
    assert_eq!(c.show(c.variables().next().unwrap().1), "int []");
    assert!(c.constant("E").is_none() && c.function("new").is_err());
    assert_eq!(c.show(&c.type_named("size_t").unwrap()), "size_t");
    c.add("struct s { long long a; }; enum { E = 5 }; int new(int); typedef unsigned long size_t;")
        .unwrap();
    assert_eq!((c.size_of("t").unwrap(), c.constant("E")), (8, Some(5)));
}

#[test]
fn a_clone_does_not_change_with_what_is_added() {
    let mut c = Declarations::parse("struct s { int a; };").unwrap();
    let clone = c.clone();
    c.add("struct t { int a; }; int f(void);").unwrap();
    assert!(clone.size_of("struct t").is_err() && clone.function("f").is_err());
    assert!(c.size_of("struct t").is_ok());
}

#[test]
fn what_is_too_large_is_told_early_and_shortly() {
    let error = |text: &str| {
        let started = std::time::Instant::now();
        let error = Declarations::parse(text).unwrap_err().to_string();
        assert!(started.elapsed().as_secs() < 20, "{error}");
        assert!(error.len() < 700, "{}", error.len());
        error
    };
    assert!(
        error(&"(".repeat(100_000_000))
            .contains("a text of 100000000 bytes: at most 67108864 are read")
    );
    assert!(error(&"(".repeat(60_000_000)).starts_with("line 1, column 1: "));
    assert!(
        error(&format!("int f(void) {{ {} }}", "(".repeat(1_000_000)))
            .contains("brackets nested deeper than 256 levels")
    );
    assert!(error(&"x".repeat(60_000_000)).contains("a name of more than 4096 bytes"));
    error(&format!("int {0}(void); int {0};", "x".repeat(4096)));
    error(&format!("struct {0} a; union {0} b;", "x".repeat(4096)));
    error(&format!("int a[{}];", "1".repeat(4_000_000)));
    error(&format!("_Static_assert(0, \"{}\");", "x".repeat(4_000_000)));
    error(&format!("#pragma pack({})", "x".repeat(4_000_000)));
    error(&format!("int f(int (*{}", "a".repeat(4000)));
    let (_, mistakes) = Declarations::parse_lenient(&"oops;".repeat(1_000_000));
    assert_eq!(mistakes.len(), 10_000);
}
