//! Which part of a buffer is mapped, and which parts of that are in use.
//!
//! The engine ends the process when it is asked for memory that is not mapped, and knows nothing of who uses the memory
//! that it gave. So all of it is kept here, and the engine is asked only for what it is sure to have.

use crate::error::lock;
use std::{fmt, ops::Range, sync::Mutex};
use wgpu_types::{BufferAddress, COPY_BUFFER_ALIGNMENT, MAP_ALIGNMENT};

/// How a part of mapped memory is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read, by any number of views.
    Shared,
    /// Written, by one view.
    Exclusive,
}

/// What becomes of a buffer that is to be destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destruction {
    /// It can be destroyed.
    Now,
    /// Its memory is in use: [`Mapping::close_view`] says when it no longer is.
    Later,
    /// It was destroyed before.
    Before,
}

/// The state of a buffer with regard to mapping.
#[derive(Debug)]
pub(crate) struct Mapping {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    range: Range<BufferAddress>,
    views: Vec<View>,
    /// Tells a request from those before it.
    request: u64,
    destroyed: bool,
    destroy_due: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Unmapped,
    Pending,
    Mapped,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct View {
    range: Range<BufferAddress>,
    access: Access,
}

impl fmt::Display for View {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let access = match self.access {
            Access::Shared => "Immutable",
            Access::Exclusive => "Mutable",
        };
        write!(formatter, "{}..{} ({access})", self.range.start, self.range.end)
    }
}

impl Mapping {
    /// That of a new buffer: mapped as a whole, or not at all.
    pub(crate) fn new(mapped_at_creation: Option<BufferAddress>) -> Self {
        let state = State {
            phase: mapped_at_creation.map_or(Phase::Unmapped, |_| Phase::Mapped),
            range: 0..mapped_at_creation.unwrap_or(0),
            views: Vec::new(),
            request: 0,
            destroyed: false,
            destroy_due: false,
        };
        Self { state: Mutex::new(state) }
    }

    /// Begins to map a part; the result is for [`finish`](Self::finish). `None` if a part is mapped, or about to be.
    pub(crate) fn begin(&self, range: Range<BufferAddress>) -> Option<u64> {
        let mut state = lock(&self.state);
        if state.phase != Phase::Unmapped {
            return None;
        }
        state.phase = Phase::Pending;
        state.range = range;
        state.request += 1;
        Some(state.request)
    }

    /// The request has succeeded or failed. One that was overtaken by [`end`](Self::end) changes nothing.
    pub(crate) fn finish(&self, request: u64, success: bool) {
        let mut state = lock(&self.state);
        if state.phase != Phase::Pending || state.request != request {
            return;
        }
        if success {
            state.phase = Phase::Mapped;
        } else {
            state.phase = Phase::Unmapped;
            state.range = 0..0;
        }
    }

    /// Whether a request was made and not yet answered.
    pub(crate) fn is_pending(&self) -> bool {
        lock(&self.state).phase == Phase::Pending
    }

    /// Nothing is mapped any more, unless memory is in use: then `false`, and nothing changes. From here on no memory is
    /// given out, so this comes before the engine takes it away.
    #[must_use]
    pub(crate) fn end(&self) -> bool {
        let mut state = lock(&self.state);
        if !state.views.is_empty() {
            return false;
        }
        state.phase = Phase::Unmapped;
        state.range = 0..0;
        // A late answer to the request belongs to nobody.
        state.request += 1;
        true
    }

    pub(crate) fn is_destroyed(&self) -> bool {
        lock(&self.state).destroyed
    }

    /// Whether the GPU may use the buffer; else why not, as the end of a sentence about it.
    pub(crate) fn usable(&self) -> Result<(), &'static str> {
        let state = lock(&self.state);
        if state.destroyed {
            Err("has been destroyed")
        } else if state.phase != Phase::Unmapped {
            Err("is still mapped")
        } else {
            Ok(())
        }
    }

    /// Begins to use a part of the mapped memory, which `get` gives; it is called only if the part is mapped, and free for
    /// this kind of use.
    pub(crate) fn open_view<R>(
        &self,
        range: Range<BufferAddress>,
        access: Access,
        get: impl FnOnce() -> R,
    ) -> Result<R, String> {
        let mut state = lock(&self.state);
        let view = View { range, access };
        if state.range.is_empty() {
            return Err("tried to call get_mapped_range(_mut) on an unmapped buffer".into());
        }
        if view.range.start < state.range.start || view.range.end > state.range.end {
            return Err(format!(
                "tried to call get_mapped_range(_mut) on a range that is not entirely mapped. Attempted to get range \
                 {view}, but the mapped range is {}..{}",
                state.range.start, state.range.end
            ));
        }
        let conflict = state.views.iter().find(|other| {
            let overlaps = other.range.start < view.range.end && view.range.start < other.range.end;
            overlaps && (other.access, view.access) != (Access::Shared, Access::Shared)
        });
        if let Some(conflict) = conflict {
            return Err(format!(
                "tried to call get_mapped_range(_mut) on a range that has already been mapped and would break Rust \
                 memory aliasing rules. Attempted to get range {view}, and the conflicting range is {conflict}"
            ));
        }
        if let Some(cause) = state.refusal(&view.range) {
            return Err(format!(
                "Error in Buffer::get_mapped_range: Validation Error\n\nCaused by:\n  {cause}\n"
            ));
        }
        state.views.push(view);
        // With the lock held: nothing can be unmapped or destroyed in between.
        Ok(get())
    }

    /// Ends the use of a part. Returns whether the buffer is now to be destroyed.
    pub(crate) fn close_view(&self, range: Range<BufferAddress>, access: Access) -> bool {
        let mut state = lock(&self.state);
        let view = View { range, access };
        if let Some(index) = state.views.iter().position(|other| *other == view) {
            state.views.swap_remove(index);
        }
        state.views.is_empty() && std::mem::take(&mut state.destroy_due)
    }

    /// The buffer is to be destroyed.
    pub(crate) fn destroy(&self) -> Destruction {
        let mut state = lock(&self.state);
        if state.destroyed {
            return Destruction::Before;
        }
        state.destroyed = true;
        if state.views.is_empty() {
            Destruction::Now
        } else {
            state.destroy_due = true;
            Destruction::Later
        }
    }
}

