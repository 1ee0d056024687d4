//! The resources that recorded commands use.

use std::sync::Arc;

/// A resource that a submission may turn out not to be able to use.
pub(crate) trait Resource: Send + Sync {
    /// Whether a submission can use it now; else why not.
    fn usable(&self) -> Result<(), String>;

    /// What is wrong with it if it was destroyed.
    fn destroyed(&self) -> Option<String> {
        None
    }

    /// The same for its parts, if it has any: the engine looks at them only where a command uses them.
    fn destroyed_part(&self) -> Option<String> {
        None
    }
}

/// The resources that commands use, kept alive until they are submitted.
#[derive(Default)]
pub(crate) struct Uses {
    list: Vec<Arc<dyn Resource>>,
    /// The length at which the list is next searched for repetitions.
    limit: usize,
}

impl Uses {
    /// Notes a resource, unless it is one of the two that were noted last: copies go on from one to another.
    pub(crate) fn note<R: Resource + 'static>(&mut self, resource: &Arc<R>) {
        let is_known = |known: &Arc<dyn Resource>| address(known) == address(resource);
        if !self.list.iter().rev().take(2).any(is_known) {
            self.push(resource.clone());
        }
    }

    fn push(&mut self, resource: Arc<dyn Resource>) {
        if self.list.len() >= self.limit {
            self.list.sort_unstable_by_key(address);
            self.list.dedup_by(|a, b| address(a) == address(b));
            self.limit = (self.list.len() * 2).max(1024);
        }
        self.list.push(resource);
    }

    /// Notes all that `other` has noted.
    pub(super) fn append(&mut self, other: &mut Self) {
        if self.list.is_empty() {
            std::mem::swap(&mut self.list, &mut other.list);
        } else {
            for resource in other.list.drain(..) {
                self.push(resource);
            }
        }
    }

    /// What is wrong with one that has a part which was destroyed.
    pub(super) fn destroyed_part(&self) -> Option<String> {
        self.list.iter().find_map(|resource| resource.destroyed_part())
    }

    /// Whether a submission can use all of them now; else why not.
    pub(super) fn usable(&self) -> Result<(), String> {
        self.list.iter().try_for_each(|resource| resource.usable())
    }
}

/// What tells a resource from others.
#[inline]
fn address<R: ?Sized>(resource: &Arc<R>) -> usize {
    Arc::as_ptr(resource).addr()
}

/// The resources that the commands of a pass use.
///
/// Noting one is part of every recorded draw, so it has to be cheap: what was noted lately is found in a small table and
/// not noted again.
#[derive(Default)]
pub(crate) struct PassUses {
    pub(super) uses: Uses,
    recent: Recent,
}

/// So many rows of two: resources that take turns seldom all come to the same row, and two may.
const ROWS: usize = 32;

#[derive(Default)]
struct Recent([[usize; 2]; ROWS]);

impl PassUses {
    /// Notes a resource.
    #[inline]
    pub(crate) fn note<R: Resource + 'static>(&mut self, resource: &Arc<R>) {
        let address = address(resource);
        // Spreads addresses, which are multiples of their alignment, over the table.
        let row = address.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize)
            >> (usize::BITS - ROWS.ilog2());
        let [last, before] = &mut self.recent.0[row];
        if *last != address && *before != address {
            *before = *last;
            *last = address;
            self.uses.push(resource.clone());
        }
    }
}

impl std::fmt::Debug for Uses {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Uses({})", self.list.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake(Result<(), &'static str>);

    impl Resource for Fake {
        fn usable(&self) -> Result<(), String> {
            self.0.map_err(str::to_owned)
        }
    }

    #[test]
    fn a_resource_is_kept_alive_and_noted_once() {
        let resource = Arc::new(Fake(Ok(())));
        let (mut uses, mut pass) = (Uses::default(), PassUses::default());
        for _ in 0..1000 {
            uses.note(&resource);
            pass.note(&resource);
        }
        assert_eq!((uses.list.len(), pass.uses.list.len()), (1, 1));
        assert_eq!(Arc::strong_count(&resource), 3);
    }

    #[test]
    fn two_that_alternate_are_noted_once_wherever_they_lie() {
        let resources = (0..500).map(|_| Arc::new(Fake(Ok(())))).collect::<Vec<_>>();
        for other in &resources[1..] {
            let mut pass = PassUses::default();
            for _ in 0..10 {
                pass.note(&resources[0]);
                pass.note(other);
            }
            assert_eq!(pass.uses.list.len(), 2);
        }
    }

    #[test]
    fn repetitions_do_not_pile_up() {
        let resources = (0..500).map(|_| Arc::new(Fake(Ok(())))).collect::<Vec<_>>();
        let (mut uses, mut pass) = (Uses::default(), PassUses::default());
        for _ in 0..200 {
            for resource in &resources {
                uses.note(resource);
                pass.note(resource);
            }
        }
        for length in [uses.list.len(), pass.uses.list.len()] {
            assert!(length < 5000, "{length}");
        }
        for resource in &resources {
            assert!(Arc::strong_count(resource) > 2, "none is lost");
        }
    }
}
