//! The C type of a Rust type.

#[cfg(any(feature = "trace", feature = "value"))]
pub(crate) mod bytes;
mod half;
mod validity;

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::mem::MaybeUninit;
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::Relaxed;

use crate::Type;
use crate::object::object_of;
pub use half::F16;
pub use validity::{AnyValue, Initialised};

/// A Rust type whose values can be passed to C and back, with the C type that has the same representation.
///
/// Implemented for numbers, `bool`, raw pointers, optional function pointers and `()`; `#[repr(C)]` structs may
/// implement it. What safe code may turn bytes into has [`AnyValue`] besides, and what it may turn into bytes
/// [`Initialised`].
///
/// # Safety
/// [`c_type`](CType::c_type) must describe the representation of `Self` exactly: size, alignment, and the kind and
/// offset of every part. [`RUST_PASSES_IT`](CType::RUST_PASSES_IT) must be false where a part has it false. Zero bytes
/// must be a valid `Self`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no C type",
    note = "implement `CType` for a `#[repr(C)]` type"
)]
pub unsafe trait CType: Sized {
    /// The C type.
    fn c_type() -> Type;

    /// Whether a Rust `extern "C"` function takes and returns `Self` as C does a value of the C type; else no function
    /// pointer may have it. False for [`F16`], and for what holds one.
    const RUST_PASSES_IT: bool = true;

    /// Which scalar it is, for checks that look at one byte instead of a descriptor.
    #[doc(hidden)]
    const KIND: Kind = Kind::Composite;

    /// Whether `ty`, by whatever name and of this kind, is the C type.
    #[doc(hidden)]
    #[inline(always)]
    fn is_described_by(kind: Kind, ty: &Type) -> bool {
        Self::KIND == kind && (kind != Kind::Composite || ty.has_layout_of(&Self::c_type()))
    }
}

/// Which scalar a type is.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// None: everything else.
    Composite,
    Void,
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    Pointer,
}

impl Kind {
    /// The kind of a type, by whatever name.
    pub(crate) fn of(ty: &Type) -> Kind {
        match ty.resolve() {
            Type::Void => Kind::Void,
            Type::Bool => Kind::Bool,
            Type::I8 => Kind::I8,
            Type::I16 => Kind::I16,
            Type::I32 => Kind::I32,
            Type::I64 => Kind::I64,
            Type::U8 => Kind::U8,
            Type::U16 => Kind::U16,
            Type::U32 => Kind::U32,
            Type::U64 => Kind::U64,
            Type::F32 => Kind::F32,
            Type::F64 => Kind::F64,
            Type::Pointer => Kind::Pointer,
            _ => Kind::Composite,
        }
    }

    /// Whether a value is widened to a word by its sign.
    pub(crate) const fn is_signed(self) -> bool {
        matches!(self, Kind::I8 | Kind::I16 | Kind::I32)
    }

    /// Whether a value travels in a vector register where there is one.
    pub(crate) const fn is_float(self) -> bool {
        matches!(self, Kind::F32 | Kind::F64)
    }
}

/// Which Rust type a descriptor was last found to describe: comparing descriptors takes longer than a call.
///
/// The type is known by the address of its `c_type`. Types that share this code have one descriptor. But when a library is
/// unloaded, the next one may have the code of another type there. So only types are remembered whose code goes no earlier
/// than what remembers them: that of the program or library that made it, where the stubs of its calls are.
pub(crate) struct Described {
    remembered: AtomicPtr<()>,
    /// The last type that cannot be remembered.
    foreign: AtomicPtr<()>,
    /// Lies in the program or library that made it.
    maker: &'static u8,
}

impl Default for Described {
    fn default() -> Described {
        static MAKER: u8 = 0;
        Described { remembered: AtomicPtr::default(), foreign: AtomicPtr::default(), maker: &MAKER }
    }
}

impl Described {
    /// [`CType::is_described_by`], remembered for structs.
    #[inline(always)]
    pub(crate) fn is<T: CType>(&self, kind: Kind, ty: &Type) -> bool {
        if T::KIND != Kind::Composite {
            return T::KIND == kind;
        }
        let code = T::c_type as fn() -> Type as *mut ();
        self.remembered.load(Relaxed) == code || self.compare::<T>(kind, ty, code)
    }

    #[cold]
    fn compare<T: CType>(&self, kind: Kind, ty: &Type, code: *mut ()) -> bool {
        let same = T::is_described_by(kind, ty);
        if same && self.foreign.load(Relaxed) != code {
            let lasts = object_of(code) == object_of(std::ptr::from_ref(self.maker).cast());
            let place = if lasts { &self.remembered } else { &self.foreign };
            place.store(code, Relaxed);
        }
        same
    }
}

impl Debug for Described {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Described")
    }
}

