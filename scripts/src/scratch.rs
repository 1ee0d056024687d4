//! A folder for the time being.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io, process};

/// A new, empty folder that only this user can read; it goes when this value goes.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes one inside of `parent`. Its name begins with `prefix`.
    pub(crate) fn inside(parent: &Path, prefix: &str) -> io::Result<Scratch> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("{prefix}{}-{number}", process::id()));
            match create_private(&path) {
                Ok(()) => return Ok(Scratch { path }),
                // Left behind by an earlier process of the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes one in the system's folder for temporary files.
    pub(crate) fn temporary() -> io::Result<Scratch> {
        Scratch::inside(&env::temp_dir(), "xtask-")
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
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
        Scratch::temporary().expect("the folder for temporary files can be written to")
    }

    /// Writes a file, and the folders it lies in; returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_with_its_content_and_never_shares_a_name() {
        let (first, second) = (Scratch::new(), Scratch::new());
        assert_ne!(first.path(), second.path());
        let file = first.write("a/b", "content");
        assert!(file.is_file());
        let path = first.path().to_owned();
        drop(first);
        assert!(!path.exists() && second.path().is_dir());
    }
}
