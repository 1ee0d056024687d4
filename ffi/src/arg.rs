//! Arguments of calls.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// A pointer to the value of one argument: never null, borrowed for the length of a call.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Arg<'a> {
    value: NonNull<c_void>,
    borrow: PhantomData<&'a ()>,
}

impl<'a> Arg<'a> {
    /// An argument held in a Rust variable of the parameter's representation.
    #[inline]
    pub fn new<T: ?Sized>(value: &'a T) -> Arg<'a> {
        Arg { value: NonNull::from(value).cast(), borrow: PhantomData }
    }

    /// The argument at an address, or `None` where the address is null.
    ///
    /// # Safety
    /// A value of the parameter's type can be read there for as long as `'a` lasts; it need not be aligned.
    #[inline]
    pub unsafe fn from_ptr(value: *const c_void) -> Option<Arg<'a>> {
        NonNull::new(value.cast_mut()).map(|value| Arg { value, borrow: PhantomData })
    }

    /// The address of the value.
    #[inline]
    pub fn as_ptr(self) -> *const c_void {
        self.value.as_ptr()
    }
}
