//! The programs and shared libraries that are loaded.

use std::ffi::c_void;

/// The beginning of the program or shared library that holds an address; null where none is known to: in a program without
/// a dynamic loader, for all addresses.
#[cfg(unix)]
pub(crate) fn object_of(address: *const ()) -> *const c_void {
    use std::ffi::c_char;

    #[repr(C)]
    struct Info {
        file: *const c_char,
        base: *const c_void,
        symbol: *const c_char,
        address: *const c_void,
    }
    unsafe extern "C" {
        fn dladdr(address: *const c_void, info: *mut Info) -> i32;
    }
    let null = std::ptr::null();
    let mut info = Info { file: null, base: null.cast(), symbol: null, address: null.cast() };
    // SAFETY: any address may be asked for; where it is found, `info` is written.
    let found = unsafe { dladdr(address.cast(), &mut info) };
    if found == 0 { null.cast() } else { info.base }
}

/// The beginning of the program or shared library that holds an address; null where none is known to.
#[cfg(windows)]
pub(crate) fn object_of(address: *const ()) -> *const c_void {
    const UNCHANGED_REFCOUNT: u32 = 2;
    const FROM_ADDRESS: u32 = 4;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const (), module: *mut *const c_void) -> i32;
    }
    let mut module = std::ptr::null();
    // SAFETY: any address may be asked for; `module` is written, with null where there is none.
    unsafe { GetModuleHandleExW(FROM_ADDRESS | UNCHANGED_REFCOUNT, address, &mut module) };
    module
}

/// Nothing is loaded while a program runs.
#[cfg(not(any(unix, windows)))]
pub(crate) fn object_of(_: *const ()) -> *const c_void {
    std::ptr::null()
}
