//! A copy of `ffi` that faults are seeded into, in a workspace of its own below the target folder: what it builds stays,
//! and the next run compiles what has changed.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use super::compiler;
use super::fault::Fault;
use crate::cross::Emulated;
use crate::failure::{Failure, Result};
use crate::files;
use crate::process;

/// The copy.
pub(super) struct Copy {
    folder: PathBuf,
}

/// A program of tests, ready to run.
pub(super) struct Program<'a> {
    copy: &'a Copy,
    path: PathBuf,
    emulated: Option<Emulated>,
}

impl Copy {
    /// Brings the copy of this number up to date.
    pub(super) fn new(number: usize) -> Result<Copy> {
        let workspace = process::workspace();
        let folder = workspace.join("target").join("mutants").join(number.to_string());
        let lock = "Cargo.lock";
        files::write(&folder.join(lock), files::read(&workspace.join(lock))?)?;
        for (name, only_ffi) in [
            ("Cargo.toml", workspace_of_ffi as fn(&str) -> String),
            ("ffi/Cargo.toml", without_benches),
        ] {
            files::write(&folder.join(name), only_ffi(&files::text(&workspace.join(name))?))?;
        }
        for name in ["ffi/src", "ffi/tests"] {
            update(&workspace.join(name), &folder.join(name))?;
        }
        Ok(Copy { folder })
    }

    fn source(&self, fault: &Fault) -> PathBuf {
        self.folder.join("ffi").join("src").join(&fault.file)
    }

    /// Runs `with` while a fault is in the copy; in words why it cannot be seeded.
    pub(super) fn with_fault<T>(
        &self,
        fault: &Fault,
        with: impl FnOnce() -> Result<T>,
    ) -> Result<std::result::Result<T, String>> {
        let file = self.source(fault);
        let text = files::text(&file)?;
        let seeded = match fault.seeded(&text) {
            Ok(seeded) => seeded,
            Err(what) => return Ok(Err(what)),
        };
        files::write(&file, seeded)?;
        let result = with();
        files::write(&file, text)?;
        result.map(Ok)
    }

    /// Builds a program of tests; in words what the compiler says where it does not compile.
    pub(super) fn build(
        &self,
        program: &str,
        is_of_arm64: bool,
    ) -> Result<std::result::Result<Program<'_>, String>> {
        let emulated = is_of_arm64.then(|| Emulated::of(program));
        let mut cargo = match &emulated {
            Some(emulated) => emulated.cargo_test(),
            None => {
                let mut cargo = process::cargo();
                cargo.arg("test");
                cargo
            }
        };
        cargo.current_dir(&self.folder).args(["--package=ffi", "--no-run"]);
        match program {
            "lib" => cargo.arg("--lib"),
            test => cargo.args(["--test", test]),
        };
        // The time that a build takes is most of what a fault costs.
        cargo.env("CARGO_INCREMENTAL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
        cargo.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
        let built = process::capture(&mut cargo)?;
        if !built.status.success() {
            return Ok(Err(built.tail(20)));
        }
        let path = executable(&built.stderr).ok_or_else(|| {
            let what = format!("cargo does not say what it has built:\n{}", built.tail(5));
            Failure::new(what, "mend the reading of it in scripts/src/mutants/copy.rs")
        })?;
        Ok(Ok(Program { copy: self, path: self.folder.join(path), emulated }))
    }
}

impl Program<'_> {
    /// Runs some of its tests; none where it does not end in time. What it says goes into the file [`Program::log`].
    pub(super) fn run(&self, tests: &[&str], limit: Duration) -> Result<Option<ExitStatus>> {
        let mut command = match &self.emulated {
            Some(emulated) => emulated.run(&self.path),
            None => Command::new(&self.path),
        };
        let gcc = self.emulated.as_ref().map_or("cc", |emulated| emulated.compiler());
        compiler::set(&mut command, gcc)?;
        // One thread, on which the tests of programs that load libraries run in the emulator too.
        command.current_dir(self.copy.folder.join("ffi")).args(["--exact", "--test-threads=1"]);
        process::run_within(command.args(tests), limit, &self.log())
    }

    /// What its last run has said.
    pub(super) fn said(&self) -> Result<String> {
        files::text(&self.log())
    }

    fn log(&self) -> PathBuf {
        self.copy.folder.join("output.txt")
    }
}

