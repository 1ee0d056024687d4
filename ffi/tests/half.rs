//! Half-precision numbers against the C compiler's: every conversion, and calls by declaration.
#![cfg(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_os = "linux",
    not(target_env = "musl")
))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::path::Path;
use std::process::Command;

use ffi::c_type::F16;
use ffi::{Argument, CType, Callback, Error, FunctionPointer, Library, Type, Value};

const SOURCE: &str = "
void widen(const _Float16 *from, float *to, int count) { for (int i = 0; i < count; i++) to[i] = from[i]; }
void narrow(const double *from, _Float16 *to, int count) { for (int i = 0; i < count; i++) to[i] = from[i]; }
void narrow_float(const float *from, _Float16 *to, int count) { for (int i = 0; i < count; i++) to[i] = from[i]; }
_Float16 half(_Float16 x) { return x / 2; }
struct pair { _Float16 x, y; };
struct pair turned(struct pair p) { struct pair turned = { -p.y, p.x }; return turned; }
_Float16 _Complex conjugate(_Float16 _Complex z) { return ~z; }
float sum(int count, ...) {
    __builtin_va_list list;
    __builtin_va_start(list, count);
    float sum = 0;
    while (count-- > 0) sum += __builtin_va_arg(list, _Float16);
    __builtin_va_end(list);
    return sum;
}
_Float16 through(_Float16 (*f)(_Float16, struct pair), _Float16 x) { struct pair p = { x, 2 }; return f(x + 1, p); }
";

/// The text, compiled by a gcc that has `_Float16`; each test has a file of its own.
fn library(name: &str) -> Library {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, library) =
        (folder.join(format!("{name}.c")), folder.join(format!("lib{name}.so")));
    std::fs::write(&source, SOURCE).unwrap();
    // In an emulator `cc` is another processor's.
    let names: &[&str] = match cfg!(target_arch = "aarch64") {
        true => &["aarch64-linux-gnu-gcc", "cc"],
        false => &["cc"],
    };
    let compile = |name: &&str| {
        let mut command = Command::new(name);
        command.args(["-O1", "-fPIC", "-shared", "-o"]).args([&library, &source]).output().ok()
    };
    let output = names.iter().find_map(compile);
    let output = output.expect("this test needs a C compiler: install gcc, 12 or newer");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // SAFETY: the library has no initialisers.
    unsafe { Library::open(&library) }.unwrap()
}

/// Whether two halves are the same, but for what of a NaN is no number.
fn same(a: F16, b: F16) -> bool {
    let is_nan = |half: F16| half.0 & 0x7fff > 0x7c00;
    a.0 == b.0 || is_nan(a) && is_nan(b)
}

#[test]
fn every_half_is_widened_as_c_does() {
    type Widen = unsafe extern "C" fn(*const F16, *mut f32, i32);
    let library = library("widen");
    // SAFETY: the function has this signature.
    let widen = unsafe { library.function::<Widen>("widen") }.unwrap();
    let halves: Vec<F16> = (0..=u16::MAX).map(F16).collect();
    let mut floats = vec![0_f32; halves.len()];
    // SAFETY: the lists have this length.
    unsafe { widen(halves.as_ptr(), floats.as_mut_ptr(), 1 << 16) };
    for (half, float) in halves.into_iter().zip(floats) {
        let widened = half.to_f32();
        let equal = widened.to_bits() == float.to_bits() || widened.is_nan() && float.is_nan();
        assert!(equal, "{:#06x} is {float:?}, not {widened:?}", half.0);
        assert!(same(F16::from_f32(widened), half), "{:#06x} comes back", half.0);
        assert_eq!(widened.is_sign_negative(), float.is_sign_negative());
    }
}

#[test]
fn numbers_are_narrowed_as_c_does() {
    type Narrow<T> = unsafe extern "C" fn(*const T, *mut F16, i32);
    let library = library("narrow");
    // Every half, what lies between it and the next one, and beside the middle; and beyond the last.
    let mut numbers =
        vec![0.0, f64::MIN_POSITIVE, 5e-324, 1e300, f64::INFINITY, f64::NAN, 65519.99, 65520.0];
    for bits in 0..0x7c00 {
        let [here, next] = [bits, bits + 1].map(|bits| f64::from(F16(bits).to_f32()));
        let next = if next.is_infinite() { 65536.0 } else { next };
        let middle = (here + next) / 2.0;
        numbers.extend([here, middle, middle.next_down(), middle.next_up()]);
        numbers.extend([(3.0 * here + next) / 4.0, here.next_up()]);
    }
    let negative: Vec<f64> = numbers.iter().map(|number| -number).collect();
    numbers.extend(negative);
    let count = numbers.len() as i32;
    let mut halves = vec![F16(0); numbers.len()];
    // SAFETY: the function has this signature.
    let narrow = unsafe { library.function::<Narrow<f64>>("narrow") }.unwrap();
    // SAFETY: the lists have this length.
    unsafe { narrow(numbers.as_ptr(), halves.as_mut_ptr(), count) };
    for (number, half) in numbers.iter().zip(&halves) {
        let narrowed = F16::from_f64(*number);
        assert!(same(narrowed, *half), "{number:?}: {:#06x}, not {:#06x}", half.0, narrowed.0);
    }
    let floats: Vec<f32> = numbers.iter().map(|number| *number as f32).collect();
    // SAFETY: the function has this signature.
    let narrow = unsafe { library.function::<Narrow<f32>>("narrow_float") }.unwrap();
    // SAFETY: the lists have this length.
    unsafe { narrow(floats.as_ptr(), halves.as_mut_ptr(), count) };
    for (float, half) in floats.iter().zip(&halves) {
        let narrowed = F16::from_f32(*float);
        assert!(same(narrowed, *half), "{float:?}: {:#06x}, not {:#06x}", half.0, narrowed.0);
    }
}

