//! Functions of the C library, called by their declarations: every conversion, and every refusal.
// A static program cannot open a library.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(missing_docs, reason = "a test has no public items")]

#[macro_use]
mod kit;

use std::ffi::{CString, c_void};

use ffi::call::ErrorNumbers;
use ffi::{Argument, Callback, Declarations, Declared, Error, Library, Value};

fn libc() -> Library {
    // SAFETY: this program is running it already.
    unsafe { Library::find("c") }.unwrap()
}

fn declare(declaration: &str) -> Declared {
    libc().declare(declaration).unwrap_or_else(|error| panic!("{declaration}\n{error}"))
}

fn refusal(result: Result<Value, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn numbers_fit_or_are_refused() {
    let abs = declare("int abs(int n)");
    assert_eq!(call!(abs, -5).unwrap(), Value::I32(5));
    assert_eq!(call!(abs, 7_u64).unwrap(), Value::I32(7));
    assert_eq!(call!(abs, -128_i8).unwrap(), Value::I32(128));
    assert_eq!(refusal(call!(abs, 1_i64 << 31)), "argument 0 (n): 2147483648 does not fit int");
    assert_eq!(
        refusal(call!(abs, u128::MAX)),
        format!("argument 0 (n): {} does not fit int", u128::MAX)
    );
    assert_eq!(refusal(call!(abs, 2.0)), "argument 0 (n): 2.0 is no integer, as int needs");
    assert_eq!(refusal(call!(abs, "2")), "argument 0 (n): \"2\" is no int");
    assert_eq!(refusal(call!(abs, None::<i32>)), "argument 0 (n): null is no int");
    assert_eq!(refusal(call!(abs,)), "the function takes 1 arguments, but 0 were given");
    assert_eq!(refusal(call!(abs, 1, 2)), "the function takes 1 arguments, but 2 were given");

    // SAFETY: libm's initialisers do nothing that could go wrong.
    let libm = unsafe { Library::find("m") }.unwrap();
    let sqrtf = libm.declare("float sqrtf(float)").unwrap();
    assert_eq!(call!(sqrtf, 2.25).unwrap(), Value::F32(1.5));
    assert_eq!(call!(sqrtf, 16).unwrap(), Value::F32(4.0));
    assert_eq!(refusal(call!(sqrtf, 0.1)), "argument 0: 0.1 is not exact as float");
    assert_eq!(refusal(call!(sqrtf, (1 << 24) + 1)), "argument 0: 16777217 is not exact as float");
    let literal = |text: &'static str| Argument::Literal(text.into());
    assert_eq!(call!(sqrtf, literal("0.1")).unwrap(), Value::F32(0.1_f32.sqrt()));
    for large in ["1e39", "1e400"] {
        let refused = refusal(call!(sqrtf, literal(large)));
        assert_eq!(refused, format!("argument 0: {large} does not fit float"));
    }
    let sqrtl = libm.declare("long double sqrtl(long double)").unwrap();
    let two = call!(sqrtl, 4).unwrap();
    assert_eq!((two.to_string(), f64::try_from(two).unwrap()), ("2".to_owned(), 2.0));
    assert!(f64::try_from(call!(sqrtl, 2).unwrap()).is_err());
    // All of its digits count.
    assert!(call!(sqrtl, literal("0.1")).unwrap().to_string().starts_with("0.316227766016837933"));
    let conj = libm.declare("double _Complex conj(double _Complex z)").unwrap();
    assert_eq!(call!(conj, Argument::list([1.5, 2.0])).unwrap().to_string(), "1.5-2i");
}

#[test]
fn extended_numbers_keep_their_values() {
    let c = Declarations::default();
    for value in
        [0.0, -0.0, 1.0, -1.5, f64::MAX, f64::MIN_POSITIVE, 5e-324, -3e-310, f64::INFINITY, 0.1]
    {
        for ty in ["long double", "_Float128"] {
            let extended = c.value(ty, value).unwrap();
            assert_eq!(
                f64::try_from(extended).unwrap().to_bits(),
                f64::to_bits(value),
                "{value} as {ty}"
            );
        }
    }
    assert!(f64::try_from(c.value("long double", f64::NAN).unwrap()).unwrap().is_nan());
}

#[test]
fn strings_are_copied_and_read() {
    let strlen = declare("size_t strlen(const char *s)");
    assert_eq!(call!(strlen, "größe").unwrap(), Value::U64(7));
    assert_eq!(call!(strlen, &*CString::new("abc").unwrap()).unwrap(), Value::U64(3));
    assert_eq!(call!(strlen, b"ab\0").unwrap(), Value::U64(2));
    assert_eq!(
        refusal(call!(strlen, "a\0b")),
        "argument 0 (s): \"a\\0b\" has a NUL inside, where C's strings end"
    );
    assert_eq!(refusal(call!(strlen, 5)), "argument 0 (s): 5 is no const char *");
    assert_eq!(
        refusal(call!(strlen, &[1_i32])),
        "argument 0 (s): a slice of int32_t is no const char *"
    );
    let strstr = declare("char *strstr(const char *text, const char *part)");
    let text = CString::new("one two three").unwrap();
    let found = call!(strstr, &*text, "two").unwrap();
    // SAFETY: it points into the text.
    let string = |limit| unsafe { found.c_string(limit) };
    assert_eq!(string(100).unwrap().unwrap().to_str(), Ok("two three"));
    assert!(
        string(5).unwrap_err().to_string().contains("points to no string that ends within 5 bytes")
    );
    let nothing = call!(strstr, "a", "b").unwrap();
    assert_eq!(nothing.to_string(), "null");
    // SAFETY: it is null.
    assert_eq!(unsafe { nothing.c_string(1) }.unwrap(), None);
}

#[test]
fn slices_are_passed_where_they_are() {
    let memcpy = declare("void *memcpy(void *to, const void *from, size_t size)");
    let (from, mut to) = ([1_u16, 2, 3], [0_u16; 3]);
    call!(memcpy, &mut to, &from, 6).unwrap();
    assert_eq!(to, from);
    let message = refusal(call!(memcpy, &from, &from, 6));
    assert!(
        message.contains("argument 0 (to): a slice of uint16_t is borrowed, and C may write"),
        "{message}"
    );
    let strcat = declare("char *strcat(char *to, const char *from)");
    let text = CString::new("x").unwrap();
    assert!(refusal(call!(strcat, &*text, "y")).contains("pass a `&str`, which is copied"));
}

#[test]
fn pointers_bring_values_back() {
    // SAFETY: libm's initialisers do nothing that could go wrong.
    let libm = unsafe { Library::find("m") }.unwrap();
    let frexp = libm.declare("double frexp(double x, int *exponent)").unwrap();
    let mut exponent = Value::Void;
    let fraction = call!(frexp, 48.0, Argument::out(&mut exponent)).unwrap();
    assert_eq!((fraction, exponent), (Value::F64(0.75), Value::I32(6)));
    let strsep = declare("long strtol(const char *text, char **end, int base)");
    let (text, mut end) = (CString::new("12xyz").unwrap(), Value::Void);
    assert_eq!(call!(strsep, &*text, Argument::out(&mut end), 10).unwrap(), Value::I64(12));
    // SAFETY: it points into the text.
    assert_eq!(unsafe { end.c_string(9) }.unwrap().unwrap().to_bytes(), b"xyz");
    let swab = declare("int rand_r(unsigned int *seed)");
    let mut seed = Value::U32(1);
    let first = call!(swab, Argument::in_out(&mut seed)).unwrap();
    assert_ne!(seed, Value::U32(1));
    assert_ne!(call!(swab, Argument::in_out(&mut seed)).unwrap(), first);
    let mut wrong = Value::F64(0.5);
    assert_eq!(
        refusal(call!(swab, Argument::in_out(&mut wrong))),
        "*argument 0 (seed): 0.5 is no integer, as unsigned int needs"
    );
    let free = declare("void free(void *p)");
    let mut nothing = Value::Void;
    assert_eq!(
        refusal(call!(free, Argument::out(&mut nothing))),
        "argument 0 (p): an out-parameter needs a pointer to something with a size, not void *"
    );
}

const TIME: &str = "struct tm { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst; long gmtoff; \
    const char *zone; }; typedef struct { int quot, rem; } div_t;";

#[test]
fn structs_go_by_name_or_in_order() {
    let declared = |text: &str| declare(&format!("{TIME} {text}"));
    let strftime = declared(
        "size_t strftime(char *to, size_t size, const char *format, const struct tm *time);",
    );
    let mut text = [0_u8; 64];
    let time =
        Argument::fields([("tm_year", 124), ("tm_mon", 1), ("tm_mday", 29), ("tm_hour", 13)]);
    assert_eq!(call!(strftime, &mut text, 64, "%Y-%m-%d %H:%M", time).unwrap(), Value::U64(16));
    assert_eq!(&text[..16], b"2024-02-29 13:00");
    let wrong = Argument::fields([("tm_era", 1)]);
    assert_eq!(
        refusal(call!(strftime, &mut text, 64, "", wrong)),
        "struct tm has no member `tm_era`"
    );
    let wrong = Argument::fields([("tm_min", 1_i64 << 40)]);
    assert_eq!(
        refusal(call!(strftime, &mut text, 64, "", wrong)),
        "*argument 3 (time).tm_min: 1099511627776 does not fit int"
    );
    let div = declared("div_t div(int a, int b);");
    let result = call!(div, 17, 5).unwrap();
    assert_eq!(result.to_string(), "{quot: 3, rem: 2}");
    assert_eq!(i32::try_from(result.field("rem").unwrap()).unwrap(), 2);
    assert_eq!(result.field("mod").unwrap_err().to_string(), "div_t has no member `mod`");
}

#[test]
fn values_of_nested_types() {
    let c = Declarations::parse(
        "struct inner { short a[2]; char name[6]; };
         struct outer { struct inner in; union { int i; float f; }; int low : 3; unsigned high : 7; _Bool b; };",
    )
    .unwrap();
    let inner = Argument::Fields(vec![
        ("a".into(), Argument::list([1, -2])),
        ("name".into(), "five!".into()),
    ]);
    let fields = vec![
        ("in".into(), inner),
        ("f".into(), 1.5.into()),
        ("low".into(), (-4).into()),
        ("high".into(), 127.into()),
        ("b".into(), true.into()),
    ];
    let outer = c.value("struct outer", Argument::Fields(fields)).unwrap();
    assert_eq!(
        outer.to_string(),
        "{in: {a: [1, -2], name: \"five!\"}, i: 1069547520, f: 1.5, low: -4, high: 127, b: true}"
    );
    assert_eq!(outer.field("in.a").unwrap().elements().unwrap(), [Value::I16(1), Value::I16(-2)]);
    let refused = |ty: &str, argument: Argument<'_>| c.value(ty, argument).unwrap_err().to_string();
    assert_eq!(
        refused("struct outer", Argument::fields([("low", 4)])),
        "a value of struct outer.low: 4 does not fit 3 bits"
    );
    assert_eq!(
        refused("struct inner", Argument::list([1, 2, 3])),
        "a value of struct inner: a list of 3 is no struct inner, which has 2 members"
    );
    assert_eq!(
        refused("struct inner", Argument::fields([("name", "sixsix")])),
        "a value of struct inner.name: \"sixsix\" does not fit char [6] with its NUL"
    );
    assert!(
        refused("const char *", "text".into()).contains("lives only while a function is called")
    );
}

#[test]
fn variadic_arguments_say_their_types() {
    let snprintf = declare("int snprintf(char *to, size_t size, const char *format, ...)");
    let mut text = [0_u8; 64];
    let half = Argument::cast("float", 0.5);
    let written = call!(
        snprintf,
        &mut text,
        64,
        "%d %ld %.1f %s %c %.2f",
        -1,
        1_i64 << 40,
        2.5,
        "text",
        b'x',
        half
    )
    .unwrap();
    assert_eq!(written, Value::I32(32));
    assert_eq!(&text[..33], b"-1 1099511627776 2.5 text x 0.50\0");
    // A constant has a type in C.
    let literal = |text: &'static str| Argument::Literal(text.into());
    let long = call!(snprintf, &mut text, 64, "%ld %.1f", literal("1L << 40"), literal("1.5"));
    assert_eq!(long.unwrap(), Value::I32(17));
    let message = refusal(call!(snprintf, &mut text, 64, "%d", literal("one")));
    assert_eq!(message, "argument 3: one stands for `...`: put its type in front");
    let message = refusal(call!(snprintf, &mut text, 64, "%d", Argument::cast("integer", 1)));
    assert!(message.contains("`integer` is not a type"), "{message}");
}

#[test]
fn closures_become_callbacks() {
    let qsort = declare(
        "void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))",
    );
    let compare = qsort
        .callback("compare", |call| {
            let (a, b) = (call.argument::<*const i32>(0)?, call.argument::<*const i32>(1)?);
            // SAFETY: qsort passes pointers to elements.
            let (a, b) = unsafe { (*a, *b) };
            call.set_result(a.cmp(&b) as i32)
        })
        .unwrap();
    let mut numbers = [5, -1, 3, 2];
    call!(qsort, &mut numbers, 4, 4, &compare).unwrap();
    assert_eq!(numbers, [-1, 2, 3, 5]);
    let reversed = Callback::from_fn("reversed", |a: *const c_void, b: *const c_void| -> i32 {
        // SAFETY: qsort passes pointers to elements.
        let (a, b) = unsafe { (*a.cast::<i32>(), *b.cast::<i32>()) };
        b.cmp(&a) as i32
    })
    .unwrap();
    call!(qsort, &mut numbers, 4, 4, &reversed).unwrap();
    assert_eq!(numbers, [5, 3, 2, -1]);
    assert!(qsort.callback("count", |_| Ok(())).is_err());
}

#[test]
fn error_numbers_come_with_the_result() {
    let close = declare("int close(int file)");
    let mut numbers = ErrorNumbers::default();
    // SAFETY: there is no file -1.
    let result = unsafe { close.call_with_errno((-1,), &mut numbers) }.unwrap();
    assert_eq!((result, numbers.errno), (Value::I32(-1), 9));
}

#[test]
fn a_declared_function_keeps_its_library() {
    let abs = {
        let library = libc();
        library.declare("int abs(int)").unwrap()
    };
    let mut call = abs.prepare((-3,)).unwrap();
    // SAFETY: abs takes any number but the least.
    unsafe { call.repeat(1000) };
    // SAFETY: as above.
    assert_eq!(unsafe { call.call() }, Value::I32(3));
}

#[test]
fn what_is_not_there_is_named() {
    let libc = libc();
    let message = |text: &str| libc.declare(text).unwrap_err().to_string();
    assert!(
        message("int no_such_function(void)")
            .contains("\"libc.so.6\" has no symbol \"no_such_function\"")
    );
    assert_eq!(message("int x;"), "`int x;` was not declared as a function");
    for (text, part) in [
        ("void abs(__bf16 x);", "__bf16"),
        (
            "struct s { double __attribute__((vector_size(64))) v; }; struct s abs(void);",
            "double __attribute__((vector_size(64)))",
        ),
    ] {
        let message = message(text);
        assert!(message.contains(&format!("a value of {part} cannot be passed")), "{message}");
    }
    assert!(
        message("struct s abs(void);").contains("`struct s` is only announced here"),
        "{}",
        message("struct s abs(void);")
    );
    // SAFETY: there is no such library.
    let error = unsafe { Library::find("no-such-library") }.unwrap_err().to_string();
    for tried in [
        "no library \"no-such-library\" was found; tried",
        "libno-such-library.so: ",
        "\n  no-such-library: ",
        "cannot open shared object",
    ] {
        assert!(error.contains(tried), "{error}");
    }
}
