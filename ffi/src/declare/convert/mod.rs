//! From arguments to the bytes that C gets: nothing is converted with loss.

mod composite;
mod memory;
mod number;
mod place;
mod pointer;
mod variadic;

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use super::Declarations;
use super::argument::Argument;
use super::few::Few;
use super::model::{DeclaredParameter, DeclaredType, Form, TagKind};
use super::pointer::PointerTo;
use crate::c_type::Kind;
use crate::{Error, Type, Value};
pub(super) use memory::{Memory, Room};
pub(super) use number::{promoted_word, word as number_word};
pub(super) use place::Place;
use place::refused;

/// A parameter with what converting to it needs to know: found once, when its function is declared.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    ty: DeclaredType,
    pub(super) value: Type,
    pub(super) kind: Kind,
    pub(super) pointer: Option<Arc<PointerTo>>,
}

impl Parameter {
    /// # Errors
    /// As [`Declarations::value_type`].
    pub(super) fn new(
        declarations: &Declarations,
        declared: &DeclaredParameter,
    ) -> Result<Parameter, Error> {
        let DeclaredParameter { name, ty, length } = declared.clone();
        let value = declarations.value_type(&ty)?;
        let pointer = PointerTo::new(declarations, &ty, length);
        let kind = Kind::of(&value);
        Ok(Parameter { name, ty, value, kind, pointer })
    }

    /// An argument as the low bytes of a word, where it is a number that fits and that is soon seen.
    #[inline(always)]
    fn word(&self, argument: &Argument<'_>) -> Option<u64> {
        let Argument::Value(value) = argument else { return None };
        number::word(value, self.kind)
    }
}

/// A value to be read when C has returned.
#[derive(Debug)]
pub(super) struct Out<'a> {
    from: NonNull<u8>,
    /// The type in memory, and that of a pointer which is declared.
    ty: Type,
    pointer: Option<Arc<PointerTo>>,
    into: &'a mut Value,
}

/// What the arguments of a call need while C runs, and after that.
#[derive(Debug)]
pub(super) struct Store<'room, 'a> {
    pub(super) memory: Memory<'room>,
    pub(super) outs: Few<Out<'a>, 2>,
    /// Whether anything was copied for a pointer to lead to.
    pub(super) copied: bool,
}

impl<'room> Store<'room, '_> {
    #[inline(always)]
    pub(super) fn new(memory: Memory<'room>) -> Self {
        Store { memory, outs: Few::default(), copied: false }
    }
}

/// Converts the arguments of one call.
#[derive(Debug)]
pub(super) struct Converter<'d, 's, 'room, 'a> {
    pub(super) declarations: &'d Declarations,
    pub(super) store: &'s mut Store<'room, 'a>,
}

