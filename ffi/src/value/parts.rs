//! The parts of composite values, and what pointers point to.

use std::ffi::{CStr, CString, c_char, c_void};

use super::Value;
use crate::c_type::bytes::is_value;
use crate::c_type::{AnyValue, Initialised};
use crate::types::FieldLayout;
use crate::{CType, Error, Type};

impl Value {
    /// The bytes of the value, as C has it in memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.with_bytes(<[u8]>::to_vec)
    }

    /// What a function makes of the bytes of the value.
    pub(crate) fn with_bytes<R>(&self, take: impl FnOnce(&[u8]) -> R) -> R {
        macro_rules! bytes {
            ($($number:ident)*) => {
                match self {
                    Value::Void => take(&[]),
                    Value::Bool(value) => take(&[u8::from(*value)]),
                    $(Value::$number(value) => take(&value.to_ne_bytes()),)*
                    Value::Pointer(address) => take(&address.expose_provenance().to_ne_bytes()),
                    Value::TypedPointer(pointer) => {
                        take(&pointer.address.expose_provenance().to_ne_bytes())
                    }
                    Value::Bytes(bytes) => take(&bytes.bytes),
                }
            };
        }
        bytes!(I8 I16 I32 I64 I128 U8 U16 U32 U64 U128 F16 F32 F64)
    }

    /// Where a pointer points; none for other values.
    pub fn address(&self) -> Option<*mut c_void> {
        match self {
            Value::Pointer(address) => Some(*address),
            Value::TypedPointer(pointer) => Some(pointer.address),
            _ => None,
        }
    }

    /// A value of a Rust type: of a `#[repr(C)]` struct as of a number.
    pub fn of<T: Initialised + Copy>(value: T) -> Value {
        // SAFETY: its bytes are initialised.
        unsafe { Value::of_unchecked(value) }
    }

    /// As [`Value::of`], for a type of which some values have uninitialised bytes, such as a union.
    ///
    /// # Safety
    /// This value has none but for the padding of structs.
    pub unsafe fn of_unchecked<T: CType + Copy>(value: T) -> Value {
        // SAFETY: a `T` is a value of its C type, initialised by the caller's contract.
        unsafe { Value::read(&T::c_type(), (&raw const value).cast()) }
    }

    /// The value as one of a Rust type of the same C type: of a `#[repr(C)]` struct as of a number.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] for a value of another type, [`Error::Conversion`] for [`Bytes`](super::Bytes) that have a
    /// `bool` which is neither 0 nor 1.
    pub fn to<T: AnyValue>(&self) -> Result<T, Error> {
        if let Value::Bytes(bytes) = self
            && !is_value(&bytes.ty, &bytes.bytes)
        {
            return Err(Error::Conversion {
                place: "the value".into(),
                value: format!("{bytes:?}"),
                why: "has a bool that is neither 0 nor 1".into(),
            });
        }
        // SAFETY: it is a value of its type, and every such value is a valid `T`.
        unsafe { self.to_unchecked() }
    }

    /// As [`Value::to`], for a type that does not take every value of its C type, such as a function pointer.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] for a value of another type.
    ///
    /// # Safety
    /// The bytes are a valid `T`.
    pub unsafe fn to_unchecked<T: CType>(&self) -> Result<T, Error> {
        let (held, found) = self.held();
        let expected = T::c_type();
        if !expected.has_layout_of(&found) {
            return Err(Error::TypeMismatch { place: "the value".into(), expected, found });
        }
        // SAFETY: bytes of T's C type lie there, perhaps less aligned; by the caller's contract they are a valid `T`.
        Ok(unsafe { held.as_ptr().cast::<T>().read_unaligned() })
    }

    /// The value of a type that lies at an address, aligned or not.
    ///
    /// # Safety
    /// One can be read there; it is initialised but for the padding of structs.
    pub(crate) unsafe fn read(ty: &Type, from: *const u8) -> Value {
        let mut bytes = vec![0; ty.size()];
        // SAFETY: the caller's contract.
        unsafe { copy_parts(ty, from, &mut bytes) };
        // SAFETY: the bytes of a value, and zeros for its padding.
        unsafe { Value::from_bytes(ty, &bytes) }
    }

    /// The elements of an array or vector; the two parts of a `_Complex` number. None for other values.
    pub fn elements(&self) -> Option<Vec<Value>> {
        let Value::Bytes(bytes) = self else { return None };
        let element = match bytes.ty.resolve() {
            Type::Array(array) => array.element().clone(),
            Type::Vector(vector) => vector.element().clone(),
            Type::Complex(part) => Type::from(*part),
            _ => return None,
        };
        if element.size() == 0 {
            return Some(Vec::new());
        }
        // SAFETY: each chunk has the bytes of an element.
        let read = |chunk| unsafe { Value::from_bytes(&element, chunk) };
        Some(bytes.bytes.chunks_exact(element.size()).map(read).collect())
    }

    /// The string that a pointer points to, or none where it is null.
    ///
    /// # Errors
    /// [`Error::Conversion`] for a value that is no pointer, and for a string without an end within `limit` bytes.
    ///
    /// # Safety
    /// Where the pointer is not null, bytes can be read there up to a NUL, or `limit` of them.
    pub unsafe fn c_string(&self, limit: usize) -> Result<Option<CString>, Error> {
        let refused = |why: &str| Error::Conversion {
            place: "the value".into(),
            value: self.to_string(),
            why: why.to_owned(),
        };
        let Some(address) = self.address() else { return Err(refused("is no pointer")) };
        if address.is_null() {
            return Ok(None);
        }
        let start = address.cast::<c_char>();
        for length in 0..limit {
            // SAFETY: the caller's contract: no byte before this one was NUL.
            if unsafe { start.add(length).read() } == 0 {
                // SAFETY: it ends in the NUL that was found.
                return Ok(Some(unsafe { CStr::from_ptr(start) }.to_owned()));
            }
        }
        Err(refused(&format!("points to no string that ends within {limit} bytes")))
    }

    /// `length` values of a type, from where a pointer points.
    ///
    /// # Errors
    /// [`Error::Conversion`] for a value that is no pointer, or null.
    ///
    /// # Safety
    /// So many values of the type can be read there, initialised but for the padding of structs.
    pub unsafe fn array_at(&self, ty: &Type, length: usize) -> Result<Vec<Value>, Error> {
        let refused = |why: &str| Error::Conversion {
            place: "the value".into(),
            value: self.to_string(),
            why: why.to_owned(),
        };
        let Some(address) = self.address() else { return Err(refused("is no pointer")) };
        if address.is_null() {
            return Err(refused("points to nothing"));
        }
        let mut values = Vec::with_capacity(length);
        for index in 0..length {
            let start = address.cast::<u8>().wrapping_add(index * ty.size());
            // SAFETY: the caller's contract.
            values.push(unsafe { Value::read(ty, start) });
        }
        Ok(values)
    }

    /// The value of a type, from where a pointer points.
    ///
    /// # Errors
    /// As [`Value::array_at`].
    ///
    /// # Safety
    /// As [`Value::array_at`], for one value.
    pub unsafe fn value_at(&self, ty: &Type) -> Result<Value, Error> {
        // SAFETY: the caller's contract.
        let mut values = unsafe { self.array_at(ty, 1) }?;
        Ok(values.remove(0))
    }
}

