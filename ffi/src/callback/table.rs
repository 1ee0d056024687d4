//! The static table of trampolines: which slots are taken, and by what.

use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU32, AtomicU64};

use crate::abi::Abi;
use crate::arch::{self, CallbackFrame, Entry, Handler, SLOT_COUNT, SLOTS, Slot, Word};
use crate::{CodePtr, Error, unwinding};

/// The slots given back, last first: index of the first plus one, below a count that changes with each change (a slot
/// that was taken and given back in between is noticed by it).
static FREE: AtomicU64 = AtomicU64::new(0);

/// How many slots were ever taken.
static FRESH: AtomicU32 = AtomicU32::new(0);

/// A slot that was taken; given back when dropped.
#[derive(Debug)]
pub(super) struct ClaimedSlot(u32);

impl ClaimedSlot {
    /// Takes a slot and has its trampoline lead to `handler` with `data`.
    ///
    /// # Errors
    /// [`Error::CallbacksExhausted`] where all are taken.
    pub(super) fn claim(
        entry: Entry,
        handler: Handler,
        data: *const (),
    ) -> Result<ClaimedSlot, Error> {
        let claimed = ClaimedSlot(take()?);
        let slot = claimed.slot();
        slot.data.store(data.cast_mut(), Relaxed);
        slot.handler.store(handler, Relaxed);
        slot.entry.store(entry as *mut (), Release);
        Ok(claimed)
    }

    /// The code pointer for C.
    pub(super) fn trampoline(&self) -> CodePtr {
        arch::trampoline(self.0 as usize)
    }

    fn slot(&self) -> &'static Slot {
        &SLOTS[self.0 as usize]
    }
}

impl Drop for ClaimedSlot {
    fn drop(&mut self) {
        let slot = self.slot();
        slot.handler.store(arch::handler::<Dropped>(Abi::HOST), Relaxed);
        let mut head = FREE.load(Relaxed);
        loop {
            slot.next.store(head as u32, Relaxed);
            match FREE.compare_exchange_weak(head, head_for(head, self.0 + 1), AcqRel, Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }
}

/// The successor of the list head `old` that leads to `first`.
fn head_for(old: u64, first: u32) -> u64 {
    ((old >> 32).wrapping_add(1) << 32) | u64::from(first)
}

/// The index of a slot that was free.
fn take() -> Result<u32, Error> {
    let mut head = FREE.load(Acquire);
    while head as u32 != 0 {
        let index = head as u32 - 1;
        let next = SLOTS[index as usize].next.load(Relaxed);
        match FREE.compare_exchange_weak(head, head_for(head, next), AcqRel, Acquire) {
            Ok(_) => return Ok(index),
            Err(now) => head = now,
        }
    }
    FRESH
        .fetch_update(Relaxed, Relaxed, |fresh| {
            ((fresh as usize) < SLOT_COUNT).then_some(fresh + 1)
        })
        .map_err(|_| Error::CallbacksExhausted { limit: SLOT_COUNT })
}

/// Where the trampoline of a dropped callback leads.
struct Dropped;

// SAFETY: it reads neither data nor frame.
unsafe impl arch::Receive for Dropped {
    unsafe fn receive(_: *const (), _: *mut CallbackFrame) -> Word {
        unwinding::abort("C called a callback that had been dropped")
    }
}
