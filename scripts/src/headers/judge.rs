//! One header, read by `ffi` as each compiler preprocesses it, and judged by that compiler.

use std::fs;
use std::path::Path;
use std::process::Command;

use ffi::Declarations;

use super::table::{self, Counts, Judged, Table};
use super::unit::Unit;

/// The compilers, by their programs and packages.
pub(super) const COMPILERS: [&str; 3] = ["gcc-12", "clang-14", "clang-19"];
/// The dialects of C.
pub(super) const DIALECTS: [&str; 3] = ["gnu11", "gnu17", "gnu2x"];

/// What came of one header with one compiler in one dialect.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) compiler: &'static str,
    pub(super) dialect: &'static str,
    pub(super) result: Judgement,
}

/// What a compiler said of a text.
type Judgement = Result<Compared, Refused>;

/// What was compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Compared {
    pub(super) counts: Counts,
    /// How many declarations were not read.
    pub(super) unread: usize,
    /// What differs, and what was not read.
    pub(super) differences: Vec<String>,
}

/// The compiler does not take the header by itself.
#[derive(Clone, Debug)]
pub(super) struct Refused(pub(super) String);

/// Reads a header with each compiler in each dialect. Files are made in `folder`; those of a whole that agrees are removed.
///
/// Where a compiler makes the same text of it in two of C11 and C17, which differ in nothing else, one is judged for both.
pub(super) fn all(unit: &Unit, folder: &Path) -> Vec<Outcome> {
    let source = folder.join(unit.file_name() + ".c");
    fs::write(&source, unit.source()).expect("the folder that was made can be written to");
    let mut outcomes = Vec::new();
    for compiler in COMPILERS {
        let mut before: Option<(String, Judgement)> = None;
        for dialect in DIALECTS {
            let file = folder.join(format!("{}-{compiler}-{dialect}.i", unit.file_name()));
            let standard = format!("-std={dialect}");
            let mut options = vec![&*standard];
            options.extend(unit.options.iter().map(String::as_str));
            let result = match preprocessed(compiler, &options, &source, &file) {
                Err(why) => Err(Refused(why)),
                Ok(text) => match &before {
                    Some((same, result)) if dialect == "gnu17" && *same == text => result.clone(),
                    _ => {
                        let result = judge(compiler, &options, &text, &file);
                        before = Some((text, result.clone()));
                        result
                    }
                },
            };
            if result.as_ref().is_ok_and(|compared| compared.differences.is_empty()) {
                fs::remove_file(file).expect("what was made can be removed");
            }
            outcomes.push(Outcome { compiler, dialect, result });
        }
    }
    fs::remove_file(source).expect("what was made can be removed");
    outcomes
}

/// What a compiler makes of a source, which is left in `file` too.
fn preprocessed(
    compiler: &str,
    options: &[&str],
    source: &Path,
    file: &Path,
) -> Result<String, String> {
    let mut command = Command::new(compiler);
    command.args(options).args(["-w", "-E", "-o"]).arg(file).arg(source);
    table::succeeded(&mut command)?;
    let text = fs::read(file).expect("the preprocessed text can be read");
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn judge(compiler: &str, options: &[&str], text: &str, stem: &Path) -> Judgement {
    let (declarations, mistakes) = Declarations::parse_lenient(text);
    let mut told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    let table = Table::of(&declarations).unwrap_or_else(|error| {
        told.push(error.to_string());
        Table::default()
    });
    let mut compared = Compared { counts: table.counts, unread: mistakes.len(), differences: told };
    match table::judge(compiler, options, text, &table, stem) {
        Judged::Differences(told) => compared.differences.extend(told),
        Judged::Refused(why) => return Err(Refused(why)),
        Judged::NotUnderstood(why) => compared.differences.push(why),
    }
    Ok(compared)
}
