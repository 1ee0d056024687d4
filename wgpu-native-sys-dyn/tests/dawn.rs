//! A second engine: Dawn, out of an npm package, through the same loader and table.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::{fs, ptr};
use wgpu_native_sys_dyn::*;

/// The package that brings a Dawn of the bindings' header generation.
const PACKAGE: &str = "bun-webgpu-linux-x64@0.1.7";

/// Fetches the library, unless an earlier run has; one test does it for all.
fn fetch() -> PathBuf {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dawn");
    let library = folder.join("package").join("libwebgpu_wrapper.so");
    if !library.is_file() {
        fs::create_dir_all(&folder).expect("the temporary folder can be written to");
        let run = |program: &str, arguments: &[&str]| {
            let status = Command::new(program).args(arguments).current_dir(&folder).status();
            let status = status.unwrap_or_else(|error| panic!("{program} cannot be run: {error}"));
            assert!(status.success(), "{program} {arguments:?} ended with {status}");
        };
        run("npm", &["pack", "--silent", PACKAGE]);
        run("tar", &["-xzf", "bun-webgpu-linux-x64-0.1.7.tgz"]);
    }
    library
}

fn load(calls: Calls) -> Api {
    let options = LoadOptions::new().library(fetch()).calls(calls);
    // SAFETY: The package holds Dawn.
    unsafe { Api::load(&options) }.unwrap_or_else(|error| panic!("{error}"))
}

/// The errors that the device reported.
static ERRORS: Mutex<Vec<(WGPUErrorType, String)>> = Mutex::new(Vec::new());

unsafe extern "C" fn on_error(
    _: *const WGPUDevice,
    kind: WGPUErrorType,
    message: WGPUStringView,
    _: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: The text is valid during the call.
    let message = unsafe { message.to_text() }.into_owned();
    ERRORS.lock().expect("nothing panics with it").push((kind, message));
}

/// Puts a handle where the first user data points to.
unsafe extern "C" fn keep<S, H>(
    _: S,
    handle: H,
    _: WGPUStringView,
    place: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: The place of such a handle is passed below.
    unsafe { place.cast::<H>().write(handle) };
}

unsafe extern "C" fn on_map(
    status: WGPUMapAsyncStatus,
    _: WGPUStringView,
    place: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: As above.
    unsafe { place.cast::<WGPUMapAsyncStatus>().write(status) };
}

/// Waits until `is_done`.
fn wait(api: &Api, instance: WGPUInstance, is_done: impl Fn() -> bool) {
    for _ in 0..1000 {
        if is_done() {
            return;
        }
        // SAFETY: The instance is alive.
        unsafe { api.wgpuInstanceProcessEvents(instance) };
    }
    panic!("the callback was not called");
}

