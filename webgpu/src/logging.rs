//! What the engine logs, handed on to the crate `log`.
//!
//! The engine has a `log` of its own inside, which knows nothing of the program's: it tells a callback of C the level and the
//! text of a message, and not where it comes from.

use crate::engine::Engine;
use crate::engine_words::log::target_of;
use log::{Level, LevelFilter};
use std::{
    ffi::c_void,
    panic::{AssertUnwindSafe, catch_unwind},
};
use wgpu_native_sys_dyn::{self as sys, Function};

/// Connects an engine that has just been loaded. To be called once for each: in the engine, a second call would wait for
/// messages that are being logged.
pub(crate) fn connect(engine: &Engine) {
    if speaks(engine) {
        // SAFETY: The callback lives as long as the process, and needs no user data.
        unsafe { engine.wgpuSetLogCallback(Some(on_message), std::ptr::null_mut()) };
    }
}

/// Has the engine say as much as the program's logger wants at present: what it does not, costs the engine nothing.
pub(crate) fn follow(engine: &Engine) {
    if speaks(engine) {
        let level = match log::max_level().min(log::STATIC_MAX_LEVEL) {
            LevelFilter::Off => sys::WGPULogLevel::Off,
            LevelFilter::Error => sys::WGPULogLevel::Error,
            LevelFilter::Warn => sys::WGPULogLevel::Warn,
            LevelFilter::Info => sys::WGPULogLevel::Info,
            LevelFilter::Debug => sys::WGPULogLevel::Debug,
            LevelFilter::Trace => sys::WGPULogLevel::Trace,
        };
        // SAFETY: The level is one that the engine knows.
        unsafe { engine.wgpuSetLogLevel(level) };
    }
}

fn speaks(engine: &Engine) -> bool {
    let functions = [Function::wgpuSetLogCallback, Function::wgpuSetLogLevel];
    functions.iter().all(|function| engine.has(*function))
}

unsafe extern "C" fn on_message(
    level: sys::WGPULogLevel,
    message: sys::WGPUStringView,
    _: *mut c_void,
) {
    let level = match level {
        sys::WGPULogLevel::Error => Level::Error,
        sys::WGPULogLevel::Warn => Level::Warn,
        sys::WGPULogLevel::Info => Level::Info,
        sys::WGPULogLevel::Debug => Level::Debug,
        _ => Level::Trace,
    };
    // SAFETY: The message lives during the callback.
    let message = unsafe { message.to_text() };
    // A panic must not cross the engine; the message of this one has been printed.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        log::log!(target: target_of(level, &message), level, "{message}");
    }));
}