impl<'a> Converter<'_, '_, '_, 'a> {
    /// The address of an argument's value, which lives as long as the store.
    #[inline(always)]
    pub(super) fn argument(
        &mut self,
        parameter: &Parameter,
        index: usize,
        argument: &mut Argument<'a>,
    ) -> Result<NonNull<u8>, Error> {
        // Most arguments are numbers that fit.
        if let Some(word) = parameter.word(argument) {
            return Ok(self.store.memory.word(word));
        }
        self.checked(parameter, index, argument)
    }

    #[inline(never)]
    fn checked(
        &mut self,
        parameter: &Parameter,
        index: usize,
        argument: &mut Argument<'a>,
    ) -> Result<NonNull<u8>, Error> {
        let place = Place::Argument(index, &parameter.name);
        if let Some(pointer) = &parameter.pointer {
            let address = self.address(pointer, argument, place)?;
            return Ok(self.store.memory.address(address));
        }
        self.kept(&parameter.ty, &parameter.value, argument, place)
    }

    /// A value of a declared type in memory of its own.
    fn kept(
        &mut self,
        ty: &DeclaredType,
        value: &Type,
        argument: &mut Argument<'a>,
        place: Place<'_>,
    ) -> Result<NonNull<u8>, Error> {
        let size = value.size();
        let start = self.store.memory.zeros(size, value.alignment());
        // SAFETY: the new memory has so many bytes, all zero, and nothing else refers to it.
        let into = unsafe { std::slice::from_raw_parts_mut(start.as_ptr(), size) };
        self.write(ty, value, argument, place, into)?;
        Ok(start)
    }

    /// Writes a value of a declared type, as which C has `value`, to zeros of its size.
    pub(super) fn write(
        &mut self,
        ty: &DeclaredType,
        value: &Type,
        argument: &mut Argument<'a>,
        place: Place<'_>,
        into: &mut [u8],
    ) -> Result<(), Error> {
        let declarations = self.declarations;
        if let Argument::Cast(name, argument) = argument {
            let named = declarations.type_named(name)?;
            if self.is_string_for(&named, argument, ty) {
                return self.write(ty, value, argument, place, into);
            }
            let cast = self.cast(&named, argument, place)?;
            return self.write(ty, value, &mut Argument::Value(cast), place, into);
        }
        match &declarations.0.resolve(ty).form {
            Form::Pointer(_) => {
                let pointer = PointerTo::new(declarations, ty, None).expect("it is a pointer");
                let address = self.address(&pointer, argument, place)?;
                // C may read it from there.
                address.expose_provenance();
                let place: &mut [u8; size_of::<*mut c_void>()] =
                    into.try_into().expect("a pointer has so many bytes");
                // SAFETY: the bytes have room for a pointer, which stays one there: an integer would lead nowhere.
                unsafe { place.as_mut_ptr().cast::<*mut c_void>().write_unaligned(address) };
                Ok(())
            }
            Form::Array(element, Some(_)) => self.array(element, value, argument, place, into),
            Form::Tag(index) if declarations.0.tags[*index].kind != TagKind::Enum => {
                let definition = declarations.0.tags[*index].definition.as_ref();
                let members = definition.map_or(&[][..], |definition| &definition.members);
                self.composite(value, members, argument, place, into)
            }
            Form::Tag(_) => match argument {
                Argument::Text(name) => {
                    let mut enumerators = declarations.enumerators(ty);
                    let found = enumerators.find(|(enumerator, _)| enumerator == name);
                    let Some((_, number)) = found else {
                        let why = format!("is no enumerator of {}", declarations.show(ty));
                        return refused(place, format_args!("{name:?}"), why);
                    };
                    self.number(value, &mut Argument::Value(number.into()), place, into)
                }
                _ => self.number(value, argument, place, into),
            },
            _ => self.number(value, argument, place, into),
        }
    }

    /// Whether a string of a type of pointers is what an array of characters begins with: `L"text"` for `wchar_t [8]`.
    fn is_string_for(
        &self,
        pointer: &DeclaredType,
        text: &Argument<'_>,
        ty: &DeclaredType,
    ) -> bool {
        let (target, element) = (self.declarations.pointee(pointer), self.declarations.element(ty));
        let units = target.zip(element).map(|(target, element)| {
            let model = &self.declarations.0;
            (model.text_unit(target), model.text_unit(element))
        });
        matches!(text, Argument::Text(_)) && units.is_some_and(|(one, other)| one == other)
    }

    /// A value of a type that the user named: numbers have to fit, a pointer becomes one of that type.
    fn cast(
        &mut self,
        ty: &DeclaredType,
        argument: &mut Argument<'a>,
        place: Place<'_>,
    ) -> Result<Value, Error> {
        let declarations = self.declarations;
        if let Some(pointer) = PointerTo::new(declarations, ty, None) {
            let address = match argument {
                Argument::Value(value) => self.cast_address(value),
                Argument::ConstPointer(address) => Some(address.cast_mut()),
                Argument::Literal(text) => {
                    declarations.evaluate(text).ok().and_then(|value| self.cast_address(&value))
                }
                _ => None,
            };
            let address = match address {
                Some(address) => address,
                None => self.address(&pointer, argument, place)?,
            };
            return Ok(pointer.value_at(address));
        }
        let value = declarations.value_type(ty)?;
        let start = self.kept(ty, &value, argument, place)?;
        // SAFETY: a value of this type was written there.
        let bytes = unsafe { std::slice::from_raw_parts(start.as_ptr(), value.size()) };
        // SAFETY: they are the bytes of a value of this type.
        Ok(unsafe { Value::from_bytes(&value, bytes) })
    }
}