#[test]
fn declared_functions_take_and_return_halves() {
    let library = library("halves");
    let half = library.declare("_Float16 half(_Float16 x)").unwrap();
    // SAFETY: the function has this signature, here and below.
    let result = unsafe { half.call((1.5,)) }.unwrap();
    assert_eq!((&result, result.to_string().as_str()), (&Value::F16(F16(0x3a00)), "0.75"));
    assert_eq!(f32::try_from(result.clone()).unwrap(), 0.75);
    assert_eq!(f64::try_from(result).unwrap(), 0.75);
    // SAFETY: as above.
    let refused = |value: Argument<'_>| unsafe { half.call((value,)) }.unwrap_err().to_string();
    assert_eq!(refused(0.1.into()), "argument 0 (x): 0.1 is not exact as _Float16");
    assert_eq!(refused(2049.into()), "argument 0 (x): 2049 is not exact as _Float16");
    assert_eq!(refused(65520.0.into()), "argument 0 (x): 65520.0 is not exact as _Float16");
    let literal = |text: &'static str| Argument::Literal(text.into());
    assert!(refused(literal("65520.0")).ends_with("does not fit _Float16"));
    assert!(refused(literal("1e400")).ends_with("does not fit _Float16"));
    // Right in the middle between two halves, and a little above it, which no double tells from the middle.
    let above = ("1.00048828125000000000000000000001", 0x3c01);
    for (text, bits) in [("0.1", 0x2e66), ("1.00048828125", 0x3c00), above, ("-65504", 0xfbff)] {
        // SAFETY: as above.
        let halved = unsafe { half.call((literal(text),)) }.unwrap();
        assert_eq!(f32::try_from(halved).unwrap(), F16(bits).to_f32() / 2.0, "{text}");
    }

    let pair = "struct pair { _Float16 x, y; };";
    let turned = library.declare(&format!("{pair} struct pair turned(struct pair p)")).unwrap();
    // SAFETY: as above.
    let result = unsafe { turned.call((Argument::List(vec![1.5.into(), (-2).into()]),)) }.unwrap();
    assert_eq!(result.to_string(), "{x: 2, y: 1.5}");
    let conjugate = library.declare("_Float16 _Complex conjugate(_Float16 _Complex z)").unwrap();
    // SAFETY: as above.
    let result = unsafe { conjugate.call((Argument::List(vec![3.into(), 4.into()]),)) }.unwrap();
    assert_eq!(result.to_string(), "3-4i");
    let sum = library.declare("float sum(int count, ...)").unwrap();
    let [a, b] = [F16::from_f32(0.5), F16::from_f32(2.25)].map(Value::from);
    // SAFETY: two halves, as the first argument says.
    assert_eq!(unsafe { sum.call((2, a, b)) }.unwrap(), Value::F32(2.75));
}

ffi::c_struct! {
    /// C's `struct pair`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Pair {
        x: F16,
        y: F16,
    }
}

#[test]
fn callbacks_take_and_return_halves() {
    const { assert!(!Pair::RUST_PASSES_IT && !<[Pair; 2]>::RUST_PASSES_IT) };
    let library = library("callbacks");
    let through = "struct pair { _Float16 x, y; }; _Float16 through(_Float16 (*f)(_Float16, struct pair), _Float16 x)";
    let through = library.declare(through).unwrap();
    let sum = |a: F16, p: Pair| F16::from_f32(a.to_f32() + p.x.to_f32() * p.y.to_f32());
    let typed = Callback::from_fn("typed", sum).unwrap();
    // SAFETY: the function has this signature, and so has the callback.
    let result = unsafe { through.call((&typed, 0.25)) }.unwrap();
    assert_eq!(result, Value::F16(F16::from_f32(1.75)));
    let dynamic = through.callback("f", |call| {
        let wrong = call.argument::<f32>(0).unwrap_err();
        assert!(matches!(wrong, Error::TypeMismatch { .. }), "{wrong}");
        call.set_result(sum(call.argument(0)?, call.argument(1)?))
    });
    // SAFETY: as above.
    let result = unsafe { through.call((&dynamic.unwrap(), -8)) }.unwrap();
    assert_eq!(result, Value::F16(F16::from_f32(-23.0)));
}

#[test]
fn halves_in_memory() {
    let pair = Pair { x: F16::from_f32(1.5), y: F16::from_f32(-0.1) };
    assert_eq!(Value::of(pair).to_string(), "{x: 1.5, y: -0.099975586}");
    assert_eq!(Value::of(pair).to::<Pair>().unwrap(), pair);
    let array = Type::array(Type::F16, 3).unwrap();
    assert_eq!(
        (array.size(), array.alignment(), array.to_string().as_str()),
        (6, 2, "_Float16[3]")
    );
    type Takes = unsafe extern "C" fn(*const F16) -> i32;
    assert_eq!(Takes::signature().unwrap().parameters()[0].ty(), &Type::Pointer);
}
