//! C's own `qsort` with an interposer before it, and one before the comparator that it is given: every call of both is
//! printed.
//!
//! Nothing of this is known to the compiler but what `Signature` says. The decoder adds what a signature cannot say: that
//! `base` points to `count` numbers, and that the comparator's arguments point to one.

use std::ffi::{c_int, c_void};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, ensure};
use examples::Usage;
use ffi::interpose::Interposer;
use ffi::trace::{Decoder, Line, Operand, Tracer};
use ffi::{
    Arg, CType, CallInterface, CodePtr, FunctionPointer, Library, Parameter, Signature, Type,
};

const HELP: &str = "\
Sorts the NUMBERs with the C library's qsort, and prints the call and every call of its comparator.

Usage: interpose [NUMBER]...

Without numbers: 3 1 2.
";

fn main() -> ExitCode {
    examples::run("interpose", |out| {
        let Some(numbers) = parse()? else {
            return Ok(write!(out, "{HELP}")?);
        };
        let mut sorted = numbers.clone();
        sort(&mut sorted)?;
        let mut expected = numbers;
        expected.sort_unstable();
        ensure!(sorted == expected, "qsort made {sorted:?} of what sorted is {expected:?}");
        Ok(writeln!(out, "{sorted:?}")?)
    })
}

/// The numbers of the command line, or `None` when only help is asked for.
fn parse() -> Result<Option<Vec<c_int>>, Usage> {
    use lexopt::prelude::*;

    let mut numbers = Vec::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Value(value) => match value.to_str().and_then(|text| text.parse().ok()) {
                Some(number) => numbers.push(number),
                None => return Err(Usage(format!("`{}` is not an int", value.display()))),
            },
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(Some(if numbers.is_empty() { vec![3, 1, 2] } else { numbers }))
}

/// The C library, which every program has loaded already.
const C_LIBRARY: &str = if cfg!(windows) {
    "ucrtbase.dll"
} else if cfg!(target_vendor = "apple") {
    "libSystem.B.dylib"
} else {
    "libc.so.6"
};

type Compare = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;

/// The comparator as C programs write it.
unsafe extern "C" fn compare(left: *const c_void, right: *const c_void) -> c_int {
    // SAFETY: qsort passes two elements of the array, which holds numbers of this type.
    let left = unsafe { *left.cast::<c_int>() };
    // SAFETY: as above.
    let right = unsafe { *right.cast::<c_int>() };
    left.cmp(&right) as c_int
}

/// Sorts with qsort, which prints every call.
fn sort(numbers: &mut [c_int]) -> Result<()> {
    let size = usize::c_type();
    let qsort = Signature::new(
        [
            Parameter::new("base", Type::Pointer),
            Parameter::new("count", size.clone()),
            Parameter::new("size", size),
            Parameter::new("compare", Type::Pointer),
        ],
        Type::Void,
    )?;
    let comparator = Signature::new(
        [Parameter::new("left", Type::Pointer), Parameter::new("right", Type::Pointer)],
        c_int::c_type(),
    )?;

    // SAFETY: the C library is initialised already.
    let library = unsafe { Library::open(C_LIBRARY) }?;
    let tracer = Arc::new(Tracer::new(io::stdout()).decoder(Numbers));
    let traced_qsort = trace("qsort", &qsort, library.address("qsort")?, &tracer)?;
    let traced_compare = trace("compare", &comparator, (compare as Compare).code(), &tracer)?;

    let (base, count) = (numbers.as_mut_ptr(), numbers.len());
    let (size, compare) = (size_of::<c_int>(), traced_compare.code().as_ptr());
    let arguments = [Arg::new(&base), Arg::new(&count), Arg::new(&size), Arg::new(&compare)];
    // SAFETY: qsort has this signature, the array has so many elements, and the comparator compares two of them.
    unsafe { CallInterface::new(&qsort)?.call::<()>(traced_qsort.code(), &arguments) }?;
    Ok(())
}

/// Stands before `target`, and prints every call.
fn trace(
    name: &'static str,
    signature: &Signature,
    target: CodePtr,
    tracer: &Arc<Tracer>,
) -> Result<Interposer, ffi::Error> {
    let tracer = Arc::clone(tracer);
    let handler = move |call: &mut ffi::interpose::Invocation<'_>| {
        tracer.forward(call);
    };
    // SAFETY: `sort` gives each function its C signature, and keeps the library open.
    unsafe { Interposer::new(name, signature, target, handler) }
}

/// Shows the numbers that pointers point to.
struct Numbers;

impl Decoder for Numbers {
    fn decode(&self, value: &Operand<'_>, line: &mut Line<'_>) -> bool {
        match value.name() {
            "base" => {
                let count = value.sibling("count").and_then(|count| count.read_unsigned());
                // SAFETY: `sort` passes as many numbers as it says.
                unsafe { line.pointees(value, &c_int::c_type(), count.unwrap_or(0) as usize) };
            }
            // SAFETY: qsort passes elements of the array.
            "left" | "right" => unsafe { line.pointee(value, &c_int::c_type()) },
            _ => return false,
        }
        true
    }
}
