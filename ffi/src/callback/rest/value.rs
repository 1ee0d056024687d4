//! Such arguments as values whose type is known at run time.

use super::Rest;
use crate::{Error, Type, Value};

impl Rest<'_> {
    /// The next argument, of a type known at run time.
    ///
    /// # Errors
    /// As [`Rest::next`].
    ///
    /// # Safety
    /// As [`Rest::next`].
    pub unsafe fn next_value(&mut self, ty: &Type) -> Result<Value, Error> {
        let mut bytes = Vec::new();
        let mut place = |size| {
            bytes.resize(size, 0_u8);
            bytes.as_mut_ptr()
        };
        // SAFETY: the caller's contract; the place has the type's size.
        unsafe { self.read(ty.clone(), &mut place) }?;
        // SAFETY: the bytes of an argument of this type.
        Ok(unsafe { Value::from_bytes(ty, &bytes) })
    }
}
