//! `WEBGPU_TRACE` where the disk is full, nobody reads, several processes write, the process forks, or it ends without
//! notice: by a library of functions that do nothing, in processes of their own.
#![cfg(unix)]

mod common;

use common::{Folder, engine_code};
use std::collections::BTreeSet;
use std::ffi::{c_int, c_uint};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, process, ptr, thread};
use wgpu_native_sys_dyn::{Api, ENGINE_VERSION_CODE, Function, LoadOptions};

/// What the traced program does.
const DEED: &str = "TRACED_DEED";

const CALLS: usize = 300;
const FORKS: usize = 40;

unsafe extern "C" {
    safe fn fork() -> c_int;
    safe fn alarm(seconds: c_uint) -> c_uint;
    safe fn _exit(code: c_int) -> !;
    fn waitpid(process: c_int, status: *mut c_int, options: c_int) -> c_int;
}

/// The program that is traced: a process of its own, since the environment decides for all of it.
#[test]
#[ignore = "the other tests run it"]
fn program() {
    // SAFETY: The library is one of functions that do nothing.
    let api = unsafe { Api::load(&LoadOptions::new()) }.unwrap_or_else(|error| {
        println!("{error}");
        process::exit(3)
    });
    // SAFETY: The function does nothing.
    let call = &|| unsafe { api.wgpuInstanceRelease(ptr::null_mut()) };
    match env::var(DEED).as_deref() {
        Ok("call") => (0..CALLS).for_each(|_| call()),
        Ok("abort") => {
            call();
            process::abort()
        }
        Ok("_exit") => {
            call();
            _exit(7)
        }
        Ok("fork") => thread::scope(|scope| {
            let started = Instant::now();
            for _ in 0..4 {
                scope.spawn(move || {
                    while started.elapsed() < Duration::from_millis(500) {
                        call()
                    }
                });
            }
            for _ in 0..FORKS {
                thread::sleep(Duration::from_millis(5));
                let child = fork();
                if child == 0 {
                    // One that hangs would hold its parent's pipes open.
                    alarm(20);
                    call();
                    _exit(0);
                }
                wait_for(child);
            }
        }),
        other => panic!("{other:?} is no deed"),
    }
}

/// Fails where the child does not end by itself.
fn wait_for(child: c_int) {
    let mut status = 0;
    // SAFETY: The status is written to a place for it.
    unsafe { waitpid(child, &raw mut status, 0) };
    assert_eq!(status, 0, "a child of the traced process hangs");
}

/// The program that does this, traced to there.
fn command(library: &Path, deed: &str, trace: &Path) -> Command {
    let mut command = Command::new(env::current_exe().expect("the program knows its path"));
    command
        .args(["--exact", "program", "--ignored", "--nocapture"])
        .env("WGPU_NATIVE_LIB", library);
    command.env(DEED, deed).env("WEBGPU_TRACE", trace).env_remove("WEBGPU_CALLS");
    command
}

