//! Declared calls at their edges: where words on the stack are no longer enough, results in one or two registers or in
//! memory, variadic calls of many lists of types, of several threads, and from callbacks.
// A static program cannot open a library.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(missing_docs, reason = "a test has no public items")]

#[macro_use]
mod kit;

use std::ffi::{CStr, CString, c_void};
use std::sync::{Arc, Barrier};

use ffi::{Argument, Callback, Declarations, Declared, Value};
use kit::declare;

/// A function of this program: what it is declared as, behind the types that it takes.
fn here(types: &str, declared: &str, code: *const c_void) -> Declared {
    let declarations = Declarations::parse(&format!("{types} struct only {{ {declared}; }};"));
    let only = declarations.unwrap().zeroed("struct only").unwrap();
    only.set("here", code.cast_mut()).unwrap();
    only.get("here").unwrap().function().unwrap()
}

/// A function that returns this value of a `#[repr(C)]` type.
macro_rules! returned {
    ($types:expr, $c:literal, $rust:ty, $value:expr) => {{
        extern "C" fn returns(wanted: i32) -> $rust {
            assert_eq!(wanted, 7);
            $value
        }
        let function = here($types, concat!($c, " (*here)(int)"), returns as *const c_void);
        call!(function, 7).unwrap()
    }};
}

#[repr(C)]
struct Pair<A, B>(A, B);

#[repr(C)]
struct Triple<A, B, C>(A, B, C);

#[repr(C, align(16))]
struct Aligned<A>(A);

#[repr(C, align(32))]
struct MoreAligned<A>(A);

#[test]
fn results_of_up_to_two_words() {
    let shown = |value: Value| value.to_string();
    macro_rules! members {
        ($members:literal, $rust:ty, $value:expr) => {
            shown(returned!(concat!("struct s { ", $members, " };"), "struct s", $rust, $value))
        };
    }
    assert_eq!(members!("signed char a;", Pair<i8, ()>, Pair(-3, ())), "{a: -3}");
    assert_eq!(members!("signed char a; short b;", Pair<i8, i16>, Pair(-3, 9)), "{a: -3, b: 9}");
    assert_eq!(members!("int a, b;", Pair<i32, i32>, Pair(-3, 9)), "{a: -3, b: 9}");
    assert_eq!(members!("int a; float b;", Pair<i32, f32>, Pair(-3, 1.5)), "{a: -3, b: 1.5}");
    assert_eq!(members!("float a, b;", Pair<f32, f32>, Pair(0.5, 1.5)), "{a: 0.5, b: 1.5}");
    assert_eq!(members!("double a;", Pair<f64, ()>, Pair(0.5, ())), "{a: 0.5}");
    let three = members!("float a, b, c;", Triple<f32, f32, f32>, Triple(0.5, 1.5, 2.5));
    assert_eq!(three, "{a: 0.5, b: 1.5, c: 2.5}");
    let three = members!("int a, b, c;", Triple<i32, i32, i32>, Triple(1, -2, 3));
    assert_eq!(three, "{a: 1, b: -2, c: 3}");
    assert_eq!(members!("double a; int b;", Pair<f64, i32>, Pair(0.5, -9)), "{a: 0.5, b: -9}");
    assert_eq!(members!("long a; double b;", Pair<i64, f64>, Pair(-9, 0.5)), "{a: -9, b: 0.5}");
    assert_eq!(members!("double a, b;", Pair<f64, f64>, Pair(2.5, 0.5)), "{a: 2.5, b: 0.5}");
    assert_eq!(
        members!("long a, b;", Pair<i64, i64>, Pair(1 << 40, -1)),
        "{a: 1099511627776, b: -1}"
    );
    let mixed = members!("int a; float b; double c;", Triple<i32, f32, f64>, Triple(1, 2.5, 3.5));
    assert_eq!(mixed, "{a: 1, b: 2.5, c: 3.5}");
    // One word more travels in memory.
    let three = members!("long a, b; char c;", Triple<i64, i64, i8>, Triple(1, -2, 3));
    assert_eq!(three, "{a: 1, b: -2, c: 3}");

    let aligned = "struct s { _Alignas(16) int a; };";
    assert_eq!(shown(returned!(aligned, "struct s", Aligned<i32>, Aligned(5))), "{a: 5}");
    let aligned = "struct s { _Alignas(32) int a; };";
    let more = returned!(aligned, "struct s", MoreAligned<i32>, MoreAligned(6));
    assert_eq!((more.to_bytes().len(), shown(more)), (32, "{a: 6}".to_owned()));

    // Both travel in two integer registers.
    let wide = returned!("", "__int128", Pair<u64, i64>, Pair(0, -(1 << 36)));
    assert_eq!(wide, Value::I128(-(1 << 100)));
    let complex = returned!("", "float _Complex", Pair<f32, f32>, Pair(1.5, -2.0));
    assert_eq!(complex.elements().unwrap(), [Value::F32(1.5), Value::F32(-2.0)]);
}

