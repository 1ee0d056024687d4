//! Downloading the wheel, by the Python that is there.
//!
//! Python's pip knows the user's package index, proxy and certificates, and brings no network code into this package.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::pip;
use super::release::{WHEEL_PROJECT, Wheel};
use crate::failure::{Failure, Result};
use crate::files;
use crate::packages;
use crate::process::{self, Captured};
use crate::progress::{Step, mebibytes};
use crate::signals;

/// The names Python goes by, in the order they are tried.
const PYTHONS: [&str; 3] = ["python3", "python", "py"];

/// A Python version that the wheel supports. Nothing of Python is run from it, so that the one of the host may be older.
const PYTHON_VERSION: &str = "3.12";

/// Why one Python did not deliver.
enum Refusal {
    /// It cannot run pip; another Python may.
    NoPip(String),
    /// Pip ran and failed; another Python would not fare better.
    Failed(Failure),
}

/// Downloads `wheel` into `folder`, which also takes pip's temporary files, and gives its path. `search_path` is where
/// Python is looked for.
pub(crate) fn download(
    wheel: &Wheel,
    folder: &Path,
    search_path: &OsStr,
    step: &mut Step,
) -> Result<PathBuf> {
    let pythons = PYTHONS.iter().filter_map(|name| process::find_program(name, search_path));
    let mut without_pip = Vec::new();
    for python in pythons {
        match download_by(&python, wheel, folder, step) {
            Ok(path) => return Ok(path),
            Err(Refusal::Failed(failure)) => return Err(failure),
            Err(Refusal::NoPip(said)) => {
                // Python begins what it says with its own path.
                let path = python.display().to_string();
                let said = said.strip_prefix(&path).unwrap_or(&said);
                without_pip.push(format!("{path}: {}", said.trim_start_matches([':', ' '])));
            }
        }
    }
    let what = if without_pip.is_empty() {
        format!("no Python found: looked for {} on the PATH", PYTHONS.join(", "))
    } else {
        format!("no Python here can run pip:\n{}", without_pip.join("\n"))
    };
    let install = packages::advice(search_path, |manager| manager.pip);
    let install = install
        .unwrap_or("install Python 3 with pip from https://www.python.org/downloads/".into());
    Err(Failure::new(
        format!("{what}\nIt downloads the engine library."),
        format!("{install}, or set WGPU_NATIVE_LIB to the library's path"),
    ))
}

fn download_by(
    python: &Path,
    wheel: &Wheel,
    folder: &Path,
    step: &mut Step,
) -> std::result::Result<PathBuf, Refusal> {
    let refuse = |what: String, next: &str| Err(Refusal::Failed(Failure::new(what, next)));
    let (target, temporary) = (folder.join("wheel"), folder.join("pip"));
    for path in [&target, &temporary] {
        files::make_folder(path).map_err(Refusal::Failed)?;
    }
    let mut command = pip::command(python, &target).map_err(Refusal::Failed)?;
    let mut arguments =
        vec!["download", "--no-deps", "--only-binary=:all:", "--platform", wheel.tag];
    arguments.extend(["--python-version", PYTHON_VERSION, "--no-input", "--progress-bar", "off"]);
    arguments.push("--disable-pip-version-check");
    command.args(&arguments).arg("-d").arg(&target).arg(WHEEL_PROJECT);
    // What comes to the same without this program around it.
    let mut shown = Command::new(python);
    shown.args(["-m", "pip"]).args(&arguments[..5]).args(["-d", ".", WHEEL_PROJECT]);
    let shown = process::shown(&shown);
    // Pip's half of a download then lies where an interrupted set-up is cleaned up, and its size can be seen.
    for variable in ["TMPDIR", "TEMP", "TMP"] {
        command.env(variable, &temporary);
    }
    let tick = || {
        step.update(&format!("{} of {WHEEL_PROJECT} for {}", mebibytes(size(folder)), wheel.tag))
    };
    let captured = process::watch(&mut command, tick).map_err(Refusal::Failed)?;
    if signals::came() {
        return refuse("a signal ended the download".into(), "run `cargo xtask setup` again");
    }
    if !captured.status.success() {
        return Err(refusal(&captured, &shown, wheel));
    }
    let mut wheels = files::entries(&target).map_err(Refusal::Failed)?;
    wheels.retain(|path| files::ends_in(path, "whl"));
    match <[PathBuf; 1]>::try_from(wheels) {
        Ok([path]) => Ok(path),
        Err(wheels) => refuse(
            format!("`{shown}` said that it succeeded, but left {} wheels", wheels.len()),
            "run that command by hand to see what it does, or set WGPU_NATIVE_LIB to the library's path",
        ),
    }
}

