//! Libraries and structs declared by macros, and the three ways in with the same struct.
// A static program cannot open a library.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::ffi::{c_char, c_int, c_long, c_void};

use ffi::{Arg, CType, CallInterface, Callback, Declarations, Library, Signature, Type, Value};

ffi::c_struct! {
    /// What `ldiv` returns.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Division {
        pub quotient: c_long,
        pub remainder: c_long,
    }

    /// One in another.
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Outer {
        tag: u8,
        inner: Division,
        name: [c_char; 5],
        list: [[i16; 2]; 3],
        next: *const Outer,
    }
}

ffi::library! {
    /// A little of the C library.
    struct C;
    fn abs(n: c_int) -> c_int;
    fn ldiv(a: c_long, b: c_long) -> Division;
    /// Sorts.
    fn qsort(base: *mut c_void, count: usize, size: usize, compare: Option<unsafe extern "C" fn(*const c_void, *const c_void) -> c_int>);
    fn srand(seed: u32);
    optional fn strlen(text: *const c_char) -> usize;
    optional fn not_there();
    lazy fn labs(n: c_long) -> c_long;
    lazy fn free(p: *mut c_void);
    lazy fn not_there_either();
}

fn c() -> C {
    // SAFETY: these are the functions' signatures; libc has been initialised already.
    unsafe { C::open("c") }.unwrap()
}

#[test]
fn functions_are_found_at_open_optionally_or_late() {
    let c = c();
    // SAFETY: any numbers but the least will do, and any string.
    unsafe {
        assert_eq!(c.abs(-2), 2);
        assert_eq!(c.ldiv(17, 5), Division { quotient: 3, remainder: 2 });
        c.srand(1);
        assert_eq!(c.strlen().unwrap()(c"four".as_ptr()), 4);
        assert_eq!((c.labs(-5).unwrap(), c.labs(6).unwrap()), (5, 6));
        c.free(std::ptr::null_mut()).unwrap();
    }
    assert!(c.not_there().is_none());
    // SAFETY: it is not there.
    let error = unsafe { c.not_there_either() }.unwrap_err().to_string();
    assert!(error.contains("has no symbol \"not_there_either\""), "{error}");
    assert_eq!(c.library().path(), "libc.so.6");
    let clone = c.clone();
    drop(c);
    // SAFETY: as above.
    let two = std::thread::spawn(move || unsafe { clone.abs(-2) }).join().unwrap();
    assert_eq!(two, 2);
}

#[test]
fn a_symbol_that_is_missing_is_named() {
    ffi::library! {
        struct Missing;
        fn abs(n: c_int) -> c_int;
        fn no_such_function(a: u8, b: u8,) -> u8;
    }
    // SAFETY: refused.
    let error = unsafe { Missing::open("c") }.unwrap_err().to_string();
    assert!(error.starts_with("\"libc.so.6\" has no symbol \"no_such_function\": "), "{error}");
    // SAFETY: there is no such library.
    let error = unsafe { Missing::open("no-such-library") }.unwrap_err().to_string();
    assert!(error.starts_with("no library \"no-such-library\" was found; tried\n"), "{error}");
}

#[test]
fn one_struct_in_all_three_ways() {
    let ldiv = Library::this().unwrap();
    let expected = Division { quotient: -4, remainder: -1 };
    // SAFETY: this is ldiv's signature.
    let typed =
        unsafe { ldiv.function::<unsafe extern "C" fn(c_long, c_long) -> Division>("ldiv") }
            .unwrap();
    // SAFETY: the divisor is not zero.
    assert_eq!(unsafe { typed(-9, 2) }, expected);

    let declared =
        ldiv.declare("typedef struct { long quot, rem; } ldiv_t; ldiv_t ldiv(long, long)").unwrap();
    // SAFETY: as above.
    let value = unsafe { declared.call((-9, 2)) }.unwrap();
    assert_eq!(value.to::<Division>().unwrap(), expected);

    let signature = Signature::new([Type::I64, Type::I64], Division::c_type()).unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    // SAFETY: as above.
    let result = unsafe {
        interface.call::<Division>(declared.code(), &[Arg::new(&-9_i64), Arg::new(&2_i64)])
    };
    assert_eq!(result.unwrap(), expected);
    // The descriptor that a declaration makes is the same but for names.
    let interface = declared.interface(&[]).unwrap();
    // SAFETY: as above.
    let result = unsafe {
        interface.call::<Division>(declared.code(), &[Arg::new(&-9_i64), Arg::new(&2_i64)])
    };
    assert_eq!(result.unwrap(), expected);
}

#[test]
fn structs_are_values_and_callbacks_arguments() {
    let outer = Outer {
        tag: 1,
        inner: Division { quotient: 2, remainder: 3 },
        name: [104, 105, 0, 0, 0],
        list: [[1, 2], [3, 4], [5, 6]],
        next: std::ptr::null(),
    };
    let value = Value::of(outer);
    assert_eq!(
        value.to_string(),
        "{tag: 1, inner: {quotient: 2, remainder: 3}, name: [104, 105, 0, 0, 0], list: [[1, 2], [3, 4], [5, 6]], next: null}"
    );
    assert_eq!(value.to::<Outer>().unwrap(), outer);
    assert!(value.to::<Division>().is_err());
    let c = Declarations::parse(
        "struct outer { unsigned char tag; struct { long q, r; } in; char name[5]; short list[3][2]; struct outer *next; };",
    )
    .unwrap();
    assert!(Outer::c_type().has_layout_of(&c.value_type_named("struct outer").unwrap()));
    let callback = Callback::from_fn("first", |outer: Outer| outer.inner.quotient).unwrap();
    let signature = Signature::new([Outer::c_type()], Type::I64).unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    // SAFETY: the callback has this signature.
    assert_eq!(unsafe { interface.call::<i64>(callback.code(), &[Arg::new(&outer)]) }.unwrap(), 2);
}

#[test]
fn the_last_clone_unloads() {
    let loaded = || std::fs::read_to_string("/proc/self/maps").unwrap().contains("/libanl.so");
    assert!(!loaded());
    // SAFETY: libanl's initialisers do nothing that could go wrong.
    let library = unsafe { Library::open("libanl.so.1") }.unwrap();
    let clone = library.clone();
    drop(library);
    assert!(loaded());
    drop(clone);
    assert!(!loaded());
}
