//! Calls of C, calls from C, and what both take for a type's layout.

use std::sync::Mutex;

use ffi::call::Frame;
use ffi::{Arg, CallInterface, Callback, CodePtr, Error, Incoming, Library, Signature, Type};

use super::buffers::{Canaried, Shared};
use super::spec::Spec;
use super::typed::Typed;
use super::{Findings, scalars, values};

fn address(library: &Library, name: &str, case: &Typed) -> CodePtr {
    library.address(&format!("{name}_{}", case.index)).unwrap()
}

/// Size and alignment of every type, and the offsets of members, against the compiler's.
pub(super) fn layouts(library: &Library, case: &Typed) -> Findings {
    let mut findings = Vec::new();
    let numbers = address(library, "layout", case).as_ptr().cast::<u64>();
    let mut next = 0;
    let mut number = || {
        // SAFETY: the generated table has one number for each of these reads, in this order.
        let value = unsafe { numbers.add(next).read() };
        next += 1;
        value as usize
    };
    let specs = case.parameters.iter().chain([&case.returns]);
    for (spec, ty) in specs.zip(case.parameter_types.iter().chain([&case.return_type])) {
        if *ty == Type::Void {
            continue;
        }
        let (size, alignment) = (number(), number());
        if (ty.size(), ty.alignment()) != (size, alignment) {
            findings.push(format!(
                "{} has size {size}, alignment {alignment}, not {} and {}",
                spec.text(),
                ty.size(),
                ty.alignment()
            ));
        }
        let (Type::Struct(composite), Spec::Struct(_)) = (ty, spec) else {
            continue;
        };
        for field in composite.fields().iter().filter(|field| field.bits().is_none()) {
            let offset = number();
            if field.offset() != offset {
                let (text, name) = (spec.text(), field.name());
                findings.push(format!("{text} has {name} at {offset}, not {}", field.offset()));
            }
        }
    }
    findings
}

/// Calls the C callee.
pub(super) fn call(library: &Library, case: &Typed) -> Findings {
    let interface = match CallInterface::with_abi(case.abi, &case.signature) {
        Ok(interface) => interface,
        Err(error) => return vec![format!("not callable: {error}")],
    };
    let callee = address(library, "callee", case);
    let values = case.values.clone();
    // Each value ends where its allocation does, so that sanitizers see a read past it.
    let arguments: Vec<Arg<'_>> = values.iter().map(|value| Arg::new(&value[..])).collect();
    let returned = case.returned(1);
    let shared = Shared::of(library);
    let length = case.length();
    shared.clear(length);
    shared.set_returned(&returned);
    let mut result = Canaried::new(&case.return_type);
    // SAFETY: the generated function has this signature; the buffer has room for the result.
    unsafe { interface.call_into(callee, &arguments, result.as_mut_ptr()) }.unwrap();
    let mut findings = Vec::new();
    case.check_arguments(shared.received(length), "the callee", &mut findings);
    case.check_widened(&shared, &mut findings);
    case.check_result(&returned, &result, "the call", &mut findings);
    if shared.misaligned() {
        findings.push("the stack or an argument was not aligned at the call".into());
    }
    // SAFETY: as above; a null result is discarded.
    unsafe { interface.call_into(callee, &arguments, std::ptr::null_mut()) }.unwrap();
    let mut frame = Frame::new(&interface);
    for (argument, value) in values.iter().enumerate() {
        frame.write(argument, value).unwrap();
    }
    for round in ["a frame's call", "a frame's second call"] {
        let mut result = Canaried::new(&case.return_type);
        shared.clear(length);
        // SAFETY: the generated function has this signature; the buffer has room for the result.
        unsafe { frame.call_into(callee, result.as_mut_ptr()) };
        case.check_arguments(shared.received(length), round, &mut findings);
        case.check_widened(&shared, &mut findings);
        case.check_result(&returned, &result, round, &mut findings);
    }
    let seen = |round: &str, value: &[u8]| {
        case.check_arguments(shared.received(length), round, &mut findings);
        case.check_widened(&shared, &mut findings);
        if value != returned {
            findings.push(format!("{round} returned {value:02x?}, not {returned:02x?}"));
        }
        shared.clear(length);
    };
    shared.clear(length);
    // SAFETY: as above, and the frame is the interface's.
    unsafe { scalars::call(&interface, &mut frame, callee, &arguments, seen) };
    if values != case.values {
        findings.push("the caller's arguments were changed".into());
    }
    findings
}

