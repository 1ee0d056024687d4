//! Finding differences, and telling them.

use std::collections::BTreeMap;

use super::known::Known;
use super::record::{Entry, Seen, Test};
use crate::sides::Side;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Differences {
    found: Vec<Difference>,
    /// The tests that were looked at, and whether they were run.
    tests: BTreeMap<String, bool>,
}

/// One value that is not the same as on the `wgpu` crate.
#[derive(Debug)]
struct Difference {
    /// The sides that led to it.
    sides: Vec<Side>,
    test: String,
    entry: String,
    /// What the `wgpu` crate led to.
    expected: String,
    /// What this side led to.
    got: String,
}

/// Stands for a value that is not there.
const NOTHING: &str = "nothing";
/// The entry for the harness's word on a test.
const VERDICT: &str = "verdict";

impl Differences {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Compares what `side` saw with what the `wgpu` crate led to.
    pub(super) fn compare(&mut self, side: Side, peer: &Seen, seen: &Seen) {
        let none = Test { verdict: NOTHING.into(), entries: Vec::new() };
        let others = seen.tests.keys().filter(|name| !peer.tests.contains_key(*name));
        for name in peer.tests.keys().chain(others) {
            let expected = peer.tests.get(name).unwrap_or(&none);
            let got = seen.tests.get(name).unwrap_or(&none);
            self.tests.insert(name.clone(), expected.verdict != "ignored");
            self.test(side, name, expected, got);
        }
    }

    fn test(&mut self, side: Side, name: &str, expected: &Test, got: &Test) {
        self.value(side, name, VERDICT, &expected.verdict, &got.verdict);
        let (left, right) = (&expected.entries, &got.entries);
        let names =
            |entries: &[Entry]| entries.iter().map(|entry| entry.name.clone()).collect::<Vec<_>>();
        if names(left) != names(right) {
            // From here on, entries of the same place are about different things.
            let same = left.iter().zip(right).take_while(|(a, b)| a.name == b.name).count();
            let shown = |entries: &[Entry]| {
                entries
                    .get(same)
                    .map_or(NOTHING.into(), |entry| format!("{}: {}", entry.name, entry.value))
            };
            self.value(side, name, &format!("entry {}", same + 1), &shown(left), &shown(right));
        }
        for (a, b) in left.iter().zip(right).take_while(|(a, b)| a.name == b.name) {
            self.value(side, name, &a.name, &a.value, &b.value);
        }
    }

    /// Compares one value.
    pub(super) fn value(&mut self, side: Side, test: &str, entry: &str, expected: &str, got: &str) {
        // A test that fails everywhere shows nothing.
        let failed = entry == VERDICT && !["ok", "ignored"].contains(&got);
        if expected == got && !failed {
            return;
        }
        let expected = if expected == got { "ok" } else { expected };
        let same = |found: &&mut Difference| {
            // The name of an entry may come several times in a test.
            (found.test.as_str(), found.entry.as_str()) == (test, entry)
                && found.got == got
                && !found.sides.contains(&side)
        };
        match self.found.iter_mut().find(same) {
            Some(found) => found.sides.push(side),
            None => {
                let [test, entry, expected, got] = [test, entry, expected, got].map(str::to_owned);
                self.found.push(Difference { sides: vec![side], test, entry, expected, got });
            }
        }
    }

    /// Prints the differences, known ones with their reason, and returns how many are not known. Rows of the table that
    /// nothing needs count too: those of tests that were run, and where the comparison is `complete`, of tests that there
    /// are not.
    pub(super) fn report(&self, table: &[Known], complete: bool) -> usize {
        let known = |difference: &Difference| {
            table.iter().find(|row| row.test == difference.test && row.entry == difference.entry)
        };
        let (expected, unexpected): (Vec<_>, Vec<_>) =
            self.found.iter().partition(|difference| known(difference).is_some());
        for difference in &unexpected {
            println!("\n{}, {}:", difference.test, difference.entry);
            let (expected, got) = first_difference(&difference.expected, &difference.got);
            println!("  {:<19} {expected}", "wgpu");
            for side in &difference.sides {
                println!("  {:<19} {got}", side.name());
            }
        }
        for row in table {
            let count =
                expected.iter().filter(|d| d.test == row.test && d.entry == row.entry).count();
            if count > 0 {
                println!("\nknown: {}, {}: {}", row.test, row.entry, row.why);
            }
        }
        let stale = table.iter().filter(|row| {
            let run = self.tests.get(row.test).copied().unwrap_or(complete);
            run && !expected.iter().any(|d| d.test == row.test && d.entry == row.entry)
        });
        let stale = stale.inspect(|row| {
            println!(
                "\nno longer different, to be struck out of the table: {}, {}",
                row.test, row.entry
            );
        });
        let stale = stale.count();
        let count = match unexpected.len() {
            0 => "none".to_owned(),
            count => count.to_string(),
        };
        println!("\ndifferences: {count} beside the {} known ones", expected.len());
        unexpected.len() + stale
    }
}

