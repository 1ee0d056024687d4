//! The set-up folder: telling a whole one from anything else, and putting one in place in a single step.
//!
//! A folder is made whole beside its final place and renamed. So whoever is interrupted leaves either the old state or
//! the new one, and a folder under its final name is either whole or was changed later, which the hashes show that this
//! program has of the published files.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::release::{LIBRARY_FILE, Wheel};
use super::{place, platform, setup_dir, wheel};
use crate::failure::{Failure, Result};
use crate::lock;
use crate::scratch::Scratch;

/// How the name of an unfinished folder begins.
const UNFINISHED: &str = ".unfinished-";

/// Where no lock tells, an unfinished folder of this age belongs to nobody any more.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// What stands at the folder's place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// All files, as published.
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
    /// SHA-256 of its files, in the order of [`wheel::files`].
    hashes: [&'static str; 3],
}

/// A folder beside the final place, which goes with the value. While it is in use it is locked: others then leave it alone.
#[derive(Debug)]
pub(crate) struct Unfinished {
    scratch: Scratch,
    _lock: Option<File>,
}

impl Unfinished {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.scratch.path()
    }
}

impl Folder {
    /// The one for the files of `wheel`, on this platform.
    pub(crate) fn for_host(wheel: &Wheel) -> Result<Folder> {
        let path = setup_dir::setup_dir().ok_or_else(|| {
            let home = if cfg!(windows) { "LOCALAPPDATA" } else { "HOME" };
            Failure::new(
                format!("there is no folder to set up in: {home} is not set to an absolute path"),
                format!("set {} to a folder that can be written to", setup_dir::SETUP_DIR_VARIABLE),
            )
        })?;
        Ok(Folder { path, hashes: platform::hashes(wheel) })
    }

    /// One at another place.
    #[cfg(test)]
    pub(crate) fn at(path: PathBuf, hashes: [&'static str; 3]) -> Folder {
        Folder { path, hashes }
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
        for (name, hash) in wheel::files().into_iter().zip(self.hashes) {
            match read(&self.path.join(name)) {
                Err(error) => return State::Damaged(format!("{name}: {error}")),
                Ok(bytes) if wheel::sha256(&bytes) != hash => {
                    return State::Damaged(format!("{name} is not as published"));
                }
                Ok(_) => {}
            }
        }
        State::Whole
    }

    /// Fails where programs would not load the library from here: where others can write, or no code may run.
    pub(crate) fn check_place(&self) -> Result {
        let library = self.path.join(LIBRARY_FILE);
        if let Some((place, why)) = place::open_to_others(&library) {
            return Err(Failure::new(
                format!("{} {why}: programs load no library from there", place.display()),
                format!(
                    "take that right away from them (`chmod go-w`, `chown`), or set {} to a folder of your own",
                    setup_dir::SETUP_DIR_VARIABLE
                ),
            ));
        }
        match File::open(&library).ok().and_then(|file| place::refuses_execution(&file)) {
            None => Ok(()),
            Some(error) => Err(Failure::new(
                format!(
                    "{} lies on a file system from which no code may run (mounted with noexec): {error}",
                    library.display()
                ),
                format!(
                    "set {} to a folder on another file system, and run `cargo xtask setup` again",
                    setup_dir::SETUP_DIR_VARIABLE
                ),
            )),
        }
    }

    /// A new folder beside the final place, in the same file system.
    pub(crate) fn unfinished(&self) -> Result<Unfinished> {
        let beside = self.beside();
        let made = make_folders(beside).and_then(|()| {
            loop {
                let scratch = Scratch::inside(beside, UNFINISHED)?;
                let lock = lock::take(scratch.path());
                // Before it was locked, somebody may have taken it for abandoned.
                if scratch.path().is_dir() {
                    return Ok(Unfinished { scratch, _lock: lock });
                }
            }
        });
        made.map_err(|error| self.not_written("cannot make a folder in", beside, &error))
    }

    /// Puts the files of `new`, a folder inside of an [`unfinished`](Folder::unfinished) one, in the final place.
    pub(crate) fn install(&self, new: &Path, unfinished: &Unfinished) -> Result {
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
        for entry in fs::read_dir(self.beside()).into_iter().flatten().flatten() {
            if !entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                continue;
            }
            let lock = lock::take(&entry.path());
            let modified = entry.metadata().and_then(|meta| meta.modified());
            let is_old =
                || modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age >= ABANDONED));
            if lock.is_some() || (!lock::CAN_LOCK && is_old()) {
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

/// Makes a folder, and those it lies in, that this user alone can write to.
pub(crate) fn make_folders(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder.recursive(true).create(path)
}

/// No file of it is larger.
const LARGEST: u64 = 256 << 20;

/// The content of a file; of a pipe it would never come, and of a device never end.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("is no file"));
    }
    if metadata.len() > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    fs::read(path)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::setup::wheel::tests::{CONTENTS, whole_wheel};

