//! The error numbers that C functions leave behind: `errno`, and on Windows `GetLastError`.

use std::ffi::c_void;

use crate::arg::Arg;
use crate::call::CallInterface;
use crate::{CodePtr, Error};

/// The calling thread's error numbers: put in place right before a call, taken right after it.
///
/// Between a call and a look at [`std::io::Error::last_os_error`] Rust code may run that sets `errno` itself; a call
/// through [`CallInterface::call_with_errno`] leaves no such gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorNumbers {
    /// C's `errno`.
    pub errno: i32,
    /// `GetLastError`; on Windows alone.
    #[cfg(windows)]
    pub last_error: u32,
}

impl ErrorNumbers {
    /// The calling thread's numbers as they are.
    #[inline]
    pub fn get() -> ErrorNumbers {
        ErrorNumbers {
            // SAFETY: the thread's errno can be read at any time.
            errno: unsafe { errno_location().read() },
            #[cfg(windows)]
            // SAFETY: it has no conditions.
            last_error: unsafe { GetLastError() },
        }
    }

    /// Makes them the calling thread's.
    #[inline]
    pub fn set(self) {
        // SAFETY: the thread's errno can be written at any time.
        unsafe { errno_location().write(self.errno) };
        #[cfg(windows)]
        // SAFETY: it has no conditions.
        unsafe {
            SetLastError(self.last_error)
        };
    }
}

#[inline]
fn errno_location() -> *mut i32 {
    unsafe extern "C" {
        #[cfg_attr(
            any(target_os = "linux", target_os = "emscripten"),
            link_name = "__errno_location"
        )]
        #[cfg_attr(any(target_vendor = "apple", target_os = "freebsd"), link_name = "__error")]
        #[cfg_attr(
            any(target_os = "android", target_os = "netbsd", target_os = "openbsd"),
            link_name = "__errno"
        )]
        #[cfg_attr(windows, link_name = "_errno")]
        safe fn location() -> *mut i32;
    }
    location()
}

#[cfg(windows)]
#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetLastError() -> u32;
    fn SetLastError(code: u32);
}

impl CallInterface {
    /// As [`CallInterface::call_into`], with `numbers` in place right before the call, and replaced by those that the
    /// callee left right after it.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use ffi::call::ErrorNumbers;
    /// use ffi::{Arg, CallInterface, Library, Signature, Type};
    /// // SAFETY: this program is running it already.
    /// let libc = unsafe { Library::open("libc.so.6") }?;
    /// let close = CallInterface::new(&Signature::new([Type::I32], Type::I32)?)?;
    /// let (mut status, mut numbers) = (0, ErrorNumbers::default());
    /// let (code, result) = (libc.address("close")?, (&raw mut status).cast());
    /// // SAFETY: this is close's signature, and there is no file -1.
    /// unsafe { close.call_with_errno(code, &[Arg::new(&-1)], result, &mut numbers)? };
    /// assert_eq!((status, numbers.errno), (-1, 9)); // EBADF
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`CallInterface::call_into`].
    ///
    /// # Safety
    /// As [`CallInterface::call_into`].
    #[inline]
    pub unsafe fn call_with_errno(
        &self,
        code: CodePtr,
        arguments: &[Arg<'_>],
        result: *mut c_void,
        numbers: &mut ErrorNumbers,
    ) -> Result<(), Error> {
        numbers.set();
        // SAFETY: the caller's contract.
        let called = unsafe { self.call_into(code, arguments, result) };
        *numbers = ErrorNumbers::get();
        called
    }
}
