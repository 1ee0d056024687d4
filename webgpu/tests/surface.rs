//! Surfaces on windows of X11. They need a display, so they are run on demand:
//! `xvfb-run -a cargo test -p webgpu --test surface -- --ignored`.

#![cfg(target_os = "linux")]

mod common;

use common::{adapter, panic_message};
use std::{
    ffi::{c_char, c_int, c_uint, c_ulong, c_void},
    ptr::{NonNull, null},
};
use webgpu as wgpu;
use wgpu::rwh;

/// A connection to the X server, with the few functions that are needed.
struct Display {
    library: libloading::Library,
    raw: NonNull<c_void>,
}

// SAFETY: `XInitThreads` is called before the connection is made.
unsafe impl Send for Display {}

// SAFETY: As above.
unsafe impl Sync for Display {}

impl Display {
    fn open() -> Self {
        // SAFETY: It is the system's library of X11.
        let library = unsafe { libloading::Library::new("libX11.so.6") }.expect("libX11.so.6");
        // SAFETY: The function has this signature.
        let threads =
            unsafe { library.get::<unsafe extern "C" fn() -> c_int>(b"XInitThreads") }.unwrap();
        // SAFETY: It takes nothing.
        unsafe { threads() };
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

    fn window(&self, width: u32, height: u32) -> Window<'_> {
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
        let window = Window { display: self, id };
        window.call(b"XMapWindow");
        self.call::<c_int>(b"XFlush");
        window
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.call::<c_int>(b"XCloseDisplay");
    }
}

struct Window<'a> {
    display: &'a Display,
    id: c_ulong,
}

impl Window<'_> {
    fn call(&self, name: &[u8]) {
        type Call = unsafe extern "C" fn(*mut c_void, c_ulong) -> c_int;
        // SAFETY: The callers ask for functions with this signature.
        let function = unsafe { self.display.library.get::<Call>(name) }.unwrap();
        // SAFETY: Connection and window are alive.
        unsafe { function(self.display.raw.as_ptr(), self.id) };
    }

    fn resize(&self, width: u32, height: u32) {
        type Resize = unsafe extern "C" fn(*mut c_void, c_ulong, c_uint, c_uint) -> c_int;
        // SAFETY: The function has this signature.
        let resize = unsafe { self.display.library.get::<Resize>(b"XResizeWindow") }.unwrap();
        // SAFETY: Connection and window are alive.
        unsafe { resize(self.display.raw.as_ptr(), self.id, width, height) };
        self.display.call::<c_int>(b"XFlush");
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        self.call(b"XDestroyWindow");
    }
}

impl rwh::HasDisplayHandle for Window<'_> {
    fn display_handle(&self) -> Result<rwh::DisplayHandle<'_>, rwh::HandleError> {
        let raw = rwh::XlibDisplayHandle::new(Some(self.display.raw), 0);
        // SAFETY: The connection lives as long as the window does.
        Ok(unsafe { rwh::DisplayHandle::borrow_raw(raw.into()) })
    }
}

impl rwh::HasWindowHandle for Window<'_> {
    fn window_handle(&self) -> Result<rwh::WindowHandle<'_>, rwh::HandleError> {
        let raw = rwh::XlibWindowHandle::new(self.id);
        // SAFETY: The window is alive.
        Ok(unsafe { rwh::WindowHandle::borrow_raw(raw.into()) })
    }
}

struct Shown<'a> {
    gpu: common::Gpu,
    adapter: wgpu::Adapter,
    surface: wgpu::Surface<'a>,
    config: wgpu::SurfaceConfiguration,
}

fn show<'a>(window: &'a Window<'a>, width: u32, height: u32) -> Shown<'a> {
    let instance = common::instance();
    let surface = instance.create_surface(window).unwrap();
    let adapter = adapter(&instance);
    assert!(adapter.is_surface_supported(&surface));
    let (device, queue) = pollster::block_on(adapter.request_device(&Default::default())).unwrap();
    let config = surface.get_default_config(&adapter, width, height).unwrap();
    let gpu = common::Gpu { device, queue, leaks: common::leaks::Check::new(&instance) };
    gpu.no_error(|| surface.configure(&gpu.device, &config));
    Shown { gpu, adapter, surface, config }
}