impl State {
    /// Why the engine would refuse to give the memory of a part that is mapped as far as the program knows.
    fn refusal(&self, range: &Range<BufferAddress>) -> Option<String> {
        let size = range.end - range.start;
        if self.destroyed {
            Some("Buffer has been destroyed".into())
        } else if !range.start.is_multiple_of(MAP_ALIGNMENT) {
            let offset = range.start;
            Some(format!("Buffer offset invalid: offset {offset} must be multiple of 8"))
        } else if !size.is_multiple_of(COPY_BUFFER_ALIGNMENT) {
            Some(format!("Buffer range size invalid: range_size {size} must be multiple of 4"))
        } else if self.phase != Phase::Mapped {
            Some("Buffer is not mapped".into())
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(mapping: &Mapping, range: Range<u64>, access: Access) -> Result<(), String> {
        mapping.open_view(range, access, || ())
    }

    #[test]
    fn mapped_at_creation_until_unmapped() {
        let mapping = Mapping::new(Some(64));
        assert_eq!(mapping.usable(), Err("is still mapped"));
        assert_eq!(mapping.begin(0..64), None);
        open(&mapping, 0..64, Access::Exclusive).unwrap();
        assert!(!mapping.end(), "memory is in use");
        assert!(!mapping.close_view(0..64, Access::Exclusive));
        assert!(mapping.end());
        assert_eq!(mapping.usable(), Ok(()));
        assert!(open(&mapping, 0..64, Access::Shared).unwrap_err().contains("unmapped buffer"));
    }

    #[test]
    fn a_pending_part_is_not_yet_there() {
        let mapping = Mapping::new(None);
        let request = mapping.begin(8..24).unwrap();
        assert_eq!(mapping.usable(), Err("is still mapped"));
        assert!(open(&mapping, 8..24, Access::Shared).unwrap_err().contains("not mapped"));
        mapping.finish(request, true);
        open(&mapping, 8..24, Access::Shared).unwrap();
    }

    #[test]
    fn a_late_answer_changes_nothing() {
        let mapping = Mapping::new(None);
        let first = mapping.begin(0..8).unwrap();
        assert!(mapping.end());
        let second = mapping.begin(0..16).unwrap();
        mapping.finish(first, true);
        assert!(open(&mapping, 0..8, Access::Shared).is_err());
        mapping.finish(second, false);
        assert!(mapping.begin(0..8).is_some(), "a failed request can be repeated");
    }

    #[test]
    fn views_share_or_exclude() {
        let mapping = Mapping::new(Some(64));
        open(&mapping, 0..32, Access::Shared).unwrap();
        open(&mapping, 16..48, Access::Shared).unwrap();
        let message = open(&mapping, 40..56, Access::Exclusive).unwrap_err();
        assert!(
            message.contains("40..56 (Mutable)") && message.contains("16..48 (Immutable)"),
            "{message}"
        );
        open(&mapping, 48..64, Access::Exclusive).unwrap();
        assert!(open(&mapping, 56..64, Access::Shared).is_err());
        mapping.close_view(48..64, Access::Exclusive);
        open(&mapping, 56..64, Access::Shared).unwrap();
    }

    #[test]
    fn what_the_engine_would_not_stand_is_refused() {
        let mapping = Mapping::new(Some(64));
        assert!(open(&mapping, 0..68, Access::Shared).unwrap_err().contains("not entirely mapped"));
        assert!(open(&mapping, 4..8, Access::Shared).unwrap_err().contains("offset 4"));
        assert!(open(&mapping, 0..3, Access::Shared).unwrap_err().contains("range_size 3"));
        assert_eq!(mapping.destroy(), Destruction::Now);
        assert!(open(&mapping, 0..8, Access::Shared).unwrap_err().contains("destroyed"));
    }

    #[test]
    fn destruction_waits_for_views() {
        let mapping = Mapping::new(Some(64));
        open(&mapping, 0..8, Access::Shared).unwrap();
        open(&mapping, 8..16, Access::Shared).unwrap();
        assert_eq!(mapping.destroy(), Destruction::Later);
        assert_eq!(mapping.destroy(), Destruction::Before);
        assert!(!mapping.close_view(0..8, Access::Shared));
        assert!(mapping.close_view(8..16, Access::Shared));
    }
}
