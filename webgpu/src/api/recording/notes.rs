//! What is recorded into a command buffer beside the commands: which resources they use, what was wrong with them, and what
//! is to happen when they are submitted.

use super::{
    deferred::Deferred,
    uses::{PassUses, Uses},
};
use crate::error::lock;
use std::sync::Mutex;

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
    finished: bool,
}

impl Recording {
    /// Takes over what a pass has noted.
    pub(crate) fn append(&self, pass: &mut PassUses) {
        lock(&self.notes).uses.append(&mut pass.uses);
    }

    /// The encoder ends: takes over what it has noted itself, and returns the first mistake. That something in a bind group
    /// of a pass was destroyed is the last one.
    pub(crate) fn finish(&self, uses: &mut Uses) -> Option<String> {
        let mut notes = lock(&self.notes);
        notes.finished = true;
        notes.uses.append(uses);
        notes.mistake.take().or_else(|| {
            let cause = notes.uses.destroyed_part()?;
            Some(format!("In a set_bind_group command\n      {cause}"))
        })
    }

    /// Whether the encoder has ended.
    pub(super) fn is_finished(&self) -> bool {
        lock(&self.notes).finished
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

#[cfg(test)]
mod tests {
    use super::super::Resource;
    use super::*;
    use std::sync::Arc;

    struct Destroyed;

    impl Resource for Destroyed {
        fn usable(&self) -> Result<(), String> {
            Err("has been destroyed".into())
        }
    }

    #[test]
    fn one_that_is_not_usable_is_found_behind_a_pass() {
        let recording = Recording::default();
        let mut pass = PassUses::default();
        pass.note(&Arc::new(Destroyed));
        recording.append(&mut pass);
        assert_eq!(recording.finish(&mut Uses::default()), None);
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
