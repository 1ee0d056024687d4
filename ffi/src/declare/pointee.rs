//! From pointers of declared types to what they point to.

use std::ptr::NonNull;

use super::View;
use super::model::Form;
use super::pointer::PointerTo;
use crate::value::TypedPointer;
use crate::{Error, Value};

impl TypedPointer {
    /// What it points to, to be read and written where it lies.
    ///
    /// # Errors
    /// [`Error::Conversion`] for null, and where it is not known what a value of that type is.
    ///
    /// # Safety
    /// For `'memory`, a value of the type lies there that is initialised but for the padding of structs. Unless the type is
    /// constant, it may be written. Neither another thread nor a reference of Rust's writes it, or reads it while this view
    /// writes.
    pub unsafe fn view<'memory>(&self) -> Result<View<'memory>, Error> {
        let (pointer, start) = self.target()?;
        let size = pointer.declarations().size(&pointer.target)?;
        let (declarations, ty) = (pointer.declarations(), pointer.target.clone());
        // SAFETY: the caller answers for a value of the type, which has so many bytes.
        Ok(unsafe { View::new(declarations, ty, start, size, pointer.constant, None) })
    }

    /// The array of so many values that it points to.
    ///
    /// # Errors
    /// As [`TypedPointer::view`]; [`Error::TooLarge`] for more than fit into memory.
    ///
    /// # Safety
    /// As [`TypedPointer::view`], for so many values one after the other.
    pub unsafe fn array_view<'memory>(&self, length: usize) -> Result<View<'memory>, Error> {
        let (pointer, start) = self.target()?;
        let declarations = pointer.declarations();
        let ty = Form::Array(pointer.target.clone().into(), Some(length)).into();
        let size = declarations.value_type(&ty)?.size();
        // SAFETY: the caller answers for so many values of the type, which have these bytes together.
        Ok(unsafe { View::new(declarations, ty, start, size, pointer.constant, None) })
    }

    fn target(&self) -> Result<(&PointerTo, NonNull<u8>), Error> {
        let refused = |why: &str| Error::Conversion {
            place: "the pointer".into(),
            value: self.to_string(),
            why: why.to_owned(),
        };
        let pointer = PointerTo::of(self).ok_or_else(|| refused("is not declared"))?;
        let start = NonNull::new(self.address().cast());
        Ok((pointer, start.ok_or_else(|| refused("points to nothing"))?))
    }
}

impl Value {
    /// What a pointer of a declared type points to, as [`TypedPointer::view`].
    ///
    /// # Errors
    /// [`Error::Conversion`] for null, and for what is no pointer to something declared: [`Declarations::value`](crate::Declarations::value) makes one
    /// of a plain address.
    ///
    /// # Safety
    /// As [`TypedPointer::view`].
    pub unsafe fn view<'memory>(&self) -> Result<View<'memory>, Error> {
        // SAFETY: the caller answers for what the pointer leads to.
        unsafe { self.typed_pointer()?.view() }
    }

    /// The array of so many values that a pointer of a declared type points to, as [`TypedPointer::array_view`].
    ///
    /// # Errors
    /// As [`Value::view`].
    ///
    /// # Safety
    /// As [`TypedPointer::array_view`].
    pub unsafe fn array_view<'memory>(&self, length: usize) -> Result<View<'memory>, Error> {
        // SAFETY: the caller answers for what the pointer leads to.
        unsafe { self.typed_pointer()?.array_view(length) }
    }

    fn typed_pointer(&self) -> Result<&TypedPointer, Error> {
        match self {
            Value::TypedPointer(pointer) => Ok(pointer),
            other => Err(Error::Conversion {
                place: "the value".into(),
                value: other.to_string(),
                why: "is no pointer to something declared".into(),
            }),
        }
    }
}
