//! What becomes of a panic of a callback that does not end the process: it unwinds through C, or is kept.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicUsize, Ordering};

use ffi::callback::{CallbackInterface, OnPanic, resuming};
use ffi::{
    Arg, CallInterface, Callback, CodePtr, Field, FunctionPointer, Incoming, Signature, StructType,
    Type,
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

#[test]
fn a_result_stored_before_a_kept_panic_is_zero_too() {
    let kept = |signature: &Signature, handler: fn(&mut Incoming<'_>)| {
        Callback::builder("late")
            .on_panic(OnPanic::Keep)
            .dynamic(&CallbackInterface::new(signature).unwrap(), move |call: &mut Incoming<'_>| {
                handler(call);
                call.argument::<f32>(9).map(drop)
            })
            .unwrap()
    };
    let integer = kept(&Signature::new([Type::Void; 0], Type::I32).unwrap(), |call| {
        call.set_result(7).unwrap()
    });
    let float = kept(&Signature::new([Type::Void; 0], Type::F64).unwrap(), |call| {
        call.set_result(7.0).unwrap()
    });
    let triple = Type::from(
        StructType::new("triple", ["a", "b", "c"].map(|name| Field::new(name, Type::I64))).unwrap(),
    );
    let memory = kept(&Signature::new([Type::Void; 0], triple).unwrap(), |call| {
        // SAFETY: the result is three integers.
        unsafe { call.result_ptr().cast::<[i64; 3]>().write([7; 3]) };
    });
    let seen = catch_unwind(AssertUnwindSafe(|| {
        resuming(|| {
            assert_eq!(call!(unsafe extern "C" fn() -> i32, integer), 0);
            assert_eq!(call!(unsafe extern "C" fn() -> f64, float), 0.0);
            assert_eq!(call!(unsafe extern "C" fn() -> [i64; 3], memory), [0; 3]);
        })
    }));
    let words = *seen.unwrap_err().downcast::<String>().unwrap();
    assert_eq!(words, "there is no argument 9: the function takes 0");
}

/// A panic's payload that panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a bomb");
    }
}

#[test]
fn kept_panics_of_which_only_one_can_go_on() {
    let callback = Callback::builder("bomber").on_panic(OnPanic::Keep).typed(|n: i32| -> i32 {
        match n {
            0 => panic!("first"),
            _ => panic_any(Bomb),
        }
    });
    let callback = callback.unwrap();
    type One = unsafe extern "C" fn(i32) -> i32;
    // Nobody asks for it.
    assert_eq!(call!(One, callback, 1), 0);
    let first = catch_unwind(AssertUnwindSafe(|| {
        resuming(|| {
            call!(One, callback, 0);
            call!(One, callback, 1);
            // What the inner one keeps is lost with it when it is left by another panic.
            let inner = catch_unwind(AssertUnwindSafe(|| {
                resuming(|| {
                    call!(One, callback, 1);
                    panic!("another");
                })
            }));
            assert_eq!(*inner.unwrap_err().downcast::<&str>().unwrap(), "another");
            // The result is dropped where a panic takes its place.
            Box::new(0)
        })
    }));
    assert_eq!(*first.unwrap_err().downcast::<&str>().unwrap(), "first");
}

/// Threads of the system, and what happens at their ends.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod threads {
    use super::*;
    use std::ffi::c_void;

    unsafe extern "C" {
        fn pthread_key_create(key: *mut u32, end: Option<unsafe extern "C" fn(*mut c_void)>)
        -> i32;
        fn pthread_setspecific(key: u32, value: *const c_void) -> i32;
    }

    /// Rust's thread-locals with destructors are gone when the destructors of keys run.
    #[test]
    fn panics_are_kept_at_the_end_of_a_thread() {
        type End = unsafe extern "C" fn(*mut c_void);
        static RESUMED: AtomicUsize = AtomicUsize::new(0);
        let strict = |_: *mut c_void| -> () { panic!("at the end") };
        let inner = Callback::builder("inner").on_panic(OnPanic::Keep).typed(strict).unwrap();
        let outer =
            Callback::builder("outer").on_panic(OnPanic::Keep).typed(|value: *mut c_void| -> () {
                let resumed =
                    catch_unwind(AssertUnwindSafe(|| resuming(|| call!(End, inner, value))));
                RESUMED.fetch_add(usize::from(resumed.is_err()), Ordering::SeqCst);
                std::panic::resume_unwind(resumed.unwrap_err());
            });
        let outer = outer.unwrap();
        // SAFETY: the callback has this signature.
        let end = unsafe { End::from_code(outer.code()) };
        let mut key = 0;
        // SAFETY: the destructor runs on a thread that is joined before the callback is dropped.
        assert_eq!(unsafe { pthread_key_create(&mut key, Some(end)) }, 0);
        let thread = std::thread::spawn(move || {
            resuming(|| ());
            // SAFETY: the key was created, and any address is a value.
            assert_eq!(unsafe { pthread_setspecific(key, (&raw const key).cast()) }, 0);
        });
        thread.join().unwrap();
        assert_eq!(RESUMED.load(Ordering::SeqCst), 1);
    }
}
