//! `cargo xtask generate`: writes the generated part of `wgpu-native-sys-dyn` from the two headers.

mod clang;
mod emit;
mod headers;
mod macros;
mod model;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::setup::{release, setup_dir};
use crate::{files, process};

pub(crate) const HELP: Option<&str> = Some(
    "\
usage: cargo xtask generate [--check] [--headers DIR]

Writes wgpu-native-sys-dyn/src/generated from webgpu.h and wgpu.h.
  --check        write nothing; fail if what is there differs from what would be written
  --headers DIR  the folder of the two headers, if not the one that `cargo xtask setup` fills",
);

/// Runs the command with the arguments that follow its name.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("generate", arguments);
    let (check, named) = (arguments.flag("--check"), arguments.value::<PathBuf>("--headers")?);
    arguments.end()?;
    let folder = named.or_else(setup_dir::setup_dir).ok_or_else(|| {
        let variable = setup_dir::SETUP_DIR_VARIABLE;
        let next = format!("set {variable}, or name the folder of the headers with --headers");
        Failure::new("there is no cache folder to find the headers in", next)
    })?;
    let (model, bindgen) = headers::read(&folder)?;
    let origin = format!(
        "by `cargo xtask generate` with {bindgen} from webgpu.h and wgpu.h {}",
        release::ENGINE_VERSION
    );
    let files = emit::files(&model, &origin).map_err(unknown_form)?;
    let target = target();
    if check {
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

/// The headers have something that the generator has not met before.
fn unknown_form(what: String) -> Failure {
    Failure::new(what, "teach it to the generator, in scripts/src/generate")
}

/// The folder that holds generated files and nothing else.
fn target() -> PathBuf {
    process::workspace().join("wgpu-native-sys-dyn").join("src").join("generated")
}

fn write(target: &Path, files: &[emit::File]) -> Result {
    for stale in present(target)?.difference(&names(files)) {
        files::remove(&target.join(stale))?;
    }
    files.iter().try_for_each(|(name, text)| files::write(&target.join(name), text))
}

/// Fails with the list of all differences between `files` and what lies in `target`.
fn compare(target: &Path, files: &[emit::File]) -> Result {
    let mut differences = Vec::new();
    for extra in present(target)?.difference(&names(files)) {
        differences.push(format!("{extra}: is there, and would not be generated"));
    }
    for (name, wanted) in files {
        match files::text(&target.join(name)) {
            Err(failure) => differences.push(format!("{name}: {}", failure.what())),
            Ok(found) => differences.extend(first_difference(name, &found, wanted)),
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
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(files::entries(target)?.iter().map(name).collect())
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
        scratch.write("old.rs", "");
        write(scratch.path(), &files())?;
        compare(scratch.path(), &files())
    }

    #[test]
    fn every_difference_is_told() -> Result {
        let scratch = Scratch::new();
        write(scratch.path(), &files())?;
        scratch.write("a.rs", "one\n2\n");
        scratch.write("c.rs", "");
        std::fs::remove_file(scratch.path().join("b.rs")).expect("it was written before");
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
}
