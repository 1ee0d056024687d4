//! Type descriptors: what a value is, how large, how aligned, where its parts lie.
//!
//! A [`Type`] is immutable and cheap to clone: scalars are plain values, composites share one allocation. Its layout is
//! settled when it is made. What C leaves to the platform (`long`, `wchar_t`, `long double`) is named by a
//! [`DataModel`], which yields the settled type.
#![forbid(unsafe_code)]

mod alias;
mod array;
mod composite;
mod data_model;
mod display;
mod layout;
mod same;
mod scalar;

pub use alias::AliasType;
pub use array::{ArrayType, VectorType};
pub use composite::{BitRange, CompositeBuilder, Field, FieldLayout, StructType, UnionType};
pub use data_model::{BitFieldLayout, DataModel, LongDouble};
pub use scalar::Float;

use std::borrow::Cow;

use crate::Error;

/// A name of a type, field or parameter: static where it is generated, owned where it was read at run time.
pub type Name = Cow<'static, str>;

/// The largest value that can be described, in bytes: sizes and offsets are kept in 32 bits.
pub const MAX_SIZE: usize = i32::MAX as usize;

/// The type of a C value.
///
/// ```
/// use ffi::{Field, StructType, Type};
/// let point = StructType::new("Point", [Field::new("x", Type::F64), Field::new("tag", Type::I32)])?;
/// assert_eq!((point.size(), point.alignment()), (16, 8));
/// assert_eq!(Type::from(point).to_string(), "struct Point");
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// No value; only as the result of a function.
    Void,
    /// C's `bool`: one byte, 0 or 1.
    Bool,
    /// A signed integer of 1 byte.
    I8,
    /// A signed integer of 2 bytes.
    I16,
    /// A signed integer of 4 bytes.
    I32,
    /// A signed integer of 8 bytes.
    I64,
    /// A signed integer of 16 bytes (`__int128`).
    I128,
    /// An unsigned integer of 1 byte.
    U8,
    /// An unsigned integer of 2 bytes.
    U16,
    /// An unsigned integer of 4 bytes.
    U32,
    /// An unsigned integer of 8 bytes.
    U64,
    /// An unsigned integer of 16 bytes (`unsigned __int128`).
    U128,
    /// A half-precision number (IEEE binary16) of 2 bytes: `_Float16`.
    ///
    /// Microsoft's x64 convention does not know it: under [`Abi::Win64`](crate::Abi::Win64) it travels as gcc passes it, in
    /// integer registers. (clang's functions for Windows look for it in vector registers.)
    F16,
    /// A floating-point number of 4 bytes.
    F32,
    /// A floating-point number of 8 bytes.
    F64,
    /// The x87 extended number: 10 bytes of value in 16 bytes. `long double` of Linux, macOS and FreeBSD on x86-64.
    F80,
    /// The IEEE quadruple number of 16 bytes. `long double` of Linux on arm64.
    F128,
    /// `_Complex` of a floating-point type: real part, then imaginary part.
    Complex(Float),
    /// A data or function pointer of 8 bytes.
    Pointer,
    /// A fixed array; in C only inside a struct or union.
    Array(ArrayType),
    /// A SIMD vector (`__m64`, `__m128`, `float32x4_t`, …).
    Vector(VectorType),
    /// A struct by value.
    Struct(StructType),
    /// A union by value.
    Union(UnionType),
    /// Another type under a name of its own (`typedef`).
    Alias(AliasType),
}

impl Type {
    /// `ty` under a name of its own, as C's `typedef` and enumerations give.
    pub fn alias(name: impl Into<Name>, ty: impl Into<Type>) -> Type {
        Type::Alias(AliasType::new(name.into(), ty.into()))
    }

    /// `length` elements of one type, for a field of a struct or union.
    ///
    /// # Errors
    /// [`Error::VoidValue`] for an element type without values, [`Error::TooLarge`] past [`MAX_SIZE`].
    pub fn array(element: impl Into<Type>, length: usize) -> Result<Type, Error> {
        ArrayType::new(element.into(), length).map(Type::Array)
    }

    /// A SIMD vector of `lanes` numbers, aligned as on this platform.
    ///
    /// # Errors
    /// [`Error::BadVector`] unless the elements are numbers of at most 8 bytes and the whole has 8, 16 or 32 bytes.
    pub fn vector(element: impl Into<Type>, lanes: usize) -> Result<Type, Error> {
        DataModel::HOST.vector(element, lanes)
    }

    /// The size of a value in bytes, padding at its end included; 0 for [`Type::Void`].
    pub fn size(&self) -> usize {
        match self {
            Type::Void => 0,
            Type::Bool | Type::I8 | Type::U8 => 1,
            Type::I16 | Type::U16 | Type::F16 => 2,
            Type::I32 | Type::U32 | Type::F32 => 4,
            Type::I64 | Type::U64 | Type::F64 | Type::Pointer => 8,
            Type::I128 | Type::U128 | Type::F80 | Type::F128 => 16,
            Type::Complex(part) => 2 * part.size(),
            Type::Array(array) => array.size(),
            Type::Vector(vector) => vector.size(),
            Type::Struct(composite) => composite.size(),
            Type::Union(composite) => composite.size(),
            Type::Alias(alias) => alias.target().size(),
        }
    }

    /// The alignment of a value in bytes, a power of two; 1 for [`Type::Void`].
    pub fn alignment(&self) -> usize {
        match self {
            Type::Void => 1,
            Type::Complex(part) => part.size(),
            Type::Array(array) => array.alignment(),
            Type::Vector(vector) => vector.alignment(),
            Type::Struct(composite) => composite.alignment(),
            Type::Union(composite) => composite.alignment(),
            Type::Alias(alias) => alias.target().alignment(),
            scalar => scalar.size(),
        }
    }

    /// The natural alignment in the words of the AAPCS64: that of a struct or union is the largest of its members', before
    /// the whole was aligned.
    pub(crate) fn natural_alignment(&self) -> usize {
        match self.resolve() {
            Type::Struct(composite) => composite.natural_alignment(),
            Type::Union(composite) => composite.natural_alignment(),
            ty => ty.alignment(),
        }
    }

    /// The part of the alignment that was asked for by `aligned`.
    fn required_alignment(&self) -> usize {
        match self.resolve() {
            Type::Struct(composite) => composite.required_alignment(),
            Type::Union(composite) => composite.required_alignment(),
            Type::Array(array) => array.element().required_alignment(),
            _ => 1,
        }
    }

    /// The type behind all names given by [`Type::alias`].
    pub fn resolve(&self) -> &Type {
        let mut ty = self;
        while let Type::Alias(alias) = ty {
            ty = alias.target();
        }
        ty
    }

    /// Whether this is [`Type::Void`], by whatever name.
    pub fn is_void(&self) -> bool {
        matches!(self.resolve(), Type::Void)
    }

    /// Whether this is a struct, union or array, by whatever name.
    pub fn is_aggregate(&self) -> bool {
        matches!(self.resolve(), Type::Struct(_) | Type::Union(_) | Type::Array(_))
    }
}

impl From<StructType> for Type {
    fn from(composite: StructType) -> Type {
        Type::Struct(composite)
    }
}

impl From<UnionType> for Type {
    fn from(composite: UnionType) -> Type {
        Type::Union(composite)
    }
}
