//! The set-up folder: telling a whole one from anything else, and putting one in place in a single step.
//!
//! A folder is made whole beside its final place and renamed. So whoever is interrupted leaves either the old state or
//! the new one, and a folder under its final name is either whole or was damaged later, which its hashes show.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{setup_dir, wheel};
use crate::failure::{Failure, Result};
use crate::scratch::Scratch;

/// The list of hashes in the folder, in the form `sha256sum -c` reads.
const HASHES: &str = "SHA256SUMS";

/// How the name of an unfinished folder begins.
const UNFINISHED: &str = ".unfinished-";

/// An unfinished folder of this age belongs to nobody any more.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// What stands at the folder's place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// All files, unchanged.
    Whole,
    /// Nothing.
    Missing,
    /// Something else; says what is wrong.
    Damaged(String),
}

/// The set-up folder of one platform.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The one for this platform.
    pub(crate) fn for_host() -> Result<Folder> {
        let path = setup_dir::setup_dir().ok_or_else(|| {
            let home = if cfg!(windows) { "LOCALAPPDATA" } else { "HOME" };
            Failure::new(
                format!("there is no folder to set up in: {home} is not set"),
                format!("set {} to a folder that can be written to", setup_dir::SETUP_DIR_VARIABLE),
            )
        })?;
        Ok(Folder { path })
    }

    /// One at another place.
    #[cfg(test)]
    pub(crate) fn at(path: PathBuf) -> Folder {
        Folder { path }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Looks at every byte of it.
    pub(crate) fn state(&self) -> State {
        if fs::symlink_metadata(&self.path)
            .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        {
            return State::Missing;
        }
        let list = match fs::read_to_string(self.path.join(HASHES)) {
            Ok(list) => list,
            Err(error) => return State::Damaged(format!("{HASHES}: {error}")),
        };
        for name in wheel::files() {
            let expected =
                list.lines().find_map(|line| line.strip_suffix(name)?.strip_suffix("  "));
            match (expected, fs::read(self.path.join(name))) {
                (_, Err(error)) => return State::Damaged(format!("{name}: {error}")),
                (None, _) => return State::Damaged(format!("{HASHES} does not name {name}")),
                (Some(hash), Ok(bytes)) if wheel::sha256(&bytes) != hash => {
                    return State::Damaged(format!("{name} was changed"));
                }
                (Some(_), Ok(_)) => {}
            }
        }
        State::Whole
    }

    /// A new folder beside the final place, in the same file system.
    pub(crate) fn unfinished(&self) -> Result<Scratch> {
        let beside = self.beside();
        let made = fs::create_dir_all(beside).and_then(|()| Scratch::inside(beside, UNFINISHED));
        made.map_err(|error| self.not_written("cannot make a folder in", beside, &error))
    }

    /// Puts the files of `new`, a folder inside of an [`unfinished`](Folder::unfinished) one, in the final place.
    pub(crate) fn install(&self, new: &Path, unfinished: &Scratch) -> Result {
        write_hashes(new)
            .map_err(|error| self.not_written("cannot write the hashes in", new, &error))?;
        // What stands there now is in the way, also of the rename; it goes with the unfinished folder.
        match fs::rename(&self.path, unfinished.path().join("replaced")) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(self.not_written("cannot replace", &self.path, &error)),
        }
        match fs::rename(new, &self.path) {
            Ok(()) => Ok(()),
            // Another set-up that ran at the same time was first.
            Err(_) if self.state() == State::Whole => Ok(()),
            Err(error) => Err(self.not_written("cannot put in place", &self.path, &error)),
        }
    }

    /// Removes what interrupted set-ups left beside the folder.
    pub(crate) fn remove_abandoned(&self) {
        self.remove_older(ABANDONED);
    }

    fn remove_older(&self, age: Duration) {
        for entry in fs::read_dir(self.beside()).into_iter().flatten().flatten() {
            let modified = entry.metadata().and_then(|meta| meta.modified());
            let old = modified.is_ok_and(|time| time.elapsed().is_ok_and(|since| since >= age));
            if old && entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                // One that cannot be removed costs space alone.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// The folder in which the folders of all platforms lie.
    fn beside(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    fn not_written(&self, doing: &str, path: &Path, error: &io::Error) -> Failure {
        let next =
            format!("make it writable, or set {} to another folder", setup_dir::SETUP_DIR_VARIABLE);
        Failure::file(doing, path, error, next)
    }
}

fn write_hashes(folder: &Path) -> io::Result<()> {
    let mut file = File::create(folder.join(HASHES))?;
    for name in wheel::files() {
        writeln!(file, "{}  {name}", wheel::sha256(&fs::read(folder.join(name))?))?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::setup_dir::LIBRARY_FILE;

    fn folder_in(scratch: &Scratch) -> Folder {
        Folder::at(scratch.path().join("version").join("platform"))
    }

    /// Goes through the whole way from a wheel to the final place.
    fn install(folder: &Folder) {
        let unfinished = folder.unfinished().unwrap();
        let new = unfinished.path().join("files");
        fs::create_dir(&new).unwrap();
        wheel::unpack(&wheel::tests::whole_wheel(), &new).unwrap();
        folder.install(&new, &unfinished).unwrap();
    }

    #[test]
    fn missing_then_whole() {
        let scratch = Scratch::new();
        let folder = folder_in(&scratch);
        assert_eq!(folder.state(), State::Missing);
        install(&folder);
        assert_eq!(folder.state(), State::Whole);
        let left: Vec<_> =
            folder.beside().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["platform"]);
    }

    #[test]
    fn half_written_is_never_whole_and_is_replaced() {
        let scratch = Scratch::new();
        let folder = folder_in(&scratch);
        type Damage = fn(&Path);
        let damages: [(&str, Damage); 5] = [
            (LIBRARY_FILE, |path| fs::write(path.join(LIBRARY_FILE), b"half").unwrap()),
            (LIBRARY_FILE, |path| fs::remove_file(path.join(LIBRARY_FILE)).unwrap()),
            ("wgpu.h", |path| fs::write(path.join("wgpu.h"), b"").unwrap()),
            (HASHES, |path| fs::remove_file(path.join(HASHES)).unwrap()),
            (HASHES, |path| fs::write(path.join(HASHES), b"").unwrap()),
        ];
        for (named, damage) in damages {
            install(&folder);
            assert_eq!(folder.state(), State::Whole);
            damage(folder.path());
            match folder.state() {
                State::Damaged(what) => assert!(what.contains(named), "{what}"),
                other => panic!("{named}: {other:?}"),
            }
        }
        install(&folder);
        assert_eq!(folder.state(), State::Whole);
    }

    #[test]
    fn an_interrupted_unpack_leaves_the_place_as_it_was() {
        let scratch = Scratch::new();
        let folder = folder_in(&scratch);
        let unfinished = folder.unfinished().unwrap();
        let new = unfinished.path().join("files");
        fs::create_dir(&new).unwrap();
        wheel::unpack(&wheel::tests::whole_wheel(), &new).unwrap();
        // A killed process drops nothing.
        std::mem::forget(unfinished);
        assert_eq!(folder.state(), State::Missing);
        folder.remove_abandoned();
        assert!(new.is_dir(), "it may still be in use");
        folder.remove_older(Duration::ZERO);
        assert!(!new.exists());
        install(&folder);
        assert_eq!(folder.state(), State::Whole);
    }

    #[test]
    fn two_at_once_end_with_a_whole_folder() {
        let scratch = Scratch::new();
        let folder = folder_in(&scratch);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| install(&folder));
            }
        });
        assert_eq!(folder.state(), State::Whole);
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let scratch = Scratch::new();
        scratch.write("version", "not a folder");
        let text = folder_in(&scratch).unfinished().unwrap_err().to_string();
        assert!(text.contains("version") && text.contains("WEBGPU_SETUP_DIR"), "{text}");
    }
}