impl Shown<'_> {
    fn frame(&self) -> wgpu::SurfaceTexture {
        match self.surface.get_current_texture() {
            wgpu::CurrentSurfaceTexture::Success(frame)
            | wgpu::CurrentSurfaceTexture::Suboptimal(frame) => frame,
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    fn draw(&self, frame: &wgpu::SurfaceTexture) -> wgpu::CommandBuffer {
        let view = frame.texture.create_view(&Default::default());
        let mut encoder = self.gpu.encoder();
        drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: Default::default(),
            })],
            ..Default::default()
        }));
        encoder.finish()
    }

    fn show_frame(&self) {
        let frame = self.frame();
        self.gpu.queue.submit([self.draw(&frame)]);
        frame.present();
    }
}

#[test]
#[ignore = "needs an X server"]
fn frames_before_and_after_a_resize() {
    let display = Display::open();
    let window = display.window(320, 240);
    let mut shown = show(&window, 320, 240);
    assert_eq!(shown.surface.get_configuration(), Some(shown.config.clone()));
    let capabilities = shown.surface.get_capabilities(&shown.adapter);
    assert!(capabilities.formats.contains(&shown.config.format));
    assert!(capabilities.present_modes.contains(&wgpu::PresentMode::Fifo));
    shown.gpu.no_error(|| {
        for _ in 0..5 {
            shown.show_frame();
        }
    });
    window.resize(200, 100);
    (shown.config.width, shown.config.height) = (200, 100);
    shown.gpu.no_error(|| {
        shown.surface.configure(&shown.gpu.device, &shown.config);
        let frame = shown.frame();
        assert_eq!((frame.texture.width(), frame.texture.height()), (200, 100));
        drop(frame);
        for _ in 0..5 {
            shown.show_frame();
        }
    });
}

#[test]
#[ignore = "needs an X server"]
fn every_present_mode() {
    let display = Display::open();
    let window = display.window(64, 64);
    let mut shown = show(&window, 64, 64);
    for present_mode in
        [wgpu::PresentMode::AutoVsync, wgpu::PresentMode::AutoNoVsync, wgpu::PresentMode::Fifo]
    {
        shown.config.present_mode = present_mode;
        shown.gpu.no_error(|| {
            shown.surface.configure(&shown.gpu.device, &shown.config);
            shown.show_frame();
        });
    }
}

#[test]
#[ignore = "needs an X server"]
fn mistakes_are_errors() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let configure = |config: wgpu::SurfaceConfiguration| {
        shown.gpu.validation_error(|| shown.surface.configure(&shown.gpu.device, &config))
    };
    let config = || shown.config.clone();
    let message = configure(wgpu::SurfaceConfiguration { width: 0, ..config() });
    assert!(message.contains("In Surface::configure") && message.contains("non-zero"), "{message}");
    configure(wgpu::SurfaceConfiguration { height: 1 << 20, ..config() });
    configure(wgpu::SurfaceConfiguration { format: wgpu::TextureFormat::R8Uint, ..config() });
    configure(wgpu::SurfaceConfiguration { usage: wgpu::TextureUsages::empty(), ..config() });
    shown.show_frame();

    let frame = shown.frame();
    let message = shown.gpu.validation_error(|| {
        let second = shown.surface.get_current_texture();
        assert!(matches!(second, wgpu::CurrentSurfaceTexture::Validation), "{second:?}");
    });
    assert!(message.contains("already acquired"), "{message}");
    let message = configure(config());
    assert!(message.contains("must be dropped"), "{message}");
    frame.texture.destroy();
    drop(frame);
    shown.show_frame();

    let frame = shown.frame();
    let late = shown.draw(&frame);
    frame.present();
    let message = shown.gpu.validation_error(|| shown.gpu.queue.submit([late]));
    assert!(message.contains("has been destroyed"), "{message}");
    shown.show_frame();
}