/// The first line in which two values differ, with its number where there are several.
fn first_difference(left: &str, right: &str) -> (String, String) {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (left, right) = (lines(left), lines(right));
    let same = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let shown = |lines: &[String]| {
        let line = lines.get(same).map_or(NOTHING, String::as_str);
        if left.len().max(right.len()) > 1 {
            format!("line {}: {line}", same + 1)
        } else {
            line.to_owned()
        }
    };
    (shown(&left), shown(&right))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test: its name, the verdict, and the entries with their values.
    type Sample<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn seen(tests: &[Sample<'_>]) -> Seen {
        let entry =
            |&(name, value): &(&str, &str)| Entry { name: name.into(), value: value.into() };
        let test = |&(name, verdict, entries): &Sample<'_>| {
            let entries = entries.iter().map(entry).collect();
            (name.to_owned(), Test { verdict: verdict.into(), entries })
        };
        Seen { tests: tests.iter().map(test).collect() }
    }

    fn found(peer: &Seen, other: &Seen) -> Vec<String> {
        let mut differences = Differences::default();
        differences.compare(Side::Direct, peer, other);
        let shown = |d: &Difference| format!("{} {}: {} / {}", d.test, d.entry, d.expected, d.got);
        differences.found.iter().map(shown).collect()
    }

    #[test]
    fn values_verdicts_and_what_is_missing() {
        let peer = seen(&[("a", "ok", &[("x", "1"), ("y", "2")]), ("b", "ok", &[])]);
        assert_eq!(found(&peer, &peer), [""; 0]);
        let other = seen(&[("a", "ok", &[("x", "1"), ("y", "3")]), ("c", "ok", &[])]);
        assert_eq!(
            found(&peer, &other),
            ["a y: 2 / 3", "b verdict: ok / nothing", "c verdict: nothing / ok"]
        );
        let other = seen(&[("a", "FAILED", &[("x", "1")]), ("b", "ok", &[("z", "4")])]);
        assert_eq!(
            found(&peer, &other),
            ["a verdict: ok / FAILED", "a entry 2: y: 2 / nothing", "b entry 1: nothing / z: 4"]
        );
    }

    #[test]
    fn failing_everywhere_is_not_the_same() {
        let peer = seen(&[("a", "FAILED", &[])]);
        assert_eq!(found(&peer, &peer), ["a verdict: ok / FAILED"]);
    }

    #[test]
    fn known_differences_are_told_apart_and_go_stale() {
        let peer = seen(&[("a", "ok", &[("x", "1")])]);
        let other = seen(&[("a", "ok", &[("x", "2")])]);
        let mut differences = Differences::default();
        differences.compare(Side::Direct, &peer, &other);
        let row = |test, entry| [Known { test, entry, why: "because" }];
        assert_eq!(differences.report(&row("a", "x"), false), 0);
        assert_eq!(
            differences.report(&row("a", "y"), false),
            2,
            "one unexpected, one row too many"
        );
        assert_eq!(differences.report(&row("b", "y"), false), 1, "a test that was not looked at");
        assert_eq!(differences.report(&row("b", "y"), true), 2, "a test that there is not");
        differences.tests.insert("b".into(), false);
        assert_eq!(differences.report(&row("b", "y"), true), 1, "a test that was not run");
    }

    #[test]
    fn long_values_are_shown_where_they_differ() {
        let (left, right) = first_difference("8 bytes\n00\n01", "8 bytes\n00\n02");
        assert_eq!((left.as_str(), right.as_str()), ("line 3: 01", "line 3: 02"));
        let (left, right) = first_difference("Valid", "Panic");
        assert_eq!((left.as_str(), right.as_str()), ("Valid", "Panic"));
    }
}
