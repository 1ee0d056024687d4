//! Arguments for `...`: each says by itself what it is, and is promoted as C does.

use std::ptr::NonNull;
use std::sync::Arc;

use super::super::argument::Argument;
use super::super::pointer::PointerTo;
use super::place::{Place, refused};
use super::{Converter, number};
use crate::value::number::Number;
use crate::{Abi, Error, Type, Value};

impl<'a> Converter<'_, '_, '_, 'a> {
    /// The address of an argument's value, and its type. `pointer` is `void *`, which an argument may become.
    pub(in super::super) fn variadic(
        &mut self,
        abi: Abi,
        pointer: &Arc<PointerTo>,
        argument: &mut Argument<'a>,
        place: Place<'_>,
    ) -> Result<(NonNull<u8>, Type), Error> {
        match argument {
            Argument::Value(value) => match number::promoted_word(value) {
                Some((word, ty)) => Ok((self.store.memory.word(word), ty)),
                None => self.promoted(abi, value, place),
            },
            Argument::Cast(name, argument) => {
                let named = self.declarations.type_named(name)?;
                let value = self.cast(&named, argument, place)?;
                self.promoted(abi, &value, place)
            }
            Argument::ConstPointer(address) => {
                Ok((self.store.memory.address(address.cast_mut()), Type::Pointer))
            }
            Argument::Null
            | Argument::Text(_)
            | Argument::CStr(_)
            | Argument::Slice(_)
            | Argument::Function(_) => {
                let address = self.address(pointer, argument, place)?;
                Ok((self.store.memory.address(address), Type::Pointer))
            }
            // A constant has a type in C.
            Argument::Literal(text) => match self.declarations.evaluate(text) {
                Ok(value) if Number::of(&value).is_some() || value.address().is_some() => {
                    self.promoted(abi, &value, place)
                }
                Ok(Value::Bytes(string)) if matches!(string.ty().resolve(), Type::Array(_)) => {
                    self.store.copied = true;
                    let copy = self.store.memory.copy(string.as_slice(), 1);
                    Ok((self.store.memory.address(copy.as_ptr().cast()), Type::Pointer))
                }
                _ => refused(place, text, "stands for `...`: put its type in front"),
            },
            _ => refused(place, "this", "stands for `...`: put its type in front"),
        }
    }

    fn promoted(
        &mut self,
        abi: Abi,
        value: &Value,
        place: Place<'_>,
    ) -> Result<(NonNull<u8>, Type), Error> {
        if let Some(address) = value.address() {
            return Ok((self.store.memory.address(address), Type::Pointer));
        }
        let own = value.ty();
        let ty = abi.promotion(own.resolve()).unwrap_or(own);
        let size = ty.size();
        let start = self.store.memory.zeros(size, ty.alignment());
        // SAFETY: the new memory has so many bytes, all zero, and nothing else refers to it.
        let into = unsafe { std::slice::from_raw_parts_mut(start.as_ptr(), size) };
        self.number(&ty, &mut Argument::Value(value.clone()), place, into)?;
        Ok((start, ty))
    }
}
