//! Calls with checked values, with frames, with error numbers; none reads beyond a value, none allocates.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ffi::c_void;

use ffi::c_type::F16;
use ffi::call::{ErrorNumbers, Frame};
use ffi::value::Bytes;
use ffi::{
    Arg, CallInterface, CodePtr, Declarations, Field, Parameter, Signature, StructType, Type, Value,
};

/// Counts this thread's allocations.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: it leaves the work to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Clone, Copy)]
#[repr(C)]
struct Point {
    x: f64,
    y: f32,
}

extern "C" fn stretch(point: Point, factor: i16, flag: bool, text: *const c_void) -> Point {
    let sign = if flag { -1.0 } else { 1.0 };
    let shift = if text.is_null() { 0.0 } else { 100.0 };
    Point { x: sign * point.x * f64::from(factor) + shift, y: point.y }
}

fn stretch_interface() -> (CallInterface, CodePtr, Type) {
    let point =
        StructType::new("Point", [Field::new("x", Type::F64), Field::new("y", Type::F32)]).unwrap();
    let parameters = [
        Parameter::new("point", point.clone()),
        Parameter::new("factor", Type::alias("short", Type::I16)),
        Parameter::new("flag", Type::Bool),
        Parameter::new("text", Type::Pointer),
    ];
    let signature = Signature::new(parameters, point.clone()).unwrap();
    let code = CodePtr::new(stretch as *const _).unwrap();
    (CallInterface::new(&signature).unwrap(), code, point.into())
}

fn point_bytes(x: f64, y: f32) -> Vec<u8> {
    let mut bytes = [x.to_ne_bytes().as_slice(), &y.to_ne_bytes()].concat();
    bytes.resize(16, 0);
    bytes
}

#[test]
fn values_are_checked() {
    let (interface, code, point) = stretch_interface();
    let call = |values: &[Value]| {
        // SAFETY: the function has this signature, and takes any values of these types.
        unsafe { interface.call_values(code, values) }
    };
    let value = Value::from(Bytes::new(point.clone(), point_bytes(2.0, 0.5)).unwrap());
    let null = Value::Pointer(std::ptr::null_mut());
    let good = [value.clone(), Value::I16(-3), Value::Bool(true), null.clone()];
    let Value::Bytes(result) = call(&good).unwrap() else {
        panic!("a struct comes back as bytes");
    };
    assert_eq!(result.as_slice()[..12], point_bytes(6.0, 0.5)[..12]);
    let message = |values: &[Value]| call(values).unwrap_err().to_string();
    assert_eq!(message(&good[..3]), "the function takes 4 arguments, but 3 were given");
    assert_eq!(
        message(&[value.clone(), Value::I32(3), Value::Bool(true), null.clone()]),
        "argument 1 (factor) is short in the signature, not int32_t"
    );
    assert_eq!(
        message(&[value, Value::I16(3), Value::U8(1), null.clone()]),
        "argument 2 (flag) is bool in the signature, not uint8_t"
    );
    let other =
        StructType::new("Other", [Field::new("a", Type::U64), Field::new("b", Type::U64)]).unwrap();
    let other = Value::from(Bytes::new(other, vec![0; 16]).unwrap());
    assert_eq!(
        message(&[other, Value::I16(3), Value::Bool(true), null]),
        "argument 0 (point) is struct Point in the signature, not struct Other"
    );
    assert_eq!(
        Bytes::new(point, vec![0; 12]).unwrap_err().to_string(),
        "a value of struct Point has 16 bytes, but 12 were given"
    );
}

#[test]
fn numbers_that_do_not_fit() {
    assert!(bool::try_from(Value::I32(1)).unwrap() && !bool::try_from(Value::U8(0)).unwrap());
    for number in [Value::I32(2), Value::I64(-1), Value::F64(1.0)] {
        assert!(bool::try_from(number).is_err());
    }
    assert!(f32::try_from(Value::F64(f64::NAN)).unwrap().is_nan());
    assert!(F16::try_from(Value::F32(f32::NAN)).unwrap().to_f32().is_nan());
    assert_eq!(F16::try_from(Value::F64(65504.0)).unwrap(), F16(0x7bff));
    assert!(F16::try_from(Value::F64(65505.0)).is_err());
    for exact in [1 << 53, i64::MIN, -(1 << 60)] {
        assert_eq!(f64::try_from(Value::I64(exact)).unwrap() as i128, i128::from(exact));
    }
    for between in [(1 << 53) + 1, i64::MAX] {
        assert!(f64::try_from(Value::I64(between)).is_err());
    }
    assert!(f64::try_from(Value::U128(u128::MAX)).is_err());
    assert_eq!(f64::try_from(Value::U128(1 << 127)).unwrap(), 2_f64.powi(127));
    assert_eq!(u128::try_from(Value::U128(u128::MAX)).unwrap(), u128::MAX);
    assert!(i128::try_from(Value::U128(1 << 127)).is_err());
    assert_eq!(i8::try_from(Value::I64(-128)).unwrap(), -128);
    assert!(i8::try_from(Value::I64(-129)).is_err() && u8::try_from(Value::I8(-1)).is_err());
}

