//! Callbacks: from the real C library, from threads that C started, many, nested, and dropped.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ffi::call::Frame;
use ffi::{
    Arg, CallInterface, Callback, CodePtr, Error, Field, Parameter, Signature, StructType, Type,
};

/// The tests that count live callbacks take turns.
static TABLE: Mutex<()> = Mutex::new(());

fn comparator() -> Signature {
    Signature::new([Type::Pointer, Type::Pointer], Type::I32).unwrap()
}

/// Functions of the C library that this program is linked with: a static one cannot open another.
mod libc {
    unsafe extern "C" {
        pub(super) fn qsort();
        pub(super) fn bsearch();
        #[cfg(unix)]
        pub(super) fn pthread_create();
        #[cfg(unix)]
        pub(super) fn pthread_join();
        #[cfg(windows)]
        pub(super) fn CreateThread();
        #[cfg(windows)]
        pub(super) fn WaitForSingleObject();
        #[cfg(windows)]
        pub(super) fn GetExitCodeThread();
        #[cfg(windows)]
        pub(super) fn CloseHandle();
    }
}

fn address(function: unsafe extern "C" fn()) -> CodePtr {
    CodePtr::new(function as *const c_void).unwrap()
}

#[test]
fn qsort_of_the_c_library_with_a_closure_that_captures() {
    let _turn = TABLE.lock();
    let qsort = CallInterface::new(
        &Signature::new([Type::Pointer, Type::U64, Type::U64, Type::Pointer], Type::Void).unwrap(),
    )
    .unwrap();
    let mut numbers: Vec<i32> = (0..1000).map(|n| (n * 7919) % 1009).collect();
    let mut expected = numbers.clone();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    let comparisons = AtomicUsize::new(0);
    let descending = Callback::new("descending", &comparator(), |call| {
        comparisons.fetch_add(1, Ordering::Relaxed);
        let [a, b] = [0, 1].map(|index| {
            let number = call.argument::<*const i32>(index).unwrap();
            // SAFETY: qsort passes pointers to two elements.
            unsafe { number.read() }
        });
        call.set_result(b.cmp(&a) as i32)
    })
    .unwrap();
    let (base, count, size) = (numbers.as_mut_ptr(), numbers.len() as u64, 4_u64);
    let code = descending.code().as_ptr();
    let arguments = [Arg::new(&base), Arg::new(&count), Arg::new(&size), Arg::new(&code)];
    // SAFETY: this is qsort's signature, and the comparator is one of its.
    unsafe { qsort.call::<()>(address(libc::qsort), &arguments) }.unwrap();
    assert_eq!(numbers, expected);
    assert!(comparisons.load(Ordering::Relaxed) >= 999);
}

#[test]
fn bsearch_of_the_c_library_with_a_typed_closure() {
    let _turn = TABLE.lock();
    let parameters = [Type::Pointer, Type::Pointer, Type::U64, Type::U64, Type::Pointer];
    let bsearch = CallInterface::new(&Signature::new(parameters, Type::Pointer).unwrap()).unwrap();
    let numbers: Vec<i32> = (0..500).map(|n| 3 * n).collect();
    let compare = Callback::from_fn("ascending", |a: *const i32, b: *const i32| -> i32 {
        // SAFETY: bsearch passes a pointer to the key,
        let key = unsafe { a.read() };
        // SAFETY: and one to an element.
        key.cmp(&unsafe { b.read() }) as i32
    })
    .unwrap();
    let (base, count, size) = (numbers.as_ptr(), numbers.len() as u64, 4_u64);
    let code = compare.code().as_ptr();
    let search = |key: i32| {
        let key: *const i32 = &key;
        let arguments =
            [Arg::new(&key), Arg::new(&base), Arg::new(&count), Arg::new(&size), Arg::new(&code)];
        // SAFETY: this is bsearch's signature, and the comparator is one of its.
        unsafe { bsearch.call::<*const i32>(address(libc::bsearch), &arguments) }.unwrap()
    };
    for (index, number) in numbers.iter().enumerate() {
        assert_eq!(search(*number), base.wrapping_add(index));
        assert!(search(number + 1).is_null());
    }
}

