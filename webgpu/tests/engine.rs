//! The engine library: what is told about it, and what is said if there is none. The `wgpu` crate has nothing of it.

mod common;

use std::{
    path::Path,
    process::{Command, Output},
};
use webgpu as wgpu;

#[test]
fn calls_through_the_engine_are_counted() {
    common::gpu();
    let through_engine = std::env::var("WEBGPU_CALLS").is_ok_and(|calls| calls == "engine");
    assert_eq!(wgpu::engine_calls() > 0, through_engine);
}

/// Runs a test of this file again, in a process with this variable.
fn child(test: &str, variable: &str, value: &Path) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command.env(variable, value).output().unwrap()
}

/// What the child of `no_engine_is_an_error` does.
#[test]
#[ignore = "run by another test, in a process of its own"]
fn child_without_engine() {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle;
    let error = wgpu::Instance::try_new(descriptor()).expect_err("no engine");
    let panic = common::panic_message(|| wgpu::Instance::new(descriptor()));
    assert_eq!(panic, format!("no instance of WebGPU: {error}"));
    println!("error: {error}");
}

#[test]
fn no_engine_is_an_error() {
    for (path, expected) in [
        ("/nonexistent/libwgpu_native.so", "does not exist"),
        ("/etc/hostname", "not a shared library"),
        ("/", "folder"),
    ] {
        let output = child("child_without_engine", "WGPU_NATIVE_LIB", Path::new(path));
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains(expected) && text.contains(path), "{text}");
        assert!(text.contains("WGPU_NATIVE_LIB"), "says what to do: {text}");
    }
}

/// A library that looks like the engine of this version and has no function of `wgpu.h` but the one that tells it.
#[cfg(unix)]
#[test]
fn an_engine_without_needed_functions_is_an_error() {
    use wgpu_native_sys_dyn::{EngineVersion, Function};
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, library) = (folder.join("lacking.c"), folder.join("liblacking.so"));
    let mut code =
        format!("unsigned wgpuGetVersion(void) {{ return {:#x}u; }}\n", EngineVersion::BOUND.0);
    for function in Function::ALL.iter().filter(|function| function.header() == "webgpu.h") {
        code += &format!("void {function}(void) {{}}\n");
    }
    std::fs::write(&source, code).unwrap();
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut compile = Command::new(&compiler);
    let status = compile.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status();
    assert!(status.expect("this test needs a C compiler").success());

    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child_without_engine", "--ignored", "--nocapture"]);
    command.env("WGPU_NATIVE_LIB", &library).env("WGPU_NATIVE_ALLOW_VERSION", "1");
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for said in
        ["liblacking.so lacks", "wgpuDevicePoll", "wgpuQueueSubmitForIndex", "set WGPU_NATIVE_LIB"]
    {
        assert!(text.contains(said), "{text}");
    }
    for optional in ["wgpuDeviceCreateShaderModuleTrusted", "ClearTexture", "SetLabel"] {
        assert!(!text.contains(optional), "{text}");
    }
}

/// A logger that says whatever it gets, and panics over it.
struct Alarm;

impl log::Log for Alarm {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        println!("logged {} {}", record.target(), record.args());
        panic!("in the logger");
    }

    fn flush(&self) {}
}

/// What the child of `the_engine_logs_what_is_wanted` does.
#[test]
#[ignore = "run by another test, in a process of its own"]
fn child_with_a_logger() {
    std::panic::set_hook(Box::new(|_| ()));
    log::set_logger(&Alarm).unwrap();
    let gpu = common::gpu();
    // Nothing was wanted when the device was made: what comes between the engine and this level is not even said.
    log::set_max_level(log::LevelFilter::Trace);
    gpu.shader("fn quiet() {}");
    println!("another device");
    let gpu = common::gpu();
    gpu.shader("fn loud() {}");
    log::set_max_level(log::LevelFilter::Off);
    gpu.shader("fn quiet() {}");
    println!("through");
}

#[test]
fn the_engine_logs_what_is_wanted() {
    let output = child("child_with_a_logger", "WEBGPU_UNUSED", Path::new("-"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let (before, after) = text.split_once("another device").expect("two devices");
    assert!(!before.contains("logged "), "{before}");
    assert!(after.contains("logged wgpu_core ") && after.contains("logged naga "), "{after}");
    assert!(after.contains("through"), "{after}");
}
