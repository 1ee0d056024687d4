//! Where the lines go: a file that is appended to, a pipe, or stderr, without a lock.

use std::fmt::{self, Debug, Formatter};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// How long a thread waits for a pipe that somebody has set not to block.
const FULL: Duration = Duration::from_millis(1);

/// As `Write::write`, by several threads at once.
type Writer = dyn Fn(&[u8]) -> io::Result<usize> + Send + Sync;

/// Takes lines of several threads, and counts those that it cannot write.
pub(super) struct Sink {
    writer: Box<Writer>,
    name: String,
    lost: AtomicU64,
    /// Whether the last line that was written ends in the middle.
    is_cut: AtomicBool,
}

impl Sink {
    fn new(
        name: String,
        writer: impl Fn(&[u8]) -> io::Result<usize> + Send + Sync + 'static,
    ) -> Sink {
        let (lost, is_cut) = (AtomicU64::new(0), AtomicBool::new(false));
        Sink { writer: Box::new(writer), name, lost, is_cut }
    }

    /// Standard error, past the lock that the standard library has on it.
    #[cfg(unix)]
    pub(super) fn stderr() -> io::Result<Sink> {
        use std::fs::File;
        use std::os::fd::AsFd;
        let file = File::from(io::stderr().as_fd().try_clone_to_owned()?);
        Ok(Sink::new("stderr".to_owned(), move |bytes| (&file).write(bytes)))
    }

    /// Standard error. A console takes UTF-8 from the standard library alone.
    #[cfg(not(unix))]
    pub(super) fn stderr() -> io::Result<Sink> {
        Ok(Sink::new("stderr".to_owned(), |bytes| io::stderr().write(bytes)))
    }

    /// The end of a file, which is made where it is not there.
    pub(super) fn file(path: &Path) -> io::Result<Sink> {
        // Held until the pipe is open for good: without a reader that would not come back.
        let _reader = reader_of(path)?;
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Sink::new(path.display().to_string(), move |bytes| (&file).write(bytes)))
    }

    /// Writes a line; what cannot be written is counted, and told on stderr the first time.
    pub(super) fn write(&self, line: &[u8]) {
        // What follows half a line begins a new one.
        let whole;
        let mut rest = line;
        let was_cut = self.is_cut.swap(false, Ordering::Relaxed);
        if was_cut {
            whole = [b"\n", line].concat();
            rest = &whole;
        }
        let length = rest.len();
        while !rest.is_empty() {
            let error = match (self.writer)(rest) {
                Ok(0) => ErrorKind::WriteZero.into(),
                Ok(written) => {
                    rest = &rest[written..];
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    thread::sleep(FULL);
                    continue;
                }
                Err(error) => error,
            };
            if was_cut || rest.len() < length {
                self.is_cut.store(true, Ordering::Relaxed);
            }
            if self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
                // Where stderr does not take it either nobody is left to tell.
                let told = format!("WEBGPU_TRACE: lines are missing in {}: {error}\n", self.name);
                let _ = io::stderr().write_all(told.as_bytes());
            }
            return;
        }
    }

    /// How many lines could not be written.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

/// Where the path is that of a named pipe, something that holds it open to write; an error where nobody reads.
#[cfg(unix)]
fn reader_of(path: &Path) -> io::Result<Option<std::fs::File>> {
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
    const NO_SUCH_DEVICE: i32 = 6;
    let nonblocking =
        if cfg!(any(target_os = "linux", target_os = "android")) { 0o4000 } else { 4 };
    if !path.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo()) {
        return Ok(None);
    }
    match OpenOptions::new().write(true).custom_flags(nonblocking).open(path) {
        Ok(pipe) => Ok(Some(pipe)),
        Err(error) if error.raw_os_error() == Some(NO_SUCH_DEVICE) => {
            Err(io::Error::other("nobody has opened this pipe to read"))
        }
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn reader_of(_: &Path) -> io::Result<()> {
    Ok(())
}

impl Debug for Sink {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sink").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn what_is_lost_is_counted_and_half_a_line_ends() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let (to, room) = (Arc::clone(&written), AtomicU64::new(7));
        let sink = Sink::new("a test".to_owned(), move |bytes| {
            let mut written = to.lock().unwrap();
            let left = room.load(Ordering::Relaxed) as usize;
            let taken = left.min(bytes.len()).min(4);
            room.fetch_sub(taken as u64, Ordering::Relaxed);
            written.extend_from_slice(&bytes[..taken]);
            if bytes.ends_with(b"more room\n") {
                room.store(100, Ordering::Relaxed);
            }
            drop(written);
            if taken == 0 { Err(ErrorKind::StorageFull.into()) } else { Ok(taken) }
        });
        for line in ["one\n", "second\n", "third\n", "more room\n", "fifth\n"] {
            sink.write(line.as_bytes());
        }
        assert_eq!(sink.lost(), 3);
        assert_eq!(String::from_utf8_lossy(&written.lock().unwrap()), "one\nsec\nfifth\n");
    }
}
