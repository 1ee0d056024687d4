//! `cargo xtask generate`: writes the generated part of `wgpu-native-sys-dyn` from the two headers.

mod clang;
mod emit;
mod headers;
mod macros;
mod model;

use crate::failure::{Failure, Result};
use crate::setup::{release, setup_dir};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

const USAGE: &str = "\
usage: cargo xtask generate [--check] [--headers DIR]

Writes wgpu-native-sys-dyn/src/generated from webgpu.h and wgpu.h.
  --check        write nothing; fail if what is there differs from what would be written
  --headers DIR  the folder of the two headers, if not the one that `cargo xtask setup` fills";

/// What to do about a file that cannot be read or written.
const CHECK_RIGHTS: &str = "see that the folder is there and that this user may write to it";

/// What the command line asks for.
struct Options {
    check: bool,
    /// The folder of the headers, if it was given.
    headers: Option<PathBuf>,
}

/// Runs the command with the arguments that follow its name.
///
/// # Errors
/// Bad arguments, no headers, no libclang, headers of a form that the generator does not know, and, with `--check`,
/// generated files that differ.
pub(crate) fn run(arguments: Vec<OsString>) -> Result {
    let Some(options) = parse(arguments)? else {
        println!("{USAGE}");
        return Ok(());
    };
    let folder = match options.headers {
        Some(folder) => folder,
        None => setup_dir::setup_dir().ok_or_else(|| {
            Failure::new(
                "there is no cache folder to find the headers in",
                format!(
                    "set {}, or name the folder of the headers with --headers",
                    setup_dir::SETUP_DIR_VARIABLE
                ),
            )
        })?,
    };
    let (model, bindgen) = headers::read(&folder)?;
    let origin = format!(
        "by `cargo xtask generate` with {bindgen} from webgpu.h and wgpu.h {}",
        release::ENGINE_VERSION
    );
    let files = emit::files(&model, &origin).map_err(unknown_form)?;
    let target = target();
    if options.check {
        return compare(&target, &files);
    }
    write(&target, &files)?;
    println!(
        "wrote {} files to {}: {} functions, {} structs, {} enumerations, {} flag sets, {} handles, {} callbacks",
        files.len(),
        target.display(),
        model.functions.len(),
        model.structs.len(),
        model.enums.len(),
        model.flags.len(),
        model.handles.len(),
        model.callbacks.len()
    );
    Ok(())
}

/// The options; `None` where help is asked for.
fn parse(arguments: Vec<OsString>) -> Result<Option<Options>> {
    let mut options = Options { check: false, headers: None };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--check") => options.check = true,
            Some("--headers") => {
                let folder = arguments.next();
                let folder =
                    folder.ok_or_else(|| Failure::usage("--headers needs a folder", "generate"))?;
                options.headers = Some(folder.into());
            }
            Some("--help" | "-h") => return Ok(None),
            _ => {
                return Err(Failure::usage(format!("unknown argument {argument:?}"), "generate"));
            }
        }
    }
    Ok(Some(options))
}

/// The headers have something that the generator has not met before.
fn unknown_form(what: String) -> Failure {
    Failure::new(what, "teach it to the generator, in scripts/src/generate")
}

/// The folder that holds generated files and nothing else.
fn target() -> PathBuf {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = scripts.parent().unwrap_or(scripts);
    root.join("wgpu-native-sys-dyn").join("src").join("generated")
}