#[test]
#[cfg(windows)]
fn threads_that_windows_started() {
    let _turn = TABLE.lock();
    let sum = AtomicU64::new(0);
    let worker = Callback::from_fn("worker", |number: *mut c_void| -> u32 {
        sum.fetch_add(number.addr() as u64, Ordering::Relaxed);
        number.addr() as u32
    })
    .unwrap();
    let interface = |parameters: Vec<Type>, returns| {
        CallInterface::new(&Signature::new(parameters, returns).unwrap()).unwrap()
    };
    let create = interface(
        vec![Type::Pointer, Type::U64, Type::Pointer, Type::Pointer, Type::U32, Type::Pointer],
        Type::Pointer,
    );
    let wait = interface(vec![Type::Pointer, Type::U32], Type::U32);
    let exit_code = interface(vec![Type::Pointer, Type::Pointer], Type::I32);
    let close = interface(vec![Type::Pointer], Type::I32);
    let null = std::ptr::null_mut::<c_void>();
    let code = worker.code().as_ptr();
    let threads: Vec<*mut c_void> = (1..=16)
        .map(|number| {
            let argument = std::ptr::without_provenance_mut::<c_void>(number);
            let arguments = [
                Arg::new(&null),
                Arg::new(&0_u64),
                Arg::new(&code),
                Arg::new(&argument),
                Arg::new(&0_u32),
                Arg::new(&null),
            ];
            // SAFETY: CreateThread's signature; the callback lives until all threads have ended.
            unsafe { create.call(address(libc::CreateThread), &arguments) }.unwrap()
        })
        .collect();
    for (index, thread) in threads.iter().enumerate() {
        let mut returned = 0_u32;
        let place: *mut u32 = &raw mut returned;
        let arguments = [Arg::new(thread), Arg::new(&u32::MAX)];
        // SAFETY: WaitForSingleObject's signature, on a thread just made.
        let status: u32 =
            unsafe { wait.call(address(libc::WaitForSingleObject), &arguments) }.unwrap();
        let arguments = [Arg::new(thread), Arg::new(&place)];
        // SAFETY: GetExitCodeThread's signature.
        let known: i32 =
            unsafe { exit_code.call(address(libc::GetExitCodeThread), &arguments) }.unwrap();
        assert_eq!((status, known != 0, returned), (0, true, index as u32 + 1));
        // SAFETY: CloseHandle's signature, on a handle that nobody uses any more.
        unsafe { close.call::<i32>(address(libc::CloseHandle), &[Arg::new(thread)]) }.unwrap();
    }
    assert_eq!(sum.load(Ordering::Relaxed), (1..=16).sum());
}

#[test]
#[cfg(unix)]
fn threads_that_c_started() {
    let _turn = TABLE.lock();
    let sum = AtomicU64::new(0);
    let worker = Signature::new([Type::Pointer], Type::Pointer).unwrap();
    let callback = Callback::new("worker", &worker, |call| {
        let number = call.argument::<*mut c_void>(0)?;
        sum.fetch_add(number.addr() as u64, Ordering::Relaxed);
        call.set_result(number)
    })
    .unwrap();
    let create = Signature::new(vec![Type::Pointer; 4], Type::I32).unwrap();
    let join = Signature::new([Type::U64, Type::Pointer], Type::I32).unwrap();
    let (create, join) = (CallInterface::new(&create).unwrap(), CallInterface::new(&join).unwrap());
    let null = std::ptr::null_mut::<c_void>();
    let code = callback.code().as_ptr();
    let mut threads = [0_u64; 16];
    for (number, thread) in threads.iter_mut().enumerate() {
        let place: *mut u64 = thread;
        let argument = std::ptr::without_provenance_mut::<c_void>(number + 1);
        let arguments = [Arg::new(&place), Arg::new(&null), Arg::new(&code), Arg::new(&argument)];
        // SAFETY: pthread_create's signature; the callback lives until all threads are joined.
        let status: i32 =
            unsafe { create.call(address(libc::pthread_create), &arguments) }.unwrap();
        assert_eq!(status, 0);
    }
    for (number, thread) in threads.iter().enumerate() {
        let mut returned = std::ptr::null_mut::<c_void>();
        let place: *mut *mut c_void = &raw mut returned;
        // SAFETY: pthread_join's signature, on a thread just made.
        let status: i32 = unsafe {
            join.call(address(libc::pthread_join), &[Arg::new(thread), Arg::new(&place)])
        }
        .unwrap();
        assert_eq!((status, returned.addr()), (0, number + 1));
    }
    assert_eq!(sum.load(Ordering::Relaxed), (1..=16).sum());
}

