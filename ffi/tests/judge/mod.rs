//! The C compiler as judge: test functions generated as C, compiled into a shared library, called through `ffi`, and
//! calling back into it.
//!
//! For each signature there is a callee, which hands out the bytes of the arguments it got and returns the bytes it is
//! told to, and a caller, which calls a function pointer with the bytes it is told to and hands out what it returned.

mod compile;
pub(crate) mod random;
pub(crate) mod spec;
pub(crate) mod values;

use std::ffi::c_void;
use std::sync::Mutex;

use ffi::{
    Abi, Arg, CallInterface, Callback, CodePtr, Frame, FunctionPointer, Library, Plan, Signature,
    Type,
};
use spec::Spec;

/// A function to be tested.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) parameters: Vec<Spec>,
    pub(crate) returns: Spec,
    /// For a variadic function, the number of declared parameters.
    pub(crate) fixed: Option<usize>,
}

/// What `ffi` and the C compiler disagree about.
pub(crate) type Findings = Vec<String>;

const CANARY: u8 = 0xa5;
const CANARIES: usize = 64;

impl Case {
    pub(crate) fn new<P: Into<Spec>>(
        parameters: impl IntoIterator<Item = P>,
        returns: impl Into<Spec>,
    ) -> Case {
        let parameters = parameters.into_iter().map(Into::into).collect();
        Case { parameters, returns: returns.into(), fixed: None }
    }

    pub(crate) fn variadic<P: Into<Spec>>(
        parameters: impl IntoIterator<Item = P>,
        fixed: usize,
        returns: impl Into<Spec>,
    ) -> Case {
        Case { fixed: Some(fixed), ..Case::new(parameters, returns) }
    }

    pub(crate) fn signature(&self) -> Signature {
        let parameters = self.parameters.iter().map(Spec::ty);
        match self.fixed {
            None => Signature::new(parameters, self.returns.ty()),
            Some(fixed) => Signature::variadic(parameters, fixed, self.returns.ty()),
        }
        .unwrap()
    }

    /// Where each argument lies in the buffers shared with C, and their length.
    fn offsets(&self) -> (Vec<usize>, usize) {
        let mut end = 0;
        let offsets = self.parameters.iter().map(|spec| {
            let offset = end;
            end += spec.ty().size();
            offset
        });
        (offsets.collect(), end)
    }
}

/// Compiles the cases and runs all of them in both directions; returns the disagreements.
pub(crate) fn run(name: &str, abi: Abi, cases: &[Case]) -> Findings {
    let library = compile::library(name, abi, cases);
    let mut findings = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let signature = case.signature();
        let mut found = layouts(&library, index, case);
        match Plan::new(abi, &signature) {
            Ok(plan) => found.extend(broken_invariants(&plan, &signature)),
            Err(error) => found.push(error.to_string()),
        }
        found.extend(call(&library, abi, index, case));
        if case.fixed.is_none() {
            found.extend(call_back(&library, abi, index, case));
        }
        findings.extend(
            found
                .into_iter()
                .map(|what| format!("{name} {index}: {signature} under {abi}: {what}")),
        );
    }
    findings
}

/// Fails with all findings, the first few in full.
pub(crate) fn verdict(findings: &Findings) {
    let shown: Vec<_> = findings.iter().take(8).map(String::as_str).collect();
    assert!(
        findings.is_empty(),
        "{} disagreements with the C compiler:\n{}",
        findings.len(),
        shown.join("\n")
    );
}

fn address(library: &Library, name: &str, index: usize) -> CodePtr {
    library.address(&format!("{name}_{index}")).unwrap()
}

