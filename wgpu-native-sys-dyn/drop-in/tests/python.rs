//! A Python script with the published binding, on the library that it brings and on the drop-in library.
#![cfg(target_os = "linux")]

mod common;
#[path = "../../src/release.rs"]
mod release;

use common::{drop_in, engine, folder, succeed};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
#[ignore = "installs the Python package `wgpu` with pip: run it with `--ignored`"]
fn a_python_program_runs_unchanged() {
    let folder = folder("python");
    let environment = folder.join("environment");
    let python = environment.join("bin").join("python");
    if !python.is_file() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&environment));
    }
    succeed(Command::new(&python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        release::WHEEL_PROJECT,
    ]));

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/compute.py");
    let trace = folder.join("trace.txt");
    let run = |library: &Path, trace: &Path| {
        let mut command = Command::new(&python);
        command.arg(&script).env("WGPU_LIB_PATH", library).env("WGPU_NATIVE_LIB", engine());
        let output = succeed(command.env("WEBGPU_TRACE", trace));
        let (path, results) = output.split_once('\n').expect("the path of the library comes first");
        assert_eq!(Path::new(path), library);
        results.to_owned()
    };
    let original = run(&engine(), Path::new(""));
    assert!(
        original.contains("[0.0, 1.5, 3.0, ") && original.contains("\nGPUValidationError"),
        "{original}"
    );
    assert_eq!(run(&drop_in(), Path::new("")), original);
    assert_eq!(run(&drop_in(), &trace), original);
    let trace = fs::read_to_string(trace).expect("the trace was written");
    let version = format!("wgpuGetVersion() = {}", release::ENGINE_VERSION_CODE);
    for part in [version.as_str(), "  WGPURequestDeviceCallback(status=Success", "all functions"] {
        assert!(trace.contains(part), "{part:?} is not in: {trace}");
    }
}
