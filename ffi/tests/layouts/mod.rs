//! Types and enumerators in a source, as they are read out of its preprocessed text and as a C compiler says.
#![allow(dead_code, reason = "each test uses some of it")]

use std::path::{Path, PathBuf};
use std::process::Command;

use ffi::Declarations;
use table::{Judged, Table, succeeded};

pub(crate) mod table;

pub(crate) const GCC: &str = "cc";

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("declare");
    std::fs::create_dir_all(&folder).expect("a folder for the test's files");
    folder
}

/// What the C compiler sees of a source.
pub(crate) fn preprocessed(compiler: &str, source: &str, options: &[&str]) -> String {
    let file = folder().join(format!("{}.c", unique(compiler, source, options)));
    std::fs::write(&file, source).expect("the source can be written");
    let output = succeeded(Command::new(compiler).arg("-E").args(options).arg(&file));
    let output = output.unwrap_or_else(|why| panic!("{source}\n{why}"));
    String::from_utf8(output.stdout).expect("headers are in UTF-8")
}

/// A file name for a source: tests run at the same time.
fn unique(compiler: &str, source: &str, options: &[&str]) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (compiler, source, options).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Parses a source and compares all types and enumerators with a compiler's; returns the declarations.
pub(crate) fn agree(compiler: &str, source: &str, options: &[&str]) -> Declarations {
    let text = preprocessed(compiler, source, options);
    let declarations =
        Declarations::parse(&text).unwrap_or_else(|error| panic!("{source}\n{error}"));
    let table = Table::of(&declarations).unwrap_or_else(|error| panic!("{source}\n{error}"));
    match judge(compiler, options, &text, &table) {
        Judged::Differences(none) if none.is_empty() => declarations,
        Judged::Differences(told) => panic!("{compiler}: {source}\n{}", told.join("\n")),
        Judged::Refused(why) | Judged::NotUnderstood(why) => panic!("{compiler}: {source}\n{why}"),
    }
}

/// What a compiler says of a table of what stands in the text.
pub(crate) fn judge(compiler: &str, options: &[&str], text: &str, table: &Table) -> Judged {
    let stem = folder().join(format!("table-{}", unique(compiler, text, options)));
    table::judge(compiler, options, text, table, &stem)
}
