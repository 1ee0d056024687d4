//! What unwinds passes through calls: panics of Rust callees, C++ exceptions, jumps, and backtraces.
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

/// C++ functions that are left by throwing or jumping, and those that call a function which calls them.
#[cfg(any(windows, all(target_os = "linux", not(target_env = "musl"))))]
mod cpp {
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::sync::OnceLock;

    use ffi::callback::{CallbackInterface, OnPanic};
    use ffi::{
        Arg, CallInterface, Callback, CodePtr, FunctionPointer, Incoming, Library, Signature, Type,
    };

    use super::MANY;

    /// The library of `exceptions.cc`.
    ///
    /// The compiler is `c++`, or what the environment variable `CXX` names; without one the test fails and says so.
    /// Where no compiler can be started, as in wine, `FFI_TEST_EXCEPTIONS` names the library that it has made.
    fn library() -> &'static Library {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        LIBRARY.get_or_init(|| {
            let path = std::env::var_os("FFI_TEST_EXCEPTIONS").map_or_else(compiled, PathBuf::from);
            // SAFETY: the library has no initialisers of its own.
            unsafe { Library::open(path) }.unwrap()
        })
    }

    fn compiled() -> PathBuf {
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

    /// A call of a function that does not return.
    struct Call {
        interface: CallInterface,
        leaves: CodePtr,
    }

    impl Call {
        fn new(leaves: &str) -> Call {
            let signature = Signature::new(vec![Type::I64; MANY], Type::I64).unwrap();
            let interface = CallInterface::new(&signature).unwrap();
            Call { interface, leaves: library().address(leaves).unwrap() }
        }

        fn make(&self) {
            // SAFETY: the function has this signature, and may unwind.
            unsafe { self.interface.call::<i64>(self.leaves, &[Arg::new(&1_i64); MANY]) }.unwrap();
        }
    }

    type Callee = unsafe extern "C-unwind" fn(*const Call);

    /// Has a function of the library call `callee`.
    fn through(caller: &str, callee: Callee, call: &Call) -> i32 {
        type Caller = unsafe extern "C-unwind" fn(Callee, *const Call) -> i32;
        // SAFETY: the function has this type.
        let caller =
            unsafe { std::mem::transmute::<CodePtr, Caller>(library().address(caller).unwrap()) };
        // SAFETY: the callee takes such data; what leaves it ends in C++.
        unsafe { caller(callee, call) }
    }

    unsafe extern "C-unwind" fn make(call: *const Call) {
        // SAFETY: the library passes on what it was given.
        unsafe { &*call }.make();
    }

    /// Calls of `caller`, which calls a function, a typed and a dynamic callback, which call `leaves`; the last two let
    /// unwind what unwinds.
    fn three_ways(caller: &str, leaves: &str) -> [i32; 3] {
        let call = Call::new(leaves);
        let typed = Callback::builder("typed").on_panic(OnPanic::Unwind);
        let typed = typed.typed(|_: *const Call| call.make()).unwrap();
        let signature = Signature::new([Type::Pointer], Type::Void).unwrap();
        let interface = CallbackInterface::new(&signature).unwrap();
        let dynamic = |_: &mut Incoming<'_>| {
            call.make();
            Ok(())
        };
        let dynamic =
            Callback::builder("dynamic").on_panic(OnPanic::Unwind).dynamic(&interface, dynamic);
        let dynamic = dynamic.unwrap();
        // SAFETY: the callbacks have this signature.
        let [typed, dynamic] =
            [&typed, &dynamic].map(|callback| unsafe { Callee::from_code(callback.code()) });
        [make, typed, dynamic].map(|callee| through(caller, callee, &call))
    }

    /// Thrown below a call and caught above it: two destructors run each time.
    #[test]
    fn an_exception_passes_through() {
        assert_eq!(three_ways("catches", "throws"), [2, 4, 6]);
    }

    /// `longjmp`: the frames on the way have nothing to be dropped.
    #[test]
    fn a_jump_passes_through() {
        assert_eq!(three_ways("returns_twice", "jumps"), [1; 3]);
    }
}
