//! Which Rust types take every value of their C type, and which have no byte that nothing initialised.

use std::ffi::c_void;
use std::ptr::NonNull;

use super::CType;
use crate::c_type::F16;

/// A Rust type that takes every value of its [C type](CType::c_type): values that somebody made up, too.
///
/// Safe code turns bytes and the arguments of a callback into such types alone: by [`Value::to`](crate::Value::to),
/// [`Incoming::argument`](crate::Incoming::argument), [`Operand::read`](crate::trace::Operand::read). Numbers, `bool`, raw
/// pointers and arrays of them have it, and so have the `Copy` structs of [`c_struct!`](crate::c_struct) whose fields have
/// it.
///
/// A function pointer has not: its C type is a pointer, and few pointers lead to a function of its signature.
///
/// ```compile_fail,E0277
/// use ffi::Value;
/// let function: Option<extern "C" fn()> = Value::Pointer(std::ptr::dangling_mut()).to()?;
/// function.expect("it is not null")();
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// Whoever knows that there is such a function has the `unsafe` twins of these methods, which end in `_unchecked`:
///
/// ```
/// use ffi::Value;
/// extern "C" fn three() -> i32 {
///     3
/// }
/// let value = Value::Pointer(three as *mut _);
/// // SAFETY: the pointer leads to `three`.
/// let function: Option<extern "C" fn() -> i32> = unsafe { value.to_unchecked() }?;
/// assert_eq!(function.map(|function| function()), Some(3));
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// # Safety
/// Whatever values the numbers and pointers that the C type consists of have, together they are a valid `Self`; no `unsafe`
/// code relies on anything else about them. A `bool` is 0 or 1; a union has any bytes.
#[diagnostic::on_unimplemented(
    message = "not every value of its C type is a valid `{Self}`",
    note = "the method's `unsafe` twin, whose name ends in `_unchecked`, takes all types"
)]
pub unsafe trait AnyValue: CType + Copy {}

/// A Rust type whose bytes are initialised: all but those that are padding between the members of its
/// [C type](CType::c_type)'s structs.
///
/// [`Value::of`](crate::Value::of) copies the bytes of such types alone. Numbers, `bool`, pointers to data and to functions
/// and arrays of them have it, and so have the structs of [`c_struct!`](crate::c_struct) whose fields have it. A union has
/// it only if all its members cover all its bytes, and a type with a
/// [`MaybeUninit`](std::mem::MaybeUninit) has it not.
///
/// ```compile_fail,E0277
/// use ffi::types::UnionType;
/// use ffi::{CType, Field, Type, Value};
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// union Narrow {
///     byte: u8,
///     word: u32,
/// }
/// // SAFETY: the descriptor has the union's members.
/// unsafe impl CType for Narrow {
///     fn c_type() -> Type {
///         let members = [Field::new("byte", Type::U8), Field::new("word", Type::U32)];
///         UnionType::new("Narrow", members).expect("two numbers").into()
///     }
/// }
/// // Three of the bytes are not there.
/// let value = Value::of(Narrow { byte: 7 });
/// ```
///
/// # Safety
/// So it is: no value of the type has an uninitialised byte where its C type has no padding.
#[diagnostic::on_unimplemented(
    message = "bytes of `{Self}` may be uninitialised",
    note = "`Value::of_unchecked` takes all types that have a C type"
)]
pub unsafe trait Initialised: CType {}

macro_rules! plain {
    ($($rust:ty)*) => {$(
        // SAFETY: all values of the C type, which has no padding, are values of this one.
        unsafe impl AnyValue for $rust {}
        // SAFETY: all of its bytes are its value.
        unsafe impl Initialised for $rust {}
    )*};
}

plain! { () bool i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 F16 Option<NonNull<c_void>> }

// SAFETY: a raw pointer may have any address.
unsafe impl<T> AnyValue for *const T {}
// SAFETY: all of its bytes are its value.
unsafe impl<T> Initialised for *const T {}
// SAFETY: a raw pointer may have any address.
unsafe impl<T> AnyValue for *mut T {}
// SAFETY: all of its bytes are its value.
unsafe impl<T> Initialised for *mut T {}
// SAFETY: it consists of its elements.
unsafe impl<T: AnyValue, const N: usize> AnyValue for [T; N] {}
// SAFETY: it consists of its elements.
unsafe impl<T: Initialised, const N: usize> Initialised for [T; N] {}