/// Copies a value but for the padding of structs, which need not be initialised.
///
/// # Safety
/// There is a value of the type at `from`, and `into` has its size. Of a union, all bytes are initialised.
unsafe fn copy_parts(ty: &Type, from: *const u8, into: &mut [u8]) {
    match ty.resolve() {
        Type::Struct(composite) => {
            for field in composite.fields() {
                let start = field.offset();
                let end = match field.bits() {
                    None => start + field.ty().size(),
                    Some(bits) => start + (bits.first + bits.width).div_ceil(8) as usize,
                };
                let (part, place) = (from.wrapping_add(start), &mut into[start..end]);
                match field.bits() {
                    // SAFETY: the member lies there.
                    None => unsafe { copy_parts(field.ty(), part, place) },
                    // SAFETY: as above, bit by bit.
                    Some(_) => unsafe {
                        part.copy_to_nonoverlapping(place.as_mut_ptr(), place.len())
                    },
                }
            }
        }
        Type::Array(array) if array.element().size() > 0 => {
            let size = array.element().size();
            for (index, place) in into.chunks_exact_mut(size).enumerate() {
                // SAFETY: the element lies there.
                unsafe { copy_parts(array.element(), from.wrapping_add(index * size), place) };
            }
        }
        // SAFETY: the caller's contract.
        _ => unsafe { from.copy_to_nonoverlapping(into.as_mut_ptr(), into.len()) },
    }
}

/// The members of a struct's or union's layout.
pub(crate) fn fields(ty: &Type) -> &[FieldLayout] {
    match ty.resolve() {
        Type::Struct(composite) => composite.fields(),
        Type::Union(composite) => composite.fields(),
        _ => &[],
    }
}
