//! What declared functions ask of pointers: room for the length that was declared, the type that was declared, callbacks
//! of the types that were declared.
// A static program cannot open a library.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(missing_docs, reason = "a test has no public items")]

#[macro_use]
mod kit;

use std::ffi::{CStr, c_char, c_void};

use ffi::{Argument, Callback, Declarations, Declared, Error, Library, Value};
use kit::declare;

fn refusal(result: Result<Value, Error>) -> String {
    result.unwrap_err().to_string()
}

/// The integers of an array.
fn integers(array: &Value) -> Vec<i32> {
    let elements = array.elements().unwrap_or_else(|| panic!("{array} is no array"));
    elements.into_iter().map(|element| i32::try_from(element).unwrap()).collect()
}

#[test]
fn an_out_parameter_has_room_for_the_declared_length() {
    let pipe = declare("int pipe(int ends[2])");
    let close = declare("int close(int file)");
    let mut ends = Value::Void;
    assert_eq!(call!(pipe, Argument::out(&mut ends)).unwrap(), Value::I32(0));
    let files = integers(&ends);
    assert!(files.len() == 2 && files[0] > 2 && files[1] > files[0], "{ends}");
    for file in files {
        assert_eq!(call!(close, file).unwrap(), Value::I32(0));
    }
    // The array that came back can go in again.
    let socketpair =
        declare("typedef int ends[2]; int socketpair(int domain, int type, int protocol, ends)");
    assert_eq!(call!(socketpair, 1, 1, 0, Argument::in_out(&mut ends)).unwrap(), Value::I32(0));
    let files = integers(&ends);
    assert!(files.len() == 2 && files[0] > 2 && files[1] > files[0], "{ends}");
    for file in files {
        assert_eq!(call!(close, file).unwrap(), Value::I32(0));
    }
}

#[test]
fn less_than_the_declared_length_is_refused() {
    let pipe = declare("int pipe(int ends[static 2])");
    let mut one = Value::I32(0);
    let too_short = [
        (call!(pipe, &mut [0_i32]), "a slice of 1 × int32_t"),
        (call!(pipe, Argument::list([0])), "a list of 1"),
        (call!(pipe, Argument::in_out(&mut one)), "one value"),
        (call!(pipe, Argument::reference(0)), "one value"),
        (call!(pipe, Argument::reference(Argument::list([0]))), "a list of 1"),
    ];
    for (result, what) in too_short {
        assert_eq!(refusal(result), format!("argument 0 (ends): {what} is too short for int [2]"));
    }
    let times = "struct timespec { long seconds, nanoseconds; }; int futimens(int file, const struct timespec times[2]);";
    let one = call!(declare(times), -1, Argument::fields([("seconds", 1)]));
    assert_eq!(
        refusal(one),
        "argument 1 (times): one struct is too short for const struct timespec [2]"
    );
    let mut array = Value::Void;
    let three = declare("int pipe(int ends[3])");
    let mut two = Declarations::default().value("int [2]", Argument::list([0, 0])).unwrap();
    assert_eq!(
        refusal(call!(three, Argument::in_out(&mut two))),
        "argument 0 (ends): an array of 2 is too short for int [3]"
    );
    // What is longer has the room, and a list has it too.
    assert_eq!(call!(pipe, &mut [0_i32; 3]).unwrap(), Value::I32(0));
    assert_eq!(call!(pipe, Argument::list([0, 0])).unwrap(), Value::I32(0));
    assert_eq!(call!(pipe, Argument::out(&mut array)).unwrap(), Value::I32(0));
}

#[test]
fn a_string_is_as_long_as_the_array_that_it_stands_for() {
    let memchr = declare("void *memchr(const char text[static 16], int c, unsigned long size)");
    let found = call!(memchr, "abc", 0, 16).unwrap();
    assert_ne!(found, Value::Pointer(std::ptr::null_mut()));
    // All behind the text is zero: nothing else is found.
    assert_eq!(call!(memchr, "abc", 255, 16).unwrap().address(), Some(std::ptr::null_mut()));
    assert_eq!(
        refusal(call!(memchr, c"abc", 0, 16)),
        "argument 0 (text): \"abc\" is too short for const char [16]"
    );
    let long = c"a text that is longer";
    assert!(!call!(memchr, long, 0x74, 16).unwrap().address().unwrap().is_null());
}

