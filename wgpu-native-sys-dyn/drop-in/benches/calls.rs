//! What a call costs, in nanoseconds: straight into the engine library, through the function table in both ways, and
//! through the drop-in library. Then the same once more with `WEBGPU_TRACE=/dev/null`, where the last two are traced.

use ffi::{CodePtr, Library};
use std::ffi::c_void;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;
use std::{env, ptr};
use wgpu_native_sys_dyn::*;

/// A way to call: its name, and the function table.
type Way = (&'static str, Functions);

/// A traced call takes microseconds: so many times fewer are made.
const FEWER: u32 = 100;

fn is_traced() -> bool {
    env::var_os(TRACE_VARIABLE).is_some_and(|value| !value.is_empty())
}

fn main() {
    measure();
    if !is_traced() {
        let program = env::current_exe().expect("the program knows its path");
        let traced = Command::new(program).env(TRACE_VARIABLE, "/dev/null").status();
        assert!(traced.expect("it can run itself").success());
    }
}

fn measure() {
    let direct = load(Calls::Direct);
    let engine = load(Calls::Engine);
    // SAFETY: it is the engine library, which is open already.
    let original =
        unsafe { Library::open(direct.path()) }.unwrap_or_else(|error| panic!("{error}"));
    // SAFETY: the drop-in library's initialisers do nothing.
    let drop_in = unsafe { Library::open(drop_in()) }.unwrap_or_else(|error| panic!("{error}"));
    let ways: [Way; 4] = [
        ("original", table(&original)),
        ("table, direct", (*direct).clone()),
        ("table, engine", (*engine).clone()),
        ("drop-in", table(&drop_in)),
    ];
    let device = open_device(&direct);
    let descriptor =
        WGPUBufferDescriptor { usage: WGPUBufferUsage::CopyDst, size: 1024, ..Default::default() };
    // SAFETY: the device is alive.
    let buffer = unsafe { direct.wgpuDeviceCreateBuffer(device, &raw const descriptor) };
    // SAFETY: the device is alive.
    let encoder = unsafe { direct.wgpuDeviceCreateCommandEncoder(device, ptr::null()) };
    // SAFETY: the device is alive.
    let queue = unsafe { direct.wgpuDeviceGetQueue(device) };

    print!("{:<36}", if is_traced() { "ns a traced call" } else { "ns a call" });
    ways.iter().for_each(|(name, _)| print!("{name:>15}"));
    println!();
    row("wgpuGetVersion", &ways, 1_000_000, |functions| {
        // SAFETY: the function takes nothing and reads a constant.
        black_box(unsafe { functions.wgpuGetVersion() });
    });
    row("wgpuBufferGetSize", &ways, 1_000_000, |functions| {
        // SAFETY: the buffer is alive.
        black_box(unsafe { functions.wgpuBufferGetSize(buffer) });
    });
    row("wgpuBufferAddRef, Release", &ways, 300_000, |functions| {
        // SAFETY: the buffer is alive.
        unsafe { functions.wgpuBufferAddRef(buffer) };
        // SAFETY: the reference was added above.
        unsafe { functions.wgpuBufferRelease(buffer) };
    });
    row("wgpuCommandEncoderInsertDebugMarker", &ways, 100_000, |functions| {
        // SAFETY: the encoder is alive.
        unsafe { functions.wgpuCommandEncoderInsertDebugMarker(encoder, "marker".into()) };
    });
    row("wgpuQueueWriteBuffer, 4 bytes", &ways, 10_000, |functions| {
        let word = 7_u32;
        let data = (&raw const word).cast();
        // SAFETY: the buffer is alive and larger, and four bytes lie there.
        unsafe { functions.wgpuQueueWriteBuffer(queue, buffer, 0, data, 4) };
    });
}

/// Measures one function in all ways, in turns: the best of several rounds counts.
fn row(name: &str, ways: &[Way; 4], calls: u32, call: impl Fn(&Functions)) {
    let calls = if is_traced() { calls / FEWER } else { calls };
    let mut best = [f64::INFINITY; 4];
    for _ in 0..7 {
        for ((_, functions), best) in ways.iter().zip(&mut best) {
            let started = Instant::now();
            for _ in 0..calls {
                call(functions);
            }
            *best = best.min(started.elapsed().as_secs_f64() * 1e9 / f64::from(calls));
        }
    }
    print!("{name:<36}");
    best.iter().for_each(|time| print!("{time:>15.1}"));
    println!();
}

fn load(calls: Calls) -> Api {
    // SAFETY: what the set-up fetches is the engine.
    let loaded = unsafe { Api::load(&LoadOptions::new().calls(calls)) };
    loaded.unwrap_or_else(|error| panic!("{error}"))
}

/// The library that this package builds, which Cargo puts beside its benches.
fn drop_in() -> PathBuf {
    let program = env::current_exe().expect("the program knows its path");
    let (prefix, suffix) = (env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    program.with_file_name(format!("{prefix}wgpu_drop_in{suffix}"))
}

/// The functions that a library exports.
fn table(library: &Library) -> Functions {
    let find = |function: Function| {
        let address = library.address(function.name()).map(CodePtr::as_ptr);
        ptr::NonNull::new(address.unwrap_or(ptr::null()).cast_mut())
    };
    // SAFETY: both libraries export the functions of the headers, and stay open to the end.
    unsafe { Functions::from_addresses(find) }
}

fn open_device(api: &Api) -> WGPUDevice {
    /// Puts the handle where the first user data points to.
    unsafe extern "C" fn keep<S, H>(
        _: S,
        handle: H,
        _: WGPUStringView,
        place: *mut c_void,
        _: *mut c_void,
    ) {
        // SAFETY: the place of such a handle is passed below.
        unsafe { place.cast::<H>().write(handle) };
    }
    let mut adapter: WGPUAdapter = ptr::null_mut();
    let mut device: WGPUDevice = ptr::null_mut();
    // SAFETY: a null descriptor asks for the defaults.
    let instance = unsafe { api.wgpuCreateInstance(ptr::null()) };
    let found = WGPURequestAdapterCallbackInfo {
        mode: WGPUCallbackMode::AllowProcessEvents,
        callback: Some(keep::<WGPURequestAdapterStatus, WGPUAdapter>),
        userdata1: (&raw mut adapter).cast(),
        ..Default::default()
    };
    // SAFETY: the engine calls back before it returns.
    unsafe { api.wgpuInstanceRequestAdapter(instance, ptr::null(), found) };
    assert!(!adapter.is_null(), "is a driver installed?");
    let opened = WGPURequestDeviceCallbackInfo {
        mode: WGPUCallbackMode::AllowProcessEvents,
        callback: Some(keep::<WGPURequestDeviceStatus, WGPUDevice>),
        userdata1: (&raw mut device).cast(),
        ..Default::default()
    };
    // SAFETY: as above.
    unsafe { api.wgpuAdapterRequestDevice(adapter, ptr::null(), opened) };
    assert!(!device.is_null());
    device
}
