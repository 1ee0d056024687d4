//! SDL2 without a window: a picture in memory, a struct passed by value, a timer that calls from a thread of SDL's.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::Write;
use std::process::ExitCode;
use std::ptr::null_mut;
use std::slice::from_raw_parts;
use std::sync::mpsc::channel;
use std::thread;

use anyhow::{Result, ensure};
use ffi::callback::Locked;
use ffi::{Callback, FunctionPointer};

ffi::c_struct! {
    /// The beginning of `SDL_Surface`: SDL makes it, and this program reads it.
    struct Surface {
        flags: u32, format: *mut c_void,
        width: c_int, height: c_int, pitch: c_int,
        pixels: *const u8,
    }

    /// `SDL_Rect`.
    struct Rectangle { x: c_int, y: c_int, width: c_int, height: c_int }

    /// `SDL_JoystickGUID`: sixteen bytes, which travel in registers.
    struct Guid { bytes: [u8; 16] }
}

type Tick = Option<unsafe extern "C" fn(u32, *mut c_void) -> u32>;

ffi::library! {
    /// The part of SDL2 that this program uses.
    struct Sdl;
    fn SDL_Init(flags: u32) -> c_int;
    fn SDL_Quit();
    fn SDL_GetError() -> *const c_char;
    fn SDL_CreateRGBSurfaceWithFormat(flags: u32, width: c_int, height: c_int, depth: c_int, format: u32) -> *mut Surface;
    fn SDL_FreeSurface(surface: *mut Surface);
    fn SDL_FillRect(surface: *mut Surface, rectangle: *const Rectangle, colour: u32) -> c_int;
    fn SDL_JoystickGetGUIDFromString(text: *const c_char) -> Guid;
    fn SDL_JoystickGetGUIDString(guid: Guid, text: *mut c_char, size: c_int);
    fn SDL_AddTimer(milliseconds: u32, tick: Tick, data: *mut c_void) -> c_int;
}

const TIMER: u32 = 1;
/// A format of pixels with 8 bits for each of alpha, red, green, blue.
const ARGB8888: u32 = 0x1636_2004;
const ORANGE: u32 = 0xffff_8000;

fn main() -> ExitCode {
    examples::run("sdl", |out| {
        // SAFETY: these are the signatures in SDL.h.
        let sdl = unsafe { Sdl::open("SDL2-2.0") }?;
        write!(out, "{}", picture(&sdl)?)?;
        let (text, mut buffer) = (c"00112233445566778899aabbccddeeff", [0; 33]);
        // SAFETY: the text ends in NUL.
        let guid = unsafe { sdl.SDL_JoystickGetGUIDFromString(text.as_ptr()) };
        // SAFETY: the size is that of the buffer.
        unsafe { sdl.SDL_JoystickGetGUIDString(guid, buffer.as_mut_ptr(), buffer.len() as c_int) };
        // SAFETY: SDL has ended the text with NUL.
        let back = unsafe { CStr::from_ptr(buffer.as_ptr()) };
        writeln!(out, "a struct by value, there and back: {}", back == text)?;
        Ok(writeln!(out, "ticks on another thread: {:?}", ticks(&sdl)?)?)
    })
}

/// Fills two rectangles; returns the picture in characters.
fn picture(sdl: &Sdl) -> Result<String> {
    // SAFETY: it takes any size.
    let surface = unsafe { sdl.SDL_CreateRGBSurfaceWithFormat(0, 16, 5, 32, ARGB8888) };
    check(sdl, !surface.is_null())?;
    for (x, y, width, height) in [(1, 1, 8, 3), (11, 0, 3, 5)] {
        let rectangle = Rectangle { x, y, width, height };
        // SAFETY: the surface lives, and so does the rectangle.
        check(sdl, unsafe { sdl.SDL_FillRect(surface, &rectangle, ORANGE) } == 0)?;
    }
    // SAFETY: the surface lives.
    let Surface { pitch, pixels, .. } = unsafe { surface.read() };
    let row = |number: c_int| {
        // SAFETY: rows are `pitch` bytes apart, and the surface has 16 pixels of 4 bytes in each.
        let row = unsafe { from_raw_parts(pixels.offset((number * pitch) as isize), 64) };
        // Little endian: blue, green, red, alpha.
        row.chunks(4).map(|pixel| if pixel[2] == 255 { '#' } else { '.' }).chain(['\n'])
    };
    let text = (0..5).flat_map(row).collect();
    // SAFETY: neither the surface nor its pixels are used any more.
    unsafe { sdl.SDL_FreeSurface(surface) };
    Ok(text)
}

/// Three ticks, and whether they came on another thread: SDL calls its timers on one of its own.
fn ticks(sdl: &Sdl) -> Result<Vec<(u32, bool)>> {
    let ((sender, receiver), main) = (channel(), thread::current().id());
    let mut count = 0;
    let tick = Locked::new(move |milliseconds: u32, _: *mut c_void| {
        count += 1;
        let heard = sender.send((count, thread::current().id() != main)).is_ok();
        if heard && count < 3 { milliseconds } else { 0_u32 }
    });
    let tick = Callback::from_fn("tick", tick)?;
    // SAFETY: timers need nothing else.
    check(sdl, unsafe { sdl.SDL_Init(TIMER) } == 0)?;
    // SAFETY: the callback was made with this signature.
    let code: Tick = Some(unsafe { FunctionPointer::from_code(tick.code()) });
    // SAFETY: the callback lives until `SDL_Quit` has ended the thread that calls it.
    let timer = unsafe { sdl.SDL_AddTimer(1, code, null_mut()) };
    let ticks = receiver.iter().take(if timer == 0 { 0 } else { 3 }).collect();
    // SAFETY: nothing of SDL is used any more.
    unsafe { sdl.SDL_Quit() };
    check(sdl, timer != 0)?;
    Ok(ticks)
}

fn check(sdl: &Sdl, done: bool) -> Result<()> {
    // SAFETY: SDL returns a text that stays until its next error.
    ensure!(done, "SDL says: {}", unsafe { CStr::from_ptr(sdl.SDL_GetError()) }.to_string_lossy());
    Ok(())
}
