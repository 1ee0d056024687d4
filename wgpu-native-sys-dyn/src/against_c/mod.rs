//! Holds the generated part against what a C compiler makes of the real headers.

mod signatures;
mod specimen;
mod structs;
mod values;

pub(crate) use specimen::Specimen;

use crate::release::HEADER_FILES;
use crate::setup_dir::setup_dir;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, process};

/// The folder of the real headers. They are not part of this project, so a test that needs them fails without.
fn headers() -> PathBuf {
    let folder = setup_dir().expect("no cache folder: set WEBGPU_SETUP_DIR");
    for name in HEADER_FILES {
        let path = folder.join(name);
        assert!(
            path.is_file(),
            "the header {} is not there: run `cargo xtask setup`",
            path.display()
        );
    }
    folder
}

/// The text of both headers.
fn header_text() -> String {
    let folder = headers();
    HEADER_FILES
        .map(|name| {
            let path = folder.join(name);
            fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
        })
        .concat()
}

/// Compiles C that includes both headers, in a folder of its own, into the file that `arguments` make of it.
fn compile(name: &str, code: &str, arguments: &[&str], result: &Path) {
    let source = result.with_file_name(format!("{name}.c"));
    fs::write(&source, format!("#include \"wgpu.h\"\n{code}"))
        .expect("the temporary folder can be written to");
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let output = Command::new(&compiler)
        .args(["-std=gnu11", "-Wall", "-Werror", "-I"])
        .arg(headers())
        .args(arguments)
        .arg(&source)
        .arg("-o")
        .arg(result)
        .output()
        .unwrap_or_else(|error| {
            panic!("this test needs a C compiler; {} says: {error}", compiler.display())
        });
    let Output { status, stderr, .. } = output;
    assert!(
        status.success(),
        "the C compiler refuses {}:\n{}",
        source.display(),
        String::from_utf8_lossy(&stderr)
    );
}

/// A new folder for the files of the test `name`.
fn folder(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("wgpu-native-sys-dyn-{}-{name}", process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder can be written to");
    folder
}

/// Compiles C and throws the result away: for what the compiler itself can assert.
fn check(name: &str, code: &str) {
    let folder = folder(name);
    compile(name, code, &["-c"], &folder.join("checked.o"));
    fs::remove_dir_all(folder).expect("the temporary folder can be removed");
}

/// Compiles C with the body of `main`, and gives what the program prints.
fn run(name: &str, code: &str) -> String {
    let folder = folder(name);
    let program = folder.join(name);
    compile(name, code, &[], &program);
    let output = Command::new(&program).output().expect("what was compiled can be run");
    assert!(output.status.success(), "{name} ended with {}", output.status);
    fs::remove_dir_all(folder).expect("the temporary folder can be removed");
    String::from_utf8(output.stdout).expect("C prints ASCII")
}
