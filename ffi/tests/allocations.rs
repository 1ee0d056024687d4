//! Declared calls of numbers, pointers and short strings allocate nothing: a counting allocator sees it.
// A static program cannot open a library.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(missing_docs, reason = "a test has no public items")]

mod kit;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ffi::call::ErrorNumbers;
use ffi::{Argument, Value};
use kit::declare;

/// Counts what each thread allocates and frees.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
    static FREED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: all is left to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the layout is the caller's, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        FREED.set(FREED.get() + 1);
        // SAFETY: the place came from the system's allocator with this layout.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often some work allocates, once it has run before.
fn allocations(mut work: impl FnMut()) -> usize {
    work();
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

/// How much more some work allocates than it frees, once it has run before.
fn left(mut work: impl FnMut()) -> usize {
    work();
    let before = COUNT.get().wrapping_sub(FREED.get());
    work();
    COUNT.get().wrapping_sub(FREED.get()).wrapping_sub(before)
}

/// Calls a function that the test knows to be sound with these arguments.
macro_rules! call {
    ($function:expr, $($argument:expr),* $(,)?) => {
        // SAFETY: the declaration is the function's, and it takes these arguments.
        unsafe { $function.call(($($argument,)*)) }.unwrap()
    };
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(Box::new(1))), 1);
    let div = declare("typedef struct { long quot, rem; } q; q ldiv(long, long)");
    assert_eq!(allocations(|| drop(call!(div, 7, 2))), 0, "a struct of 16 bytes is small");
    assert_eq!(allocations(|| drop(call!(div, 7, 2).to_bytes())), 1);
}

#[test]
fn numbers_and_pointers_allocate_nothing() {
    let abs = declare("int abs(int n)");
    assert_eq!(allocations(|| assert_eq!(call!(abs, -5), Value::I32(5))), 0);
    // Numbers of other types are converted, whether that is soon seen or not.
    assert_eq!(allocations(|| assert_eq!(call!(abs, 5_u64), Value::I32(5))), 0);
    assert_eq!(allocations(|| assert_eq!(call!(abs, -5_i128), Value::I32(5))), 0);
    assert_eq!(allocations(|| assert_eq!(call!(abs, -5.0_f32 as i8), Value::I32(5))), 0);
    let ldexp = declare("double ldexp(double x, int exponent)");
    assert_eq!(allocations(|| assert_eq!(call!(ldexp, 3_u8, 2), Value::F64(12.0))), 0);
    let memmove = declare("void *memmove(void *to, const void *from, unsigned long size)");
    let (from, mut to) = ([1_u16, 2], [0_u16; 2]);
    let copy = || drop(call!(memmove, &mut to, &from, 4));
    assert_eq!(allocations(copy), 0);
    let place = to.as_mut_ptr();
    assert_eq!(allocations(|| drop(call!(memmove, place, place.cast_const(), 4))), 0);
    // A result of a declared type shares that.
    let strchr = declare("char *strchr(const char *text, int c)");
    let strlen = declare("unsigned long strlen(const char *text)");
    let chain = || {
        let found = call!(strchr, c"one two", 32);
        assert_eq!(call!(strlen, found), Value::U64(4));
    };
    assert_eq!(allocations(chain), 0);
    let many =
        declare("int snprintf(char *, unsigned long, const char *, int, int, int, int, double)");
    let mut text = [0_u8; 64];
    let print = || drop(call!(many, &mut text, 64, c"%d %d %d", 1, 2, 3, 4, 0));
    assert_eq!(allocations(print), 0);
}

#[test]
fn a_member_by_its_name_allocates_nothing() {
    let div = declare("typedef struct { int quot, rem; } div_t; div_t div(int number, int by)");
    let member = || {
        let result = call!(div, 17, 5);
        assert_eq!(result.field("quot").unwrap(), Value::I32(3));
        assert_eq!(result.field("rem").unwrap(), Value::I32(2));
    };
    assert_eq!(allocations(member), 0);
}

