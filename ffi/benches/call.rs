//! Calls through a prepared interface, beside a direct call through a function pointer and the `libffi` crate.
//!
//! `cargo bench -p ffi --bench call`
#![allow(missing_docs, reason = "a benchmark has no public items")]

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod table;

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn main() {
    println!("measured on x86-64 Linux only, where the libffi crate is built");
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn main() {
    measured::all();
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod measured {
    use std::ffi::{CStr, c_char, c_void};
    use std::hint::black_box;

    use ffi::call::Frame;
    use ffi::{Arg, CType, CallInterface, CodePtr, Field, FunctionPointer, StructType, Type};

    use super::table::{repeated, row};

    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Pair(f64, f64);

    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Triple(i64, i64, i64);

    // SAFETY: two doubles.
    unsafe impl CType for Pair {
        fn c_type() -> Type {
            StructType::new("Pair", [Field::new("x", Type::F64), Field::new("y", Type::F64)])
                .unwrap()
                .into()
        }
    }

    // SAFETY: three integers of 8 bytes.
    unsafe impl CType for Triple {
        fn c_type() -> Type {
            StructType::new("Triple", ["a", "b", "c"].map(|name| Field::new(name, Type::I64)))
                .unwrap()
                .into()
        }
    }

    extern "C" fn nothing() {}
    extern "C" fn six(a: i64, b: i64, c: i64, d: i64, e: i64, f: i64) -> i64 {
        a + b + c + d + e + f
    }
    #[allow(clippy::too_many_arguments, reason = "what is measured")]
    extern "C" fn eight(a: f64, b: f64, c: f64, d: f64, e: f64, f: f64, g: f64, h: f64) -> f64 {
        a + b + c + d + e + f + g + h
    }
    extern "C" fn mixed(a: i32, b: f64, c: *const c_void, d: f32) -> f64 {
        f64::from(a) + b + f64::from(d) + c.addr() as f64
    }
    extern "C" fn pair(p: Pair) -> f64 {
        p.0 + p.1
    }
    extern "C" fn both(a: f64) -> Pair {
        Pair(a, a)
    }
    extern "C" fn triple(a: i64) -> Triple {
        Triple(a, a, a)
    }
    #[allow(clippy::too_many_arguments, reason = "what is measured")]
    extern "C" fn twelve(
        a: i32,
        b: i32,
        c: i32,
        d: i32,
        e: i32,
        f: i32,
        g: i32,
        h: i32,
        i: i32,
        j: i32,
        k: i32,
        l: i32,
    ) -> i32 {
        a + b + c + d + e + f + g + h + i + j + k + l
    }
    unsafe extern "C" {
        fn abs(value: i32) -> i32;
        fn strlen(text: *const c_char) -> usize;
    }

    /// Writes the first argument of a frame.
    macro_rules! rewrite {
        ($frame:ident) => {};
        ($frame:ident $arg:ident = $value:tt $($rest:tt)*) => {
            $frame.set($arg, black_box($value))
        };
    }

    /// Measures one function: `$fn` of type `$ty`, called with `$arg`s. The result is looked at where it lies: moving a struct
    /// right after its parts were stored takes longer than a call, which would hide what the calls differ in.
    macro_rules! measure {
        ($name:literal, $ty:ty, $fn:expr, [$($arg:ident: $argty:ty = $value:expr),*], $result:ty) => {{
            let function: $ty = black_box($fn);
            $(let $arg: $argty = black_box($value);)*
            let code: CodePtr = function.code();
            let interface = &CallInterface::new(&<$ty>::signature().unwrap()).unwrap();
            let cif = &libffi::middle::Cif::new(
                <Vec<Type>>::from([$(<$argty as CType>::c_type()),*]).iter().map(peer_type),
                peer_type(&<$result as CType>::c_type()),
            );
            let mut frame = Frame::new(interface);
            #[allow(unused_mut, unused_variables, reason = "not every function has arguments")]
            let mut index = 0..;
            let slots = ($(frame.slot::<$argty>(index.next().unwrap()).unwrap(),)*);
            let peer_code = libffi::middle::CodePtr::from_ptr(code.as_ptr());
            row(
                $name,
                &mut [
                    ("direct", repeated!({
                        // SAFETY: the functions measured take these arguments.
                        #[allow(unused_unsafe, reason = "some are safe functions")]
                        let result = unsafe { black_box(function)($(black_box($arg)),*) };
                        black_box(&result);
                    })),
                    ("ffi", repeated!({
                        let arguments = [$(Arg::new(black_box(&$arg))),*];
                        // SAFETY: the interface is that of the function.
                        let result = unsafe { interface.call::<$result>(code, &arguments) };
                        black_box(&result.unwrap());
                    })),
                    // The arguments stay in the frame; of those of a loop, one changes.
                    ("frame", {
                        let ($($arg,)*) = slots;
                        $(frame.set($arg, $value);)*
                        repeated!({
                            rewrite!(frame $($arg = $value)*);
                            // SAFETY: the interface is that of the function.
                            black_box(&unsafe { frame.call::<$result>(code) }.unwrap());
                        })
                    }),
                    ("libffi", repeated!({
                        let arguments = [$(libffi::middle::arg(black_box(&$arg))),*];
                        // SAFETY: the interface is that of the function.
                        black_box(&unsafe { cif.call::<$result>(peer_code, &arguments) });
                    })),
                ],
            );
        }};
    }

    fn peer_type(ty: &Type) -> libffi::middle::Type {
        use libffi::middle::Type as Peer;
        match ty {
            Type::Void => Peer::void(),
            Type::I32 => Peer::i32(),
            Type::I64 => Peer::i64(),
            Type::U64 => Peer::u64(),
            Type::F32 => Peer::f32(),
            Type::F64 => Peer::f64(),
            Type::Pointer => Peer::pointer(),
            Type::Struct(composite) => {
                Peer::structure(composite.fields().iter().map(|field| peer_type(field.ty())))
            }
            other => panic!("{other} is not measured"),
        }
    }

    pub(super) fn all() {
        println!("ns per call, and the ratio to a direct call");
        measure!("nothing", extern "C" fn(), nothing, [], ());
        measure!("abs(i32)", unsafe extern "C" fn(i32) -> i32, abs, [a: i32 = -3], i32);
        let text: &CStr = c"forty-two characters, no more and no less!";
        measure!(
            "strlen(pointer)",
            unsafe extern "C" fn(*const c_char) -> usize,
            strlen,
            [a: *const c_char = text.as_ptr()],
            usize
        );
        measure!(
            "six i64",
            extern "C" fn(i64, i64, i64, i64, i64, i64) -> i64,
            six,
            [a: i64 = 1, b: i64 = 2, c: i64 = 3, d: i64 = 4, e: i64 = 5, f: i64 = 6],
            i64
        );
        measure!(
            "eight f64",
            extern "C" fn(f64, f64, f64, f64, f64, f64, f64, f64) -> f64,
            eight,
            [a: f64 = 1.0, b: f64 = 2.0, c: f64 = 3.0, d: f64 = 4.0, e: f64 = 5.0, f: f64 = 6.0, g: f64 = 7.0, h: f64 = 8.0],
            f64
        );
        measure!(
            "i32, f64, pointer, f32",
            extern "C" fn(i32, f64, *const c_void, f32) -> f64,
            mixed,
            [a: i32 = 1, b: f64 = 2.0, c: *const c_void = std::ptr::null(), d: f32 = 4.0],
            f64
        );
        measure!("{f64, f64} by value", extern "C" fn(Pair) -> f64, pair, [a: Pair = Pair(1.0, 2.0)], f64);
        measure!("{f64, f64} returned", extern "C" fn(f64) -> Pair, both, [a: f64 = 7.0], Pair);
        measure!("24-byte struct returned", extern "C" fn(i64) -> Triple, triple, [a: i64 = 7], Triple);
        measure!(
            "twelve i32",
            extern "C" fn(i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32) -> i32,
            twelve,
            [
                a: i32 = 1, b: i32 = 2, c: i32 = 3, d: i32 = 4, e: i32 = 5, f: i32 = 6,
                g: i32 = 7, h: i32 = 8, i: i32 = 9, j: i32 = 10, k: i32 = 11, l: i32 = 12
            ],
            i32
        );
        random_order();
        prepare();
    }

    /// Sixteen signatures called in an order that no predictor learns.
    fn random_order() {
        macro_rules! functions {
            ($($name:ident($($p:ident: $ty:ty),*) -> $result:ty)*) => {{
                $(extern "C" fn $name($($p: $ty),*) -> $result {
                    (0 $(+ $p as i64)*) as $result
                })*
                vec![$({
                    type Function = extern "C" fn($($ty),*) -> $result;
                    let function: Function = $name;
                    let values: Vec<[u8; 8]> = vec![$((1 as $ty).to_ne_bytes().as_slice().iter().copied().chain([0; 8]).take(8).collect::<Vec<u8>>().try_into().unwrap()),*];
                    let direct: Box<dyn Fn() -> i64> = Box::new(move || function($(black_box(1 as $ty)),*) as i64);
                    let signature = Function::signature().unwrap();
                    let peer = libffi::middle::Cif::new(
                        signature.parameters().iter().map(|parameter| peer_type(parameter.ty())),
                        peer_type(signature.returns()),
                    );
                    (direct, function.code(), CallInterface::new(&signature).unwrap(), peer, values)
                }),*]
            }};
        }
        let functions = functions! {
            a() -> i64  b(x: i32) -> i32  c(x: i64) -> i64  d(x: f64) -> f64
            e(x: i32, y: i32) -> i32  f(x: i64, y: i32) -> i64  g(x: f64, y: f64) -> f64  h(x: i32, y: f64) -> f64
            i(x: i64, y: i64, z: i64) -> i64  j(x: i32, y: f32, z: i64) -> i32
            k(x: f32, y: f32, z: f32) -> f32  l(x: i64, y: f64, z: i32, w: f32) -> f64
            m(x: i64, y: i64, z: i64, w: i64) -> i64  n(x: i32, y: i32, z: i32, w: i32) -> i32
            o(x: f64, y: f64, z: f64, w: f64) -> f64  p(x: i64, y: f64, z: i64, w: f64, v: i64) -> i64
        };
        let mut state = 1_u32;
        let order: Vec<usize> = (0..4096)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 28) as usize
            })
            .collect();
        let arguments: Vec<Vec<Arg<'_>>> =
            functions.iter().map(|function| function.4.iter().map(Arg::new).collect()).collect();
        let peer_arguments: Vec<Vec<libffi::middle::Arg<'_>>> = functions
            .iter()
            .map(|function| function.4.iter().map(libffi::middle::arg).collect())
            .collect();
        let (functions, order) = (&functions, &order);
        let (arguments, peer_arguments) = (&arguments, &peer_arguments);
        row(
            "16 signatures, any order",
            &mut [
                ("direct", {
                    let mut order = order.iter().cycle();
                    repeated!({
                        let index = order.next().unwrap();
                        black_box(functions[*index].0());
                    })
                }),
                ("ffi", {
                    let mut order = order.iter().cycle();
                    repeated!({
                        let index = order.next().unwrap();
                        let (_, code, interface, ..) = &functions[*index];
                        let mut result = 0_u64;
                        let place = (&raw mut result).cast();
                        // SAFETY: the interface is that of the function.
                        unsafe { interface.call_into(*code, &arguments[*index], place) }.unwrap();
                        black_box(result);
                    })
                }),
                ("libffi", {
                    let mut order = order.iter().cycle();
                    repeated!({
                        let index = order.next().unwrap();
                        let (_, code, _, cif, _) = &functions[*index];
                        let code = libffi::middle::CodePtr::from_ptr(code.as_ptr());
                        // SAFETY: the interface is that of the function, and no result is larger.
                        black_box(unsafe { cif.call::<u64>(code, &peer_arguments[*index]) });
                    })
                }),
            ],
        );
    }

    /// Preparing a call interface of a signature.
    fn prepare() {
        println!("ns to prepare and drop");
        for (name, types) in [
            ("two arguments", vec![Type::I32, Type::F64]),
            (
                "six arguments",
                vec![Type::I32, Type::F64, Type::Pointer, Type::I64, Type::F32, Type::U8],
            ),
        ] {
            let signature = ffi::Signature::new(types.clone(), Type::I32).unwrap();
            row(
                name,
                &mut [
                    (
                        "ffi",
                        repeated!({
                            black_box(CallInterface::new(black_box(&signature)).unwrap());
                        }),
                    ),
                    (
                        "libffi",
                        repeated!({
                            let types = types.iter().map(|ty| match ty {
                                Type::U8 => libffi::middle::Type::u8(),
                                ty => peer_type(ty),
                            });
                            black_box(libffi::middle::Cif::new(types, libffi::middle::Type::i32()));
                        }),
                    ),
                ],
            );
        }
    }
}
