//! Files and folders, with failures that name them and say what to do.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

const READABLE: &str = "see that it is there and that this user may read it";
const WRITABLE: &str = "see that this user may write to it and that there is room";

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Failure::file("cannot read", path, &error, READABLE))
}

/// A file as text, with the line ends of Unix: a checkout on Windows may have others.
pub(crate) fn text(path: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&read(path)?).replace("\r\n", "\n"))
}

/// Writes a file, and makes the folders it lies in. One that is there as it should be is left as it is: cargo would compile a
/// newer one anew.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result {
    if fs::read(path).is_ok_and(|found| found == bytes.as_ref()) {
        return Ok(());
    }
    path.parent().map_or(Ok(()), make_folder)?;
    fs::write(path, bytes).map_err(|error| Failure::file("cannot write", path, &error, WRITABLE))
}

/// What lies in a folder, in the order of the names.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| {
        entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()
    });
    let failed = |error| Failure::file("cannot read", folder, &error, READABLE);
    let mut entries = entries.map_err(failed)?;
    entries.sort();
    Ok(entries)
}

/// Makes a folder, and those it lies in.
pub(crate) fn make_folder(folder: &Path) -> Result {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::file("cannot make", folder, &error, WRITABLE))
}

/// Removes a file, or a folder with all that is in it.
pub(crate) fn remove(path: &Path) -> Result {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(|error| Failure::file("cannot remove", path, &error, WRITABLE))
}

/// The name of a file or folder without its ending.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether the name of a file has this ending.
pub(crate) fn ends_in(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

/// The names of the targets of cargo in a folder, as of tests and programs, each with the file that begins it.
pub(crate) fn targets(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let target = |path: PathBuf| {
        let main = if path.is_dir() { path.join("main.rs") } else { path.clone() };
        (main.is_file() && ends_in(&main, "rs")).then(|| (stem(&path), main))
    };
    Ok(entries(folder)?.into_iter().filter_map(target).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn what_is_written_is_read_and_what_is_the_same_is_left() {
        let scratch = Scratch::new();
        let file = scratch.path().join("a/b.txt");
        write(&file, "one\r\ntwo").unwrap();
        let time = || file.metadata().unwrap().modified().unwrap();
        let before = time();
        write(&file, "one\r\ntwo").unwrap();
        assert_eq!((time(), text(&file).unwrap().as_str()), (before, "one\ntwo"));
        remove(&scratch.path().join("a")).unwrap();
        for failure in [read(&file).map(drop), remove(&file), entries(&file).map(drop)] {
            assert!(failure.unwrap_err().what().contains("b.txt"));
        }
    }

    #[test]
    fn targets_are_files_and_folders() {
        let scratch = Scratch::new();
        for file in ["a.rs", "b/main.rs", "c/mod.rs", "d.txt"] {
            scratch.write(file, "");
        }
        let targets = targets(scratch.path()).unwrap();
        assert!(targets.iter().map(|(name, _)| name).eq(["a", "b"]), "{targets:?}");
    }
}
