//! The C type of a Rust type.

use std::ffi::c_void;

use crate::Type;

/// A Rust type whose values can be passed to C and back, with the C type that has the same representation.
///
/// Implemented for numbers, `bool`, raw pointers, optional function pointers and `()`; `#[repr(C)]` structs may
/// implement it.
///
/// # Safety
/// [`c_type`](CType::c_type) must describe the representation of `Self` exactly: size, alignment, and the kind and
/// offset of every part. Every value that C can return under that type must be a valid `Self`, and so must zero bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no C type",
    note = "implement `CType` for a `#[repr(C)]` type"
)]
pub unsafe trait CType: Sized {
    /// The C type.
    fn c_type() -> Type;

    /// Whether a value narrower than a word is widened by its sign.
    const SIGNED: bool = false;

    /// The register of an argument or result, where it is known to travel alone in one.
    #[doc(hidden)]
    const REGISTER: Register = Register::Unknown;

    /// Whether `ty`, by whatever name, is the C type.
    #[inline]
    fn is_described_by(ty: &Type) -> bool {
        *ty.resolve() == Self::c_type()
    }
}

/// The kind of register in which a value travels under every convention.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// Not known, several, or on the stack.
    Unknown,
    /// No value.
    None,
    Integer,
    Vector,
}

/// What a scalar's implementation consists of: no comparison of descriptors where one variant is all there is.
macro_rules! scalar {
    ($c:ident) => {
        #[inline]
        fn c_type() -> Type {
            Type::$c
        }

        const SIGNED: bool = matches!(Type::$c, Type::I8 | Type::I16 | Type::I32);

        const REGISTER: Register = match Type::$c {
            Type::Void => Register::None,
            Type::F32 | Type::F64 => Register::Vector,
            _ => Register::Integer,
        };

        #[inline]
        fn is_described_by(ty: &Type) -> bool {
            matches!(ty, Type::$c) || matches!(ty.resolve(), Type::$c)
        }
    };
}

macro_rules! scalars {
    ($($rust:ty => $c:ident),* $(,)?) => {$(
        // SAFETY: both have the size, alignment and value format that the variant's documentation gives.
        unsafe impl CType for $rust {
            scalar!($c);
        }
    )*};
}

scalars! {
    () => Void, bool => Bool,
    i8 => I8, i16 => I16, i32 => I32, i64 => I64,
    u8 => U8, u16 => U16, u32 => U32, u64 => U64,
    f32 => F32, f64 => F64,
}

// SAFETY: the integer of the pointer's width.
unsafe impl CType for isize {
    #[inline]
    fn c_type() -> Type {
        if size_of::<isize>() == 8 { Type::I64 } else { Type::I32 }
    }
}

// SAFETY: the integer of the pointer's width.
unsafe impl CType for usize {
    #[inline]
    fn c_type() -> Type {
        if size_of::<usize>() == 8 { Type::U64 } else { Type::U32 }
    }
}

// SAFETY: a thin pointer is C's data pointer.
unsafe impl<T> CType for *const T {
    scalar!(Pointer);
}

// SAFETY: a thin pointer is C's data pointer.
unsafe impl<T> CType for *mut T {
    scalar!(Pointer);
}

// SAFETY: `Option<NonNull<c_void>>` has the representation of a nullable pointer.
unsafe impl CType for Option<std::ptr::NonNull<c_void>> {
    scalar!(Pointer);
}

macro_rules! function_pointers {
    ($(($($p:ident),*))*) => {$(
        // SAFETY: an optional function pointer has the representation of C's nullable function pointer.
        unsafe impl<R, $($p),*> CType for Option<unsafe extern "C" fn($($p),*) -> R> {
            scalar!(Pointer);
        }
        // SAFETY: an optional function pointer has the representation of C's nullable function pointer.
        unsafe impl<R, $($p),*> CType for Option<extern "C" fn($($p),*) -> R> {
            scalar!(Pointer);
        }
    )*};
}

function_pointers! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G) (A, B, C, D, E, F, G, H) }
