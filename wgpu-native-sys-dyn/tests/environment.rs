//! What the environment decides: each case is a process of its own, which loads and prints what it got.
//!
//! No test harness: the program runs itself with an argument.

mod common;

use common::{Folder, engine_code};
use std::env;
use std::path::Path;
use std::process::{Command, ExitCode, Output};
use wgpu_native_sys_dyn::{Api, Function, LIBRARY_NAMES, LoadOptions};

/// The argument with which the program runs itself.
const LOAD: &str = "load";

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some(LOAD) {
        return load();
    }
    let cases: [(&str, fn()); 9] = [
        ("variable_names_the_library", variable_names_the_library),
        ("bad_variable_is_not_passed_over", bad_variable_is_not_passed_over),
        ("setup_dir_is_searched", setup_dir_is_searched),
        ("bad_file_in_setup_dir_is_an_error", bad_file_in_setup_dir_is_an_error),
        ("beside_the_executable_comes_first", beside_the_executable_comes_first),
        ("search_tells_all_it_tried", search_tells_all_it_tried),
        ("version_can_be_allowed", version_can_be_allowed),
        ("missing_functions_panic_by_name", missing_functions_panic_by_name),
        ("bad_values_are_errors", bad_values_are_errors),
    ];
    let filters = filters();
    let mut count = 0;
    for (name, case) in cases {
        if filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str())) {
            case();
            println!("test {name} ... ok");
            count += 1;
        }
    }
    println!("\n{count} cases passed");
    ExitCode::SUCCESS
}

/// The words by which `cargo test` is to choose cases: its arguments, but for flags, which mean nothing here.
fn filters() -> Vec<String> {
    let mut filters = Vec::new();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--test-threads" | "--skip" | "--format" | "--color" | "--logfile" | "-Z" => {
                drop(arguments.next())
            }
            flag if flag.starts_with('-') => {}
            _ => filters.push(argument),
        }
    }
    filters
}

/// The other side: loads by the environment, and prints path, version and calls, or the error.
fn load() -> ExitCode {
    // SAFETY: Every case names libraries that were made for it, or none.
    match unsafe { Api::load(&LoadOptions::new()) } {
        Ok(api) => {
            println!(
                "{} {:?} {:?} {:?}",
                api.path().display(),
                api.origin(),
                api.version(),
                api.calls()
            );
            if env::args().nth(2).is_some() {
                if let Err(error) = api.require(Function::wgpuGenerateReport) {
                    println!("{error}");
                }
                // SAFETY: The made-up library has no such function.
                unsafe { api.wgpuGenerateReport(std::ptr::null_mut(), std::ptr::null_mut()) };
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error}");
            ExitCode::from(3)
        }
    }
}

/// What a process of this program prints to both streams, and its exit code.
fn outcome(
    program: &Path,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> (String, Option<i32>) {
    let mut command = Command::new(program);
    for variable in [
        "WGPU_NATIVE_LIB",
        "WGPU_NATIVE_ALLOW_VERSION",
        "WEBGPU_CALLS",
        "WEBGPU_TRACE",
        "LD_LIBRARY_PATH",
    ] {
        command.env_remove(variable);
    }
    // Where no case says otherwise nothing was set up.
    command.env("WEBGPU_SETUP_DIR", "/nonexistent/setup").envs(variables.iter().copied());
    let Output { stdout, stderr, status } =
        command.arg(LOAD).args(arguments).output().expect("this program can run itself");
    (
        String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr),
        status.code(),
    )
}

fn outcome_with(variables: &[(&str, &str)]) -> (String, Option<i32>) {
    let program = env::current_exe().expect("the program knows its path");
    outcome(&program, variables, &[])
}

fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

fn all_functions() -> impl Iterator<Item = &'static str> {
    Function::ALL.iter().map(|function| function.name())
}

/// A library that passes for the engine.
fn good_library(folder: &Folder) -> String {
    text(&folder.library("libgood.so", &engine_code(0x1d00_0101, all_functions())))
}

fn text(path: &Path) -> String {
    path.to_str().expect("temporary paths are text").to_owned()
}

fn variable_names_the_library() {
    let folder = Folder::new("variable");
    let library = good_library(&folder);
    let (message, code) = outcome_with(&[("WGPU_NATIVE_LIB", &library)]);
    assert_eq!(code, Some(0), "{message}");
    assert_says(&message, &[&library, "Variable", "29.0.1.1", "Direct"]);
}

fn bad_variable_is_not_passed_over() {
    let (message, code) = outcome_with(&[("WGPU_NATIVE_LIB", "/nonexistent/libwgpu_native.so")]);
    assert_eq!(code, Some(3));
    assert_says(
        &message,
        &[
            "/nonexistent/libwgpu_native.so",
            "named by WGPU_NATIVE_LIB",
            "does not exist",
            "unset it",
        ],
    );
    let folder = Folder::new("bad");
    let path = text(&folder.file("hostname", b"a name, no library\n"));
    let (message, code) = outcome_with(&[("WGPU_NATIVE_LIB", &path)]);
    assert_eq!(code, Some(3));
    assert_says(&message, &[&path, "not a shared library"]);
}

