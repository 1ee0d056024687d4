//! Windows of X11, by the few functions that are needed.

use std::{
    ffi::{c_char, c_int, c_uint, c_ulong, c_void},
    num::NonZeroU32,
    ptr::{NonNull, null},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};
use webgpu::rwh;

/// A connection to the X server, with the few functions that are needed.
pub(crate) struct Display {
    library: libloading::Library,
    raw: NonNull<c_void>,
}

// SAFETY: `XInitThreads` is called before the connection is made.
unsafe impl Send for Display {}

// SAFETY: As above.
unsafe impl Sync for Display {}

impl Display {
    pub(crate) fn open() -> Self {
        // SAFETY: It is the system's library of X11.
        let library = unsafe { libloading::Library::new("libX11.so.6") }.expect("libX11.so.6");
        // SAFETY: The function has this signature.
        let threads =
            unsafe { library.get::<unsafe extern "C" fn() -> c_int>(b"XInitThreads") }.unwrap();
        // SAFETY: It takes nothing.
        unsafe { threads() };
        // The handler that Xlib begins with ends the process over a window that is gone.
        type Handler = unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int;
        type SetHandler = unsafe extern "C" fn(Handler) -> *mut c_void;
        unsafe extern "C" fn ignore(_display: *mut c_void, _event: *mut c_void) -> c_int {
            0
        }
        // SAFETY: The function has this signature.
        let set_handler = unsafe { library.get::<SetHandler>(b"XSetErrorHandler") }.unwrap();
        // SAFETY: The handler lives as long as the program.
        unsafe { set_handler(ignore) };
        // SAFETY: The function has this signature.
        let open = unsafe {
            library.get::<unsafe extern "C" fn(*const c_char) -> *mut c_void>(b"XOpenDisplay")
        };
        // SAFETY: Null stands for the display of the environment.
        let raw = unsafe { open.unwrap()(null()) };
        let raw = NonNull::new(raw).expect("an X server: run this with `xvfb-run -a`");
        Self { library, raw }
    }

    /// Calls a function that takes the connection.
    fn call<R>(&self, name: &[u8]) -> R {
        // SAFETY: The callers ask for functions with this signature.
        let function = unsafe { self.library.get::<unsafe extern "C" fn(*mut c_void) -> R>(name) };
        // SAFETY: The connection is open.
        unsafe { function.unwrap()(self.raw.as_ptr()) }
    }

    /// A window that gives out handles of Xlib.
    pub(crate) fn window(&self, width: u32, height: u32) -> Window<'_> {
        self.open_window(width, height, None)
    }

    /// A window that gives out handles of XCB, for the connection beneath the one of Xlib.
    pub(crate) fn xcb_window(&self, width: u32, height: u32) -> Window<'_> {
        // SAFETY: It is the system's library that joins the two.
        let library = unsafe { libloading::Library::new("libX11-xcb.so.1") };
        let library = library.expect("libX11-xcb.so.1");
        type Connection = unsafe extern "C" fn(*mut c_void) -> *mut c_void;
        // SAFETY: The function has this signature.
        let connection = unsafe { library.get::<Connection>(b"XGetXCBConnection") }.unwrap();
        // SAFETY: The connection is open.
        let connection = NonNull::new(unsafe { connection(self.raw.as_ptr()) });
        assert!(connection.is_some(), "Xlib is a layer over XCB");
        self.open_window(width, height, connection)
    }

    fn open_window(
        &self,
        width: u32,
        height: u32,
        connection: Option<NonNull<c_void>>,
    ) -> Window<'_> {
        type Create = unsafe extern "C" fn(
            *mut c_void,
            c_ulong,
            c_int,
            c_int,
            c_uint,
            c_uint,
            c_uint,
            c_ulong,
            c_ulong,
        ) -> c_ulong;
        let root = self.call::<c_ulong>(b"XDefaultRootWindow");
        // SAFETY: The function has this signature.
        let create = unsafe { self.library.get::<Create>(b"XCreateSimpleWindow") }.unwrap();
        // SAFETY: The connection is open, and the root window is its own.
        let id = unsafe { create(self.raw.as_ptr(), root, 0, 0, width, height, 0, 0, 0) };
        self.call_on(b"XMapWindow", id);
        self.call::<c_int>(b"XFlush");
        Window { display: self, id, connection, destroyed: AtomicBool::new(false) }
    }

    /// Waits until the server has done all that it was asked for.
    fn sync(&self) {
        type Sync = unsafe extern "C" fn(*mut c_void, c_int) -> c_int;
        // SAFETY: The function has this signature.
        let sync = unsafe { self.library.get::<Sync>(b"XSync") }.unwrap();
        // SAFETY: The connection is open.
        unsafe { sync(self.raw.as_ptr(), 0) };
    }

    /// Calls a function that takes the connection and a window.
    fn call_on(&self, name: &[u8], window: c_ulong) {
        type Call = unsafe extern "C" fn(*mut c_void, c_ulong) -> c_int;
        // SAFETY: The callers ask for functions with this signature.
        let function = unsafe { self.library.get::<Call>(name) }.unwrap();
        // SAFETY: Connection and window are alive.
        unsafe { function(self.raw.as_ptr(), window) };
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.call::<c_int>(b"XCloseDisplay");
    }
}