/// The bytes are those of gcc's `long double` and `_Float128` on x86-64.
#[test]
fn extended_numbers_as_bytes() {
    let read = |ty: Type, word: u128| {
        let bytes = Bytes::new(ty, word.to_le_bytes()).unwrap();
        f64::try_from(Value::from(bytes)).ok()
    };
    let x87 = |exponent: u128, mantissa: u128| read(Type::F80, exponent << 64 | mantissa);
    assert_eq!(x87(0x3fff, 1 << 63), Some(1.0));
    assert_eq!(x87(0xc000, 3 << 62), Some(-3.0));
    assert_eq!(x87(0x7fff, 1 << 63), Some(f64::INFINITY));
    assert!(x87(0x7fff, 3 << 62).unwrap().is_nan());
    // One more bit than a double has, a larger exponent, a smaller one.
    assert_eq!(x87(0x3fff, 1 << 63 | 1 << 10), None);
    assert_eq!(x87(0x3fff, 1 << 63 | 1 << 11), Some(1.0 + f64::EPSILON));
    assert_eq!((x87(0x7ffe, 1 << 63), x87(1, 1 << 63)), (None, None));
    let quad = |word: u128| read(Type::F128, word << 64);
    assert_eq!((quad(0x3fff << 48), quad(0xbffe << 48)), (Some(1.0), Some(-0.5)));
    assert_eq!(
        (quad(0x7fff << 48), read(Type::F128, 0x3fff << 112 | 1)),
        (Some(f64::INFINITY), None)
    );

    let made = |ty: &str, value: f64| {
        let bytes = Declarations::default().value(ty, value).unwrap().to_bytes();
        u128::from_le_bytes(bytes.try_into().unwrap())
    };
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        assert_eq!(made("long double", f64::INFINITY), 0x7fff << 64 | 1 << 63);
        assert_eq!(made("long double", -1.0), 0xbfff << 64 | 1 << 63);
        assert_eq!(made("long double", 5e-324), 0x3bcd << 64 | 1 << 63);
    }
    assert_eq!(made("_Float128", f64::INFINITY), 0x7fff << 112);
    assert_eq!(made("_Float128", 0.0), 0);
}

#[test]
fn frames_are_checked() {
    let (interface, code, _) = stretch_interface();
    let mut frame = Frame::new(&interface);
    assert_eq!(
        frame.slot::<i32>(1).unwrap_err().to_string(),
        "argument 1 (factor) is short in the signature, not int32_t"
    );
    assert_eq!(
        frame.slot::<i32>(4).unwrap_err().to_string(),
        "there is no argument 4: the function takes 4"
    );
    assert_eq!(
        frame.write(0, &[0; 15]).unwrap_err().to_string(),
        "argument 0 (point) of type struct Point has 16 bytes, but 15 were given"
    );
    frame.write(0, &point_bytes(1.5, 8.0)).unwrap();
    let factor = frame.slot::<i16>(1).unwrap();
    for n in -2..3_i16 {
        frame.set(factor, n);
        let mut result = Point { x: 0.0, y: 0.0 };
        // SAFETY: the function has this signature; the result is a point.
        unsafe { frame.call_into(code, (&raw mut result).cast()) };
        assert_eq!((result.x, result.y), (1.5 * f64::from(n), 8.0));
    }
}