#[test]
#[ignore = "needs an X server"]
fn textures_of_old_frames_may_be_kept() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let errors = shown.gpu.collect_errors();
    let mut kept = Vec::new();
    for round in 0..6 {
        let frame = shown.frame();
        shown.gpu.queue.submit([shown.draw(&frame)]);
        kept.push(frame.texture.clone());
        kept.push(frame.texture.create_view(&Default::default()).texture().clone());
        frame.present();
        if round == 3 {
            shown.surface.configure(&shown.gpu.device, &shown.config);
            kept.drain(..3);
        }
        // The driver has no way to take back a frame, so only a few can be discarded before the next configuration.
        if round == 1 || round == 4 {
            let discarded = shown.frame();
            drop(kept.pop());
            drop(discarded);
        }
    }
    shown.show_frame();
    drop(kept);
    shown.show_frame();
    assert!(errors.lock().unwrap().is_empty());
}

#[test]
#[ignore = "needs an X server"]
fn frames_outlive_the_surface() {
    let display = Display::open();
    let window = display.window(64, 64);
    let Shown { gpu, surface, .. } = show(&window, 64, 64);
    let frame = match surface.get_current_texture() {
        wgpu::CurrentSurfaceTexture::Success(frame) => frame,
        other => panic!("{other:?}"),
    };
    let texture = frame.texture.clone();
    drop(surface);
    frame.present();
    drop(texture);
    gpu.wait();
}

#[test]
#[ignore = "needs an X server"]
fn a_lost_device() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let frame = shown.frame();
    shown.gpu.device.destroy();
    drop(frame);
    shown.gpu.wait();
    let nothing = shown.surface.get_current_texture();
    assert!(matches!(nothing, wgpu::CurrentSurfaceTexture::Validation), "{nothing:?}");
    shown.surface.configure(&shown.gpu.device, &shown.config);

    // The engine cannot end the frame any more, so the surface is of no use to another device.
    let (device, queue) =
        pollster::block_on(shown.adapter.request_device(&Default::default())).unwrap();
    let leaks = shown.gpu.leaks.clone();
    let shown = Shown { gpu: common::Gpu { device, queue, leaks }, ..shown };
    let message =
        shown.gpu.validation_error(|| shown.surface.configure(&shown.gpu.device, &shown.config));
    assert!(message.contains("create the surface again"), "{message}");
    drop(shown);
    show(&window, 64, 64).show_frame();
}

#[test]
#[ignore = "needs an X server"]
fn another_device() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    shown.show_frame();
    shown.gpu.device.destroy();
    shown.gpu.wait();
    let (device, queue) =
        pollster::block_on(shown.adapter.request_device(&Default::default())).unwrap();
    let leaks = shown.gpu.leaks.clone();
    let shown = Shown { gpu: common::Gpu { device, queue, leaks }, ..shown };
    shown.gpu.no_error(|| {
        shown.surface.configure(&shown.gpu.device, &shown.config);
        shown.show_frame();
    });
}

#[test]
#[ignore = "needs an X server"]
fn without_a_configuration() {
    let display = Display::open();
    let window = display.window(64, 64);
    let instance = common::instance();
    let surface = instance.create_surface(&window).unwrap();
    let message = panic_message(|| surface.get_current_texture());
    assert!(message.contains("not configured"), "{message}");
    let options =
        wgpu::RequestAdapterOptions { compatible_surface: Some(&surface), ..Default::default() };
    let adapter = pollster::block_on(instance.request_adapter(&options)).unwrap();
    assert!(adapter.is_surface_supported(&surface));
    let other = common::instance();
    let message = panic_message(|| drop(other.request_adapter(&options)));
    assert!(message.contains("different instances"), "{message}");
}
