//! Pointers: what an argument leads to, and whether it is what the parameter points to.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use super::super::argument::{Argument, Code, Slice};
use super::super::pointer::{Mismatch, PointerTo};
use super::super::text::encode;
use super::place::{Place, refused};
use super::{Converter, Out, describe};
use crate::value::TypedPointer;
use crate::value::number::Number;
use crate::{Error, Type, Value};

impl<'a> Converter<'_, '_, '_, 'a> {
    /// The address that a parameter of a type of pointers gets.
    pub(super) fn address(
        &mut self,
        pointer: &Arc<PointerTo>,
        argument: &mut Argument<'a>,
        place: Place<'_>,
    ) -> Result<*mut c_void, Error> {
        match argument {
            Argument::Null => Ok(std::ptr::null_mut()),
            Argument::Literal(text) => {
                let value = self.declarations.evaluate(text).ok();
                match value.as_ref() {
                    Some(Value::TypedPointer(typed)) => of_type(pointer, typed, place),
                    Some(Value::Pointer(address)) => Ok(*address),
                    Some(value) if Number::of(value) == Some(Number::Integer(0)) => {
                        Ok(std::ptr::null_mut())
                    }
                    // A macro that stands for a string.
                    Some(Value::Bytes(bytes)) if pointer.unit == 1 || pointer.is_void => {
                        self.store.copied = true;
                        Ok(self.store.memory.copy(bytes.as_slice(), 1).as_ptr().cast())
                    }
                    _ => refused(place, text, format!("is no {}", pointer.shown())),
                }
            }
            Argument::Value(Value::Pointer(address)) => Ok(*address),
            Argument::Value(Value::TypedPointer(typed)) => of_type(pointer, typed, place),
            Argument::ConstPointer(address) if pointer.constant => Ok(address.cast_mut()),
            Argument::ConstPointer(_) => {
                let why = format!(
                    "is constant, and C may write through {}: pass a `*mut` pointer",
                    pointer.shown()
                );
                refused(place, "a `*const` pointer", why)
            }
            Argument::Function(code) if pointer.function.is_some() || pointer.is_void => {
                function(pointer, *code, place)
            }
            Argument::Text(text) if pointer.is_void || pointer.unit > 0 => {
                if text.as_bytes().contains(&0) {
                    let why = "has a NUL inside, where C's strings end";
                    return refused(place, format_args!("{text:?}"), why);
                }
                self.store.copied = true;
                let width = pointer.unit.max(1);
                let room =
                    |length: usize| pointer.length.unwrap_or(0).saturating_sub(length).max(1);
                if width == 1 {
                    let copy = self.store.memory.copy(text.as_bytes(), room(text.len()));
                    return Ok(copy.as_ptr().cast());
                }
                let units = encode(text, width);
                let zeros = width * room(units.len() / width);
                let copy = self.store.memory.zeros(units.len() + zeros, width);
                // SAFETY: the new memory has room for them, and nothing else lies there.
                unsafe { copy.as_ptr().copy_from_nonoverlapping(units.as_ptr(), units.len()) };
                Ok(copy.as_ptr().cast())
            }
            Argument::CStr(text) if pointer.is_void || pointer.is_byte => {
                if !pointer.constant {
                    let why = format!(
                        "is borrowed, and C may write through {}: pass a `&str`, which is copied, or a pointer",
                        pointer.shown()
                    );
                    return refused(place, format_args!("{text:?}"), why);
                }
                let length = text.count_bytes() + 1;
                enough(pointer, length, place, || format!("{text:?}"))?;
                Ok(text.as_ptr().cast_mut().cast())
            }
            Argument::Slice(slice) => slice_start(pointer, slice, place),
            Argument::List(elements) => {
                let size = self.pointee(pointer, "a list", place)?.size();
                let count = elements.len();
                enough(pointer, count, place, || format!("a list of {count}"))?;
                self.elements(pointer, elements, size, place)
            }
            Argument::Reference(referenced) => {
                self.pointee(pointer, "a reference", place)?;
                if let (Some(_), Argument::List(elements)) = (pointer.length, &mut **referenced) {
                    let (size, count) =
                        (self.pointee(pointer, "a list", place)?.size(), elements.len());
                    enough(pointer, count, place, || format!("a list of {count}"))?;
                    return self.elements(pointer, elements, size, place);
                }
                enough(pointer, 1, place, || "one value".to_owned())?;
                self.copy_of(pointer, referenced, place)
            }
            Argument::Fields(_) => {
                self.pointee(pointer, "a struct", place)?;
                enough(pointer, 1, place, || "one struct".to_owned())?;
                self.copy_of(pointer, argument, place)
            }
            Argument::Out(_) => {
                self.pointee(pointer, "an out-parameter", place)?;
                let whole = pointer.whole.clone().unwrap_or(Type::Void);
                let from = self.store.memory.zeros(whole.size(), whole.alignment());
                self.bring_back(pointer, whole, from, argument)
            }
            // An array of what the pointer points to goes as a whole.
            Argument::InOut(into) if is_array_of(into, pointer) => {
                let ty = into.ty();
                let count = if let Type::Array(array) = ty.resolve() { array.length() } else { 1 };
                enough(pointer, count, place, || format!("an array of {count}"))?;
                let from = self.store.memory.take(ty.size(), ty.alignment());
                // SAFETY: the new memory has the size of the value, and nothing else lies there.
                into.with_bytes(|bytes| unsafe {
                    from.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
                });
                self.bring_back(pointer, ty, from, argument)
            }
            Argument::InOut(into) => {
                let ty = self.pointee(pointer, "an in-out-parameter", place)?.clone();
                enough(pointer, 1, place, || "one value".to_owned())?;
                let mut value = Argument::Value(into.clone());
                let from = self.kept(&pointer.target, &ty, &mut value, Place::Target(&place))?;
                self.bring_back(pointer, ty, from, argument)
            }
            Argument::Cast(name, inner) => {
                let named = self.declarations.type_named(name)?;
                let cast = self.cast(&named, inner, place)?;
                self.address(pointer, &mut Argument::Value(cast), place)
            }
            other => refused(place, describe(other), format!("is no {}", pointer.shown())),
        }
    }

    /// The address that a value stands for in a cast: any pointer's, or a number.
    pub(super) fn cast_address(&self, value: &Value) -> Option<*mut c_void> {
        if let Some(address) = value.address() {
            return Some(address);
        }
        let Some(Number::Integer(number)) = Number::of(value) else { return None };
        let address = usize::try_from(number)
            .or_else(|_| isize::try_from(number).map(|negative| negative as usize));
        address.ok().map(std::ptr::with_exposed_provenance_mut)
    }

    /// A pointer to copies of elements.
    fn elements(
        &mut self,
        pointer: &Arc<PointerTo>,
        elements: &mut [Argument<'a>],
        size: usize,
        place: Place<'_>,
    ) -> Result<*mut c_void, Error> {
        let ty = self.pointee(pointer, "a list", place)?.clone();
        self.store.copied = true;
        let start = self.store.memory.zeros(size * elements.len(), ty.alignment());
        for (index, element) in elements.iter_mut().enumerate() {
            // SAFETY: the new memory has room for each element.
            let element_start = unsafe { start.add(index * size) };
            // SAFETY: its bytes are zero, and nothing else refers to them.
            let into = unsafe { std::slice::from_raw_parts_mut(element_start.as_ptr(), size) };
            self.write(&pointer.target, &ty, element, Place::Element(&place, index), into)?;
        }
        Ok(start.as_ptr().cast())
    }

    /// A pointer to a copy of one value.
    fn copy_of(
        &mut self,
        pointer: &Arc<PointerTo>,
        argument: &mut Argument<'a>,
        place: Place<'_>,
    ) -> Result<*mut c_void, Error> {
        let ty = self.pointee(pointer, "a reference", place)?.clone();
        self.store.copied = true;
        let copy = self.kept(&pointer.target, &ty, argument, Place::Target(&place))?;
        Ok(copy.as_ptr().cast())
    }

    /// A pointer to memory that is read when C has returned, for an argument that asks for it.
    fn bring_back(
        &mut self,
        pointer: &Arc<PointerTo>,
        ty: Type,
        from: NonNull<u8>,
        argument: &mut Argument<'a>,
    ) -> Result<*mut c_void, Error> {
        self.store.copied = true;
        if let Argument::Out(into) | Argument::InOut(into) =
            std::mem::replace(argument, Argument::Null)
        {
            self.store.outs.push(Out { from, ty, pointer: pointer.inner.clone(), into });
        }
        Ok(from.as_ptr().cast())
    }

    /// The type of what a pointer points to, which must have values.
    fn pointee<'p>(
        &self,
        pointer: &'p PointerTo,
        what: &str,
        place: Place<'_>,
    ) -> Result<&'p Type, Error> {
        match &pointer.value {
            Some(ty) if !ty.is_void() => Ok(ty),
            _ => {
                let target = self.declarations.show(&pointer.target);
                let why = format!("needs a pointer to something with a size, not {target} *");
                refused(place, what, why)
            }
        }
    }
}

