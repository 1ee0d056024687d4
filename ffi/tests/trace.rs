//! Lines of a trace: every kind of value, limits, decoders, outputs, nesting, threads.

use std::ffi::c_void;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use ffi::interpose::Interposer;
use ffi::trace::{Decoder, Limits, Line, Operand, Tracer};
use ffi::types::UnionType;
use ffi::{
    Arg, CallInterface, CodePtr, Field, FunctionPointer, Parameter, Signature, StructType, Type,
};

/// Keeps what is written to it.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink {
    /// The lines, without what is in brackets at their ends.
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let cut = |line: &str| {
            let (call, rest) = line.rsplit_once(" [").unwrap_or_else(|| panic!("no time: {line}"));
            assert!(rest.ends_with("s]") || rest.contains("s, thread "), "{line}");
            call.to_owned()
        };
        text.lines().map(cut).collect()
    }
}

fn parameters<const N: usize>(parameters: [(&'static str, Type); N], returns: Type) -> Signature {
    let parameters = parameters.map(|(name, ty)| Parameter::new(name, ty));
    Signature::new(parameters, returns).unwrap()
}

/// The line of one call of `code`, made with `arguments`.
fn line_of(
    tracer: impl FnOnce(Sink) -> Tracer,
    signature: &Signature,
    code: *const c_void,
    arguments: &[Arg<'_>],
) -> String {
    let sink = Sink::default();
    let tracer = tracer(sink.clone());
    let target = CodePtr::new(code).unwrap();
    // SAFETY: every test passes a function of its signature.
    let traced = unsafe {
        Interposer::new("f", signature, target, move |call| {
            tracer.forward(call);
        })
    }
    .unwrap();
    let interface = CallInterface::new(signature).unwrap();
    let mut result = [0_u64; 8];
    // SAFETY: as above; the result fits.
    unsafe { interface.call_into(traced.code(), arguments, result.as_mut_ptr().cast()) }.unwrap();
    let lines = sink.lines();
    assert_eq!(lines.len(), 1);
    lines[0].clone()
}

extern "C" fn scalars(
    _: bool,
    small: i8,
    _: u16,
    _: i64,
    _: u64,
    _: f32,
    _: f64,
    _: *const c_void,
    _: *const c_void,
) -> i32 {
    i32::from(small)
}

#[test]
fn scalars_read_as_in_c() {
    let pointer = Type::alias("Handle", Type::Pointer);
    let signature = parameters(
        [
            ("yes", Type::Bool),
            ("small", Type::I8),
            ("", Type::U16),
            ("low", Type::I64),
            ("high", Type::U64),
            ("half", Type::F32),
            ("third", Type::F64),
            ("none", Type::Pointer),
            ("handle", pointer),
        ],
        Type::I32,
    );
    let arguments = [
        Arg::new(&true),
        Arg::new(&-7_i8),
        Arg::new(&65535_u16),
        Arg::new(&i64::MIN),
        Arg::new(&u64::MAX),
        Arg::new(&0.5_f32),
        Arg::new(&f64::NAN),
        Arg::new(&0_usize),
        Arg::new(&0xbeef_usize),
    ];
    assert_eq!(
        line_of(Tracer::new, &signature, scalars as *const c_void, &arguments),
        "f(yes=true, small=-7, 65535, low=-9223372036854775808, high=18446744073709551615, half=0.5, third=NaN, \
         none=NULL, handle=0xbeef) = -7"
    );
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Shape {
    id: u8,
    corners: [f32; 3],
    bits: u32,
    either: u32,
}

extern "C" fn grow(mut shape: Shape) -> Shape {
    shape.id += 1;
    shape
}

extern "C" fn take(_: Shape) {}

fn shape() -> Type {
    let either =
        UnionType::new("", [Field::new("number", Type::U32), Field::new("real", Type::F32)]);
    let fields = [
        Field::new("id", Type::U8),
        Field::new("corners", Type::array(Type::F32, 3).unwrap()),
        Field::bits("low", Type::U32, 3),
        Field::bits("signed", Type::I32, 5),
        Field::bits("high", Type::U32, 24),
        Field::new("either", either.unwrap()),
    ];
    StructType::new("Shape", fields).unwrap().into()
}

/// `low` is 5, `signed` -3, `high` 0x123456.
const SHAPE: Shape = Shape {
    id: 7,
    corners: [1.0, 2.0, 3.0],
    bits: 0x1234_5600 | 0b11101 << 3 | 5,
    either: 0x0102_0304,
};

#[test]
fn structs_arrays_bit_fields_and_unions() {
    let signature = parameters([("shape", shape())], shape());
    let line = line_of(Tracer::new, &signature, grow as *const c_void, &[Arg::new(&SHAPE)]);
    let rest = "corners=[1.0, 2.0, 3.0], low=5, signed=-3, high=1193046, either=<04 03 02 01>}";
    assert_eq!(line, format!("f(shape={{id=7, {rest}) = {{id=8, {rest}"));
}

#[test]
fn limits_end_in_dots() {
    let signature = parameters([("shape", shape())], Type::Void);
    let limited = |depth, elements| {
        let tracer = move |sink| {
            let mut limits = Limits::default();
            (limits.depth, limits.elements, limits.text) = (depth, elements, 3);
            Tracer::new(sink).limits(limits)
        };
        line_of(tracer, &signature, take as *const c_void, &[Arg::new(&SHAPE)])
    };
    assert_eq!(limited(0, 8), "f(shape={…})");
    let rest = "low=5, signed=-3, high=1193046, either=<04 03 02 …>})";
    assert_eq!(limited(1, 8), format!("f(shape={{id=7, corners=[…], {rest}"));
    assert_eq!(limited(2, 2), format!("f(shape={{id=7, corners=[1.0, 2.0, … 3 in all], {rest}"));
}

/// Knows a text by its pointer, an array by the argument before it, and an output by its name.
struct Words;

impl Decoder for Words {
    fn decode(&self, value: &Operand<'_>, line: &mut Line<'_>) -> bool {
        match value.name() {
            "text" => {
                let Some(start) = value.read::<*mut c_void>() else { return false };
                // SAFETY: the tests pass texts that end in NUL.
                let text = unsafe { std::ffi::CStr::from_ptr(start.cast()) };
                line.quote(text.to_bytes());
            }
            "numbers" => {
                let count = value.sibling("count").and_then(|count| count.read_unsigned());
                // SAFETY: the tests pass as many numbers.
                unsafe { line.pointees(value, &Type::U16, count.unwrap_or(0) as usize) };
            }
            "out" if value.call_result().and_then(|result| result.read::<i32>()) == Some(0) => {
                // SAFETY: the tests pass the address of a number.
                unsafe { line.pointee(value, &Type::I64) };
            }
            _ => return false,
        }
        true
    }

    fn is_output(&self, signature: &Signature, index: usize) -> bool {
        signature.parameters()[index].name() == "out"
    }
}

extern "C" fn sum(text: *mut u8, count: u64, numbers: *const u16, out: *mut i64) -> i32 {
    if numbers.is_null() {
        return -1;
    }
    let sum = (0..count as usize).map(|index| {
        // SAFETY: the tests pass as many numbers.
        i64::from(unsafe { *numbers.add(index) })
    });
    // SAFETY: the tests pass the address of a number.
    unsafe { *out = sum.sum() };
    // SAFETY: and that of a text, of which this changes the first letter: the trace must show the old one.
    unsafe { *text = b'X' };
    0
}

#[test]
fn a_decoder_follows_pointers_and_outputs_come_after_the_call() {
    let signature = parameters(
        [
            ("text", Type::Pointer),
            ("count", Type::U64),
            ("numbers", Type::Pointer),
            ("out", Type::Pointer),
        ],
        Type::I32,
    );
    let line = |numbers: &[u16], text: &str| {
        let mut text = format!("{text}\0").into_bytes();
        let (text, count) = (text.as_mut_ptr(), numbers.len() as u64);
        let start = if count == 0 { std::ptr::null() } else { numbers.as_ptr() };
        let mut total = 0_i64;
        let out = &raw mut total;
        let arguments = [Arg::new(&text), Arg::new(&count), Arg::new(&start), Arg::new(&out)];
        let tracer = |sink| Tracer::new(sink).decoder(Words);
        (line_of(tracer, &signature, sum as *const c_void, &arguments), format!("{out:p}"))
    };
    let (text, _) = line(&[1, 2, 3], "two\nlines \"quoted\"");
    assert_eq!(text, r#"f(text="two\nlines \"quoted\"", count=3, numbers=[1, 2, 3], out=&6) = 0"#);
    let (text, address) = line(&[], &"é".repeat(100));
    let shown = "é".repeat(40);
    assert_eq!(text, format!("f(text=\"{shown}\"…, count=0, numbers=NULL, out={address}) = -1"));
    let (text, _) = line(&[9; 100], "");
    assert!(text.contains("numbers=[9, 9, 9, 9, 9, 9, 9, 9, … 100 in all], out=&900"), "{text}");
}

type Step = unsafe extern "C" fn(u32) -> u32;

#[test]
fn calls_inside_a_call_are_indented() {
    static INNER: Mutex<Option<CodePtr>> = Mutex::new(None);
    extern "C" fn inner(number: u32) -> u32 {
        number + 1
    }
    extern "C" fn outer(number: u32) -> u32 {
        let code = INNER.lock().unwrap().unwrap();
        // SAFETY: it stands before `inner`.
        unsafe { Step::from_code(code)(number) * 2 }
    }
    let sink = Sink::default();
    let tracer = Arc::new(Tracer::new(sink.clone()));
    let traced = |name: &'static str, code: CodePtr| {
        let tracer = Arc::clone(&tracer);
        let signature = Step::signature().unwrap();
        // SAFETY: both functions have this signature.
        let interposer = unsafe {
            Interposer::new(name, &signature, code, move |call| {
                tracer.forward(call);
            })
        };
        interposer.unwrap()
    };
    let traced_inner = traced("inner", (inner as Step).code());
    *INNER.lock().unwrap() = Some(traced_inner.code());
    let traced_outer = traced("outer", (outer as Step).code());
    // SAFETY: it stands before `outer`, which takes any number.
    assert_eq!(unsafe { Step::from_code(traced_outer.code())(20) }, 42);
    // SAFETY: the same for `inner`.
    assert_eq!(unsafe { Step::from_code(traced_inner.code())(1) }, 2);
    assert_eq!(sink.lines(), ["  inner(20) = 21", "outer(20) = 42", "inner(1) = 2"]);
}

#[test]
fn lines_of_threads_do_not_mix_and_tell_their_thread() {
    const THREADS: usize = 8;
    const CALLS: usize = 500;
    extern "C" fn next(number: u32) -> u32 {
        number + 1
    }
    let sink = Sink::default();
    let tracer = Tracer::new(sink.clone()).threads(true);
    let signature = Signature::new([Parameter::new("number", Type::U32)], Type::U32).unwrap();
    // SAFETY: `next` has this signature.
    let traced = unsafe {
        Interposer::new("next", &signature, (next as Step).code(), move |call| {
            tracer.forward(call);
        })
    }
    .unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let code = traced.code();
            scope.spawn(move || {
                for call in 0..CALLS {
                    // SAFETY: it stands before `next`, which takes any number but the last.
                    unsafe { Step::from_code(code)((thread * CALLS + call) as u32) };
                }
            });
        }
    });
    let mut lines = sink.lines();
    lines.sort();
    let mut expected: Vec<String> = (0..THREADS * CALLS)
        .map(|number| format!("next(number={number}) = {}", number + 1))
        .collect();
    expected.sort();
    assert_eq!(lines, expected);
    let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    let numbers: std::collections::BTreeSet<&str> =
        text.lines().filter_map(|line| line.rsplit_once("thread ")).map(|(_, end)| end).collect();
    assert_eq!(numbers.len(), THREADS);
}

#[test]
fn a_handler_that_answers_itself_is_shown_with_its_answer() {
    extern "C" fn never(_: u32) -> u32 {
        panic!("the call is not forwarded")
    }
    let sink = Sink::default();
    let tracer = Tracer::new(sink.clone());
    // SAFETY: `never` has this signature.
    let traced = unsafe {
        Interposer::new("never", &Step::signature().unwrap(), (never as Step).code(), move |call| {
            tracer.watch(call, |call| call.set_result(5_u32).unwrap());
        })
    }
    .unwrap();
    // SAFETY: it takes any number.
    assert_eq!(unsafe { Step::from_code(traced.code())(1) }, 5);
    assert_eq!(sink.lines(), ["never(1) = 5"]);
}
