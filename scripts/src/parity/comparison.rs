//! Two surfaces side by side.

use super::reasons::{REASONS, Reason, STAND_INS};
use super::surface::{Entry, Kind, Surface};
use crate::failure::{Failure, Result};

/// What became of every path of `wgpu`.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// Present, with the same signature.
    pub(super) same: Vec<Path>,
    /// Present, with another signature, which follows.
    pub(super) different: Vec<(Path, Entry)>,
    /// Absent, though a native program could use it.
    pub(super) missing: Vec<Path>,
    /// Absent or different because it does not apply, by the reason.
    pub(super) inapplicable: Vec<(&'static Reason, Vec<Path>)>,
    /// Paths that only `webgpu` has.
    pub(super) added: Vec<Path>,
}

/// A path and what it leads to.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) name: String,
    pub(super) entry: Entry,
}

impl Path {
    /// The module or type that it belongs to: its first part.
    pub(super) fn owner(&self) -> &str {
        self.name.split([':', '.']).next().unwrap_or_default()
    }
}

/// How many paths of some kind have which fate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) same: usize,
    pub(super) different: usize,
    pub(super) missing: usize,
}

impl Count {
    /// How many paths apply to a native program.
    pub(super) fn applicable(self) -> usize {
        self.same + self.different + self.missing
    }

    /// How many of them have the same signature, in per cent.
    pub(super) fn share(self) -> f64 {
        100.0 * self.same as f64 / self.applicable().max(1) as f64
    }
}

impl Comparison {
    /// Compares.
    pub(super) fn new(theirs: &Surface, ours: &Surface) -> Result<Comparison> {
        let mut comparison = Comparison {
            inapplicable: REASONS.iter().map(|reason| (reason, Vec::new())).collect(),
            ..Comparison::default()
        };
        for (name, entry) in &theirs.entries {
            let path = Path { name: name.clone(), entry: entry.clone() };
            let own = ours.entries.get(name);
            if own.is_some_and(|own| own.kind == entry.kind && own.signature == expected(entry)) {
                comparison.same.push(path);
                continue;
            }
            let mut reasons = comparison.inapplicable.iter_mut();
            match (reasons.find(|(reason, _)| reason.explains(name)), own) {
                (Some((_, paths)), _) => paths.push(path),
                (None, None) => comparison.missing.push(path),
                (None, Some(own)) => comparison.different.push((path, own.clone())),
            }
        }
        let added = ours.entries.iter().filter(|(name, _)| !theirs.entries.contains_key(*name));
        let added = added.map(|(name, entry)| Path { name: name.clone(), entry: entry.clone() });
        comparison.added = added.collect();
        comparison.check_reasons()?;
        Ok(comparison)
    }

    fn check_reasons(&self) -> Result {
        let idle = self.inapplicable.iter().filter(|(_, paths)| paths.is_empty());
        let idle: Vec<&str> = idle.map(|(reason, _)| reason.pattern).collect();
        if idle.is_empty() {
            return Ok(());
        }
        let what = format!("these reasons explain nothing: {}", idle.join(", "));
        Err(Failure::new(what, "take them out of scripts/src/parity/reasons.rs"))
    }

    /// Counts the paths that `is_counted` accepts.
    pub(super) fn count(&self, is_counted: impl Fn(&Path) -> bool) -> Count {
        let count = |paths: &[Path]| paths.iter().filter(|path| is_counted(path)).count();
        Count {
            same: count(&self.same),
            different: self.different.iter().filter(|(path, _)| is_counted(path)).count(),
            missing: count(&self.missing),
        }
    }

    /// Counts one kind of paths.
    pub(super) fn count_kind(&self, kind: Kind) -> Count {
        self.count(|path| path.entry.kind == kind)
    }

    /// Counts all paths.
    pub(super) fn total(&self) -> Count {
        self.count(|_| true)
    }

    /// All paths of `wgpu` that apply.
    pub(super) fn applicable(&self) -> impl Iterator<Item = &Path> {
        let different = self.different.iter().map(|(path, _)| path);
        self.same.iter().chain(different).chain(&self.missing)
    }
}

/// The signature that `webgpu` should have, where `wgpu` has `entry`.
fn expected(entry: &Entry) -> String {
    let mut signature = entry.signature.clone();
    for (theirs, own) in STAND_INS {
        signature = signature.replace(theirs, own);
    }
    signature
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surface(entries: &[(&str, &str)]) -> Surface {
        let entries = entries.iter().map(|(name, signature)| {
            let entry = Entry { kind: Kind::Function, signature: (*signature).to_owned() };
            ((*name).to_owned(), entry)
        });
        Surface { entries: entries.collect() }
    }

    /// Paths that give every reason something to explain.
    fn explained() -> Vec<(&'static str, &'static str)> {
        let path = |reason: &Reason| reason.pattern.trim_matches('*');
        REASONS.iter().map(|reason| (path(reason), "")).collect()
    }

    #[test]
    fn every_path_has_one_fate() -> Result {
        let mut theirs = explained();
        theirs.extend([("a", "fn ()"), ("b", "fn (u8)"), ("c", "fn ()")]);
        let ours = surface(&[("a", "fn ()"), ("b", "fn (u16)"), ("d", "fn ()")]);
        let comparison = Comparison::new(&surface(&theirs), &ours)?;
        let names = |paths: &[Path]| {
            paths.iter().map(|path| path.name.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&comparison.same), "a");
        assert_eq!(comparison.different[0].0.name, "b");
        assert_eq!(names(&comparison.missing), "c");
        assert_eq!(names(&comparison.added), "d");
        assert_eq!(
            (comparison.total().applicable(), comparison.total().share().round()),
            (3, 33.0)
        );
        Ok(())
    }

    #[test]
    fn a_reason_that_explains_nothing_is_an_error() {
        let failure = Comparison::new(&surface(&[]), &surface(&[])).expect_err("nothing is there");
        assert!(failure.to_string().contains("*::as_hal"), "{failure}");
    }
}
