//! A call that needs more stack than there is ends at the guard page and never writes beyond it.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::ffi::c_void;
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use ffi::{Abi, Arg, CallInterface, CodePtr, Field, Signature, StructType, Type};

/// A thread's stack, with memory that cannot be touched below it, and memory that can below that.
const STACK: usize = 64 << 10;
const GUARD: usize = 64 << 10;
const BELOW: usize = 256 << 10;

/// More than stack and guard together.
const ARGUMENT: usize = 160 << 10;

/// Set for the program that makes such a call.
const INSIDE: &str = "FFI_TEST_SMALL_STACK";

unsafe extern "C" {
    fn mmap(at: *mut u8, size: usize, access: i32, flags: i32, file: i32, from: i64) -> *mut u8;
    fn mprotect(at: *mut u8, size: usize, access: i32) -> i32;
    fn pthread_attr_init(attributes: *mut c_void) -> i32;
    fn pthread_attr_setstack(attributes: *mut c_void, at: *mut u8, size: usize) -> i32;
    fn pthread_create(
        thread: *mut usize,
        attributes: *const c_void,
        start: extern "C" fn(*mut c_void) -> *mut c_void,
        argument: *mut c_void,
    ) -> i32;
    fn pthread_join(thread: usize, result: *mut *mut c_void) -> i32;
}

/// By these conventions, the callee gets the address of a copy.
#[cfg(target_arch = "x86_64")]
const BY_REFERENCE: Abi = Abi::Win64;
#[cfg(target_arch = "x86_64")]
extern "win64" fn first_byte(copy: *const u8) -> u8 {
    // SAFETY: the caller passes the address of its copy.
    unsafe { copy.read() }
}

#[cfg(target_arch = "aarch64")]
const BY_REFERENCE: Abi = Abi::Aapcs64;
#[cfg(target_arch = "aarch64")]
extern "C" fn first_byte(copy: *const u8) -> u8 {
    // SAFETY: the caller passes the address of its copy.
    unsafe { copy.read() }
}

/// Makes a call whose copy of the argument has so many bytes.
fn call(bytes: usize) -> u8 {
    let field = Field::new("bytes", Type::array(Type::U8, bytes).unwrap());
    let large = StructType::new("Large", [field]).unwrap();
    let signature = Signature::new([Type::from(large)], Type::U8).unwrap();
    let interface = CallInterface::with_abi(BY_REFERENCE, &signature).unwrap();
    let code = CodePtr::new(first_byte as *const c_void).unwrap();
    let value = vec![7_u8; bytes];
    // SAFETY: the function has this signature.
    unsafe { interface.call(code, &[Arg::new(&value[..])]) }.unwrap()
}

extern "C" fn on_the_small_stack(bytes: *mut c_void) -> *mut c_void {
    let byte = call(bytes.addr());
    println!("the call returned {byte}");
    std::ptr::null_mut()
}

/// The file that is the memory below the guard: its content outlives the program.
fn below() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("below-the-stack")
}

/// Makes the call on a thread with the small stack.
fn run(bytes: usize) {
    // SAFETY: an anonymous mapping of its own.
    let memory = unsafe { mmap(std::ptr::null_mut(), BELOW + GUARD + STACK, 3, 0x22, -1, 0) };
    let file = std::fs::OpenOptions::new().read(true).write(true).open(below()).unwrap();
    // SAFETY: it replaces the lowest part of the mapping, which nothing uses, by the file.
    let below = unsafe { mmap(memory, BELOW, 3, 0x11, file.as_raw_fd(), 0) };
    assert_eq!(below, memory);
    let guard = memory.wrapping_add(BELOW);
    // SAFETY: it lies within the mapping.
    assert_eq!(unsafe { mprotect(guard, GUARD, 0) }, 0);
    let mut attributes = [0_u64; 16];
    let attributes: *mut c_void = attributes.as_mut_ptr().cast();
    // SAFETY: there is more room than attributes take on any system.
    assert_eq!(unsafe { pthread_attr_init(attributes) }, 0);
    let stack = guard.wrapping_add(GUARD);
    // SAFETY: the stack is the thread's alone.
    assert_eq!(unsafe { pthread_attr_setstack(attributes, stack, STACK) }, 0);
    let mut thread = 0;
    let argument = std::ptr::without_provenance_mut(bytes);
    // SAFETY: the attributes are initialised, and the function may run on any thread.
    let made = unsafe { pthread_create(&raw mut thread, attributes, on_the_small_stack, argument) };
    assert_eq!(made, 0);
    // SAFETY: the thread was made, and is joined once.
    assert_eq!(unsafe { pthread_join(thread, std::ptr::null_mut()) }, 0);
}

#[test]
fn copies_larger_than_the_stack() {
    if let Ok(bytes) = std::env::var(INSIDE) {
        return run(bytes.parse().unwrap());
    }
    let program = std::env::current_exe().unwrap().display().to_string();
    let runner = std::env::var("FFI_TEST_RUNNER").unwrap_or_default();
    let words: Vec<&str> = runner.split_whitespace().chain([program.as_str()]).collect();
    let outcome = |bytes: usize| {
        std::fs::write(below(), vec![0; BELOW]).unwrap();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["--exact", "copies_larger_than_the_stack", "--nocapture"]);
        // A sanitizer would make a report of the signal.
        command.env("ASAN_OPTIONS", "handle_segv=0");
        let output = command.env(INSIDE, bytes.to_string()).output().unwrap();
        let returned = String::from_utf8_lossy(&output.stdout).contains("the call returned 7");
        (returned, output.status.signal())
    };
    assert_eq!(outcome(STACK / 4), (true, None));
    // It ends by the access to the guard, SIGSEGV, before anything is written below.
    assert_eq!(outcome(ARGUMENT), (false, Some(11)));
    assert!(std::fs::read(below()).unwrap().iter().all(|byte| *byte == 0));
}
