//! What unwinds passes through calls: panics of Rust callees, C++ exceptions, and backtraces.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::backtrace::Backtrace;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use ffi::{Arg, CallInterface, CodePtr, Signature, Type};

/// More than travel in registers.
const MANY: usize = 10;

#[rustfmt::skip]
#[allow(clippy::too_many_arguments, reason = "more than travel in registers")]
extern "C-unwind" fn panics(a: i64, _: i64, _: i64, _: i64, _: i64, _: i64, _: i64, _: i64, _: i64, j: i64) -> i64 {
    panic!("{a} and {j}");
}

extern "C-unwind" fn panics_at_once(a: i64) -> i64 {
    panic!("just {a}");
}

fn caught(signature: &Signature, code: *const (), arguments: &[Arg<'_>]) -> String {
    struct Dropped<'a>(&'a mut bool);
    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            *self.0 = true;
        }
    }
    let interface = CallInterface::new(signature).unwrap();
    let mut dropped = false;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _guard = Dropped(&mut dropped);
        // SAFETY: the functions here have these signatures, and may unwind.
        unsafe { interface.call::<i64>(CodePtr::new(code.cast()).unwrap(), arguments) }.unwrap()
    }));
    assert!(dropped, "the caller's destructors run");
    *outcome.unwrap_err().downcast::<String>().unwrap()
}

#[test]
fn a_panic_passes_through_a_call_without_a_frame() {
    let signature = Signature::new([Type::I64], Type::I64).unwrap();
    let arguments = [Arg::new(&4_i64)];
    assert_eq!(caught(&signature, panics_at_once as *const (), &arguments), "just 4");
}

#[test]
fn a_panic_passes_through_a_call_with_stack_arguments() {
    let signature = Signature::new(vec![Type::I64; MANY], Type::I64).unwrap();
    let arguments = [Arg::new(&7_i64); MANY];
    assert_eq!(caught(&signature, panics as *const (), &arguments), "7 and 7");
}

static TRACE: Mutex<String> = Mutex::new(String::new());

#[rustfmt::skip]
#[allow(clippy::too_many_arguments, reason = "more than travel in registers")]
extern "C" fn traces(_: i64, _: i64, _: i64, _: i64, _: i64, _: i64, _: i64, _: i64, _: i64, _: i64) {
    *TRACE.lock().unwrap() = Backtrace::force_capture().to_string();
}

#[test]
fn a_backtrace_passes_through() {
    let interface =
        CallInterface::new(&Signature::new(vec![Type::I64; MANY], Type::Void).unwrap()).unwrap();
    let code = CodePtr::new(traces as *const _).unwrap();
    // SAFETY: the function has this signature.
    unsafe { interface.call::<()>(code, &[Arg::new(&7_i64); MANY]) }.unwrap();
    let trace = TRACE.lock().unwrap();
    assert!(trace.contains("traces"), "{trace}");
    assert!(trace.contains("a_backtrace_passes_through"), "{trace}");
}

/// Compiles C++ text into a shared library; returns its path.
///
/// The compiler is `c++`, or what the environment variable `CXX` names; without one the test fails and says so. Where no
/// compiler can be started, as in wine, `FFI_TEST_EXCEPTIONS` names the library that it has made.
#[cfg(any(windows, all(target_os = "linux", not(target_env = "musl"))))]
fn exceptions() -> std::path::PathBuf {
    use std::path::Path;
    use std::process::Command;

    if let Some(library) = std::env::var_os("FFI_TEST_EXCEPTIONS") {
        return library.into();
    }
    let library = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("exceptions{}", std::env::consts::DLL_SUFFIX));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exceptions.cc");
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".into());
    let compiled = Command::new(&compiler)
        .args(["-O1", "-fPIC", "-shared", "-o"])
        .args([&library, &source])
        .status()
        .unwrap_or_else(|error| {
            panic!("this test needs a C++ compiler, and {compiler} does not start ({error}): install g++")
        });
    assert!(compiled.success());
    library
}

/// A C++ program's exception, thrown below a call and caught above it.
#[test]
#[cfg(any(windows, all(target_os = "linux", not(target_env = "musl"))))]
fn a_cpp_exception_passes_through() {
    use ffi::{Callback, CallbackInterface, FunctionPointer, OnPanic};

    // SAFETY: the library has no initialisers of its own.
    let library = unsafe { ffi::Library::open(exceptions()) }.unwrap();
    let throws = library.address("throws").unwrap();

    struct Call {
        interface: CallInterface,
        throws: CodePtr,
    }
    unsafe extern "C-unwind" fn call(data: *mut Call) {
        // SAFETY: `catches` passes on what it was given below.
        let Call { interface, throws } = unsafe { &*data };
        // SAFETY: the function has this signature, and may unwind.
        unsafe { interface.call::<i64>(*throws, &[Arg::new(&1_i64); MANY]) }.unwrap();
    }
    type Catches = unsafe extern "C" fn(unsafe extern "C-unwind" fn(*mut Call), *mut Call) -> i32;
    let catches = library.address("catches").unwrap();
    // SAFETY: the function has this type.
    let catches = unsafe { std::mem::transmute::<CodePtr, Catches>(catches) };
    let signature = Signature::new(vec![Type::I64; MANY], Type::I64).unwrap();
    let mut data = Call { interface: CallInterface::new(&signature).unwrap(), throws };
    // SAFETY: `call` takes such data; the exception is caught in C++.
    assert_eq!(unsafe { catches(call, &mut data) }, 2);

    // The same through callbacks, typed and dynamic, that let unwind what unwinds.
    let signature = Signature::new([Type::Pointer], Type::Void).unwrap();
    let throw = |_: *mut Call| {
        // SAFETY: the function has this signature, and may unwind.
        unsafe { data.interface.call::<i64>(throws, &[Arg::new(&1_i64); MANY]) }.unwrap();
    };
    let typed = Callback::builder("typed").on_panic(OnPanic::Unwind).typed(throw).unwrap();
    let dynamic = Callback::builder("dynamic")
        .on_panic(OnPanic::Unwind)
        .dynamic(&CallbackInterface::new(&signature).unwrap(), |call: &mut ffi::Incoming<'_>| {
            throw(call.argument(0)?);
            Ok(())
        })
        .unwrap();
    for (callback, destroyed) in [(typed, 4), (dynamic, 6)] {
        type Callee = unsafe extern "C-unwind" fn(*mut Call);
        // SAFETY: the callback has this signature.
        let callback = unsafe { Callee::from_code(callback.code()) };
        // SAFETY: the callbacks ignore the data; the exception is caught in C++.
        assert_eq!(unsafe { catches(callback, std::ptr::null_mut()) }, destroyed);
    }
}
