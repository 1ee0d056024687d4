//! Values as Rust's own types.

use std::ffi::c_void;

use super::number::Number;
use super::parts::fields;
use super::{Bytes, Value};
use crate::c_type::F16;
use crate::{Error, Type};

/// A Rust type that a [`Value`] becomes, as far as it fits, by [`Value::convert`].
///
/// Numbers of every width and `bool`; pointers; `Option`, whose `None` is null; `String`, for arrays of `char`; arrays and
/// `Vec` of such types for C's arrays, and tuples for arrays and structs.
pub trait FromValue: Sized {
    /// The value as this type.
    ///
    /// # Errors
    /// [`Error::Conversion`] where it does not fit.
    fn from_value(value: &Value) -> Result<Self, Error>;
}

impl Value {
    /// The value as one of Rust's own types.
    ///
    /// ```
    /// use ffi::{Argument, Declarations, Value};
    /// assert_eq!(Value::U64(7).convert::<usize>()?, 7);
    /// assert_eq!(Value::U64(7).convert::<f32>()?, 7.0);
    /// assert!(Value::I32(-1).convert::<usize>().is_err());
    /// let c = Declarations::parse("struct pair { int list[2]; char name[8]; };")?;
    /// let pair = c.value("struct pair", ([3, 4], "both"))?;
    /// let (list, name): ([u8; 2], String) = pair.convert()?;
    /// assert_eq!((list, name.as_str()), ([3, 4], "both"));
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Conversion`] where it does not fit.
    pub fn convert<T: FromValue>(&self) -> Result<T, Error> {
        T::from_value(self)
    }

    fn no(&self, what: &str) -> Error {
        let (place, value) = ("the value".to_owned(), self.to_string());
        Error::Conversion { place, value, why: format!("is no {what}") }
    }

    /// The elements of an array, or the members of a struct.
    fn parts(&self) -> Option<Vec<Value>> {
        let Value::Bytes(bytes) = self else { return None };
        let named =
            |field: &&crate::types::FieldLayout| field.bits().is_none() || !field.name().is_empty();
        match bytes.ty.resolve() {
            Type::Struct(_) => {
                let fields = fields(&bytes.ty).iter().filter(named);
                Some(fields.map(|field| bytes.member(field, 0)).collect())
            }
            _ => self.elements(),
        }
    }
}

macro_rules! numbers {
    ($($rust:ty)*) => {$(
        impl FromValue for $rust {
            fn from_value(value: &Value) -> Result<$rust, Error> {
                <$rust>::try_from(value.clone())
            }
        }
    )*};
}

numbers! { bool i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize F16 f32 f64 }

macro_rules! sizes {
    ($($rust:ty as $variant:ident,)*) => {$(
        impl From<$rust> for Value {
            fn from(value: $rust) -> Value {
                Value::$variant(value as _)
            }
        }

        /// Succeeds where the value is kept.
        impl TryFrom<Value> for $rust {
            type Error = Error;

            fn try_from(value: Value) -> Result<$rust, Error> {
                let fitting = match Number::of(&value) {
                    Some(Number::Integer(number)) => <$rust>::try_from(number).ok(),
                    _ => None,
                };
                fitting.ok_or_else(|| value.no(concat!("number that fits ", stringify!($rust))))
            }
        }
    )*};
}

sizes! { isize as I64, usize as U64, }

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Value, Error> {
        Ok(value.clone())
    }
}

impl FromValue for () {
    fn from_value(value: &Value) -> Result<(), Error> {
        if *value == Value::Void { Ok(()) } else { Err(value.no("void")) }
    }
}

impl<T> FromValue for *mut T {
    fn from_value(value: &Value) -> Result<*mut T, Error> {
        value.address().map(<*mut c_void>::cast).ok_or_else(|| value.no("pointer"))
    }
}

impl<T> FromValue for *const T {
    fn from_value(value: &Value) -> Result<*const T, Error> {
        <*mut T>::from_value(value).map(<*mut T>::cast_const)
    }
}

/// Null is `None`.
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Option<T>, Error> {
        match value.address() {
            Some(address) if address.is_null() => Ok(None),
            _ => T::from_value(value).map(Some),
        }
    }
}

/// The characters of an array, up to its first NUL.
impl FromValue for String {
    fn from_value(value: &Value) -> Result<String, Error> {
        let text = match value {
            Value::Bytes(Bytes { ty, bytes }) => match ty.resolve() {
                Type::Array(array) if array.element().size() == 1 => {
                    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                    String::from_utf8(bytes[..end].to_vec()).ok()
                }
                _ => None,
            },
            _ => None,
        };
        text.ok_or_else(|| value.no("array of characters in UTF-8"))
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: &Value) -> Result<Vec<T>, Error> {
        let elements = value.elements().ok_or_else(|| value.no("array"))?;
        elements.iter().map(T::from_value).collect()
    }
}

impl<T: FromValue, const N: usize> FromValue for [T; N] {
    fn from_value(value: &Value) -> Result<[T; N], Error> {
        let elements = Vec::from_value(value)?;
        elements.try_into().map_err(|_| value.no(&format!("array of {N} elements")))
    }
}

macro_rules! tuples {
    ($(($count:literal: $($name:ident $index:tt)+))*) => {$(
        impl<$($name: FromValue),+> FromValue for ($($name,)+) {
            fn from_value(value: &Value) -> Result<Self, Error> {
                match value.parts() {
                    Some(parts) if parts.len() == $count => Ok(($($name::from_value(&parts[$index])?,)+)),
                    _ => Err(value.no(concat!("struct or array of ", $count, " parts"))),
                }
            }
        }
    )*};
}

tuples! {
    (1: A 0) (2: A 0 B 1) (3: A 0 B 1 C 2) (4: A 0 B 1 C 2 D 3) (5: A 0 B 1 C 2 D 3 E 4) (6: A 0 B 1 C 2 D 3 E 4 F 5)
    (7: A 0 B 1 C 2 D 3 E 4 F 5 G 6) (8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7)
}
