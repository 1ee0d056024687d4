//! The downloaded wheel: its hash, and the three files that are taken out of it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive};
use sha2::{Digest, Sha256};

use super::release::{HEADER_FILES, LIBRARY_FILE, WHEEL_FOLDER};
use crate::failure::{Failure, Result};

/// No file that is taken out is larger than this; a larger one is refused before it fills the disk.
pub(crate) const LARGEST: u64 = 256 << 20;

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
    let broken =
        |error: rawzip::Error| Failure::new(format!("cannot read the wheel: {error}"), AGAIN);
    let archive = ZipArchive::from_slice(bytes).map_err(broken)?;
    let mut entries = archive.entries();
    let mut missing = Vec::from(files());
    while let Some(record) = entries.next_entry().map_err(broken)? {
        let path = record.file_path();
        let Some(index) = missing.iter().position(|file| is_wanted(path.as_ref(), file)) else {
            continue;
        };
        let file = missing.swap_remove(index);
        let entry = archive.get_entry(record.wayfinder()).map_err(broken)?;
        let content: Box<dyn Read> = match record.compression_method() {
            CompressionMethod::STORE => Box::new(entry.verifying_reader(entry.data())),
            CompressionMethod::DEFLATE => {
                Box::new(entry.verifying_reader(DeflateDecoder::new(entry.data())))
            }
            other => {
                let what = format!(
                    "{file} is compressed in the wheel by a method that is not known: {other:?}"
                );
                return Err(Failure::new(what, AGAIN));
            }
        };
        let target = into.join(file);
        write(content, &target).map_err(|error| {
            let next =
                "free some space, or set WEBGPU_SETUP_DIR to a folder that can be written to";
            Failure::file("cannot unpack", &target, &error, next)
        })?;
    }
    match missing.is_empty() {
        true => Ok(()),
        false => {
            Err(Failure::new(format!("the wheel does not contain {}", missing.join(", ")), AGAIN))
        }
    }
}

/// Next step for a wheel that has the right hash and still cannot be unpacked.
const AGAIN: &str = "run `cargo xtask setup --force`; if it stays so, report it";

/// Whether the entry `path` of the wheel is the one for `file`.
fn is_wanted(path: &[u8], file: &str) -> bool {
    path.strip_prefix(WHEEL_FOLDER.as_bytes()) == Some(file.as_bytes())
}

fn write(content: impl Read, target: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    // Nobody else may change it, whatever this user's mask lets through.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    let mut file = options.open(target)?;
    // One byte more than allowed is read, to tell a file of the largest size from one above it.
    if io::copy(&mut content.take(LARGEST + 1), &mut file)? > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than any engine library"));
    }
    file.flush()?;
    file.sync_all()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::scratch::Scratch;
    use rawzip::ZipArchiveWriter;

    /// A wheel that holds `entries`, deflated.
    pub(crate) fn wheel(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut archive = ZipArchiveWriter::new(&mut bytes);
        for (name, content) in entries {
            let (mut entry, config) = archive
                .new_file(name)
                .compression_method(CompressionMethod::DEFLATE)
                .start()
                .unwrap();
            let encoder =
                flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
            let mut writer = config.wrap(encoder);
            writer.write_all(content).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        bytes
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
    fn hashes_as_the_standard_says() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_wrong_hash_shows_both() {
        let text = check("a.whl", b"abd", &sha256(b"abc")).unwrap_err().to_string();
        assert!(text.contains(&sha256(b"abc")) && text.contains(&sha256(b"abd")), "{text}");
        check("a.whl", b"abc", &sha256(b"abc")).unwrap();
    }

    #[test]
    fn takes_out_the_three_files_alone() {
        let folder = Scratch::new();
        unpack(&whole_wheel(), folder.path()).unwrap();
        let mut names: Vec<_> =
            folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        let mut wanted = files();
        wanted.sort_unstable();
        assert_eq!(names, wanted);
        assert_eq!(std::fs::read(folder.path().join("wgpu.h")).unwrap(), b"second header");
        assert_eq!(std::fs::read(folder.path().join(LIBRARY_FILE)).unwrap(), CONTENTS[0]);
    }

    #[test]
    fn names_the_file_that_is_not_in_the_wheel() {
        let folder = Scratch::new();
        let bytes =
            wheel(&[("wgpu/resources/webgpu.h", b"header"), ("wgpu/resources/wgpu.h", b"header")]);
        let text = unpack(&bytes, folder.path()).unwrap_err().to_string();
        assert!(text.contains(LIBRARY_FILE), "{text}");
    }

    #[test]
    fn a_damaged_wheel_is_an_error() {
        let whole = whole_wheel();
        unpack(&whole[..whole.len() / 2], Scratch::new().path()).unwrap_err();
        let mut flipped = whole;
        // Inside of the first deflated bytes of the library.
        let position = flipped
            .windows(LIBRARY_FILE.len())
            .position(|name| name == LIBRARY_FILE.as_bytes())
            .unwrap();
        flipped[position + LIBRARY_FILE.len() + 4] ^= 0x55;
        unpack(&flipped, Scratch::new().path()).unwrap_err();
    }
}