#[test]
fn no_call_allocates() {
    let (interface, code, _) = stretch_interface();
    let mut frame = Frame::new(&interface);
    let factor = frame.slot::<i16>(1).unwrap();
    let (point, null) = (Point { x: 1.0, y: 2.0 }, std::ptr::null::<c_void>());
    let arguments = [Arg::new(&point), Arg::new(&3_i16), Arg::new(&false), Arg::new(&null)];
    let mut result = Point { x: 0.0, y: 0.0 };
    let values = [Value::I32(-7)];
    let absolute = CallInterface::new(&Signature::new([Type::I32], Type::I32).unwrap()).unwrap();
    extern "C" fn abs(n: i32) -> i32 {
        n.abs()
    }
    let abs = CodePtr::new(abs as *const _).unwrap();
    let before = ALLOCATIONS.get();
    for _ in 0..100 {
        // SAFETY: the function has this signature; the result is a point.
        unsafe { interface.call_into(code, &arguments, (&raw mut result).cast()) }.unwrap();
        // SAFETY: as above; the result is discarded.
        unsafe { interface.call_into(code, &arguments, std::ptr::null_mut()) }.unwrap();
        frame.set(factor, 4);
        // SAFETY: as above.
        unsafe { frame.call_into(code, (&raw mut result).cast()) };
        // SAFETY: the function has this signature.
        let seven = unsafe { absolute.call_values(abs, &values) }.unwrap();
        assert_eq!(seven, Value::I32(7));
    }
    assert_eq!(ALLOCATIONS.get(), before);
}

#[test]
#[cfg(any(target_os = "linux", windows))]
fn error_numbers() {
    unsafe extern "C" {
        #[cfg_attr(windows, link_name = "_close")]
        fn close(file: i32) -> i32;
    }
    extern "C" fn see_errno() -> i32 {
        ErrorNumbers::get().errno
    }
    let interface = CallInterface::new(&Signature::new([Type::I32], Type::I32).unwrap()).unwrap();
    let code = CodePtr::new(close as *const _).unwrap();
    let (mut status, mut numbers) = (0, ErrorNumbers::default());
    if cfg!(not(windows)) {
        // SAFETY: close's signature, and there is no such file.
        unsafe {
            interface.call_with_errno(
                code,
                &[Arg::new(&-1)],
                (&raw mut status).cast(),
                &mut numbers,
            )
        }
        .unwrap();
        assert_eq!((status, numbers.errno), (-1, 9));
    }
    let interface =
        CallInterface::new(&Signature::new([Type::I32; 0], Type::I32).unwrap()).unwrap();
    let code = CodePtr::new(see_errno as *const _).unwrap();
    numbers.errno = 4711;
    // SAFETY: the function has this signature.
    unsafe { interface.call_with_errno(code, &[], (&raw mut status).cast(), &mut numbers) }
        .unwrap();
    assert_eq!(status, 4711, "the callee sees the number that was set");
}

/// What clang's functions, and all of Apple's on arm64, rely on: a small integer fills four bytes of its register, as an
/// argument and as a result. Whoever looks at all four sees the same number.
#[test]
#[cfg(not(windows))]
fn small_integers_fill_their_registers() {
    use ffi::{Abi, Callback, Incoming};
    extern "C" fn seen(n: i32) -> i32 {
        n
    }
    let abi = if cfg!(target_arch = "aarch64") { Abi::AppleArm64 } else { Abi::SysV64 };
    let code = CodePtr::new(seen as *const _).unwrap();
    let wide = Signature::new([Type::I32], Type::I32).unwrap();
    let wide = CallInterface::with_abi(abi, &wide).unwrap();
    macro_rules! fills {
        ($($ty:expr, $value:expr, $number:expr);*) => {$(
            let (value, number): (_, i32) = ($value, $number);
            let interface = Signature::new([$ty], Type::I32).unwrap();
            let interface = CallInterface::with_abi(abi, &interface).unwrap();
            // SAFETY: the function looks at four bytes of its register, which the call fills.
            let called = unsafe { interface.call::<i32>(code, &[Arg::new(&value)]) };
            let mut frame = Frame::new(&interface);
            frame.set(frame.slot(0).unwrap(), value);
            // SAFETY: as above.
            let set = unsafe { frame.call::<i32>(code) };
            let bytes = Value::from(value).to_bytes();
            frame.write(0, &bytes).unwrap();
            // SAFETY: as above.
            let written = unsafe { frame.call::<i32>(code) };
            assert_eq!([called, set, written].map(Result::unwrap), [number; 3]);

            let returns = Signature::new([Type::I32], $ty).unwrap();
            let by_value = |call: &mut Incoming<'_>| call.set_result(value);
            let by_bytes = |call: &mut Incoming<'_>| {
                let result = call.result_ptr().cast::<u8>();
                // SAFETY: the result has these bytes.
                unsafe { result.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
                Ok(())
            };
            let by_value = Callback::with_abi(abi, "value", &returns, by_value).unwrap();
            let by_bytes = Callback::with_abi(abi, "bytes", &returns, by_bytes).unwrap();
            for callback in [by_value, by_bytes] {
                // SAFETY: the caller looks at four bytes of the result's register, which the callback fills.
                let result = unsafe { wide.call::<i32>(callback.code(), &[Arg::new(&0)]) };
                assert_eq!(result.unwrap(), number, "{}", callback.name());
            }
        )*};
    }
    fills!(
        Type::I8, -7_i8, -7; Type::I16, -300_i16, -300; Type::U8, 250_u8, 250;
        Type::U16, 65_000_u16, 65_000; Type::Bool, true, 1
    );
}