/// A pointer whose type is known.
#[inline]
fn of_type(
    pointer: &PointerTo,
    typed: &TypedPointer,
    place: Place<'_>,
) -> Result<*mut c_void, Error> {
    let given = PointerTo::of(typed);
    match given.map_or(Err(Mismatch::Other), |given| pointer.takes(given)) {
        Ok(()) => Ok(typed.address()),
        Err(Mismatch::Other) => refused(place, typed, format!("is no {}", pointer.shown())),
        Err(Mismatch::Constant) => {
            let why = format!("is constant, and C may write through {}", pointer.shown());
            refused(place, typed, why)
        }
    }
}

/// The address of a function, of the types of the parameter where its own are known.
fn function(pointer: &PointerTo, code: Code<'_>, place: Place<'_>) -> Result<*mut c_void, Error> {
    match code.callback {
        Some(callback) if !pointer.takes_callback(callback) => {
            let found = match callback.signature() {
                Ok((abi, found)) => {
                    format!("the callback {:?} of `{found}` under {abi}", callback.name())
                }
                Err(_) => format!("the callback {:?}", callback.name()),
            };
            refused(place, found, format!("is no {}", pointer.shown()))
        }
        _ => Ok(code.code.as_ptr().cast_mut()),
    }
}

/// Where a slice lies.
fn slice_start(
    pointer: &PointerTo,
    slice: &Slice<'_>,
    place: Place<'_>,
) -> Result<*mut c_void, Error> {
    let element = slice.element();
    let bytes = pointer.is_byte && matches!(element, Type::I8 | Type::U8);
    let fits = pointer.value.as_ref().is_some_and(|ty| ty.has_layout_of(&element));
    if !(pointer.is_void || bytes || fits) {
        let why = format!("is no {}", pointer.shown());
        return refused(place, format_args!("a slice of {element}"), why);
    }
    if !(pointer.constant || slice.writable) {
        let why = format!(
            "is borrowed, and C may write through {}: pass a `&mut` slice",
            pointer.shown()
        );
        return refused(place, format_args!("a slice of {element}"), why);
    }
    enough(pointer, slice.length, place, || format!("a slice of {} × {element}", slice.length))?;
    Ok(slice.start)
}

/// Refuses fewer elements than the parameter was declared with.
#[inline]
fn enough(
    pointer: &PointerTo,
    count: usize,
    place: Place<'_>,
    what: impl FnOnce() -> String,
) -> Result<(), Error> {
    match pointer.length {
        Some(length) if count < length => {
            refused(place, what(), format!("is too short for {}", pointer.shown()))
        }
        _ => Ok(()),
    }
}

/// Whether a value is an array of values of the type that a pointer points to; for `void *`, of any.
fn is_array_of(value: &Value, pointer: &PointerTo) -> bool {
    match (value.ty().resolve(), &pointer.value) {
        (Type::Array(array), Some(element)) => {
            element.is_void() || array.element().has_layout_of(element)
        }
        _ => false,
    }
}
