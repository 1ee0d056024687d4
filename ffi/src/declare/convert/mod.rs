//! From arguments to the bytes that C gets: nothing is converted with loss.

mod composite;
mod memory;

use std::ptr::NonNull;

use super::Declarations;
use super::argument::Argument;
use super::literal;
use super::model::{DeclaredType, Form, TagKind};
use crate::value::Number;
use crate::{Error, Type, Value};
pub(super) use memory::Memory;

/// A value to be read when C has returned.
#[derive(Debug)]
pub(super) struct Out<'a> {
    pub(super) from: NonNull<u8>,
    pub(super) ty: Type,
    pub(super) into: &'a mut Value,
}

/// Converts the arguments of one call.
#[derive(Debug)]
pub(super) struct Converter<'d, 'a> {
    pub(super) declarations: &'d Declarations,
    pub(super) memory: Memory,
    pub(super) outs: Vec<Out<'a>>,
}

fn refused<T>(place: &str, value: impl Into<String>, why: impl Into<String>) -> Result<T, Error> {
    Err(Error::Conversion { place: place.to_owned(), value: value.into(), why: why.into() })
}

impl<'a> Converter<'_, 'a> {
    pub(super) fn new(declarations: &Declarations) -> Converter<'_, 'a> {
        Converter { declarations, memory: Memory::default(), outs: Vec::new() }
    }

    /// The type that an argument for `...` has by itself.
    pub(super) fn variadic_type(
        &self,
        place: &str,
        argument: &Argument<'_>,
    ) -> Result<DeclaredType, Error> {
        let pointer = || Ok(DeclaredType::pointer(DeclaredType::basic(Type::Void)));
        match argument {
            Argument::Cast(name, _) => self.declarations.type_named(name),
            Argument::Value(value) => Ok(DeclaredType::basic(value.ty())),
            Argument::Null
            | Argument::Text(_)
            | Argument::CStr(_)
            | Argument::Slice(_)
            | Argument::Function(_) => pointer(),
            Argument::Literal(text) => {
                refused(place, text.as_ref(), "stands for `...`: put its type in front")
            }
            _ => refused(place, "this", "stands for `...`: put its type in front"),
        }
    }

    /// The bytes of a value of a declared type.
    pub(super) fn bytes(
        &mut self,
        ty: &DeclaredType,
        argument: Argument<'a>,
        place: &str,
    ) -> Result<Vec<u8>, Error> {
        let declarations = self.declarations;
        let resolved = declarations.0.resolve(ty);
        if let Argument::Cast(name, argument) = argument {
            let named = declarations.type_named(&name)?;
            let value_type = declarations.value_type(&named)?;
            let bytes = self.bytes(&named, *argument, place)?;
            // SAFETY: they are the bytes of a value of this type.
            let value = unsafe { Value::from_bytes(&value_type, &bytes) };
            return self.bytes(ty, Argument::Value(value), place);
        }
        match &resolved.form {
            Form::Pointer(target) => self.pointer(target, argument, place),
            Form::Array(element, Some(length)) => self.array(element, *length, argument, place),
            Form::Tag(index) if declarations.0.tags[*index].kind != TagKind::Enum => {
                let value_type = declarations.value_type(ty)?;
                let members = match &declarations.0.tags[*index].definition {
                    Some(definition) => definition.members.as_slice(),
                    None => &[],
                };
                self.composite(&value_type, members, argument, place)
            }
            _ => self.number(&declarations.value_type(ty)?, argument, place),
        }
    }

    fn number(&mut self, ty: &Type, argument: Argument<'a>, place: &str) -> Result<Vec<u8>, Error> {
        match argument {
            Argument::Value(value) => {
                if ty.has_layout_of(&value.ty()) {
                    return Ok(value.to_bytes());
                }
                let Some(number) = Number::of(&value) else {
                    return refused(place, value.to_string(), format!("is no {ty}"));
                };
                match number.to(ty) {
                    Ok(value) => Ok(value.to_bytes()),
                    Err(why) => refused(place, number.to_string(), why),
                }
            }
            Argument::Literal(text) => match literal::number(&text, ty, self.declarations) {
                Ok(value) => Ok(value.to_bytes()),
                Err(why) => refused(place, text, why),
            },
            Argument::List(parts) => {
                let (element, count) = match ty.resolve() {
                    Type::Complex(part) => (Type::from(*part), 2),
                    Type::Vector(vector) => (vector.element().clone(), vector.lanes()),
                    _ => return refused(place, "a list", format!("is no {ty}")),
                };
                if parts.len() != count {
                    return refused(
                        place,
                        format!("a list of {}", parts.len()),
                        format!("is no {ty}, which has {count} parts"),
                    );
                }
                let mut bytes = Vec::with_capacity(ty.size());
                for (index, part) in parts.into_iter().enumerate() {
                    bytes.extend(self.number(&element, part, &format!("{place}[{index}]"))?);
                }
                Ok(bytes)
            }
            other => refused(place, describe(&other), format!("is no {ty}")),
        }
    }

    /// The bytes of a pointer to `target`.
    fn pointer(
        &mut self,
        target: &DeclaredType,
        argument: Argument<'a>,
        place: &str,
    ) -> Result<Vec<u8>, Error> {
        let declarations = self.declarations;
        let is_function = matches!(declarations.0.resolve(target).form, Form::Function(_));
        let constant = target.constant || declarations.0.resolve(target).constant;
        let value = declarations.0.value_type(target).ok();
        let is_void = value.as_ref().is_some_and(Type::is_void);
        let is_byte = value.as_ref().is_some_and(|ty| matches!(ty.resolve(), Type::I8 | Type::U8));
        let shown = declarations.show(&DeclaredType::pointer(target.clone()));
        let address = match argument {
            Argument::Null => 0,
            Argument::Value(Value::Pointer(address)) => address.expose_provenance(),
            Argument::Literal(text) if text == "0" => 0,
            Argument::Function(code) if is_function || is_void => {
                code.code.as_ptr().expose_provenance()
            }
            Argument::Text(text) if is_void || is_byte => {
                if text.contains('\0') {
                    return refused(
                        place,
                        format!("{text:?}"),
                        "has a NUL inside, where C's strings end",
                    );
                }
                let mut bytes = text.into_owned().into_bytes();
                bytes.push(0);
                self.memory.keep(&bytes, 1).as_ptr().expose_provenance()
            }
            Argument::CStr(text) if is_void || is_byte => {
                if !constant {
                    return refused(
                        place,
                        format!("{text:?}"),
                        format!(
                            "is borrowed, and C may write through {shown}: pass a `&str`, which is copied, or a pointer"
                        ),
                    );
                }
                text.as_ptr().expose_provenance()
            }
            Argument::Slice(slice) => {
                let element = slice.element();
                let bytes = is_byte && matches!(element, Type::I8 | Type::U8);
                let fits = value.as_ref().is_some_and(|ty| ty.has_layout_of(&element));
                if !(is_void || bytes || fits) {
                    return refused(
                        place,
                        format!("a slice of {element}"),
                        format!("is no {shown}"),
                    );
                }
                if !(constant || slice.writable) {
                    return refused(
                        place,
                        format!("a slice of {element}"),
                        format!(
                            "is borrowed, and C may write through {shown}: pass a `&mut` slice"
                        ),
                    );
                }
                slice.start.expose_provenance()
            }
            Argument::List(elements) => {
                let value = self.pointee(&value, target, "a list", place)?;
                let mut bytes = Vec::with_capacity(value.size() * elements.len());
                for (index, element) in elements.into_iter().enumerate() {
                    bytes.extend(self.bytes(target, element, &format!("{place}[{index}]"))?);
                }
                self.memory.keep(&bytes, value.alignment()).as_ptr().expose_provenance()
            }
            Argument::Reference(referenced) => {
                let value = self.pointee(&value, target, "a reference", place)?;
                let bytes = self.bytes(target, *referenced, &format!("*{place}"))?;
                self.memory.keep(&bytes, value.alignment()).as_ptr().expose_provenance()
            }
            Argument::Fields(members) => {
                let value = self.pointee(&value, target, "a struct", place)?;
                let bytes = self.bytes(target, Argument::Fields(members), &format!("*{place}"))?;
                self.memory.keep(&bytes, value.alignment()).as_ptr().expose_provenance()
            }
            Argument::Out(into) => {
                let ty = self.pointee(&value, target, "an out-parameter", place)?;
                self.out(vec![0; ty.size()], ty, into)
            }
            // An array of what the pointer points to goes as a whole.
            Argument::InOut(into) if is_array_of(into, &value) => {
                let (bytes, ty) = (into.to_bytes(), into.ty());
                self.out(bytes, ty, into)
            }
            Argument::InOut(into) => {
                let ty = self.pointee(&value, target, "an in-out-parameter", place)?;
                let bytes =
                    self.bytes(target, Argument::Value(into.clone()), &format!("*{place}"))?;
                self.out(bytes, ty, into)
            }
            Argument::Value(value) => {
                return refused(place, value.to_string(), format!("is no {shown}"));
            }
            other => return refused(place, describe(&other), format!("is no {shown}")),
        };
        Ok(address.to_ne_bytes().to_vec())
    }

    /// The type that a pointer points to, which must have values.
    fn pointee(
        &self,
        value: &Option<Type>,
        target: &DeclaredType,
        what: &str,
        place: &str,
    ) -> Result<Type, Error> {
        match value {
            Some(ty) if !ty.is_void() => Ok(ty.clone()),
            _ => refused(
                place,
                what,
                format!(
                    "needs a pointer to something with a size, not {} *",
                    self.declarations.show(target)
                ),
            ),
        }
    }

    fn out(&mut self, bytes: Vec<u8>, ty: Type, into: &'a mut Value) -> usize {
        let from = self.memory.keep(&bytes, ty.alignment());
        self.outs.push(Out { from, ty, into });
        from.as_ptr().expose_provenance()
    }
}

/// Whether a value is an array of values of a type, or, for what `void *` points to, of any.
fn is_array_of(value: &Value, element: &Option<Type>) -> bool {
    match (value.ty().resolve(), element) {
        (Type::Array(array), Some(element)) => {
            element.is_void() || array.element().has_layout_of(element)
        }
        _ => false,
    }
}

/// What a message calls an argument.
fn describe(argument: &Argument<'_>) -> String {
    match argument {
        Argument::Null => "null".into(),
        Argument::Value(value) => value.to_string(),
        Argument::Literal(text) => text.to_string(),
        Argument::Text(text) => format!("{text:?}"),
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
        let mut converter = Converter::new(self);
        let place = format!("a value of {}", self.show(ty));
        let bytes = converter.bytes(ty, value.into(), &place)?;
        if !converter.memory.is_empty() {
            return refused(
                &place,
                "a copy",
                "lives only while a function is called: pass a pointer",
            );
        }
        // SAFETY: the converter made the bytes of a value of this type.
        Ok(unsafe { Value::from_bytes(&value_type, &bytes) })
    }
}