/// 16 threads at once call one shared callback and one of their own.
#[test]
fn many_threads_at_once() {
    let _turn = TABLE.lock();
    const CALLS: u64 = 1_000_000 / 32;
    let signature = Signature::new([Type::U64], Type::U64).unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    let shared_count = AtomicU64::new(0);
    let shared = Callback::new("shared", &signature, |call| {
        shared_count.fetch_add(1, Ordering::Relaxed);
        call.set_result(call.argument::<u64>(0)? + 1)
    })
    .unwrap();
    let count_up = |code: CodePtr| {
        let mut number = 0_u64;
        for _ in 0..CALLS {
            // SAFETY: the callbacks have this signature.
            number = unsafe { interface.call(code, &[Arg::new(&number)]) }.unwrap();
        }
        number
    };
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let own_count = AtomicU64::new(0);
                let own = Callback::new("own", &signature, |call| {
                    own_count.fetch_add(1, Ordering::Relaxed);
                    call.set_result(call.argument::<u64>(0)? + 2)
                })
                .unwrap();
                assert_eq!(count_up(shared.code()), CALLS);
                assert_eq!(count_up(own.code()), 2 * CALLS);
                assert_eq!(own_count.load(Ordering::Relaxed), CALLS);
            });
        }
    });
    assert_eq!(shared_count.load(Ordering::Relaxed), 16 * CALLS);
}

#[test]
fn a_callback_that_calls_itself() {
    let _turn = TABLE.lock();
    let signature = Signature::new([Type::Pointer, Type::I64], Type::I64).unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    let sum = Callback::new("sum", &signature, |call| {
        let (own, n) = (call.argument::<*const c_void>(0)?, call.argument::<i64>(1)?);
        let below = n - 1;
        let rest: i64 = match n {
            0 => 0,
            // SAFETY: the first argument is this callback's own address.
            _ => unsafe {
                interface.call(CodePtr::new(own).unwrap(), &[Arg::new(&own), Arg::new(&below)])
            }?,
        };
        call.set_result(n + rest)
    })
    .unwrap();
    let (own, n) = (sum.code().as_ptr(), 100_i64);
    // SAFETY: the callback has this signature.
    let total: i64 =
        unsafe { interface.call(sum.code(), &[Arg::new(&own), Arg::new(&n)]) }.unwrap();
    assert_eq!(total, 5050);
}

#[test]
fn created_and_dropped_100_000_times() {
    let _turn = TABLE.lock();
    struct Counted<'a>(&'a AtomicUsize);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let drops = AtomicUsize::new(0);
    let signature = Signature::new([Type::I32], Type::I32).unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    for round in 0..100_000_i32 {
        let counted = Counted(&drops);
        let callback = Callback::new("counted", &signature, move |call| {
            let _ = &counted;
            call.set_result(call.argument::<i32>(0)? ^ round)
        })
        .unwrap();
        // SAFETY: the callback has this signature.
        let result: i32 = unsafe { interface.call(callback.code(), &[Arg::new(&5)]) }.unwrap();
        assert_eq!(result, 5 ^ round);
        assert_eq!(drops.load(Ordering::Relaxed), round as usize);
    }
    assert_eq!(drops.load(Ordering::Relaxed), 100_000);
}

#[test]
fn all_trampolines_taken_and_one_given_back() {
    let _turn = TABLE.lock();
    let signature = Signature::new([Type::I32], Type::I32).unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    let make = |number: i32| {
        Callback::new("one of many", &signature, move |call| {
            call.set_result(call.argument::<i32>(0)? + number)
        })
    };
    let mut callbacks = Vec::new();
    let limit = loop {
        match make(callbacks.len() as i32) {
            Ok(callback) => callbacks.push(callback),
            Err(Error::CallbacksExhausted { limit }) => break limit,
            Err(error) => panic!("{error}"),
        }
    };
    assert!(limit >= 8192);
    assert_eq!(callbacks.len(), limit);
    let call = |callback: &Callback<'_>| {
        // SAFETY: the callbacks have this signature.
        unsafe { interface.call::<i32>(callback.code(), &[Arg::new(&1)]) }.unwrap()
    };
    for (number, callback) in callbacks.iter().enumerate() {
        assert_eq!(call(callback), 1 + number as i32);
    }
    callbacks.swap_remove(4711);
    let again = make(1_000_000).unwrap();
    assert_eq!(call(&again), 1_000_001);
    // The others kept theirs.
    for (number, callback) in callbacks.iter().enumerate().filter(|(place, _)| *place != 4711) {
        assert_eq!(call(callback), 1 + number as i32);
    }
    assert!(make(0).is_err());
}

