//! Windows on x86-64, under wine.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Result;
use crate::{files, packages, process, rustup};

const TARGET: &str = "x86_64-pc-windows-gnu";
const LINKER: &str = "x86_64-w64-mingw32-gcc";
const GXX: &str = "x86_64-w64-mingw32-g++";

/// Debian keeps it out of the search path.
const WINE: &str = "/usr/lib/wine/wine64";

/// A library of Windows that Rust programs need and wine 8 lacks: random bytes, by another function.
const RANDOM_BYTES: &str = "\
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL ProcessPrng(PUCHAR data, SIZE_T size) {
    return SystemFunction036(data, (ULONG)size);
}
";

/// Installs what [`run`] needs.
pub(super) fn prepare() -> Result {
    let needs = [(LINKER, "gcc-mingw-w64-x86-64"), (GXX, "g++-mingw-w64-x86-64"), (WINE, "wine64")];
    packages::ensure(&needs, "what runs Windows programs is missing")?;
    rustup::ensure_target(TARGET)
}

/// Runs the tests of `ffi`.
pub(super) fn run() -> Result {
    let mut lint = process::cargo();
    lint.args(["clippy", "--package=ffi", "--all-targets", "--target", TARGET]);
    process::run(lint.args(["--", "-D", "warnings"]), "mend what clippy says above")?;
    let folder = process::workspace().join("target").join("wine");
    let libraries = random_bytes(&folder)?;
    let mut command = process::cargo();
    command.args(["test", "--package", "ffi", "--lib", "--tests", "--target", TARGET]);
    command.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", WINE);
    command.env("WINEPATH", libraries).env("WINEPREFIX", folder.join("prefix"));
    // For the tests that ask a C++ compiler: no program in wine starts one.
    command.env("FFI_TEST_EXCEPTIONS", exceptions(&folder)?);
    // Wine's own messages, and its offers to install more of it.
    command.env("WINEDEBUG", "-all").env("WINEDLLOVERRIDES", "mscoree=;mshtml=");
    process::run(&mut command, "see the failing tests above; they ran under wine")
}

/// Compiles the library that throws and catches, with the C++ runtime in it; returns its path.
fn exceptions(folder: &Path) -> Result<PathBuf> {
    let library = folder.join("exceptions.dll");
    let source = process::workspace().join("ffi").join("tests").join("exceptions.cc");
    let mut compiler = Command::new(GXX);
    compiler.args(["-O1", "-shared", "-static", "-o"]).args([&library, &source]);
    process::run(&mut compiler, "check that MinGW's g++ works")?;
    Ok(library)
}

/// Compiles the library that wine lacks; returns its folder.
fn random_bytes(folder: &Path) -> Result<PathBuf> {
    let folder = folder.join("libraries");
    let source = folder.join("bcryptprimitives.c");
    files::write(&source, RANDOM_BYTES)?;
    let mut compiler = Command::new(LINKER);
    compiler.args(["-shared", "-o"]).arg(folder.join("bcryptprimitives.dll")).arg(&source);
    process::run(compiler.arg("-ladvapi32"), "check that MinGW's gcc works")?;
    Ok(folder)
}
