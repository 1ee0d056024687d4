//! Paths to parts of values: `member.array[2].member`, `[3]`.

use std::fmt::{self, Display, Formatter};

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'path> {
    Member(&'path str),
    /// What stands between brackets.
    Element(&'path str),
}

impl Step<'_> {
    /// The index of an element; none for a member, and for what is no number.
    pub(crate) fn index(self) -> Option<usize> {
        match self {
            Step::Element(index) => index.parse().ok(),
            Step::Member(_) => None,
        }
    }
}

impl Display for Step<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Step::Member(name) => f.write_str(name),
            Step::Element(index) => write!(f, "[{index}]"),
        }
    }
}

/// The steps of a path; the empty one has none. What is no step is a member of that name, which is not found.
pub(crate) fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    let mut rest = path.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let bracket = rest.strip_prefix('[').and_then(|inside| inside.split_once(']'));
        let (step, behind) = match bracket {
            Some((index, behind)) => (Step::Element(index.trim()), behind),
            None => {
                let end = rest.find(['.', '[']).filter(|end| *end > 0).unwrap_or(rest.len());
                (Step::Member(rest[..end].trim()), &rest[end..])
            }
        };
        // A point that nothing follows is a member without a name.
        rest = behind.strip_prefix('.').filter(|behind| !behind.is_empty()).unwrap_or(behind);
        Some(step)
    })
}
