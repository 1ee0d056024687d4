//! What a declared function can be given: Rust values, and what becomes of them in C.

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_void};
use std::marker::PhantomData;

use crate::c_type::{AnyValue, Kind};
use crate::{CType, Callback, CodePtr, Type, Value};

/// An argument of a declared function. It is checked and converted when the call is made.
///
/// Numbers, `bool`, strings, slices, pointers, `None` and [`Value`]s turn into one by `From`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Argument<'a> {
    /// A null pointer.
    Null,
    /// A value; a number fits every arithmetic type that keeps it.
    Value(Value),
    /// A number as text, which takes the type it is needed in: `0.1` becomes the nearest `float` or `double`.
    Literal(Cow<'a, str>),
    /// A string: a copy with a NUL behind it, which lives until C returns; or the content of an array of `char`.
    Text(Cow<'a, str>),
    /// A pointer through which C must not write. [`Value::Pointer`] is one through which it may.
    ConstPointer(*const c_void),
    /// A string of C, passed where it is.
    CStr(&'a CStr),
    /// Values one after the other, passed where they are.
    Slice(Slice<'a>),
    /// A struct by its members in order, an array by its elements, or a pointer to a copy of these elements.
    List(Vec<Argument<'a>>),
    /// A struct or union by its members' names; the others are zero.
    Fields(Vec<(Cow<'a, str>, Argument<'a>)>),
    /// A pointer to a zero value, which is stored here when C has returned.
    Out(&'a mut Value),
    /// A pointer to a copy of this value, which is replaced by what C made of it.
    InOut(&'a mut Value),
    /// A pointer to a copy of this value.
    Reference(Box<Argument<'a>>),
    /// A function.
    Function(Code<'a>),
    /// A value of a type by its C name: how variadic arguments say what they are.
    Cast(Cow<'a, str>, Box<Argument<'a>>),
}

/// The values of a Rust slice.
///
/// C may write any value into one that is passed `&mut`:
///
/// ```compile_fail,E0277
/// let mut handlers: [Option<extern "C" fn()>; 1] = [None];
/// let argument = ffi::Argument::from(&mut handlers);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Slice<'a> {
    pub(super) start: *mut c_void,
    pub(super) length: usize,
    element: fn() -> Type,
    pub(super) kind: Kind,
    pub(super) writable: bool,
    slice: PhantomData<&'a ()>,
}

impl Slice<'_> {
    pub(super) fn element(&self) -> Type {
        (self.element)()
    }
}

/// The address of a function that lives as long as `'a`.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    pub(super) code: CodePtr,
    /// Whose address it is, where that is known: then its types are compared with those of the parameter.
    pub(super) callback: Option<&'a Callback<'a>>,
}

impl<'a> Argument<'a> {
    /// A value of a type by its C name, as a variadic argument needs it: `Argument::cast("double", 1.5)`.
    pub fn cast(ty: impl Into<Cow<'a, str>>, value: impl Into<Argument<'a>>) -> Argument<'a> {
        Argument::Cast(ty.into(), Box::new(value.into()))
    }

    /// A struct or union by its members' names; members that are not named are zero.
    pub fn fields<N: Into<Cow<'a, str>>, V: Into<Argument<'a>>>(
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Argument<'a> {
        Argument::Fields(
            fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
        )
    }

    /// A struct by its members in order, an array by its elements, or a pointer to a copy of these elements.
    pub fn list<V: Into<Argument<'a>>>(elements: impl IntoIterator<Item = V>) -> Argument<'a> {
        Argument::List(elements.into_iter().map(Into::into).collect())
    }

    /// A pointer to a copy of this value.
    pub fn reference(value: impl Into<Argument<'a>>) -> Argument<'a> {
        Argument::Reference(Box::new(value.into()))
    }

    /// A pointer to a zero value, which is stored in `place` when C has returned.
    #[inline]
    pub fn out(place: &'a mut Value) -> Argument<'a> {
        Argument::Out(place)
    }

    /// A pointer to a copy of this value, which is replaced by what C made of it.
    pub fn in_out(place: &'a mut Value) -> Argument<'a> {
        Argument::InOut(place)
    }
}

impl<'a, V: Into<Value>> From<V> for Argument<'a> {
    #[inline]
    fn from(value: V) -> Argument<'a> {
        Argument::Value(value.into())
    }
}

macro_rules! from {
    ($($from:ty, $value:ident => $argument:expr;)*) => {$(
        impl<'a> From<$from> for Argument<'a> {
            #[inline]
            fn from($value: $from) -> Argument<'a> {
                $argument
            }
        }
    )*};
}

from! {
    &'a str, text => Argument::Text(text.into());
    String, text => Argument::Text(text.into());
    &'a CStr, text => Argument::CStr(text);
    &'a CString, text => Argument::CStr(text);
    CodePtr, code => Argument::Function(Code { code, callback: None });
}

impl<'a> From<&'a Callback<'_>> for Argument<'a> {
    fn from(callback: &'a Callback<'_>) -> Argument<'a> {
        Argument::Function(Code { code: callback.code(), callback: Some(callback) })
    }
}

/// `None` is null.
impl<'a, V: Into<Argument<'a>>> From<Option<V>> for Argument<'a> {
    fn from(value: Option<V>) -> Argument<'a> {
        value.map_or(Argument::Null, Into::into)
    }
}

/// An out-parameter, as [`Argument::out`].
impl<'a> From<&'a mut Value> for Argument<'a> {
    fn from(place: &'a mut Value) -> Argument<'a> {
        Argument::Out(place)
    }
}

impl<'a> From<&Value> for Argument<'a> {
    fn from(value: &Value) -> Argument<'a> {
        Argument::Value(value.clone())
    }
}

/// A list: an array, a struct by its members in order, or a pointer to a copy of these elements.
impl<'a, V: Into<Argument<'a>>, const N: usize> From<[V; N]> for Argument<'a> {
    fn from(elements: [V; N]) -> Argument<'a> {
        Argument::list(elements)
    }
}

