//! A table, compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{SECTION, Table};

/// What a compiler says of a table.
#[derive(Debug)]
pub(crate) enum Judged {
    /// Where it differs.
    Differences(Vec<String>),
    /// The compiler refuses the text itself, for this reason.
    Refused(String),
    /// The compiler takes the text alone, but not with the table.
    NotUnderstood(String),
}

/// Has a `compiler` with these `options` judge the table of a preprocessed `text`. Files are made for the time being, whose
/// names begin with `stem`.
pub(crate) fn judge(
    compiler: &str,
    options: &[&str],
    text: &str,
    table: &Table,
    stem: &Path,
) -> Judged {
    let file = |ending: &str| PathBuf::from(format!("{}.{ending}", stem.display()));
    let [source, object, bytes] = ["table.i", "o", "bin"].map(file);
    let compile = |text: &str, output: &[&str]| {
        fs::write(&source, text).expect("the text can be written");
        let mut command = Command::new(compiler);
        succeeded(command.args(options).args(["-w", "-O0"]).args(output).arg(&source))
    };
    let output = ["-c", "-o", object.to_str().expect("the path is UTF-8")];
    if let Err(with_table) = compile(&(text.to_owned() + &table.source()), &output) {
        return match compile(text, &["-fsyntax-only"]) {
            Ok(_) => Judged::NotUnderstood(with_table),
            Err(alone) => Judged::Refused(alone),
        };
    }
    let mut copy = Command::new("objcopy");
    copy.args(["-O", "binary", "--only-section", SECTION]).args([&object, &bytes]);
    succeeded(&mut copy).expect("objcopy takes the table out of the object file");
    let compiled = fs::read(&bytes).expect("the compiled table can be read");
    for made in [source, object, bytes] {
        fs::remove_file(made).expect("what was made can be removed");
    }
    Judged::Differences(table.differences(&compiled))
}

/// The output of a command, or the first error that it tells.
pub(crate) fn succeeded(command: &mut Command) -> Result<Output, String> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    if output.status.success() {
        return Ok(output);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let error = told.lines().find(|line| line.contains("error: ")).unwrap_or(&told);
    Err(error.trim().to_owned())
}