#[test]
fn an_array_of_one_is_a_value() {
    let frexp = "typedef int exponent[1]; double frexp(double x, exponent e);";
    // SAFETY: libm's initialisers do nothing that could go wrong.
    let frexp = unsafe { Library::find("m") }.unwrap().declare(frexp).unwrap();
    let mut exponent = Value::Void;
    call!(frexp, 48.0, Argument::out(&mut exponent)).unwrap();
    assert_eq!(exponent, Value::I32(6));
}

const SEARCH: &str = "char *strchr(const char *text, int c)";

#[test]
fn a_pointer_keeps_its_declared_type() {
    let strchr = declare(SEARCH);
    let text = c"some text";
    let found = call!(strchr, text, b't').unwrap();
    let address = found.address().unwrap();
    assert_eq!(address.addr(), text.as_ptr().addr() + 5);
    assert_eq!(found.to_string(), format!("(char *) {:#x}", address.addr()));
    assert_eq!(call!(strchr, text, b'q').unwrap().to_string(), "null");
    // SAFETY: it points into the text.
    assert_eq!(unsafe { found.c_string(9) }.unwrap().as_deref(), Some(c"text"));
    assert_eq!(found.to::<*const c_char>().unwrap(), address.cast_const().cast());
    assert_eq!(call!(strchr, text, b't').unwrap(), found);
    // Through a parameter that brings a value back, too.
    let strtol = declare("long strtol(const char *text, char **end, int base)");
    let (text, mut end) = (c"12 apples", Value::Void);
    call!(strtol, text, Argument::out(&mut end), 10).unwrap();
    assert!(end.to_string().starts_with("(char *) 0x"), "{end}");
    // Nothing is known of what `void *` points to.
    let memchr = declare("void *memchr(const void *from, int c, unsigned long size)");
    assert!(matches!(call!(memchr, text, b'a', 9).unwrap(), Value::Pointer(_)));
}

/// Functions that give their argument back, whatever it is: for pointers of any types.
fn identity(declarations: &str, returns: &str, takes: &str) -> Declared {
    // A bare `strcpy` of a text onto itself would do something; `memmove` of no bytes only returns its first argument.
    declare(&format!(
        "{declarations} {returns} memmove({takes}, const void *, unsigned long size);"
    ))
}