/// A window, destroyed when this value goes, if not before.
pub(crate) struct Window<'a> {
    display: &'a Display,
    id: c_ulong,
    /// The connection of XCB, where the handles are to be of that kind.
    connection: Option<NonNull<c_void>>,
    destroyed: AtomicBool,
}

// SAFETY: Both libraries of X11 can be used from every thread, as above.
unsafe impl Send for Window<'_> {}

// SAFETY: As above.
unsafe impl Sync for Window<'_> {}

impl Window<'_> {
    pub(crate) fn resize(&self, width: u32, height: u32) {
        type Resize = unsafe extern "C" fn(*mut c_void, c_ulong, c_uint, c_uint) -> c_int;
        // SAFETY: The function has this signature.
        let resize = unsafe { self.display.library.get::<Resize>(b"XResizeWindow") }.unwrap();
        // SAFETY: Connection and window are alive.
        unsafe { resize(self.display.raw.as_ptr(), self.id, width, height) };
        self.display.call::<c_int>(b"XFlush");
    }

    /// The window goes, and whoever still has its handles sees what comes of it.
    pub(crate) fn destroy(&self) {
        self.display.call_on(b"XDestroyWindow", self.id);
        self.display.sync();
        self.destroyed.store(true, Relaxed);
    }

    /// Takes it off the screen, and puts it there again: what minimising is without a window manager.
    pub(crate) fn set_visible(&self, visible: bool) {
        let name: &[u8] = if visible { b"XMapWindow" } else { b"XUnmapWindow" };
        self.display.call_on(name, self.id);
        self.display.sync();
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        if !*self.destroyed.get_mut() {
            self.display.call_on(b"XDestroyWindow", self.id);
        }
    }
}

impl rwh::HasDisplayHandle for Window<'_> {
    fn display_handle(&self) -> Result<rwh::DisplayHandle<'_>, rwh::HandleError> {
        let raw = match self.connection {
            Some(connection) => rwh::XcbDisplayHandle::new(Some(connection), 0).into(),
            None => rwh::XlibDisplayHandle::new(Some(self.display.raw), 0).into(),
        };
        // SAFETY: The connection lives as long as the window does.
        Ok(unsafe { rwh::DisplayHandle::borrow_raw(raw) })
    }
}

impl rwh::HasWindowHandle for Window<'_> {
    fn window_handle(&self) -> Result<rwh::WindowHandle<'_>, rwh::HandleError> {
        let raw = match self.connection {
            Some(_) => {
                let id = u32::try_from(self.id).ok().and_then(NonZeroU32::new);
                rwh::XcbWindowHandle::new(id.expect("ids of X11 have 29 bits")).into()
            }
            None => rwh::XlibWindowHandle::new(self.id).into(),
        };
        // SAFETY: The window is alive, or its loss is what is tested.
        Ok(unsafe { rwh::WindowHandle::borrow_raw(raw) })
    }
}
