//! What becomes of a panic of a callback, under each policy, and of other things that end the process.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use ffi::{
    Arg, CallInterface, Callback, CallbackInterface, CodePtr, FunctionPointer, Locked, OnPanic,
    Signature, Type, resuming,
};

/// Calls a callback through its function pointer type.
macro_rules! call {
    ($ty:ty, $callback:expr $(, $argument:expr)*) => {{
        // SAFETY: the callback has this signature.
        let function = unsafe { <$ty>::from_code($callback.code()) };
        // SAFETY: the callback lives.
        unsafe { function($($argument),*) }
    }};
}

#[test]
fn a_kept_panic_goes_on_behind_c() {
    let signature = Signature::new([Type::I32], Type::I32).unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    let after = AtomicUsize::new(0);
    let strict = |n: i32| if n < 0 { panic!("{n} is negative") } else { n };
    let typed = Callback::builder("strict").on_panic(OnPanic::Keep).typed(strict).unwrap();
    let dynamic = Callback::builder("strict")
        .on_panic(OnPanic::Keep)
        .dynamic(&CallbackInterface::new(&signature).unwrap(), |call: &mut ffi::Incoming<'_>| {
            let n = strict(call.argument(0)?);
            call.set_result(n)
        })
        .unwrap();
    for callback in [typed, dynamic] {
        let call = |n: i32| {
            // SAFETY: the callback has this signature.
            let result =
                unsafe { interface.call::<i32>(callback.code(), &[Arg::new(&n)]) }.unwrap();
            after.fetch_add(1, Ordering::Relaxed);
            result
        };
        assert_eq!(resuming(|| call(5)), 5);
        let panic =
            catch_unwind(AssertUnwindSafe(|| resuming(|| (call(-5), call(-6))))).unwrap_err();
        assert_eq!(*panic.downcast::<String>().unwrap(), "-5 is negative");
        assert_eq!(resuming(|| call(6)), 6);
    }
    assert_eq!(after.into_inner(), 8, "C went on after the panic");
}

#[test]
fn a_panic_that_may_unwinds_through_the_callback_and_the_call() {
    extern "C-unwind" fn twice(callback: unsafe extern "C-unwind" fn(i32) -> i32, n: i32) -> i32 {
        // SAFETY: the caller passes a live callback.
        2 * unsafe { callback(n) }
    }
    let strict = |n: i32| if n < 0 { panic!("negative") } else { n };
    let callback = Callback::builder("strict").on_panic(OnPanic::Unwind).typed(strict).unwrap();
    let dynamic = Callback::builder("strict")
        .on_panic(OnPanic::Unwind)
        .dynamic(
            &CallbackInterface::new(&Signature::new([Type::I32], Type::I32).unwrap()).unwrap(),
            |call: &mut ffi::Incoming<'_>| {
                let n = strict(call.argument(0)?);
                call.set_result(n)
            },
        )
        .unwrap();
    let interface =
        CallInterface::new(&Signature::new([Type::Pointer, Type::I32], Type::I32).unwrap())
            .unwrap();
    let code = CodePtr::new(twice as *const _).unwrap();
    for callback in [callback, dynamic] {
        let address = callback.code().as_ptr();
        let call = |n: i32| {
            // SAFETY: `twice` has this signature, and may unwind.
            unsafe { interface.call::<i32>(code, &[Arg::new(&address), Arg::new(&n)]) }.unwrap()
        };
        assert_eq!(call(21), 42);
        let panic = catch_unwind(AssertUnwindSafe(|| call(-1))).unwrap_err();
        assert_eq!(*panic.downcast::<&str>().unwrap(), "negative");
    }
}

/// What ends the process is observed from another one: this program runs again, told which.
const DEADLY: &str = "FFI_TEST_DEADLY";