impl Out<'_> {
    /// Reads what C has left, or what was put there.
    ///
    /// # Safety
    /// The memory of the converter that made this lives.
    pub(super) unsafe fn read(&mut self) {
        // SAFETY: the memory lives, and the bytes of a value of this type were written to it.
        let bytes = unsafe { std::slice::from_raw_parts(self.from.as_ptr(), self.ty.size()) };
        // SAFETY: C left a value of this type there, or the one that was put there.
        let value = unsafe { Value::from_bytes(&self.ty, bytes) };
        *self.into = typed(value, self.pointer.as_ref());
    }
}

/// A value, with its declared type where it is a pointer.
#[inline]
pub(super) fn typed(value: Value, pointer: Option<&Arc<PointerTo>>) -> Value {
    match (value, pointer) {
        (Value::Pointer(address), Some(pointer)) => pointer.value_at(address),
        (value, _) => value,
    }
}

/// What a message calls an argument.
fn describe(argument: &Argument<'_>) -> String {
    match argument {
        Argument::Null => "null".into(),
        Argument::Value(value) => value.to_string(),
        Argument::Literal(text) => text.to_string(),
        Argument::Text(text) => format!("{text:?}"),
        Argument::ConstPointer(address) => format!("{:#x}", address.addr()),
        Argument::CStr(text) => format!("{text:?}"),
        Argument::Slice(slice) => format!("a slice of {}", slice.element()),
        Argument::List(_) => "a list".into(),
        Argument::Fields(_) => "a struct".into(),
        Argument::Out(_) => "an out-parameter".into(),
        Argument::InOut(_) => "an in-out-parameter".into(),
        Argument::Reference(_) => "a reference".into(),
        Argument::Function(_) => "a function".into(),
        Argument::Cast(name, _) => format!("a value of {name}"),
    }
}

impl Declarations {
    /// A value of a declared type.
    ///
    /// ```
    /// use ffi::{Argument, Declarations};
    /// let c = Declarations::parse("struct point { float x, y; };")?;
    /// let point = c.value("struct point", Argument::fields([("y", 2.5)]))?;
    /// assert_eq!(point.to_string(), "{x: 0, y: 2.5}");
    /// let error = c.value("short", 70_000).unwrap_err();
    /// assert_eq!(error.to_string(), "a value of short: 70000 does not fit short");
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Declarations::type_named`]; [`Error::Conversion`] for what the type cannot hold, pointers to copies among it.
    pub fn value<'a>(&self, ty: &str, value: impl Into<Argument<'a>>) -> Result<Value, Error> {
        self.value_of(&self.type_named(ty)?, value)
    }

    /// A value of a declared type.
    ///
    /// # Errors
    /// As [`Declarations::value`].
    pub fn value_of<'a>(
        &self,
        ty: &DeclaredType,
        value: impl Into<Argument<'a>>,
    ) -> Result<Value, Error> {
        let value_type = self.value_type(ty)?;
        let mut store = Store::new(Memory::on_heap());
        let mut converter = Converter { declarations: self, store: &mut store };
        let place = Place::Value(self, ty);
        let mut value = value.into();
        if let Some(pointer) = PointerTo::new(self, ty, None) {
            let address = converter.address(&pointer, &mut value, place)?;
            return if store.copied { lost(place) } else { Ok(pointer.value_at(address)) };
        }
        let mut bytes = vec![0; value_type.size()];
        converter.write(ty, &value_type, &mut value, place, &mut bytes)?;
        if store.copied {
            return lost(place);
        }
        // SAFETY: the converter wrote the bytes of a value of this type.
        let value = unsafe { Value::from_bytes(&value_type, &bytes) };
        Ok(value)
    }
}

/// Refuses a copy that nobody would keep.
fn lost(place: Place<'_>) -> Result<Value, Error> {
    refused(place, "a copy", "lives only while a function is called: pass a pointer")
}
