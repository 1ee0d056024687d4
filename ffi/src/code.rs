//! Addresses of functions.

use std::ffi::c_void;
use std::ptr::NonNull;

/// The address of a C function: not null, nothing else is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct CodePtr(NonNull<c_void>);

// SAFETY: an address alone grants nothing; using it is `unsafe`.
unsafe impl Send for CodePtr {}
// SAFETY: as above.
unsafe impl Sync for CodePtr {}

impl CodePtr {
    /// The address, unless it is null. Function pointers are cast: `CodePtr::new(f as *const c_void)`.
    #[inline]
    pub fn new(address: *const c_void) -> Option<CodePtr> {
        NonNull::new(address.cast_mut()).map(CodePtr)
    }

    /// The address.
    #[inline]
    pub fn as_ptr(self) -> *const c_void {
        self.0.as_ptr()
    }

    /// The address `bytes` further on in the same code.
    pub(crate) fn byte_add(self, bytes: usize) -> CodePtr {
        // Code of a program does not wrap around the end of memory.
        CodePtr(self.0.map_addr(|address| address.saturating_add(bytes)))
    }
}
