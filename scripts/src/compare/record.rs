//! What the tests of a file saw: the harness's verdict on each, and the entries that it wrote down.

use std::collections::BTreeMap;
use std::path::Path;

use crate::failure::Result;
use crate::files;

/// The tests of a file, by `file.test`.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) tests: BTreeMap<String, Test>,
}

/// One test.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Test {
    /// The harness's word: `ok`, `FAILED`, `ignored`.
    pub(super) verdict: String,
    pub(super) entries: Vec<Entry>,
}

/// One value that a test wrote down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: String,
}

impl Seen {
    /// Reads what the harness said, and what the tests left in `folder`; `None` if the harness did not come to its end.
    pub(super) fn read(output: &str, file: &str, folder: &Path) -> Result<Option<Seen>> {
        if !output.lines().any(|line| line.starts_with("test result: ")) {
            return Ok(None);
        }
        let mut seen = Seen::default();
        for (test, verdict) in output.lines().filter_map(verdict) {
            let name = format!("{file}.{}", test.replace("::", "."));
            let path = folder.join(format!("{name}.txt"));
            let text = if path.exists() { files::text(&path)? } else { String::new() };
            seen.tests.insert(name, Test { verdict: verdict.into(), entries: entries(&text) });
        }
        Ok(Some(seen))
    }

    /// How many tests were not run.
    pub(super) fn ignored(&self) -> usize {
        self.tests.values().filter(|test| test.verdict == "ignored").count()
    }

    /// How many values were written down.
    pub(super) fn count(&self) -> usize {
        self.tests.values().map(|test| test.entries.len()).sum()
    }
}

/// The test and its verdict in a line of the harness: `test name ... ok`, `test name ... ignored, why`.
fn verdict(line: &str) -> Option<(&str, &str)> {
    let (test, verdict) = line.strip_prefix("test ")?.split_once(" ... ")?;
    Some((test, verdict.split(',').next().unwrap_or_default()))
}

/// The entries in what a test wrote: `name: value`, further lines of a value indented.
fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::<Entry>::new();
    for line in text.lines() {
        match (line.strip_prefix("  "), entries.last_mut()) {
            (Some(more), Some(entry)) => {
                entry.value.push('\n');
                entry.value.push_str(more);
            }
            _ => {
                let (name, value) = line.split_once(": ").unwrap_or((line, ""));
                entries.push(Entry { name: name.into(), value: value.into() });
            }
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn verdicts_and_entries_come_together() {
        let folder = Scratch::new();
        folder.write("a.one.txt", "size: 3\nread: 2 bytes\n  ff\n  00 x2\n");
        let output = "running 3 tests\ntest one ... ok\ntest two ... ignored, no screen\n\
            test deep::three ... FAILED\n\ntest result: FAILED. 1 passed\n";
        let seen = Seen::read(output, "a", folder.path()).unwrap().unwrap();
        let verdicts = seen.tests.iter().map(|(name, test)| (name.as_str(), test.verdict.as_str()));
        assert_eq!(
            verdicts.collect::<Vec<_>>(),
            [("a.deep.three", "FAILED"), ("a.one", "ok"), ("a.two", "ignored")]
        );
        let entry = |name: &str, value: &str| Entry { name: name.into(), value: value.into() };
        assert_eq!(
            seen.tests["a.one"].entries,
            [entry("size", "3"), entry("read", "2 bytes\nff\n00 x2")]
        );
        assert_eq!((seen.count(), seen.ignored()), (2, 1));
        let ended_early = Seen::read("test one ... ", "a", folder.path()).unwrap();
        assert!(ended_early.is_none());
    }
}