fn setup_dir_is_searched() {
    let folder = Folder::new("setup");
    let library = good_library(&folder);
    let place = setup_place(&folder);
    let installed = place.join(LIBRARY_NAMES[1]);
    std::fs::copy(library, &installed).expect("the temporary folder can be written to");
    let (message, code) = outcome_with(&[("WEBGPU_SETUP_DIR", &text(folder.path()))]);
    assert_eq!(code, Some(0), "{message}");
    assert_says(&message, &[&text(&installed), "SetupDir"]);
}

fn bad_file_in_setup_dir_is_an_error() {
    let folder = Folder::new("broken");
    let place = setup_place(&folder);
    std::fs::write(place.join(LIBRARY_NAMES[1]), "half a download")
        .expect("the temporary folder can be written to");
    let (message, code) = outcome_with(&[("WEBGPU_SETUP_DIR", &text(folder.path()))]);
    assert_eq!(code, Some(3));
    assert_says(&message, &["not a shared library", "run `cargo xtask setup`"]);
}

/// The folder that is searched for this platform under a `WEBGPU_SETUP_DIR`, made.
fn setup_place(folder: &Folder) -> std::path::PathBuf {
    let platform = format!("{}-{}", env::consts::OS, env::consts::ARCH);
    let place =
        folder.path().join("wgpu-native").join(wgpu_native_sys_dyn::ENGINE_VERSION).join(platform);
    std::fs::create_dir_all(&place).expect("the temporary folder can be written to");
    place
}

fn beside_the_executable_comes_first() {
    let folder = Folder::new("beside");
    let program = folder.path().join("program");
    std::fs::copy(env::current_exe().expect("the program knows its path"), &program)
        .expect("it can be copied");
    let library = folder.path().join(LIBRARY_NAMES[0]);
    std::fs::copy(good_library(&folder), &library).expect("the temporary folder can be written to");
    let (message, code) = outcome(&program, &[], &[]);
    assert_eq!(code, Some(0), "{message}");
    assert_says(&message, &[&text(&library), "Executable"]);
}

fn search_tells_all_it_tried() {
    let (message, code) = outcome_with(&[]);
    assert_eq!(code, Some(3), "a library is installed in the system: {message}");
    assert_says(
        &message,
        &[
            "beside the executable",
            "/nonexistent/setup",
            "from `cargo xtask setup`",
            "by the system's search",
            "Run `cargo xtask setup`",
        ],
    );
    for name in LIBRARY_NAMES {
        assert_eq!(message.matches(&format!("{name} (")).count(), 3, "{message}");
    }
}

fn version_can_be_allowed() {
    let folder = Folder::new("allowed");
    let library = text(&folder.library("libolder.so", &engine_code(0x1b00_0401, all_functions())));
    let (message, code) = outcome_with(&[("WGPU_NATIVE_LIB", &library)]);
    assert_eq!(code, Some(3));
    assert_says(&message, &["27.0.4.1", "29.0.1.1", "WGPU_NATIVE_ALLOW_VERSION=1"]);
    let (message, code) =
        outcome_with(&[("WGPU_NATIVE_LIB", &library), ("WGPU_NATIVE_ALLOW_VERSION", "1")]);
    assert_eq!(code, Some(0), "{message}");
    assert_says(&message, &["27.0.4.1", "WARNING: ", "29.0.1.1", "the wrong memory"]);
}

fn missing_functions_panic_by_name() {
    let folder = Folder::new("missing");
    let names = all_functions().filter(|name| *name != "wgpuGenerateReport");
    let library = text(&folder.library("libother.so", &engine_code(0x1c00_0000, names)));
    let program = env::current_exe().expect("the program knows its path");
    let variables = [("WGPU_NATIVE_LIB", library.as_str()), ("WGPU_NATIVE_ALLOW_VERSION", "1")];
    for calls in ["direct", "engine"] {
        let variables = [variables[0], variables[1], ("WEBGPU_CALLS", calls)];
        let (message, code) = outcome(&program, &variables, &["call"]);
        assert_eq!(code, Some(101), "a panic, not a crash: {message}");
        assert_says(
            &message,
            &["28.0.0.0", "the engine library has no function wgpuGenerateReport", &library],
        );
    }
}

fn bad_values_are_errors() {
    let folder = Folder::new("values");
    let library = good_library(&folder);
    let (message, code) = outcome_with(&[("WGPU_NATIVE_LIB", &library), ("WEBGPU_CALLS", "fast")]);
    assert_eq!(code, Some(3));
    assert_says(&message, &["WEBGPU_CALLS", "\"fast\"", "`direct`", "`engine`"]);
    let (message, code) =
        outcome_with(&[("WGPU_NATIVE_LIB", &library), ("WGPU_NATIVE_ALLOW_VERSION", "yes")]);
    assert_eq!(code, Some(3));
    assert_says(&message, &["WGPU_NATIVE_ALLOW_VERSION", "\"yes\"", "`1`"]);
    let (message, code) =
        outcome_with(&[("WGPU_NATIVE_LIB", &library), ("WEBGPU_CALLS", "engine")]);
    assert_eq!(code, Some(0), "{message}");
    assert_says(&message, &["Engine"]);
}
