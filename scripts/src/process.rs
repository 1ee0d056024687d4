//! Running other programs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::signals;

/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(40);

/// The root of the workspace.
pub(crate) fn workspace() -> &'static Path {
    // This package lies one folder below it.
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// A command for a program that may draw. Mesa complains on every start where `XDG_RUNTIME_DIR` is not set, as on a server
/// without a session; it is given a folder then.
pub(crate) fn program(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    if cfg!(target_os = "linux") && env::var_os("XDG_RUNTIME_DIR").is_none() {
        let folder = workspace().join("target").join("runtime");
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Without it, Mesa complains and works all the same.
        let _ =
            fs::create_dir_all(workspace().join("target")).and_then(|()| builder.create(&folder));
        command.env("XDG_RUNTIME_DIR", folder);
    }
    command
}

/// The cargo that runs this program, started in the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace());
    // Set by cargo for the package `xtask`; they would say to a program run from here that it is that package.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        }) {
            command.env_remove(name);
        }
    }
    command
}

/// [`cargo`] with the words of a line.
pub(crate) fn cargo_with(line: &str) -> Command {
    let mut command = cargo();
    command.args(line.split_whitespace());
    command
}

/// A command that starts this very program once more, also when its file was replaced since: cargo does that whenever
/// `xtask` is built with other features.
pub(crate) fn again() -> Result<Command> {
    let program = match cfg!(target_os = "linux") {
        true => Ok(PathBuf::from("/proc/self/exe")),
        false => env::current_exe(),
    };
    program.map(Command::new).map_err(|error| {
        Failure::new(format!("cannot find this program: {error}"), "build `xtask` again")
    })
}

/// Runs `command` with this program's own input and output; fails unless it succeeds.
pub(crate) fn run(command: &mut Command, next: &str) -> Result {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(ended(command, status, next))
}

fn ended(command: &Command, status: ExitStatus, next: &str) -> Failure {
    Failure::new(format!("`{}` failed: {status}", shown(command)), next)
}

/// What a program that was run by [`capture`] left behind.
#[derive(Debug)]
pub(crate) struct Captured {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// What it wrote to standard output.
    pub(crate) stdout: String,
    /// What it wrote to standard error.
    pub(crate) stderr: String,
}

impl Captured {
    /// The last `count` lines that say something, standard error before standard output.
    pub(crate) fn tail(&self, count: usize) -> String {
        let text = if self.stderr.trim().is_empty() { &self.stdout } else { &self.stderr };
        let lines: Vec<&str> =
            text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        lines[lines.len().saturating_sub(count)..].join("\n")
    }
}

/// Runs `command` without input and keeps what it writes. A signal that is held back ends it.
pub(crate) fn capture(command: &mut Command) -> Result<Captured> {
    watch(command, || ())
}

/// [`capture`]s, calling `tick` now and then.
pub(crate) fn watch(command: &mut Command, tick: impl FnMut()) -> Result<Captured> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| not_started(command, &error))?;
    wait(child, tick).map_err(|error| lost(command, &error))
}

/// Runs `command` and gives what it writes to standard output; what it writes to standard error is heard. Fails unless it
/// succeeds.
pub(crate) fn read(command: &mut Command, next: &str) -> Result<String> {
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(|error| not_started(command, &error))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(ended(command, output.status, next)),
    }
}

/// A program while it runs; ended with this value.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Result<Running> {
        command.spawn().map(Running).map_err(|error| not_started(command, &error))
    }

    /// How it has ended; none while it runs.
    pub(crate) fn ended(&mut self, command: &Command) -> Result<Option<ExitStatus>> {
        self.0.try_wait().map_err(|error| lost(command, &error))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already if this fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs `command` without input, what it says going to the file `said`; none where it does not end in time. Then it is ended
/// with all that it has started.
pub(crate) fn run_within(
    command: &mut Command,
    limit: Duration,
    said: &Path,
) -> Result<Option<ExitStatus>> {
    let unwritable = |error| Failure::file("cannot write", said, &error, "make room there");
    let output = File::create(said).map_err(unwritable)?;
    let errors = output.try_clone().map_err(unwritable)?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.spawn().map_err(|error| not_started(command, &error))?;
    let lost = |error| lost(command, &error);
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait().map_err(lost)? {
            return Ok(Some(status));
        }
        thread::sleep(POLL);
    }
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        run(Command::new("kill").args(["-KILL", "--", &group]), "end it by hand")?;
    } else {
        child.kill().map_err(lost)?;
    }
    child.wait().map_err(lost)?;
    Ok(None)
}

