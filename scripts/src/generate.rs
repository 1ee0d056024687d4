//! `cargo xtask generate`: writes the generated part of `wgpu-native-sys-dyn` from the two headers.

mod emit;
mod headers;
mod macros;
mod model;

use crate::setup_dir;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const USAGE: &str = "\
usage: cargo xtask generate [--check] [--headers DIR]

Writes wgpu-native-sys-dyn/src/generated from webgpu.h and wgpu.h.
  --check        write nothing; fail if what is there differs from what would be written
  --headers DIR  the folder of the two headers, if not the one that `cargo xtask setup` fills";

/// Runs the command with the arguments that follow its name.
///
/// # Errors
/// Bad arguments, no headers, no libclang, headers of a form that the generator does not know, and, with `--check`,
/// generated files that differ: each as a message for the user.
pub(crate) fn run(arguments: impl IntoIterator<Item = String>) -> Result<(), String> {
    let mut check = false;
    let mut folder = None;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => check = true,
            "--headers" => {
                let value = arguments.next();
                folder = Some(PathBuf::from(value.ok_or("--headers needs a folder")?));
            }
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            other => return Err(format!("unknown argument {other:?}\n\n{USAGE}")),
        }
    }
    let folder = match folder {
        Some(folder) => folder,
        None => setup_dir::setup_dir().ok_or_else(|| {
            format!(
                "no cache folder: set {} or pass --headers",
                setup_dir::SETUP_DIR_VARIABLE
            )
        })?,
    };
    let (model, bindgen) = headers::read(&folder)?;
    let origin = format!(
        "by `cargo xtask generate` with {bindgen} from webgpu.h and wgpu.h {}",
        setup_dir::ENGINE_VERSION
    );
    let files = emit::files(&model, &origin)?;
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

/// The folder that holds generated files and nothing else.
fn target() -> PathBuf {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = scripts.parent().unwrap_or(scripts);
    root.join("wgpu-native-sys-dyn")
        .join("src")
        .join("generated")
}

fn write(target: &Path, files: &[emit::File]) -> Result<(), String> {
    let failed = |path: &Path, error| format!("cannot write {}: {error}", path.display());
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
fn compare(target: &Path, files: &[emit::File]) -> Result<(), String> {
    let mut differences = Vec::new();
    for extra in present(target)?.difference(&names(files)) {
        differences.push(format!("{extra}: is there, and would not be generated"));
    }
    for (name, wanted) in files {
        match fs::read_to_string(target.join(name)) {
            Err(error) => differences.push(format!("{name}: {error}")),
            // A checkout on Windows may have changed the line ends.
            Ok(found) => {
                differences.extend(first_difference(name, &found.replace("\r\n", "\n"), wanted))
            }
        }
    }
    if differences.is_empty() {
        println!("{} is up to date ({} files)", target.display(), files.len());
        return Ok(());
    }
    Err(format!(
        "{} is not what the generator writes:\n  {}\nRun `cargo xtask generate` and commit the result.",
        target.display(),
        differences.join("\n  ")
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
                "{name}, line {number}:\n    is      {found_line}\n    must be {wanted_line}"
            ));
        }
    }
    Some(format!("{name}: has more lines than would be generated"))
}

fn names(files: &[emit::File]) -> BTreeSet<String> {
    files.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// Names of what lies in `target`; a folder that is not there holds nothing.
fn present(target: &Path) -> Result<BTreeSet<String>, String> {
    if !target.exists() {
        return Ok(BTreeSet::new());
    }
    let failed = |error| format!("cannot list {}: {error}", target.display());
    fs::read_dir(target)
        .map_err(failed)?
        .map(|entry| {
            Ok(entry
                .map_err(failed)?
                .file_name()
                .to_string_lossy()
                .into_owned())
        })
        .collect()
}
