//! Libraries of Windows: found, declared, listed, unloaded; its own error numbers; a deadline.
#![cfg(all(windows, target_arch = "x86_64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::time::{Duration, Instant};

use ffi::call::ErrorNumbers;
use ffi::worker::Pool;
use ffi::{Argument, Error, Library, Value};

fn find(name: &str) -> Library {
    // SAFETY: the libraries of Windows that are named here have no initialisers of note.
    unsafe { Library::find(name) }.unwrap()
}

#[test]
fn libraries_are_found_by_name_and_called_by_declarations() {
    for name in ["kernel32", "kernel32.dll", "KERNEL32"] {
        let id = find(name).declare("unsigned long GetCurrentProcessId(void)").unwrap();
        // SAFETY: it has no parameters.
        assert_eq!(unsafe { id.call(()) }.unwrap(), Value::U32(std::process::id()));
    }
    let error = Library::this().unwrap().address("no_such_function").unwrap_err();
    assert!(error.to_string().contains("no symbol \"no_such_function\""), "{error}");
    // SAFETY: there is no such library.
    let error = unsafe { Library::find("no-such-library") }.unwrap_err();
    let Error::LibraryNotFound { tried, .. } = &error else { panic!("{error}") };
    let names: Vec<&str> = tried.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["no-such-library.dll", "no-such-library"]);
}

#[test]
fn strings_structs_and_callbacks() {
    let msvcrt = find("msvcrt");
    let qsort = "void qsort(void *, size_t, size_t, int (*compare)(const void *, const void *))";
    let qsort = msvcrt.declare(qsort).unwrap();
    let compare = qsort.callback("compare", |call| {
        let (a, b) = (call.argument::<*const i32>(0)?, call.argument::<*const i32>(1)?);
        // SAFETY: qsort passes pointers to elements.
        let order = unsafe { (*a).cmp(&*b) };
        call.set_result(order as i32)
    });
    let mut numbers = [3, -1, 2];
    // SAFETY: the counts are those of the slice.
    unsafe { qsort.call((&mut numbers, 3, 4, &compare.unwrap())) }.unwrap();
    assert_eq!(numbers, [-1, 2, 3]);

    // `long` has 32 bits, and two of them travel in one register.
    let ldiv = "struct ldiv_t { long quot, rem; } ldiv(long, long)";
    // SAFETY: nothing is divided by zero.
    let quotient = unsafe { msvcrt.declare(ldiv).unwrap().call((17, 5)) }.unwrap();
    assert_eq!(quotient.to_string(), "{quot: 3, rem: 2}");

    let sprintf = msvcrt.declare("int sprintf(char *, const char *, ...)").unwrap();
    let mut text = [0_u8; 32];
    // SAFETY: the format asks for what follows it, and the buffer has room for it.
    let length = unsafe { sprintf.call((&mut text, "%s %.2f %d", "x", 1.5, 7)) }.unwrap();
    assert_eq!((length, &text[..8]), (Value::I32(8), &b"x 1.50 7"[..]));
}

#[test]
fn error_numbers_of_windows() {
    let open = "void *CreateFileA(const char *name, unsigned long, unsigned long, void *, unsigned long, unsigned long, void *)";
    let open = find("kernel32").declare(open).unwrap();
    let mut numbers = ErrorNumbers::default();
    let arguments = ("C:\\no\\such\\file", 0, 0, Argument::Null, 3, 0, Argument::Null);
    // SAFETY: the function reads the name alone.
    let handle = unsafe { open.call_with_errno(arguments, &mut numbers) }.unwrap();
    assert_eq!(handle, Value::Pointer(std::ptr::without_provenance_mut(usize::MAX)));
    assert_eq!(numbers.last_error, 3, "the path is not found");
}

#[test]
fn every_symbol_that_is_listed_is_found() {
    for (name, known) in [("kernel32", "GetModuleFileNameW"), ("msvcrt", "qsort")] {
        let library = find(name);
        let symbols = library.symbols().unwrap();
        assert!(symbols.len() > 500 && symbols.is_sorted(), "{name}: {}", symbols.len());
        assert!(symbols.iter().any(|symbol| symbol == known), "{name} has {known}");
        let missing: Vec<_> =
            symbols.iter().filter(|symbol| library.address(symbol).is_err()).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
    assert!(!Library::this().unwrap().symbols().unwrap().iter().any(|symbol| symbol == "qsort"));
}

#[test]
fn the_last_clone_unloads() {
    let loaded = find("kernel32").declare("void *GetModuleHandleA(const char *)").unwrap();
    let is_loaded = || {
        // SAFETY: the function reads the name.
        let module = unsafe { loaded.call(("avifil32.dll",)) }.unwrap();
        module != Value::Pointer(std::ptr::null_mut())
    };
    assert!(!is_loaded());
    let library = find("avifil32");
    let clone = library.clone();
    drop(library);
    assert!(is_loaded());
    drop(clone);
    assert!(!is_loaded());
}

#[test]
fn the_caller_goes_on_in_time() {
    let sleep = find("kernel32").declare("void Sleep(unsigned long milliseconds)").unwrap();
    let (pool, start) = (Pool::new(2, 4), Instant::now());
    // SAFETY: any thread may sleep.
    let late = unsafe { sleep.call_within(&pool, Duration::from_millis(30), (2000,)) };
    assert!(matches!(late, Err(Error::DeadlineExceeded)), "{late:?}");
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
    // SAFETY: as above.
    let slept = unsafe { sleep.call_async(&pool, (10,)) }.unwrap();
    assert_eq!(pollster::block_on(slept).unwrap(), Value::Void);
}
