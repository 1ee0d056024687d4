//! The downloaded wheel: its hash, and the three files that are taken out of it.

use std::fs::File;
use std::io::{self, Cursor};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::release::{HEADER_FILES, LIBRARY_FILE, WHEEL_FOLDER};
use crate::failure::{Failure, Result};

/// The files that are taken out of the wheel.
pub(crate) fn files() -> [&'static str; 3] {
    [LIBRARY_FILE, HEADER_FILES[0], HEADER_FILES[1]]
}

/// SHA-256 of `bytes`, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Fails unless `bytes` have the hash `expected`; `name` says what they are.
pub(crate) fn check(name: &str, bytes: &[u8], expected: &str) -> Result {
    let found = sha256(bytes);
    if found == expected {
        return Ok(());
    }
    Err(Failure::new(
        format!(
            "{name} is not the published file: its SHA-256 is\n{found}, not\n{expected}; nothing was unpacked"
        ),
        "run `cargo xtask setup` again; if it stays so, the package index or a proxy hands out another file: \
         compare with `python3 -m pip config list`, or get the library elsewhere and set WGPU_NATIVE_LIB to its path",
    ))
}

/// Writes [`files`] out of the wheel `bytes` into the folder `into`; each file's content is on disk when this returns.
pub(crate) fn unpack(bytes: &[u8], into: &Path) -> Result {
    let again = "run `cargo xtask setup --force`; if it stays so, report it";
    let broken = |what: &str, error| Failure::new(format!("cannot read {what}: {error}"), again);
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken("the wheel", error))?;
    for file in files() {
        let content = archive.by_name(&format!("{WHEEL_FOLDER}{file}"));
        let mut content =
            content.map_err(|error| broken(&format!("{file} in the wheel"), error))?;
        let target = into.join(file);
        let written = create(&target).and_then(|mut target| {
            io::copy(&mut content, &mut target)?;
            target.sync_all()
        });
        written.map_err(|error| {
            let next =
                "free some space, or set WEBGPU_SETUP_DIR to a folder that can be written to";
            Failure::file("cannot unpack", &target, &error, next)
        })?;
    }
    Ok(())
}

/// A new file that nobody else may change, whatever this user's mask lets through.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options.open(path)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use super::*;
    use crate::scratch::Scratch;

    /// A wheel that holds `entries`, deflated.
    fn wheel(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    /// The contents of a test's wheel, in the order of [`files`].
    pub(crate) const CONTENTS: [&[u8]; 3] = [&[b'l'; 7000], b"first header", b"second header"];

    /// A wheel with all that is wanted and something more.
    pub(crate) fn whole_wheel() -> Vec<u8> {
        let names = files().map(|name| format!("{WHEEL_FOLDER}{name}"));
        let wanted = names.iter().map(String::as_str).zip(CONTENTS);
        wheel(&[("wgpu/__init__.py", &b"python"[..])].into_iter().chain(wanted).collect::<Vec<_>>())
    }

    #[test]
    fn hashes_as_the_standard_says_and_shows_both() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        check("a.whl", b"abc", abc).unwrap();
        let text = check("a.whl", b"abd", abc).unwrap_err().to_string();
        assert!(text.contains(abc) && text.contains(&sha256(b"abd")), "{text}");
    }

    #[test]
    fn takes_out_the_three_files_alone() {
        let folder = Scratch::new();
        unpack(&whole_wheel(), folder.path()).unwrap();
        for (name, content) in files().into_iter().zip(CONTENTS) {
            assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), content);
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 3);
    }

    #[test]
    fn what_is_missing_or_damaged_is_an_error() {
        let error = |bytes: &[u8]| unpack(bytes, Scratch::new().path()).unwrap_err().to_string();
        let text = error(&wheel(&[("wgpu/resources/webgpu.h", b"header")]));
        assert!(text.contains(LIBRARY_FILE), "{text}");
        let mut bytes = whole_wheel();
        error(&bytes[..bytes.len() / 2]);
        // Inside of the first deflated bytes of the library.
        let is_name = |name: &[u8]| name == LIBRARY_FILE.as_bytes();
        let position = bytes.windows(LIBRARY_FILE.len()).position(is_name).unwrap();
        bytes[position + LIBRARY_FILE.len() + 4] ^= 0x55;
        error(&bytes);
    }
}