/// What a scalar's implementation consists of.
macro_rules! scalar {
    ($c:ident) => {
        #[inline]
        fn c_type() -> Type {
            Type::$c
        }

        const KIND: Kind = Kind::$c;
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

#[cfg(target_pointer_width = "64")]
scalars! { isize => I64, usize => U64 }

#[cfg(target_pointer_width = "32")]
scalars! { isize => I32, usize => U32 }

// SAFETY: both are the two bytes of a half-precision number. It goes the way of composites, because its register is not one
// that Rust could name: of which kind it is differs between conventions.
unsafe impl CType for F16 {
    #[inline]
    fn c_type() -> Type {
        Type::F16
    }

    const RUST_PASSES_IT: bool = false;
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

// SAFETY: both are the elements one after the other.
unsafe impl<T: CType, const N: usize> CType for [T; N] {
    /// An array, for fields of structs: C passes none by value.
    fn c_type() -> Type {
        Type::array(T::c_type(), N).expect("an array that Rust can hold in a struct has a C type")
    }

    const RUST_PASSES_IT: bool = T::RUST_PASSES_IT;
}

macro_rules! function_pointers {
    ($(($($p:ident),*))*) => {$(
        // SAFETY: an optional function pointer has the representation of C's nullable function pointer.
        unsafe impl<R, $($p),*> CType for Option<unsafe extern "C" fn($($p),*) -> R> {
            scalar!(Pointer);
        }
        // SAFETY: all of its bytes are its value.
        unsafe impl<R, $($p),*> Initialised for Option<unsafe extern "C" fn($($p),*) -> R> {}
        // SAFETY: an optional function pointer has the representation of C's nullable function pointer.
        unsafe impl<R, $($p),*> CType for Option<extern "C" fn($($p),*) -> R> {
            scalar!(Pointer);
        }
        // SAFETY: all of its bytes are its value.
        unsafe impl<R, $($p),*> Initialised for Option<extern "C" fn($($p),*) -> R> {}
    )*};
}

function_pointers! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G) (A, B, C, D, E, F, G, H) }

/// A value of at most 8 bytes as a word, integers widened as C does. It keeps a pointer's provenance.
#[inline(always)]
pub(crate) fn widened_word<T: CType>(value: T) -> MaybeUninit<u64> {
    if T::KIND.is_signed() {
        return MaybeUninit::new(widened(value));
    }
    let mut word = MaybeUninit::new(0_u64);
    assert!(size_of::<T>() <= 8);
    // SAFETY: the word has room for the value.
    unsafe { word.as_mut_ptr().cast::<T>().write(value) };
    word
}

/// A scalar as a word, integers widened as C does.
#[inline(always)]
pub(crate) fn widened<T: CType>(value: T) -> u64 {
    let value = std::mem::ManuallyDrop::new(value);
    let place: *const T = &*value;
    macro_rules! read {
        ($ty:ty) => {
            // SAFETY: by its kind, the value has the representation of this integer.
            unsafe { place.cast::<$ty>().read() }
        };
    }
    match T::KIND {
        Kind::I8 => i64::from(read!(i8)) as u64,
        Kind::I16 => i64::from(read!(i16)) as u64,
        Kind::I32 => i64::from(read!(i32)) as u64,
        Kind::Bool | Kind::U8 => read!(u8).into(),
        Kind::U16 => read!(u16).into(),
        Kind::U32 | Kind::F32 => read!(u32).into(),
        Kind::Pointer => read!(*const c_void).expose_provenance() as u64,
        Kind::Void | Kind::Composite => 0,
        Kind::I64 | Kind::U64 | Kind::F64 => read!(u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Field, StructType};

    macro_rules! single {
        ($name:ident, $field:ty) => {
            #[repr(C)]
            struct $name($field);

            // SAFETY: a struct of this one field.
            unsafe impl CType for $name {
                fn c_type() -> Type {
                    let field = Field::new("value", <$field>::c_type());
                    StructType::new(stringify!($name), [field]).expect("one number").into()
                }
            }
        };
    }
    single!(Whole, i64);
    single!(Real, f64);

    /// Whether a type is taken for the one before it whose code was at the same address.
    fn mistakes_the_next(described: &Described) -> bool {
        let ty = Whole::c_type();
        assert!(described.is::<Whole>(Kind::Composite, &ty));
        assert!(!described.is::<Real>(Kind::Composite, &ty));
        described.remembered.load(Relaxed) == Whole::c_type as fn() -> Type as *mut ()
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri gives a function another address each time")]
    fn a_type_of_the_same_program_is_remembered() {
        assert!(mistakes_the_next(&Described::default()));
    }

    #[test]
    #[cfg(all(target_os = "linux", not(target_feature = "crt-static"), not(miri)))]
    fn a_type_of_a_library_that_may_go_is_compared_each_time() {
        unsafe extern "C" {
            static environ: u8;
        }
        // SAFETY: a variable of the C library, of which nothing is read.
        let maker = unsafe { &environ };
        let described = Described { maker, ..Described::default() };
        assert!(!mistakes_the_next(&described));
        assert!(!mistakes_the_next(&described));
    }
}
