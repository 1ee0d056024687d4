//! Every way in which a file fails to be the engine library, as a typed error with a message that helps.
#![cfg(unix)]

mod common;

use common::{Folder, engine_code};
use std::error::Error;
use std::path::Path;
use wgpu_native_sys_dyn::{
    Api, ENGINE_VERSION, ENGINE_VERSION_CODE, Function, LoadError, LoadOptions, Origin,
};

/// The error of loading what a test made for it.
fn error(path: impl AsRef<Path>) -> LoadError {
    // SAFETY: The tests name files that are no libraries, or libraries that are made for the test.
    let loaded = unsafe { Api::load(&LoadOptions::new().library(path.as_ref())) };
    match loaded {
        Ok(api) => panic!("{} was loaded", api.path().display()),
        Err(error) => error,
    }
}

/// Asserts that the message has all these parts.
fn says(error: &LoadError, parts: &[&str]) {
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

#[test]
fn nothing_there() {
    let folder = Folder::new("nothing");
    let path = folder.path().join("libengine.so");
    let error = error(&path);
    says(&error, &[path.to_str().expect("ASCII"), "named by the program", "does not exist"]);
    let LoadError::Missing { library } = error else { panic!("{error:?}") };
    assert_eq!((library.path.as_path(), library.origin), (path.as_path(), Origin::Program));
}

#[test]
fn a_name_is_a_path_and_is_not_searched_for() {
    // The system's loader would find this one by its name.
    let error = error("libc.so.6");
    let LoadError::Missing { library } = &error else { panic!("{error:?}") };
    assert!(library.path.is_absolute());
}

#[test]
fn a_folder() {
    let folder = Folder::new("folder");
    let error = error(folder.path());
    says(&error, &["is a folder"]);
    assert!(matches!(error, LoadError::Directory { .. }), "{error:?}");
}

#[test]
fn the_empty_path() {
    let error = error("");
    says(&error, &["the path of the engine library (named by the program) is empty"]);
    assert!(matches!(error, LoadError::NoPath { .. }), "{error:?}");
}

#[test]
fn a_device() {
    let error = error("/dev/null");
    says(&error, &["no regular file"]);
    assert!(matches!(error, LoadError::SpecialFile { .. }), "{error:?}");
}

/// Opening it would wait for somebody who writes to it.
#[test]
fn a_pipe() {
    let folder = Folder::new("pipe");
    let path = folder.path().join("libengine.so");
    let made = std::process::Command::new("mkfifo").arg(&path).status().expect("every Unix has it");
    assert!(made.success());
    assert!(matches!(error(path), LoadError::SpecialFile { .. }));
}

#[test]
fn a_library_for_another_processor() {
    let folder = Folder::new("processor");
    let own = std::fs::read(folder.library("libown.so", "int answer(void) { return 42; }"));
    let mut other = own.expect("it was made");
    // The processor's number in ELF: that of the long gone IA-64.
    other[18] = 50;
    let error = error(folder.file("libengine.so", &other));
    if !cfg!(target_vendor = "apple") {
        says(&error, &["a processor of number 50", "libengine.so", "give the path"]);
        assert!(matches!(error, LoadError::Unfit { .. }), "{error:?}");
    }
}

#[test]
fn an_empty_file() {
    let folder = Folder::new("empty");
    let error = error(folder.file("libengine.so", b""));
    says(&error, &["is an empty file"]);
    assert!(matches!(error, LoadError::Empty { .. }), "{error:?}");
}

#[test]
fn an_unreadable_file() {
    // Permissions do not stop a test that root runs; a link to itself stops everybody.
    let folder = Folder::new("unreadable");
    let path = folder.path().join("libengine.so");
    std::os::unix::fs::symlink(&path, &path).expect("the temporary folder can be written to");
    let error = error(&path);
    says(&error, &["cannot be read"]);
    assert!(error.source().is_some_and(|source| source.is::<std::io::Error>()));
    assert!(matches!(error, LoadError::Unreadable { .. }), "{error:?}");
}

#[test]
fn a_text_file() {
    let folder = Folder::new("text");
    let path =
        folder.file("libengine.so", b"a text of some length, which is certainly no library\n");
    let error = error(path);
    says(&error, &["not a shared library for this platform", "libengine.so"]);
    assert!(error.source().is_some_and(|source| source.is::<ffi::Error>()));
    let LoadError::NotALibrary { source, .. } = &error else { panic!("{error:?}") };
    // The message has the loader's own words.
    let mut words: &dyn Error = source;
    while let Some(inner) = words.source() {
        words = inner;
    }
    says(&error, &[&words.to_string()]);
}

#[test]
fn a_library_of_something_else() {
    let folder = Folder::new("other");
    let error = error(folder.library("libengine.so", "int answer(void) { return 42; }"));
    says(&error, &["not the engine", "228 of the 228", "wgpuCreateInstance"]);
    let LoadError::MissingSymbols { first, count, .. } = error else { panic!("{error:?}") };
    assert_eq!((first, count), (Function::ALL[0], Function::COUNT));
}

#[test]
fn a_library_that_lacks_two_functions() {
    let lacking = [Function::wgpuBufferGetSize, Function::wgpuQueueSubmit];
    let others = Function::ALL
        .iter()
        .filter(|function| !lacking.contains(function))
        .map(|function| function.name());
    let folder = Folder::new("lacking");
    let error = error(folder.library("libengine.so", &engine_code(ENGINE_VERSION_CODE, others)));
    says(&error, &["2 of the 228", "wgpuBufferGetSize"]);
    let LoadError::MissingSymbols { first, count, .. } = error else { panic!("{error:?}") };
    assert_eq!((first, count), (Function::wgpuBufferGetSize, 2));
}

#[test]
fn another_generation() {
    let folder = Folder::new("generation");
    let names = Function::ALL.iter().map(|function| function.name());
    let error = error(folder.library("libengine.so", &engine_code(0x1e02_0304, names)));
    says(&error, &["30.2.3.4", ENGINE_VERSION, "WGPU_NATIVE_ALLOW_VERSION=1"]);
    let LoadError::OtherVersion { found, .. } = error else { panic!("{error:?}") };
    assert_eq!(found.0, 0x1e02_0304);
}
