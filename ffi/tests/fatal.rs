//! What ends the process: panics that must not cross into C, and calls that must not be made.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use ffi::callback::{Locked, OnPanic, resuming};
use ffi::{Callback, CodePtr, FunctionPointer, Signature, Type};

/// Calls a callback through its function pointer type.
macro_rules! call {
    ($ty:ty, $callback:expr $(, $argument:expr)*) => {{
        // SAFETY: the callback has this signature.
        let function = unsafe { <$ty>::from_code($callback.code()) };
        // SAFETY: the callback lives.
        unsafe { function($($argument),*) }
    }};
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
        (
            "reentered",
            "no panic may cross into C: a callback that changes its captures was called again while it ran",
        ),
        ("dropped", "C called a callback that had been dropped"),
        ("dropping", "C called a callback that had been dropped"),
        ("once again", "the callback \"single\" is called once, but C called it again"),
        ("once elsewhere", "the callback \"single\" is called once, but C called it again"),
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        (
            "pthread_exit",
            "the callback \"last\" was left by pthread_exit or an exception of another language, which must not pass it",
        ),
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        ("pthread_exit on a pool", "work on a pool was left by pthread_exit"),
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

/// No panic of the message itself crosses into C.
#[cfg(target_os = "linux")]
#[test]
fn what_ends_the_process_unheard() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = telling("unheard").stderr(full).status().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(6), "SIGABRT");
}

/// Runs this program again, told what to do.
fn told(which: &str) -> Output {
    telling(which).output().unwrap()
}

fn telling(which: &str) -> Command {
    let mut command = this_program();
    command.args(["--exact", "what_ends_the_process", "--nocapture", "--test-threads=1"]);
    command.env(DEADLY, which);
    command
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
        "unheard" => {
            type Unwinding = unsafe extern "C-unwind" fn(i32) -> i32;
            std::panic::set_hook(Box::new(|_| ()));
            let callback = Callback::from_fn("unheard", |_: i32| -> i32 { panic!("unheard") });
            let callback = callback.unwrap();
            let _ = std::panic::catch_unwind(|| call!(Unwinding, callback, 1));
            std::process::exit(0);
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
            static CODE: OnceLock<CodePtr> = OnceLock::new();
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
        "dropping" => {
            struct Calls(Arc<OnceLock<CodePtr>>);
            impl Drop for Calls {
                fn drop(&mut self) {
                    // SAFETY: the callback has this signature.
                    let own = unsafe { One::from_code(*self.0.get().unwrap()) };
                    // SAFETY: it is being dropped, which is what this shows.
                    unsafe { own(1) };
                }
            }
            let code = Arc::default();
            let calls = Calls(Arc::clone(&code));
            let callback = Callback::from_fn("dropping one", move |n: i32| {
                let _calls = &calls;
                n
            })
            .unwrap();
            code.set(callback.code()).unwrap();
            drop(callback);
        }
        "once again" | "once elsewhere" => {
            static CODE: OnceLock<CodePtr> = OnceLock::new();
            let elsewhere = which == "once elsewhere";
            let again = || {
                // SAFETY: the callback has this signature.
                let own = unsafe { One::from_code(*CODE.get().unwrap()) };
                // SAFETY: the first call still runs, which is what this shows.
                unsafe { own(2) }
            };
            let held = vec![7; 100];
            let once = Callback::builder("single").typed_once(move |(n,): (i32,)| {
                let again = match elsewhere {
                    true => std::thread::spawn(again).join().unwrap(),
                    false => again(),
                };
                n + again + held[50]
            });
            let code = once.unwrap().into_code();
            CODE.set(code).unwrap();
            // SAFETY: the callback has this signature.
            let function = unsafe { One::from_code(code) };
            // SAFETY: this is the call that is allowed.
            unsafe { function(1) };
        }
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        "pthread_exit" => {
            let callback = Callback::from_fn("last", |_: i32| -> i32 { end_thread() }).unwrap();
            std::thread::scope(|scope| drop(scope.spawn(|| call!(One, callback, 1))));
        }
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        "pthread_exit on a pool" => {
            let pool = ffi::worker::Pool::new(1, 1);
            let _ = pool.run(&ffi::worker::Limit::none(), || end_thread()).unwrap().wait();
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

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn end_thread() -> ! {
    unsafe extern "C-unwind" {
        fn pthread_exit(result: *mut std::ffi::c_void) -> !;
    }
    // SAFETY: what it unwinds through ends the process first.
    unsafe { pthread_exit(std::ptr::null_mut()) }
}
