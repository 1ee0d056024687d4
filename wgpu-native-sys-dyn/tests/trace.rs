//! `WEBGPU_TRACE`: what a program that calls the real engine library leaves behind.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::{env, fs, ptr, thread};
use wgpu_native_sys_dyn::*;

const THREADS: usize = 4;
const CALLS: usize = 250;

/// The program that is traced: a process of its own, since the environment decides for all of it.
#[test]
#[ignore = "the other tests run it"]
fn program() {
    // SAFETY: What the set-up fetches is the engine.
    let api = unsafe { Api::load(&LoadOptions::new()) }.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(api.calls(), Calls::Engine, "a trace chooses the way");
    // SAFETY: A null descriptor asks for the defaults.
    let instance = unsafe { api.wgpuCreateInstance(ptr::null()) };
    let mut adapter: WGPUAdapter = ptr::null_mut();
    let options = WGPURequestAdapterOptions {
        powerPreference: WGPUPowerPreference::LowPower,
        ..Default::default()
    };
    let callback = WGPURequestAdapterCallbackInfo {
        mode: WGPUCallbackMode::AllowProcessEvents,
        callback: Some(on_adapter),
        userdata1: (&raw mut adapter).cast(),
        ..Default::default()
    };
    // SAFETY: Everything lives until the callback runs, which is before the return.
    unsafe { api.wgpuInstanceRequestAdapter(instance, &raw const options, callback) };
    assert!(!adapter.is_null(), "is a driver installed?");
    let mut device: WGPUDevice = ptr::null_mut();
    let descriptor =
        WGPUDeviceDescriptor { label: "the \"first\"\ndevice".into(), ..Default::default() };
    let callback = WGPURequestDeviceCallbackInfo {
        mode: WGPUCallbackMode::AllowProcessEvents,
        callback: Some(on_device),
        userdata1: (&raw mut device).cast(),
        ..Default::default()
    };
    // SAFETY: As above.
    unsafe { api.wgpuAdapterRequestDevice(adapter, &raw const descriptor, callback) };
    assert!(!device.is_null());
    let descriptor = WGPUBufferDescriptor {
        usage: WGPUBufferUsage::MapRead | WGPUBufferUsage::CopyDst,
        size: 64,
        ..Default::default()
    };
    // SAFETY: The device is alive.
    let buffer = unsafe { api.wgpuDeviceCreateBuffer(device, &raw const descriptor) };
    // SAFETY: The device is alive. The library leaves three bytes of this result to chance.
    unsafe { api.wgpuDevicePoll(device, WGPU_TRUE, ptr::null()) };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let (api, buffer) = (&api, buffer as usize);
            scope.spawn(move || {
                for _ in 0..CALLS {
                    // SAFETY: The buffer is alive.
                    assert_eq!(unsafe { api.wgpuBufferGetSize(buffer as WGPUBuffer) }, 64);
                }
            });
        }
    });
    // SAFETY: The references are this program's, and are not used again.
    unsafe { api.wgpuBufferRelease(buffer) };
    // SAFETY: As above.
    unsafe { api.wgpuDeviceRelease(device) };
    // SAFETY: As above.
    unsafe { api.wgpuAdapterRelease(adapter) };
    // SAFETY: As above.
    unsafe { api.wgpuInstanceRelease(instance) };
}

unsafe extern "C" fn on_adapter(
    _: WGPURequestAdapterStatus,
    found: WGPUAdapter,
    _: WGPUStringView,
    adapter: *mut std::ffi::c_void,
    _: *mut std::ffi::c_void,
) {
    // SAFETY: The program passes the place for it.
    unsafe { adapter.cast::<WGPUAdapter>().write(found) };
}

unsafe extern "C" fn on_device(
    _: WGPURequestDeviceStatus,
    found: WGPUDevice,
    _: WGPUStringView,
    device: *mut std::ffi::c_void,
    _: *mut std::ffi::c_void,
) {
    // SAFETY: The program passes the place for it.
    unsafe { device.cast::<WGPUDevice>().write(found) };
}

/// Runs the program with this `WEBGPU_TRACE`: whether it succeeds, and what it writes to both streams.
fn run(trace: &str) -> (bool, String) {
    let program = env::current_exe().expect("the program knows its path");
    let output = Command::new(program)
        .args(["--exact", "program", "--ignored", "--nocapture"])
        .env("WEBGPU_TRACE", trace)
        .env_remove("WEBGPU_CALLS")
        .output()
        .expect("this program can run itself");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// A line of a trace, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Call<'a> {
    depth: usize,
    name: &'a str,
    arguments: &'a str,
    result: Option<&'a str>,
    thread: u32,
}