/// A member that is a pointer leads where it led in C.
#[test]
fn a_pointer_in_a_small_result() {
    static NUMBER: i32 = 1234;
    let types = "struct s { int *to; _Bool on; };";
    let result =
        returned!(types, "struct s", Pair<*const i32, bool>, Pair(&raw const NUMBER, true));
    assert_eq!(result.field("on").unwrap(), Value::Bool(true));
    // SAFETY: it leads to the number.
    let number = unsafe { result.field("to").unwrap().value_at(&ffi::Type::I32) };
    assert_eq!(number.unwrap(), Value::I32(1234));
}

#[test]
fn results_of_one_word() {
    assert_eq!(returned!("", "signed char", i8, -5), Value::I8(-5));
    assert_eq!(returned!("", "unsigned char", u8, 250), Value::U8(250));
    assert_eq!(returned!("", "short", i16, -5), Value::I16(-5));
    assert_eq!(returned!("", "unsigned short", u16, 65_000), Value::U16(65_000));
    assert_eq!(returned!("", "int", i32, i32::MIN), Value::I32(i32::MIN));
    assert_eq!(returned!("", "unsigned", u32, u32::MAX), Value::U32(u32::MAX));
    assert_eq!(returned!("", "long", i64, -5), Value::I64(-5));
    assert_eq!(returned!("", "unsigned long", u64, u64::MAX), Value::U64(u64::MAX));
    assert_eq!(returned!("", "float", f32, 0.1), Value::F32(0.1));
    assert_eq!(returned!("", "double", f64, 0.1), Value::F64(0.1));
    assert_eq!(returned!("", "void", (), ()), Value::Void);
    // Only the low byte of a `bool` counts.
    assert_eq!(returned!("", "_Bool", u32, 0x100), Value::Bool(false));
    assert_eq!(returned!("", "_Bool", u32, 0x1ff), Value::Bool(true));
    let pointer = returned!("", "const char *", *const u8, std::ptr::null());
    assert_eq!(pointer.to_string(), "null");
    assert!(pointer.address().unwrap().is_null());
    assert_eq!(returned!("", "void *", *const u8, std::ptr::dangling()).address(), Some(1 as _));
}

/// Members of anonymous members, bit-fields and members of members by their names.
#[test]
fn members_of_small_results() {
    type Whole = Triple<Pair<i32, u8>, (), i32>;
    let types = "struct s { struct { int a; unsigned char b; }; int c : 4, d : 28; };";
    let result = returned!(types, "struct s", Whole, Triple(Pair(-7, 200), (), 0x123));
    let members = ["a", "b", "c", "d"].map(|name| result.field(name).unwrap());
    assert_eq!(members, [Value::I32(-7), Value::U8(200), Value::I32(3), Value::I32(0x12)]);
    let error = |path| result.field(path).unwrap_err().to_string();
    assert_eq!(error("e"), "struct s has no member `e`");
    assert_eq!(result.field("").unwrap(), result);
    let types = "struct t { int first; }; struct s { struct t in; double last; };";
    type Nested = Pair<Pair<i32, ()>, f64>;
    let result = returned!(types, "struct s", Nested, Pair(Pair(5, ()), 0.5));
    assert_eq!(result.field("in.first").unwrap(), Value::I32(5));
    assert_eq!(result.field("in").unwrap().field("first").unwrap(), Value::I32(5));
    assert_eq!(result.field("last").unwrap(), Value::F64(0.5));
    assert!(result.field("first").is_err());
}