// Where the place of an argument is its position, rustc's function would have to know of both.
#[test]
#[cfg(not(windows))]
fn a_value_behind_what_has_no_bytes() {
    extern "C" fn half(n: i64) -> i64 {
        n / 2
    }
    extern "C" fn difference(a: i64, b: i64) -> i64 {
        a - b
    }
    // GNU C's empty struct, which travels nowhere.
    let nothing = Type::from(StructType::new("Nothing", []).unwrap());
    let interface = |types: &[Type]| {
        CallInterface::new(&Signature::new(types.iter().cloned(), Type::I64).unwrap()).unwrap()
    };
    let one = interface(&[nothing.clone(), Type::I64]);
    let code = CodePtr::new(half as *const _).unwrap();
    // SAFETY: to its caller, the function is one with an empty struct in front.
    let called = unsafe { one.call::<i64>(code, &[Arg::new(&()), Arg::new(&42_i64)]) };
    assert_eq!(called.unwrap(), 21);
    let mut frame = Frame::new(&one);
    frame.set(frame.slot(1).unwrap(), 8_i64);
    // SAFETY: as above.
    assert_eq!(unsafe { frame.call::<i64>(code) }.unwrap(), 4);
    let two = interface(&[Type::I64, nothing, Type::I64]);
    let code = CodePtr::new(difference as *const _).unwrap();
    let arguments = [Arg::new(&50_i64), Arg::new(&()), Arg::new(&8_i64)];
    // SAFETY: to its caller, the function is one with an empty struct between.
    assert_eq!(unsafe { two.call::<i64>(code, &arguments) }.unwrap(), 42);
}

/// Values that end where the next page cannot be read.
#[test]
#[cfg(target_os = "linux")]
fn nothing_is_read_beyond_a_value() {
    unsafe extern "C" {
        fn mmap(
            place: *mut c_void,
            size: usize,
            protection: i32,
            flags: i32,
            file: i32,
            offset: i64,
        ) -> *mut u8;
        fn mprotect(place: *mut u8, size: usize, protection: i32) -> i32;
    }
    const PAGE: usize = 1 << 16;
    // SAFETY: an anonymous mapping of its own.
    let pages = unsafe { mmap(std::ptr::null_mut(), 2 * PAGE, 3, 0x22, -1, 0) };
    // SAFETY: the second half of the mapping.
    assert_eq!(unsafe { mprotect(pages.wrapping_add(PAGE), PAGE, 0) }, 0);
    extern "C" fn ignores() {}
    let code = CodePtr::new(ignores as *const _).unwrap();
    let bytes = |count| {
        let field = Field::new("bytes", Type::array(Type::U8, count).unwrap());
        Type::from(StructType::new("", [field]).unwrap())
    };
    let mut types: Vec<Type> = (1..40).map(bytes).collect();
    let halves = |count| {
        let field = Field::new("halves", Type::array(Type::F16, count).unwrap());
        Type::from(StructType::new("", [field]).unwrap())
    };
    types.extend((1..=7).map(halves));
    types.push(Type::F16);
    types.extend([Type::Bool, Type::I8, Type::U16, Type::I32, Type::F32, Type::F64, Type::I128]);
    types.push(Type::vector(Type::F32, 4).unwrap());
    for ty in types {
        for behind in [0, 10] {
            // Behind ten integers, the value travels on the stack.
            let parameters = vec![Type::I64; behind].into_iter().chain([ty.clone()]);
            let signature = Signature::new(parameters, Type::Void).unwrap();
            let interface = CallInterface::new(&signature).unwrap();
            let mut arguments = vec![Arg::new(&0_i64); behind];
            let end = pages.wrapping_add(PAGE - ty.size());
            // SAFETY: zero bytes lie there, a value of any of these types.
            arguments.push(unsafe { Arg::from_ptr(end.cast()) }.unwrap());
            // SAFETY: a function without parameters ignores what registers and stack hold.
            unsafe { interface.call::<()>(code, &arguments) }.unwrap();
        }
    }
}
