//! Processes of a program's own: they end with it, and how they ended is told in words.

use std::env;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::thread;

/// Names the process with which a child ends.
const PARENT: &str = "EXAMPLES_PARENT";

/// The little that a thread needs which only waits: memory may be scarce.
const STACK: usize = 64 << 10;

/// A command that starts this program once more; there, [`end_with_parent`] is to be called first.
///
/// # Errors
/// The program's own file is not known: on Linux it is asked for in `/proc`, then taken from the command line.
pub fn again() -> io::Result<Command> {
    let program = env::current_exe().or_else(|error| {
        let typed = env::args_os().next().map(PathBuf::from);
        typed.filter(|path| path.is_file()).ok_or(error)
    })?;
    let mut command = Command::new(program);
    command.env(PARENT, std::process::id().to_string());
    Ok(command)
}

/// Whether this process is one that [`again`] started.
#[must_use]
pub fn is_child() -> bool {
    env::var_os(PARENT).is_some()
}

/// Ends this process as soon as the one that started it is gone, whatever it does then. Nothing else is done at its end.
///
/// # Errors
/// The thread that watches cannot be started.
pub fn end_with_parent() -> io::Result<()> {
    let Some(parent) = env::var(PARENT).ok().and_then(|number| number.parse().ok()) else {
        return Ok(());
    };
    let watch = move || {
        wait_for_end(parent);
        unsafe extern "C" {
            safe fn _exit(code: i32) -> !;
        }
        _exit(1)
    };
    thread::Builder::new().name("parent".into()).stack_size(STACK).spawn(watch).map(drop)
}

/// Returns when the parent is gone: then this process is another one's child.
#[cfg(unix)]
fn wait_for_end(parent: u32) {
    while std::os::unix::process::parent_id() == parent {
        thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Returns when the parent is gone.
#[cfg(windows)]
fn wait_for_end(parent: u32) {
    use std::ffi::c_void;
    use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};

    const SYNCHRONIZE: u32 = 0x0010_0000;
    const INFINITE: u32 = u32::MAX;
    #[link(name = "kernel32")]
    unsafe extern "system" {
        safe fn OpenProcess(access: u32, inherit: i32, process: u32) -> *mut c_void;
        fn WaitForSingleObject(handle: *mut c_void, milliseconds: u32) -> u32;
    }
    let handle = OpenProcess(SYNCHRONIZE, 0, parent);
    if !handle.is_null() {
        // SAFETY: the handle was opened above, and nobody else has it.
        let parent = unsafe { OwnedHandle::from_raw_handle(handle) };
        // SAFETY: the handle is open until `parent` goes.
        unsafe { WaitForSingleObject(parent.as_raw_handle(), INFINITE) };
    }
}

/// How a process ended, as what comes behind "it ended with": `SIGSEGV, an access to memory that is not there`.
#[must_use]
#[cfg(unix)]
pub fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;

    let Some(signal) = status.signal() else {
        return format!("exit code {}", status.code().unwrap_or_default());
    };
    // Numbers differ between systems where the name of one is SIGBUS.
    let name = match signal {
        1 => "SIGHUP, a terminal that was closed",
        2 => "SIGINT, an interrupt from the keyboard",
        3 => "SIGQUIT",
        4 => "SIGILL, an illegal instruction",
        5 => "SIGTRAP, a trap",
        6 => "SIGABRT, an abort",
        7 if cfg!(target_os = "linux") => "SIGBUS, an access beyond the end of a file",
        8 => "SIGFPE, an arithmetic error",
        9 => "SIGKILL, which somebody sent or the system, for want of memory",
        10 if cfg!(not(target_os = "linux")) => "SIGBUS, an access beyond what is mapped",
        11 => "SIGSEGV, an access to memory that is not there",
        13 => "SIGPIPE, a pipe that nobody reads",
        14 => "SIGALRM, an alarm",
        15 => "SIGTERM",
        24 => "SIGXCPU, the limit of processor time",
        25 => "SIGXFSZ, the limit of a file's size",
        31 if cfg!(target_os = "linux") => "SIGSYS, a system call that is not allowed",
        _ => return format!("signal {signal}"),
    };
    name.to_owned()
}

/// How a process ended, as what comes behind "it ended with": `an access violation`.
#[must_use]
#[cfg(not(unix))]
pub fn ending(status: ExitStatus) -> String {
    let code = status.code().unwrap_or_default();
    match code as u32 {
        0xc000_0005 => "an access violation".to_owned(),
        0xc000_00fd => "a stack overflow".to_owned(),
        0xc000_0409 => "an abort".to_owned(),
        large @ 0x8000_0000.. => format!("exit code {large:#x}"),
        _ => format!("exit code {code}"),
    }
}