/// Out-parameters of each kind of number, more than are few, and whatever was in their places before.
#[test]
fn numbers_are_brought_back() {
    type Places = (*mut i8, *mut u16, *mut f32, *mut bool, *mut f64, *mut u64, *mut i32, *mut u32);
    extern "C" fn fill(
        a: *mut i8,
        b: *mut u16,
        c: *mut f32,
        d: *mut bool,
        e: *mut f64,
        f: *mut u64,
        g: *mut i32,
        h: *mut u32,
    ) -> i32 {
        let (a, b, c, d, e, f, g, _): Places = (a, b, c, d, e, f, g, h);
        // SAFETY: the caller has a place for each, but the last is left as it is.
        unsafe {
            (*a, *b, *c, *d, *e, *f, *g) = (-8, 65_000, 0.25, true, 1e300, u64::MAX, -3);
        }
        17
    }
    let function = here(
        "",
        "int (*here)(signed char *, unsigned short *, float *, _Bool *, double *, unsigned long *, int *, unsigned *)",
        fill as *const c_void,
    );
    let before = Declarations::parse("struct p { long a[5]; };").unwrap();
    let before = before.value("struct p", Argument::fields([("a", [1, 2, 3, 4, 5])])).unwrap();
    for _ in 0..2 {
        let mut places: [Value; 8] = std::array::from_fn(|_| before.clone());
        let [a, b, c, d, e, f, g, h] = &mut places;
        assert_eq!(call!(function, a, b, c, d, e, f, g, h).unwrap(), Value::I32(17));
        let expected = [
            Value::I8(-8),
            Value::U16(65_000),
            Value::F32(0.25),
            Value::Bool(true),
            Value::F64(1e300),
            Value::U64(u64::MAX),
            Value::I32(-3),
            Value::U32(0),
        ];
        assert_eq!(places, expected);
    }
}

