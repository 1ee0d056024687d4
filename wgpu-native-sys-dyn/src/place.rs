//! Whether the place of a file lets it run, and keeps others from replacing it.
//!
//! The loader asks before it opens a library, and the automation before it leaves one there. Both include this one file,
//! which uses `std` alone.

#![allow(unreachable_pub, reason = "each of the two includers uses its own part")]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// How many folders above the file are made by the set-up: those of the platform, the version and the engine.
#[cfg(unix)]
const OWN_FOLDERS: usize = 3;

/// The file at `path`, or the first folder above it, that somebody else can write to; with the reason. `None` where that
/// cannot be told.
///
/// File and folders of the set-up have to belong to this user or to root. The folder they lie in may be anybody's, as that
/// of temporary files is, where its sticky bit keeps others from renaming what is not theirs.
#[cfg(unix)]
pub fn open_to_others(path: &Path) -> Option<(PathBuf, String)> {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    const OTHERS: u32 = 0o002;
    const GROUP: u32 = 0o020;
    const STICKY: u32 = 0o1000;
    unsafe extern "C" {
        safe fn geteuid() -> u32;
        safe fn getegid() -> u32;
    }
    let (user, group) = (geteuid(), getegid());
    for (level, place) in path.ancestors().take(OWN_FOLDERS + 2).enumerate() {
        let Ok(metadata) = fs::metadata(place) else { continue };
        let (mode, owner) = (metadata.mode(), metadata.uid());
        let sticky = metadata.is_dir() && mode & STICKY != 0;
        let why = if level <= OWN_FOLDERS && owner != user && owner != 0 {
            format!("belongs to user {owner}")
        } else if mode & OTHERS != 0 && !sticky {
            "can be written to by every user".to_owned()
        } else if mode & GROUP != 0 && !sticky && metadata.gid() != group && metadata.gid() != 0 {
            format!("can be written to by group {}", metadata.gid())
        } else {
            continue;
        };
        return Some((place.to_owned(), why));
    }
    None
}

/// Where folders of a user are no others' business, as on Windows.
#[cfg(not(unix))]
pub fn open_to_others(_: &Path) -> Option<(PathBuf, String)> {
    None
}

/// The system's words where the file's system does not let code of it run: where it is mounted `noexec`.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub fn refuses_execution(file: &File) -> Option<io::Error> {
    use std::ffi::{c_int, c_void};
    use std::os::fd::AsRawFd;
    use std::ptr::null_mut;

    const READ_AND_EXECUTE: c_int = 1 | 4;
    const PRIVATE: c_int = 2;
    /// Less than any page: the system takes a whole one.
    const SIZE: usize = 1;
    unsafe extern "C" {
        fn mmap(
            address: *mut c_void,
            size: usize,
            protection: c_int,
            flags: c_int,
            file: c_int,
            offset: i64,
        ) -> *mut c_void;
        fn munmap(address: *mut c_void, size: usize) -> c_int;
    }
    // SAFETY: The system chooses an address that is free; nothing reads or runs the page.
    let page = unsafe { mmap(null_mut(), SIZE, READ_AND_EXECUTE, PRIVATE, file.as_raw_fd(), 0) };
    if page.addr() == usize::MAX {
        let error = io::Error::last_os_error();
        return Some(error).filter(|error| error.kind() == io::ErrorKind::PermissionDenied);
    }
    // SAFETY: The page was mapped above and is used by nobody.
    unsafe { munmap(page, SIZE) };
    None
}

/// Where there is no such question, or no safe way to ask it.
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
pub fn refuses_execution(_: &File) -> Option<io::Error> {
    None
}
