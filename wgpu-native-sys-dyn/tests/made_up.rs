//! A library made for the test in place of the engine: for what the real one does not show at will.
#![cfg(unix)]

mod common;

use common::{Folder, engine_code};
use std::path::Path;
use std::ptr;
use wgpu_native_sys_dyn::{Api, Calls, Function, LoadOptions, Origin, WGPUFeatureName};

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
    let path = library(&folder, 0x1d00_0101, code);
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
    let path = library(&folder, 0x1d00_0101, &code);
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