#[test]
fn structs_and_what_is_asked_wrongly() {
    let _turn = TABLE.lock();
    let pair =
        StructType::new("Pair", [Field::new("x", Type::F64), Field::new("n", Type::I64)]).unwrap();
    let parameters = [Parameter::new("pair", pair.clone()), Parameter::new("factor", Type::F32)];
    let signature = Signature::new(parameters, pair).unwrap();
    let scale = Callback::new("scale", &signature, |call| {
        assert_eq!(
            call.argument::<f64>(1).unwrap_err().to_string(),
            "argument 1 (factor) is float in the signature, not double"
        );
        assert_eq!(
            call.argument_ptr(2).unwrap_err().to_string(),
            "there is no argument 2: the function takes 2"
        );
        assert_eq!(
            call.set_result(1_i32).unwrap_err().to_string(),
            "the result is struct Pair in the signature, not int32_t"
        );
        let factor = call.argument::<f32>(1)?;
        // SAFETY: the first argument is a pair.
        let (x, n) = unsafe { call.argument_ptr(0)?.cast::<(f64, i64)>().read_unaligned() };
        let result = call.result_ptr().cast::<f64>();
        // SAFETY: the result is a pair: its double,
        unsafe { result.write_unaligned(x * f64::from(factor)) };
        // SAFETY: and its integer behind it.
        unsafe { result.add(1).cast::<i64>().write_unaligned(-n) };
        Ok(())
    })
    .unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    let mut result = [0_u64; 2];
    let arguments = [Arg::new(&(1.5_f64, 7_i64)), Arg::new(&4.0_f32)];
    // SAFETY: the callback has this signature; the result has 16 bytes.
    unsafe { interface.call_into(scale.code(), &arguments, result.as_mut_ptr().cast()) }.unwrap();
    assert_eq!((f64::from_bits(result[0]), result[1] as i64), (6.0, -7));
}

/// Results of every way back: a register of either kind, two of them, memory.
fn results() -> [Type; 6] {
    let of = |types: &[Type]| {
        let fields = types.iter().map(|ty| Field::new("", ty.clone()));
        Type::from(StructType::new("S", fields).unwrap())
    };
    [
        Type::I16,
        Type::F32,
        Type::F64,
        of(&[Type::F64, Type::I64]),
        of(&[Type::F32, Type::F32, Type::F32]),
        of(&[Type::I64, Type::I64, Type::I64]),
    ]
}