#[test]
#[ignore = "fetches Dawn with npm: run it with `--ignored`"]
fn a_buffer_is_written_and_read_and_errors_come() {
    for calls in [Calls::Direct, Calls::Engine] {
        let api = load(calls);
        assert_eq!((api.implementation(), api.version()), (Implementation::Dawn, None));
        // SAFETY: A null descriptor asks for the defaults.
        let instance = unsafe { api.wgpuCreateInstance(ptr::null()) };
        let mut adapter: WGPUAdapter = ptr::null_mut();
        let options =
            WGPURequestAdapterOptions { backendType: WGPUBackendType::Null, ..Default::default() };
        let callback = WGPURequestAdapterCallbackInfo {
            mode: WGPUCallbackMode::AllowProcessEvents,
            callback: Some(keep::<WGPURequestAdapterStatus, WGPUAdapter>),
            userdata1: (&raw mut adapter).cast(),
            ..Default::default()
        };
        // SAFETY: What is passed lives until the callback has run.
        unsafe { api.wgpuInstanceRequestAdapter(instance, &raw const options, callback) };
        let place = &raw const adapter;
        // SAFETY: The callback writes on this thread.
        wait(&api, instance, || !unsafe { place.read_volatile() }.is_null());
        let mut info = WGPUAdapterInfo::default();
        // SAFETY: The adapter is alive, and `info` is a struct to be filled.
        assert_eq!(unsafe { api.wgpuAdapterGetInfo(adapter, &raw mut info) }, WGPUStatus::Success);
        assert_eq!(info.backendType, WGPUBackendType::Null);
        // SAFETY: The engine filled the struct, which is not used again.
        unsafe { api.wgpuAdapterInfoFreeMembers(info) };
        let mut limits = WGPULimits::default();
        // SAFETY: The adapter is alive, and `limits` is a struct to be filled.
        let status = unsafe { api.wgpuAdapterGetLimits(adapter, &raw mut limits) };
        assert_eq!(status, WGPUStatus::Success);
        assert!(limits.maxTextureDimension2D >= 8192 && limits.maxBindGroups >= 4, "{limits:?}");

        let mut device: WGPUDevice = ptr::null_mut();
        let mut descriptor = WGPUDeviceDescriptor { label: "device".into(), ..Default::default() };
        descriptor.uncapturedErrorCallbackInfo.callback = Some(on_error);
        let callback = WGPURequestDeviceCallbackInfo {
            mode: WGPUCallbackMode::AllowProcessEvents,
            callback: Some(keep::<WGPURequestDeviceStatus, WGPUDevice>),
            userdata1: (&raw mut device).cast(),
            ..Default::default()
        };
        // SAFETY: What is passed lives until the callback has run.
        unsafe { api.wgpuAdapterRequestDevice(adapter, &raw const descriptor, callback) };
        let place = &raw const device;
        // SAFETY: As above.
        wait(&api, instance, || !unsafe { place.read_volatile() }.is_null());
        // SAFETY: The device is alive.
        let queue = unsafe { api.wgpuDeviceGetQueue(device) };

        let descriptor = WGPUBufferDescriptor {
            label: "both ways".into(),
            usage: WGPUBufferUsage::MapRead | WGPUBufferUsage::CopyDst,
            size: 16,
            ..Default::default()
        };
        // SAFETY: The device is alive.
        let buffer = unsafe { api.wgpuDeviceCreateBuffer(device, &raw const descriptor) };
        let written = [1_u32, 2, 3, 0xdead_beef];
        let start = written.as_ptr().cast();
        // SAFETY: Sixteen bytes lie there.
        unsafe { api.wgpuQueueWriteBuffer(queue, buffer, 0, start, 16) };
        let mut mapped = WGPUMapAsyncStatus(0);
        let callback = WGPUBufferMapCallbackInfo {
            mode: WGPUCallbackMode::AllowProcessEvents,
            callback: Some(on_map),
            userdata1: (&raw mut mapped).cast(),
            ..Default::default()
        };
        // SAFETY: What is passed lives until the callback has run.
        unsafe { api.wgpuBufferMapAsync(buffer, WGPUMapMode::Read, 0, 16, callback) };
        let place = &raw const mapped;
        // SAFETY: As above.
        wait(&api, instance, || unsafe { place.read_volatile() } == WGPUMapAsyncStatus::Success);
        // SAFETY: The buffer is mapped.
        let range = unsafe { api.wgpuBufferGetConstMappedRange(buffer, 0, 16) };
        // SAFETY: Sixteen bytes lie there.
        assert_eq!(unsafe { range.cast::<[u32; 4]>().read_unaligned() }, written, "{calls:?}");

        let wrong = WGPUBufferDescriptor {
            usage: WGPUBufferUsage::MapRead | WGPUBufferUsage::Storage,
            ..descriptor
        };
        // SAFETY: The device is alive.
        let wrong = unsafe { api.wgpuDeviceCreateBuffer(device, &raw const wrong) };
        let errors = std::mem::take(&mut *ERRORS.lock().expect("nothing panics with it"));
        assert!(
            matches!(&errors[..], [(WGPUErrorType::Validation, text)] if text.contains("both ways")),
            "{errors:?}"
        );
        // SAFETY: The references are this test's, and are not used again.
        unsafe { api.wgpuBufferRelease(wrong) };
        // SAFETY: As above.
        unsafe { api.wgpuBufferRelease(buffer) };
        // SAFETY: As above.
        unsafe { api.wgpuQueueRelease(queue) };
        // SAFETY: As above.
        unsafe { api.wgpuDeviceRelease(device) };
        // SAFETY: As above.
        unsafe { api.wgpuAdapterRelease(adapter) };
        // SAFETY: As above.
        unsafe { api.wgpuInstanceRelease(instance) };
        let callbacks = if calls == Calls::Engine { 4 } else { 0 };
        assert_eq!(api.callbacks_through_engine(), callbacks, "{calls:?}");
    }
}

#[test]
#[ignore = "fetches Dawn with npm: run it with `--ignored`"]
fn what_it_lacks_is_known_and_an_error() {
    let api = load(Calls::Direct);
    let lacks = |function: &&Function| api.capability(**function) == Capability::Absent;
    let lacking: Vec<Function> = Function::ALL.iter().filter(lacks).copied().collect();
    // All of wgpu.h, and what is newer in webgpu.h.
    let standard = lacking.iter().filter(|function| function.header() == "webgpu.h").count();
    assert_eq!((lacking.len() - standard, standard), (26, 5), "{lacking:?}");
    for function in &lacking {
        let error = api.require(*function).expect_err("the library lacks it").to_string();
        assert!(
            error.contains(function.name()) && error.contains("libwebgpu_wrapper.so"),
            "{error}"
        );
    }
    // Under an older name.
    assert!(api.has(Function::wgpuRenderPassEncoderSetImmediates));
    // What `libwgpu_native` aborts on, Dawn has.
    assert!(api.has(Function::wgpuBufferSetLabel) && api.has(Function::wgpuInstanceWaitAny));
}
