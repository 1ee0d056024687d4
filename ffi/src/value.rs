//! Values whose type is known at run time, and calls that check them.

pub(crate) mod bits;
mod buffer;
pub(crate) mod digits;
pub(crate) mod display;
mod field;
mod from;
mod large;
pub(crate) mod number;
pub(crate) mod parts;
pub(crate) mod path;
pub(crate) mod pointer;
#[cfg(feature = "declare")]
pub(crate) mod returned;
pub(crate) mod small;

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::mem::MaybeUninit;

use crate::arg::Arg;
use crate::c_type::F16;
use crate::call::CallInterface;
use crate::{CodePtr, Error, Type};
use buffer::Buffer;
pub use from::FromValue;
pub use pointer::TypedPointer;

/// A C value with its type.
///
/// [`CallInterface::call_values`] takes arguments in this form and checks each against its parameter.
///
/// ```
/// use ffi::{CallInterface, CodePtr, Signature, Type, Value};
/// extern "C" fn scale(value: i32, factor: f64) -> f64 {
///     f64::from(value) * factor
/// }
/// let interface = CallInterface::new(&Signature::new([Type::I32, Type::F64], Type::F64)?)?;
/// let code = CodePtr::new(scale as *const _).expect("functions are not null");
/// // SAFETY: `scale` has this signature.
/// let product = unsafe { interface.call_values(code, &[Value::I32(21), Value::F64(2.0)])? };
/// assert_eq!(product, Value::F64(42.0));
/// // SAFETY: refused before the call.
/// let refused = unsafe { interface.call_values(code, &[Value::I64(21), Value::F64(2.0)]) };
/// assert_eq!(refused.unwrap_err().to_string(), "argument 0 is int32_t in the signature, not int64_t");
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No value: the result of a function without one.
    Void,
    /// A [`Type::Bool`].
    Bool(bool),
    /// A [`Type::I8`].
    I8(i8),
    /// A [`Type::I16`].
    I16(i16),
    /// A [`Type::I32`].
    I32(i32),
    /// A [`Type::I64`].
    I64(i64),
    /// A [`Type::I128`].
    I128(i128),
    /// A [`Type::U8`].
    U8(u8),
    /// A [`Type::U16`].
    U16(u16),
    /// A [`Type::U32`].
    U32(u32),
    /// A [`Type::U64`].
    U64(u64),
    /// A [`Type::U128`].
    U128(u128),
    /// A [`Type::F16`].
    F16(F16),
    /// A [`Type::F32`].
    F32(f32),
    /// A [`Type::F64`].
    F64(f64),
    /// A [`Type::Pointer`] to no one knows what, as `void *` is.
    Pointer(*mut c_void),
    /// A [`Type::Pointer`] whose declared type is known.
    TypedPointer(TypedPointer),
    /// A value of any other type, as its bytes.
    Bytes(Bytes),
}

/// A value of any type as its bytes: structs, unions, vectors, complex and extended numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes {
    ty: Type,
    bytes: Buffer,
}

impl Bytes {
    /// A value of type `ty` with these bytes.
    ///
    /// # Errors
    /// [`Error::WrongSize`] for another number of bytes than the type has.
    pub fn new(ty: impl Into<Type>, bytes: impl Into<Box<[u8]>>) -> Result<Bytes, Error> {
        let (ty, bytes) = (ty.into(), bytes.into());
        if bytes.len() != ty.size() {
            let (expected, found) = (ty.size(), bytes.len());
            return Err(Error::WrongSize { what: format!("a value of {ty}"), expected, found });
        }
        Ok(Bytes { ty, bytes: bytes.into() })
    }

    /// The type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The bytes, padding included.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Value {
        Value::Bytes(bytes)
    }
}

impl Debug for Bytes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:02x?}", self.ty, &*self.bytes)
    }
}

/// The address and the type of what a variant holds.
macro_rules! held {
    ($value:expr, $($variant:ident)*) => {
        match $value {
            Value::Void => (Arg::new(&()), Type::Void),
            $(Value::$variant(held) => (Arg::new(held), Type::$variant),)*
            Value::TypedPointer(held) => (Arg::new(&held.address), Type::Pointer),
            Value::Bytes(held) => (Arg::new(&*held.bytes), held.ty.clone()),
        }
    };
}