/// Whether a call is quick or not, and whether it is made at all.
#[test]
fn arguments_are_freed_once() {
    let strcmp = declare("int strcmp(const char *a, const char *b)");
    let strchr = declare("char *strchr(const char *text, int c)");
    let abs = declare("int abs(int n)");
    let strings = || {
        let (short, long) = ("x".repeat(20), "x".repeat(2000));
        assert_eq!(call!(strcmp, short.clone(), short.as_str()), Value::I32(0));
        assert_eq!(call!(strcmp, long.clone(), long), Value::I32(0));
        // SAFETY: refused before the call.
        assert!(unsafe { abs.call((short.clone(),)) }.is_err());
        // SAFETY: as above.
        assert!(unsafe { strcmp.call((short.clone(), short)) }.is_ok());
        // SAFETY: as above.
        assert!(unsafe { strcmp.call((String::from("one"),)) }.is_err());
        // SAFETY: as above.
        assert!(unsafe { strcmp.call(vec![Argument::from(String::from("one"))]) }.is_err());
    };
    assert_eq!(left(strings), 0);
    let pointers = || {
        let found = call!(strchr, c"one two", 32);
        let again = call!(strchr, found.clone(), 116);
        assert_eq!(call!(strcmp, again, c"two"), Value::I32(0));
        let mut numbers = ErrorNumbers::default();
        // SAFETY: both are strings.
        let same = unsafe { strcmp.call_with_errno((found, String::from(" two")), &mut numbers) };
        assert_eq!(same.unwrap(), Value::I32(0));
    };
    assert_eq!(left(pointers), 0);
    let strlen = declare("unsigned long strlen(const char *text)");
    let lists = || {
        assert_eq!(call!(strlen, Argument::list([b'a', b'b', 0])), Value::U64(2));
        // SAFETY: refused before the call.
        assert!(unsafe { strlen.call((Argument::list(["a", "b"]),)) }.is_err());
    };
    assert_eq!(left(lists), 0);
}

#[test]
fn what_comes_back_allocates_nothing() {
    let frexp = declare("double frexp(double x, int *exponent)");
    let bring = || {
        let mut exponent = Value::Void;
        call!(frexp, 48.0, Argument::out(&mut exponent));
        assert_eq!(exponent, Value::I32(6));
        call!(frexp, 96.0, Argument::in_out(&mut exponent));
        assert_eq!(exponent, Value::I32(7));
    };
    assert_eq!(allocations(bring), 0);
    let strtol = declare("long strtol(const char *text, char **end, int base)");
    let end = || {
        let mut end = Value::Void;
        assert_eq!(call!(strtol, c"12 apples", Argument::out(&mut end), 10), Value::I64(12));
    };
    assert_eq!(allocations(end), 0);
    let close = declare("int close(int file)");
    let number = || {
        let mut numbers = ErrorNumbers::default();
        // SAFETY: there is no file -1.
        let result = unsafe { close.call_with_errno((-1,), &mut numbers) }.unwrap();
        assert_eq!((result, numbers.errno), (Value::I32(-1), 9));
    };
    assert_eq!(allocations(number), 0);
}

#[test]
fn short_strings_allocate_nothing() {
    let strlen = declare("unsigned long strlen(const char *text)");
    assert_eq!(allocations(|| assert_eq!(call!(strlen, "größe"), Value::U64(7))), 0);
    let medium = "x".repeat(400);
    assert_eq!(allocations(|| assert_eq!(call!(strlen, medium.as_str()), Value::U64(400))), 0);
    let long = "x".repeat(4000);
    assert_eq!(allocations(|| assert_eq!(call!(strlen, long.as_str()), Value::U64(4000))), 2);
}

#[test]
fn variadic_calls_of_known_types_allocate_nothing() {
    let snprintf = declare("int snprintf(char *to, unsigned long size, const char *format, ...)");
    let mut text = [0_u8; 64];
    let print = || {
        let length = call!(snprintf, &mut text, 64, "%d %s %g", 42_u8, "text", 2.5_f32);
        assert_eq!(length, Value::I32(11));
    };
    assert_eq!(allocations(print), 0);
    // Found again, and beside others.
    let other =
        || drop(call!(snprintf, std::ptr::null_mut::<u8>(), 0, "%ld %p", 1_i64, None::<&str>));
    assert_eq!(allocations(other), 0);
    let mut text = [0_u8; 64];
    let both = || {
        call!(snprintf, &mut text, 64, "%d %s %g", 42, "text", 2.5);
        call!(snprintf, &mut text, 64, "%ld %p", 1_i64, None::<&str>);
    };
    assert_eq!(allocations(both), 0);
}