/// Nine words are one more than are few.
#[test]
fn as_many_arguments_as_are_few_and_more() {
    extern "C" fn eight(a: i32, b: f64, c: u8, d: i64, e: f32, f: i16, g: u32, h: f64) -> f64 {
        f64::from(a) + b + f64::from(c) + d as f64 + f64::from(e) + f64::from(f) + f64::from(g) + h
    }
    let parameters = "int, double, unsigned char, long, float, short, unsigned, double";
    let function = here("", &format!("double (*here)({parameters})"), eight as *const c_void);
    let sum = call!(function, -1, 0.5, 200, 1_i64 << 40, 0.25, -7, u32::MAX, 2).unwrap();
    assert_eq!(sum, Value::F64((1_i64 << 40) as f64 + 194.75 + f64::from(u32::MAX)));
    let snprintf = declare("int snprintf(char *, unsigned long, const char *, ...)");
    let mut text = [0_u8; 64];
    for (count, expected) in
        [(5, "1 2 3 4 5"), (6, "1 2 3 4 5 6"), (17, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17")]
    {
        let format = ["%d"; 17][..count].join(" ");
        for _ in 0..2 {
            let mut arguments: Vec<Argument<'_>> =
                vec![(&mut text).into(), 64.into(), format.as_str().into()];
            arguments.extend((1..=count as i32).map(Argument::from));
            // SAFETY: the format asks for these arguments.
            unsafe { snprintf.call(arguments) }.unwrap();
            assert_eq!(CStr::from_bytes_until_nul(&text).unwrap().to_str().unwrap(), expected);
        }
    }
}

/// Strings of every length around those that are copied word by word, and that have room on the stack.
#[test]
fn strings_are_copied_to_their_ends() {
    let strcmp = declare("int strcmp(const char *a, const char *b)");
    for length in (0..70).chain(240..270).chain(510..515) {
        let text: String = (0..length).map(|index| char::from(b'a' + (index % 26) as u8)).collect();
        let same = CString::new(text.clone()).unwrap();
        assert_eq!(call!(strcmp, text.as_str(), &same).unwrap(), Value::I32(0), "{length}");
        assert_eq!(call!(strcmp, text.clone(), text.as_str()).unwrap(), Value::I32(0), "{length}");
        for nul in 0..length {
            let mut wrong = text.clone().into_bytes();
            wrong[nul] = 0;
            let wrong = String::from_utf8(wrong).unwrap();
            let error = call!(strcmp, "", wrong.as_str()).unwrap_err().to_string();
            assert!(error.ends_with("has a NUL inside, where C's strings end"), "{error}");
        }
    }
}

/// One of four arguments of a variadic call.
fn further(choice: usize) -> (&'static str, Argument<'static>, &'static str) {
    match choice % 4 {
        0 => ("%d", (-4).into(), "-4"),
        1 => ("%g", 2.5.into(), "2.5"),
        2 => ("%s", "text".into(), "text"),
        _ => ("%ld", (1_i64 << 40).into(), "1099511627776"),
    }
}

/// Prints as many arguments as `count`, whose types are the digits of `choice`, and checks what was printed.
fn print(snprintf: &Declared, count: u32, choice: usize) {
    let chosen = || (0..count).map(|place| further(choice >> (2 * place)));
    let format = chosen().map(|(format, ..)| format).collect::<Vec<_>>().join(" ");
    let expected = chosen().map(|(.., text)| text).collect::<Vec<_>>().join(" ");
    let mut text = [0_u8; 128];
    let mut arguments: Vec<Argument<'_>> =
        vec![(&mut text).into(), 128.into(), format.as_str().into()];
    arguments.extend(chosen().map(|(_, argument, _)| argument));
    // SAFETY: the format asks for these arguments, and there is room for them.
    let length = unsafe { snprintf.call(arguments) }.unwrap();
    assert_eq!(length, Value::I32(expected.len() as i32));
    assert_eq!(CStr::from_bytes_until_nul(&text).unwrap().to_str().unwrap(), expected);
}

/// More lists of types than are kept: each call is made with its own.
#[test]
fn variadic_calls_of_many_lists_of_types() {
    let snprintf = declare("int snprintf(char *, unsigned long, const char *, ...)");
    for _ in 0..2 {
        for count in 0..=5 {
            (0..1 << (2 * count)).for_each(|choice| print(&snprintf, count, choice));
        }
    }
}

/// Threads that call one function for the first time, each with lists of its own and of the others.
#[test]
fn variadic_calls_on_several_threads() {
    for round in 0..20 {
        let snprintf = declare("int snprintf(char *, unsigned long, const char *, ...)");
        let barrier = Barrier::new(4);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (snprintf, barrier) = (&snprintf, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    for step in 0..16 {
                        print(snprintf, 2, (4 * thread + step + round) % 16);
                    }
                });
            }
        });
    }
}

/// While C runs in a variadic call, a callback makes another one with the same function and other types.
#[test]
fn a_variadic_call_within_another() {
    // Declared without parameters, it takes any, as a variadic function does.
    let qsort = Arc::new(declare("void qsort()"));
    let signature = Declarations::parse("int compare(const int *a, const int *b);").unwrap();
    let signature = signature.function("compare").unwrap().signature(&[]).unwrap();
    let by_value = Callback::new("by value", &signature, |call| {
        // SAFETY: both lead to elements of the array.
        let [a, b] = [0, 1].map(|index| unsafe { *call.argument::<*const i32>(index).unwrap() });
        call.set_result(a.cmp(&b) as i32)
    })
    .unwrap();
    let code = by_value.code();
    let inner = qsort.clone();
    let nested = Callback::new("nested", &signature, move |call| {
        let (mut numbers, code) = ([3, 1, 2], code.as_ptr().cast_mut());
        // The count is of another type than that of the outer call.
        // SAFETY: these are the elements' number and size, and the callback compares them.
        unsafe { inner.call((&mut numbers, 3_u64, 4_u64, code)) }.unwrap();
        assert_eq!(numbers, [1, 2, 3]);
        // SAFETY: both lead to elements of the array.
        let [a, b] = [0, 1].map(|index| unsafe { *call.argument::<*const i32>(index).unwrap() });
        call.set_result(b.cmp(&a) as i32)
    })
    .unwrap();
    let code = nested.code().as_ptr().cast_mut();
    for _ in 0..3 {
        let mut numbers = [1, 4, 2, 3];
        call!(qsort, &mut numbers, 4_i64, 4_u64, code).unwrap();
        assert_eq!(numbers, [4, 3, 2, 1]);
    }
}
