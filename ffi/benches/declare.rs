//! Calls of declared functions, beside direct calls, and calls from Python by ctypes and by cffi. CPU time.
//!
//! `cargo bench -p ffi --bench declare`
#![allow(missing_docs, reason = "a benchmark has no public items")]

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod python;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod table;

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn main() {
    println!("measured on x86-64 Linux only, whose C library and processor time it asks for");
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn main() {
    measured::all();
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod measured {
    use std::ffi::{c_char, c_int, c_void};
    use std::hint::black_box;
    use std::time::Duration;

    use ffi::{Argument, Declarations, Declared, FunctionPointer, Library, Value};

    use super::python::Python;
    use super::table::{Contestant, processor_time, repeated, row};

    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Division {
        quotient: c_int,
        remainder: c_int,
    }

    type Comparison = extern "C" fn(*const c_void, *const c_void) -> c_int;

    unsafe extern "C" {
        safe fn abs(value: c_int) -> c_int;
        safe fn sqrt(value: f64) -> f64;
        safe fn div(number: c_int, by: c_int) -> Division;
        fn strlen(text: *const c_char) -> usize;
        fn frexp(value: f64, exponent: *mut c_int) -> f64;
        fn snprintf(to: *mut c_char, size: usize, format: *const c_char, ...) -> c_int;
        fn lfind(
            key: *const c_void,
            first: *const c_void,
            count: *mut usize,
            size: usize,
            compare: Comparison,
        ) -> *mut c_void;
    }

    /// A row: the contestants here, and Python's engines.
    fn beside<'a>(
        python: Option<&'a Python>,
        name: &str,
        key: &'static str,
        mut here: Vec<Contestant<'a>>,
    ) {
        here.extend(python.into_iter().flat_map(|python| python.contestants(key, 1)));
        row(name, &mut here);
    }

    pub(crate) fn all() {
        let python = Python::start();
        let python = python.as_ref();
        let library = Library::this().expect("the program is there");
        let declare = |text: &str| library.declare(text).expect(text);
        println!("ns of CPU time per call of a declared function (ratio to the direct call)");
        numbers(python, &declare("int abs(int n)"), &declare("double sqrt(double x)"));
        strings(python, &declare("unsigned long strlen(const char *text)"));
        parts(
            python,
            &declare("typedef struct { int quot, rem; } div_t; div_t div(int number, int by)"),
            &declare("double frexp(double x, int *exponent)"),
        );
        variadic(
            python,
            &declare("int snprintf(char *to, unsigned long size, const char *format, ...)"),
        );
        println!("ns of CPU time per callback");
        let lfind = "void *lfind(const void *key, const void *first, unsigned long *count, unsigned long size,
            int (*compare)(const void *key, const void *element))";
        callbacks(python, &declare(lfind));
        println!("ns of CPU time per look-up");
        lookups();
    }

    fn lookups() {
        let c = Declarations::parse(
            "#define LIMIT (MANY * 4)\n#define MANY 1024\n
             typedef struct division { int quot, rem; } division; enum { FIRST = 1, SECOND };",
        );
        let c = &c.expect("these are declarations");
        let mut contestants: Vec<Contestant<'_>> = vec![
            (
                "type",
                repeated!({
                    let _ = black_box(c.type_named(black_box("division")).unwrap());
                }),
            ),
            (
                "size",
                repeated!({
                    let _ = black_box(c.size_of(black_box("struct division")).unwrap());
                }),
            ),
            (
                "enumerator",
                repeated!({
                    let _ = black_box(c.constant_value(black_box("SECOND")).unwrap());
                }),
            ),
            (
                "macro",
                repeated!({
                    let _ = black_box(c.constant_value(black_box("LIMIT")).unwrap());
                }),
            ),
        ];
        row("by name", &mut contestants);
    }

    fn numbers(python: Option<&Python>, declared_abs: &Declared, declared_sqrt: &Declared) {
        beside(
            python,
            "abs",
            "abs",
            vec![
                (
                    "direct",
                    repeated!({
                        black_box(abs(black_box(-5)));
                    }),
                ),
                (
                    "declared",
                    repeated!({
                        // SAFETY: abs takes any number but the least.
                        black_box(unsafe { declared_abs.call((black_box(-5),)) }.unwrap());
                    }),
                ),
            ],
        );
        beside(
            python,
            "sqrt",
            "sqrt",
            vec![
                (
                    "direct",
                    repeated!({
                        black_box(sqrt(black_box(2.0)));
                    }),
                ),
                (
                    "declared",
                    repeated!({
                        // SAFETY: sqrt takes any number.
                        black_box(unsafe { declared_sqrt.call((black_box(2.0),)) }.unwrap());
                    }),
                ),
            ],
        );
    }

    fn strings(python: Option<&Python>, declared: &Declared) {
        beside(
            python,
            "strlen of a &str",
            "strlen",
            vec![
                (
                    "direct",
                    repeated!({
                        let text = black_box(c"the quick brown fox");
                        // SAFETY: the text ends in NUL.
                        black_box(unsafe { strlen(text.as_ptr()) });
                    }),
                ),
                (
                    "declared",
                    repeated!({
                        // SAFETY: the text that is passed ends in NUL.
                        let length = unsafe { declared.call((black_box("the quick brown fox"),)) };
                        black_box(length.unwrap());
                    }),
                ),
            ],
        );
    }

    fn parts(python: Option<&Python>, declared_div: &Declared, declared_frexp: &Declared) {
        beside(
            python,
            "div, and a member",
            "div",
            vec![
                (
                    "direct",
                    repeated!({
                        let Division { quotient, remainder } = div(black_box(17), black_box(5));
                        black_box((quotient, remainder));
                    }),
                ),
                (
                    "declared",
                    repeated!({
                        // SAFETY: the divisor is not zero.
                        let result = unsafe { declared_div.call((black_box(17), black_box(5))) };
                        black_box(result.unwrap().field("rem").unwrap());
                    }),
                ),
            ],
        );
        beside(
            python,
            "frexp, out-parameter",
            "frexp",
            vec![
                (
                    "direct",
                    repeated!({
                        let mut exponent = 0;
                        // SAFETY: there is room for the exponent.
                        black_box(unsafe { frexp(black_box(48.0), &raw mut exponent) });
                        black_box(exponent);
                    }),
                ),
                (
                    "declared",
                    repeated!({
                        let mut exponent = Value::Void;
                        let arguments = (black_box(48.0), Argument::out(&mut exponent));
                        // SAFETY: the out-parameter has room for the exponent.
                        black_box(unsafe { declared_frexp.call(arguments) }.unwrap());
                        black_box(exponent);
                    }),
                ),
            ],
        );
    }

    fn variadic(python: Option<&Python>, declared: &Declared) {
        let (mut direct_buffer, mut buffer) = ([0_u8; 64], [0_u8; 64]);
        beside(
            python,
            "snprintf, three more",
            "snprintf",
            vec![
                (
                    "direct",
                    repeated!({
                        let (to, format) =
                            (direct_buffer.as_mut_ptr().cast(), c"%d %s %g".as_ptr());
                        let (number, text) = (black_box(42), c"text".as_ptr());
                        // SAFETY: the size is that of the buffer, and the format asks for what follows it.
                        black_box(unsafe {
                            snprintf(to, 64, format, number, text, black_box(2.5))
                        });
                    }),
                ),
                (
                    "declared",
                    repeated!({
                        let (number, factor) = (black_box(42), black_box(2.5));
                        let arguments = (&mut buffer, 64, "%d %s %g", number, "text", factor);
                        // SAFETY: as above.
                        black_box(unsafe { declared.call(arguments) }.unwrap());
                    }),
                ),
            ],
        );
    }

    /// So many callbacks are made by one call.
    const ELEMENTS: u32 = 100;

    /// What a callback takes, where one call of `search` makes [`ELEMENTS`] of them.
    fn per_element<'a>(mut search: impl FnMut() + 'a) -> Box<dyn FnMut(u32) -> Duration + 'a> {
        Box::new(move |repetitions| {
            let times = repetitions.div_ceil(ELEMENTS);
            let start = processor_time();
            for _ in 0..times {
                search();
            }
            let time = processor_time() - start;
            time.mul_f64(f64::from(repetitions) / f64::from(times * ELEMENTS))
        })
    }

    extern "C" fn different(_: *const c_void, _: *const c_void) -> c_int {
        1
    }

    extern "C" fn add(a: c_int, b: c_int) -> c_int {
        a.wrapping_add(b)
    }

    fn callbacks(python: Option<&Python>, lfind_declared: &Declared) {
        let typed = lfind_declared
            .typed_callback("compare", |_: *const c_void, _: *const c_void| -> c_int { 1 })
            .unwrap();
        let dynamic = lfind_declared.callback("compare", |call| call.set_result(1)).unwrap();
        let elements = [0_i32; ELEMENTS as usize];
        let search = |compare: Comparison| {
            let (mut count, first) = (elements.len(), elements.as_ptr().cast());
            // SAFETY: count and size are those of the array.
            black_box(unsafe { lfind(first, first, &raw mut count, 4, compare) });
        };
        // SAFETY: it has the signature.
        let typed: Comparison = unsafe { Comparison::from_code(typed.code()) };
        // SAFETY: it has the signature.
        let dynamic: Comparison = unsafe { Comparison::from_code(dynamic.code()) };
        let mut contestants: Vec<Contestant<'_>> = vec![
            ("direct", per_element(|| search(black_box(different)))),
            ("typed", per_element(|| search(black_box(typed)))),
            ("dynamic", per_element(|| search(black_box(dynamic)))),
        ];
        contestants
            .extend(python.into_iter().flat_map(|python| python.contestants("callback", ELEMENTS)));
        row("lfind, two pointers", &mut contestants);

        let two = "int apply(int (*function)(int, int))";
        let function = ffi::Declarations::parse(two).unwrap().function("apply").unwrap();
        let declarations = function.declarations();
        let (_, ty) = function.ty().parameters().next().unwrap();
        let signature = declarations.signature(declarations.function_type(ty).unwrap()).unwrap();
        let sum = ffi::Callback::new("sum", &signature, |call| {
            let sum = call.argument::<c_int>(0)?.wrapping_add(call.argument::<c_int>(1)?);
            call.set_result(sum)
        })
        .unwrap();
        type Two = extern "C" fn(c_int, c_int) -> c_int;
        // SAFETY: it has the signature.
        let dynamic: Two = unsafe { Two::from_code(sum.code()) };
        row(
            "two ints",
            &mut [
                (
                    "direct",
                    repeated!({
                        black_box(black_box(add as Two)(black_box(3), black_box(4)));
                    }),
                ),
                (
                    "dynamic",
                    repeated!({
                        black_box(black_box(dynamic)(black_box(3), black_box(4)));
                    }),
                ),
            ],
        );
    }
}