/// What a callback of this result returns; the room for it was full of ones.
fn returned(
    ty: &Type,
    handler: impl Fn(&mut ffi::Incoming<'_>) -> Result<(), Error> + Send + Sync,
) -> Vec<u8> {
    let signature = Signature::new([Type::F64, Type::I64], ty.clone()).unwrap();
    let callback = Callback::new("returns", &signature, handler).unwrap();
    let interface = CallInterface::new(&signature).unwrap();
    let mut result = vec![0xff; ty.size()];
    let arguments = [Arg::new(&-1.5), Arg::new(&-1_i64)];
    // SAFETY: the callback has this signature; the result has room.
    unsafe { interface.call_into(callback.code(), &arguments, result.as_mut_ptr().cast()) }
        .unwrap();
    result
}

#[test]
fn results_that_are_not_set_are_zero() {
    let _turn = TABLE.lock();
    for ty in results() {
        assert_eq!(returned(&ty, |_| Ok(())), vec![0; ty.size()], "{ty}");
    }
}

#[test]
fn results_are_those_that_were_stored() {
    let _turn = TABLE.lock();
    assert_eq!(returned(&Type::I16, |call| call.set_result(-7_i16)), (-7_i16).to_ne_bytes());
    assert_eq!(returned(&Type::F32, |call| call.set_result(2.5_f32)), 2.5_f32.to_ne_bytes());
    assert_eq!(returned(&Type::F64, |call| call.set_result(-2.5)), (-2.5_f64).to_ne_bytes());
    for ty in results() {
        let bytes: Vec<u8> = (1..).take(ty.size()).collect();
        let store = |call: &mut ffi::Incoming<'_>| {
            let result = call.result_ptr().cast::<u8>();
            // SAFETY: the result has this size.
            unsafe { result.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
            Ok(())
        };
        assert_eq!(returned(&ty, store), bytes, "{ty}");
    }
}

/// Calls, frames and callbacks save work where there are few arguments: each number of both kinds is another way.
#[test]
fn each_number_of_integers_and_doubles() {
    let _turn = TABLE.lock();
    for (integers, doubles) in (0..=17).flat_map(|a| (0..=9).map(move |b| (a, b))) {
        let types = vec![Type::I64; integers].into_iter().chain(vec![Type::F64; doubles]);
        let signature = Signature::new(types, Type::I64).unwrap();
        let weigh = Callback::new("weigh", &signature, |call| {
            let mut sum = 0;
            for index in 0..integers {
                sum += (1 + index as i64) * call.argument::<i64>(index)?;
            }
            for index in integers..integers + doubles {
                sum += (1 + index as i64) * call.argument::<f64>(index)? as i64;
            }
            call.set_result(sum)
        })
        .unwrap();
        let whole: Vec<i64> = (0..integers as i64).map(|n| n * n - 7).collect();
        let real: Vec<f64> = (0..doubles).map(|n| (2 * n + 5) as f64).collect();
        let all = whole.iter().copied().chain(real.iter().map(|number| *number as i64));
        let expected: i64 = (1..).zip(all).map(|(weight, number)| weight * number).sum();
        let arguments = whole.iter().map(Arg::new).chain(real.iter().map(Arg::new));
        let arguments: Vec<Arg<'_>> = arguments.collect();
        let interface = CallInterface::new(&signature).unwrap();
        // SAFETY: the callback has this signature.
        let called = unsafe { interface.call::<i64>(weigh.code(), &arguments) }.unwrap();
        let mut frame = Frame::new(&interface);
        for (index, number) in whole.iter().enumerate() {
            frame.set(frame.slot(index).unwrap(), *number);
        }
        for (index, number) in real.iter().enumerate() {
            frame.set(frame.slot(integers + index).unwrap(), *number);
        }
        // SAFETY: as above.
        let framed = unsafe { frame.call::<i64>(weigh.code()) }.unwrap();
        assert_eq!((called, framed), (expected, expected), "{signature}");
    }
}

/// To its caller, a function with a result in memory is one that takes the address and returns it: psABI 3.2.3, and
/// Microsoft's "Return values". clang's code relies on it.
#[test]
#[cfg(target_arch = "x86_64")]
fn the_address_of_a_result_in_memory_is_returned() {
    let _turn = TABLE.lock();
    let words = ["a", "b", "c"].map(|name| Field::new(name, Type::I64));
    let large = Type::from(StructType::new("Large", words).unwrap());
    for abi in [ffi::Abi::SysV64, ffi::Abi::Win64] {
        let signature = Signature::new([Type::I64; 0], large.clone()).unwrap();
        let set = |call: &mut ffi::Incoming<'_>| {
            // SAFETY: the result begins with this member.
            unsafe { call.result_ptr().cast::<i64>().write(5) };
            Ok(())
        };
        let set = Callback::with_abi(abi, "set", &signature, set).unwrap();
        let unset = Callback::with_abi(abi, "unset", &signature, |_| Ok(())).unwrap();
        let signature = Signature::new([Type::Pointer], Type::Pointer).unwrap();
        let interface = CallInterface::with_abi(abi, &signature).unwrap();
        for (callback, first) in [(set, 5), (unset, 0)] {
            let mut result = [-1_i64; 3];
            let address: *mut i64 = result.as_mut_ptr();
            // SAFETY: the callback takes the address of memory of this size.
            let returned =
                unsafe { interface.call::<*mut i64>(callback.code(), &[Arg::new(&address)]) };
            assert_eq!((returned.unwrap(), result[0]), (address, first), "{abi}");
        }
    }
}