/// What the program leaves that must end in time.
fn run(command: &mut Command) -> Output {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let started = Instant::now();
    while child.try_wait().expect("it is a child").is_none() {
        if started.elapsed() > Duration::from_secs(60) {
            child.kill().expect("it is a child");
            panic!("the traced program does not end");
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.wait_with_output().expect("it has ended")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn library(folder: &Folder) -> std::path::PathBuf {
    let names = Function::ALL.iter().map(|function| function.name());
    folder.library("libnothing.so", &engine_code(ENGINE_VERSION_CODE, names))
}

/// Calls, summaries and the processes they name; whatever else is in a trace fails the test.
fn parts(trace: &str) -> (usize, usize, BTreeSet<String>) {
    let (mut calls, mut summaries, mut processes) = (0, 0, BTreeSet::new());
    for line in trace.lines() {
        let process = |behind: &str| {
            let rest = line.split_once(behind).unwrap_or_else(|| panic!("{line:?}")).1;
            rest.chars().take_while(char::is_ascii_digit).collect::<String>()
        };
        if line.starts_with("wgpuInstanceRelease(instance=NULL) [") && line.ends_with(']') {
            calls += 1;
            processes.insert(process(", process "));
        } else if line.ends_with(')') {
            summaries += 1;
            processes.insert(process("function, of process "));
        } else {
            let last = line.split_whitespace().last();
            assert!(
                matches!(last, Some("wgpuInstanceRelease" | "functions" | "wgpuGetVersion")),
                "{line:?}"
            );
        }
    }
    (calls, summaries, processes)
}

#[test]
fn a_full_disk_is_told_once() {
    let folder = Folder::new("trace-full");
    let output = run(&mut command(&library(&folder), "call", Path::new("/dev/full")));
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("WEBGPU_TRACE").count(), 1, "{said}");
    assert!(said.contains("lines are missing in /dev/full: No space left on device"), "{said}");
}

#[test]
fn several_processes_write_whole_lines_to_one_file() {
    let folder = Folder::new("trace-several");
    let (library, trace) = (library(&folder), folder.path().join("trace.txt"));
    thread::scope(|scope| {
        let run = || assert!(run(&mut command(&library, "call", &trace)).status.success());
        (0..4).for_each(|_| drop(scope.spawn(run)));
    });
    let (calls, summaries, processes) = parts(&fs::read_to_string(trace).expect("it was written"));
    assert_eq!((calls, summaries, processes.len()), (4 * CALLS, 4, 4));
}

#[test]
fn a_fork_while_threads_trace() {
    let folder = Folder::new("trace-fork");
    let trace = folder.path().join("trace.txt");
    let output = run(&mut command(&library(&folder), "fork", &trace));
    assert!(output.status.success(), "{}", text(&output.stdout) + &text(&output.stderr));
    let (calls, summaries, processes) = parts(&fs::read_to_string(trace).expect("it was written"));
    assert!(calls > FORKS && summaries == 1, "{calls} calls, {summaries} summaries");
    assert_eq!(processes.len(), 1 + FORKS, "each child has its line");
}

#[test]
fn an_end_without_notice_leaves_the_lines() {
    let folder = Folder::new("trace-end");
    let library = library(&folder);
    for deed in ["abort", "_exit"] {
        let trace = folder.path().join(deed);
        let output = run(&mut command(&library, deed, &trace));
        assert_eq!(output.status.code(), if deed == "abort" { None } else { Some(7) });
        let trace = fs::read_to_string(trace).expect("it was written");
        let (calls, summaries, _) = parts(&trace);
        assert_eq!((calls, summaries), (1, 0), "{trace}");
    }
}

#[test]
fn pipes() {
    let folder = Folder::new("trace-pipe");
    let (library, pipe) = (library(&folder), folder.path().join("pipe"));
    let made = Command::new("mkfifo").arg(&pipe).status().expect("every Unix has it");
    assert!(made.success());
    let output = run(&mut command(&library, "call", &pipe));
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("nobody has opened this pipe to read") && said.contains("WEBGPU_TRACE"),
        "{said}"
    );

    // A reader that has seen enough; until it is there the pipe is refused.
    let mut reader = Command::new("head");
    reader.args(["-c", "1000", "pipe"]).current_dir(folder.path()).stdout(Stdio::null());
    let mut reader = reader.spawn().expect("every Unix has it");
    let output = loop {
        let output = run(&mut command(&library, "call", &pipe));
        if output.status.code() != Some(3) {
            break output;
        }
    };
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("lines are missing in ") && said.contains("Broken pipe"), "{said}");
    assert!(reader.wait().expect("it is a child").success());
}

#[test]
fn nobody_reads_stderr() {
    let folder = Folder::new("trace-closed");
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().expect("every Unix has it");
    let closed = reader.stdin.take().expect("it has one");
    assert!(reader.wait().expect("it is a child").success());
    let mut command = command(&library(&folder), "call", Path::new("1"));
    let status = command.stdout(Stdio::null()).stderr(Stdio::from(closed)).status();
    assert!(status.expect("it starts").success());
}