/// Signs that a Python cannot run pip. The last two come from the stand-in that Windows has for a Python that is not
/// installed, and from pyenv's.
const NO_PIP: [&str; 4] =
    ["No module named pip", "No module named 'pip'", "Microsoft Store", "command not found"];

/// Why a download fails: signs in pip's output, what they mean and what to do. The first row with a sign counts; the
/// later ones also follow from the earlier.
const CAUSES: [(&[&str], &str, &str); 4] = [
    (
        &["SSLError", "CERTIFICATE_VERIFY_FAILED"],
        "the package index shows a certificate that is not trusted",
        "set PIP_CERT to your certificate bundle",
    ),
    (
        &["No space left on device"],
        "the disk is full",
        "free some space, or set WEBGPU_SETUP_DIR to a folder on another disk",
    ),
    (
        &[
            "Retrying (",
            "ConnectionError",
            "Connection broken",
            "timed out",
            "ProxyError",
            "Could not fetch URL",
        ],
        "cannot reach the package index",
        "check the network and, if there is one, the proxy (HTTPS_PROXY)",
    ),
    (
        &["No matching distribution"],
        "the package index does not offer the wheel",
        "check which index pip uses (`python3 -m pip config list`)",
    ),
];

/// What the output of a failed pip means.
fn refusal(captured: &Captured, command: &str, wheel: &Wheel) -> Refusal {
    let said = captured.tail(4);
    let all = format!("{}\n{}", captured.stdout, captured.stderr);
    let has = |signs: &[&str]| signs.iter().any(|sign| all.contains(sign));
    if has(&NO_PIP) {
        return Refusal::NoPip(captured.tail(1));
    }
    let known = CAUSES.iter().find(|(signs, _, _)| has(signs));
    let (what, next) = match known {
        Some((_, what, next)) => (*what, *next),
        None => ("pip failed", "run the command above by hand to see more"),
    };
    Refusal::Failed(Failure::new(
        format!(
            "{what}: could not download {WHEEL_PROJECT} for {}\n$ {command}\n{said}",
            wheel.tag
        ),
        format!(
            "{next}, then run `cargo xtask setup` again; or set WGPU_NATIVE_LIB to the library's path"
        ),
    ))
}

/// The size of all files under `folder`.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size(&entry.path()),
        Ok(meta) => meta.len(),
        // Gone since it was listed.
        Err(_) => 0,
    });
    sizes.sum()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    /// Runs the download with the stand-in for Python in `src/setup/fixtures/<case>` alone on the path.
    fn download_with(case: &str) -> Result<PathBuf> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/setup/fixtures").join(case);
        let scratch = Scratch::new();
        let mut step = Step::start("download", "");
        let path = download(
            crate::setup::platform::wheel().unwrap(),
            scratch.path(),
            fixtures.as_os_str(),
            &mut step,
        )?;
        assert!(path.starts_with(scratch.path()) && path.is_file());
        Ok(path)
    }

    #[test]
    fn each_failure_says_what_it_is_and_what_to_do() {
        let cases: [(&str, &[&str]); 7] = [
            (
                "no-such-folder",
                &[
                    "no Python found: looked for python3, python, py",
                    "install Python 3",
                    "WGPU_NATIVE_LIB",
                ],
            ),
            // Both are tried.
            (
                "no-pip",
                &[
                    "no Python here can run pip",
                    "No module named pip",
                    "no-pip/python3:",
                    "no-pip/python:",
                ],
            ),
            (
                "no-network",
                &[
                    "cannot reach the package index",
                    "HTTPS_PROXY",
                    "python3 -m pip download --no-deps",
                ],
            ),
            ("bad-certificate", &["certificate that is not trusted", "PIP_CERT"]),
            ("not-offered", &["does not offer the wheel", "pip config list"]),
            ("fails", &["pip failed", "something nobody foresaw"]),
            ("nothing", &["left 0 wheels"]),
        ];
        for (case, parts) in cases {
            let text = download_with(case).unwrap_err().to_string();
            for part in parts {
                assert!(text.contains(part), "{case}: {part}: {text}");
            }
        }
    }

    #[test]
    fn the_second_python_is_tried_when_the_first_has_no_pip() {
        let path = download_with("second-works").unwrap();
        assert_eq!(path.file_name().unwrap(), "stand-in.whl");
    }
}