fn write(target: &Path, files: &[emit::File]) -> Result {
    let failed = |path: &Path, error| Failure::file("cannot write", path, &error, CHECK_RIGHTS);
    fs::create_dir_all(target).map_err(|error| failed(target, error))?;
    for stale in present(target)?.difference(&names(files)) {
        let path = target.join(stale);
        fs::remove_file(&path).map_err(|error| failed(&path, error))?;
    }
    for (name, text) in files {
        let path = target.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// Fails with the list of all differences between `files` and what lies in `target`.
fn compare(target: &Path, files: &[emit::File]) -> Result {
    let mut differences = Vec::new();
    for extra in present(target)?.difference(&names(files)) {
        differences.push(format!("{extra}: is there, and would not be generated"));
    }
    for (name, wanted) in files {
        match fs::read_to_string(target.join(name)) {
            Err(error) => differences.push(format!("{name}: {error}")),
            // A checkout on Windows may have changed the line ends.
            Ok(found) => {
                differences.extend(first_difference(name, &found.replace("\r\n", "\n"), wanted));
            }
        }
    }
    if differences.is_empty() {
        println!("{} is up to date ({} files)", target.display(), files.len());
        return Ok(());
    }
    Err(Failure::new(
        format!(
            "{} is not what the generator writes:\n{}",
            target.display(),
            differences.join("\n")
        ),
        "run `cargo xtask generate` and commit the result",
    ))
}

fn first_difference(name: &str, found: &str, wanted: &str) -> Option<String> {
    if found == wanted {
        return None;
    }
    let mut found_lines = found.lines();
    for (index, wanted_line) in wanted.lines().enumerate() {
        let found_line = found_lines.next();
        if found_line != Some(wanted_line) {
            let number = index + 1;
            let found_line = found_line.unwrap_or("(end of file)");
            return Some(format!(
                "{name}, line {number}:\n  is      {found_line}\n  must be {wanted_line}"
            ));
        }
    }
    Some(format!("{name}: has more lines than would be generated"))
}

fn names(files: &[emit::File]) -> BTreeSet<String> {
    files.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// Names of what lies in `target`; a folder that is not there holds nothing.
fn present(target: &Path) -> Result<BTreeSet<String>> {
    if !target.exists() {
        return Ok(BTreeSet::new());
    }
    let failed = |error| Failure::file("cannot list", target, &error, CHECK_RIGHTS);
    fs::read_dir(target)
        .map_err(failed)?
        .map(|entry| Ok(entry.map_err(failed)?.file_name().to_string_lossy().into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn files() -> [emit::File; 2] {
        [("a.rs", "one\ntwo\n".to_owned()), ("b.rs", "three\n".to_owned())]
    }

    #[test]
    fn what_was_written_is_up_to_date() -> Result {
        let scratch = Scratch::new();
        let target = scratch.path().join("generated");
        write(&target, &files())?;
        compare(&target, &files())
    }

    #[test]
    fn every_difference_is_told() -> Result {
        let scratch = Scratch::new();
        write(scratch.path(), &files())?;
        scratch.write("a.rs", "one\n2\n");
        scratch.write("c.rs", "");
        fs::remove_file(scratch.path().join("b.rs")).expect("it was written before");
        let failure = compare(scratch.path(), &files()).expect_err("everything differs");
        for part in
            ["a.rs, line 2", "2", "two", "b.rs: ", "c.rs: is there", "run `cargo xtask generate`"]
        {
            assert!(failure.to_string().contains(part), "{part}: {failure}");
        }
        Ok(())
    }

    #[test]
    fn more_lines_and_fewer_lines_differ() {
        assert!(first_difference("a.rs", "one\n", "one\ntwo\n").is_some());
        assert!(first_difference("a.rs", "one\ntwo\n", "one\n").is_some());
        assert!(first_difference("a.rs", "one\n", "one\n").is_none());
    }

    #[test]
    fn writing_removes_what_is_not_generated_any_more() -> Result {
        let scratch = Scratch::new();
        scratch.write("old.rs", "");
        write(scratch.path(), &files())?;
        assert_eq!(present(scratch.path())?, names(&files()));
        Ok(())
    }

    #[test]
    fn bad_arguments_lead_to_the_help() {
        for arguments in [&["--headers"][..], &["--chekc"], &["webgpu.h"]] {
            let failure =
                run(arguments.iter().map(OsString::from).collect()).expect_err("they are bad");
            assert!(failure.to_string().contains("cargo xtask generate --help"), "{failure}");
        }
    }
}