    fn folder_in(scratch: &Scratch) -> Folder {
        let hashes = CONTENTS.map(|content| &*wheel::sha256(content).leak());
        Folder::at(scratch.path().join("version").join("platform"), hashes)
    }

    /// Goes through the whole way from a wheel to the final place.
    fn install(folder: &Folder) {
        let unfinished = folder.unfinished().unwrap();
        let new = unfinished.path().join("files");
        fs::create_dir(&new).unwrap();
        wheel::unpack(&whole_wheel(), &new).unwrap();
        folder.install(&new, &unfinished).unwrap();
    }

    /// Whatever list of hashes lies beside them.
    #[test]
    fn half_written_or_planted_is_never_whole_and_is_replaced() {
        let scratch = Scratch::new();
        let folder = folder_in(&scratch);
        assert_eq!(folder.state(), State::Missing);
        type Damage = fn(&Path);
        let damages: [(&str, Damage); 5] = [
            (LIBRARY_FILE, |path| fs::write(path.join(LIBRARY_FILE), b"half").unwrap()),
            (LIBRARY_FILE, |path| fs::remove_file(path.join(LIBRARY_FILE)).unwrap()),
            ("wgpu.h", |path| fs::write(path.join("wgpu.h"), b"").unwrap()),
            (LIBRARY_FILE, |path| {
                let hash = wheel::sha256(b"another library");
                fs::write(path.join(LIBRARY_FILE), b"another library").unwrap();
                fs::write(path.join("SHA256SUMS"), format!("{hash}  {LIBRARY_FILE}\n")).unwrap();
            }),
            (LIBRARY_FILE, |path| {
                fs::remove_file(path.join(LIBRARY_FILE)).unwrap();
                // Of a pipe the content would never come.
                let made = match cfg!(unix) {
                    true => Command::new("mkfifo").arg(path.join(LIBRARY_FILE)).status(),
                    false => fs::create_dir(path.join(LIBRARY_FILE)).map(|()| Default::default()),
                };
                assert!(made.unwrap().success());
            }),
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
        assert_eq!(folder.beside().read_dir().unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_write_to_what_is_put_there() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = Scratch::new();
        let folder = folder_in(&scratch);
        install(&folder);
        folder.check_place().unwrap();
        fs::set_permissions(folder.beside(), fs::Permissions::from_mode(0o777)).unwrap();
        let text = folder.check_place().unwrap_err().to_string();
        assert!(text.contains("version can be written to by every user"), "{text}");
        assert!(text.contains("chmod go-w") && text.contains("WEBGPU_SETUP_DIR"), "{text}");
    }

    #[test]
    fn an_interrupted_unpack_leaves_the_place_as_it_was() {
        let scratch = Scratch::new();
        let folder = folder_in(&scratch);
        let Unfinished { scratch: unfinished, _lock: lock } = folder.unfinished().unwrap();
        let new = unfinished.path().join("files");
        fs::create_dir(&new).unwrap();
        wheel::unpack(&whole_wheel(), &new).unwrap();
        // A killed process drops nothing; its locks end with it.
        std::mem::forget(unfinished);
        assert_eq!(folder.state(), State::Missing);
        folder.remove_abandoned();
        assert!(new.is_dir(), "it is in use");
        if lock::CAN_LOCK {
            drop(lock);
            // A process that another test is just starting has the lock as well until it runs its program.
            let removed = (0..1000).any(|_| {
                folder.remove_abandoned();
                std::thread::sleep(Duration::from_millis(10));
                !new.exists()
            });
            assert!(removed);
        }
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
