//! `ffi-call` where functions do not come back, or nobody takes what is printed.
#![cfg(unix)]

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::command::library;
use crate::waiting::in_time;

fn ffi_call(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ffi-call"));
    command.args(arguments);
    command
}

/// The exit code, and what was written to standard error.
fn ended(output: Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr).expect("the output is UTF-8"))
}

/// A pipe whose reader is gone.
fn closed() -> Stdio {
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().expect("every Unix has it");
    let writer = reader.stdin.take().expect("it has one");
    assert!(reader.wait().expect("it is a child").success());
    writer.into()
}

/// Each command line writes in another way: the result, the help, what C prints, the plan.
fn lines() -> [Vec<&'static str>; 4] {
    [
        vec!["c", "int abs(int)", "-3"],
        vec!["--help"],
        vec![library(), "int prints(int n)", "20000"],
        vec!["--plan", "c", "int abs(int)", "-3"],
    ]
}

#[test]
fn a_reader_that_has_seen_enough() {
    for line in lines() {
        let output = ffi_call(&line).stdout(closed()).output().expect("it starts");
        assert_eq!(ended(output), (Some(0), String::new()), "{line:?}");
    }
    let status = ffi_call(&["c", "int abs(int)", "x"]).stderr(closed()).status();
    assert_eq!(status.expect("it starts").code(), Some(6));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk() {
    for line in lines() {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let output = ffi_call(&line).stdout(full).output().expect("it starts");
        let (code, said) = ended(output);
        assert_eq!(code, Some(9), "{line:?}: {said}");
        let expected = "ffi-call: error: the output cannot be written: No space left on device";
        assert!(said.starts_with(expected) && said.lines().count() == 1, "{said}");
    }
}

fn mark(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&file);
    file
}

fn is_there(process: &str) -> bool {
    let mut asked = Command::new("kill");
    asked.args(["-0", process]).stderr(Stdio::null());
    asked.status().expect("every Unix has it").success()
}

#[test]
fn a_function_that_spins_ends_with_its_caller_or_in_time() {
    let mark = mark("spin");
    let text = format!("{:?}", mark.to_str().expect("temporary paths are text"));
    let spin = [library(), "int spin(const char *mark)", &text];
    let process =
        || in_time("it spins", || fs::read_to_string(&mark).ok().filter(|text| !text.is_empty()));

    let mut caller = ffi_call(&spin).spawn().expect("it starts");
    let spinning = process();
    caller.kill().expect("it is a child");
    caller.wait().expect("it is a child");
    in_time("it ends with its caller", || (!is_there(&spinning)).then_some(()));

    fs::remove_file(&mark).expect("it was made");
    let started = Instant::now();
    let output = ffi_call(&[&["--timeout", "0.5"], &spin[..]].concat()).output();
    let (code, said) = ended(output.expect("it starts"));
    assert_eq!(
        (code, said.as_str()),
        (Some(8), "ffi-call: error: the function did not return within 0.5 s\n")
    );
    assert!(started.elapsed() < Duration::from_secs(15) && !is_there(&process()));
    let output = ffi_call(&["--timeout", "60", "c", "int abs(int)", "-3"]).output();
    assert_eq!(output.expect("it starts").stdout, b"3\n");
    let (code, said) =
        ended(ffi_call(&["--timeout", "0", "c", "int abs(int)", "1"]).output().expect("it starts"));
    assert!(code == Some(2) && said.contains("--timeout 0 is no time"), "{said}");
}

#[test]
fn nothing_is_left_in_the_folder_for_temporary_files() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ffi-call-temporary");
    fs::create_dir_all(&folder).expect("the temporary folder can be written to");
    for line in [["int abs(int)", "1"], ["void exit(int)", "0"], ["int raise(int)", "9"]] {
        ffi_call(&["c", line[0], line[1]]).env("TMPDIR", &folder).output().expect("it starts");
        assert_eq!(fs::read_dir(&folder).expect("it was made").count(), 0, "{line:?}");
    }
    let output = ffi_call(&["c", "int abs(int)", "1"]).env("TMPDIR", "/no/such/folder").output();
    let (code, said) = ended(output.expect("it starts"));
    assert!(code == Some(1) && said.contains("set TMPDIR"), "{said}");
}
