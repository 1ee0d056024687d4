//! Programs, run to their end.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What a program left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> Run {
    let output =
        Command::new(program).args(arguments).output().expect("the program can be started");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let code = output
        .status
        .code()
        .unwrap_or_else(|| panic!("{program} {arguments:?}: {}", output.status));
    assert!(!stderr.contains("panicked"), "{program} {arguments:?} panicked:\n{stderr}");
    Run { code, stdout, stderr }
}

/// A folder for this run of the tests.
pub(crate) fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ffi-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

/// A shared library of C functions that the C library has no like of.
pub(crate) fn library() -> &'static str {
    static LIBRARY: OnceLock<String> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let library = folder().join("libsample.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ffi/sample.c");
        let status = Command::new("cc")
            .args(["-w", "-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .status()
            .expect("cc runs");
        assert!(status.success());
        library.to_str().expect("a path in UTF-8").to_owned()
    })
}
