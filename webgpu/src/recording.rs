//! What is recorded into a command buffer beside the commands: which resources they use, and what was wrong with them.

use crate::error::lock;
use std::sync::{Arc, Mutex};

/// A resource that a submission may turn out not to be able to use.
pub(crate) trait Resource: Send + Sync {
    /// Whether a submission can use it now; else why not.
    fn usable(&self) -> Result<(), String>;
}

/// The resources that commands use, kept alive until they are submitted.
///
/// Noting one is part of every recorded draw, so it has to be cheap: what was noted lately is found in a small table and
/// not noted again.
#[derive(Default)]
pub(crate) struct Uses {
    list: Vec<Arc<dyn Resource>>,
    recent: Recent,
    /// The length at which the list is next searched for repetitions.
    limit: usize,
}

const RECENT: usize = 64;

struct Recent([usize; RECENT]);

impl Default for Recent {
    fn default() -> Self {
        Self([0; RECENT])
    }
}

impl Uses {
    /// Notes a resource.
    #[inline]
    pub(crate) fn note<R: Resource + 'static>(&mut self, resource: &Arc<R>) {
        let address = Arc::as_ptr(resource).addr();
        // Spreads addresses, which are multiples of their alignment, over the table.
        let slot = address.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize)
            >> (usize::BITS - RECENT.ilog2());
        if self.recent.0[slot] != address {
            self.recent.0[slot] = address;
            self.push(resource.clone());
        }
    }

    fn push(&mut self, resource: Arc<dyn Resource>) {
        if self.list.len() >= self.limit {
            self.list.sort_unstable_by_key(|resource| Arc::as_ptr(resource).addr());
            self.list.dedup_by(|a, b| Arc::as_ptr(a).addr() == Arc::as_ptr(b).addr());
            self.limit = (self.list.len() * 2).max(1024);
        }
        self.list.push(resource);
    }

    /// Notes all that `other` has noted.
    pub(crate) fn append(&mut self, other: &mut Self) {
        if self.list.is_empty() {
            std::mem::swap(&mut self.list, &mut other.list);
        } else {
            for resource in other.list.drain(..) {
                self.push(resource);
            }
        }
        other.recent = Recent::default();
    }

    /// Whether a submission can use all of them now; else why not.
    pub(crate) fn usable(&self) -> Result<(), String> {
        self.list.iter().try_for_each(|resource| resource.usable())
    }
}

/// What the passes of an encoder share with it.
#[derive(Default)]
pub(crate) struct Recording {
    uses: Mutex<Uses>,
    mistake: Mutex<Option<String>>,
}

impl Recording {
    /// Notes a resource that a command of the encoder itself uses.
    pub(crate) fn note<R: Resource + 'static>(&self, resource: &Arc<R>) {
        lock(&self.uses).note(resource);
    }

    /// Takes over what a pass has noted.
    pub(crate) fn append(&self, uses: &mut Uses) {
        lock(&self.uses).append(uses);
    }

    /// Notes a command that was not passed on to the engine, because it is not valid and the engine would end the process
    /// over it. The first one counts; finishing the encoder reports it, as it does with mistakes that the engine finds.
    pub(crate) fn mistake(&self, cause: impl std::fmt::Display) {
        lock(&self.mistake).get_or_insert_with(|| cause.to_string());
    }

    /// The value, or `None` after a note of what is wrong with the command.
    pub(crate) fn accepted<T>(&self, value: Result<T, impl std::fmt::Display>) -> Option<T> {
        value.map_err(|cause| self.mistake(cause)).ok()
    }

    /// All that was noted, and the first mistake.
    pub(crate) fn take(&self) -> (Uses, Option<String>) {
        let uses = std::mem::take(&mut *lock(&self.uses));
        let mistake = lock(&self.mistake).take();
        (uses, mistake)
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
        let mut uses = Uses::default();
        for _ in 0..1000 {
            uses.note(&resource);
        }
        assert_eq!(uses.list.len(), 1);
        assert_eq!(Arc::strong_count(&resource), 2);
    }

    #[test]
    fn repetitions_do_not_pile_up() {
        let resources = (0..500).map(|_| Arc::new(Fake(Ok(())))).collect::<Vec<_>>();
        let mut uses = Uses::default();
        for _ in 0..200 {
            for resource in &resources {
                uses.note(resource);
            }
        }
        assert!(uses.list.len() < 5000, "{}", uses.list.len());
        for resource in &resources {
            assert!(Arc::strong_count(resource) > 1, "none is lost");
        }
    }

    #[test]
    fn one_that_is_not_usable_is_found_behind_a_pass() {
        let recording = Recording::default();
        recording.note(&Arc::new(Fake(Ok(()))));
        let mut pass = Uses::default();
        pass.note(&Arc::new(Fake(Err("has been destroyed"))));
        recording.append(&mut pass);
        let (uses, mistake) = recording.take();
        assert_eq!(uses.usable(), Err("has been destroyed".into()));
        assert_eq!(mistake, None);
    }

    #[test]
    fn the_first_mistake_counts() {
        let recording = Recording::default();
        recording.mistake("one");
        recording.mistake("another");
        assert_eq!(recording.take().1.as_deref(), Some("one"));
    }
}