#[test]
fn what_ends_the_process() {
    if let Ok(which) = std::env::var(DEADLY) {
        deadly(&which);
    }
    for (which, words) in [
        (
            "typed",
            "the callback \"typed one\" failed, and no panic may cross into C: out of cheese",
        ),
        (
            "dynamic",
            "the callback \"dynamic one\" failed, and no panic may cross into C: out of cheese",
        ),
        (
            "wrong",
            "the callback \"wrong one\" failed, and no panic may cross into C: argument 0 is int32_t in the signature, not double",
        ),
        ("reentered", "a callback that changes its captures was called again while it ran"),
        ("dropped", "C called a callback that had been dropped"),
    ] {
        let output = told(which);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(words), "{which}: {errors}");
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&output.status),
            Some(6),
            "{which}: SIGABRT"
        );
        #[cfg(not(unix))]
        assert!(!output.status.success(), "{which}");
    }
}

/// Where panics unwind into C or are kept, the program ends like any other that nobody has caught the panic of.
#[test]
fn what_ends_in_a_panic() {
    for (which, goes_on) in [("unwound", false), ("kept", true)] {
        let output = told(which);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains("panicked at") && errors.contains("out of cheese"), "{errors}");
        assert!(!errors.contains("no panic may cross into C"), "{errors}");
        assert_eq!(output.status.code(), Some(101), "{which}: {errors}");
        assert_eq!(errors.contains("C went on"), goes_on, "{which}: {errors}");
    }
}

/// Runs this program again, told what to do.
fn told(which: &str) -> Output {
    this_program()
        .args(["--exact", "what_ends_the_process", "--nocapture", "--test-threads=1"])
        .env(DEADLY, which)
        .output()
        .unwrap()
}

/// This program, through the emulator that the environment variable `FFI_TEST_RUNNER` names where it runs in one.
fn this_program() -> Command {
    let program = std::env::current_exe().unwrap();
    let runner = std::env::var("FFI_TEST_RUNNER").unwrap_or_default();
    let mut words = runner.split_whitespace();
    let Some(first) = words.next() else {
        return Command::new(program);
    };
    let mut command = Command::new(first);
    command.args(words).arg(program);
    command
}

fn deadly(which: &str) -> ! {
    type One = unsafe extern "C" fn(i32) -> i32;
    let signature = Signature::new([Type::I32], Type::I32).unwrap();
    match which {
        "typed" => {
            let callback =
                Callback::from_fn("typed one", |_: i32| -> i32 { panic!("out of cheese") })
                    .unwrap();
            call!(One, callback, 1);
        }
        "dynamic" => {
            let callback =
                Callback::new("dynamic one", &signature, |_| panic!("out of cheese")).unwrap();
            call!(One, callback, 1);
        }
        "wrong" => {
            let callback = Callback::new("wrong one", &signature, |call| {
                call.argument::<f64>(0)?;
                Ok(())
            })
            .unwrap();
            call!(One, callback, 1);
        }
        "reentered" => {
            static CODE: std::sync::OnceLock<CodePtr> = std::sync::OnceLock::new();
            let mut count = 0;
            let callback = Callback::from_fn(
                "reentered one",
                Locked::new(move |n: i32| -> i32 {
                    count += n;
                    // SAFETY: the callback has this signature, and lives.
                    let own = unsafe { One::from_code(*CODE.get().unwrap()) };
                    // SAFETY: as above.
                    unsafe { own(count) }
                }),
            )
            .unwrap();
            CODE.set(callback.code()).unwrap();
            call!(One, callback, 1);
        }
        "unwound" | "kept" => {
            let policy = if which == "kept" { OnPanic::Keep } else { OnPanic::Unwind };
            let strict = |n: i32| -> i32 { if n > 0 { panic!("out of cheese") } else { n } };
            let callback = Callback::builder("strict").on_panic(policy).typed(strict).unwrap();
            type Unwinding = unsafe extern "C-unwind" fn(i32) -> i32;
            resuming(|| {
                call!(Unwinding, callback, 1);
                eprintln!("C went on");
            });
        }
        _ => {
            let callback = Callback::new("dropped one", &signature, |_| Ok(())).unwrap();
            // SAFETY: the callback has this signature;
            let function = unsafe { One::from_code(callback.code()) };
            drop(callback);
            // SAFETY: it is dropped, which is what this shows.
            unsafe { function(1) };
        }
    }
    unreachable!("{which} came back");
}