fn wait(mut child: Child, mut tick: impl FnMut()) -> io::Result<Captured> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        // Both pipes are drained while the program runs: a full one would stop it.
        let stdout = scope.spawn(|| drain(stdout));
        let stderr = scope.spawn(|| drain(stderr));
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if signals::came() {
                child.kill()?;
                break child.wait()?;
            }
            tick();
            thread::sleep(POLL);
        };
        let text = |handle: thread::ScopedJoinHandle<'_, String>| handle.join().unwrap_or_default();
        Ok(Captured { status, stdout: text(stdout), stderr: text(stderr) })
    })
}

/// Everything that comes out of `pipe`. What was read before an error is kept: it is only shown, never relied on.
fn drain(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn lost(command: &Command, error: &io::Error) -> Failure {
    Failure::new(
        format!("lost `{}` while it ran: {error}", shown(command)),
        "run the command again",
    )
}

fn not_started(command: &Command, error: &io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    Failure::new(
        format!("cannot start `{program}`: {error}"),
        format!("check that `{program}` is installed"),
    )
}

/// A command as a user would type it.
pub(crate) fn shown(command: &Command) -> String {
    let quoted = |word: &OsStr| {
        let word = word.to_string_lossy();
        if word.is_empty() || word.contains(char::is_whitespace) {
            format!("'{word}'")
        } else {
            word.into_owned()
        }
    };
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let words = [program].into_iter().chain(command.get_args()).map(quoted);
    words.collect::<Vec<_>>().join(" ")
}

/// The program called `name` in the folders of `search_path` (the form of `PATH`).
pub(crate) fn find_program(name: &str, search_path: &OsStr) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".bat", ".cmd"] } else { &[""] };
    env::split_paths(search_path)
        .flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{name}{ending}"))))
        .find(|path| is_executable(path))
}

/// The `PATH` of this process.
pub(crate) fn search_path() -> OsString {
    env::var_os("PATH").unwrap_or_default()
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_holds_its_manifest() {
        let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn captures_both_streams_and_the_status() {
        let captured = capture(cargo().arg("no-such-command")).unwrap();
        assert!(!captured.status.success());
        assert!(captured.tail(20).contains("no-such-command"), "{captured:?}");
        let version = capture(cargo().arg("--version")).unwrap();
        assert!(version.status.success() && version.stdout.starts_with("cargo "), "{version:?}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_starts_again_without_its_file() {
        const REPLACED: &str = "XTASK_TEST_REPLACED";
        if env::var_os(REPLACED).is_some() {
            fs::remove_file(env::current_exe().unwrap()).unwrap();
            let listed = capture(again().unwrap().arg("--list")).unwrap();
            assert!(listed.stdout.contains("without_its_file"), "{listed:?}");
            return;
        }
        let own = env::current_exe().unwrap();
        let scratch = crate::scratch::Scratch::inside(own.parent().unwrap(), "again-").unwrap();
        let copy = scratch.path().join("copy");
        // A file that was written cannot be started while another test, just forked, has it open.
        fs::hard_link(&own, &copy).unwrap();
        let this = "process::tests::a_program_starts_again_without_its_file";
        let ended = capture(Command::new(&copy).args(["--exact", this]).env(REPLACED, "1"));
        assert!(ended.as_ref().is_ok_and(|ended| ended.stdout.contains("1 passed")), "{ended:?}");
        assert!(!copy.exists());
    }

    #[test]
    #[cfg(unix)]
    fn what_does_not_end_is_ended_with_what_it_started() {
        let scratch = crate::scratch::Scratch::new();
        let (said, long) = (scratch.path().join("said"), Duration::from_secs(60));
        let mut command = Command::new("sh");
        let ended = run_within(command.args(["-c", "echo one; exit 3"]), long, &said).unwrap();
        assert_eq!(ended.and_then(|status| status.code()), Some(3));
        assert_eq!(fs::read_to_string(&said).unwrap(), "one\n");
        let mut command = Command::new("sh");
        command.args(["-c", "(sleep 1; echo late) & echo early; wait"]);
        assert_eq!(run_within(&mut command, 5 * POLL, &said).unwrap(), None);
        thread::sleep(Duration::from_millis(1200));
        assert_eq!(fs::read_to_string(&said).unwrap(), "early\n");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let failure = capture(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(failure.what().contains("no-such-program-here"), "{failure}");
    }

    #[test]
    fn commands_are_shown_as_typed() {
        assert_eq!(
            shown(Command::new("/usr/bin/apt-get").args(["install", "a b", ""])),
            "apt-get install 'a b' ''"
        );
    }

    #[test]
    fn programs_are_found_on_the_path_alone() {
        assert!(find_program("cargo", &search_path()).is_some());
        assert_eq!(find_program("cargo", OsStr::new("")), None);
    }
}
