//! Calls that return a Rust value, where the C type is a scalar: they take the result out of its register.

use ffi::call::Frame;
use ffi::{Arg, CType, CallInterface, CodePtr, Type};

/// Calls through an interface, then through a frame that holds the arguments. `seen` is told after each which one it was,
/// and the bytes of its result. Results that are no scalars are not for these calls.
///
/// # Safety
/// `callee` has the interface's signature, and the frame is the interface's.
pub(super) unsafe fn call(
    interface: &CallInterface,
    frame: &mut Frame,
    callee: CodePtr,
    arguments: &[Arg<'_>],
    seen: impl FnMut(&str, &[u8]),
) {
    macro_rules! by_type {
        ($($c:ident: $rust:ty),*) => {
            match interface.signature().returns().resolve() {
                // SAFETY: this function's contract.
                $(Type::$c => unsafe { call_as::<$rust>(interface, frame, callee, arguments, seen) },)*
                _ => {}
            }
        };
    }
    by_type! {
        Void: (), Bool: bool, I8: i8, I16: i16, I32: i32, I64: i64,
        U8: u8, U16: u16, U32: u32, U64: u64, F16: ffi::c_type::F16, F32: f32, F64: f64, Pointer: *const u8
    }
}

/// # Safety
/// That of `call`; the result is an `R`.
unsafe fn call_as<R: CType>(
    interface: &CallInterface,
    frame: &mut Frame,
    callee: CodePtr,
    arguments: &[Arg<'_>],
    mut seen: impl FnMut(&str, &[u8]),
) {
    // SAFETY: the caller's contract.
    let result: R = unsafe { interface.call(callee, arguments) }.unwrap();
    seen("a call for a value", bytes(&result));
    // SAFETY: the caller's contract.
    let result: R = unsafe { frame.call(callee) }.unwrap();
    seen("a frame's call for a value", bytes(&result));
}

/// The bytes of a scalar.
fn bytes<R: CType>(value: &R) -> &[u8] {
    // SAFETY: scalars have no padding.
    unsafe { std::slice::from_raw_parts((&raw const *value).cast(), size_of::<R>()) }
}
