//! What is refused, and in which words.
#![allow(missing_docs, reason = "a test has no public items")]

use ffi::abi::Plan;
use ffi::error::ErrorFamily;
use ffi::{Abi, Arg, CallInterface, CodePtr, Error, Field, Parameter, Signature, StructType, Type};

fn refused<T>(result: Result<T, Error>, family: ErrorFamily, words: &str) {
    let error = match result {
        Ok(_) => panic!("accepted what should be refused with: {words}"),
        Err(error) => error,
    };
    assert_eq!((error.to_string().as_str(), error.family()), (words, family));
}

#[test]
fn types() {
    let family = ErrorFamily::Type;
    refused(
        StructType::new("S", [Field::new("v", Type::Void)]),
        family,
        "field \"v\" of \"S\" cannot be void: it has to hold a value",
    );
    refused(
        StructType::new("S", [Field::bits("b", Type::I32, 33)]),
        family,
        "bit-field \"b\" of \"S\": a int32_t cannot have 33 bits (width 0 has no name, and a bit-field is an integer or bool no \
         wider than its type)",
    );
    refused(
        StructType::builder("S").aligned(3).build(),
        family,
        "\"S\" cannot be packed or aligned to 3 bytes: use a power of two up to 2^28",
    );
    refused(
        Type::array(Type::U64, usize::MAX / 4),
        family,
        "an array of 4611686018427387903 elements of uint64_t is past the limit of 2147483647",
    );
    refused(
        Type::vector(Type::F64, 3),
        family,
        "no processor has a vector of 3 × double: lanes are numbers of up to 8 bytes, 8, 16 or 32 bytes together",
    );
}

#[test]
fn signatures() {
    let family = ErrorFamily::Type;
    refused(
        Signature::new([Parameter::new("nothing", Type::Void)], Type::I32),
        family,
        "parameter 0 (nothing) cannot be void: it has to hold a value",
    );
    refused(
        Signature::new([Type::I32], Type::array(Type::I32, 4).unwrap()),
        family,
        "the result has the array type int32_t[4], which C does not pass by value: pass a pointer to the first element, or a \
         struct that holds the array",
    );
    refused(
        Signature::variadic([Type::Pointer, Type::F32], 1, Type::I32),
        family,
        "variadic argument 1 is float, which C passes as double: use that type",
    );
    refused(
        Signature::variadic([Type::Pointer], 2, Type::I32),
        ErrorFamily::CallInterface,
        "the variadic function declares 2 parameters, but the call passes 1",
    );
    refused(
        Signature::new(vec![Type::I32; 5000], Type::Void),
        family,
        "a call with 5000 parameters is past the limit of 4096",
    );
}

#[test]
#[cfg_attr(miri, ignore = "needs assembly")]
fn calls() {
    extern "C" fn add(a: i32, b: i32) -> i32 {
        a + b
    }
    let add = CodePtr::new(add as *const _).unwrap();
    let Ok(interface) = CallInterface::new(&Signature::new(vec![Type::I32; 2], Type::I32).unwrap())
    else {
        return unsupported();
    };
    let call = |arguments: &[Arg<'_>]| {
        // SAFETY: the function has this signature; a wrong number of arguments is refused.
        unsafe { interface.call::<i32>(add, arguments) }
    };
    assert_eq!(call(&[Arg::new(&1), Arg::new(&2)]).unwrap(), 3);
    let family = ErrorFamily::CallInterface;
    refused(call(&[Arg::new(&1)]), family, "the function takes 2 arguments, but 1 were given");
    refused(call(&[Arg::new(&1); 3]), family, "the function takes 2 arguments, but 3 were given");
    // SAFETY: refused before the call.
    let wrong_result = unsafe { interface.call::<i64>(add, &[Arg::new(&1), Arg::new(&2)]) };
    refused(wrong_result, ErrorFamily::Type, "the result is int32_t in the signature, not int64_t");
    assert!(CodePtr::new(std::ptr::null()).is_none());
    // SAFETY: null is refused.
    assert!(unsafe { Arg::from_ptr(std::ptr::null()) }.is_none());
}

/// On a processor without stubs: preparing says so.
fn unsupported() {
    let interface = CallInterface::new(&Signature::new([Type::I32], Type::I32).unwrap());
    assert!(matches!(interface, Err(Error::UnsupportedPlatform { .. })));
}

#[test]
fn plans() {
    let huge =
        StructType::new("Huge", [Field::new("bytes", Type::array(Type::U8, 1 << 20).unwrap())])
            .unwrap();
    refused(
        Plan::new(Abi::SysV64, &Signature::new([Type::from(huge)], Type::Void).unwrap()),
        ErrorFamily::Type,
        "the stack space of the arguments is past the limit of 524288",
    );
    let aligned = StructType::builder("Aligned")
        .field(Field::new("x", Type::I32))
        .aligned(4096)
        .build()
        .unwrap();
    refused(
        Plan::new(Abi::SysV64, &Signature::new([Type::from(aligned)], Type::Void).unwrap()),
        ErrorFamily::Type,
        "the alignment of an argument is past the limit of 1024",
    );
}

#[test]
fn another_processors_convention() {
    let foreign = if cfg!(target_arch = "aarch64") { Abi::SysV64 } else { Abi::Aapcs64 };
    let error = CallInterface::with_abi(foreign, &Signature::new([Type::I32], Type::I32).unwrap())
        .unwrap_err();
    assert_eq!(error.family(), ErrorFamily::UnsupportedPlatform);
    assert!(error.to_string().contains(&foreign.to_string()), "{error}");
}

#[test]
#[cfg(all(target_os = "linux", not(target_env = "musl")))]
#[cfg_attr(miri, ignore = "opens libraries")]
fn libraries() {
    let open = |path: &str| {
        // SAFETY: nothing that is opened here has initialisers.
        unsafe { ffi::Library::open(path) }
    };
    let error = open("libno-such-library.so.7").unwrap_err();
    assert_eq!(error.family(), ErrorFamily::Library);
    assert!(error.to_string().contains("libno-such-library.so.7"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    assert!(open("/etc/hostname").unwrap_err().to_string().contains("/etc/hostname"));
    let libm = open("libm.so.6").unwrap();
    let error = libm.address("no_such_symbol").unwrap_err().to_string();
    assert!(error.contains("no_such_symbol") && error.contains("libm.so.6"), "{error}");
    assert!(libm.address("with\0nul").is_err());
}
