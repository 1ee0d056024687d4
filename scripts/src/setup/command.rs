//! The command itself: its options, and the order of what it does.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::folder::{Folder, State, make_folders};
use super::release::{ENGINE_VERSION, HEADER_FILES, LIBRARY_FILE, Wheel};
use super::{driver, fetch, platform, wheel};
use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::files;
use crate::process;
use crate::progress::{Step, mebibytes, seconds};
use crate::signals::Held;

/// Environment variable that names the engine library to use instead of the fetched one.
const LIBRARY_VARIABLE: &str = "WGPU_NATIVE_LIB";

pub(crate) const HELP: &str = "\
Finds or fetches what programs on `webgpu` need at run time: the engine library libwgpu_native and a graphics driver.

usage: cargo xtask setup [options]

  --force      fetch the engine library again, even if it is there
  --headers    fetch the headers too where WGPU_NATIVE_LIB is set (without it they come with the library)
  --no-driver  do not look for a graphics driver
  --help       show this

The library and its two headers come from the Python package index, by `pip download`; the file's SHA-256 is checked.
They go to wgpu-native/<version>/<platform> in the user's cache folder, or in $WEBGPU_SETUP_DIR.
With WGPU_NATIVE_LIB=/path/to/library that library is used, and none is fetched.
Where no Vulkan driver is found on a Debian-like Linux, and this user may, the software driver is installed.";

/// What set-up is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    /// Fetch even what is there.
    pub(crate) force: bool,
    /// The headers are needed, whichever library is used.
    pub(crate) headers: bool,
    /// Leave the driver alone.
    pub(crate) no_driver: bool,
}

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("setup", arguments);
    let options = Options {
        force: arguments.flag("--force"),
        headers: arguments.flag("--headers"),
        no_driver: arguments.flag("--no-driver"),
    };
    arguments.end()?;
    run(options)
}