impl Value {
    /// The type.
    pub fn ty(&self) -> Type {
        self.held().1
    }

    fn held(&self) -> (Arg<'_>, Type) {
        held!(self, Bool I8 I16 I32 I64 I128 U8 U16 U32 U64 U128 F16 F32 F64 Pointer)
    }

    /// The value of type `ty` whose bytes these are.
    ///
    /// # Safety
    /// `bytes` has the type's size and is a valid value of it.
    #[inline]
    pub(crate) unsafe fn from_bytes(ty: &Type, bytes: &[u8]) -> Value {
        macro_rules! read {
            ($ty:ty) => {
                // SAFETY: the caller's contract; the bytes may be less aligned.
                unsafe { bytes.as_ptr().cast::<$ty>().read_unaligned() }
            };
        }
        match ty.resolve() {
            Type::Void => Value::Void,
            // C may have set other bits than the lowest of a `bool` that it returned: only the low byte counts.
            Type::Bool => Value::Bool(bytes[0] != 0),
            Type::I8 => Value::I8(read!(i8)),
            Type::I16 => Value::I16(read!(i16)),
            Type::I32 => Value::I32(read!(i32)),
            Type::I64 => Value::I64(read!(i64)),
            Type::I128 => Value::I128(read!(i128)),
            Type::U8 => Value::U8(read!(u8)),
            Type::U16 => Value::U16(read!(u16)),
            Type::U32 => Value::U32(read!(u32)),
            Type::U64 => Value::U64(read!(u64)),
            Type::U128 => Value::U128(read!(u128)),
            Type::F16 => Value::F16(read!(F16)),
            Type::F32 => Value::F32(read!(f32)),
            Type::F64 => Value::F64(read!(f64)),
            Type::Pointer => Value::Pointer(read!(*mut c_void)),
            _ => Value::Bytes(Bytes { ty: ty.clone(), bytes: bytes.into() }),
        }
    }
}

/// Up to so many arguments are passed, and results of so many words received, without an allocation.
const INLINE: usize = 16;

impl CallInterface {
    /// Calls `code` with values, each checked against its parameter, and returns its result.
    ///
    /// # Errors
    /// [`Error::ArgumentCount`] for another number of arguments than the signature has, [`Error::TypeMismatch`], with
    /// the argument's index, for a value of another type than its parameter's.
    ///
    /// # Safety
    /// `code` is a function of this signature and convention, and the call with these values is sound.
    pub unsafe fn call_values(&self, code: CodePtr, values: &[Value]) -> Result<Value, Error> {
        let parameters = self.signature().parameters();
        if values.len() != parameters.len() {
            return Err(Error::ArgumentCount { expected: parameters.len(), found: values.len() });
        }
        let mut inline = [Arg::new(&()); INLINE];
        let mut many = Vec::new();
        let arguments: &mut [Arg<'_>] = if values.len() <= INLINE {
            &mut inline[..values.len()]
        } else {
            many.resize(values.len(), Arg::new(&()));
            &mut many
        };
        for (index, (value, parameter)) in values.iter().zip(parameters).enumerate() {
            let (argument, found) = value.held();
            if *parameter.ty().resolve() != *found.resolve()
                && !parameter.ty().has_layout_of(&found)
            {
                let (place, expected) =
                    (parameter.place("argument", index), parameter.ty().clone());
                return Err(Error::TypeMismatch { place, expected, found });
            }
            arguments[index] = argument;
        }
        let returns = self.signature().returns();
        let mut words = [MaybeUninit::<u128>::zeroed(); INLINE];
        let mut large = Vec::new();
        let (size, alignment) = (returns.size(), returns.alignment());
        let start: *mut u8 = if size <= size_of_val(&words) && alignment <= align_of::<u128>() {
            words.as_mut_ptr().cast()
        } else {
            large.resize(size + alignment, 0_u8);
            let padding = large.as_ptr().align_offset(alignment);
            large[padding..].as_mut_ptr()
        };
        // SAFETY: the caller's contract; the buffer has the size and alignment of the result.
        unsafe { self.call_into(code, arguments, start.cast()) }?;
        // SAFETY: the buffer was zeroed and then written by the call.
        let bytes = unsafe { std::slice::from_raw_parts(start, size) };
        // SAFETY: the call has stored a value of this type.
        Ok(unsafe { Value::from_bytes(returns, bytes) })
    }
}
