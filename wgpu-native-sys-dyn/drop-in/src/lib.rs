//! A shared library that takes the place of `libwgpu_native`: it exports every function of `webgpu.h` and `wgpu.h` under
//! its C name, and forwards each call, and each call of a callback, through the engine of [`ffi`].
//!
//! Any program in any language that loads the engine library at run time, or was linked with it, runs unchanged with this
//! one in its place, under whatever file name it looks for. The engine itself is found as by the crate
//! `wgpu_native_sys_dyn`: `WGPU_NATIVE_LIB` names it, or it lies in the set-up folder. `WEBGPU_TRACE` prints every call.
//!
//! The library is loaded at the first call. A program that cannot have it ends with a message.

use std::ffi::c_void;
use std::io::{self, Write};
use std::process;
use std::sync::OnceLock;
use wgpu_native_sys_dyn::*;

/// The engine, from the first call to the end of the process: nothing tells when a program is done with it.
static ENGINE: OnceLock<Api> = OnceLock::new();

/// The engine's functions.
#[inline]
fn engine() -> &'static Api {
    ENGINE.get().unwrap_or_else(|| ENGINE.get_or_init(load))
}

#[cold]
fn load() -> Api {
    // The search may come upon this library under the engine's name.
    let own = ffi::CodePtr::new(wgpuCreateInstance as *const c_void);
    let mut options = LoadOptions::new().calls(Calls::Engine);
    if let Some(own) = own {
        options = options.except(own);
    }
    // SAFETY: what the search finds, or the user names, is the engine; its version is checked.
    match unsafe { Api::load(&options) } {
        Ok(api) => api,
        Err(error) => end(&error),
    }
}

/// Ends a process that cannot go on: C has no way to be told.
#[cold]
fn end(error: &dyn std::fmt::Display) -> ! {
    // Where nobody takes the words the signal says it.
    let _ = writeln!(io::stderr(), "wgpu_drop_in: {error}");
    process::abort()
}

/// Exports the functions.
macro_rules! export {
    ($($file:ident.h fn $name:ident($($parameter:ident: $ty:ty),*) $(-> $returns:ty)? $(=> $adjust:ident)?;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "` of `", stringify!($file), ".h`.")]
            ///
            /// # Safety
            #[doc = "As the header says."]
            #[unsafe(no_mangle)]
            #[allow(non_snake_case, clippy::too_many_arguments, reason = "names and forms are the headers'")]
            pub unsafe extern "C" fn $name($($parameter: $ty),*) $(-> $returns)? {
                match engine().$name {
                    // SAFETY: the entry has this signature; the caller vouches for the arguments.
                    Some(entry) => unsafe { entry($($parameter),*) },
                    None => lacking(Function::$name),
                }
            }
        )*
    };
}

with_functions!(export);

/// Ends a process that calls a function which the engine library lacks.
#[cold]
fn lacking(function: Function) -> ! {
    match engine().require(function) {
        Ok(_) => end(&format_args!("{function} cannot be called")),
        Err(error) => end(&error),
    }
}