/// The path out of cargo's line `Executable tests/golden.rs (target/debug/deps/golden-0123456789abcdef)`.
fn executable(said: &str) -> Option<&str> {
    let line = said.lines().find(|line| line.trim_start().starts_with("Executable"))?;
    line.rsplit_once('(')?.1.strip_suffix(')')
}

/// The manifest of the workspace with no member but `ffi`.
fn workspace_of_ffi(manifest: &str) -> String {
    let lines = manifest.lines().filter(|line| !line.starts_with("default-members"));
    let lines = lines.map(|line| match line.starts_with("members") {
        true => "members = [\"ffi\"]\n".to_owned(),
        false => format!("{line}\n"),
    });
    lines.collect()
}

/// The manifest of `ffi` without benches and what they alone need: a library that takes longer to build than all tests.
fn without_benches(manifest: &str) -> String {
    let mut keeps = true;
    let lines = manifest.lines().filter(|line| {
        if line.starts_with('[') {
            keeps = !line.starts_with("[target.") && !line.starts_with("[[bench]]");
        }
        keeps
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Makes a folder the same as another one, and touches nothing that is so already.
fn update(from: &Path, to: &Path) -> Result {
    files::make_folder(to)?;
    for place in files::entries(to)? {
        if !from.join(place.file_name().unwrap_or_default()).exists() {
            files::remove(&place)?;
        }
    }
    for source in files::entries(from)? {
        let place = to.join(source.file_name().unwrap_or_default());
        match source.is_dir() {
            true => update(&source, &place)?,
            false => files::write(&place, files::read(&source)?)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn manifests_keep_what_the_tests_need() {
        let text = "[workspace]\nmembers = [\"a\", \"ffi\"]\ndefault-members = [\"a\"]\n[profile.dev]\ndebug = 1\n";
        assert_eq!(
            workspace_of_ffi(text),
            "[workspace]\nmembers = [\"ffi\"]\n[profile.dev]\ndebug = 1\n"
        );
        let text = "[package]\nname = \"ffi\"\n[target.'cfg(unix)'.dev-dependencies]\npeer = \"1\"\n[[bench]]\nname = \"call\"\n[lints]\n";
        assert_eq!(without_benches(text), "[package]\nname = \"ffi\"\n[lints]\n");
    }

    #[test]
    fn folders_become_the_same() {
        let scratch = Scratch::new();
        let (from, to) = (scratch.path().join("from"), scratch.path().join("to"));
        scratch.write("from/a/b", "new");
        scratch.write("from/same", "same");
        scratch.write("to/a/b", "old");
        scratch.write("to/gone/c", "gone");
        let same = scratch.write("to/same", "same");
        let touched = |path: &Path| path.metadata().unwrap().modified().unwrap();
        let before = touched(&same);
        update(&from, &to).unwrap();
        assert_eq!(files::text(&to.join("a/b")).unwrap(), "new");
        assert!(!to.join("gone").exists() && touched(&same) == before);
    }

    #[test]
    fn cargo_names_what_it_has_built() {
        let said = "    Finished `test` profile\n  Executable tests/golden.rs (target/debug/deps/golden-01)\n";
        assert_eq!(executable(said), Some("target/debug/deps/golden-01"));
        let said = "  Executable unittests src/lib.rs (target/debug/deps/ffi-01)\n";
        assert_eq!(executable(said), Some("target/debug/deps/ffi-01"));
        assert_eq!(executable("    Finished"), None);
    }
}