/// Whether a function that takes a pointer of one type takes what another returned.
fn passes(declarations: &str, from: &str, to: &str) -> Result<(), String> {
    let separator = |ty: &str, name: &str| match ty.split_once("(*)") {
        Some((before, behind)) => format!("{before}(*{name}){behind}"),
        None => format!("{ty} {name}"),
    };
    let mut place = 0_u64;
    let place = (&raw mut place).cast::<c_void>();
    let source = declare(&format!(
        "{declarations} typedef {}; from memmove(void *, const void *, unsigned long);",
        separator(from, "from")
    ));
    let target = identity(declarations, "void", &separator(to, "p"));
    let pointer = call!(source, place, place, 0).unwrap();
    call!(target, pointer, place, 0).map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn a_pointer_to_something_else_is_refused() {
    const STRUCTS: &str = "struct a; struct b; typedef struct a alias; struct full { int x; }; typedef struct { int x; } same; \
        enum e { ONE }; union u { int x; };";
    let taken = [
        ("struct a *", "struct a *"),
        ("struct a *", "alias *"),
        ("struct a *", "const struct a *"),
        ("const struct a *", "const alias *"),
        ("void *", "struct a *"),
        ("struct a *", "void *"),
        ("struct a *", "const void *"),
        ("const struct a *", "const void *"),
        ("struct full *", "struct full *"),
        ("same *", "same *"),
        ("char *", "unsigned char *"),
        ("signed char *", "const char *"),
        ("long *", "long long *"),
        ("enum e *", "unsigned *"),
        ("struct a **", "alias **"),
        ("char **", "char *const *"),
        ("char **", "const char *const *"),
        ("int (*)[3]", "int (*)[3]"),
        ("int (*)[]", "int (*)[3]"),
        ("int (*)(struct a *)", "int (*)(alias *)"),
        ("void *", "int (*)(void)"),
        ("int (*)()", "int (*)(long, char *)"),
    ];
    for (from, to) in taken {
        assert_eq!(passes(STRUCTS, from, to), Ok(()), "{from} as {to}");
    }
    let refused = [
        ("struct a *", "struct b *"),
        ("struct a *", "struct full *"),
        ("struct full *", "same *"),
        ("struct full *", "union u *"),
        ("struct full *", "int *"),
        ("int *", "unsigned *"),
        ("int *", "long *"),
        ("int *", "float *"),
        ("struct a *", "struct a **"),
        ("struct a **", "struct a *"),
        ("void **", "struct a **"),
        ("struct a **", "void **"),
        ("char **", "const char **"),
        ("const char **", "char *const *"),
        ("int (*)[2]", "int (*)[3]"),
        ("int *", "int (*)[3]"),
        ("int (*)(int)", "int (*)(long)"),
        ("int (*)(int)", "int (*)(int, int)"),
        ("int (*)(int)", "int (*)(int, ...)"),
        ("int (*)(int)", "long (*)(int)"),
        ("int (*)(void)", "char *"),
    ];
    for (from, to) in refused {
        let message = passes(STRUCTS, from, to).expect_err(&format!("{from} as {to}"));
        let is_no = format!("is no {}", shown(to));
        assert!(message.starts_with("argument 0 (p): (from) 0x"), "{message}");
        assert!(message.ends_with(&is_no), "{message}");
    }
    let constant = [
        ("const struct a *", "struct a *"),
        ("const void *", "void *"),
        ("const void *", "struct a *"),
        ("const char *", "void *"),
    ];
    for (from, to) in constant {
        let message = passes(STRUCTS, from, to).expect_err(&format!("{from} as {to}"));
        let end = format!("is constant, and C may write through {}", shown(to));
        assert!(message.ends_with(&end), "{message}");
    }
}

/// A type as messages show it.
fn shown(ty: &str) -> String {
    ty.replace("unsigned *", "unsigned int *")
}

#[test]
fn both_types_are_named() {
    let source = declare("struct stream *memmove(void *, const void *, unsigned long)");
    let target = declare("int fclose(struct file *file)");
    let place = std::ptr::without_provenance_mut::<u8>(0x1230);
    let stream = call!(source, place, place, 0).unwrap();
    assert_eq!(
        refusal(call!(target, stream.clone())),
        "argument 0 (file): (struct stream *) 0x1230 is no struct file *"
    );
    let strlen = declare("unsigned long strlen(char *text)");
    assert_eq!(
        refusal(call!(strlen, c"text".as_ptr())),
        "argument 0 (text): a `*const` pointer is constant, and C may write through char *: pass a `*mut` pointer"
    );
    let Value::TypedPointer(pointer) = &stream else { panic!("{stream} has a type") };
    assert_eq!(
        (pointer.type_name().as_str(), pointer.address()),
        ("struct stream *", place.cast())
    );
}

#[test]
fn a_cast_makes_another_pointer() {
    let strchr = declare("struct text *strchr(const struct text *text, int c)");
    let strlen = declare("unsigned long strlen(char *text)");
    let text = c"some text";
    let found = call!(strchr, text.as_ptr(), b't').unwrap();
    assert!(refusal(call!(strlen, found.clone())).ends_with(" is no char *"));
    assert_eq!(call!(strlen, Argument::cast("char *", found.clone())).unwrap(), Value::U64(4));
    assert_eq!(call!(strlen, found.address().unwrap()).unwrap(), Value::U64(4));
    assert!(refusal(call!(strlen, Argument::cast("int *", found))).ends_with(" is no char *"));
    // A number is an address only where a cast says so.
    let memmove = declare("void *memmove(void *to, const void *from, unsigned long size)");
    let nowhere = |value: i64| Argument::cast("void *", value);
    let minus_one = call!(memmove, nowhere(-1), nowhere(8), 0).unwrap();
    assert_eq!(minus_one.address().unwrap().addr(), usize::MAX);
    assert!(refusal(call!(memmove, -1, nowhere(8), 0)).ends_with("-1 is no void *"));
    // A value of a declared type is a pointer of that type.
    let c = Declarations::parse("typedef struct stream stream;").unwrap();
    let stream = c.value("stream *", std::ptr::without_provenance_mut::<u8>(16)).unwrap();
    assert_eq!(stream.to_string(), "(stream *) 0x10");
    assert!(refusal(call!(strlen, stream)).ends_with("(stream *) 0x10 is no char *"));
}

const SORT: &str = "void qsort(void *base, unsigned long count, unsigned long size, int (*compare)(const void *, const void *))";

#[test]
fn a_callback_of_other_types_is_refused() {
    let qsort = declare(SORT);
    let ascending = |a: *const i32, b: *const i32| -> i32 {
        // SAFETY: qsort passes pointers to elements.
        unsafe { (*a).cmp(&*b) as i32 }
    };
    let mut numbers = [3, 1, 2];
    for compare in [
        qsort.typed_callback("compare", ascending).unwrap(),
        qsort.typed_callback("3", ascending).unwrap(),
        Callback::from_fn("ascending", ascending).unwrap(),
    ] {
        numbers.reverse();
        call!(qsort, &mut numbers, 3, 4, &compare).unwrap();
        assert_eq!(numbers, [1, 2, 3]);
    }
    let refused = qsort.typed_callback("compare", |_: *const i32| 0).unwrap_err().to_string();
    assert_eq!(
        refused,
        "compare: a closure `int32_t (void *)` is no int (*)(const void *, const void *)"
    );
    assert!(qsort.typed_callback("count", ascending).is_err());

    let signal = declare("void (*signal(int number, void (*handler)(int)))(int)");
    let float = Callback::from_fn("float", |_: f64| ()).unwrap();
    assert_eq!(
        refusal(call!(signal, 10, &float)),
        "argument 1 (handler): the callback \"float\" of `void (double)` under SysV64 is no void (*)(int)"
            .replace("SysV64", &ffi::Abi::HOST.to_string())
    );
    assert!(signal.typed_callback("handler", |_: f64| ()).is_err());
    assert!(signal.typed_callback("handler", |_: i32| 1).is_err());
    assert!(signal.typed_callback("handler", |_: u32| ()).is_err());
    assert!(signal.typed_callback("handler", |_: i32| ()).is_ok());
    // Of `()`, only the result is known.
    let signal = declare("void *signal(int number, void (*handler)())");
    assert!(signal.typed_callback("handler", |_: i32| ()).is_ok());
    assert!(signal.typed_callback("handler", |_: f64| 1.5).is_err());
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_callback_of_another_convention_is_refused() {
    let signal = declare("void (*signal(int, __attribute__((ms_abi)) void (*handler)(int)))(int)");
    let host = Callback::from_fn("host", |_: i32| ()).unwrap();
    let message = refusal(call!(signal, 10, &host));
    assert!(
        message.contains("the callback \"host\" of `void (int32_t)` under SysV64"),
        "{message}"
    );
    let other = signal.typed_callback("handler", |_: i32| ()).unwrap();
    assert_eq!(other.signature().unwrap().0, ffi::Abi::Win64);
}

#[test]
fn a_string_that_c_returned_is_no_buffer() {
    let getenv = declare("const char *getenv(const char *name)");
    let strcat = declare("char *strcat(char *to, const char *from)");
    let path = call!(getenv, "PATH").unwrap();
    let message = refusal(call!(strcat, path, "more"));
    assert!(message.starts_with("argument 0 (to): (const char *) 0x"), "{message}");
    assert!(message.ends_with("is constant, and C may write through char *"), "{message}");
    let mut buffer = *b"one, \0\0\0\0\0";
    call!(strcat, &mut buffer, "two").unwrap();
    assert_eq!(CStr::from_bytes_until_nul(&buffer), Ok(c"one, two"));
}
