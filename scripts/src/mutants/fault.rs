//! The faults: the files of `ffi/tests/mutants`, one for each part of `ffi`.
//!
//! ```text
//! [name-of-the-fault]
//! why: what a user would see of it, or the rule that it breaks
//! file: abi/sysv64.rs
//! test: golden::places_are_those_of_the_golden_files
//! - const INTEGER_REGISTERS: u8 = 6;
//! + const INTEGER_REGISTERS: u8 = 5;
//! ```
//!
//! The file lies in `ffi/src`. What stands behind `-` must occur in it exactly once, and is replaced by what stands behind
//! `+`: whole lines or parts of them, so that changes around them do not matter. The test is one of an integration test, or
//! of the library itself (`lib::…`). Lines that begin with `#` are comments.

use std::path::PathBuf;

use crate::failure::{Failure, Result};
use crate::files;
use crate::process;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The part of `ffi`, and the fault's name there.
    pub(super) name: String,
    pub(super) why: String,
    /// Below `ffi/src`.
    pub(super) file: String,
    /// The program of tests: an integration test, or `lib`.
    pub(super) program: String,
    /// The test in it.
    pub(super) test: String,
    pub(super) is: String,
    pub(super) becomes: String,
}

/// What the emulator is needed for.
const ARM64: &str = "arch/aarch64/";

impl Fault {
    /// Whether this machine's processor does not run the code.
    pub(super) fn is_of_arm64(&self) -> bool {
        self.file.starts_with(ARM64)
    }

    /// The text of the file with the fault in it.
    pub(super) fn seeded(&self, text: &str) -> std::result::Result<String, String> {
        match text.matches(&self.is).count() {
            1 => Ok(text.replacen(&self.is, &self.becomes, 1)),
            0 => Err(format!("ffi/src/{} does not have the lines that it changes", self.file)),
            count => Err(format!("ffi/src/{} has what it changes {count} times", self.file)),
        }
    }
}

/// The folder of the files.
fn folder() -> PathBuf {
    process::workspace().join("ffi").join("tests").join("mutants")
}

/// All faults, in the order of their names.
pub(super) fn all() -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for path in files::entries(&folder())? {
        let (part, text) = (files::stem(&path), files::text(&path)?);
        let parsed = parse(&part, &text).map_err(|what| {
            let what = format!("{}: {what}", path.display());
            Failure::new(what, "write the fault as scripts/src/mutants/fault.rs says")
        })?;
        faults.extend(parsed);
    }
    Ok(faults)
}

/// The faults of one file, in words what is wrong with it.
fn parse(part: &str, text: &str) -> std::result::Result<Vec<Fault>, String> {
    let mut faults: Vec<Fault> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let misplaced = || format!("line {}: `{line}` has no place here", number + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            faults.push(Fault::named(format!("{part}/{name}")));
            continue;
        }
        let fault = faults.last_mut().ok_or_else(misplaced)?;
        match line.split_once(": ").or_else(|| line.split_once(' ')) {
            Some(("why", why)) => fault.why = why.to_owned(),
            Some(("file", file)) => fault.file = file.to_owned(),
            Some(("test", test)) => {
                let (program, test) = test.split_once("::").ok_or_else(misplaced)?;
                (fault.program, fault.test) = (program.to_owned(), test.to_owned());
            }
            _ => match line.split_at(1) {
                ("-", rest) => add_line(&mut fault.is, rest),
                ("+", rest) => add_line(&mut fault.becomes, rest),
                _ => return Err(misplaced()),
            },
        }
    }
    match faults.iter().find(|fault| !fault.is_whole()) {
        Some(fault) => Err(format!("{} lacks its why, file, test or lines", fault.name)),
        None => Ok(faults),
    }
}

fn add_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line.strip_prefix(' ').unwrap_or(line));
}

impl Fault {
    fn named(name: String) -> Fault {
        let [why, file, program, test, is, becomes] = [const { String::new() }; 6];
        Fault { name, why, file, program, test, is, becomes }
    }

    fn is_whole(&self) -> bool {
        [&self.why, &self.file, &self.program, &self.test, &self.is]
            .iter()
            .all(|text| !text.is_empty())
            && self.is != self.becomes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const TEXT: &str = "\
# A comment.
[first]
why: it breaks: a rule
file: abi/sysv64.rs
test: golden::inner::places
- let a = 1;
-     let b = 2;
+ let a = 2;
";

    #[test]
    fn faults_are_read() {
        let faults = parse("abi", TEXT).unwrap();
        let [fault] = &faults[..] else { panic!("{faults:?}") };
        assert_eq!((fault.name.as_str(), fault.why.as_str()), ("abi/first", "it breaks: a rule"));
        assert_eq!((fault.program.as_str(), fault.test.as_str()), ("golden", "inner::places"));
        let seeded = fault.seeded("{\n    let a = 1;\n    let b = 2;\n}\n").unwrap();
        assert_eq!(seeded, "{\n    let a = 2;\n}\n");
        let twice = "let a = 1;\n    let b = 2;".repeat(2);
        assert!(fault.seeded(&twice).unwrap_err().contains("2 times"));
        assert!(fault.seeded("let a = 1;").unwrap_err().contains("does not have"));
    }

    #[test]
    fn what_is_no_fault_is_told() {
        let error = |text: &str| parse("abi", text).unwrap_err();
        assert_eq!(error("why: x"), "line 1: `why: x` has no place here");
        assert_eq!(error("[a]\nnothing"), "line 2: `nothing` has no place here");
        assert_eq!(error("[a]\ntest: golden"), "line 2: `test: golden` has no place here");
        let without_why = TEXT.replace("why: it breaks: a rule\n", "");
        assert!(error(&without_why).contains("abi/first lacks its why"));
        assert!(
            error(&TEXT.replace("let a = 2;", "let a = 1;\n+     let b = 2;")).contains("lacks")
        );
    }

    #[test]
    fn every_fault_can_be_seeded() {
        let faults = all().unwrap();
        let names: BTreeSet<&str> = faults.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(names.len(), faults.len(), "two faults of one name");
        let ffi = process::workspace().join("ffi");
        let read = |path: PathBuf| files::text(&path).map_err(|failure| failure.to_string());
        let seeded = |fault: &Fault| fault.seeded(&read(ffi.join("src").join(&fault.file))?);
        let has_test = |fault: &Fault| {
            let path = match fault.program.as_str() {
                "lib" => ffi.join("src").join(&fault.file),
                program => ffi.join("tests").join(program).with_extension("rs"),
            };
            let name = fault.test.rsplit("::").next().unwrap_or_default();
            let there = read(path)?.contains(name);
            there.then_some(()).ok_or_else(|| format!("there is no test {}", fault.test))
        };
        let problem = |fault: &Fault| {
            let what = seeded(fault).map(drop).and_then(|()| has_test(fault)).err()?;
            Some(format!("{}: {what}", fault.name))
        };
        let problems: Vec<String> = faults.iter().filter_map(problem).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}
