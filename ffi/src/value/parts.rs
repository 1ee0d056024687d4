//! The parts of composite values, and what pointers point to.

use std::ffi::{CStr, CString, c_char};

use super::{Bytes, Value};
use crate::{CType, Error, FieldLayout, Type};

impl Value {
    /// The bytes of the value, as C has it in memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        macro_rules! bytes {
            ($($number:ident)*) => {
                match self {
                    Value::Void => Vec::new(),
                    Value::Bool(value) => vec![u8::from(*value)],
                    $(Value::$number(value) => value.to_ne_bytes().to_vec(),)*
                    Value::Pointer(address) => address.expose_provenance().to_ne_bytes().to_vec(),
                    Value::Bytes(bytes) => bytes.bytes.to_vec(),
                }
            };
        }
        bytes!(I8 I16 I32 I64 I128 U8 U16 U32 U64 U128 F16 F32 F64)
    }

    /// A value of a Rust type: of a `#[repr(C)]` struct as of a number.
    pub fn of<T: CType + Copy>(value: T) -> Value {
        let ty = T::c_type();
        let mut bytes = vec![0; ty.size()];
        // SAFETY: a `T` is a value of its C type.
        unsafe { copy_parts(&ty, (&raw const value).cast(), &mut bytes) };
        // SAFETY: as above.
        unsafe { Value::from_bytes(&ty, &bytes) }
    }

    /// The value as one of a Rust type of the same C type: of a `#[repr(C)]` struct as of a number.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] for a value of another type.
    pub fn to<T: CType>(&self) -> Result<T, Error> {
        let (expected, found) = (T::c_type(), self.ty());
        if !expected.has_layout_of(&found) {
            return Err(Error::TypeMismatch { place: "the value".into(), expected, found });
        }
        let bytes = self.to_bytes();
        // SAFETY: they are the bytes of a value of T's C type, which is a valid `T`.
        Ok(unsafe { bytes.as_ptr().cast::<T>().read_unaligned() })
    }

    /// A member of a struct or union, by name; those of anonymous members are found too. Paths such as `a.b` lead on.
    ///
    /// # Errors
    /// [`Error::NoMember`] for a member that is not there.
    pub fn field(&self, path: &str) -> Result<Value, Error> {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let missing = || Error::NoMember { ty: self.ty(), member: name.to_owned() };
        let Value::Bytes(bytes) = self else { return Err(missing()) };
        let field = bytes.find(&bytes.ty, 0, name).ok_or_else(missing)?;
        match rest {
            Some(rest) => field.field(rest),
            None => Ok(field),
        }
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
        let Value::Pointer(address) = self else { return Err(refused("is no pointer")) };
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
    /// So many values of the type can be read there.
    pub unsafe fn array_at(&self, ty: &Type, length: usize) -> Result<Vec<Value>, Error> {
        let refused = |why: &str| Error::Conversion {
            place: "the value".into(),
            value: self.to_string(),
            why: why.to_owned(),
        };
        let Value::Pointer(address) = self else { return Err(refused("is no pointer")) };
        if address.is_null() {
            return Err(refused("points to nothing"));
        }
        let mut values = Vec::with_capacity(length);
        for index in 0..length {
            let start = address.cast::<u8>().wrapping_add(index * ty.size());
            // SAFETY: the caller's contract.
            let bytes = unsafe { std::slice::from_raw_parts(start, ty.size()) };
            // SAFETY: the caller's contract.
            values.push(unsafe { Value::from_bytes(ty, bytes) });
        }
        Ok(values)
    }

    /// The value of a type, from where a pointer points.
    ///
    /// # Errors
    /// As [`Value::array_at`].
    ///
    /// # Safety
    /// A value of the type can be read there.
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

impl Bytes {
    /// The member `name` of a composite that lies at `base`, or in an anonymous member of it.
    fn find(&self, ty: &Type, base: usize, name: &str) -> Option<Value> {
        fields(ty).iter().find_map(|field| {
            if field.name() == name && !name.is_empty() {
                return Some(self.member(field, base));
            }
            let anonymous = field.name().is_empty() && field.bits().is_none();
            anonymous.then(|| self.find(field.ty(), base + field.offset(), name))?
        })
    }

    /// The value of a member of a composite that lies at `base`.
    pub(super) fn member(&self, field: &FieldLayout, base: usize) -> Value {
        let start = base + field.offset();
        let Some(bits) = field.bits() else {
            let bytes = &self.bytes[start..start + field.ty().size()];
            // SAFETY: they are the bytes of a member of this type.
            return unsafe { Value::from_bytes(field.ty(), bytes) };
        };
        let mut word = [0_u8; 16];
        let held = (bits.first + bits.width).div_ceil(8) as usize;
        word[..held].copy_from_slice(&self.bytes[start..start + held]);
        let above = 128 - bits.width;
        let raw = u128::from_le_bytes(word) >> bits.first << above;
        let signed = matches!(field.ty().resolve(), Type::I8 | Type::I16 | Type::I32 | Type::I64);
        let value = if signed { raw as i128 >> above } else { (raw >> above) as i128 };
        let bytes = value.to_le_bytes();
        // SAFETY: the low bytes of the number, which fits the declared type; for `bool` it is one bit.
        unsafe { Value::from_bytes(field.ty(), &bytes[..field.ty().size()]) }
    }
}
