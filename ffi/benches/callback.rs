//! Invocations of callbacks from C, beside a direct function and the closures of the `libffi` crate; making and dropping.
//!
//! `cargo bench -p ffi --bench callback`
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
    use std::hint::black_box;

    use ffi::callback::CallbackInterface;
    use ffi::{Callback, FunctionPointer, Signature, Type};
    use libffi::{low, middle};

    use super::table::{repeated, row};

    type Two = unsafe extern "C" fn(i32, i32) -> i32;
    type Floats = unsafe extern "C" fn(f64, f64) -> f64;

    extern "C" fn add(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    extern "C" fn multiply(a: f64, b: f64) -> f64 {
        a * b
    }

    unsafe extern "C" fn peer_add(
        _: &low::ffi_cif,
        result: &mut std::mem::MaybeUninit<libffi::raw::ffi_sarg>,
        arguments: *const *const std::ffi::c_void,
        _: &(),
    ) {
        // SAFETY: libffi passes two pointers to ints.
        let [a, b] = unsafe { arguments.cast::<[*const i32; 2]>().read() };
        // SAFETY: as above.
        result.write(unsafe { a.read().wrapping_add(b.read()) }.into());
    }

    unsafe extern "C" fn peer_multiply(
        _: &low::ffi_cif,
        result: &mut f64,
        arguments: *const *const std::ffi::c_void,
        _: &(),
    ) {
        // SAFETY: libffi passes two pointers to doubles.
        let [a, b] = unsafe { arguments.cast::<[*const f64; 2]>().read() };
        // SAFETY: as above.
        *result = unsafe { a.read() * b.read() };
    }

    pub(super) fn all() {
        println!("ns per invocation, and the ratio to a direct function");
        let signature = Signature::new([Type::I32, Type::I32], Type::I32).unwrap();
        let dynamic = Callback::new("dynamic", &signature, |call| {
            let sum = call.argument::<i32>(0)?.wrapping_add(call.argument(1)?);
            call.set_result(sum)
        })
        .unwrap();
        let typed = Callback::from_fn("typed", |a: i32, b: i32| a.wrapping_add(b)).unwrap();
        let cif = middle::Cif::new([middle::Type::i32(), middle::Type::i32()], middle::Type::i32());
        let peer = middle::Closure::new(cif, peer_add, &());
        // SAFETY: all are functions of this signature.
        let functions = [dynamic.code(), typed.code()].map(|code| unsafe { Two::from_code(code) });
        // SAFETY: the closure has this signature.
        let peer: Two = unsafe { *peer.instantiate_code_ptr() };
        let call = |function: Two| {
            let function = black_box(function);
            repeated!({
                // SAFETY: the functions take any numbers.
                black_box(unsafe { function(black_box(1), 2) });
            })
        };
        row(
            "two i32",
            &mut [
                ("direct", call(add as Two)),
                ("typed", call(functions[1])),
                ("dynamic", call(functions[0])),
                ("libffi", call(peer)),
            ],
        );

        let signature = Signature::new([Type::F64, Type::F64], Type::F64).unwrap();
        let dynamic = Callback::new("dynamic", &signature, |call| {
            let product = call.argument::<f64>(0)? * call.argument::<f64>(1)?;
            call.set_result(product)
        })
        .unwrap();
        let typed = Callback::from_fn("typed", |a: f64, b: f64| a * b).unwrap();
        let cif = middle::Cif::new([middle::Type::f64(), middle::Type::f64()], middle::Type::f64());
        let peer = middle::Closure::new(cif, peer_multiply, &());
        // SAFETY: all are functions of this signature.
        let functions =
            [dynamic.code(), typed.code()].map(|code| unsafe { Floats::from_code(code) });
        // SAFETY: the closure has this signature.
        let peer: Floats = unsafe { *peer.instantiate_code_ptr() };
        let call = |function: Floats| {
            let function = black_box(function);
            repeated!({
                // SAFETY: the functions take any numbers.
                black_box(unsafe { function(black_box(1.5), 2.0) });
            })
        };
        row(
            "two f64",
            &mut [
                ("direct", call(multiply as Floats)),
                ("typed", call(functions[1])),
                ("dynamic", call(functions[0])),
                ("libffi", call(peer)),
            ],
        );

        println!("ns to make and drop, of a prepared interface");
        let signature = Signature::new([Type::I32, Type::I32], Type::I32).unwrap();
        let interface = CallbackInterface::new(&signature).unwrap();
        row(
            "two i32",
            &mut [
                (
                    "typed",
                    repeated!({
                        black_box(
                            Callback::from_fn("typed", |a: i32, b: i32| a.wrapping_add(b)).unwrap(),
                        );
                    }),
                ),
                (
                    "dynamic",
                    repeated!({
                        let add = |call: &mut ffi::Incoming<'_>| {
                            let sum = call.argument::<i32>(0)?.wrapping_add(call.argument(1)?);
                            call.set_result(sum)
                        };
                        black_box(Callback::builder("dynamic").dynamic(&interface, add).unwrap());
                    }),
                ),
                (
                    "libffi",
                    repeated!({
                        let cif = middle::Cif::new(
                            [middle::Type::i32(), middle::Type::i32()],
                            middle::Type::i32(),
                        );
                        black_box(middle::Closure::new(cif, peer_add, &()));
                    }),
                ),
            ],
        );
    }
}
