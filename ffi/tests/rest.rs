//! Variadic callbacks: what stands for `...` is read as it comes, called by rustc's own variadic calls.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::ffi::{CStr, c_char, c_int};
use std::sync::Mutex;

use ffi::{
    Arg, CType, CallInterface, Callback, Declarations, Error, Field, FunctionPointer, Incoming,
    Signature, StructType, Type, Value,
};

type Print = unsafe extern "C" fn(*const c_char, ...) -> c_int;

/// The function pointer of a callback with one pointer before `...`.
fn print(callback: &Callback<'_>) -> Print {
    // SAFETY: the callback has this signature.
    unsafe { Print::from_code(callback.code()) }
}

/// `int print(const char *format, ...)`, as a user declares it.
fn signature() -> Signature {
    let c = Declarations::parse("int print(const char *format, ...);").unwrap();
    let signature = c.function("print").unwrap().signature(&[]).unwrap();
    assert_eq!(Print::signature().unwrap().to_string(), "int32_t (void *, ...)");
    signature
}

/// Writes what the format asks for: `%d`, `%l`, `%f` and `%s`.
fn formatted(call: &Incoming<'_>) -> Result<String, Error> {
    let format = call.argument::<*const c_char>(0)?;
    // SAFETY: the callers pass a string.
    let format = unsafe { CStr::from_ptr(format) }.to_str().unwrap();
    let (mut text, mut rest) = (String::new(), call.rest());
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        // SAFETY: the callers pass what their formats ask for.
        text += &unsafe {
            match letters.next() {
                Some('d') => rest.next::<c_int>()?.to_string(),
                Some('l') => rest.next::<i64>()?.to_string(),
                Some('f') => rest.next::<f64>()?.to_string(),
                _ => CStr::from_ptr(rest.next::<*const c_char>()?).to_str().unwrap().to_owned(),
            }
        };
    }
    Ok(text)
}

#[test]
fn a_format_says_what_comes() {
    let printed = Mutex::new(Vec::new());
    let callback = Callback::new("print", &signature(), |call| {
        let text = formatted(call)?;
        let length = text.len() as c_int;
        printed.lock().unwrap().push(text);
        call.set_result(length)
    })
    .unwrap();
    let print = print(&callback);
    // SAFETY: the callback reads what the formats ask for.
    unsafe {
        assert_eq!(print(c"nothing".as_ptr()), 7);
        assert_eq!(print(c"%d %f %s".as_ptr(), 42, 2.5, c"text".as_ptr()), 11);
        // More of each kind than there are registers, in turn.
        print(
            c"%f%d%f%d%f%d%f%d%f%d%f%d%f%d%f%d%f%d%f%d".as_ptr(),
            0.5,
            1,
            1.5,
            2,
            2.5,
            3,
            3.5,
            4,
            4.5,
            5,
            5.5,
            6,
            6.5,
            7,
            7.5,
            8,
            8.5,
            9,
            9.5,
            10,
        );
        print(
            c"%l,%l,%l,%l,%l,%l,%l,%l,%l".as_ptr(),
            -1_i64,
            -2_i64,
            -3_i64,
            -4_i64,
            -5_i64,
            -6_i64,
            -7_i64,
            -8_i64,
            i64::MIN,
        );
    }
    drop(callback);
    let printed = printed.into_inner().unwrap();
    let numbers = "0.511.522.533.544.555.566.577.588.599.510";
    let negative = "-1,-2,-3,-4,-5,-6,-7,-8,-9223372036854775808";
    assert_eq!(printed, ["nothing", "42 2.5 text", numbers, negative]);
}

#[test]
fn what_c_could_not_have_passed_is_refused_and_not_skipped() {
    let callback = Callback::new("print", &signature(), |call| {
        let mut rest = call.rest();
        // SAFETY: refused, but for the last.
        unsafe {
            let refused =
                [rest.next::<f32>().map(drop), rest.next::<u8>().map(drop), rest.next::<()>()];
            let words = refused.map(|refused| refused.unwrap_err().to_string());
            assert_eq!(
                words,
                [
                    "variadic argument 1 is float, which C passes as double: use that type",
                    "variadic argument 1 is uint8_t, which C passes as int32_t: use that type",
                    "parameter 1 cannot be void: it has to hold a value",
                ]
            );
            assert_eq!(rest.next::<f64>()?, 6.25);
            assert_eq!(rest.next_value(&Type::I32)?, Value::I32(-3));
        }
        assert_eq!(format!("{rest:?}"), "Rest { read: 2, .. }");
        call.set_result(0)
    })
    .unwrap();
    // SAFETY: the callback reads these two.
    assert_eq!(unsafe { print(&callback)(c"".as_ptr(), 6.25, -3) }, 0);
}

ffi::c_struct! {
    /// A result in memory.
    #[derive(Clone, Copy)]
    struct Forty { list: [i16; 40] }
}

/// Structs in registers, in memory and by reference, behind a hidden result pointer; read from a call that knows all types.
#[test]
fn structs_of_every_size() {
    let sized = |length| {
        let array = Type::array(Type::I16, length).unwrap();
        Type::from(StructType::new("Sized", [Field::new("list", array)]).unwrap())
    };
    let types: Vec<Type> = (1..20).map(sized).collect();
    let fixed = Signature::variadic([Type::I32], 1, Forty::c_type()).unwrap();
    let values: Vec<Vec<i16>> =
        (1..20).map(|length| (0..length).map(|number| 100 * length + number).collect()).collect();
    let callback = Callback::new("structs", &fixed, |call| {
        let mut rest = call.rest();
        for (ty, expected) in types.iter().zip(&values) {
            // SAFETY: the call passes these types.
            let bytes = unsafe { rest.next_value(ty) }?.to_bytes();
            let bytes: Vec<i16> =
                bytes.chunks(2).map(|pair| i16::from_ne_bytes([pair[0], pair[1]])).collect();
            assert_eq!(&bytes, expected);
        }
        call.set_result(Forty { list: [7; 40] })
    })
    .unwrap();
    let all = [Type::I32].into_iter().chain(types.iter().cloned());
    let interface =
        CallInterface::new(&Signature::variadic(all, 1, Forty::c_type()).unwrap()).unwrap();
    let mut arguments = vec![Arg::new(&1_i32)];
    arguments.extend(values.iter().map(|value| Arg::new(&value[..])));
    // SAFETY: the callback reads what is passed.
    let result: Forty = unsafe { interface.call(callback.code(), &arguments) }.unwrap();
    assert_eq!(result.list, [7; 40]);
}
