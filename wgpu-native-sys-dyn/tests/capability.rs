//! The capability table against the engine library: every function is called in a process of its own, with zeros for
//! arguments. What it lacks ends with its words for that; whatever else happens is no matter here.

use ffi::{Arg, CallInterface};
use std::env;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use wgpu_native_sys_dyn::*;

const FUNCTION: &str = "WGPU_TEST_FUNCTION";

fn load() -> Api {
    // SAFETY: What the set-up fetches is the engine.
    let loaded = unsafe { Api::load(&LoadOptions::new().calls(Calls::Direct)) };
    loaded.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
#[ignore = "the other test runs it"]
fn call_with_zeros() {
    let name = env::var(FUNCTION).expect("the other test names a function");
    let function = Function::from_name(&name).expect("the function exists");
    let api = load();
    let code = api.require(function).expect("the library has all functions");
    let signature = function.signature();
    let zeros = vec![0_u128; 16];
    // SAFETY: No argument is larger.
    let zero = || unsafe { Arg::from_ptr(zeros.as_ptr().cast()) }.expect("it is not null");
    let arguments: Vec<Arg<'_>> = signature.parameters().iter().map(|_| zero()).collect();
    let mut result = [0_u128; 16];
    let interface = CallInterface::new(signature).expect("signatures are valid");
    // SAFETY: The signature is the function's. What it does with null handles is what is to be seen.
    let called = unsafe { interface.call_into(code, &arguments, result.as_mut_ptr().cast()) };
    called.expect("every parameter has an argument");
}

/// Whether the engine says that it does not have a function.
fn is_refused(function: Function) -> bool {
    let output = Command::new(env::current_exe().expect("the program knows its path"))
        .args(["--exact", "call_with_zeros", "--ignored", "--nocapture"])
        .env(FUNCTION, function.name())
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("this program can run itself");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!words.contains("WGPU_TEST_FUNCTION"), "{words}");
    !output.status.success() && words.contains("not implemented")
}

#[test]
fn what_aborts_is_what_the_table_says() {
    let api = load();
    assert_eq!(api.implementation(), Implementation::WgpuNative);
    assert_eq!(api.version(), Some(EngineVersion::BOUND), "the table is of this version");
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(function) = Function::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
            let capability = api.capability(*function);
            if is_refused(*function) != (capability == Capability::Aborts) {
                wrong.push((function.name(), capability));
            }
        }
        wrong
    };
    let wrong = thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.map(|thread| thread.join().expect("no assertion fails")).concat()
    });
    assert_eq!(wrong, [], "the table says this, the engine the contrary");
    let aborting = Function::ALL.iter().filter(|item| api.capability(**item) == Capability::Aborts);
    assert_eq!(aborting.count(), 40);
    assert!(api.has(Function::wgpuDevicePoll) && !api.has(Function::wgpuBufferSetLabel));
}
