//! Compilers that keep what they have made. The C that judges a call is the same with a fault and without it: compiling it
//! again would take most of the time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::files;
use crate::process;

/// Runs a compiler unless it has compiled the same before: the same compiler, options and files, whatever these are called.
const SCRIPT: &str = r#"#!/bin/sh
output= before= key=$("$COMPILER" --version)
for argument; do
  if [ "$before" = -o ]; then output=$argument
  elif [ -f "$argument" ]; then key="$key $(sha256sum <"$argument")"
  else key="$key $argument"; fi
  before=$argument
done
[ -n "$output" ] || exec "$COMPILER" "$@"
kept="$KEPT/$(printf %s "$key" | sha256sum | cut -c1-64)"
if [ -f "$kept" ]; then exec cp "$kept" "$output"; fi
"$COMPILER" "$@" || exit
cp "$output" "$kept.$$" && mv "$kept.$$" "$kept"
"#;

/// Has the tests that `command` runs compile by such compilers: `gcc`, and clang for what gcc does not compile.
pub(super) fn set(command: &mut Command, gcc: &str) -> Result {
    let newest = process::find_program("clang-19", &process::search_path());
    let clang = if newest.is_some() { "clang-19" } else { "clang" };
    command.env("CC", keeping(gcc)?).env("CLANG", keeping(clang)?);
    Ok(())
}

/// The path of one that does as `compiler` does.
fn keeping(compiler: &str) -> Result<PathBuf> {
    let folder = process::workspace().join("target").join("mutants").join("compilers");
    let (kept, script) = (folder.join("kept"), folder.join(compiler));
    files::make_folder(&kept)?;
    let text = SCRIPT.replace("$KEPT", &kept.display().to_string()).replace("$COMPILER", compiler);
    if fs::read_to_string(&script).is_ok_and(|found| found == text) {
        return Ok(script);
    }
    // In place at once: the tests of another copy may be starting it.
    let new = folder.join(format!("{compiler}.{:?}", std::thread::current().id()));
    files::write(&new, text)?;
    let ready = make_executable(&new).and_then(|()| fs::rename(&new, &script));
    ready.map_err(|error| Failure::file("cannot write", &script, &error, "see who owns it"))?;
    Ok(script)
}

#[cfg(unix)]
fn make_executable(script: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(script, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn the_same_text_is_compiled_once() {
        let (scratch, compiler) = (Scratch::new(), keeping("cc").unwrap());
        let compile = |source: &Path, options: &[&str]| {
            let output = scratch.path().join("a.o");
            let mut command = Command::new(&compiler);
            let command = command.args(options).arg("-c").arg("-o").args([&output, source]);
            command.output().unwrap().status.success().then(|| fs::read(output).unwrap())
        };
        let source = |name: &str, number: u32| {
            scratch.write(name, format!("int a = {number}{};", std::process::id()))
        };
        let first = compile(&source("a.c", 1), &[]).unwrap();
        assert_eq!(compile(&source("b.c", 1), &[]).unwrap(), first);
        assert_ne!(compile(&source("b.c", 2), &[]).unwrap(), first);
        assert_eq!(compile(&source("b.c", 1), &["-no-such-option"]), None);
        assert!(Command::new(&compiler).arg("--version").output().unwrap().status.success());
    }
}
