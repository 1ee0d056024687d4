//! A library made for the test in place of the engine: for what the real one does not show at will.
#![cfg(unix)]

mod common;

use common::{Folder, engine_code};
use std::ffi::c_void;
use std::path::Path;
use std::ptr;
use wgpu_native_sys_dyn::*;

/// A library with all functions; those that `code` defines do what it says, the others nothing.
fn library(folder: &Folder, version: u32, code: &str) -> std::path::PathBuf {
    let own = |name: &&str| !code.contains(&format!(" {name}("));
    let names = Function::ALL.iter().map(|function| function.name()).filter(own);
    folder.library("libengine.so", &(engine_code(version, names) + code))
}

fn load(path: &Path, calls: Calls) -> Api {
    // SAFETY: The library was made for the test.
    let loaded = unsafe { Api::load(&LoadOptions::new().library(path).calls(calls)) };
    loaded.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn another_version_of_the_generation_is_taken() {
    let folder = Folder::new("same");
    let path = library(&folder, 0x1d00_0205, "");
    let api = load(&path, Calls::Direct);
    assert_eq!(api.version().map(|version| version.to_string()).as_deref(), Some("29.0.2.5"));
    assert_eq!((api.path().parent(), api.origin()), (Some(folder.path()), Origin::Program));
}

#[test]
fn results_of_one_byte_are_masked() {
    let folder = Folder::new("masked");
    let code = "unsigned wgpuDevicePoll(void *device, unsigned wait) { return wait ? 0xabcdef01u : 0xabcdef00u; }\n\
                unsigned wgpuDeviceStartGraphicsDebuggerCapture(void *device) { return 0x100u; }\n\
                unsigned wgpuDeviceHasFeature(void *device, unsigned feature) { return feature; }\n";
    let path = library(&folder, ENGINE_VERSION_CODE, code);
    for calls in [Calls::Direct, Calls::Engine] {
        let api = load(&path, calls);
        let device = ptr::null_mut();
        // SAFETY: The made-up function reads `wait` alone.
        let poll = |wait| unsafe { api.wgpuDevicePoll(device, wait, ptr::null()) };
        assert_eq!((poll(1), poll(0)), (1, 0), "{calls:?}");
        // SAFETY: The made-up function reads nothing.
        let started = unsafe { api.wgpuDeviceStartGraphicsDebuggerCapture(device) };
        assert_eq!(started, 0, "{calls:?}");
        // SAFETY: The made-up function reads `feature` alone.
        let has_feature = unsafe { api.wgpuDeviceHasFeature(device, WGPUFeatureName(0x100)) };
        assert_eq!(has_feature, 0x100, "a whole `WGPUBool` stays whole ({calls:?})");
    }
}

#[test]
fn every_function_is_called_by_its_own_name() {
    // Each function answers with its place in the order of the headers.
    let mut code = String::new();
    for (place, function) in Function::ALL.iter().enumerate() {
        if *function != Function::wgpuGetVersion {
            code += &format!("unsigned long {function}(void) {{ return {place}; }}\n");
        }
    }
    let folder = Folder::new("places");
    let path = library(&folder, ENGINE_VERSION_CODE, &code);
    let api = load(&path, Calls::Direct);
    for (place, function) in
        Function::ALL.iter().enumerate().filter(|(_, item)| **item != Function::wgpuGetVersion)
    {
        let address = api.require(*function).expect("the library has all functions").as_ptr();
        // SAFETY: That is the signature that the made-up library gives every function.
        let call: extern "C" fn() -> std::ffi::c_ulong = unsafe { std::mem::transmute(address) };
        assert_eq!(call(), place as std::ffi::c_ulong, "{function}");
    }
}

/// What the library called back with.
#[derive(Debug, Default)]
struct Heard {
    texts: Vec<String>,
}

unsafe extern "C" fn on_log(level: WGPULogLevel, message: WGPUStringView, heard: *mut c_void) {
    // SAFETY: The test passes it, and the library calls back while it lives.
    let heard = unsafe { &mut *heard.cast::<Heard>() };
    // SAFETY: The text is valid during the call.
    heard.texts.push(format!("{level:?}: {}", unsafe { message.to_text() }));
}

unsafe extern "C" fn on_lost(
    device: *const WGPUDevice,
    reason: WGPUDeviceLostReason,
    message: WGPUStringView,
    heard: *mut c_void,
    number: *mut c_void,
) {
    assert!(device.is_null());
    // SAFETY: As above.
    let heard = unsafe { &mut *heard.cast::<Heard>() };
    // SAFETY: As above.
    let message = unsafe { message.to_text() };
    heard.texts.push(format!("{reason:?}: {message}, {}", number.addr()));
}

/// A function pointer as an argument, and one in a struct behind a pointer that must not be written to.
#[test]
fn callbacks_go_through_the_engine_and_the_program_s_structs_stay_as_they_are() {
    let folder = Folder::new("callbacks");
    let code = "typedef struct { const char *data; unsigned long length; } view;\n\
        typedef struct { unsigned long id; } future;\n\
        typedef struct { void *next; unsigned mode; void (*callback)(void *, unsigned, view, void *, void *);\n\
                         void *userdata1, *userdata2; } lost;\n\
        typedef struct { void *next; void (*callback)(void); void *userdata1, *userdata2; } errors;\n\
        typedef struct { void *next; unsigned mode; void (*callback)(void); void *userdata1, *userdata2; } info;\n\
        typedef struct { void *next; view label; unsigned long count; void *features, *limits;\n\
                         struct { void *next; view label; } queue; lost lost; errors errors; } descriptor;\n\
        void wgpuSetLogCallback(void (*callback)(unsigned, view, void *), void *userdata) {\n\
            for (int i = 0; callback && i < 3; i++) callback(2, (view){\"three times\", 5}, userdata);\n\
        }\n\
        future wgpuAdapterRequestDevice(void *adapter, descriptor const *of, info info) {\n\
            if (!of) return (future){info.callback ? 1 : 2};\n\
            of->lost.callback(0, 1, of->label, of->lost.userdata1, of->lost.userdata2);\n\
            return (future){of->errors.callback ? 3 : 4};\n\
        }\n";
    let path = library(&folder, ENGINE_VERSION_CODE, code);
    for calls in [Calls::Direct, Calls::Engine] {
        let api = load(&path, calls);
        let mut heard = Heard::default();
        let userdata = (&raw mut heard).cast();
        // SAFETY: The library calls back before it returns.
        unsafe { api.wgpuSetLogCallback(Some(on_log), userdata) };
        // SAFETY: Nothing is called back.
        unsafe { api.wgpuSetLogCallback(None, userdata) };
        let mut descriptor = WGPUDeviceDescriptor { label: "gone".into(), ..Default::default() };
        descriptor.deviceLostCallbackInfo.callback = Some(on_lost);
        descriptor.deviceLostCallbackInfo.userdata1 = userdata;
        descriptor.deviceLostCallbackInfo.userdata2 = ptr::without_provenance_mut(7);
        let info = WGPURequestDeviceCallbackInfo::default();
        let adapter = ptr::null_mut();
        // SAFETY: The library calls back before it returns.
        let future = unsafe { api.wgpuAdapterRequestDevice(adapter, &raw const descriptor, info) };
        assert_eq!(future.id, 4, "a null callback stays null ({calls:?})");
        // SAFETY: Nothing is called back.
        let future = unsafe { api.wgpuAdapterRequestDevice(adapter, ptr::null(), info) };
        assert_eq!(future.id, 2, "{calls:?}");
        let expected = ["Warn: three", "Warn: three", "Warn: three", "Unknown: gone, 7"];
        assert_eq!(heard.texts, expected, "{calls:?}");
        let kept = descriptor.deviceLostCallbackInfo.callback;
        assert!(kept.is_some_and(|kept| kept as *const () == on_lost as *const ()), "{calls:?}");
        let through = if calls == Calls::Engine { 4 } else { 0 };
        assert_eq!(api.callbacks_through_engine(), through);
    }
}
