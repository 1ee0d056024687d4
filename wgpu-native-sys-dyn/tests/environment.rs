//! What the environment decides: each case is a process of its own, which loads and prints what it got.
//!
//! No test harness: the program runs itself with an argument.

mod common;

use common::{Folder, engine_code};
use std::env;
use std::path::Path;
use std::process::{Command, ExitCode, Output};
use wgpu_native_sys_dyn::{
    Api, ENGINE_VERSION, ENGINE_VERSION_CODE, Function, LIBRARY_NAMES, LoadOptions,
};

/// The argument with which the program runs itself.
const LOAD: &str = "load";

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some(LOAD) {
        return load();
    }
    let cases: [(&str, fn()); 14] = [
        ("variable_names_the_library", variable_names_the_library),
        ("bad_variable_is_not_passed_over", bad_variable_is_not_passed_over),
        ("setup_dir_is_searched", setup_dir_is_searched),
        ("bad_file_in_setup_dir_is_an_error", bad_file_in_setup_dir_is_an_error),
        ("beside_the_executable_comes_first", beside_the_executable_comes_first),
        ("search_tells_all_it_tried", search_tells_all_it_tried),
        ("version_can_be_allowed", version_can_be_allowed),
        ("missing_functions_panic_by_name", missing_functions_panic_by_name),
        ("bad_values_are_errors", bad_values_are_errors),
        ("a_relative_home_leads_nowhere", a_relative_home_leads_nowhere),
        ("a_library_cut_short_is_never_mapped", a_library_cut_short_is_never_mapped),
        ("a_library_that_others_may_have_put_there", a_library_that_others_may_have_put_there),
        ("a_file_system_without_execution", a_file_system_without_execution),
        ("advice_is_for_the_one_who_reads_it", advice_is_for_the_one_who_reads_it),
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
    command.arg(LOAD).args(arguments);
    outcome_of(command, variables)
}

/// What a command prints that comes to such a process, and its exit code.
fn outcome_of(mut command: Command, variables: &[(&str, &str)]) -> (String, Option<i32>) {
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
    let Output { stdout, stderr, status } = command.output().expect("this program can run itself");
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
    text(&folder.library("libgood.so", &engine_code(ENGINE_VERSION_CODE, all_functions())))
}

fn text(path: &Path) -> String {
    path.to_str().expect("temporary paths are text").to_owned()
}

fn variable_names_the_library() {
    let folder = Folder::new("variable");
    let library = good_library(&folder);
    let (message, code) = outcome_with(&[("WGPU_NATIVE_LIB", &library)]);
    assert_eq!(code, Some(0), "{message}");
    assert_says(&message, &[&library, "Variable", ENGINE_VERSION, "Direct"]);
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
    let place = folder.path().join("wgpu-native").join(ENGINE_VERSION).join(platform);
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
    assert_says(&message, &["27.0.4.1", ENGINE_VERSION, "WGPU_NATIVE_ALLOW_VERSION=1"]);
    let (message, code) =
        outcome_with(&[("WGPU_NATIVE_LIB", &library), ("WGPU_NATIVE_ALLOW_VERSION", "1")]);
    assert_eq!(code, Some(0), "{message}");
    assert_says(&message, &["27.0.4.1", "WARNING: ", ENGINE_VERSION, "the wrong memory"]);
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
    // A trace chooses the way, and lets no word pass that means nothing.
    let bad = [("WGPU_NATIVE_LIB", library.as_str()), ("WEBGPU_CALLS", "bad")];
    let (message, code) = outcome_with(&[bad[0], bad[1], ("WEBGPU_TRACE", "1")]);
    assert_eq!(code, Some(3), "{message}");
    assert_says(&message, &["WEBGPU_CALLS", "\"bad\""]);
}

fn a_relative_home_leads_nowhere() {
    let none = [("WEBGPU_SETUP_DIR", ""), ("XDG_CACHE_HOME", ""), ("LOCALAPPDATA", "here")];
    let (message, code) = outcome_with(&[none[0], none[1], none[2], ("HOME", "here")]);
    assert_eq!(code, Some(3), "{message}");
    assert!(!message.contains("here/"), "{message}");
}

/// At the first access to what is missing the system would end the process.
fn a_library_cut_short_is_never_mapped() {
    let folder = Folder::new("short");
    let large = "const char large[3000000] = {1}; ".to_owned()
        + &engine_code(ENGINE_VERSION_CODE, all_functions());
    let whole = std::fs::read(folder.library("libwhole.so", &large)).expect("it was made");
    let half = text(&folder.file("libhalf.so", &whole[..whole.len() / 2]));
    let (message, code) = outcome_with(&[("WGPU_NATIVE_LIB", &half)]);
    assert_eq!(code, Some(3), "{message}");
    let has = format!("it has {} bytes of the ", whole.len() / 2);
    assert_says(&message, &[&half, "cut short", &has, "unset it"]);
    let place = setup_place(&folder).join(LIBRARY_NAMES[1]);
    std::fs::rename(half, place).expect("the temporary folder can be written to");
    let (message, code) = outcome_with(&[("WEBGPU_SETUP_DIR", &text(folder.path()))]);
    assert_eq!(code, Some(3), "{message}");
    assert_says(&message, &["cut short", "run `cargo xtask setup`"]);
}

