//! Locks between processes: a folder is locked until the file is closed, at the latest by the end of the process.

use std::fs::File;
use std::path::Path;

use crate::process;

/// Whether folders can be locked here; where not, nobody has ever locked one.
pub(crate) const CAN_LOCK: bool = cfg!(unix);

/// Locks a folder; none where another one has locked it.
pub(crate) fn take(folder: &Path) -> Option<File> {
    lock(folder, false)
}

/// This process's turn to install something, which begins when no other run of this program installs: neither rustup nor the
/// system's package manager can do it twice at once.
pub(crate) fn turn_to_install() -> Option<File> {
    lock(process::workspace(), true)
}

#[cfg(unix)]
fn lock(folder: &Path, wait: bool) -> Option<File> {
    use std::ffi::c_int;
    use std::os::fd::AsRawFd;

    const EXCLUSIVE: c_int = 2;
    const DO_NOT_WAIT: c_int = 4;
    unsafe extern "C" {
        safe fn flock(file: c_int, operation: c_int) -> c_int;
    }
    let file = File::open(folder).ok()?;
    let operation = if wait { EXCLUSIVE } else { EXCLUSIVE | DO_NOT_WAIT };
    (flock(file.as_raw_fd(), operation) == 0).then_some(file)
}

#[cfg(not(unix))]
fn lock(_: &Path, _: bool) -> Option<File> {
    None
}
