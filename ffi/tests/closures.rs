//! Typed callbacks, and closures that change or run once.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ffi::callback::{CallbackInterface, Locked, Unsynchronised};
use ffi::{CType, Callback, Field, FunctionPointer, Signature, StructType, Type};

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
fn typed_callbacks_of_every_kind() {
    type Ints = unsafe extern "C" fn(i8, u16, i32, u64, i64, *const c_void, i64, i32) -> i64;
    let ints = Callback::from_fn(
        "ints",
        |a: i8, b: u16, c: i32, d: u64, e: i64, f: *const c_void, g: i64, h: i32| {
            i64::from(a)
                + i64::from(b)
                + i64::from(c)
                + d as i64
                + e
                + f.addr() as i64
                + g
                + i64::from(h)
        },
    )
    .unwrap();
    let pointer = std::ptr::without_provenance(5);
    assert_eq!(call!(Ints, ints, -1, 2, -3, 4, -5, pointer, 7, -8), 1);

    type Floats = unsafe extern "C" fn(f32, f64, f32, f64, f64, f64, f64, f64, f64) -> f32;
    let floats = Callback::from_fn(
        "floats",
        |a: f32, b: f64, c: f32, d: f64, e: f64, f: f64, g: f64, h: f64, i: f64| {
            a + c + (b + d + e + f + g + h + i) as f32
        },
    )
    .unwrap();
    assert_eq!(call!(Floats, floats, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0), 36.5);

    type Twelve =
        unsafe extern "C" fn(i32, f64, i32, f64, i32, f64, i32, f64, i32, f64, i32, f64) -> f64;
    let twelve = Callback::from_fn(
        "twelve",
        |a: i32,
         b: f64,
         c: i32,
         d: f64,
         e: i32,
         f: f64,
         g: i32,
         h: f64,
         i: i32,
         j: f64,
         k: i32,
         l: f64| { f64::from(a * c * e * g * i * k) + b * d * f * h * j * l },
    )
    .unwrap();
    assert_eq!(call!(Twelve, twelve, 1, 1.5, 2, 1.0, 3, 2.0, 4, 1.0, 5, 1.0, 6, 3.0), 729.0);

    type Flag = unsafe extern "C" fn(bool) -> bool;
    let not = Callback::from_fn("not", |flag: bool| !flag).unwrap();
    assert!(call!(Flag, not, false));
    assert!(!call!(Flag, not, true));

    // All integer and all vector registers taken, and more on the stack.
    type Full = unsafe extern "C" fn(
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
    ) -> f64;
    let full = Callback::from_fn(
        "full",
        |a: i64,
         b: i64,
         c: i64,
         d: i64,
         e: i64,
         f: i64,
         g: i64,
         h: f64,
         i: f64,
         j: f64,
         k: f64,
         l: f64,
         m: f64,
         n: f64,
         o: f64,
         p: f64| { (a + b + c + d + e + f + g) as f64 + h + i + j + k + l + m + n + o + p },
    )
    .unwrap();
    let sum =
        call!(Full, full, 1, 2, 3, 4, 5, 6, 7, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0);
    assert_eq!(sum, 136.0);
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Mixed {
    x: f64,
    n: i32,
}

// SAFETY: a double and an int.
unsafe impl CType for Mixed {
    fn c_type() -> Type {
        StructType::new("Mixed", [Field::new("x", Type::F64), Field::new("n", Type::I32)])
            .unwrap()
            .into()
    }
}

#[test]
fn typed_callbacks_with_structs() {
    let swap = Callback::from_fn("swap", |a: Mixed, b: Mixed| Mixed { x: a.x, n: b.n }).unwrap();
    type Swap = unsafe extern "C" fn(Mixed, Mixed) -> Mixed;
    let mixed = call!(Swap, swap, Mixed { x: 1.5, n: 2 }, Mixed { x: 3.5, n: 4 });
    assert_eq!(mixed, Mixed { x: 1.5, n: 4 });
}

#[test]
fn closures_that_change() {
    type Push = unsafe extern "C" fn(i32) -> i32;
    let mut seen = Vec::new();
    let push = Callback::from_fn(
        "push",
        Locked::new(|n: i32| {
            seen.push(n);
            seen.len() as i32
        }),
    )
    .unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let push = &push;
            scope.spawn(move || {
                for n in 0..100 {
                    call!(Push, push, 100 * thread + n);
                }
            });
        }
    });
    assert_eq!(call!(Push, push, -1), 801);
    drop(push);
    seen.sort_unstable();
    assert_eq!(seen, (-1..800).collect::<Vec<_>>());

    let mut sum = 0;
    // SAFETY: it is called on this thread alone.
    let add = unsafe {
        Unsynchronised::new(|n: i32| {
            sum += n;
            sum
        })
    };
    let add = Callback::from_fn("add", add).unwrap();
    call!(Push, add, 3);
    assert_eq!(call!(Push, add, 4), 7);
    drop(add);
    assert_eq!(sum, 7);

    let mut count = 0;
    let signature = Signature::new([Type::I32], Type::I32).unwrap();
    let interface = CallbackInterface::new(&signature).unwrap();
    let counted = Locked::new(|call: &mut ffi::Incoming<'_>| {
        count += call.argument::<i32>(0)?;
        call.set_result(count)
    });
    let counted = Callback::builder("counted").dynamic(&interface, counted).unwrap();
    call!(Push, counted, 5);
    assert_eq!(call!(Push, counted, 6), 11);
}

#[test]
fn closures_that_run_once() {
    struct Dropped(Arc<AtomicUsize>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let drops = Arc::new(AtomicUsize::new(0));
    let guard = || Dropped(Arc::clone(&drops));
    type Once = unsafe extern "C" fn(i32) -> i32;
    let interface =
        CallbackInterface::new(&Signature::new([Type::I32], Type::I32).unwrap()).unwrap();
    for round in 1..=10_000 {
        let held = guard();
        let once = Callback::builder("once")
            .once(&interface, move |call| {
                let result = call.argument::<i32>(0)? + round;
                drop(held);
                call.set_result(result)
            })
            .unwrap();
        // SAFETY: the callback has this signature, and is called once.
        let function = unsafe { Once::from_code(once.into_code()) };
        // SAFETY: as above.
        assert_eq!(unsafe { function(1) }, 1 + round);
        assert_eq!(drops.load(Ordering::Relaxed), round as usize);
    }
    let held = guard();
    let once = Callback::builder("typed").typed_once(move |(a, b): (f64, i32)| {
        let _held = held;
        a * f64::from(b)
    });
    type Typed = unsafe extern "C" fn(f64, i32) -> f64;
    // SAFETY: the callback has this signature, and is called once.
    let function = unsafe { Typed::from_code(once.unwrap().into_code()) };
    // SAFETY: as above.
    assert_eq!(unsafe { function(2.5, 4) }, 10.0);
    assert_eq!(drops.load(Ordering::Relaxed), 10_001);
    let held = guard();
    let never = Callback::builder("never").once(&interface, move |_| {
        let _held = &held;
        Ok(())
    });
    drop(never.unwrap());
    assert_eq!(drops.load(Ordering::Relaxed), 10_002);
}
