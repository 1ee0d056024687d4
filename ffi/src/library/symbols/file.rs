//! The file that an open library was loaded from.

#[cfg(any(target_os = "linux", target_os = "freebsd"))]
mod system {
    use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;
    use std::ptr::null;

    use libloading::os::unix::{Library as Handle, RTLD_LAZY};

    use crate::Library;

    /// What the loader keeps of a library; more fields follow.
    #[repr(C)]
    struct LinkMap {
        base: usize,
        name: *const c_char,
    }

    unsafe extern "C" {
        fn dlinfo(handle: *mut c_void, request: c_int, information: *mut c_void) -> c_int;
    }

    const RTLD_NOLOAD: c_int = if cfg!(target_os = "freebsd") { 0x2000 } else { 4 };
    const RTLD_DI_LINKMAP: c_int = 2;

    pub(in super::super) fn of(library: &Library) -> Result<PathBuf, String> {
        // SAFETY: the library is open already: nothing is initialised.
        let handle = unsafe { Handle::open(Some(library.path()), RTLD_LAZY | RTLD_NOLOAD) };
        let handle = handle.map_err(|error| crate::error::words(&error))?.into_raw();
        let mut map: *const LinkMap = null();
        // SAFETY: the handle is open, and this request stores one pointer.
        let status = unsafe { dlinfo(handle, RTLD_DI_LINKMAP, (&raw mut map).cast()) };
        let path = if status == 0 && !map.is_null() {
            // SAFETY: the loader keeps the entry, and its name, while the library is open.
            let name = unsafe { CStr::from_ptr((*map).name) };
            Ok(OsStr::from_bytes(name.to_bytes()).into())
        } else {
            Err("the loader does not say where it is".to_owned())
        };
        // SAFETY: it is the handle from above.
        drop(unsafe { Handle::from_raw(handle) });
        path
    }
}

#[cfg(target_os = "macos")]
mod system {
    use std::ffi::{CStr, OsStr, c_char, c_int};
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;

    use libloading::os::unix::{Library as Handle, RTLD_LAZY};

    use crate::Library;

    unsafe extern "C" {
        fn _dyld_image_count() -> u32;
        fn _dyld_get_image_name(index: u32) -> *const c_char;
    }

    const RTLD_NOLOAD: c_int = 0x10;

    /// The loader's handle of what is open under a name.
    fn handle(name: &OsStr) -> Option<*mut std::ffi::c_void> {
        // SAFETY: what is open already is not initialised again, and nothing else is opened.
        let opened = unsafe { Handle::open(Some(name), RTLD_LAZY | RTLD_NOLOAD) }.ok()?;
        let handle = opened.into_raw();
        // SAFETY: it is the handle from above.
        drop(unsafe { Handle::from_raw(handle) });
        Some(handle)
    }

    pub(in super::super) fn of(library: &Library) -> Result<PathBuf, String> {
        let unknown = || "the loader does not say where it is".to_owned();
        let own = handle(OsStr::new(library.path())).ok_or_else(unknown)?;
        // SAFETY: no arguments.
        let count = unsafe { _dyld_image_count() };
        // SAFETY: a number past the last image gives null.
        let names = (0..count).map(|index| unsafe { _dyld_get_image_name(index) });
        let names = names.filter(|name| !name.is_null()).map(|name| {
            // SAFETY: the loader keeps the name while the image is loaded.
            OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()).to_owned()
        });
        let mut names = names.filter(|name| handle(name) == Some(own));
        names.next().map(PathBuf::from).ok_or_else(unknown)
    }
}

#[cfg(windows)]
mod system {
    use std::ffi::{OsString, c_void};
    use std::os::windows::ffi::OsStringExt;
    use std::path::PathBuf;

    use libloading::os::windows::Library as Handle;

    use crate::Library;

    unsafe extern "system" {
        fn GetModuleFileNameW(module: *mut c_void, to: *mut u16, size: u32) -> u32;
    }

    /// The longest path that Windows has.
    const LONGEST_PATH: u32 = 1 << 15;

    pub(in super::super) fn of(library: &Library) -> Result<PathBuf, String> {
        let handle = Handle::open_already_loaded(library.path());
        let handle = handle.map_err(|error| crate::error::words(&error))?.into_raw();
        let mut name = vec![0; LONGEST_PATH as usize];
        // SAFETY: the module is loaded, and there is room for so many characters.
        let length =
            unsafe { GetModuleFileNameW(handle as *mut c_void, name.as_mut_ptr(), LONGEST_PATH) };
        // SAFETY: it is the handle from above.
        drop(unsafe { Handle::from_raw(handle) });
        match length {
            0 => Err("the system does not say where it is".to_owned()),
            length => Ok(OsString::from_wide(&name[..length as usize]).into()),
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "macos", windows)))]
mod system {
    pub(in super::super) fn of(_: &crate::Library) -> Result<std::path::PathBuf, String> {
        Err("no way to ask this system where it is".to_owned())
    }
}

pub(super) use system::of;