fn parse(line: &str) -> Option<Call<'_>> {
    let start = line.trim_start();
    let depth = (line.len() - start.len()) / 2;
    let (name, rest) = start.split_once('(')?;
    let known = Function::from_name(name).is_some() || Callback::from_name(name).is_some();
    let (rest, end) = rest.rsplit_once(" [")?;
    let (time, process) = end.strip_suffix(']')?.split_once(", process ")?;
    let (process, thread) = process.split_once(", thread ")?;
    process.parse::<u32>().ok()?;
    let (number, unit) = time.split_once(' ')?;
    number.parse::<f64>().ok()?;
    let (arguments, result) = match rest.rsplit_once(") = ") {
        Some((arguments, result)) => (arguments, Some(result)),
        None => (rest.strip_suffix(')')?, None),
    };
    let thread = thread.parse().ok()?;
    (known && ["µs", "ms", "s"].contains(&unit)).then_some(Call {
        depth,
        name,
        arguments,
        result,
        thread,
    })
}

/// Calls of each function as the summary has them.
fn summary(lines: &[&str]) -> BTreeMap<String, usize> {
    let row = |line: &&str| {
        let mut words = line.split_whitespace();
        let calls = words.next()?.parse().ok()?;
        Some((words.skip(2).collect::<Vec<_>>().join(" "), calls))
    };
    lines.iter().map(|line| row(line).unwrap_or_else(|| panic!("no row: {line}"))).collect()
}

#[test]
fn every_call_is_a_line_and_the_summary_counts_them() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trace.txt");
    // That of an earlier run would be appended to.
    let _ = fs::remove_file(&file);
    let (succeeded, output) = run(file.to_str().expect("temporary paths are text"));
    assert!(succeeded, "{output}");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("no trace: {error}"));
    let lines: Vec<&str> = text.lines().collect();
    let heading = lines.iter().position(|line| line.trim_start().starts_with("calls "));
    let (calls, rows) = lines.split_at(heading.expect("there is a summary"));
    let calls: Vec<Call<'_>> =
        calls.iter().map(|line| parse(line).unwrap_or_else(|| panic!("no call: {line}"))).collect();

    let mut counted = BTreeMap::new();
    for call in &calls {
        *counted.entry(call.name.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(counted["wgpuBufferGetSize"], THREADS * CALLS);
    let functions = counted.iter().filter(|(name, _)| name.starts_with("wgpu"));
    let in_all = functions.map(|(_, calls)| calls).sum();
    counted.insert("all functions".to_owned(), in_all);
    assert_eq!(summary(&rows[1..]), counted);

    let one = |name: &str| calls.iter().find(|call| call.name == name).expect(name);
    let get_size = one("wgpuBufferGetSize");
    assert!(get_size.arguments.starts_with("buffer=0x") && get_size.result == Some("64"));
    let threads: std::collections::BTreeSet<u32> = calls.iter().map(|call| call.thread).collect();
    assert_eq!(threads.len(), 1 + THREADS);

    let adapter = one("wgpuInstanceRequestAdapter");
    assert!(adapter.arguments.contains("options=&{nextInChain=NULL, featureLevel="), "{adapter:?}");
    assert!(adapter.arguments.contains("powerPreference=LowPower"), "{adapter:?}");
    assert_eq!(adapter.result, Some("{id=0}"));
    let callback = one("WGPURequestAdapterCallback");
    assert_eq!((callback.depth, callback.thread), (1, adapter.thread));
    assert!(callback.arguments.starts_with("status=Success, adapter=0x"), "{callback:?}");
    let device = one("wgpuAdapterRequestDevice");
    assert!(device.arguments.contains(r#"label="the \"first\"\ndevice""#), "{device:?}");
    let buffer = one("wgpuDeviceCreateBuffer");
    let descriptor = "descriptor=&{nextInChain=NULL, label=NULL, usage=MapRead | CopyDst, size=64, \
                      mappedAtCreation=false}";
    assert!(buffer.arguments.ends_with(descriptor), "{buffer:?}");
    assert_eq!(buffer.result, get_size.arguments.strip_prefix("buffer="));
    let poll = one("wgpuDevicePoll");
    assert!(["true", "false"].contains(&poll.result.expect("a bool")), "{poll:?}");
}

#[test]
fn one_is_stderr_and_what_cannot_be_written_is_an_error() {
    let (succeeded, output) = run("1");
    assert!(succeeded && output.contains("wgpuCreateInstance(descriptor=NULL) = 0x"), "{output}");
    assert!(output.contains("all functions"), "{output}");
    let (succeeded, output) = run("/nonexistent/folder/trace.txt");
    assert!(!succeeded);
    for part in ["/nonexistent/folder/trace.txt", "cannot be written", "WEBGPU_TRACE"] {
        assert!(output.contains(part), "{part:?} is not in: {output}");
    }
}