/// Size and alignment of every type, and the offsets of members, against the compiler's.
fn layouts(library: &Library, index: usize, case: &Case) -> Findings {
    let mut findings = Vec::new();
    let numbers = address(library, "layout", index).as_ptr().cast::<u64>();
    let mut next = 0;
    let mut number = || {
        // SAFETY: the generated table has one number for each of these reads, in this order.
        let value = unsafe { numbers.add(next).read() };
        next += 1;
        value as usize
    };
    for spec in case.parameters.iter().chain([&case.returns]) {
        let ty = spec.ty();
        if ty == Type::Void {
            continue;
        }
        let (size, alignment) = (number(), number());
        if (ty.size(), ty.alignment()) != (size, alignment) {
            findings.push(format!(
                "{} has size {size}, alignment {alignment}, not {} and {}",
                ty_text(spec),
                ty.size(),
                ty.alignment()
            ));
        }
        let (Type::Struct(composite), Spec::Struct(_)) = (&ty, spec) else {
            continue;
        };
        for field in composite.fields().iter().filter(|field| field.bits().is_none()) {
            let offset = number();
            if field.offset() != offset {
                findings.push(format!(
                    "{} has {} at {offset}, not {}",
                    ty_text(spec),
                    field.name(),
                    field.offset()
                ));
            }
        }
    }
    findings
}

/// A type and the definitions it needs, in C.
fn ty_text(spec: &Spec) -> String {
    let mut text = String::new();
    let ty = spec.c(&mut text, "T");
    format!("{text}{ty}")
}

/// What must hold of every plan, whatever the convention.
fn broken_invariants(plan: &Plan, signature: &Signature) -> Findings {
    plan.check(signature).err().into_iter().collect()
}

/// Calls the C callee.
fn call(library: &Library, abi: Abi, index: usize, case: &Case) -> Findings {
    let signature = case.signature();
    let interface = match CallInterface::with_abi(abi, &signature) {
        Ok(interface) => interface,
        Err(error) => return vec![format!("not callable: {error}")],
    };
    let values = argument_values(case, index);
    // Each value ends where its allocation does, so that sanitizers see a read past it.
    let arguments: Vec<Arg<'_>> = values.iter().map(|value| Arg::new(&value[..])).collect();
    let returned = values::pattern(&case.returns.ty(), 1000 + index as u64);
    let shared = Shared::of(library);
    shared.set_returned(&returned);
    let (mut result, at) = canaried(&case.returns.ty());
    // SAFETY: the generated function has this signature; the buffer has room for the result.
    unsafe {
        interface.call_into(
            address(library, "callee", index),
            &arguments,
            result[at..].as_mut_ptr().cast(),
        )
    }
    .unwrap();
    let mut findings = Vec::new();
    check_arguments(case, &values, shared.received(), "the callee", &mut findings);
    check_result(case, &returned, &result, at, "the call", &mut findings);
    if shared.misaligned() {
        findings.push("the stack was not aligned at the call".into());
    }
    let discarded = {
        // SAFETY: as above; a null result is discarded.
        unsafe {
            interface.call_into(address(library, "callee", index), &arguments, std::ptr::null_mut())
        }
    };
    discarded.unwrap();
    let mut frame = Frame::new(&interface);
    for (argument, value) in values.iter().enumerate() {
        frame.write(argument, value).unwrap();
    }
    for round in ["a frame's call", "a frame's second call"] {
        let (mut result, at) = canaried(&case.returns.ty());
        shared.clear_received();
        // SAFETY: the generated function has this signature; the buffer has room for the result.
        unsafe {
            frame.call_into(address(library, "callee", index), result[at..].as_mut_ptr().cast());
        }
        check_arguments(case, &values, shared.received(), round, &mut findings);
        check_result(case, &returned, &result, at, round, &mut findings);
    }
    let unchanged = argument_values(case, index);
    if values != unchanged {
        findings.push("the caller's arguments were changed".into());
    }
    findings
}