fn a_library_that_others_may_have_put_there() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let mode = |place: &Path, mode| {
        std::fs::set_permissions(place, std::fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    let folder = Folder::new("others");
    let place = setup_place(&folder);
    let installed = place.join(LIBRARY_NAMES[1]);
    std::fs::copy(good_library(&folder), &installed)
        .expect("the temporary folder can be written to");
    let setup_dir = text(folder.path());
    let load = || outcome_with(&[("WEBGPU_SETUP_DIR", &setup_dir)]);
    let version = place.parent().expect("it has one");
    for (open, usual, what) in
        [(&*installed, 0o644, "file"), (&*place, 0o755, "folder"), (version, 0o755, "above")]
    {
        mode(open, 0o777);
        let (message, code) = load();
        assert_eq!(code, Some(3), "{what}: {message}");
        let path = format!("{} can be written to by every user", open.display());
        assert_says(&message, &[&path, "WEBGPU_SETUP_DIR", "WGPU_NATIVE_LIB"]);
        mode(open, usual);
        assert_eq!(load().1, Some(0), "{what}");
    }
    // In a folder for everybody's temporary files nobody can rename what is another's.
    mode(folder.path(), 0o1777);
    assert_eq!(load().1, Some(0));
    match chown(&installed, Some(4711), None) {
        Ok(()) => {
            let (message, code) = load();
            assert_eq!(code, Some(3), "{message}");
            assert_says(&message, &["belongs to user 4711"]);
        }
        Err(error) => {
            println!("NOT CHECKED: a library of another user, which takes root to make: {error}")
        }
    }
}

fn a_file_system_without_execution() {
    if !cfg!(target_os = "linux") {
        return println!(
            "NOT CHECKED: a file system without execution, which is made on Linux only"
        );
    }
    let folder = Folder::new("noexec");
    let (library, place) = (good_library(&folder), setup_place(&folder));
    let inside = text(&place.join(LIBRARY_NAMES[1]));
    // In a process with mounts of its own.
    let mount = "mount -t tmpfs -o noexec,mode=755 none \"$1\"/wgpu-native || exit 99; \
                 mkdir -p \"$(dirname \"$3\")\" && cp \"$2\" \"$3\" && exec \"$4\" load";
    let program = env::current_exe().expect("the program knows its path");
    let run = |variable: (&str, &str)| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", mount, "sh"]);
        command.args([folder.path(), Path::new(&library), Path::new(&inside), &program]);
        outcome_of(command, &[variable])
    };
    let (message, code) = run(("WEBGPU_SETUP_DIR", &text(folder.path())));
    if code == Some(99) || message.contains("unshare failed") {
        return println!("NOT CHECKED: this system lets no test mount a file system: {message}");
    }
    assert_eq!(code, Some(3), "{message}");
    assert_says(
        &message,
        &["noexec", &inside, "Set WEBGPU_SETUP_DIR to a folder on another file system"],
    );
    let (message, code) = run(("WGPU_NATIVE_LIB", &inside));
    assert_eq!(code, Some(3), "{message}");
    assert_says(&message, &["noexec", "Move it to another file system and set WGPU_NATIVE_LIB"]);
}

/// Whoever got the program alone has no `cargo xtask`.
fn advice_is_for_the_one_who_reads_it() {
    let folder = Folder::new("reader");
    let program = folder.path().join("program");
    std::fs::copy(env::current_exe().expect("the program knows its path"), &program)
        .expect("it can be copied");
    let elsewhere = |variables: &[(&str, &str)]| {
        let mut command = Command::new(&program);
        command.arg(LOAD).current_dir("/");
        outcome_of(command, variables)
    };
    let half = setup_place(&folder).join(LIBRARY_NAMES[1]);
    std::fs::write(half, b"\x7fELF half").expect("the temporary folder can be written to");
    let setup_dir = text(folder.path());
    for variables in [&[][..], &[("WEBGPU_SETUP_DIR", setup_dir.as_str())]] {
        let (message, code) = elsewhere(variables);
        assert_eq!(code, Some(3), "{message}");
        let of_version = format!("of version {ENGINE_VERSION} of wgpu-native");
        assert_says(&message, &[&of_version, "beside the program", "WGPU_NATIVE_LIB"]);
        let advice = message.lines().last().expect("there is a message");
        assert!(!advice.contains("run `cargo xtask"), "{message}");
    }
}
