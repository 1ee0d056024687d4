//! What is recorded into a command buffer beside the commands: which resources they use, and what was wrong with them.

use crate::{api::deferred::Deferred, error::lock};
use std::sync::{Arc, Mutex};

/// A resource that a submission may turn out not to be able to use.
pub(crate) trait Resource: Send + Sync {
    /// Whether a submission can use it now; else why not.
    fn usable(&self) -> Result<(), String>;
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
    fn append(&mut self, other: &mut Self) {
        if self.list.is_empty() {
            std::mem::swap(&mut self.list, &mut other.list);
        } else {
            for resource in other.list.drain(..) {
                self.push(resource);
            }
        }
    }

    /// Whether a submission can use all of them now; else why not.
    fn usable(&self) -> Result<(), String> {
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
    uses: Uses,
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

/// What an encoder, its passes and the command buffer that it becomes have in common.
#[derive(Default)]
pub(crate) struct Recording {
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    uses: Uses,
    mistake: Option<String>,
    deferred: Deferred,
}

impl Recording {
    /// Takes over what a pass has noted.
    pub(crate) fn append(&self, pass: &mut PassUses) {
        lock(&self.notes).uses.append(&mut pass.uses);
    }

    /// The encoder ends: takes over what it has noted itself, and returns the first mistake.
    pub(crate) fn finish(&self, uses: &mut Uses) -> Option<String> {
        let mut notes = lock(&self.notes);
        notes.uses.append(uses);
        notes.mistake.take()
    }

    /// Whether a submission can use now all that the commands use; else why not.
    pub(crate) fn usable(&self) -> Result<(), String> {
        lock(&self.notes).uses.usable()
    }

    /// Notes a command that was not passed on to the engine, because it is not valid and the engine would end the process
    /// over it. The first one counts; finishing the encoder reports it, as it does with mistakes that the engine finds.
    pub(crate) fn mistake(&self, cause: impl std::fmt::Display) {
        lock(&self.notes).mistake.get_or_insert_with(|| cause.to_string());
    }

    /// The value, or `None` after a note of what is wrong with the command.
    pub(crate) fn accepted<T>(&self, value: Result<T, impl std::fmt::Display>) -> Option<T> {
        value.map_err(|cause| self.mistake(cause)).ok()
    }

    /// Notes what is to happen when this is submitted.
    pub(crate) fn defer(&self, note: impl FnOnce(&mut Deferred)) {
        note(&mut lock(&self.notes).deferred);
    }
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Recording").finish_non_exhaustive()
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

    #[test]
    fn one_that_is_not_usable_is_found_behind_a_pass() {
        let recording = Recording::default();
        let (mut uses, mut pass) = (Uses::default(), PassUses::default());
        uses.note(&Arc::new(Fake(Ok(()))));
        pass.note(&Arc::new(Fake(Err("has been destroyed"))));
        recording.append(&mut pass);
        assert_eq!(recording.finish(&mut uses), None);
        assert_eq!(recording.usable(), Err("has been destroyed".into()));
    }

    #[test]
    fn the_first_mistake_counts() {
        let recording = Recording::default();
        recording.mistake("one");
        recording.mistake("another");
        assert_eq!(recording.finish(&mut Uses::default()).as_deref(), Some("one"));
    }
}