/// Makes everything ready.
pub(crate) fn run(options: Options) -> Result {
    let started = Instant::now();
    eprintln!(
        "set-up: libwgpu_native {ENGINE_VERSION} on {}-{}",
        env::consts::OS,
        env::consts::ARCH
    );
    let own = env::var_os(LIBRARY_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(library) = &own {
        let step = Step::start("library", "looking at it");
        check_own_library(library)?;
        step.done(&format!("{}, named by {LIBRARY_VARIABLE}", library.display()));
    }
    if own.is_none() || options.headers {
        ensure_folder(options.force)?;
    }
    if !options.no_driver {
        driver::ensure()?;
    }
    eprintln!("  ready in {}", seconds(started.elapsed()));
    Ok(())
}

/// Fails unless `library` can be the engine library. Whether it is one, the loader finds out.
fn check_own_library(library: &Path) -> Result {
    let why = match fs::metadata(library) {
        Ok(metadata) if metadata.is_file() => return Ok(()),
        Ok(_) => "it is not a file".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Failure::new(
        format!("{LIBRARY_VARIABLE} is {}: {why}", library.display()),
        format!(
            "set {LIBRARY_VARIABLE} to the file of the library, or unset it to have one fetched"
        ),
    ))
}

/// Makes sure that the set-up folder is whole.
fn ensure_folder(force: bool) -> Result {
    let wheel = platform::wheel()?;
    let folder = Folder::for_host(wheel)?;
    let step = Step::start("library", "checking");
    folder.remove_abandoned();
    folder.check_place()?;
    let state = folder.state();
    match state {
        State::Whole if !force => {
            step.done(&folder.path().join(LIBRARY_FILE).display().to_string());
            return Ok(());
        }
        State::Whole => step.done("is there; fetching it again"),
        State::Missing => step.done("is not there yet"),
        State::Damaged(what) => step.done(&format!("is damaged ({what}); fetching it again")),
    }
    fill(&folder, wheel, &process::search_path())?;
    folder.check_place()
}

/// Fetches `wheel` by a Python in `search_path` and puts its files in the place of `folder`.
fn fill(folder: &Folder, wheel: &Wheel, search_path: &OsStr) -> Result {
    // Whoever interrupts this leaves neither a download nor pip behind.
    let _held = Held::back();
    let unfinished = folder.unfinished()?;
    let mut step = Step::start("download", "starting");
    let path = fetch::download(wheel, unfinished.path(), search_path, &mut step)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = files::read(&path)?;
    step.done(&format!("{name}, {}", mebibytes(bytes.len() as u64)));

    let step = Step::start("check", "SHA-256");
    wheel::check(&name, &bytes, wheel.sha256)?;
    step.done(&format!("SHA-256 {}…", &wheel.sha256[..16]));

    let step = Step::start("unpack", "to a folder beside the final one");
    let new = unfinished.path().join("files");
    make_folders(&new).map_err(|error| {
        Failure::file("cannot make the folder", &new, &error, "run `cargo xtask setup` again")
    })?;
    wheel::unpack(&bytes, &new)?;
    folder.install(&new, &unfinished)?;
    step.done(&format!(
        "{LIBRARY_FILE}, {} to {}",
        HEADER_FILES.join(", "),
        folder.path().display()
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[cfg(unix)]
    #[test]
    fn a_wheel_of_another_hash_is_not_unpacked() {
        let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/src/setup/fixtures/second-works");
        let scratch = Scratch::new();
        let wheel = platform::wheel().unwrap();
        let folder =
            Folder::at(scratch.path().join("version").join("platform"), platform::hashes(wheel));
        let failure = fill(&folder, wheel, OsStr::new(fixture)).unwrap_err();
        assert!(failure.what().contains("stand-in.whl is not the published file"), "{failure}");
        assert_eq!(folder.state(), State::Missing);
        let left = fs::read_dir(scratch.path().join("version")).unwrap();
        assert_eq!(left.count(), 0, "the download is gone");
    }

    #[test]
    fn the_users_library_has_to_be_a_file() {
        let scratch = Scratch::new();
        check_own_library(&scratch.write("lib.so", "anything")).unwrap();
        let folder = check_own_library(scratch.path()).unwrap_err().to_string();
        assert!(folder.contains("it is not a file") && folder.contains("unset it"), "{folder}");
        let none = check_own_library(&scratch.path().join("none.so")).unwrap_err().to_string();
        assert!(none.contains("none.so") && none.contains("WGPU_NATIVE_LIB"), "{none}");
    }

    /// Names the folder in which the set-up is to be interrupted.
    #[cfg(unix)]
    const INTERRUPTED: &str = "XTASK_TEST_INTERRUPTED";

    /// A set-up of the test's own wheel, by a stand-in for Python that takes its time.
    #[cfg(unix)]
    #[test]
    #[ignore = "another test runs and interrupts it"]
    fn interrupted_setup() {
        let place = PathBuf::from(env::var_os(INTERRUPTED).unwrap());
        let folder = interrupted_folder(&place);
        folder.remove_abandoned();
        let bytes = fs::read(place.join("test.whl")).unwrap();
        let wheel = Wheel {
            os: "",
            arch: "",
            tag: "test",
            sha256: wheel::sha256(&bytes).leak(),
            library: "",
        };
        let filled = fill(&folder, &wheel, place.as_os_str());
        crate::signals::pass_on();
        filled.unwrap();
    }

    #[cfg(unix)]
    fn interrupted_folder(place: &Path) -> Folder {
        let hashes = wheel::tests::CONTENTS.map(|content| &*wheel::sha256(content).leak());
        Folder::at(place.join("version").join("platform"), hashes)
    }

    #[cfg(unix)]
    #[test]
    fn ended_50_times_at_random_it_leaves_all_or_nothing() {
        use crate::process::{capture, run};
        use std::os::unix::fs::PermissionsExt;
        use std::process::{Command, Stdio};
        use std::time::Duration;

        let scratch = Scratch::new();
        let place = scratch.path();
        scratch.write("test.whl", wheel::tests::whole_wheel());
        let script = "#!/bin/sh\nwhile [ \"$1\" != -d ]; do [ $# = 0 ] && exit; shift; done\n\
                      sleep 0.05; cp \"${0%/*}/test.whl\" \"$2\"; sleep 0.05\n";
        let python = scratch.write("python3", script);
        fs::set_permissions(python, fs::Permissions::from_mode(0o755)).unwrap();
        let folder = interrupted_folder(place);
        let setup = || {
            let mut command = Command::new(env::current_exe().unwrap());
            command.args(["--exact", "setup::command::tests::interrupted_setup", "--ignored"]);
            command.env(INTERRUPTED, place).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let left = || {
            let entries = fs::read_dir(place.join("version")).into_iter().flatten().flatten();
            entries.filter(|entry| entry.file_name() != "platform").count()
        };
        // As long as one takes that nothing ends, whatever the machine does beside it.
        let started = std::time::Instant::now();
        run(&mut setup(), "it is a test").unwrap();
        let most = 2 * started.elapsed().max(Duration::from_millis(100));
        fs::remove_dir_all(folder.path()).unwrap();
        let seed = fastrand::u64(..);
        let mut random = fastrand::Rng::with_seed(seed);
        let mut whole = 0;
        for turn in 0..50 {
            let signal = random.choice(["-HUP", "-INT", "-TERM", "-KILL"]).unwrap();
            let before = left();
            let mut child = setup().spawn().unwrap();
            std::thread::sleep(most.mul_f64(random.f64()));
            // It may have ended before.
            drop(capture(Command::new("kill").args([signal, &child.id().to_string()])));
            let status = child.wait().unwrap();
            match folder.state() {
                State::Missing => {}
                State::Whole => {
                    whole += 1;
                    fs::remove_dir_all(folder.path()).unwrap();
                }
                State::Damaged(what) => panic!("turn {turn} of seed {seed}: {what}"),
            }
            let held = signal != "-KILL";
            assert!(!held || left() <= before, "turn {turn} of seed {seed}: {signal}, {status}");
        }
        assert!(whole > 0, "none of 50 set-ups came to its end");
        run(&mut setup(), "it is a test").unwrap();
        assert_eq!((folder.state(), left()), (State::Whole, 0));
    }
}
