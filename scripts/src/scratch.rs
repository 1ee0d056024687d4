//! A folder for the time being.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io, process};

use crate::failure::{Failure, Result};

/// A new, empty folder that only this user can read; it goes when this value goes.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes one inside of `parent`. Its name begins with `prefix`.
    pub(crate) fn inside(parent: &Path, prefix: &str) -> io::Result<Scratch> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("{prefix}{}-{number}", process::id()));
            match builder.create(&path) {
                // Left behind by an earlier process of the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Scratch { path }),
            }
        }
    }

    /// Makes one in the system's folder for temporary files.
    pub(crate) fn temporary() -> Result<Scratch> {
        let parent = env::temp_dir();
        let next = "set TMPDIR to a folder that can be written to";
        Scratch::inside(&parent, "xtask-")
            .map_err(|error| Failure::file("cannot make a folder in", &parent, &error, next))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing can be done about one that stays, and nothing depends on it.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
impl Scratch {
    /// One for a test.
    pub(crate) fn new() -> Scratch {
        Scratch::temporary().unwrap()
    }

    /// Writes a file, and the folders it lies in; returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        crate::files::write(&path, content).unwrap();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_with_its_content_and_never_shares_a_name() {
        let (first, second) = (Scratch::new(), Scratch::new());
        let file = first.write("a/b", "content");
        assert!(file.starts_with(first.path()) && !file.starts_with(second.path()));
        drop(first);
        assert!(!file.exists() && second.path().is_dir());
    }
}
