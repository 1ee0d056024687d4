//! The drop-in library where the engine is half there, the disk is full, nobody reads, or the program forks or ends without
//! notice: from C and from Python, on an engine of functions that do nothing.
#![cfg(target_os = "linux")]

mod common;

use common::{drop_in, folder, succeed};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::{env, fs};
use wgpu_native_sys_dyn::{ENGINE_VERSION_CODE, Function};

const CALLS: usize = 300;
const SIGABRT: i32 = 6;

/// A shared library or a program, of C.
fn compiled(name: &str, source: &Path, options: &[&str]) -> PathBuf {
    let made = folder("faults").join(name);
    let mut compiler = Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()));
    succeed(compiler.arg(source).args(options).arg("-o").arg(&made));
    made
}

/// An engine whose functions do nothing.
fn engine() -> &'static Path {
    static ENGINE: OnceLock<PathBuf> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut code =
            format!("unsigned wgpuGetVersion(void) {{ return {ENGINE_VERSION_CODE}u; }}\n");
        for function in Function::ALL.iter().filter(|item| **item != Function::wgpuGetVersion) {
            code += &format!("void {function}(void) {{}}\n");
        }
        let source = folder("faults").join("engine.c");
        fs::write(&source, code).expect("the temporary folder can be written to");
        compiled("libengine.so", &source, &["-shared", "-fPIC"])
    })
}

/// The programs in both languages, as commands that take a library and a deed.
fn programs() -> [Command; 2] {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let program = PROGRAM.get_or_init(|| {
        let options = ["-Wall", "-Wextra", "-Werror", "-ldl", "-lpthread"];
        compiled("faults", &sources.join("faults.c"), &options)
    });
    let mut python = Command::new("python3");
    python.arg("-W").arg("ignore::DeprecationWarning").arg(sources.join("faults.py"));
    let mut programs = [Command::new(program), python];
    for program in &mut programs {
        program.arg(drop_in()).env("WGPU_NATIVE_LIB", engine()).env("WEBGPU_TRACE", "");
    }
    programs
}

fn output(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Calls, summaries, and the processes of the calls.
fn parts(trace: &Path) -> (usize, usize, BTreeSet<String>) {
    let trace = fs::read_to_string(trace).expect("the trace was written");
    let (mut calls, mut summaries, mut processes) = (0, 0, BTreeSet::new());
    for line in trace.lines() {
        match line.strip_prefix("wgpuInstanceRelease(instance=NULL) [") {
            Some(rest) => {
                let (_, process) =
                    rest.split_once(", process ").expect("each line says its process");
                let (process, thread) = process.split_once(", thread ").expect("and its thread");
                assert!(thread.ends_with(']') && thread.len() < 5, "{line}");
                processes.insert(process.to_owned());
                calls += 1;
            }
            None if line.contains("function, of process ") => summaries += 1,
            None => assert!(
                line.ends_with("  wgpuInstanceRelease") || line.ends_with("  all functions"),
                "{line}"
            ),
        }
    }
    (calls, summaries, processes)
}

/// A new path in the folder of the tests.
fn new(name: &str, language: usize) -> PathBuf {
    let path = folder("faults").join(format!("{name}-{language}"));
    let _ = fs::remove_file(&path);
    path
}

#[test]
fn an_engine_that_cannot_be_one() {
    let whole = fs::read(common::engine()).expect("the loader has read it");
    let mut foreign = whole.clone();
    // The processor's number in ELF: that of the long gone IA-64.
    foreign[18] = 50;
    let files = [
        ("half", &whole[..4_000_000], "it is cut short"),
        ("foreign", &foreign, "a processor of number 50"),
    ];
    for (name, content, expected) in files {
        let file = folder("faults").join(name);
        fs::write(&file, content).expect("the temporary folder can be written to");
        for mut program in programs() {
            let output = output(program.arg("call").env("WGPU_NATIVE_LIB", &file));
            assert_eq!(output.status.signal(), Some(SIGABRT), "{}", output.status);
            let said = said(&output);
            assert!(said.starts_with("wgpu_drop_in: ") && said.contains(expected), "{said}");
        }
    }
}

#[test]
fn nobody_takes_the_words() {
    for mut program in programs() {
        let mut reader =
            Command::new("true").stdin(Stdio::piped()).spawn().expect("every Unix has it");
        let closed = reader.stdin.take().expect("it has one");
        assert!(reader.wait().expect("it is a child").success());
        program.arg("call").env("WGPU_NATIVE_LIB", "/no/such/library.so").stderr(closed);
        let status = program.status().expect("it starts");
        // C programs are ended by the pipe; Python has switched that off.
        assert!(matches!(status.signal(), Some(SIGABRT | 13)), "{status}");
    }
}

#[test]
fn a_trace_on_a_full_disk() {
    for mut program in programs() {
        let output = output(program.arg("call").env("WEBGPU_TRACE", "/dev/full"));
        let said = said(&output);
        assert!(output.status.success(), "{said}");
        let told = "WEBGPU_TRACE: lines are missing in /dev/full: No space left on device";
        assert!(said.starts_with(told) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn a_trace_to_a_pipe_that_nobody_reads() {
    for (language, mut program) in programs().into_iter().enumerate() {
        let pipe = new("pipe", language);
        succeed(Command::new("mkfifo").arg(&pipe));
        let output = output(program.arg("call").env("WEBGPU_TRACE", pipe));
        let said = said(&output);
        assert_eq!(output.status.signal(), Some(SIGABRT), "{said}");
        assert!(said.contains("nobody has opened this pipe to read"), "{said}");
    }
}

#[test]
fn two_programs_and_one_trace() {
    let trace = new("two", 2);
    thread::scope(|scope| {
        for mut program in programs() {
            program.arg("call").env("WEBGPU_TRACE", &trace);
            scope.spawn(move || succeed(&mut program));
        }
    });
    let (calls, summaries, processes) = parts(&trace);
    assert_eq!((calls, summaries, processes.len()), (2 * CALLS, 2, 2));
}

#[test]
fn a_trace_and_an_end_without_notice() {
    for deed in ["abort", "_exit"] {
        for (language, mut program) in programs().into_iter().enumerate() {
            let trace = new(deed, language);
            let output = output(program.arg(deed).env("WEBGPU_TRACE", &trace));
            assert!(!output.status.success());
            let (calls, summaries, _) = parts(&trace);
            assert_eq!((calls, summaries), (CALLS, 0), "{deed}");
        }
    }
}

#[test]
fn a_trace_and_forks_while_threads_call() {
    for (language, mut program) in programs().into_iter().enumerate() {
        let trace = new("fork", language);
        let output = output(program.arg("fork").env("WEBGPU_TRACE", &trace));
        let words = String::from_utf8_lossy(&output.stdout).into_owned() + &said(&output);
        assert!(output.status.success(), "{words}");
        let (_, summaries, processes) = parts(&trace);
        assert_eq!((summaries, processes.len()), (1, 21), "each child has its line");
    }
}
