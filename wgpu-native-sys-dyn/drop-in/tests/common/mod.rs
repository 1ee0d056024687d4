//! What both tests need: the two libraries, and programs that must succeed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use wgpu_native_sys_dyn::{Api, LoadOptions};

/// The engine library, which is no part of this project: a test that needs it fails without.
pub(crate) fn engine() -> PathBuf {
    // SAFETY: What the set-up fetches is the engine.
    let api = unsafe { Api::load(&LoadOptions::new()) }.unwrap_or_else(|error| panic!("{error}"));
    api.path().to_path_buf()
}

/// The library that this package builds, which Cargo puts beside its tests.
pub(crate) fn drop_in() -> PathBuf {
    let program = env::current_exe().expect("the program knows its path");
    let library = program.with_file_name("libwgpu_drop_in.so");
    assert!(library.is_file(), "{} is not there", library.display());
    library
}

/// A folder for the files of the test `name`.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("the temporary folder can be written to");
    folder
}

/// What a program that must succeed prints.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} ended with {}:\n{errors}", output.status);
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}