/// A list, as of an array.
impl<'a, V: Into<Argument<'a>>> From<Vec<V>> for Argument<'a> {
    fn from(elements: Vec<V>) -> Argument<'a> {
        Argument::list(elements)
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => {$(
        /// A list whose elements have types of their own.
        impl<'a, $($name: Into<Argument<'a>>),+> From<($($name,)+)> for Argument<'a> {
            fn from(elements: ($($name,)+)) -> Argument<'a> {
                Argument::List(crate::declare::ArgumentList::into_arguments(elements).into())
            }
        }
    )*};
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

impl<'a, T> From<*mut T> for Argument<'a> {
    fn from(address: *mut T) -> Argument<'a> {
        Argument::Value(Value::Pointer(address.cast()))
    }
}

impl<'a, T> From<*const T> for Argument<'a> {
    fn from(address: *const T) -> Argument<'a> {
        Argument::ConstPointer(address.cast())
    }
}

impl<'a, T: CType> From<&'a [T]> for Argument<'a> {
    fn from(slice: &'a [T]) -> Argument<'a> {
        let (start, length) = (slice.as_ptr().cast_mut().cast(), slice.len());
        let (element, kind, slice) = (T::c_type, T::KIND, PhantomData);
        Argument::Slice(Slice { start, length, element, kind, writable: false, slice })
    }
}

impl<'a, T: AnyValue> From<&'a mut [T]> for Argument<'a> {
    fn from(slice: &'a mut [T]) -> Argument<'a> {
        let (start, length) = (slice.as_mut_ptr().cast(), slice.len());
        let (element, kind, slice) = (T::c_type, T::KIND, PhantomData);
        Argument::Slice(Slice { start, length, element, kind, writable: true, slice })
    }
}

impl<'a, T: CType, const N: usize> From<&'a [T; N]> for Argument<'a> {
    fn from(array: &'a [T; N]) -> Argument<'a> {
        array.as_slice().into()
    }
}

impl<'a, T: AnyValue, const N: usize> From<&'a mut [T; N]> for Argument<'a> {
    fn from(array: &'a mut [T; N]) -> Argument<'a> {
        array.as_mut_slice().into()
    }
}