/// Has the C caller call a callback.
pub(super) fn call_back(library: &Library, case: &Typed) -> Findings {
    let mut findings = with_callbacks(case, |callback, result| {
        let signature = Signature::new([Type::Pointer, Type::Pointer], Type::Void).unwrap();
        let caller = CallInterface::with_abi(case.abi, &signature).unwrap();
        let (function, result) = (callback.as_ptr(), result.as_mut_ptr());
        let arguments = [Arg::new(&function), Arg::new(&result)];
        Shared::of(library).set_given(&case.laid_out(&case.values));
        let code = address(library, "caller", case);
        // SAFETY: the generated caller has this signature; the callback has the one that it expects, the buffers the sizes.
        unsafe { caller.call_into(code, &arguments, std::ptr::null_mut()) }.unwrap();
        Ok(())
    });
    if case.returns.is_integer() {
        let expected = values::number(&case.return_type, &case.returned(2));
        let found = Shared::of(library).widened(0);
        if expected != found {
            findings.push(format!("the caller took the result {expected} for {found}"));
        }
    }
    findings
}

/// Calls a callback of the same signature: both directions agree, whatever a C compiler would say.
pub(super) fn call_ourselves(case: &Typed) -> Findings {
    with_callbacks(case, |callback, result| {
        let interface = CallInterface::with_abi(case.abi, &case.signature)?;
        let arguments: Vec<Arg<'_>> =
            case.values.iter().map(|value| Arg::new(&value[..])).collect();
        // SAFETY: the callback has this signature; the buffer has room for the result.
        unsafe { interface.call_into(callback, &arguments, result.as_mut_ptr()) }
    })
}

/// Calls a callback that knows all types of the call, and for a variadic call one that knows those of the declared
/// parameters and reads the rest.
fn with_callbacks(
    case: &Typed,
    call: impl Fn(CodePtr, &mut Canaried) -> Result<(), Error>,
) -> Findings {
    let mut findings = with_callback(case, &case.signature, &call);
    if let Some(fixed) = case.fixed {
        let declared = case.parameter_types[..fixed].iter().cloned();
        let declared = Signature::variadic(declared, fixed, case.return_type.clone()).unwrap();
        findings.extend(with_callback(case, &declared, &call));
    }
    findings
}

fn with_callback(
    case: &Typed,
    signature: &Signature,
    call: impl FnOnce(CodePtr, &mut Canaried) -> Result<(), Error>,
) -> Findings {
    let returned = case.returned(2);
    let received = Mutex::new(Vec::new());
    let receive = |incoming: &mut Incoming<'_>| {
        let (declared, rest) = case.parameter_types.split_at(signature.parameters().len());
        for (argument, ty) in declared.iter().enumerate() {
            let value = incoming.argument_ptr(argument)?.cast::<u8>();
            // SAFETY: the argument's value lies there until this closure returns.
            let bytes = unsafe { std::slice::from_raw_parts(value, ty.size()) };
            received.lock().unwrap().push(bytes.to_vec());
        }
        let mut reader = incoming.rest();
        for ty in rest {
            // SAFETY: the call passes arguments of these types.
            let value = unsafe { reader.next_value(ty) }?;
            received.lock().unwrap().push(value.to_bytes().to_vec());
        }
        if !returned.is_empty() {
            let result = incoming.result_ptr().cast::<u8>();
            // SAFETY: the result has this size.
            unsafe { result.copy_from_nonoverlapping(returned.as_ptr(), returned.len()) };
        }
        Ok(())
    };
    let callback = match Callback::with_abi(case.abi, "judged", signature, receive) {
        Ok(callback) => callback,
        Err(error) => return vec![format!("no callback: {error}")],
    };
    let mut result = Canaried::new(&case.return_type);
    let called = call(callback.code(), &mut result);
    drop(callback);
    if let Err(error) = called {
        return vec![error.to_string()];
    }
    let received = case.laid_out(&received.into_inner().unwrap());
    let mut findings = Vec::new();
    case.check_arguments(&received, "the callback", &mut findings);
    case.check_result(&returned, &result, "the callback", &mut findings);
    findings
}
