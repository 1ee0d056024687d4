//! C programs, compiled against the real header and linked with the engine library, run with it and with the drop-in
//! library in its place.
#![cfg(target_os = "linux")]

mod common;

use common::{drop_in, engine, folder, succeed};
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use wgpu_native_sys_dyn::Function;

/// A folder in which `library` has the name that linked programs look for.
fn under_its_name(library: &Path, folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).expect("the temporary folder can be written to");
    let name = folder.join("libwgpu_native.so");
    // What an earlier run left may point elsewhere.
    let _ = fs::remove_file(&name);
    symlink(library, name).expect("links can be made");
    folder.to_path_buf()
}

/// A program's output with the engine library, then with the drop-in library, then its trace, by way of files in `folder`.
fn run(program: &str, folder: &Path) -> [String; 3] {
    let (original, drop_in) = (
        under_its_name(&engine(), &folder.join("original")),
        under_its_name(&drop_in(), &folder.join("drop-in")),
    );
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(program);
    let binary = folder.join(program);
    let headers = wgpu_native_sys_dyn::setup_dir().expect("there is a cache folder");
    let mut compiler = Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()));
    compiler.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I"]).arg(headers);
    compiler.arg(source.with_extension("c")).arg("-L").arg(&original);
    succeed(compiler.args(["-lwgpu_native", "-o"]).arg(&binary));

    let trace = folder.join("trace.txt");
    // That of an earlier run would be appended to.
    let _ = fs::remove_file(&trace);
    let with = |library: &Path, trace: &Path| {
        let mut command = Command::new(&binary);
        command.env("LD_LIBRARY_PATH", library).env("WGPU_NATIVE_LIB", engine());
        succeed(command.env("WEBGPU_TRACE", trace))
    };
    let none = Path::new("");
    let outputs = [with(&original, none), with(&drop_in, none)];
    assert_eq!(with(&drop_in, &trace), outputs[1], "the trace changes what {program} does");
    let [first, second] = outputs;
    [first, second, fs::read_to_string(trace).expect("the trace was written")]
}

#[test]
fn every_name_is_exported() {
    // SAFETY: the library's initialisers do nothing.
    let library =
        unsafe { ffi::Library::open(drop_in()) }.unwrap_or_else(|error| panic!("{error}"));
    for function in Function::ALL {
        let address = library.address(function.name());
        assert!(address.is_ok(), "{function}: {address:?}");
    }
}

#[test]
fn compute() {
    let [original, drop_in, trace] = run("compute", &folder("compute"));
    assert_eq!(drop_in, original);
    let numbers: Vec<u32> = drop_in.lines().map_while(|line| line.parse().ok()).collect();
    assert_eq!(numbers, (0..256).map(|number| number * number).collect::<Vec<u32>>());
    assert!(drop_in.contains("\n1 errors\n"), "{drop_in}");
    // Callbacks in arguments, and one inside of a struct that is passed by its address.
    for callback in ["RequestAdapter", "RequestDevice", "BufferMap", "UncapturedError"] {
        let line = format!("\n  WGPU{callback}Callback(");
        assert_eq!(trace.matches(&line).count(), 1, "{callback}: {trace}");
    }
    assert!(trace.contains("wgpuBufferGetSize(buffer=0x"), "{trace}");
}

#[test]
fn triangle() {
    let [original, drop_in, trace] = run("triangle", &folder("triangle"));
    assert_eq!(drop_in, original);
    let pixels: Vec<&str> = drop_in.split_whitespace().take(64 * 64).collect();
    // Red grows to the right, green downwards; the corners at the top are background.
    assert_eq!((pixels[0], pixels[63]), ("ff004000", "ff004000"));
    let drawn = pixels.iter().filter(|pixel| pixel.starts_with("ff80")).count();
    assert!((1900..2200).contains(&drawn), "half of the picture is drawn, not {drawn} pixels");
    assert!(drop_in.contains("\n0 errors\n"), "{drop_in}");
    assert!(trace.contains("wgpuRenderPassEncoderSetViewport(renderPassEncoder=0x"), "{trace}");
    assert!(trace.contains("x=0.0, y=0.0, width=64.0, height=64.0, minDepth=0.0, maxDepth=1.0)"));
}

/// Where the search, or the user, leads the drop-in library to itself.
#[test]
fn the_library_does_not_take_itself_for_the_engine() {
    let folder = folder("itself");
    run("compute", &folder);
    let binary = folder.join("compute");
    let library = folder.join("drop-in").join("libwgpu_native.so");
    let mut command = Command::new(&binary);
    command.env("LD_LIBRARY_PATH", folder.join("drop-in"));
    let output = command.env("WGPU_NATIVE_LIB", &library).output().expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    let library = library.to_str().expect("temporary paths are text");
    for part in [library, "not the engine", "WGPU_NATIVE_LIB"] {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
    // By the system's search, which finds it under the engine's name.
    let mut command = Command::new(&binary);
    command.env("LD_LIBRARY_PATH", folder.join("drop-in")).env_remove("WGPU_NATIVE_LIB");
    command.env("WEBGPU_SETUP_DIR", "/nonexistent/setup");
    let output = command.output().expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(message.contains("is the library that searches"), "{message}");
}