/// Has the C caller call a callback.
fn call_back(library: &Library, abi: Abi, index: usize, case: &Case) -> Findings {
    let signature = case.signature();
    let values = argument_values(case, index);
    let returned = values::pattern(&case.returns.ty(), 2000 + index as u64);
    let received = Mutex::new(Vec::new());
    let callback = Callback::with_abi(abi, "judged", &signature, |incoming| {
        for (argument, parameter) in signature.parameters().iter().enumerate() {
            let value = incoming.argument_ptr(argument)?.cast::<u8>();
            // SAFETY: the argument's value lies there until this closure returns.
            let bytes = unsafe { std::slice::from_raw_parts(value, parameter.ty().size()) };
            received.lock().unwrap().extend_from_slice(bytes);
        }
        if !returned.is_empty() {
            let result = incoming.result_ptr().cast::<u8>();
            // SAFETY: the result has this size.
            unsafe { result.copy_from_nonoverlapping(returned.as_ptr(), returned.len()) };
        }
        Ok(())
    });
    let callback = match callback {
        Ok(callback) => callback,
        Err(error) => return vec![format!("no callback: {error}")],
    };
    let (mut result, at) = canaried(&case.returns.ty());
    type Caller = unsafe extern "C" fn(*const c_void, *const u8, *mut u8);
    // SAFETY: the generated caller has this signature.
    let caller = unsafe { Caller::from_code(address(library, "caller", index)) };
    let given = values.concat();
    // SAFETY: the callback has the signature that the caller expects, the buffers the sizes.
    unsafe { caller(callback.code().as_ptr(), given.as_ptr(), result[at..].as_mut_ptr()) };
    drop(callback);
    let received = std::mem::take(&mut *received.lock().unwrap());
    let mut findings = Vec::new();
    check_arguments(case, &values, &received, "the callback", &mut findings);
    check_result(case, &returned, &result, at, "the callback", &mut findings);
    findings
}

fn argument_values(case: &Case, index: usize) -> Vec<Vec<u8>> {
    let seed = |argument: usize| 1 + (index * 300 + argument) as u64;
    case.parameters
        .iter()
        .enumerate()
        .map(|(argument, spec)| values::pattern(&spec.ty(), seed(argument)))
        .collect()
}

/// A buffer for a value between canaries, and where the value begins: as aligned as its type asks for, no more.
fn canaried(ty: &Type) -> (Vec<u8>, usize) {
    let bytes = vec![CANARY; ty.size() + 2 * CANARIES + ty.alignment()];
    let at = CANARIES + bytes[CANARIES..].as_ptr().align_offset(ty.alignment());
    (bytes, at)
}

fn check_arguments(
    case: &Case,
    values: &[Vec<u8>],
    received: &[u8],
    who: &str,
    findings: &mut Findings,
) {
    let (offsets, length) = case.offsets();
    if received.len() < length {
        findings.push(format!("{who} received {} bytes of {length}", received.len()));
        return;
    }
    for (argument, (offset, value)) in offsets.iter().zip(values).enumerate() {
        let mask = values::mask(&case.parameters[argument].ty());
        if let Some(difference) =
            values::difference(value, &received[*offset..][..value.len()], &mask)
        {
            findings.push(format!("{who} received another argument {argument}{difference}"));
        }
    }
}

fn check_result(
    case: &Case,
    returned: &[u8],
    buffer: &[u8],
    at: usize,
    who: &str,
    findings: &mut Findings,
) {
    let mask = values::mask(&case.returns.ty());
    let (before, rest) = buffer.split_at(at);
    let (result, after) = rest.split_at(returned.len());
    if let Some(difference) = values::difference(returned, result, &mask) {
        findings.push(format!("{who} returned another value{difference}"));
    }
    if before.iter().chain(after).any(|byte| *byte != CANARY) {
        findings.push(format!("{who} wrote beyond the result: {before:02x?} … {after:02x?}"));
    }
}

/// The variables of a generated library.
struct Shared<'library> {
    library: &'library Library,
}

impl<'library> Shared<'library> {
    fn of(library: &'library Library) -> Shared<'library> {
        Shared { library }
    }

    fn variable(&self, name: &str) -> *mut u8 {
        self.library.symbol(name).unwrap().as_ptr().cast()
    }

    fn set_returned(&self, bytes: &[u8]) {
        // SAFETY: the buffer is as large as the largest result.
        unsafe { self.variable("returned").copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }

    fn received(&self) -> &[u8] {
        // SAFETY: the buffer has this size, and no C function runs while it is read.
        unsafe { std::slice::from_raw_parts(self.variable("received"), compile::BUFFER) }
    }

    fn clear_received(&self) {
        // SAFETY: the buffer has this size, and no C function runs.
        unsafe { self.variable("received").write_bytes(0, compile::BUFFER) };
    }

    fn misaligned(&self) -> bool {
        // SAFETY: a byte that the callee has written.
        unsafe { self.variable("misaligned").read() != 0 }
    }
}
